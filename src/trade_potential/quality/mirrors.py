"""Trade beside what others say of it: national reports, the world's trade, and shares of GDP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality.cubes import Array, later, logs, longest_run, quiet
from trade_potential.quality.identities import EXPORTS, GDP, GOODS, IMPORTS, compared
from trade_potential.quality.levels import COMPARED_YEARS, Known, swaps

MIRROR = "flows of the reporters in the world's trade"
WORLD_SUMS = "trade by economy"
REPEATS, COPIES = "repeats of flows", "copies of flows"
NOTED_USD = 1e8
"""Median trade of a pair below which both sources may differ by any factor."""
NOTED_TOTAL_USD = 1e9
"""Trade of an economy below which it and what is recorded of it differ by any factor."""
LARGE_TOTAL_USD = 1e11
WHOLE_WORLD = 150
"""Economies of the world's trade below which sums over partners are no totals."""
NOISE = 0.02
FLOWS = ("export", "import")

MIRROR_SQL = (
    "select exporter_code as reporter_code, importer_code as partner_code, 'export' as flow, year,"
    " trade_usd from input where exporter_code in ({codes}) and source_id = '{source}' union all"
    " select importer_code, exporter_code, 'import', year, trade_usd from input"
    " where importer_code in ({codes}) and source_id = '{source}'"
)
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


class Pairs:
    """Flows of the reporters, by series (reporter, flow, partner) and year, in both sources."""

    def __init__(self, flows: pd.DataFrame, mirror: pd.DataFrame) -> None:
        """Series of `flows` and the same of `mirror`: NaN where there is none."""
        keys = ["reporter_code", "flow", "partner_code"]
        self.keys = pd.MultiIndex.from_frame(flows[keys].drop_duplicates()).sortlevel()[0]
        years = np.arange(int(flows["year"].min()), int(flows["year"].max()) + 1)
        self.years = years
        self.own = self._array(flows, keys)
        self.world = self._array(mirror, keys)

    def _array(self, rows: pd.DataFrame, keys: Sequence[str]) -> Array:
        place = self.keys.get_indexer(pd.MultiIndex.from_frame(rows[list(keys)]))
        year = rows["year"].to_numpy() - self.years[0]
        is_held = (place >= 0) & (year >= 0) & (year < len(self.years))
        found = np.full((len(self.keys), len(self.years)), np.nan)
        found[place[is_held], year[is_held]] = rows["trade_usd"].to_numpy(dtype="float64")[is_held]
        return found


def partners(known: Known) -> pd.DataFrame:
    """One row per reporter, flow and partner: the series beside the world's trade."""
    pairs = Pairs(known["trade_flows"], known[MIRROR])
    one, other = logs(pairs.own), logs(pairs.world)
    with quiet():
        sizes = [np.nanmedian(values, axis=1) for values in (pairs.own, pairs.world)]
        noted = np.fmax(*sizes) >= NOTED_USD
        is_told = noted & (np.isfinite(one - other).sum(axis=1) >= COMPARED_YEARS)
        found = compared(one, other)
        place = (np.arange(len(one)), found["year"])
        same = (np.diff(pairs.own, axis=1) == 0) & (pairs.own[:, 1:] >= 1e6)
        run, end = longest_run(same)
        frame = pairs.keys.to_frame(index=False).assign(
            level_factor=np.where(is_told, np.exp(np.abs(found["level"])), np.nan),
            broken_factor=np.where(is_told, np.exp(found["broken"]), np.nan),
            year_ratio=np.where(is_told, _year_ratio(one, other), np.nan),
            repeated_years=np.where(run > 0, run + 1.0, 0.0),
            repeated_value=np.where(run > 0, pairs.own[np.arange(len(one)), end + 1], np.nan),
            witness_year=pairs.years[found["year"]].astype("float64"),
            value=pairs.own[place],
            witness_value=pairs.world[place],
        )
    frame["swapped_with"] = _swapped_partners(frame, one, other)
    frame["copy_of"] = _copies(frame, pairs.own)
    frame["mirrored_years"] = ((pairs.own == pairs.world) & (pairs.own >= 1e6)).sum(axis=1) * 1.0
    frame["absent_years"] = _absent(pairs.own, pairs.world)
    frame["absent_in_world"] = _absent(pairs.world, pairs.own)
    frame["years_lost"] = _years_lost(frame, pairs)
    return frame.assign(crossed_ratio=_crossed(frame, one, other))


def _year_ratio(one: Array, other: Array) -> Array:
    """How many times nearer the series is, in shape, to the witness's figures of a year beside."""

    def gap(lag: int) -> Array:
        apart = one - (later(other, lag) if lag else other)
        found: Array = np.nanmean(np.abs(apart - np.nanmedian(apart, axis=1)[:, None]), axis=1)
        return found

    ratio: Array = (gap(0) + NOISE) / (np.minimum(gap(1), gap(-1)) + NOISE)
    return ratio


def _swapped_partners(frame: pd.DataFrame, one: Array, other: Array) -> list[str | None]:
    names: list[str | None] = [None] * len(frame)
    partner = frame["partner_code"].to_numpy()
    for rows in frame.groupby(["reporter_code", "flow"], sort=False).indices.values():
        for here, there in swaps(one[rows], other[rows], 0.15).items():
            named = f"nearer to {partner[rows[there]]}, and that one to this"
            names[rows[here]] = named
    return names


