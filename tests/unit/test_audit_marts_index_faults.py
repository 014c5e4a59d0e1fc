"""Faults of published indices are found, and what the library computes is confirmed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.audit_world import INDEX, gated, right, world

from trade_potential.audit.marts.check_indices import check_indices
from trade_potential.audit.marts.panel import Panel
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexSettings, estimate_index
from trade_potential.index.partial import row_weights

COLLINEAR = [INDEX[0], "internet_users_published_pct", INDEX[2]]
"""Two of them are equal wherever both have a value."""


@cache
def collinear() -> dict[str, pd.DataFrame]:
    """The world with an index of collinear indicators."""
    terms = world()["stg_study__index_terms"]
    return world(stg_study__index_terms=terms.assign(variable=COLLINEAR, transform="none"))


@cache
def marts(names: tuple[str, ...] = tuple(INDEX)) -> dict[str, pd.DataFrame]:
    """What the library publishes of the index of a world."""
    panel = right() if names == tuple(INDEX) else Panel(collinear() | marts())
    index = panel.indices[0]
    key = {"study_id": index.study_id, "index_spec_id": index.spec_id}
    values = panel.variables
    values = values[values["spec_kind"] == "index"].pivot_table(
        index=["country_iso3", "year"], columns="variable", values="variable_value"
    )
    entered = values[list(names)]
    if INDEX[1] in names:
        entered = entered.assign(**{INDEX[1]: np.log1p(entered[INDEX[1]])})
    complete = entered.dropna()
    estimate = estimate_index(
        Correlation.of(names, len(complete), complete.corr().to_numpy()),
        IndexSettings(
            method="pca", component_rule="eigenvalue", component_threshold=1.0, anchor=names[0]
        ),
    )
    parts, adequacy, test = estimate.components, estimate.adequacy, estimate.sphericity
    assert parts is not None
    nothing = [np.nan] * len(names)
    mean, sd = complete.mean(), complete.std()

    rows = index.scored.set_index(["country_iso3", "year"])[
        ["missing_indicators", "imputed_share", "indicator_count", "is_partial"]
    ].copy()
    for place in rows.index:
        held = entered.loc[place].notna().to_numpy()
        own = row_weights(estimate.correlation.matrix, estimate.weights, held)
        score = (((entered.loc[place] - mean) / sd) * own.weights).sum()
        rows.loc[place, ["composite_score", "error"]] = score, own.error
    lowest, highest = rows["composite_score"].min(), rows["composite_score"].max()
    rows["development_index"] = (rows["composite_score"] - lowest) / (highest - lowest)
    rows["development_index_se"] = rows.pop("error") / (highest - lowest)
    rows["index_rank"] = rows.groupby("year")["development_index"].rank(ascending=False).astype(int)
    rows["country_year_key"] = [
        f"{index.study_id}/{country}/{year}" for country, year in rows.index
    ]

    weights = [
        *(
            ("weight", name, np.nan, estimate.weights[k], mean[name], sd[name])
            for k, name in enumerate(names)
        ),
        *(
            ("loading", name, j + 1, parts.loadings[k, j], mean[name], sd[name])
            for k, name in enumerate(names)
            for j in range(len(names))
        ),
        *(
            ("component_weight", None, j + 1, share, np.nan, np.nan)
            for j, share in enumerate(estimate.component_weights)
        ),
    ]
    diagnostics = [
        ("status", None, np.nan, np.nan),
        ("row_count", None, np.nan, len(complete)),
        ("kmo", None, np.nan, adequacy.kmo if adequacy else np.nan),
        ("bartlett_chi2", None, np.nan, test.statistic if test else np.nan),
        ("condition_number", None, np.nan, parts.condition_number),
        ("negative_weights", None, np.nan, 0.0),
        *(
            ("msa", name, np.nan, own)
            for name, own in zip(names, adequacy.msa if adequacy else nothing, strict=True)
        ),
        *(
            (name, None, j + 1, float(values[j]))
            for name, values in {
                "eigenvalue": parts.eigenvalues,
                "variance_share": parts.variance_share,
                "cumulative_share": parts.cumulative_share,
                "is_kept": estimate.is_kept,
            }.items()
            for j in range(len(names))
        ),
    ]
    told = pd.DataFrame(
        diagnostics, columns=["diagnostic", "variable", "component", "diagnostic_value"]
    ).assign(status=estimate.status)
    is_missing = told["diagnostic_value"].isna()
    is_test = (told["diagnostic"] == "bartlett_chi2") & ~is_missing
    return {
        "fct_development_index": rows.reset_index().assign(**key),
        "fct_index_weights": pd.DataFrame(
            weights,
            columns=[
                *("weight_kind", "variable", "component", "weight_value"),
                *("variable_location", "variable_scale"),
            ],
        ).assign(**key),
        "fct_index_diagnostics": told.assign(
            **key,
            reason=pd.Series(estimate.reason or None, told.index).where(is_missing),
            df=np.where(is_test, test.df if test else np.nan, np.nan),
            p_value=np.where(is_test, test.p_value if test else np.nan, np.nan),
        ),
    }


def differing(**changed: pd.DataFrame) -> set[str]:
    """Columns that differ, of the marts of the library with these in place of its own."""
    tables = world() | marts() | changed
    texts = {"reason": "str", "missing_indicators": "str", "variable": "str"}
    for name in marts():
        tables[name] = tables[name].astype({k: v for k, v in texts.items() if k in tables[name]})
    found = pd.concat([one.rows for one in check_indices(gated(tables))])
    return set(found.loc[found["status"] != "agrees", "quantity"])


def test_what_the_library_publishes_is_confirmed() -> None:
    assert differing() == set()


def turned(rows: pd.DataFrame) -> pd.DataFrame:
    """Signs of every component reversed."""
    is_weight = rows["weight_kind"] != "component_weight"
    return rows.assign(weight_value=rows["weight_value"].where(~is_weight, -rows["weight_value"]))


def of(name: str, rows: pd.DataFrame, change: Callable[[Any], Any]) -> pd.DataFrame:
    """One diagnostic changed."""
    values = rows["diagnostic_value"]
    return rows.assign(diagnostic_value=values.mask(rows["diagnostic"] == name, change(values)))


INDICES, WEIGHTS, TESTS = "fct_development_index", "fct_index_weights", "fct_index_diagnostics"
FAULTS: dict[str, tuple[str, Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "signs of components": (WEIGHTS, turned, "weight_value"),
    "index the other way round": (
        INDICES,
        lambda rows: rows.assign(development_index=1.0 - rows["development_index"]),
        "development_index",
    ),
    "score the other way round": (
        INDICES,
        lambda rows: rows.assign(composite_score=-rows["composite_score"]),
        "composite_score",
    ),
    "rank ascending": (
        INDICES,
        lambda rows: rows.assign(
            index_rank=rows.groupby("year")["development_index"].rank().astype(int)
        ),
        "index_rank",
    ),
    "rank over all years": (
        INDICES,
        lambda rows: rows.assign(
            index_rank=rows["development_index"].rank(ascending=False).astype(int)
        ),
        "index_rank",
    ),
    "no error of partial rows": (
        INDICES,
        lambda rows: rows.assign(development_index_se=0.0),
        "development_index_se",
    ),
    "nothing imputed": (
        INDICES,
        lambda rows: rows.assign(imputed_share=0.0),
        "imputed_share",
    ),
    "a row too few": (INDICES, lambda rows: rows.iloc[1:], "rows"),
    "a row twice": (INDICES, lambda rows: pd.concat([rows, rows.iloc[:1]]), "rows"),
    "standard deviation of a population": (
        WEIGHTS,
        lambda rows: rows.assign(variable_scale=rows["variable_scale"] * np.sqrt(29 / 30)),
        "variable_scale",
    ),
    "Bartlett's factor": (
        TESTS,
        lambda rows: of("bartlett_chi2", rows, lambda values: values * 29 / 28),
        "diagnostic_value",
    ),
    "degrees of freedom with the diagonal": (
        TESTS,
        lambda rows: rows.assign(df=rows["df"] + 3),
        "df",
    ),
    "p-value of the other tail": (
        TESTS,
        lambda rows: rows.assign(p_value=1.0 - rows["p_value"]),
        "p_value",
    ),
    "KMO of simple correlations": (
        TESTS,
        lambda rows: of("kmo", rows, lambda values: values * 1.01),
        "diagnostic_value",
    ),
    "every component kept": (
        TESTS,
        lambda rows: of("is_kept", rows, lambda values: values * 0.0 + 1.0),
        "diagnostic_value",
    ),
    "a status that is not so": (TESTS, lambda rows: rows.assign(status="single"), "status"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_an_index_is_found(fault: str) -> None:
    mart, wrong, column = FAULTS[fault]
    assert f"{mart}.{column}" in differing(**{mart: wrong(marts()[mart])})


def test_an_index_without_rows_is_confirmed_as_such() -> None:
    seen = world()["gate_observations"]
    some = seen[seen["indicator_code"] == "IT.NET.USER.ZS"]
    told = (
        marts()[TESTS]
        .iloc[:2]
        .assign(
            status="no_rows",
            diagnostic_value=[np.nan, 0.0],
            reason=["no row of the sample is left: the row ledger tells why", None],
        )
    )
    empty = {name: marts()[name].iloc[:0] for name in (INDICES, WEIGHTS)}
    assert differing(gate_observations=some, **empty, **{TESTS: told}) == set()
    wrong = told.assign(status="ok")
    assert differing(gate_observations=some, **empty, **{TESTS: wrong}) == {f"{TESTS}.status"}


def test_what_is_rounding_of_collinear_indicators_is_no_difference() -> None:
    published = marts(tuple(COLLINEAR))
    assert set(published[TESTS]["status"]) == {"singular_correlation"}
    assert differing(**collinear() | published) == set()
    wrong = turned(published[WEIGHTS])
    assert differing(**collinear() | published | {WEIGHTS: wrong}) == {f"{WEIGHTS}.weight_value"}
