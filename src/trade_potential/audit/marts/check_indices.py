"""Marts of indices beside their second computation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import TOLERANCE, Compared, compared
from trade_potential.audit.marts.factor_tests import chi2_tail
from trade_potential.audit.marts.factors import NEGATIVE, SINGULAR, is_null, listed
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.indices import Index
from trade_potential.audit.marts.labels import one_key
from trade_potential.audit.marts.panel import loadings_of, panel_of

KEY = ["study_id", "index_spec_id"]
NUMBERS = ["component", "weight_value", "variable_location", "variable_scale", "diagnostic_value"]
NO_ROWS = "no row of the sample is left: the row ledger tells why"

LOST_DIGITS = 100.0 * float(np.finfo(np.float64).eps)
"""Relative error of a result for each unit of a condition number: the last digits of an inverse, or
of eigenvectors whose eigenvalues are near to each other, are lost to whoever computes them."""


def check_indices(gated: Gated) -> Iterator[Compared]:
    """Development indices, their weights and their diagnostics."""
    made = panel_of(gated).indices
    marts = {
        "fct_development_index": (_scores, ["country_iso3", "year"]),
        "fct_index_weights": (_weights, ["weight_kind", "variable", "component"]),
        "fct_index_diagnostics": (_diagnostics, ["diagnostic", "variable", "component"]),
    }
    for tolerance, group in _by_tolerance(made).items():
        others = {_key(one) for one in made} - {_key(one) for one in group}
        for mart, (rows_of, key) in marts.items():
            published = gated[mart]
            names = pd.MultiIndex.from_frame(published[KEY])
            published = published[~names.isin(others)]
            parts = [rows_of(one, published) for one in group]
            again = pd.concat(parts, ignore_index=True) if parts else published.iloc[:0]
            yield compared(mart, published, again, key=[*KEY, *key], by=KEY, tolerance=tolerance)


def _key(index: Index) -> tuple[str, str]:
    return index.study_id, index.spec_id


def _by_tolerance(made: list[Index]) -> dict[float, list[Index]]:
    """Indices by the digits that their correlations leave; those with all of them first."""
    groups: dict[float, list[Index]] = {TOLERANCE: []}
    for index in made:
        tolerance = TOLERANCE
        if index.factors is not None and index.factors.eigenvalues.size:
            tolerance = max(TOLERANCE, LOST_DIGITS * index.factors.hardness)
        groups.setdefault(tolerance, []).append(index)
    return groups


def _named(index: Index, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with the key of their index; numbers are numbers also where there are none."""
    numbers = [name for name in NUMBERS if name in rows]
    rows = rows.astype(dict.fromkeys(numbers, "float64"))
    return rows.assign(study_id=index.study_id, index_spec_id=index.spec_id)


def _scores(index: Index, published: pd.DataFrame) -> pd.DataFrame:
    """Rows of fct_development_index; the rank is that among the published indices of the year.

    These are compared beside it: of two indices that differ by rounding alone either may be first.
    """
    columns = ["country_iso3", "year", "missing_indicators", "composite_score", "imputed_share"]
    columns += ["development_index", "development_index_se", "indicator_count", "is_partial"]
    rows = _named(index, index.scored[columns])
    own = published[(published["study_id"] == index.study_id)]
    own = own[own["index_spec_id"] == index.spec_id].drop_duplicates(["country_iso3", "year"])
    ranks = own.groupby("year")["development_index"].rank(method="min", ascending=False)
    own = own[["country_iso3", "year"]].assign(index_rank=ranks)
    rows = rows.merge(own, on=["country_iso3", "year"], how="left")
    return rows.assign(country_year_key=one_key(rows, ["study_id", "country_iso3", "year"]))


