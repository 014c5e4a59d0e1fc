"""A small world of gated inputs and study rows, small enough to reckon by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.panel import Panel

PARTNERS = ["KAZ", "KGZ", "ROU", "TJK", "TKM", "UZB"]
YEARS = range(2012, 2018)
OLD, AS_OF, NEW = "2020-01-01", "2021-01-01", "2024-01-01"

INDICATORS = {
    "IT.NET.USER.ZS": ("internet_users_pct", "revision"),
    "IT.NET.BBND.P2": ("fixed_broadband_per_100", "revision"),
    "LP.LPI.LOGS.XQ": ("lpi_logistics_score", "edition"),
    "SP.POP.TOTL": ("population_persons", "revision"),
    "IMF.WEO.PCPI": ("consumer_price_index", "revision"),
}
VARIABLES = [  # variable, kind, derivation, indicator or pair figure, divisor, base_year, benchmark
    ("internet_users_pct", "country", "level", "IT.NET.USER.ZS", 1.0, None, None),
    ("internet_users_published_pct", "country", "published", "IT.NET.USER.ZS", 1.0, None, None),
    ("fixed_broadband_subscriptions", "country", "count", "IT.NET.BBND.P2", 100.0, None, None),
    ("lpi_logistics_score", "country", "level", "LP.LPI.LOGS.XQ", 1.0, None, None),
    ("price_index_2012", "country", "rebased", "IMF.WEO.PCPI", 1.0, 2012, None),
    ("price_index_previous_year", "country", "previous_year", "IMF.WEO.PCPI", 1.0, None, None),
    ("distance_weighted_km", "pair", "level", "distance_weighted_km", 1.0, None, None),
    ("distance_capitals_oil", "pair", "times_oil", "distance_capitals_km", 1.0, None, "brent"),
    ("year_2014", "year", "is_base_year", None, 1.0, 2014, None),
    ("development_index", "index", "level", None, 1.0, None, None),
]
INDEX = ["internet_users_pct", "fixed_broadband_subscriptions", "lpi_logistics_score"]


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows under the columns named; dates are dates, and a text is one where it is missing, too."""
    made = pd.DataFrame(list(rows), columns=columns.split())
    for name in made:
        if name.endswith("_date"):
            made[name] = pd.to_datetime(made[name])
        elif made[name].dtype == object:
            made[name] = made[name].astype("str")
    return made


def observation(
    code: str, country: str, year: int, value: float, vintage: str = OLD
) -> tuple[Any, ...]:
    return code, country, year, vintage, value, False


def figures_of(code: str, values: Mapping[int, float], vintage: str = OLD) -> list[tuple[Any, ...]]:
    """One indicator of Kazakhstan."""
    return [observation(code, "KAZ", year, value, vintage) for year, value in values.items()]


def observations() -> pd.DataFrame:
    """Two vintages of every indicator; editions of logistics every three years, gaps elsewhere."""
    draw = np.random.default_rng(5)
    rows = []
    for place, country in enumerate(PARTNERS):
        level = draw.uniform(0.5, 2.0)
        code = "ROM" if country == "ROU" else country
        for year in range(2011, 2018):
            growth = 1.08 ** (year - 2011)
            values = {
                "IT.NET.USER.ZS": 20 * level * growth * draw.uniform(0.9, 1.1),
                "IT.NET.BBND.P2": 3 * level * growth * draw.uniform(0.7, 1.3),
                "SP.POP.TOTL": (4 + place) * 1e6 * 1.01 ** (year - 2011),
                "IMF.WEO.PCPI": 90 * growth * draw.uniform(0.99, 1.01),
            }
            for indicator, value in values.items():
                gap = (2014 + place % 2, 2015 + place % 2)
                if indicator == "IT.NET.BBND.P2" and (country == "TKM" or year in gap):
                    continue
                rows.append(observation(indicator, code, year, value))
                rows.append(observation(indicator, code, year, 1.1 * value, NEW))
        for year, date in ((2012, OLD), (2015, AS_OF), (2018, NEW)):
            score = level + draw.uniform(0.0, 0.4) + 0.1 * (year - 2012)
            rows.append(observation("LP.LPI.LOGS.XQ", code, year, score, date))
    return pd.DataFrame(
        rows,
        columns=[
            "indicator_code",
            "country_code",
            "year",
            "vintage_date",
            "observed_value",
            "is_estimate",
        ],
    ).assign(vintage_date=lambda made: pd.to_datetime(made["vintage_date"]))


def trade_flows() -> pd.DataFrame:
    """China's own reports; nothing of Tajikistan in 2013, no imports from Turkmenistan in 2014."""
    rows = [
        ("CHN", country, flow, year, amount * (1 + k) * (year - 2000.0))
        for k, country in enumerate(PARTNERS)
        for year in YEARS
        for flow, amount in (("export", 3e8), ("import", 1e8))
        if (country, year) != ("TJK", 2013) and (country, year, flow) != ("TKM", 2014, "import")
    ]
    return frame("reporter_code partner_code flow year trade_usd", *rows)


