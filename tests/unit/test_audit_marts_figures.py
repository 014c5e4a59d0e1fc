"""Figures, variables and outcomes made again from gated figures: known values, planted faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.audit_world import (
    AS_OF,
    INDICATORS,
    NEW,
    OLD,
    figures_of,
    frame,
    observation,
    right,
    world,
)

from trade_potential.audit.marts.check_figures import (
    country_years,
)
from trade_potential.audit.marts.panel import Panel

USERS, BROADBAND, LOGISTICS = "IT.NET.USER.ZS", "IT.NET.BBND.P2", "LP.LPI.LOGS.XQ"
POPULATION, PRICES = "SP.POP.TOTL", "IMF.WEO.PCPI"
SEEN = "indicator_code country_code year vintage_date observed_value is_estimate"
RULES = "indicator_code method max_years"


def panel(*rows: tuple[Any, ...], **changed: pd.DataFrame) -> Panel:
    """Of a world in which these figures of Kazakhstan are all that is known."""
    # a figure of another year says that the years without one are years all the same
    other = [observation(PRICES, "UZB", year, 100.0) for year in range(2005, 2019)]
    return Panel(world(gate_observations=frame(SEEN, *rows, *other), **changed))


def of_kazakhstan(made: Panel, indicator: str) -> tuple[dict[int, float], dict[int, str]]:
    """Value and method of filling by year of the study."""
    names = [name for name, _ in INDICATORS.values()]
    columns = [part for name in names for part in (name, f"{name}_fill_method")]
    rows = country_years(made, columns)
    rows = rows[rows["country_iso3"] == "KAZ"].set_index("year")
    name = INDICATORS[indicator][0]
    return rows[name].dropna().to_dict(), rows[f"{name}_fill_method"].dropna().to_dict()


def value_of(made: Panel, variable: str, country: str, year: int) -> float:
    rows = made.variables
    rows = rows[(rows["variable"] == variable) & (rows["spec_kind"] == "gravity")]
    rows = rows[(rows["country_iso3"] == country) & (rows["year"] == year)]
    assert len(rows) == 1
    return float(rows["variable_value"].iloc[0])


def test_a_gap_between_editions_is_filled_by_a_line() -> None:
    rules = frame(RULES, (LOGISTICS, "linear_between", 4), (LOGISTICS, "carry_forward", 9))
    made = panel(*figures_of(LOGISTICS, {2010: 2.0, 2014: 3.0}), stg_study__imputation_rules=rules)
    values, methods = of_kazakhstan(made, LOGISTICS)
    assert values == {2012: 2.5, 2013: 2.75} | dict.fromkeys(range(2014, 2018), 3.0)
    assert methods[2013] == "linear_between"
    assert methods[2015] == "carry_forward"
    assert 2014 not in methods


def test_a_line_that_is_too_long_gives_way_to_the_last_value() -> None:
    rules = frame(RULES, (LOGISTICS, "linear_between", 3), (LOGISTICS, "carry_forward", 2))
    made = panel(*figures_of(LOGISTICS, {2010: 2.0, 2014: 3.0}), stg_study__imputation_rules=rules)
    assert of_kazakhstan(made, LOGISTICS)[0] == {2012: 2.0, 2014: 3.0, 2015: 3.0, 2016: 3.0}


def test_values_are_carried_as_far_as_the_rule_says() -> None:
    rules = frame(RULES, (USERS, "carry_forward", 1), (USERS, "carry_back", 2))
    made = panel(
        *figures_of(USERS, {2010: 7.0, 2014: 8.0, 2015: 9.0}), stg_study__imputation_rules=rules
    )
    values, methods = of_kazakhstan(made, USERS)
    assert values == {2012: 8.0, 2013: 8.0, 2014: 8.0, 2015: 9.0, 2016: 9.0}
    assert methods == {2012: "carry_back", 2013: "carry_back", 2016: "carry_forward"}


def test_the_nearest_rule_is_the_one_forward() -> None:
    rules = frame(RULES, (USERS, "carry_forward", 5), (USERS, "carry_back", 5))
    made = panel(*figures_of(USERS, {2011: 7.0, 2014: 8.0}), stg_study__imputation_rules=rules)
    assert of_kazakhstan(made, USERS)[0][2013] == 7.0


def test_of_revisions_one_whole_vintage_is_used() -> None:
    made = panel(
        *figures_of(PRICES, {2012: 1.0, 2013: 2.0}, "2019-01-01"),
        *figures_of(PRICES, {2012: 3.0}, OLD),
        *figures_of(PRICES, {2012: 4.0, 2013: 5.0}, NEW),
    )
    assert of_kazakhstan(made, PRICES)[0] == {2012: 3.0}


def test_the_as_of_date_itself_is_not_later() -> None:
    made = panel(*figures_of(PRICES, {2012: 1.0}, OLD), *figures_of(PRICES, {2012: 2.0}, AS_OF))
    assert of_kazakhstan(made, PRICES)[0] == {2012: 2.0}


def test_of_editions_every_one_that_is_old_enough_is_used() -> None:
    none = frame(RULES, (USERS, "carry_forward", 1))
    made = panel(
        *figures_of(LOGISTICS, {2012: 2.0}, OLD),
        *figures_of(LOGISTICS, {2014: 3.0}, AS_OF),
        *figures_of(LOGISTICS, {2016: 4.0}, NEW),
        stg_study__imputation_rules=none,
    )
    assert of_kazakhstan(made, LOGISTICS)[0] == {2012: 2.0, 2014: 3.0}


def test_where_no_vintage_is_old_enough_the_oldest_is_used_and_counted() -> None:
    made = panel(
        *figures_of(USERS, {2012: 1.0}, NEW), *figures_of(USERS, {2012: 2.0}, "2025-01-01")
    )
    rows = country_years(made, [INDICATORS[USERS][0]]).set_index(["country_iso3", "year"])
    assert rows.loc[("KAZ", 2012), INDICATORS[USERS][0]] == 1.0
    assert rows["later_vintage_count"].to_dict()["KAZ", 2012] == 1
    assert rows["later_vintage_count"].to_dict()["UZB", 2012] == 0


def test_a_specification_may_use_a_vintage_of_its_own() -> None:
    overrides = frame(
        "spec_kind spec_id indicator_code vintage_date",
        ("index", "pca", BROADBAND, NEW),
        ("index", "pca", POPULATION, NEW),
    )
    base, made = right(), Panel(world(stg_study__vintage_overrides=overrides))
    own = base.variables.merge(
        made.variables, on=list(base.variables.columns[:7]), suffixes=("", "_again")
    )
    is_count = own["variable"] == "fixed_broadband_subscriptions"
    factor = np.where(is_count & (own["spec_kind"] == "index"), 1.1**2, 1.0)
    assert own["variable_value_again"].to_numpy() == pytest.approx(factor * own["variable_value"])


def test_counts_take_the_population_of_their_own_vintage() -> None:
    made = panel(
        *figures_of(BROADBAND, {2012: 5.0}),
        *figures_of(POPULATION, {2012: 2e6}),
        *figures_of(POPULATION, {2012: 9e6}, NEW),
    )
    assert value_of(made, "fixed_broadband_subscriptions", "KAZ", 2012) == 5.0 * 2e6 / 100.0


def test_a_variable_is_filled_if_one_of_its_parts_is() -> None:
    rules = frame(RULES, (POPULATION, "carry_forward", 3))
    made = panel(
        *figures_of(BROADBAND, {2012: 5.0, 2013: 6.0}),
        *figures_of(POPULATION, {2012: 2e6}),
        stg_study__imputation_rules=rules,
    )
    rows = made.variables[made.variables["variable"] == "fixed_broadband_subscriptions"]
    rows = rows[rows["spec_kind"] == "index"].set_index("year")
    assert rows["variable_value"].to_dict() == {2012: 1e5, 2013: 1.2e5}
    assert rows["is_imputed"].to_dict() == {2012: False, 2013: True}
    assert rows.loc[2013, "fill_method"] == "carry_forward"


def test_prices_are_rebased_to_a_year_or_to_the_year_before() -> None:
    made = panel(*figures_of(PRICES, {2011: 80.0, 2012: 100.0, 2013: 130.0}))
    assert value_of(made, "price_index_2012", "KAZ", 2013) == pytest.approx(130.0)
    assert value_of(made, "price_index_previous_year", "KAZ", 2012) == pytest.approx(125.0)


def test_a_published_figure_is_never_filled() -> None:
    made = right()
    rows = made.variables[made.variables["variable"] == "internet_users_published_pct"]
    assert not rows["is_imputed"].any()
    some = panel(*figures_of(USERS, {2012: 5.0})).variables
    some = some[some["variable"].str.startswith("internet_users")]
    assert some.groupby("variable")["year"].max().to_dict() == {
        "internet_users_pct": 2015,
        "internet_users_published_pct": 2012,
    }


def test_distances_are_those_that_the_variable_names() -> None:
    made = right()
    assert value_of(made, "distance_weighted_km", "ROU", 2014) == 2800.0 + 200
    assert value_of(made, "distance_capitals_oil", "ROU", 2014) == (3300.0 + 200) * (2014 - 1950)


def test_the_outcome_is_trade_times_the_share_of_its_own_year() -> None:
    rows = right().outcomes.set_index(["partner_iso3", "year"])
    assert rows.loc[("KGZ", 2014), "goods_trade_usd"] == (3e8 + 1e8) * 2 * 14
    # 4 tn yuan of e-commerce; 2.2 and 1.5 tn US$ of trade at 6.2 yuan
    share = 4e12 / ((2.2e12 + 1.5e12) * 6.2)
    assert rows.loc[("KGZ", 2014), "ecommerce_share"] == pytest.approx(share, rel=1e-14)
    assert rows.loc[("TJK", 2013), "trade_missing_reason"] == "no trade reported"
    assert np.isnan(rows.loc[("TKM", 2014), "goods_trade_usd"])
    assert rows.loc[("TKM", 2014), "trade_missing_reason"] == "no imports reported"


@pytest.mark.parametrize(
    ("table", "kept", "reason"),
    [
        ("gate_exchange_rates", lambda rows: rows["year"] != 2014, "no exchange rate of CNY"),
        (
            "gate_total_trade",
            lambda rows: (rows["year"] != 2014) | (rows["flow"] != "import"),
            "no total goods trade of CHN",
        ),
        ("gate_ecommerce_volumes", lambda rows: rows["year"] != 2014, "no e-commerce volume"),
    ],
)
def test_a_share_that_cannot_be_had_says_why(table: str, kept: Any, reason: str) -> None:
    rows = world()[table]
    made = Panel(world(**{table: rows[kept(rows)]})).outcomes
    of_year = made[made["year"] == 2014]
    assert of_year["ecommerce_share"].isna().all()
    assert set(of_year["ecommerce_missing_reason"]) == {f"{reason} for the year"}
    assert made.loc[made["year"] != 2014, "ecommerce_share"].notna().all()


def of_world(**changed: Any) -> dict[str, pd.DataFrame]:
    """A study of one reporter, or of all, by the world's trade."""
    study = world()["stg_study__studies"].assign(
        trade_source="baci", outcome_scaling="none", **changed
    )
    flows = frame(
        "exporter_code importer_code year trade_usd",
        ("KAZ", "UZB", 2012, 5.0),
        ("UZB", "KAZ", 2012, 7.0),
        ("KAZ", "UZB", 2013, 9.0),
        ("TJK", "KAZ", 2012, 1.0),
        ("CHN", "KGZ", 2013, 2.0),
    )
    pairs = frame(
        "origin_code destination_code distance_weighted_km distance_capitals_km",
        ("KAZ", "UZB", 800.0, 900.0),
    )
    return world(stg_study__studies=study, gate_world_trade=flows, gate_world_pairs=pairs)


