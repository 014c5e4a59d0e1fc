"""Variables of specifications, from figures of countries, of pairs and of years."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.marts.candidates import RUN, specification_runs
from trade_potential.audit.marts.figures import (
    FILLED,
    METHODS,
    Figures,
    Tables,
    at,
    countries_of_today,
    records,
)

SCALES = {"count": "SP.POP.TOTL", "per_head": "SP.POP.TOTL", "per_gdp": "NY.GDP.MKTP.CD"}
"""Indicator that a variable is multiplied with (count) or divided by."""
COLUMNS = [*RUN, "variable", "reporter_iso3", "country_iso3", "year", "variable_value"]
COLUMNS += ["is_imputed", "fill_method"]


def named_variables(gated: Tables) -> pd.DataFrame:
    """study_id, spec_kind, spec_id and the row of every variable that a specification names."""
    terms = [gated["stg_study__gravity_terms"], gated["stg_study__gravity_term_exceptions"]]
    of_gravity = pd.concat([frame[["spec_id", "variable"]] for frame in terms])
    of_index = gated["stg_study__index_terms"][["index_spec_id", "variable"]]
    names = pd.concat(
        [
            of_gravity.assign(spec_kind="gravity"),
            of_index.set_axis(["spec_id", "variable"], axis=1).assign(spec_kind="index"),
        ]
    ).drop_duplicates()
    runs = specification_runs(gated).merge(names, on=["spec_kind", "spec_id"])
    return runs.merge(gated["stg_study__variables"], on="variable")


def variables(
    gated: Tables, figures: Figures, pairs: pd.DataFrame, countries: pd.DataFrame
) -> pd.DataFrame:
    """Values of the variables that specifications name, over the years of their studies.

    Args:
        gated: Inputs and study file.
        figures: Of these inputs.
        pairs: As ``candidates.pair_years``.
        countries: As ``candidates.country_years``.

    Returns:
        One row per specification, variable, country and year that has a value: ``COLUMNS``; a
        variable of a pair has a reporter, and country_iso3 is the partner.
    """
    known = countries.dropna(subset=["country_iso3"])
    known = known[["study_id", "country_iso3", "year"]].drop_duplicates()
    of_pairs = _figures_of_pairs(gated, set(pairs["trade_source"]))
    oil = gated["gate_oil_prices"].set_index(["benchmark", "year"])["price_usd_per_barrel"]
    parts, of_parts = [], []
    for study_id, of_study in named_variables(gated).groupby("study_id"):
        asked = known[known["study_id"] == study_id].drop(columns="study_id")
        place = figures.place(asked["country_iso3"], asked["year"])
        own = pairs[pairs["study_id"] == study_id].merge(
            of_pairs, on=["trade_source", "reporter_iso3", "partner_iso3"]
        )
        for variable in records(of_study):
            if variable.variable_kind == "country":
                values, methods = _of_countries(variable, figures)
                part = asked.assign(
                    variable_value=at(values, place, np.nan), fill_code=at(methods, place, 0)
                )
            elif variable.variable_kind == "pair":
                part = _of_pairs(variable, own, oil)
            elif variable.variable_kind == "year":
                is_base = asked["year"] == variable.base_year
                part = asked.assign(variable_value=is_base.astype(float))
            else:  # the index, which is no figure
                continue
            parts.append(part)
            of_parts.append((study_id, variable.spec_kind, variable.spec_id, variable.variable))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    names = pd.DataFrame(of_parts, columns=[*RUN, "variable"])
    named = names.take(np.repeat(names.index, [len(part) for part in parts]))
    rows = pd.concat([pd.concat(parts, ignore_index=True), named.reset_index(drop=True)], axis=1)
    codes = rows.pop("fill_code").fillna(0).to_numpy(dtype=np.int64)
    rows["is_imputed"] = codes >= FILLED
    rows["fill_method"] = pd.Series(METHODS[np.where(codes >= FILLED, codes, 0)], rows.index)
    return rows.dropna(subset=["variable_value"]).reindex(columns=COLUMNS)


def _of_countries(
    variable: Any, figures: Figures
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    """Values by country and year, NaN where there is none, and codes of what was filled."""
    run = (variable.study_id, variable.spec_kind, variable.spec_id)
    own = figures.series(*run, variable.indicator_code)
    values, methods = own.numbers, own.methods
    if variable.derivation == "published":
        values = np.where(methods >= FILLED, np.nan, values)
    elif variable.derivation in SCALES:
        scale = figures.series(*run, SCALES[variable.derivation])
        size = np.where(scale.numbers == 0.0, np.nan, scale.numbers)
        values = values * size if variable.derivation == "count" else values / size
        methods = np.where(methods >= FILLED, methods, scale.methods)
    elif variable.derivation in ("rebased", "previous_year"):
        base_years = figures.years - 1
        if variable.derivation == "rebased":
            base_years = np.full(figures.years.size, variable.base_year)
        column = figures.column(base_years)
        base = np.where(column < 0, np.nan, values[:, column])
        filled = np.where(column < 0, 0, methods[:, column])
        values = values / base * 100.0
        methods = np.where(methods >= FILLED, methods, filled)
    return values / variable.divisor, methods


def _figures_of_pairs(gated: Tables, sources: set[str]) -> pd.DataFrame:
    """Figures of pairs under the codes of today, by the source of trade that they go with."""
    if not sources:  # no study has a panel
        return pd.DataFrame(columns=["trade_source", "reporter_iso3", "partner_iso3"], dtype=object)
    today = countries_of_today(gated)
    inputs = {"national": "gate_country_pairs", "baci": "gate_world_pairs"}
    inputs["own"] = inputs["baci"]  # of any reporter
    names = {"origin_code": "reporter_code", "destination_code": "partner_code"}
    rows = pd.concat(
        [gated[inputs[name]].rename(columns=names).assign(trade_source=name) for name in sources]
    )
    for side in ("reporter", "partner"):
        rows[f"{side}_iso3"] = rows.pop(f"{side}_code").map(today)
    return rows.dropna(subset=["reporter_iso3", "partner_iso3"])


def _of_pairs(variable: Any, pairs: pd.DataFrame, oil: pd.Series[float]) -> pd.DataFrame:
    """A figure of each pair, by year where the price of oil is a part of it."""
    values = pairs[variable.pair_figure].astype(float)
    if variable.derivation == "times_oil":
        values = values * pairs["year"].map(oil[variable.benchmark])
    return pd.DataFrame(
        {
            "reporter_iso3": pairs["reporter_iso3"],
            "country_iso3": pairs["partner_iso3"],
            "year": pairs["year"],
            "variable_value": values / variable.divisor,
        }
    )
