"""What is added beside a study leaves what it uses alone; what it uses itself does not."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pandas as pd
import pytest

from trade_potential.row_sums import row_sums
from trade_potential.study_rows import rows_of_study

Frames = dict[str, pd.DataFrame]


def frame(columns: str, *rows: str) -> pd.DataFrame:
    """Texts, an empty one missing."""
    names = columns.split()
    values = [[value or None for value in row.split(",")] for row in rows]
    return pd.DataFrame(values, columns=names, dtype="str")


def frames() -> Frames:
    """Study a of one reporter with listed partners, and study b of another specification."""
    study = "study_id reporter_iso3 partner_scope trade_source ecommerce_series default_spec_id"
    return {
        "stg_study__studies": frame(
            study, "a,CHN,listed,national,press,log", "b,DEU,all_reported,baci,,wide"
        ),
        "stg_study__study_partners": frame("study_id partner_iso3", "a,ROU", "b,FRA"),
        "stg_study__study_specifications": frame("study_id spec_id", "a,log", "b,wide"),
        "int_panel__classes": frame("study_id class_cuts", "a,low", "b,low"),
        "stg_study__gravity_specifications": frame("spec_id index_spec_id", "log,pca", "wide,"),
        "stg_study__gravity_terms": frame("spec_id variable", "log,gdp", "wide,phones"),
        "stg_study__gravity_term_exceptions": frame("spec_id variable", "log,oil"),
        "stg_study__index_specifications": frame("index_spec_id anchor_variable", "pca,users"),
        "stg_study__index_terms": frame("index_spec_id variable", "pca,servers"),
        "stg_study__variables": frame(
            "variable indicator_code derivation benchmark",
            *("gdp,GDP,level,", "oil,,times_oil,brent", "users,USERS,level,"),
            *("servers,SERVERS,count,", "phones,PHONES,level,"),
        ),
        "stg_study__vintage_overrides": frame(
            "spec_kind spec_id indicator_code", "gravity,log,GDP", "index,pca,USERS"
        ),
        "stg_study__imputation_rules": frame("indicator_code method", "GDP,carry", "PHONES,carry"),
        "stg_study__ecommerce_series": frame("series_id quote_id", "press,q1", "other,q2"),
        "gate_country_code_mappings": frame("source_code country_iso3", "ROM,ROU"),
        "gate_countries": frame("country_iso3", "CHN", "ROU", "DEU", "FRA"),
        "gate_ecommerce_volumes": frame("quote_id volume", "q1,1", "q2,2"),
        "gate_exchange_rates": frame("country_code rate", "CHN,6", "DEU,1"),
        "gate_total_trade": frame("country_code usd", "CHN,6", "DEU,1"),
        "gate_indicators": frame("indicator_code unit", "GDP,usd", "PHONES,pct"),
        "gate_observation_vintages": frame(
            "indicator_code vintage_date first_year value_count", "GDP,2020-01-01,2010,4"
        ),
        "int_panel__observations": frame(
            "indicator_code country_code observed_value",
            *("GDP,CHN,1", "GDP,ROM,2", "SP.POP.TOTL,ROU,3", "SERVERS,ROU,4"),
        ),
        "gate_oil_prices": frame("benchmark price", "brent,50", "wti,49"),
        "gate_trade_flows": frame("reporter_code partner_code usd", "CHN,ROM,5", "DEU,FRA,6"),
        "gate_country_pairs": frame("reporter_code partner_code km", "CHN,ROU,5"),
        "gate_world_trade": frame("exporter_code importer_code usd", "DEU,FRA,5"),
    }


def digests(held: Frames, study: str = "a") -> dict[str, object]:
    with duckdb.connect() as memory:
        tables = {name: memory.from_df(rows) for name, rows in held.items()}
        found = rows_of_study(tables, study, indicators=["NY.GDP"])
        return {name: row_sums(table, []) for name, table in found.items()}


def added(name: str, *rows: str) -> Callable[[Frames], None]:
    def change(held: Frames) -> None:
        more = frame(" ".join(held[name].columns), *rows)
        held[name] = pd.concat([held[name], more], ignore_index=True)

    return change


def counted_anew(held: Frames) -> None:
    held["gate_observation_vintages"] = held["gate_observation_vintages"].assign(value_count="5")


ELSEWHERE = {
    "study": added("stg_study__studies", "c,KAZ,listed,baci,,log"),
    "partner of another": added("stg_study__study_partners", "b,ITA"),
    "specification": added("stg_study__gravity_specifications", "more,pca"),
    "specification run": added("stg_study__study_specifications", "a,more"),
    "term": added("stg_study__gravity_terms", "wide,gdp"),
    "index": added("stg_study__index_terms", "twelve,phones"),
    "variable": added("stg_study__variables", "new,NEW,per_head,"),
    "override": added("stg_study__vintage_overrides", "index,twelve,GDP"),
    "fill rule": added("stg_study__imputation_rules", "NEW,carry"),
    "indicator": added("gate_indicators", "NEW,pct"),
    "vintage of another": added("gate_observation_vintages", "NEW,2020-01-01,2010,9"),
    "count of a vintage": counted_anew,
    "observation": added("int_panel__observations", "NEW,ROU,1"),
    "observation of another": added("int_panel__observations", "GDP,FRA,1"),
    "cuts": added("int_panel__classes", "c,other"),
    "quote": added("gate_ecommerce_volumes", "q3,3"),
    "price": added("gate_oil_prices", "dubai,48"),
    "flow of another": added("gate_trade_flows", "KAZ,ROU,1"),
    "flow with another": added("gate_trade_flows", "CHN,FRA,1"),
    "flow of the world": added("gate_world_trade", "CHN,ROU,1"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_added_elsewhere_moves_nothing(name: str) -> None:
    held = frames()
    ELSEWHERE[name](held)
    assert digests(held) == digests(frames())


OWN = {
    "partner": added("stg_study__study_partners", "a,FRA"),
    "term": added("stg_study__gravity_terms", "log,phones"),
    "exception": added("stg_study__gravity_term_exceptions", "log,phones"),
    "index term": added("stg_study__index_terms", "pca,gdp"),
    "override": added("stg_study__vintage_overrides", "index,pca,SERVERS"),
    "fill rule": added("stg_study__imputation_rules", "SERVERS,carry"),
    "vintage": added("gate_observation_vintages", "GDP,2021-01-01,2010,4"),
    "observation by an older code": added("int_panel__observations", "GDP,ROM,7"),
    "population of a count": added("int_panel__observations", "SP.POP.TOTL,CHN,7"),
    "indicator that is asked for": added("int_panel__observations", "NY.GDP,CHN,7"),
    "anchor": added("int_panel__observations", "USERS,CHN,7"),
    "cuts": added("int_panel__classes", "a,other"),
    "series": added("stg_study__ecommerce_series", "press,q3"),
    "rate": added("gate_exchange_rates", "CHN,7"),
    "price": added("gate_oil_prices", "brent,51"),
    "flow": added("gate_trade_flows", "CHN,ROU,1"),
    "economy": added("gate_countries", "KAZ"),
}


@pytest.mark.parametrize("name", OWN)
def test_what_the_study_uses_moves_its_digest(name: str) -> None:
    held = frames()
    OWN[name](held)
    assert digests(held) != digests(frames())


def test_a_study_of_baci_rests_on_all_of_it_and_on_no_national_figures() -> None:
    held = frames()
    added("gate_world_trade", "CHN,ROU,1")(held)
    assert digests(held, "b") != digests(frames(), "b")
    held = frames()
    added("gate_trade_flows", "DEU,ITA,1")(held)
    assert digests(held, "b") == digests(frames(), "b")