def _copies(frame: pd.DataFrame, own: Array) -> list[str | None]:
    """The partner with which trade is the same, to the dollar, in three years and more."""
    names: list[str | None] = [None] * len(frame)
    partner = frame["partner_code"].to_numpy()
    noted = np.where(own >= 1e6, own, np.nan)
    for rows in frame.groupby(["reporter_code", "flow"], sort=False).indices.values():
        same = (noted[rows][:, None] == noted[rows][None, :]).sum(axis=2)
        for here, there in np.argwhere(np.triu(same, 1) >= 3):
            names[rows[here]] = f"the same as with {partner[rows[there]]}"
            names[rows[there]] = f"the same as with {partner[rows[here]]}"
    return names


def _absent(one: Array, other: Array) -> Array:
    """Years in which the other source has noted trade and this one none, of those it covers."""
    is_covered = np.isfinite(one).any(axis=0)
    absent: Array = (
        (is_covered & np.isnan(one) & (other >= NOTED_USD)).sum(axis=1).astype("float64")
    )
    return absent


def _years_lost(frame: pd.DataFrame, pairs: Pairs) -> Array:
    """Years after the last one of a series, up to that of the reporter, after noted trade."""
    place = np.arange(len(pairs.years))
    last = np.where(np.isfinite(pairs.own), place, -1).max(axis=1)
    of_all = pd.Series(last).groupby([frame["reporter_code"], frame["flow"]]).transform("max")
    is_noted = pairs.own[np.arange(len(last)), last] >= NOTED_USD / 10
    lost: Array = np.where(is_noted, of_all.to_numpy() - last, 0).astype("float64")
    return lost


def _crossed(frame: pd.DataFrame, one: Array, other: Array) -> pd.Series:
    """How many times nearer exports and imports of a pair are to the other's witness.

    The product of both gaps, of levels and of shapes: some pairs agree in one of them by chance.
    """
    index = pd.MultiIndex.from_frame(frame[["reporter_code", "flow", "partner_code"]])
    is_export = (frame["flow"] == "export").to_numpy()
    back = frame.loc[is_export, ["reporter_code", "partner_code"]].assign(flow="import")
    place = index.get_indexer(pd.MultiIndex.from_frame(back[list(index.names)]))
    (here,) = np.nonzero(is_export)
    here, there = here[place >= 0], place[place >= 0]
    ratio = pd.Series(np.nan, index=frame.index)
    with quiet():
        gaps = [
            _both_gaps(one[here] - other[here], one[there] - other[there]),
            _both_gaps(one[here] - other[there], one[there] - other[here]),
        ]
        count = np.isfinite(one[here] - other[here]).sum(axis=1)
    product = (gaps[0][0] / gaps[1][0]) * (gaps[0][1] / gaps[1][1])
    is_noted = (count >= COMPARED_YEARS) & np.isfinite(frame["level_factor"].to_numpy()[here])
    ratio.iloc[here[is_noted]] = product[is_noted]
    return ratio


def _both_gaps(one: Array, other: Array) -> tuple[Array, Array]:
    """Mean distances of two differences from 0, and from their own medians, added up."""
    level, shape = np.zeros(len(one)), np.zeros(len(one))
    for apart in (one, other):
        level += np.nanmean(np.abs(apart), axis=1)
        shape += np.nanmean(np.abs(apart - np.nanmedian(apart, axis=1)[:, None]), axis=1)
    return level + NOISE, shape + NOISE


def years(known: Known) -> pd.DataFrame:
    """One row per reporter, flow and year: what the sources differ by in the median partner."""
    pairs = Pairs(known["trade_flows"], known[MIRROR])
    frame = pairs.keys.to_frame(index=False)
    rows = []
    with quiet():
        apart = np.where(pairs.own >= 1e7, logs(pairs.own) - logs(pairs.world), np.nan)
        for places in frame.groupby(["reporter_code", "flow"]).indices.values():
            median = np.nanmedian(apart[places], axis=0)
            count = np.isfinite(apart[places]).sum(axis=0)
            median = np.where(count >= 30, median, np.nan)
            off = np.exp(np.abs(median - np.nanmedian(median)))
            of = pd.DataFrame({"year": pairs.years, "off_factor": off, "ratio": np.exp(median)})
            names = frame.loc[[places[0]] * len(of), ["reporter_code", "flow"]]
            rows.append(pd.concat([names.reset_index(drop=True), of], axis=1))
    found = pd.concat(rows, ignore_index=True)
    return found[["reporter_code", "flow", "year", "ratio", "off_factor"]]


def totals(known: Known) -> pd.DataFrame:
    """One row per economy: sums of the world's trade beside shares of GDP."""
    of, sums = known.figures, known[WORLD_SUMS]
    sums = sums[sums["is_of_all_goods"]]
    trade = [_sums(sums[sums["flow"] == flow], of.economies, of.years) for flow in FLOWS]
    is_world = sums["country_code"].nunique() >= WHOLE_WORLD
    columns: dict[str, Any] = {"country_code": of.economies}
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
            columns[f"{name}_years"] = _year_ratio(one, other)
            columns[f"{name}_year"] = of.years[found["year"]].astype("float64")
            columns[f"{name}_value"], columns[f"{name}_witness"] = x[place], w[place]
            is_large = np.nanmedian(w, axis=1) >= LARGE_TOTAL_USD
            columns[f"large_{name}_level"] = np.where(is_large, np.exp(found["level"]), np.nan)
            if name == "goods":
                swapped = swaps(one, other, 0.2, nearer=3.0)
                names: list[str | None] = [None] * len(x)
                for here, there in swapped.items():
                    names[here] = f"nearer to {of.economies[there]}, and that one to this"
                columns["swapped_with"] = names
    return pd.DataFrame(columns)


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
