"""Marts of figures and of their vintages beside their second computation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.figures import FILLED, METHODS, Tables, at, records
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.labels import one_key
from trade_potential.audit.marts.panel import Panel, panel_of

REVISED = (
    "gdp_usd",
    "gdp_per_capita_ppp_intl_usd",
    "mobile_subscriptions_per_100",
    "internet_users_pct",
    "population_persons",
    "merchandise_trade_pct_gdp",
)
"""Figures that rpt_vintage_sensitivity sets beside those of another as-of date."""

QUANTITY = [
    "quantity_kind",
    "spec_id",
    "estimator",
    "item",
    "reporter_iso3",
    "country_iso3",
    "year",
]


def check_figures(gated: Gated) -> Iterator[Compared]:
    """Figures of countries, their indicators, and what a later as-of date changes."""
    published = gated["fct_country_year"]
    key = ["study_id", "country_iso3", "year"]
    again = country_years(panel_of(gated), list(published.columns))
    again = again.assign(country_year_key=one_key(again, key))
    yield compared("fct_country_year", published, again, key=key, by=["study_id"])
    of_indicators = country_indicators(panel_of(gated))
    yield compared(
        "fct_country_indicator",
        gated["fct_country_indicator"],
        of_indicators.assign(country_year_key=one_key(of_indicators, key)),
        key=["study_id", "country_iso3", "indicator_code", "year"],
        by=["study_id"],
    )
    yield compared(
        "dim_indicator", gated["dim_indicator"], indicators(gated), key=["indicator_code"], by=[]
    )
    yield compared(
        "rpt_vintage_sensitivity",
        gated["rpt_vintage_sensitivity"],
        revisions(gated),
        key=["study_id", *QUANTITY],
        by=["study_id", "spec_id"],
    )


def country_years(panel: Panel, columns: list[str]) -> pd.DataFrame:
    """Every figure of a country and year by the as-of date of the study.

    Args:
        panel: Of the build.
        columns: Of the mart, which has no room for an indicator that a user adds; it is counted.
    """
    figures, gated = panel.figures, panel.gated
    names = gated["gate_indicators"].set_index("indicator_code")["indicator"]
    studies = gated["stg_study__studies"]
    countries = panel.countries.dropna(subset=["country_iso3"])
    found: list[pd.DataFrame] = []
    for study in records(studies):
        own = countries.loc[countries["study_id"] == study.study_id, "country_iso3"].unique()
        years = np.arange(study.first_year, study.last_year + 1)
        iso3, year = np.repeat(own, years.size), np.tile(years, own.size)
        place = figures.place(iso3, year)
        parts: dict[str, object] = {"study_id": study.study_id, "country_iso3": iso3, "year": year}
        counts = np.zeros((4, iso3.size), dtype=np.int64)
        for indicator in figures.indicators:
            series = figures.series(study.study_id, "study", "as_of", indicator)
            code = at(series.methods, place, 0)
            has, filled = code > 0, code >= FILLED
            is_later = at(series.vintages > figures.as_of(study.study_id), place, False)
            flags = [has, filled, has & at(series.is_estimate, place, False), has & is_later]
            counts += np.array(flags, dtype=np.int64)
            if names[indicator] in columns:
                parts[names[indicator]] = at(series.numbers, place, np.nan)
                parts[f"{names[indicator]}_fill_method"] = METHODS[np.where(filled, code, 0)]
                parts[f"{names[indicator]}_is_imputed"] = filled
        named = ["indicator_count", "imputed_count", "source_estimate_count", "later_vintage_count"]
        rows = pd.DataFrame(parts | dict(zip(named, counts, strict=True)))
        found.append(rows[counts[0] > 0])
    return pd.concat(found or [pd.DataFrame(columns=columns)], ignore_index=True)


def country_indicators(panel: Panel) -> pd.DataFrame:
    """The same, one indicator a row."""
    figures, found = panel.figures, []
    names = panel.gated["gate_indicators"].set_index("indicator_code")["indicator"]
    for study in records(panel.gated["stg_study__studies"]):
        is_own = panel.countries["study_id"] == study.study_id
        countries = panel.countries.loc[is_own, "country_iso3"].dropna().unique()
        years = np.arange(study.first_year, study.last_year + 1)
        iso3, year = np.repeat(countries, years.size), np.tile(years, countries.size)
        place = figures.place(iso3, year)
        for indicator in figures.indicators:
            series = figures.series(study.study_id, "study", "as_of", indicator)
            code = at(series.methods, place, 0)
            is_later = at(series.vintages > figures.as_of(study.study_id), place, False)
            rows = pd.DataFrame(
                {
                    "study_id": study.study_id,
                    "country_iso3": iso3,
                    "indicator_code": indicator,
                    "indicator": names[indicator],
                    "fill_method": METHODS[np.where(code >= FILLED, code, 0)],
                    "year": year,
                    "indicator_value": at(series.numbers, place, np.nan),
                    "is_imputed": code >= FILLED,
                    "is_estimate": at(series.is_estimate, place, False),
                    "is_vintage_after_as_of": is_later,
                }
            )
            found.append(rows[code > 0])
    columns = list(panel.gated["fct_country_indicator"].columns)
    return pd.concat([pd.DataFrame(columns=columns), *found], ignore_index=True)


def indicators(gated: Tables) -> pd.DataFrame:
    """Rows of dim_indicator."""
    vintages = gated["gate_observation_vintages"].sort_values("vintage_date")
    held = vintages.groupby("indicator_code")["vintage_date"]
    sources = gated["gate_sources"].set_index("source_id")
    rows = gated["gate_indicators"]
    rows = rows[rows["indicator_code"].isin(vintages["indicator_code"])]
    code, source = rows["indicator_code"], rows["source_id"]
    return rows.assign(
        source=source.map(sources["citation"]),
        licence=source.map(sources["licence"]),
        caveat=source.map(sources["caveat"]),
        vintage_count=code.map(held.size()),
        first_vintage_date=code.map(held.first()),
        last_vintage_date=code.map(held.last()),
    )


def _quantities(gated: Tables, studies: list[str]) -> pd.DataFrame:
    """Published figures, indices, coefficients and K of some studies, one a row."""

    def of(mart: str) -> pd.DataFrame:
        rows = gated[mart]
        return rows[rows["study_id"].isin(studies)]

    years = of("fct_country_year").melt(
        ["study_id", "country_iso3", "year"], REVISED, "item", "quantity_value"
    )
    names = {"index_spec_id": "spec_id", "development_index": "quantity_value"}
    index = of("fct_development_index").rename(columns=names)
    names = {"term": "item", "coefficient": "quantity_value", "coefficient_se": "quantity_se"}
    slopes = of("fct_gravity_coefficients").rename(columns=names)
    slopes = slopes[slopes["covariance"] == "classical"]
    k = of("fct_trade_potential").rename(
        columns={"partner_iso3": "country_iso3", "k_ratio": "quantity_value"}
    )
    parts = [
        years.assign(quantity_kind="figure", spec_id="as_of", estimator="none"),
        index.assign(quantity_kind="index", estimator="none", item="development_index"),
        slopes.assign(quantity_kind="coefficient", country_iso3="all"),
        k.assign(quantity_kind="k", item="k_ratio"),
    ]
    columns = ["study_id", *QUANTITY, "potential_class", "quantity_value", "quantity_se"]
    rows = pd.concat([part.reindex(columns=columns) for part in parts], ignore_index=True)
    return rows.astype({"year": "float64"})


def revisions(gated: Tables) -> pd.DataFrame:
    """Rows of rpt_vintage_sensitivity from the marts, which are compared themselves."""
    studies = gated["stg_study__studies"].dropna(subset=["revises_study_id"])
    earlier_of = dict(zip(studies["study_id"], studies["revises_study_id"], strict=True))
    rows = _quantities(gated, [*earlier_of, *earlier_of.values()])
    later = rows.rename(
        columns={
            "study_id": "later_study_id",
            "potential_class": "later_class",
            "quantity_value": "later_value",
        }
    ).drop(columns="quantity_se")
    later["study_id"] = later["later_study_id"].map(earlier_of).astype(object)
    both = rows.merge(later.dropna(subset=["study_id"]), on=["study_id", *QUANTITY])
    before, after, error = both["quantity_value"], both["later_value"], both.pop("quantity_se")
    change = after - before
    of_class = both[["potential_class", "later_class"]].notna().all(axis=1)
    is_slope = (both["quantity_kind"] == "coefficient") & before.notna() & after.notna()
    return both.assign(
        value_change=change,
        relative_change=change / before.abs().where(before != 0.0),
        change_in_se=change / error.where(error != 0.0),
        is_class_changed=of_class & (both["potential_class"] != both["later_class"]),
        is_sign_changed=is_slope & (np.sign(before) != np.sign(after)),
    )
