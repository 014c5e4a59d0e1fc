"""The audit of every structural specification of a build, one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trade_potential.audit.compare import COLUMNS
from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.structural.answers import (
    ANSWERS,
    METHODS,
    Class,
    answers_of,
    certainty_of,
    confirm_answers,
    copies_of,
)
from trade_potential.audit.structural.cells import Cells
from trade_potential.audit.structural.confirm import confirm
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.inputs import Inputs, Term, study_cells
from trade_potential.audit.structural.lasting import confirm_lasting
from trade_potential.audit.structural.left_out import confirm_left_out
from trade_potential.audit.structural.lost import confirm_lost
from trade_potential.audit.structural.published import Tables, cell_places, published_of, rows_of
from trade_potential.linalg import one_thread

if TYPE_CHECKING:
    import duckdb

    Relations = Mapping[str, duckdb.DuckDBPyRelation]

PAIRS_LEFT_OUT = 6
"""Pairs that each build estimates again without themselves: a tenth of a second each."""


def audit_structural(
    *,
    inputs: Relations,
    study: Relations,
    potential_classes: duckdb.DuckDBPyRelation,
    published: Relations,
) -> pd.DataFrame:
    """Rows of every specification of kind structural that a study runs.

    Args:
        inputs: world_trade, world_pairs, agreement_spells, countries, country_code_mappings.
        study: studies, study_specifications, gravity_specifications, gravity_terms, variables, and
            index_scores.
        potential_classes: Intervals of K by study.
        published: fits, coefficients, covariances, effects, pairs, lasting, dispersion.
    """
    tables = Tables(**{name: relation.to_arrow_table() for name, relation in published.items()})
    rows_of_classes = potential_classes.df()
    found = [pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)]
    for run, cells in _worlds(inputs, study):
        with one_thread():
            classes = _classes(rows_of_classes, run["study_id"])
            found.append(_of_run(run, cells, tables, classes))
    return pd.concat(found, ignore_index=True)


def audit_answers(
    *,
    inputs: Relations,
    study: Relations,
    published: Relations,
    potential_classes: duckdb.DuckDBPyRelation,
    answers: duckdb.DuckDBPyRelation,
    ledger: duckdb.DuckDBPyRelation,
    sure_pct: tuple[int, int] = (90, 60),
) -> pd.DataFrame:
    """Rows of every specification of kind structural: what is lost, and the answers of a default.

    Args:
        inputs: world_trade, countries, country_code_mappings.
        study: studies, study_specifications, gravity_specifications.
        published: pairs and lasting, verified by ``audit_structural``: cells stand where they do.
        potential_classes: Intervals of K by study.
        answers: rpt_answer.
        ledger: fct_row_ledger.
        sure_pct: Probability in per cent from which a class is firm, and leaning.
    """
    rows_of_classes = potential_classes.df()
    tables = {name: relation.to_arrow_table() for name, relation in published.items()}
    given = answers.filter("predicted_usd is not null").project(ANSWERS).to_arrow_table()
    lost = ledger.filter("spec_kind = 'structural'").to_arrow_table()
    held = Inputs(**{name: relation.to_arrow_table() for name, relation in inputs.items()})
    found = [pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)]
    for run in _runs({name: relation.df() for name, relation in study.items()}):
        own = (run["study_id"], run["spec_id"])
        traded = study_cells(held, years=_years(run), terms=(), index={})
        rows = rows_of(tables["pairs"], *own)
        places = cell_places(rows, traded)
        predicted = places.laid(rows["predicted_usd"])
        cells = traded.where(predicted > 0.0)
        of_run = Findings(*own)
        confirm_lost(of_run, held, cells, rows_of(lost, *own))
        if run["spec_id"] == run["default_spec_id"]:
            classes = _classes(rows_of_classes, run["study_id"])
            recomputed = answers_of(
                cells,
                predicted,
                places.laid(rows["predicted_pair_out_usd"]),
                classes=classes,
                minimum_usd=run["minimum_prediction_usd"],
            )
            recomputed |= copies_of(
                cells,
                methods=places.numbered(rows["pair_out_method"], METHODS),
                lasting=rows_of(tables["lasting"], *own),
                classes=classes,
                is_small=recomputed["predicted_usd"][2] < run["minimum_prediction_usd"],
            )
            recomputed |= certainty_of(recomputed, classes, sure_pct)
            confirm_answers(of_run, cells, recomputed, given, classes)
        found.append(of_run.frame())
    return pd.concat(found, ignore_index=True)


def _classes(rows: pd.DataFrame, study: str) -> list[Class]:
    return [
        Class(
            row["potential_class"],
            -np.inf if pd.isna(row["k_lower"]) else row["k_lower"],
            np.inf if pd.isna(row["k_upper"]) else row["k_upper"],
            bool(row["is_lower_inclusive"]),
            bool(row["is_upper_inclusive"]),
        )
        for row in cuts_of(rows, study).to_dict("records")
    ]


def _runs(rows: Mapping[str, pd.DataFrame]) -> list[dict[Any, Any]]:
    """Every run of kind structural, with its study and specification."""
    runs = rows["study_specifications"].merge(rows["gravity_specifications"], on="spec_id")
    runs = runs[runs["model_kind"] == "structural"].merge(rows["studies"], on="study_id")
    return list(runs.sort_values(["study_id", "spec_id"]).to_dict("records"))


def _years(run: Mapping[Any, Any]) -> list[int]:
    return list(range(run["first_year"], run["last_year"] + 1))


def _worlds(inputs: Relations, study: Relations) -> Iterator[tuple[dict[Any, Any], Cells]]:
    """Every run of kind structural with its cells."""
    held = Inputs(**{name: relation.to_arrow_table() for name, relation in inputs.items()})
    rows = {name: relation.df() for name, relation in study.items()}
    for run in _runs(rows):
        scores = rows["index_scores"]
        scores = scores[
            (scores["study_id"] == run["study_id"])
            & (scores["index_spec_id"] == run["index_spec_id"])
        ]
        keys = zip(scores["country_iso3"], scores["year"], strict=True)
        yield (
            run,
            study_cells(
                held,
                years=_years(run),
                terms=terms_of(run["spec_id"], rows["gravity_terms"], rows["variables"]),
                index=dict(zip(keys, scores["development_index"], strict=True)),
            ),
        )


def terms_of(spec_id: str, terms: pd.DataFrame, variables: pd.DataFrame) -> list[Term]:
    """Regressors of a specification in order, as its rows declare them."""
    own = terms[terms["spec_id"] == spec_id].merge(
        variables, on="variable", suffixes=("", "_of_variable"), validate="m:1"
    )
    return [
        Term(
            name=row["term"],
            figure=row["pair_figure"],
            derivation=row["derivation"],
            transform=row["transform"],
            unit=row["divisor_of_variable"],
            divisor=row["divisor"],
            floor=-np.inf if pd.isna(row["floor_value"]) else row["floor_value"],
        )
        for row in own.sort_values("position").to_dict("records")
    ]


def _of_run(
    run: Mapping[Any, Any], cells: Cells, tables: Tables, classes: Sequence[Class]
) -> pd.DataFrame:
    own = (run["study_id"], run["spec_id"])
    published = published_of(tables, *own, cells)
    found = Findings(*own)
    optimal = confirm(found, cells, published, level=run["confidence_level"])
    if optimal is not None and np.isfinite(published.pair_out).any():
        confirm_left_out(found, optimal, published, sample=PAIRS_LEFT_OUT)
        confirm_lasting(
            found,
            cells,
            published.predicted,
            published.pair_out,
            rows=rows_of(tables.lasting, *own),
            laws=rows_of(tables.dispersion, *own).to_pylist(),
            classes=classes,
            optimal=optimal,
            level=float(run["confidence_level"]),
        )
    return found.frame()
