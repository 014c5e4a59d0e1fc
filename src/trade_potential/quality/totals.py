"""The world's trade of an economy beside shares of its GDP, and figures that stand in it twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality.cubes import Array, logs, quiet
from trade_potential.quality.exchanged import swaps
from trade_potential.quality.identities import EXPORTS, GDP, GOODS, IMPORTS, compared
from trade_potential.quality.levels import Known
from trade_potential.quality.mirrors import year_ratio
from trade_potential.quality.reports import FLOWS

WORLD_SUMS = "trade by economy"
REPEATS, COPIES = "repeats of flows", "copies of flows"
NOTED_TOTAL_USD = 1e9
"""Trade of an economy below which it and what is recorded of it differ by any factor."""
LARGE_TOTAL_USD = 1e11
"""Trade from which both agree but for re-exports."""
MIDDLE_TOTAL_USD = 1e10
"""Trade from which both agree but for transit, oil that was not recorded, and services."""
CROSSED, NEARER = 0.3, 3.0
"""Gap to the own witness from which the other flow's is looked for, and how much nearer it is."""
WHOLE_WORLD = 150
"""Economies of the world's trade below which sums over partners are no totals."""

REPEATS_SQL = """
with beside as (
    select
        exporter_code,
        importer_code,
        trade_usd = lag(trade_usd) over years and year = lag(year) over years + 1 as is_same
    from input
    where trade_usd >= 1e6
    window years as (partition by exporter_code, importer_code order by year)
),
pairs as (
    select exporter_code, importer_code, count(*) filter (is_same) as repeats
    from beside
    group by exporter_code, importer_code
)
select
    exporter_code,
    cast(max(repeats) + 1 as double) as repeated_years,
    max({'repeats': repeats, 'code': importer_code}).code as importer_code,
    cast(count(*) filter (repeats > 0) as double) as repeated_flows
from pairs
group by exporter_code
"""
COPIES_SQL = """
with flows as (
    select exporter_code, importer_code, year, trade_usd from input where trade_usd >= 1e6
)
select
    one.exporter_code,
    one.importer_code,
    other.exporter_code as other_exporter,
    other.importer_code as other_importer,
    count(*) as copied_years
from flows as one
inner join flows as other using (year, trade_usd)
where (one.exporter_code, one.importer_code) <> (other.exporter_code, other.importer_code)
group by all
having count(*) >= 3
order by all
"""


def totals(known: Known) -> pd.DataFrame:
    """One row per economy: sums of the world's trade beside shares of GDP."""
    of, sums = known.figures, known[WORLD_SUMS]
    sums = sums[sums["is_of_all_goods"]]
    trade = [_sums(sums[sums["flow"] == flow], of.economies, of.years) for flow in FLOWS]
    is_world = sums["country_code"].nunique() >= WHOLE_WORLD
    columns: dict[str, Any] = {"country_code": of.economies}
    held: dict[str, tuple[Array, Array]] = {}
    with quiet():
        gdp = of.newest(GDP) / 100
        for name, x, share in (
            ("goods", trade[0] + trade[1], GOODS), ("export", trade[0], EXPORTS),
            ("import", trade[1], IMPORTS),
        ):  # fmt: skip
            w = of.newest(share) * gdp
            is_noted = is_world & (w >= NOTED_TOTAL_USD)
            one, other = np.where(is_noted, logs(x), np.nan), np.where(is_noted, logs(w), np.nan)
            found = compared(one, other)
            place = (np.arange(len(x)), found["year"])
            columns[f"{name}_level"] = np.exp(found["level"])
            columns[f"{name}_broken"] = np.exp(found["broken"])
            columns[f"{name}_years"] = year_ratio(one, other)
            columns[f"{name}_year"] = of.years[found["year"]].astype("float64")
            columns[f"{name}_value"], columns[f"{name}_witness"] = x[place], w[place]
            size = np.nanmedian(w, axis=1)
            for word, least in (("large", LARGE_TOTAL_USD), ("middle", MIDDLE_TOTAL_USD)):
                is_so = size >= least
                columns[f"{word}_{name}_level"] = np.where(is_so, np.exp(found["level"]), np.nan)
                columns[f"{word}_{name}_broken"] = np.where(is_so, np.exp(found["broken"]), np.nan)
            held[name] = one, other + found["level"][:, None]
            if name == "goods":
                swapped = swaps(one, other, 0.2, nearer=3.0)
                names: list[str | None] = [None] * len(x)
                for here, there in swapped.items():
                    names[here] = f"nearer to {of.economies[there]}, and that one to this"
                columns["swapped_with"] = names
        columns["crossed_years"] = crossed_years(of.years, held["export"], held["import"])
    return pd.DataFrame(columns)


def crossed_years(
    years: Array, exports: tuple[Array, Array], imports: tuple[Array, Array]
) -> list[str | None]:
    """Years in which exports are nearer to the witness of imports, and these to that of exports.

    Args:
        years: Of the columns.
        exports: Logarithms by economy and year, and of the witness on the same level.
        imports: The same.
    """
    own = np.fmax(np.abs(exports[0] - exports[1]), np.abs(imports[0] - imports[1]))
    crossed = np.maximum(np.abs(imports[0] - exports[1]), np.abs(exports[0] - imports[1]))
    is_crossed = (own > CROSSED) & (own > NEARER * crossed)
    return [", ".join(map(str, years[row])) if row.any() else None for row in is_crossed]


def _sums(sums: pd.DataFrame, economies: Array, years: Array) -> Array:
    table = sums.pivot_table(index="country_code", columns="year", values="trade_usd")
    return table.reindex(index=economies, columns=years).to_numpy(dtype="float64")


def exporters(known: Known) -> pd.DataFrame:
    """One row per exporter of the world's trade: figures that stand in it twice."""
    repeats, copies = known[REPEATS], known[COPIES]
    names = (
        copies["importer_code"] + " " + copies["copied_years"].astype("str") + " years those of "
        + copies["other_exporter"] + " to " + copies["other_importer"]
    )  # fmt: skip
    first = names.groupby(copies["exporter_code"]).first().rename("copy_of")
    return repeats.merge(first, how="left", left_on="exporter_code", right_index=True)
