"""Indices of countries: their rows, weights and scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.marts.candidates import specification_runs
from trade_potential.audit.marts.factors import Factors, Floats, Rule, factors
from trade_potential.audit.marts.figures import Tables, records

Published = Callable[[str, str, list[str]], Floats]
"""Published eigenvectors of an index of a study, by its variables."""


@dataclass(frozen=True)
class Index:
    """One index of a study.

    Attributes:
        study_id: Study.
        spec_id: Index specification.
        variables: (p,) in the order of their positions.
        rows: Every country-year that it could cover: country_code, country_iso3, year,
            indicator_count, imputed_share, missing_indicators, is_partial; lost_step and
            lost_reason say why a row has no index; of the others composite_score,
            development_index and development_index_se, null where the index was refused.
        location: (p,) subtracted from a transformed variable; NaN without complete rows.
        scale: (p,) divided by; NaN also of a variable that does not vary.
        factors: None without complete rows.
    """

    study_id: str
    spec_id: str
    variables: list[str]
    rows: pd.DataFrame
    location: Floats
    scale: Floats
    factors: Factors | None

    @property
    def scored(self) -> pd.DataFrame:
        """Rows that have an index."""
        return self.rows[self.rows["composite_score"].notna()]


def indices(
    gated: Tables, variables: pd.DataFrame, countries: pd.DataFrame, published: Published
) -> list[Index]:
    """Every index that a study asks for.

    Args:
        gated: Inputs and study file.
        variables: As ``variables.variables``.
        countries: As ``candidates.country_years``.
        published: As ``factors.factors`` needs them.
    """
    runs = specification_runs(gated)
    specifications = gated["stg_study__index_specifications"].set_index("index_spec_id")
    terms = gated["stg_study__index_terms"].sort_values("position")
    own = variables[variables["spec_kind"] == "index"]
    return [
        _index(
            (run.study_id, run.spec_id),
            specifications.loc[run.spec_id],
            terms[terms["index_spec_id"] == run.spec_id],
            own[(own["study_id"] == run.study_id) & (own["spec_id"] == run.spec_id)],
            countries[countries["study_id"] == run.study_id],
            published,
        )
        for run in records(runs[runs["spec_kind"] == "index"])
    ]


def _index(
    key: tuple[str, str],
    specification: Any,
    terms: pd.DataFrame,
    values: pd.DataFrame,
    countries: pd.DataFrame,
    published: Published,
) -> Index:
    names = [str(name) for name in terms["variable"]]
    wide = values.pivot_table(
        index=["country_iso3", "year"],
        columns="variable",
        values=["variable_value", "is_imputed"],
        sort=False,
    ).reindex(pd.MultiIndex.from_frame(countries[["country_iso3", "year"]]))
    given, filled = (
        wide.reindex(columns=[(column, name) for name in names]).to_numpy(dtype=float)
        for column in ("variable_value", "is_imputed")
    )
    entered = np.column_stack(
        [
            term.direction_sign * _transformed(given[:, k], term.transform)
            for k, term in enumerate(records(terms))
        ]
    )
    rows = _candidates(countries, names, given, filled, entered, int(specification["min_terms"]))
    used = rows["lost_step"].isna().to_numpy()
    complete = entered[used & ~rows["is_partial"].to_numpy()]
    nothing = np.full(len(names), np.nan)
    found, location, scale = None, nothing, nothing
    if len(complete):
        fixed = terms["fixed_weight"].to_numpy(dtype=float)
        found = factors(
            complete,
            names,
            Rule(
                method=specification["method"],
                component_rule=specification["component_rule"],
                component_threshold=_number(specification["component_threshold"]),
                anchor=names.index(specification["anchor_variable"]),
                fixed_weights=None if np.isnan(fixed).any() else fixed,
            ),
            lambda: published(*key, names),
        )
        location, scale = _normalised(complete, specification["normalisation"])
        rows.loc[used, ["composite_score", "composite_se"]] = _scores(
            (entered[used] - location) / scale, ~np.isnan(entered[used]), found
        )
    score, error = rows["composite_score"], rows["composite_se"]
    is_zscore = specification["normalisation"] == "zscore"
    spread = score.max() - score.min() if is_zscore else 1.0
    spread = spread if spread != 0.0 else np.nan
    rows["development_index"] = (score - (score.min() if is_zscore else 0.0)) / spread
    rows["development_index_se"] = error / spread
    return Index(*key, names, rows, location, scale, found)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _transformed(values: Floats, transform: str) -> Floats:
    """NaN where a logarithm is not defined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if transform == "ln":
            return np.where(values > 0.0, np.log(values), np.nan)
        if transform == "ln1p":
            return np.where(values > -1.0, np.log1p(values), np.nan)
    return values


