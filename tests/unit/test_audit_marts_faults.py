"""Faults of the first computation of figures, variables and outcomes are found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from tests.unit.audit_world import INDICATORS, NEW, OLD, frame, right, world

from trade_potential.audit.marts.check_figures import country_years, indicators, revisions
from trade_potential.audit.marts.compare import compared
from trade_potential.audit.marts.panel import Panel


def longer(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(max_years=rows["max_years"] + 1)


FAULTS: dict[str, tuple[str, Callable[[pd.DataFrame], pd.DataFrame], str, str]] = {
    "imports counted 0.9": (
        "gate_trade_flows",
        lambda rows: rows.assign(
            trade_usd=rows["trade_usd"].where(rows["flow"] == "export", 0.9 * rows["trade_usd"])
        ),
        "outcomes",
        "goods_trade_usd",
    ),
    "exports and imports swapped": (
        "gate_trade_flows",
        lambda rows: rows.assign(flow=rows["flow"].map({"export": "import", "import": "export"})),
        "outcomes",
        "imports_usd",
    ),
    "share of last year": (
        "gate_ecommerce_volumes",
        lambda rows: rows.assign(volume_tn=rows["volume_tn"].shift(fill_value=1.0)),
        "outcomes",
        "ecommerce_share",
    ),
    "exchange rate of another year": (
        "gate_exchange_rates",
        lambda rows: rows.assign(lcu_per_usd=rows["lcu_per_usd"].shift(fill_value=5.9)),
        "outcomes",
        "ecommerce_share",
    ),
    "vintage after the as-of date": (
        "stg_study__studies",
        lambda rows: rows.assign(as_of_date=pd.Timestamp("2025-01-01")),
        "figures",
        "internet_users_pct",
    ),
    "carried a year too far": (
        "stg_study__imputation_rules",
        longer,
        "figures",
        "fixed_broadband_per_100",
    ),
    "carried in place of a line": (
        "stg_study__imputation_rules",
        lambda rows: rows[rows["method"] != "linear_between"],
        "figures",
        "lpi_logistics_score",
    ),
    "count with the population of another vintage": (
        "stg_study__vintage_overrides",
        lambda _: frame(
            "spec_kind spec_id indicator_code vintage_date", ("index", "pca", "SP.POP.TOTL", NEW)
        ),
        "variables",
        "variable_value",
    ),
    "wrong divisor": (
        "stg_study__variables",
        lambda rows: rows.assign(divisor=rows["divisor"].replace(100.0, 1.0)),
        "variables",
        "variable_value",
    ),
    "distance of the capitals": (
        "gate_country_pairs",
        lambda rows: rows.assign(distance_weighted_km=rows["distance_capitals_km"]),
        "variables",
        "variable_value",
    ),
    "oil of the year before": (
        "gate_oil_prices",
        lambda rows: rows.assign(price_usd_per_barrel=rows["price_usd_per_barrel"] - 1.0),
        "variables",
        "variable_value",
    ),
    "base year of another variable": (
        "stg_study__variables",
        lambda rows: rows.assign(base_year=rows["base_year"].replace(2012.0, 2013.0)),
        "variables",
        "variable_value",
    ),
}
"""What is wrong in the first computation: as if it had read another table; where it shows."""

KEYS = {
    "outcomes": ["study_id", "reporter_code", "partner_code", "year"],
    "figures": ["study_id", "country_iso3", "year"],
    "variables": [
        "study_id",
        "spec_id",
        "spec_kind",
        "variable",
        "reporter_iso3",
        "country_iso3",
        "year",
    ],
}


def tables_of(made: Panel) -> dict[str, pd.DataFrame]:
    names = [name for name, _ in INDICATORS.values()]
    return {
        "outcomes": made.outcomes,
        "variables": made.variables,
        "figures": country_years(made, names),
    }


def differing(published: pd.DataFrame, again: pd.DataFrame, key: list[str]) -> set[str]:
    rows = compared("mart", published, again, key=key, by=["study_id"]).rows
    return set(rows.loc[rows["status"] == "differs", "quantity"])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_first_computation_is_found(fault: str) -> None:
    table, wrong, where, column = FAULTS[fault]
    again = tables_of(right())[where]
    published = tables_of(Panel(world(**{table: wrong(world()[table])})))[where]
    assert not differing(again, again, KEYS[where])
    assert f"mart.{column}" in differing(published, again, KEYS[where])


def of_figures() -> pd.DataFrame:
    """Rows of fct_country_year."""
    names = [name for name, _ in INDICATORS.values()]
    parts = [(name, f"{name}_fill_method", f"{name}_is_imputed") for name in names]
    return country_years(right(), [column for part in parts for column in part])


def test_a_flag_that_is_not_set_is_found() -> None:
    mart = of_figures()
    assert mart["lpi_logistics_score_is_imputed"].any()
    wrong = mart.assign(lpi_logistics_score_is_imputed=False)
    assert differing(wrong, mart, KEYS["figures"]) == {"mart.lpi_logistics_score_is_imputed"}


def revised() -> dict[str, pd.DataFrame]:
    """Marts of a study and of one that repeats it with later figures, and what these change."""
    figures = pd.concat(
        [
            of_figures().assign(study_id="own"),
            of_figures().assign(study_id="newer", internet_users_pct=25.0),
        ]
    )
    absent = ["gdp_usd", "gdp_per_capita_ppp_intl_usd"]
    absent += ["mobile_subscriptions_per_100", "merchandise_trade_pct_gdp"]
    k = "study_id spec_id estimator reporter_iso3 partner_iso3 year k_ratio potential_class"
    slopes = "study_id spec_id estimator covariance term coefficient coefficient_se"
    return {
        "stg_study__studies": frame(
            "study_id revises_study_id", ("own", None), ("newer", "own"), ("other", None)
        ),
        "fct_country_year": figures.assign(**dict.fromkeys(absent, 1.0)),
        "fct_development_index": frame(
            "study_id index_spec_id country_iso3 year development_index",
            ("own", "pca", "KAZ", 2012, 0.5),
            ("newer", "pca", "KAZ", 2012, 0.4),
            ("newer", "pca", "UZB", 2012, 0.4),
        ),
        "fct_gravity_coefficients": frame(
            slopes,
            ("own", "base", "pooled", "classical", "lndist", -2.0, 0.5),
            ("newer", "base", "pooled", "classical", "lndist", 1.0, 0.5),
            ("own", "base", "pooled", "robust", "lndist", -2.0, 0.5),
            ("newer", "base", "pooled", "robust", "lndist", 1.0, 0.5),
        ),
        "fct_trade_potential": frame(
            k,
            ("own", "base", "pooled", "CHN", "KAZ", 2012, 0.8, "low"),
            ("newer", "base", "pooled", "CHN", "KAZ", 2012, 1.0, "high"),
            ("own", "base", "pooled", "CHN", "UZB", 2012, 0.0, None),
            ("newer", "base", "pooled", "CHN", "UZB", 2012, 0.5, "low"),
        ),
    }


def test_what_later_figures_change_is_a_difference_of_published_numbers() -> None:
    rows = revisions(revised())
    assert set(rows["study_id"]) == {"own"}
    assert rows.groupby("quantity_kind").size().to_dict() == {
        "figure": 6 * len(of_figures()),
        "index": 1,
        "coefficient": 1,
        "k": 2,
    }
    slope = rows[rows["quantity_kind"] == "coefficient"].iloc[0]
    assert (slope["value_change"], slope["relative_change"]) == (3.0, 1.5)
    assert slope["change_in_se"] == 6.0
    assert slope["is_sign_changed"]
    k = rows[rows["quantity_kind"] == "k"].set_index("country_iso3")
    assert k["is_class_changed"].to_dict() == {"KAZ": True, "UZB": False}
    assert k.loc["KAZ", "relative_change"] == pytest.approx(0.25)
    assert np.isnan(k.loc["UZB", "relative_change"])
    assert not k["is_sign_changed"].any()


def dimension() -> dict[str, pd.DataFrame]:
    indicators_ = world()["gate_indicators"].assign(source_id="wdi", unit="%")
    return world(gate_indicators=indicators_) | {
        "gate_sources": frame("source_id citation licence caveat", ("wdi", "WDI", "CC", "none"))
    }


def test_an_indicator_counts_its_vintages() -> None:
    rows = indicators(dimension()).set_index("indicator_code")
    assert rows["vintage_count"].to_dict()["LP.LPI.LOGS.XQ"] == 3
    assert rows["vintage_count"].to_dict()["IT.NET.USER.ZS"] == 2
    assert (rows["first_vintage_date"] == pd.Timestamp(OLD)).all()
    assert (rows["last_vintage_date"] == pd.Timestamp(NEW)).all()
    assert set(rows["source"]) == {"WDI"}