def _weights(index: Index, published: pd.DataFrame) -> pd.DataFrame:
    """Rows of fct_index_weights: loadings, weights of variables and of components.

    Of a component without variance every loading that is rounding is as good as another.
    """
    columns = ["weight_kind", "variable", "component", "weight_value"]
    columns += ["variable_location", "variable_scale"]
    found = index.factors
    if found is None:
        return _named(index, pd.DataFrame(columns=columns))
    scaling = zip(index.variables, index.location, index.scale, strict=True)
    loadings = found.vectors * np.sqrt(found.eigenvalues)
    null = is_null(found.eigenvalues)
    if null.any():
        told = loadings_of(published, index.study_id, index.spec_id, index.variables)
        nothing = np.sqrt(found.eigenvalues[0] / SINGULAR)
        loadings = np.where(null & (np.abs(told) < nothing), told, loadings)
    rows: list[tuple[Any, ...]] = []
    for k, (name, location, scale) in enumerate(scaling):
        rows.append(("weight", name, np.nan, found.weights[k], location, scale))
        rows += [
            ("loading", name, j + 1, loading, location, scale)
            for j, loading in enumerate(loadings[k])
        ]
    rows += [
        ("component_weight", None, j + 1, found.shares[j], np.nan, np.nan)
        for j in range(found.eigenvalues.size)
    ]
    return _named(index, pd.DataFrame(rows, columns=columns))


def _diagnostics(index: Index, published: pd.DataFrame) -> pd.DataFrame:
    """Rows of fct_index_diagnostics; the p-value is that of the published statistic."""
    columns = ["diagnostic", "variable", "component", "diagnostic_value"]
    found = index.factors
    if found is None:
        nothing = [("status", None, np.nan, np.nan), ("row_count", None, np.nan, 0.0)]
        return _named(index, pd.DataFrame(nothing, columns=columns)).assign(
            status="no_rows", reason=pd.Series([NO_ROWS, None]), df=np.nan, p_value=np.nan
        )
    negative = found.weights < NEGATIVE
    unknown = np.isnan(found.weights).any()
    total = found.eigenvalues.cumsum()
    condition, told = found.condition, _told("condition_number", index, published)
    if min(condition, told) > SINGULAR:  # rounding over rounding, whoever computes it
        condition = told
    of_index = {
        "status": np.nan,
        "row_count": found.n_rows,
        "kmo": found.kmo,
        "bartlett_chi2": found.chi2,
        "condition_number": condition,
        "negative_weights": np.nan if unknown else negative.sum(),
    }
    of_components = {
        "eigenvalue": found.eigenvalues,
        "variance_share": found.eigenvalues / total[-1:],
        "cumulative_share": total / total[-1:],
        "is_kept": found.is_kept[: total.size],
    }
    numbers = [
        *((name, None, np.nan, float(value)) for name, value in of_index.items()),
        *(("msa", name, np.nan, own) for name, own in zip(index.variables, found.msa, strict=True)),
        *(
            (name, None, k, float(value))
            for name, values in of_components.items()
            for k, value in enumerate(values, start=1)
        ),
    ]
    rows = _named(index, pd.DataFrame(numbers, columns=columns)).assign(status=found.status)
    reasons = rows["diagnostic_value"].map(lambda value: found.reason if np.isnan(value) else "")
    is_negative = (rows["diagnostic"] == "negative_weights") & rows["diagnostic_value"].notna()
    reasons = reasons.mask(is_negative, listed(index.variables, negative))
    rows["reason"] = reasons.where(reasons != "", None)
    is_test = (rows["diagnostic"] == "bartlett_chi2") & rows["diagnostic_value"].notna()
    statistic = _told("bartlett_chi2", index, published)
    rows["df"] = np.where(is_test, found.df, np.nan)
    rows["p_value"] = np.where(is_test, chi2_tail(statistic, found.df), np.nan)
    return rows


def _told(diagnostic: str, index: Index, published: pd.DataFrame) -> float:
    """A published diagnostic of an index; NaN where there is none."""
    rows = published[published["diagnostic"] == diagnostic].drop_duplicates(KEY).set_index(KEY)
    return float(rows["diagnostic_value"].get(_key(index), np.nan))
