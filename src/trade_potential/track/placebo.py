"""Worlds in which lasting ratios never change: what slope of growth on K would noise alone give?

Trade of a pair is its mean prediction, times the lasting ratio of another pair of like size, times
the pair's own deviations from its lasting ratio. Two kinds of worlds differ in their order:

Shuffled, in an order drawn anew. Years are exchangeable then: whatever is known at T-1, growth from
T to T+h is as likely as its opposite, and its slope on K of T-1 is 0 whatever the deviations are.
Such worlds try the errors and the method; of what K of T-1 means they say nothing.

Ordered, as they came: a row of years from a start that is drawn, in either direction of time. A
deviation that lasts some years is in K of T-1 and is undone by T+h. All that moved a pair from its
mean ratio is in these worlds, also a gap that did close, so that they show more than noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from trade_potential.linalg import FloatArray, IntArray
from trade_potential.structural.estimate import fit_world
from trade_potential.structural.world import World
from trade_potential.track.flows import EARLIER_LAG, FIRST_LAG, symmetric_rate
from trade_potential.track.overlapping import Dependence, Estimate, pairs_of, slope
from trade_potential.track.rows import ALL, WITH_CLASS, TrackRow

BAND = 200
"""Pairs of like size among which lasting ratios are exchanged."""

ATTEMPTS = 2
"""Worlds drawn for one that has an estimate."""

LAGS = {"three_years_before": EARLIER_LAG, "year_before": FIRST_LAG, "same_year": 0}
"""Years from K to the start of growth by name, the earliest first."""


@dataclass(frozen=True)
class Standing:
    """A world that stands still.

    Attributes:
        world: Of one year; its trade is replaced.
        exporter, importer: (P,) flows that have a prediction in every year.
        size: (P,) US$ a year predicted, in the mean.
        lasting: (P,) trade over prediction, all years together.
        noise: (T, P) trade of a year over what the lasting ratio says.
    """

    world: World
    exporter: IntArray
    importer: IntArray
    size: FloatArray
    lasting: FloatArray
    noise: FloatArray

    @classmethod
    def of(cls, worlds: list[World], fitted: list[FloatArray]) -> Standing:
        """From worlds of one year each, of the same economies, and the (n, n) fit of each."""
        m = np.stack(fitted)
        exporter, importer = np.nonzero((m > 0.0).all(axis=0))
        y = np.stack([world.trade[0] for world in worlds])[:, exporter, importer]
        m = m[:, exporter, importer]
        lasting = y.sum(axis=0) / m.sum(axis=0)
        noise = y / (m * np.where(lasting > 0.0, lasting, 1.0))
        return cls(worlds[-1], exporter, importer, m.mean(axis=0), lasting, noise)

    def drawn(
        self, generator: np.random.Generator, years: Sequence[int], *, is_ordered: bool
    ) -> FloatArray:
        """(Y, P) trade; NaN where a year lies before the first or after the last.

        Args:
            generator: Of the draw.
            years: From one that is drawn for each flow, so that that one and the last are within.
                Shuffled, only their number counts.
            is_ordered: Whether deviations keep the order of time, or its reverse.
        """
        order = np.argsort(self.size, kind="stable")
        lasting = np.empty_like(self.lasting)
        for start in range(0, len(order), BAND):
            band = order[start : start + BAND]
            lasting[band] = self.lasting[generator.permutation(band)]
        n_years, n = self.noise.shape
        if is_ordered:
            first = generator.integers(0, n_years - years[-1], n)
            ahead = np.array(years)[:, None]
            rows = first + np.where(generator.random(n) < 0.5, years[-1] - ahead, ahead)
        else:
            rows = generator.random(self.noise.shape).argsort(axis=0)[: len(years)]
        noise = np.take_along_axis(self.noise, np.clip(rows, 0, n_years - 1), axis=0)
        noise = np.where((rows >= 0) & (rows < n_years), noise, np.nan)
        found: FloatArray = self.size * lasting * noise
        return found

    def predicted(self, trade: FloatArray) -> FloatArray | None:
        """(P,) prediction of one year's trade, estimated anew; None where there is none.

        Flows whose trade is NaN are not in the sample, and have 0.
        """
        flows = np.zeros_like(self.world.trade)
        flows[0, self.exporter, self.importer] = np.nan_to_num(trade)
        used = np.zeros_like(self.world.is_used)
        used[0, self.exporter, self.importer] = ~np.isnan(trade)
        world = replace(
            self.world, trade=flows, is_used=used, regressors=self.world.regressors * used
        )
        fit = fit_world(world)
        if not fit.is_estimated:
            return None
        return np.asarray(fit.fitted[0, self.exporter, self.importer])


@dataclass(frozen=True)
class Placebo:
    """Slopes of growth on K in D drawn worlds.

    Attributes:
        is_ordered: Which kind of worlds.
        slopes, errors: (D,) by name of ``LAGS``, and their standard errors.
        n, n_economies: Flows and economies of the last draw.
    """

    is_ordered: bool
    slopes: dict[str, FloatArray]
    errors: dict[str, FloatArray]
    n: int
    n_economies: int

    def rejected(self) -> float:
        """Share of draws whose slope by K of T-1 is told from 0 at 5 %."""
        return float(
            (np.abs(self.slopes["year_before"]) > 1.96 * self.errors["year_before"]).mean()
        )


def placebo(
    standing: Standing, *, is_ordered: bool, horizon: int, draws: int, floor: float, seed: int
) -> Placebo | None:
    """Slopes in ``draws`` worlds, of flows whose predictions of both directions reach ``floor``.

    None where no drawn world has an estimate, or the world is shorter than the years from K of T-1
    to the end of growth ``horizon`` years after the cut-off. As in the record, years are those in
    which there is a K of T-1; where there was none of T-3 yet, a flow has none.
    """
    generator = np.random.default_rng(seed)
    pair = pairs_of(standing.exporter, standing.importer)
    years = [*(FIRST_LAG - lag for lag in LAGS.values()), FIRST_LAG + horizon]
    if len(standing.noise) <= (years[-1] if is_ordered else len(years)):
        return None
    found: list[dict[str, Estimate]] = []
    n = 0
    for _ in range(ATTEMPTS * draws):
        if len(found) == draws:
            break
        *starts, end = standing.drawn(generator, years, is_ordered=is_ordered)
        trade = dict(zip(LAGS, starts, strict=True))
        growth = symmetric_rate(trade["same_year"], end)
        fits = {name: standing.predicted(of) for name, of in trade.items()}
        predicted = {name: fit for name, fit in fits.items() if fit is not None}
        if len(predicted) < len(LAGS):
            continue
        asked = _both_ways(standing, predicted["year_before"]) >= floor
        asked &= predicted["year_before"] > 0.0
        told = {}
        for name, fit in predicted.items():
            rows = asked & (fit > 0.0)
            sides = standing.exporter[rows], standing.importer[rows], pair[rows]
            one = Dependence.of(np.zeros(len(sides[0]), dtype=np.int64), *sides, lags=0)
            by = slope(symmetric_rate(fit, trade[name])[rows], growth[rows], one)
            if by is not None:
                told[name] = by[0]
        if len(told) == len(LAGS):
            found.append(told)
            n = int(asked.sum())
    if not found:
        return None
    return Placebo(
        is_ordered,
        {name: np.array([own[name].value for own in found]) for name in LAGS},
        {name: np.array([own[name].std_error for own in found]) for name in LAGS},
        n,
        found[-1]["year_before"].n_economies,
    )


def placebo_rows(found: Placebo, horizon: int, years: tuple[int, int]) -> list[TrackRow]:
    """Mean slopes over drawn worlds, with the error of the mean.

    Args:
        found: Of the world of the study.
        horizon: Years of growth.
        years: First and last that the worlds are drawn from.
    """
    rows = []
    for name, slopes in found.slopes.items():
        error = float(slopes.std(ddof=1) / np.sqrt(len(slopes)))
        value, width = float(slopes.mean()), 1.96 * error
        is_test = name == "year_before" and not found.is_ordered
        rows.append(
            TrackRow(
                predictor=f"placebo_{'ordered_' if found.is_ordered else ''}{name}",
                group_kind=ALL,
                group_id=WITH_CLASS,
                horizon_years=horizon,
                first_cut_off_year=years[0],
                last_cut_off_year=years[1],
                slope_status="ok",
                forecast_status="not_defined",
                n_cut_offs=1,
                n=found.n,
                n_economies=found.n_economies,
                n_without_trade=0,
                n_draws=len(slopes),
                slope=value,
                slope_se=error,
                slope_ci_low=value - width,
                slope_ci_high=value + width,
                slope_p_value=2.0 * float(stats.norm.sf(abs(value) / error)),
                rejected_share=found.rejected() if is_test else None,
            )
        )
    return rows


def _both_ways(standing: Standing, predicted: FloatArray) -> FloatArray:
    n = len(standing.world.economies)
    held = np.zeros((n, n))
    held[standing.exporter, standing.importer] = predicted
    found: FloatArray = (held + held.T)[standing.exporter, standing.importer]
    return found
