"""National reports of trade beside what the world's trade has of the same pair and year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trade_potential.quality.circles import WORLD_PAIRS, pairs_left_out
from trade_potential.quality.cubes import COMPARED_YEARS, Array, later, logs, longest_run, quiet
from trade_potential.quality.exchanged import swaps
from trade_potential.quality.identities import compared
from trade_potential.quality.levels import Known
from trade_potential.quality.reports import NOTED_USD, both_ways, marks

MIRROR = "flows of the reporters in the world's trade"
LEVEL_USD = 5e7
"""Median trade of a pair below which both sources may differ by any factor."""
NOISE = 0.02
TOTAL_GAP = 0.2
"""Distance from the witness, in logarithms, from which the total of both flows is tried."""

MIRROR_SQL = (
    "select exporter_code as reporter_code, importer_code as partner_code, 'export' as flow, year,"
    " trade_usd from input where exporter_code in ({codes}) and source_id = '{source}' union all"
    " select importer_code, exporter_code, 'import', year, trade_usd from input"
    " where importer_code in ({codes}) and source_id = '{source}'"
)


LISTED = "series of the reporters"
LISTED_SQL = "select distinct reporter_code, flow, partner_code from input"
KEYS = ["reporter_code", "flow", "partner_code"]


class Pairs:
    """Flows of the reporters, by series (reporter, flow, partner) and year, in both sources."""

    def __init__(self, flows: pd.DataFrame, mirror: pd.DataFrame, listed: pd.DataFrame) -> None:
        """Series of `flows`, and of `mirror` that `listed` has not: NaN where there is none.

        Those of all reports, `listed`, may be more than were read of them.
        """
        of_reports = pd.MultiIndex.from_frame(listed[KEYS])
        is_listed = pd.MultiIndex.from_frame(mirror[KEYS]).isin(of_reports)
        every = pd.concat([flows[KEYS], mirror.loc[~is_listed, KEYS]]).drop_duplicates()
        self.keys = pd.MultiIndex.from_frame(every).sortlevel()[0]
        years = np.arange(int(flows["year"].min()), int(flows["year"].max()) + 1)
        self.years = years
        self.own = self._array(flows)
        self.world = self._array(mirror)

    def _array(self, rows: pd.DataFrame) -> Array:
        place = self.keys.get_indexer(pd.MultiIndex.from_frame(rows[KEYS]))
        year = rows["year"].to_numpy() - self.years[0]
        is_held = (place >= 0) & (year >= 0) & (year < len(self.years))
        found = np.full((len(self.keys), len(self.years)), np.nan)
        found[place[is_held], year[is_held]] = rows["trade_usd"].to_numpy(dtype="float64")[is_held]
        return found


def partners(known: Known) -> pd.DataFrame:
    """One row per reporter, flow and partner: the series beside the world's trade."""
    pairs = Pairs(known["trade_flows"], known[MIRROR], known[LISTED])
    one, other = logs(pairs.own), logs(pairs.world)
    with quiet():
        sizes = [np.nanmedian(values, axis=1) for values in (pairs.own, pairs.world)]
        size = np.fmax(*sizes)
        noted, is_held = size >= NOTED_USD, np.isfinite(one - other).sum(axis=1) >= COMPARED_YEARS
        is_told, is_level = noted & is_held, (size >= LEVEL_USD) & is_held
        found = compared(one, other)
        place = (np.arange(len(one)), found["year"])
        same = (np.diff(pairs.own, axis=1) == 0) & (pairs.own[:, 1:] >= 1e6)
        run, end = longest_run(same)
        frame = pairs.keys.to_frame(index=False).assign(
            level_factor=np.where(is_level, np.exp(np.abs(found["level"])), np.nan),
            broken_factor=np.where(is_told, np.exp(found["broken"]), np.nan),
            year_ratio=np.where(is_told, year_ratio(one, other), np.nan),
            repeated_years=np.where(run > 0, run + 1.0, 0.0),
            repeated_value=np.where(run > 0, pairs.own[np.arange(len(one)), end + 1], np.nan),
            witness_year=pairs.years[found["year"]].astype("float64"),
            value=pairs.own[place],
            witness_value=pairs.world[place],
        )
    frame = frame.assign(**marks(frame, pairs.own, pairs.world, pairs.years))
    frame["swapped_with"] = _swapped_partners(frame, one, other)
    frame["copy_of"] = _copies(frame, pairs.own)
    frame["mirrored_years"] = ((pairs.own == pairs.world) & (pairs.own >= 1e6)).sum(axis=1) * 1.0
    frame["absent_years"] = _absent(pairs.own, pairs.world)
    frame["absent_in_world"] = _absent(pairs.world, pairs.own)
    frame["years_lost"] = _years_lost(frame, pairs)
    frame["total_ratio"] = _total_ratio(frame, one, pairs.world)
    if WORLD_PAIRS in known and "country_pairs" in known:
        missing = pairs_left_out(known)
        named = zip(frame["reporter_code"], frame["partner_code"], strict=True)
        is_noted = noted & np.array([pair in missing for pair in named])
        frame["without_pair"] = is_noted.astype("float64")
    return frame.assign(crossed_ratio=_crossed(frame, one, other))


def year_ratio(one: Array, other: Array) -> Array:
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


def _total_ratio(frame: pd.DataFrame, one: Array, world: Array) -> Array:
    """How many times nearer a flow is to exports and imports together of the witness."""
    here, there = both_ways(frame)
    back = np.full_like(world, np.nan)
    back[here], back[there] = world[there], world[here]
    with quiet():
        own = np.nanmean(np.abs(one - logs(world)), axis=1)
        total = np.nanmean(np.abs(one - logs(world + np.nan_to_num(back))), axis=1)
    is_told = np.isfinite(frame["broken_factor"].to_numpy()) & (own > TOTAL_GAP)
    ratio: Array = np.where(is_told, own / total, np.nan)
    return ratio


def _crossed(frame: pd.DataFrame, one: Array, other: Array) -> pd.Series:
    """How many times nearer exports and imports of a pair are to the other's witness.

    The product of both gaps, of levels and of shapes: some pairs agree in one of them by chance.
    """
    here, there = both_ways(frame)
    ratio = pd.Series(np.nan, index=frame.index)
    with quiet():
        gaps = [
            _both_gaps(one[here] - other[here], one[there] - other[there]),
            _both_gaps(one[here] - other[there], one[there] - other[here]),
        ]
        count = np.isfinite(one[here] - other[here]).sum(axis=1)
    product = (gaps[0][0] / gaps[1][0]) * (gaps[0][1] / gaps[1][1])
    is_noted = (count >= COMPARED_YEARS) & np.isfinite(frame["broken_factor"].to_numpy()[here])
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
    pairs = Pairs(known["trade_flows"], known[MIRROR], known[LISTED])
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