def world(**changed: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Inputs and study rows by name; ``changed`` replaces some."""
    seen = changed.get("gate_observations", observations())
    held = seen[["indicator_code", "vintage_date"]].drop_duplicates()
    pair = ("CHN", 3000.0, 3300.0, 2800.0)
    tables = {
        "gate_observations": seen,
        "gate_world_observations": seen.iloc[:0],
        "gate_observation_vintages": held,
        "gate_countries": pd.DataFrame({"country_iso3": ["CHN", *PARTNERS]}),
        "gate_country_code_mappings": frame(
            "source_code country_iso3", ("ROM", "ROU"), ("ANT", None)
        ),
        "gate_indicators": frame(
            "indicator_code indicator vintage_kind", *((k, *v) for k, v in INDICATORS.items())
        ),
        "gate_trade_flows": trade_flows(),
        "gate_world_trade": frame("exporter_code importer_code year trade_usd"),
        "gate_total_trade": frame(
            "country_code flow year trade_usd",
            *(("CHN", "export", year, 2e12 + (year - 2012) * 1e11) for year in YEARS),
            *(("CHN", "import", year, 1.5e12) for year in YEARS),
        ),
        "gate_exchange_rates": frame(
            "country_code currency year lcu_per_usd",
            *(("CHN", "CNY", year, 6.0 + (year - 2012) / 10) for year in YEARS),
        ),
        "gate_ecommerce_volumes": frame(
            "quote_id country_code currency lineage quote_kind year volume_tn",
            *(
                (f"q{year}", "CHN", "CNY", "a", "actual", year, 2.0 + (year - 2012))
                for year in YEARS
            ),
        ),
        "gate_oil_prices": frame(
            "benchmark year price_usd_per_barrel",
            *(("brent", year, year - 1950.0) for year in YEARS),
        ),
        "gate_country_pairs": frame(
            "reporter_code partner_code distance_km distance_capitals_km distance_weighted_km",
            *(
                (pair[0], "ROM" if country == "ROU" else country, *(x + 100 * k for x in pair[1:]))
                for k, country in enumerate(PARTNERS)
            ),
        ),
        "stg_study__studies": frame(
            "study_id reporter_iso3 reporter_scope partner_scope flow outcome_scaling trade_source "
            "ecommerce_series revises_study_id first_year last_year as_of_date",
            (
                *("own", "CHN", "one", "listed", "total", "ecommerce_share", "national", "series"),
                *(None, 2012, 2017, AS_OF),
            ),
        ),
        "stg_study__study_partners": frame(
            "study_id partner_iso3", *(("own", country) for country in PARTNERS)
        ),
        "stg_study__study_specifications": frame("study_id spec_id", ("own", "base")),
        "stg_study__gravity_specifications": frame(
            "spec_id index_spec_id model_kind outcome_scaling", ("base", "pca", "panel", None)
        ),
        "stg_study__gravity_terms": frame(
            "spec_id term variable side position",
            *(
                ("base", f"t{k}", variable[0], "partner", k)
                for k, variable in enumerate(VARIABLES, start=1)
            ),
        ),
        "stg_study__gravity_term_exceptions": frame("spec_id variable"),
        "stg_study__variables": frame(
            "variable variable_kind derivation indicator_code pair_figure divisor base_year "
            "benchmark",
            *(
                (
                    *(name, kind, how, of if kind == "country" else None),
                    *(of if kind == "pair" else None, divisor, base, oil),
                )
                for name, kind, how, of, divisor, base, oil in VARIABLES
            ),
        ),
        "stg_study__imputation_rules": frame(
            "indicator_code method max_years",
            ("IT.NET.BBND.P2", "carry_forward", 1),
            ("IT.NET.USER.ZS", "carry_forward", 3),
            ("IT.NET.USER.ZS", "carry_back", 2),
            ("LP.LPI.LOGS.XQ", "linear_between", 7),
            ("LP.LPI.LOGS.XQ", "carry_forward", 2),
        ),
        "stg_study__vintage_overrides": frame("spec_kind spec_id indicator_code vintage_date"),
        "stg_study__ecommerce_series": frame(
            "series_id quote_id year", *(("series", f"q{year}", year) for year in YEARS)
        ),
        "stg_study__index_specifications": frame(
            "index_spec_id method normalisation component_rule anchor_variable component_threshold "
            "min_terms",
            ("pca", "pca", "zscore", "eigenvalue", "internet_users_pct", 1.0, 2),
        ),
        "stg_study__index_terms": frame(
            "index_spec_id variable transform position direction_sign fixed_weight",
            *(
                ("pca", name, "ln1p" if k == 2 else "none", k, 1, np.nan)
                for k, name in enumerate(INDEX, start=1)
            ),
        ),
    }
    return tables | changed


def gated(tables: Mapping[str, pd.DataFrame]) -> Gated:
    """As a build hands them over."""
    return Gated({name: duckdb.from_df(rows) for name, rows in tables.items()})


@cache
def right() -> Panel:
    """Of the world as it is."""
    return Panel(world())
