"""The typed tables of the indices: one dataclass a table, one field a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexEstimate, IndexSettings, estimate_index
from trade_potential.results.typed import BySlot, Int32, frame_of

KEYS = ("study_id", "index_spec_id")
NO_ROWS = "no row of the sample is left: the row ledger tells why"
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


@dataclass(frozen=True, kw_only=True)
class IndexRow:
    """One index of a study; a number that cannot be had is null, and ``reason`` says why."""

    status: str
    reason: str | None
    row_count: int
    negative_weights: int | None = None
    negative_variables: str | None = None
    kmo: float | None = None
    bartlett_chi2: float | None = None
    bartlett_df: Int32 | None = None
    bartlett_p_value: float | None = None
    condition_number: float | None = None


@dataclass(frozen=True, kw_only=True)
class VariableRow:
    """One variable of an index, its loadings l1.. by component."""

    variable: str
    weight: float
    msa: float
    by_slot: BySlot


@dataclass(frozen=True, kw_only=True)
class ComponentRow:
    """One component; 1 has the largest eigenvalue."""

    component: Int32
    eigenvalue: float
    variance_share: float
    cumulative_share: float
    component_weight: float
    is_kept: bool


@dataclass(frozen=True)
class IndexTables:
    """The tables: one row an index, a variable of it, a component of it."""

    indices: pd.DataFrame
    variables: pd.DataFrame
    components: pd.DataFrame


def _check_columns(name: str, frame: pd.DataFrame) -> None:
    missing = [column for column in READ[name] if column not in frame]
    if missing:
        raise InputError(f"{name}: no column {', '.join(missing)}")
    for column in READ[name]:
        if column not in MAY_BE_NULL and frame[column].isna().any():
            raise InputError(f"{name}: {column} is null in {int(frame[column].isna().sum())} rows")


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def variables_in_order(spec_id: str, terms: pd.DataFrame) -> tuple[str, ...]:
    """Variables of one index by position."""
    ordered = terms.sort_values("position")
    positions = ordered["position"].tolist()
    if not positions or positions != list(range(1, len(positions) + 1)):
        raise InputError(f"terms of {spec_id}: positions {positions} are not 1, 2, ...")
    for variable, sign in zip(ordered["variable"], ordered["direction_sign"], strict=True):
        if sign not in (-1, 1):
            raise InputError(f"terms of {spec_id}: direction_sign {sign} of {variable}")
    return tuple(str(variable) for variable in ordered["variable"])


def _settings(specification: dict[str, Any], terms: pd.DataFrame) -> IndexSettings:
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


def _index_row(estimate: IndexEstimate) -> IndexRow:
    adequacy, sphericity = estimate.adequacy, estimate.sphericity
    has_weights = not np.isnan(estimate.weights).any()
    return IndexRow(
        status=estimate.status,
        reason=estimate.reason or None,
        row_count=estimate.correlation.n_rows,
        negative_weights=len(estimate.negative_weights) if has_weights else None,
        negative_variables=", ".join(estimate.negative_weights) or None,
        kmo=adequacy.kmo if adequacy else None,
        bartlett_chi2=sphericity.statistic if sphericity else None,
        bartlett_df=int(sphericity.df) if sphericity else None,
        bartlett_p_value=sphericity.p_value if sphericity else None,
        condition_number=estimate.components.condition_number if estimate.components else None,
    )


def _variable_rows(estimate: IndexEstimate, max_terms: int) -> list[VariableRow]:
    """Variables in order; without components they have no loadings."""
    variables, components = estimate.correlation.variables, estimate.components
    missing = np.full(len(variables), np.nan)
    msa = estimate.adequacy.msa if estimate.adequacy else missing
    loadings = np.full((len(variables), max_terms), np.nan)
    if components is not None:
        loadings[:, : components.loadings.shape[1]] = components.loadings
    return [
        VariableRow(variable=name, weight=weight, msa=own, by_slot=row)
        for name, weight, own, row in zip(variables, estimate.weights, msa, loadings, strict=True)
    ]


def _component_rows(estimate: IndexEstimate) -> list[ComponentRow]:
    """Components; none if the estimate was refused."""
    components = estimate.components
    if components is None:
        return []
    return [
        ComponentRow(
            component=k + 1,
            eigenvalue=components.eigenvalues[k],
            variance_share=components.variance_share[k],
            cumulative_share=components.cumulative_share[k],
            component_weight=estimate.component_weights[k],
            is_kept=bool(kept),
        )
        for k, kept in enumerate(estimate.is_kept)
    ]


def estimate_indices(
    moments: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    runs: pd.DataFrame,
    *,
    max_terms: int,
) -> IndexTables:
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
        max_terms: Variables, and components, that the columns by slot provide for.

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
    known: dict[str, dict[str, Any]] = {
        str(row["index_spec_id"]): dict(row) for _, row in specifications.iterrows()
    }
    for name, frame in (("moments", moments), ("terms", terms)):
        unknown = sorted(set(frame["index_spec_id"].astype(str)) - known.keys())
        if unknown:
            raise InputError(f"{name}: unknown index_spec_id {', '.join(unknown)}")

    asked = zip(*(runs[key].astype(str) for key in KEYS), strict=True)
    none = IndexRow(status="no_rows", reason=NO_ROWS, row_count=0)
    indices: dict[tuple[str, str], list[IndexRow]] = {key: [none] for key in sorted(set(asked))}
    variables: dict[tuple[str, str], list[VariableRow]] = {}
    components: dict[tuple[str, str], list[ComponentRow]] = {}
    for (study_id, spec_id), group in moments.groupby([*KEYS], sort=True):
        key = (str(study_id), str(spec_id))
        own_terms = terms[terms["index_spec_id"] == spec_id]
        try:
            estimate = estimate_index(
                Correlation.from_rows(group, variables_in_order(key[1], own_terms)),
                _settings(known[key[1]], own_terms),
            )
        except InputError as error:
            raise InputError(f"index {spec_id} of study {study_id}: {error}") from error
        indices[key] = [_index_row(estimate)]
        variables[key] = _variable_rows(estimate, max_terms)
        components[key] = _component_rows(estimate)
    loadings = [f"l{k}" for k in range(1, max_terms + 1)]
    return IndexTables(
        frame_of(IndexRow, indices, keys=KEYS),
        frame_of(VariableRow, variables, keys=KEYS, slots=loadings),
        frame_of(ComponentRow, components, keys=KEYS),
    )
