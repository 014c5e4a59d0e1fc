"""The track record of a study: every cut-off frozen, then scored on what came after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.track.flows import FEATURES, BoolArray, CutOff, Flows, cut_off, symmetric_rate
from trade_potential.track.forecasts import HEADLINE, NO_CHANGE, RIVALS, Past, forecast
from trade_potential.track.overlapping import (
    MIN_ECONOMIES,
    Dependence,
    mean,
    pairs_of,
    slope,
    within,
)
from trade_potential.track.rows import (
    ALL,
    EVERY_FLOW,
    INTERVAL_NEW_YEAR,
    MIN_FLOWS,
    WITH_CLASS,
    TrackRow,
    given,
    loss_columns,
    slope_columns,
)

HORIZONS = (1, 3, 5)
"""Years after the cut-off."""

NEXT_YEAR = 0
"""Years after the cut-off of the first new year of an interval that was frozen at T-1."""

OF_K = ("k_same_year", "k_year_before", "k_three_years_before")
"""Features that are K, which tells a direction."""


@dataclass(frozen=True)
class Scored:
    """Rows of flows and cut-offs of one horizon, one after the other.

    Attributes:
        horizon: Years of growth.
        cut_offs: Frozen, in order.
        growth: (C, P) after each; NaN where it is not known.
        forecasts: (C, P) by rival; none of the year of the cut-off, in which nothing grows.
        later_k: (C, P) K of the year in which growth ends.
    """

    flows: Flows
    horizon: int
    cut_offs: list[CutOff]
    growth: FloatArray
    forecasts: dict[str, FloatArray]
    later_k: FloatArray

    @classmethod
    def of(cls, flows: Flows, frozen: Mapping[int, CutOff], horizon: int) -> Scored:
        """Freeze, train on growth that had ended, and forecast.

        Args:
            flows: All years.
            frozen: Cut-offs by row of their year.
            horizon: Years of growth.
        """
        rows = [t for t in frozen if t + horizon < len(flows.years)]
        growth = {t: symmetric_rate(flows.trade[t], flows.trade[t + horizon]) for t in rows}
        rivals = RIVALS if horizon > NEXT_YEAR else ()
        said: dict[str, list[FloatArray]] = {rival.name: [] for rival in rivals}
        for t in rows:
            past = Past.of([(frozen[s], growth[s]) for s in rows if s + horizon <= t])
            for rival in rivals:
                said[rival.name].append(forecast(rival, past, frozen[t].features, horizon))
        shape = (len(rows), len(flows.exporter))
        later = [flows.trade[t + horizon] / flows.predicted[t + horizon] for t in rows]
        return cls(
            flows,
            horizon,
            [frozen[t] for t in rows],
            np.array([growth[t] for t in rows]).reshape(shape),
            {name: np.array(parts).reshape(shape) for name, parts in said.items()},
            np.array(later).reshape(shape),
        )

    @cached_property
    def pairs(self) -> IntArray:
        """(P,) codes of unordered pairs."""
        return pairs_of(self.flows.exporter, self.flows.importer)

    @cached_property
    def losses(self) -> dict[str, FloatArray]:
        """(C, P) squared errors by rival."""
        return {name: (self.growth - said) ** 2 for name, said in self.forecasts.items()}

    @cached_property
    def features(self) -> dict[str, FloatArray]:
        """(C, P) by name."""
        return {name: np.array([one.features[name] for one in self.cut_offs]) for name in FEATURES}

    @cached_property
    def asked(self) -> BoolArray:
        """(C, P) flows whose K of the year before has a class."""
        return np.array([one.is_asked for one in self.cut_offs])

    def selections(self) -> Iterator[tuple[str, str, BoolArray]]:
        """Kind, name and (C, P) rows of each group; parts of the whole at the longest horizon."""
        yield ALL, WITH_CLASS, self.asked
        known = np.array([~np.isnan(one.k) for one in self.cut_offs])
        if (known != self.asked).any():
            yield ALL, EVERY_FLOW, known
        if self.horizon != max(HORIZONS):
            return
        for kind, name in self.flows.groups:
            held = np.array([one.groups[kind, name] for one in self.cut_offs])
            yield kind, name, held & self.asked

    def rows(self) -> Iterator[TrackRow]:
        """Groups over all cut-offs, and the whole by cut-off where it has flows."""
        if not self.cut_offs:
            return
        every = np.arange(len(self.cut_offs))
        for kind, name, held in self.selections():
            spans = [every]
            if kind == ALL and len(every) > 1:
                spans += [every[k : k + 1] for k in every]
            for span in spans:
                rows = np.zeros_like(held)
                rows[span] = held[span] & ~np.isnan(self.growth[span])
                if len(span) < len(every) and not rows.any():
                    continue
                years = [self.cut_offs[k].year for k in span]
                said: dict[str, Any] = {
                    "group_kind": kind,
                    "group_id": name,
                    "horizon_years": self.horizon,
                    "first_cut_off_year": min(years),
                    "last_cut_off_year": max(years),
                }
                for rival in self.forecasts:
                    yield self._row(rival, rows, said)
                for interval in self.flows.intervals:
                    if self.horizon > NEXT_YEAR or interval == INTERVAL_NEW_YEAR:
                        yield self._interval_row(interval, rows, said)

    def _depends(self, rows: BoolArray) -> Dependence:
        time, pair = np.nonzero(rows)
        exporter, importer = self.flows.exporter[pair], self.flows.importer[pair]
        return Dependence.of(time, exporter, importer, self.pairs[pair], self.horizon - 1)

    def _dated(self, rows: BoolArray) -> float | None:
        shares = [self.cut_offs[k].as_of_share for k in np.flatnonzero(rows.any(axis=1))]
        return given(float(np.mean(shares))) if shares else None

    def _counts(self, rows: BoolArray) -> dict[str, Any]:
        without = (self.growth == 0.0) & (self._start() == 0.0)
        return {
            "n": int(rows.sum()),
            "n_cut_offs": int(rows.any(axis=1).sum()),
            "n_economies": self._depends(rows).n_economies,
            "n_without_trade": int((rows & without).sum()),
            "as_of_share": self._dated(rows),
        }

    def _start(self) -> FloatArray:
        place = {int(year): t for t, year in enumerate(self.flows.years)}
        return self.flows.trade[[place[one.year] for one in self.cut_offs]]

    def _row(self, rival: str, rows: BoolArray, said: Mapping[str, Any]) -> TrackRow:
        x = self.features.get(rival)
        of_slope = rows if x is None else rows & ~np.isnan(x)
        columns = self._slope(rival, of_slope) if x is not None else {"slope_status": "not_defined"}
        return TrackRow(
            predictor=rival, **said, **self._counts(of_slope), **columns, **self._loss(rival, rows)
        )

    def _slope(self, rival: str, rows: BoolArray) -> dict[str, Any]:
        depends = self._depends(rows)
        shares = self._directions(rival, rows) if rival in OF_K else {}
        if not rows.any():
            return {"slope_status": "no_rows", **shares}
        if depends.n_economies < MIN_ECONOMIES:
            return {"slope_status": "few_economies", **shares}
        found = slope(self.features[rival][rows], self.growth[rows], depends)
        if found is None:
            return {"slope_status": "no_variation", **shares}
        return {"slope_status": "ok", **slope_columns(*found), **shares}

    def _directions(self, rival: str, rows: BoolArray) -> dict[str, Any]:
        """Whether flows below their prediction grew faster than the mean of their cut-off.

        Beside it what one would get right who knew nothing: by saying as often as K that a flow
        will grow faster, but of any flow; and by saying so of all.
        """
        gap, time = self.features[rival][rows], np.nonzero(rows)[0]
        growth = within(self.growth[rows], time)
        told = (gap != 0.0) & (growth != 0.0)
        low, high = (2.0 * (bound - 1.0) / (bound + 1.0) for bound in self.flows.bounds)

        def mean_of(values: FloatArray) -> float | None:
            return float(values.mean()) if len(values) >= MIN_FLOWS else None

        found: dict[str, Any] = {
            "direction_status": "few_flows",
            "growth_below_rate": mean_of(growth[gap < low]),
            "growth_above_rate": mean_of(growth[gap >= high]),
        }
        if told.sum() < MIN_FLOWS:
            return found
        is_low, is_fast = gap[told] < 0.0, growth[told] > 0.0
        said, came = float(is_low.mean()), float(is_fast.mean())
        return found | {
            "direction_status": "ok",
            "direction_share": float((is_low == is_fast).mean()),
            "direction_chance_share": said * came + (1.0 - said) * (1.0 - came),
            "faster_share": came,
        }

    def _loss(self, rival: str, rows: BoolArray) -> dict[str, Any]:
        own = self.losses[rival]
        rows = rows & ~np.isnan(own)
        if not rows.any():
            return {"forecast_status": "no_past"}
        depends, zero = self._depends(rows), self.losses[NO_CHANGE][rows]
        if depends.n_economies < MIN_ECONOMIES:
            return {"forecast_status": "few_economies"}
        found: dict[str, Any] = {
            "forecast_status": "ok",
            "n_forecasts": int(rows.sum()),
            "n_forecast_cut_offs": int(rows.any(axis=1).sum()),
            "rmse": float(np.sqrt(own[rows].mean())),
            "gain_within_share": self._gain_within(rival, rows),
        }
        if rival != NO_CHANGE:
            found["gain_share"] = 1.0 - float(own[rows].sum() / zero.sum()) if zero.any() else None
            found |= loss_columns("loss_over_no_change", mean(own[rows] - zero, depends))
        both = rows & ~np.isnan(self.losses[HEADLINE])
        if rival != HEADLINE and both.any():
            depends = self._depends(both)
            over = own[both] - self.losses[HEADLINE][both]
            found |= loss_columns("loss_over_k", mean(over, depends))
        return found

    def _gain_within(self, rival: str, rows: BoolArray) -> float | None:
        """What is explained of growth less the mean of its cut-off, by forecasts less theirs."""
        time = np.nonzero(rows)[0]
        growth = within(self.growth[rows], time)
        left = growth - within(self.forecasts[rival][rows], time)
        total = float(growth @ growth)
        return 1.0 - float(left @ left) / total if total > 0.0 else None

    def _interval_row(self, name: str, rows: BoolArray, said: Mapping[str, Any]) -> TrackRow:
        ends = [one.intervals[name] for one in self.cut_offs]
        low, high = (np.array(side) for side in zip(*ends, strict=True))
        has, known = rows & ~np.isnan(low), ~np.isnan(self.later_k)
        rows = has & known
        columns: dict[str, Any] = {"coverage_status": "few_flows"}
        if not rows.any():
            columns = {"coverage_status": "no_later_k" if has.any() else "no_interval"}
        elif rows.sum() >= MIN_FLOWS:
            inside = (self.later_k >= low) & (self.later_k <= high)
            counts = rows.sum(axis=1)
            shares = (inside & rows).sum(axis=1)[counts > 0] / counts[counts > 0]
            columns = {
                "coverage_status": "ok",
                "coverage_share": float(inside[rows].mean()),
                "coverage_nominal_share": self.flows.nominal_share,
            }
            if counts[counts > 0].min() >= MIN_FLOWS:
                columns["coverage_lowest_share"] = float(shares.min())
                columns["coverage_highest_share"] = float(shares.max())
        return TrackRow(
            predictor=name,
            **said,
            slope_status="not_defined",
            forecast_status="not_defined",
            **self._counts(rows),
            **columns,
        )


def track_record(flows: Flows) -> Iterator[TrackRow]:
    """Every row of a study: horizons, cut-offs, groups and predictors."""
    frozen = {t: cut_off(flows, t) for t in range(1, len(flows.years))}
    next_year = (NEXT_YEAR,) if INTERVAL_NEW_YEAR in flows.intervals else ()
    for horizon in (*next_year, *HORIZONS):
        yield from Scored.of(flows, frozen, horizon).rows()
