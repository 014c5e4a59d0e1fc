"""The audit of every structural specification of a build, one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trade_potential.audit.compare import COLUMNS
from trade_potential.audit.structural.confirm import confirm
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.inputs import Inputs, Term, study_cells
from trade_potential.audit.structural.left_out import confirm_left_out
from trade_potential.audit.structural.published import Tables, published_of
from trade_potential.linalg import one_thread

if TYPE_CHECKING:
    import duckdb

    Relations = Mapping[str, duckdb.DuckDBPyRelation]

PAIRS_LEFT_OUT = 6
"""Pairs that each build estimates again without themselves: a tenth of a second each."""


def audit_structural(*, inputs: Relations, study: Relations, published: Relations) -> pd.DataFrame:
    """Rows of every specification of kind structural that a study runs.

    Args:
        inputs: world_trade, world_pairs, agreement_spells, countries, country_code_mappings.
        study: studies, study_specifications, gravity_specifications, gravity_terms, variables, and
            index_scores.
        published: fits, coefficients, covariances, effects, pairs.
    """
    held = Inputs(**{name: relation.to_arrow_table() for name, relation in inputs.items()})
    tables = Tables(**{name: relation.to_arrow_table() for name, relation in published.items()})
    rows = {name: relation.df() for name, relation in study.items()}
    runs = rows["study_specifications"].merge(rows["gravity_specifications"], on="spec_id")
    runs = runs[runs["model_kind"] == "structural"].merge(rows["studies"], on="study_id")
    found = [pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)]
    for run in runs.sort_values(["study_id", "spec_id"]).to_dict("records"):
        with one_thread():
            found.append(_of_run(run, held, tables, rows))
    return pd.concat(found, ignore_index=True)


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
    run: Mapping[Any, Any], inputs: Inputs, tables: Tables, rows: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    scores = rows["index_scores"]
    scores = scores[
        (scores["study_id"] == run["study_id"]) & (scores["index_spec_id"] == run["index_spec_id"])
    ]
    keys = zip(scores["country_iso3"], scores["year"], strict=True)
    cells = study_cells(
        inputs,
        years=list(range(run["first_year"], run["last_year"] + 1)),
        terms=terms_of(run["spec_id"], rows["gravity_terms"], rows["variables"]),
        index=dict(zip(keys, scores["development_index"], strict=True)),
    )
    published = published_of(tables, run["study_id"], run["spec_id"], cells)
    found = Findings(run["study_id"], run["spec_id"])
    optimal = confirm(found, cells, published, level=run["confidence_level"])
    if optimal is not None and np.isfinite(published.pair_out).any():
        confirm_left_out(found, optimal, published, sample=PAIRS_LEFT_OUT)
    return found.frame()