def test_a_flow_that_baci_does_not_list_is_zero_and_marked() -> None:
    made = Panel(of_world(reporter_iso3="KAZ", partner_scope="all_reported")).outcomes
    rows = made.set_index(["partner_code", "year"])
    assert set(made["partner_code"]) == {"TJK", "UZB"}
    assert rows.loc[("UZB", 2012), "goods_trade_usd"] == 12.0
    assert not rows.loc[("UZB", 2012), "is_unreported"]
    assert rows.loc[("UZB", 2013), "goods_trade_usd"] == 9.0
    assert rows.loc[("UZB", 2013), "is_unreported"]
    reasons = rows["trade_missing_reason"]
    assert reasons["TJK", 2013] == "BACI lists no trade of TJK in the year"
    assert rows.loc[("UZB", 2014), "trade_missing_reason"] == "BACI has no figures after 2013"


def test_every_reporter_of_the_world_has_its_partners() -> None:
    tables = of_world(
        reporter_iso3=None, reporter_scope="all_reported", partner_scope="all_reported"
    )
    made = Panel(tables).outcomes
    pairs = set(zip(made["reporter_code"], made["partner_code"], strict=True))
    assert pairs == {
        *(("KAZ", "UZB"), ("UZB", "KAZ"), ("KAZ", "TJK"), ("TJK", "KAZ")),
        *(("CHN", "KGZ"), ("KGZ", "CHN")),
    }
    named = Panel(tables).variables
    assert set(named.loc[named["variable"] == "distance_weighted_km", "reporter_iso3"]) == {"KAZ"}
