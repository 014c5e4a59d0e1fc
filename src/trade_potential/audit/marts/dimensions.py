"""Marts of keys, and of what the gate has found, from the rows that they repeat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.cuts import ALL, cuts_of, in_digits
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.figures import Tables, records
from trade_potential.audit.marts.gated import PLACE, Gated
from trade_potential.audit.marts.labels import default_studies, one_key

OF_INDICATORS = ("observations", "world_observations")
OF_SOURCES = (
    *("countries", "country_pairs", "trade_flows", "oil_prices", "ecommerce_volumes"),
    *(
        "ecommerce_measures",
        "total_trade",
        "total_trade_press",
        "exchange_rates",
        "trade_agreements",
        "trade_notes",
    ),
    *("world_trade", "world_pairs", "agreement_spells", *OF_INDICATORS),
)
"""Inputs whose rows name a source, or an indicator that has one."""


def check_dimensions(gated: Gated) -> Iterator[Compared]:
    """Countries, studies, specifications, classes and expectations, to the letter."""
    for mart, again, key in (
        ("dim_country", countries(gated), ["country_iso3"]),
        ("dim_study", studies(gated), ["study_id"]),
        ("dim_specification", gravity_specifications(gated), ["spec_id"]),
        ("dim_index_specification", index_specifications(gated), ["index_spec_id"]),
        ("dim_specification_v1", specifications(gated), ["spec_kind", "spec_id"]),
        ("dim_potential_class", classes(gated), ["study_id", "potential_class"]),
        ("dim_potential_class_v1", classes_of_all(gated), ["potential_class"]),
        ("dim_source", sources(gated), ["source_id"]),
        ("fct_quality_results", expectations(gated), ["check_id"]),
    ):
        by = ["study_id"] if mart in ("dim_study", "dim_potential_class") else []
        by = ["spec_id"] if mart.startswith("dim_specification") else by
        yield compared(mart, gated[mart], again, key=key, by=by, tolerance=0.0)


def countries(gated: Tables) -> pd.DataFrame:
    """Rows of dim_country."""
    rows = gated["gate_countries"]
    citations = gated["gate_sources"].set_index("source_id")["citation"]
    return rows.assign(source=rows["source_id"].map(citations))


def studies(gated: Tables) -> pd.DataFrame:
    """Rows of dim_study."""
    rows = gated["stg_study__studies"].drop(columns=PLACE, errors="ignore")
    return rows.assign(is_default_study=rows["study_id"].isin(default_studies(rows)))


def specifications(gated: Tables) -> pd.DataFrame:
    """Rows of version 1 of dim_specification: of indices, then of gravity models."""
    columns = list(gated["dim_specification_v1"].columns)
    parts = [
        index_specifications(gated).assign(spec_kind="index").rename(
            columns={"index_name": "spec_name"}
        ),
        gravity_specifications(gated).assign(spec_kind="gravity"),
    ]  # fmt: skip
    parts[0] = parts[0].assign(spec_id=parts[0]["index_spec_id"])
    return pd.concat([part.reindex(columns=columns) for part in parts], ignore_index=True)


def index_specifications(gated: Tables) -> pd.DataFrame:
    """Rows of dim_index_specification."""
    index, of_indices = gated["stg_study__index_specifications"], gated["stg_study__index_terms"]
    of_indices = of_indices.assign(definition=[_of_index(row) for row in records(of_indices)])
    found = index.assign(
        terms=_listed(of_indices, "index_spec_id", "variable", index),
        term_definitions=_listed(of_indices, "index_spec_id", "definition", index),
    )
    return found[list(gated["dim_index_specification"].columns)]


def gravity_specifications(gated: Tables) -> pd.DataFrame:
    """Rows of dim_specification."""
    gravity, of_models = (
        gated["stg_study__gravity_specifications"],
        gated["stg_study__gravity_terms"],
    )
    of_models = of_models.assign(definition=[_of_model(row) for row in records(of_models)])
    is_log = gravity["outcome_transform"] == "ln"
    found = gravity.assign(
        method=np.where(
            gravity["model_kind"] == "structural",
            "structural",
            np.where(is_log, "log_linear", "linear"),
        ),
        outcome_scaling=gravity["outcome_scaling"].fillna("as_study"),
        terms=_listed(of_models, "spec_id", "term", gravity),
        term_definitions=_listed(of_models, "spec_id", "definition", gravity),
    )
    return found[list(gated["dim_specification"].columns)]


def _of_index(row: Any) -> str:
    """How an indicator enters an index."""
    weight = "" if pd.isna(row.fixed_weight) else f"{in_digits(row.fixed_weight)} "
    return f"{'-' if row.direction_sign < 0 else ''}{weight}{_in_logarithms(row, row.variable)}"


def _of_model(row: Any) -> str:
    """How a regressor is built."""
    built = row.variable if row.side == "partner" else f"{row.side} {row.variable}"
    if not pd.isna(row.floor_value):
        built += f" at least {in_digits(row.floor_value)}"
    if row.divisor != 1.0:
        built += f" / {in_digits(row.divisor)}"
    return f"{row.term} = {_in_logarithms(row, built)}"


def _in_logarithms(row: Any, built: str) -> str:
    return built if row.transform == "none" else f"{row.transform}({built})"


def _listed(terms: pd.DataFrame, key: str, name: str, rows: pd.DataFrame) -> pd.Series:
    """Names of the terms of each specification, in order."""
    ordered = terms.sort_values("position").groupby(key)[name].agg(", ".join)
    return rows[key].map(ordered)


def classes(gated: Tables) -> pd.DataFrame:
    """Rows of dim_potential_class, the meaning in words."""
    rows = gated["stg_study__potential_classes"]
    studies_ = gated["stg_study__studies"]["study_id"]
    found = [cuts_of(rows, str(study)).assign(study_id=str(study)) for study in studies_]
    again = _with_meaning(pd.concat([rows.head(0), *found], ignore_index=True))
    return again.assign(class_key=one_key(again, ["study_id", "potential_class"]))


def classes_of_all(gated: Tables) -> pd.DataFrame:
    """Rows of version 1, which has the cuts of the studies without cuts of their own."""
    rows = gated["stg_study__potential_classes"]
    return _with_meaning(rows[rows["study_id"] == ALL]).drop(columns="study_id")


def _with_meaning(rows: pd.DataFrame) -> pd.DataFrame:
    meanings = [
        _meaning(row.k_lower, row.k_upper, row.is_lower_inclusive, row.is_upper_inclusive)
        for row in records(rows)
    ]
    return rows.assign(meaning=meanings).drop(columns=PLACE, errors="ignore")


def sources(gated: Gated) -> pd.DataFrame:
    """Rows of dim_source: every source with the inputs, and the number of figures, that are its."""
    of_indicator = gated["gate_indicators"].set_index("indicator_code")["source_id"]
    counts = {}
    for name in OF_SOURCES:
        column = "indicator_code" if name in OF_INDICATORS else "source_id"
        named = gated.arrow(f"gate_{name}", column, where="true").column(0).value_counts()
        found = pd.Series({row["values"]: row["counts"] for row in named.to_pylist()})
        if name in OF_INDICATORS:
            found = found.groupby(of_indicator.reindex(found.index)).sum()
        counts[name] = found
    held = pd.DataFrame(counts)
    inputs = {source: ", ".join(sorted(row.dropna().index)) for source, row in held.iterrows()}
    rows = gated["gate_sources"].rename(columns={"dataset": "title"})
    count = rows["source_id"].map(held.sum(axis=1)).fillna(0).astype("int64")
    again = rows.assign(inputs=rows["source_id"].map(inputs), figure_count=count)
    return again[list(gated["dim_source"].columns)]


def _meaning(lower: float, upper: float, has_lower: bool, has_upper: bool) -> str:
    parts = []
    if not pd.isna(lower):
        parts.append(f"{'at least' if has_lower else 'more than'} {in_digits(lower)}")
    if not pd.isna(upper):
        parts.append(f"{'at most' if has_upper else 'less than'} {in_digits(upper)}")
    return f"Actual trade is {' and '.join(parts) or 'any share'} of what the model predicts."


def class_of(k: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Class in whose interval each K lies; missing where K is, or where there is none.

    Args:
        k: Any index.
        rows: Classes with bounds and whether they belong to the class.
    """
    found = pd.Series(np.nan, index=k.index, dtype="object")
    for row in records(rows):
        lower = -np.inf if pd.isna(row.k_lower) else row.k_lower
        upper = np.inf if pd.isna(row.k_upper) else row.k_upper
        above = (k >= lower) if row.is_lower_inclusive else (k > lower)
        below = (k <= upper) if row.is_upper_inclusive else (k < upper)
        found = found.mask(above & below, row.potential_class)
    return found


def expectations(gated: Tables) -> pd.DataFrame:
    """Rows of fct_quality_results."""
    return gated["gate_results"].drop(columns="failing_rows")