def _candidates(
    countries: pd.DataFrame,
    names: list[str],
    given: Floats,
    filled: Floats,
    entered: Floats,
    needed: int,
) -> pd.DataFrame:
    """Rows an index could have, what they hold, and why some are lost."""
    has = ~np.isnan(given)
    count = has.sum(axis=1)
    undefined = has & np.isnan(entered)
    with np.errstate(invalid="ignore"):
        share = np.nansum(filled, axis=1) / count
    missing = _lists(names, ~has)
    of_many = f" of {len(names)} indicators, {needed} are needed" if needed < len(names) else ""
    no_value = [
        f"no value for {lacking}" + (f": {number}{of_many}" if of_many else "")
        for lacking, number in zip(missing, count, strict=True)
    ]
    no_logarithm = [f"no logarithm of {text}" for text in _lists(names, undefined)]
    unknown = countries["country_iso3"].isna().to_numpy()
    cases = [unknown, count < needed, undefined.any(axis=1)]
    why: list[Any] = ["the code stands for no country of today", no_value, no_logarithm]
    rows = countries[["country_code", "country_iso3", "year"]].reset_index(drop=True)
    steps = ["country_code", "indicators", "logarithm"]
    return rows.assign(
        lost_step=np.select(cases, steps, ""),
        lost_reason=np.select(cases, [np.array(text, dtype=object) for text in why], ""),
        indicator_count=count,
        imputed_share=share,
        missing_indicators=missing,
        is_partial=count < len(names),
        composite_score=np.nan,
        composite_se=np.nan,
    ).replace({"lost_step": "", "lost_reason": "", "missing_indicators": ""}, None)


def _lists(names: list[str], chosen: npt.NDArray[np.bool_]) -> list[str]:
    """Names chosen in each row, as a text."""
    patterns, number = np.unique(chosen, axis=0, return_inverse=True)
    texts = [
        ", ".join(name for name, yes in zip(names, row, strict=True) if yes) for row in patterns
    ]
    return [texts[k] for k in number.ravel()]


def _normalised(complete: Floats, normalisation: str) -> tuple[Floats, Floats]:
    """Location and scale of each variable; the scale of one that does not vary is NaN."""
    lowest, highest = complete.min(axis=0), complete.max(axis=0)
    location, scale = lowest, highest - lowest
    if normalisation == "zscore":
        location = complete.mean(axis=0)
        scale = np.sqrt(((complete - location) ** 2).sum(axis=0) / max(len(complete) - 1, 1))
    return location, np.where(highest > lowest, scale, np.nan)


def _scores(standard: Floats, held: npt.NDArray[np.bool_], found: Factors) -> Floats:
    """(n, 2) weighted sum of the variables that a row has, and the error of what it lacks."""
    scores = np.full((len(standard), 2), np.nan)
    if np.isnan(found.weights).any() or not found.varies.any():
        return scores
    patterns, number = np.unique(held, axis=0, return_inverse=True)
    for k, pattern in enumerate(patterns):
        rows = number.ravel() == k
        weights, error = found.row_weights(pattern)
        scores[rows, 0] = np.nansum(standard[rows] * weights, axis=1)
        scores[rows, 1] = error
    return scores
