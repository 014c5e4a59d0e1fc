"""Between tidy tables of the warehouse and the index estimates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexEstimate, IndexSettings, estimate_index

KEYS = ["study_id", "index_spec_id"]
NO_ROWS = "no row of the sample is left: the row ledger tells why"
COLUMNS = {
    "study_id": "str",
    "index_spec_id": "str",
    "item": "str",
    "variable": "str",
    "component": "Int64",
    "value": "float64",
    "df": "float64",
    "p_value": "float64",
    "status": "str",
    "reason": "str",
}
READ = {
    "moments": (*KEYS, "row_variable", "col_variable", "row_count", "correlation"),
    "terms": ("index_spec_id", "variable", "position", "direction_sign", "fixed_weight"),
    "specifications": (
        "index_spec_id",
        "method",
        "component_rule",
        "component_threshold",
        "anchor_variable",
    ),
}
MAY_BE_NULL = ("correlation", "fixed_weight", "component_threshold", "row_count")

Row = dict[str, Any]


def _check_columns(name: str, frame: pd.DataFrame) -> None:
    missing = [column for column in READ[name] if column not in frame]
    if missing:
        raise InputError(f"{name}: no column {', '.join(missing)}")
    for column in READ[name]:
        if column not in MAY_BE_NULL and frame[column].isna().any():
            raise InputError(f"{name}: {column} is null in {int(frame[column].isna().sum())} rows")


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _variables(spec_id: str, terms: pd.DataFrame) -> tuple[str, ...]:
    """Variables of one index by position."""
    ordered = terms.sort_values("position")
    positions = ordered["position"].tolist()
    if not positions or positions != list(range(1, len(positions) + 1)):
        raise InputError(f"terms of {spec_id}: positions {positions} are not 1, 2, ...")
    for variable, sign in zip(ordered["variable"], ordered["direction_sign"], strict=True):
        if sign not in (-1, 1):
            raise InputError(f"terms of {spec_id}: direction_sign {sign} of {variable}")
    return tuple(str(variable) for variable in ordered["variable"])


def _settings(specification: Row, terms: pd.DataFrame) -> IndexSettings:
    """Settings of one index; the fixed weights stand with its terms."""
    weights = {
        str(variable): _number(weight)
        for variable, weight in zip(terms["variable"], terms["fixed_weight"], strict=True)
    }
    given = {name: weight for name, weight in weights.items() if weight is not None}
    if given and len(given) < len(weights):
        without = sorted(weights.keys() - given.keys())
        raise InputError(f"no fixed_weight for {', '.join(without)}")
    return IndexSettings(
        method=specification["method"],
        component_rule=specification["component_rule"],
        component_threshold=_number(specification["component_threshold"]),
        anchor=str(specification["anchor_variable"]),
        fixed_weights=given or None,
    )


def _test_rows(estimate: IndexEstimate) -> Iterator[Row]:
    """Factor tests; an undefined one has a row with the reason instead of a value."""
    adequacy, sphericity = estimate.adequacy, estimate.sphericity
    variables = estimate.correlation.variables
    yield {"item": "kmo", "value": adequacy.kmo if adequacy else np.nan}
    msa = adequacy.msa if adequacy else np.full(len(variables), np.nan)
    for variable, value in zip(variables, msa, strict=True):
        yield {"item": "msa", "variable": variable, "value": value}
    yield {
        "item": "bartlett_chi2",
        "value": sphericity.chi2 if sphericity else np.nan,
        "df": sphericity.df if sphericity else np.nan,
        "p_value": sphericity.p_value if sphericity else np.nan,
    }
    components = estimate.components
    yield {
        "item": "condition_number",
        "value": components.condition_number if components else np.nan,
    }


def _component_rows(estimate: IndexEstimate) -> Iterator[Row]:
    """Components; none if the estimate was refused."""
    components = estimate.components
    if components is None:
        return
    by_component = {
        "eigenvalue": components.eigenvalues,
        "variance_share": components.variance_share,
        "cumulative_share": components.cumulative_share,
        "is_kept": estimate.is_kept.astype(float),
        "component_weight": estimate.component_weights,
    }
    for item, values in by_component.items():
        for k, value in enumerate(values, start=1):
            yield {"item": item, "component": k, "value": value}
    for k, column in enumerate(components.loadings.T, start=1):
        for variable, value in zip(estimate.correlation.variables, column, strict=True):
            yield {"item": "loading", "variable": variable, "component": k, "value": value}


def _weight_rows(estimate: IndexEstimate) -> Iterator[Row]:
    for variable, value in zip(estimate.correlation.variables, estimate.weights, strict=True):
        yield {"item": "weight", "variable": variable, "value": value}
    count: Row = {"item": "negative_weights", "value": len(estimate.negative_weights)}
    if estimate.negative_weights:
        count["reason"] = ", ".join(estimate.negative_weights)
    if np.isnan(estimate.weights).any():
        count["value"] = np.nan
    yield count


def _rows(estimate: IndexEstimate) -> Iterator[Row]:
    """All rows of one index of one study, in their order."""
    reason = estimate.reason or None
    yield {"item": "status", "reason": reason}
    yield {"item": "row_count", "value": estimate.correlation.n_rows}
    for rows in (_test_rows(estimate), _component_rows(estimate), _weight_rows(estimate)):
        for row in rows:
            yield {"reason": reason if np.isnan(row["value"]) else None, **row}


def _unanswered(runs: pd.DataFrame, moments: pd.DataFrame) -> Iterator[Row]:
    """Status rows for runs whose sample is empty."""
    answered = set(zip(*(moments[key] for key in KEYS), strict=True))
    for study_id, spec_id in sorted(set(zip(*(runs[key] for key in KEYS), strict=True)) - answered):
        common = {"study_id": study_id, "index_spec_id": spec_id, "status": "no_rows"}
        yield {**common, "item": "status", "reason": NO_ROWS}
        yield {**common, "item": "row_count", "value": 0}


def estimate_indices(
    moments: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    runs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Estimate every index of every study.

    Args:
        moments: study_id, index_spec_id, row_variable, col_variable, row_count, correlation: one
            row per pair of variables with the diagonal, one triangle or both. Correlations are
            turned by direction_sign already, and null where a variable is constant.
        terms: index_spec_id, variable, position (1, 2, ...), direction_sign (-1 or 1),
            fixed_weight (null for pca).
        specifications: index_spec_id, method, component_rule, component_threshold,
            anchor_variable.
        runs: study_id, index_spec_id that must be answered; without moments by the status no_rows.

    Returns:
        One long table with the columns ``COLUMNS``, ordered by study and specification. ``item``
        is one of: status, row_count, kmo, msa (by variable), bartlett_chi2 (with df and p_value),
        condition_number, eigenvalue, variance_share, cumulative_share, is_kept (0 or 1) and
        component_weight (by component), loading (by variable and component), weight (by
        variable), negative_weights (count; their names are the reason). ``status`` is the same in
        all rows of an index; ``reason`` stands in the status row and wherever a value is null.

    Raises:
        InputError: A column, specification or pair is missing, a key is repeated, or a value
            breaks a rule; the message names table, study, specification and variable.
    """
    for name, frame in (("moments", moments), ("terms", terms), ("specifications", specifications)):
        _check_columns(name, frame)
    for name, frame, keys in (
        ("terms", terms, ["index_spec_id", "variable"]),
        ("specifications", specifications, ["index_spec_id"]),
    ):
        repeated = frame.loc[frame.duplicated(keys), keys]
        if not repeated.empty:
            raise InputError(f"{name}: two rows for {', '.join(map(str, repeated.iloc[0]))}")
    known: dict[str, Row] = {
        str(row["index_spec_id"]): dict(row) for _, row in specifications.iterrows()
    }
    for name, frame in (("moments", moments), ("terms", terms)):
        unknown = sorted(set(frame["index_spec_id"].astype(str)) - known.keys())
        if unknown:
            raise InputError(f"{name}: unknown index_spec_id {', '.join(unknown)}")

    result = [] if runs is None else list(_unanswered(runs, moments))
    for (study_id, spec_id), group in moments.groupby(KEYS, sort=True):
        own_terms = terms[terms["index_spec_id"] == spec_id]
        try:
            estimate = estimate_index(
                Correlation.from_rows(group, _variables(str(spec_id), own_terms)),
                _settings(known[str(spec_id)], own_terms),
            )
        except InputError as error:
            raise InputError(f"index {spec_id} of study {study_id}: {error}") from error
        common = {"study_id": study_id, "index_spec_id": spec_id, "status": estimate.status}
        result += [{**common, **row} for row in _rows(estimate)]
    return pd.DataFrame(result, columns=list(COLUMNS)).astype(COLUMNS)
