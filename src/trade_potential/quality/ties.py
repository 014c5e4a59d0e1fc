"""Agreements, borders and pairs of economies beside each other, beside trade and beside size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trade_potential.quality.circles import WORLD_PAIRS
from trade_potential.quality.identities import POPULATION
from trade_potential.quality.levels import Known
from trade_potential.quality.totals import WORLD_SUMS
from trade_potential.quality.world import PAIRED

SPELLS, IN_AGREEMENTS = "spells beside others", "economies with agreements"
TRADING_USD = 4e9
"""Exports and imports of a year from which an economy stands in the lists of economies."""
NEAR_KM, CROWDED, POPULOUS = 1000.0, 10, 5e6
"""An economy of so many people with so many others within this distance is no island."""

SPELLS_SQL = """
with alone as (
    select
        country_code_a,
        country_code_b,
        from_year,
        agreement_type,
        count(*) over (partition by agreement_ids) as spells,
        count(*) over (partition by agreement_ids, agreement_type) as alike,
        mode(agreement_type) over (partition by agreement_ids) as usual_type,
        agreement_ids
    from input
    where agreement_ids not like '%;%'
),
beside as (
    select
        country_code_a,
        country_code_b,
        from_year,
        string_split(agreement_ids, ';') as ids,
        lag(string_split(agreement_ids, ';')) over pair as ids_before,
        from_year - lag(to_year) over pair - 1 as years_between
    from input
    window pair as (partition by country_code_a, country_code_b order by from_year)
)
select
    beside.country_code_a,
    beside.country_code_b,
    beside.from_year,
    case
        when 2 * alone.alike < alone.spells
            then alone.agreement_type || ', where other pairs of agreement ' || alone.agreement_ids
                || ' have ' || alone.usual_type
    end as type_apart,
    case
        when list_has_any(beside.ids, beside.ids_before)
            then cast(greatest(beside.years_between, 0) as double)
    end as years_without
from beside
left join alone using (country_code_a, country_code_b, from_year)
"""
"""By spell: a type that other pairs of its agreement do not have, years in which it is not held."""
IN_AGREEMENTS_SQL = (
    "select country_code_a as country_code from input union select country_code_b from input"
)


def spells(known: Known) -> pd.DataFrame:
    """One row per spell of a pair."""
    return known[SPELLS]


def traders(known: Known) -> pd.DataFrame:
    """One row per economy of the world's trade: whether lists of economies have it."""
    sums = known[WORLD_SUMS]
    last = sums[sums["is_of_all_goods"]].groupby(["country_code", "year"])["trade_usd"].sum()
    usual = last.groupby("country_code").median().rename("trade_usd").reset_index()
    is_noted = usual["trade_usd"] >= TRADING_USD
    for column, listed in (
        ("without_pair", known[PAIRED]["origin_code"]),
        ("without_agreement", known[IN_AGREEMENTS]["country_code"]),
    ):
        usual[column] = (~usual["country_code"].isin(listed)).astype("float64").where(is_noted)
    return usual


def borders(known: Known) -> pd.DataFrame:
    """One row per economy of the world's pairs: whether it lies on a mainland without a border."""
    pairs = known[WORLD_PAIRS]
    grouped = pairs.assign(is_near=pairs["distance_capitals_km"] < NEAR_KM).groupby("origin_code")
    found = grouped[["is_contiguous", "is_near"]].sum().reset_index()
    of, code = known.figures, found["origin_code"]
    people = pd.Series(np.nan_to_num(of.newest(POPULATION)).max(axis=1), of.economies)
    coast = known["countries"].drop_duplicates("country_iso3").set_index("country_iso3")
    is_inland = code.map(coast["is_landlocked"]).eq(True)
    is_crowded = (found["is_near"] >= CROWDED) & (code.map(people) >= POPULOUS)
    alone = (found["is_contiguous"] == 0).astype("float64")
    return found.assign(without_border=alone.where(is_inland | is_crowded))
