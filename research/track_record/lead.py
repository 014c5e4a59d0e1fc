"""What docs/track-record.md says first, in sentences whose numbers come from the stored record."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from research.track_record.scratch import ROOT
from scipy import stats

FIVE, TOLD_APART = 5, 0.05
WORLD, CHINA, FEW = "world", "china_world", "central_asia"
BEFORE, SAME, EARLIER = "k_year_before", "k_same_year", "k_three_years_before"
NO_CHANGE, MEAN = "no_change", "mean_growth"
ORDERED, SHUFFLED = "placebo_ordered_", "placebo_"
NEW_YEAR = "interval_new_year"

SIMULATED = ROOT / "research" / "simulated_worlds" / "results.json"
"""Slopes in worlds whose ratios never change and whose noise has no drift."""


class Lead:
    """Sentences about five years, flows with a class."""

    def __init__(self, rows: pd.DataFrame, rivals: dict[str, str]) -> None:
        """From the stored record, and names to print by rival."""
        self.rivals = rivals
        over_all = rows["first_cut_off_year"] < rows["last_cut_off_year"]
        of_all = rows["group_id"] == "with_class"
        self.every = rows[over_all & of_all]
        five = rows["horizon_years"] == FIVE
        self.cut_offs = rows[five & ~over_all & of_all].sort_values("first_cut_off_year")
        self.groups = rows[five & over_all & (rows["group_kind"] != "all")]

    def text(self) -> str:
        """Markdown."""
        failures = (
            self._bounds(),
            self._same_year(),
            self._sizes(),
            self._forecast(),
            self._rivals(),
            self._intervals(),
            self._vintages(),
            self._few(),
        )
        return "\n".join((self._first(), "", *(f"- {line}" for line in failures), "", self._left()))

    def _row(self, study: str, predictor: str, horizon: int = FIVE) -> Any:
        """The one row over all cut-offs."""
        rows = self.every[self.every["horizon_years"] == horizon]
        return rows[(rows["study_id"] == study) & (rows["predictor"] == predictor)].iloc[0]

    def _apart(self) -> tuple[float, float]:
        """By how much growth falls more with K than in ordered worlds, and p of no difference."""
        k, drawn = self._row(WORLD, BEFORE), self._row(WORLD, ORDERED + "year_before")
        more = drawn.slope - k.slope
        error = np.hypot(k.slope_se, drawn.slope_se)
        return more, 2.0 * float(stats.norm.sf(abs(more) / error))

    def _first(self) -> str:
        k, drawn = self._row(WORLD, BEFORE), self._row(WORLD, ORDERED + "year_before")
        more, p = self._apart()
        if p >= TOLD_APART:
            verdict = f"The difference is not significant ({_p(p)})"
        elif more < 0.0:
            verdict = f"That is even more ({_p(p)})"
        else:
            verdict = f"Of the slope {_share(more / -k.slope)} % is left ({_p(p)})"
        always = max(k.faster_share, 1.0 - k.faster_share)
        way = "faster" if k.faster_share > 0.5 else "slower"
        return (
            "**Mostly not. Nobody should promise growth because K is low.** In the world growth "
            "over five years is lower by "
            f"{_with_error(-k.slope, k.slope_se)} where K of the year before was higher by one (as "
            f"a symmetric rate, see below). In {drawn.n_draws:.0f} drawn worlds in which lasting "
            "ratios never change, and the deviations of a pair from its own come in the order in "
            f"which they came, it is lower by {_with_error(-drawn.slope, drawn.slope_se)}. "
            f"{verdict}: a gap need not close for growth to follow K like this. K explains "
            f"{_share(k.r_squared, 1)} % of the differences in growth. {_share(k.direction_share)} "
            f"of 100 flows went the way it told; by chance {_share(k.direction_chance_share)} "
            f"would have, and {_share(always)} if one had said of all that they will grow {way} "
            "than the mean."
        )

    def _bounds(self) -> str:
        found = json.loads(SIMULATED.read_text(encoding="utf-8"))
        seen, drawn = found["observed"]["growth"], found["growth"]["lognormal"]
        parts = [
            f"{drawn[name]['1']['slope']:.2f} where {seen[name]['1']['slope']:.2f} is observed "
            f"({name}{'' if name == 'all pairs' else ' US$ or more'})"
            for name in seen
        ]
        least = min(drawn[name]["1"]["slope"] / seen[name]["1"]["slope"] for name in seen)
        return (
            "**How much of it is regression to the mean lies between two bounds.** The worlds "
            "above are an upper one: a pair's deviations hold all that moved it, also a ratio that "
            "drifts and a gap that did close. Worlds without drift, whose noise has only the "
            "memory and the size that noise of such flows has, are a lower one: K of the year "
            f"before has a slope of {', '.join(parts)}; there of logarithms "
            f"([reading K](reading-k.md), section 5). So at least {_share(least)} % of the slope "
            "is regression to the mean, and perhaps all of it."
        )

    def _same_year(self) -> str:
        k, same, old = (self._row(WORLD, name) for name in (BEFORE, SAME, EARLIER))
        drawn_same, drawn_old = (
            self._row(WORLD, ORDERED + name) for name in ("same_year", "three_years_before")
        )
        test = self._row(WORLD, SHUFFLED + "year_before")
        return (
            "**K of the year itself flatters.** With K of the cut-off's own year growth is lower "
            f"by {_with_error(-same.slope, same.slope_se)}, "
            f"{_share(1.0 - k.slope / same.slope)} % of which is lost by looking one year further "
            "back, and more by looking further still: "
            f"{_with_error(-old.slope, old.slope_se)} with K of three years before. In the drawn "
            f"worlds it is {_with_error(-drawn_same.slope, drawn_same.slope_se)} and "
            f"{_with_error(-drawn_old.slope, drawn_old.slope_se)}. Worlds in which the years of a "
            "pair are shuffled try the method alone: K of the year before tells nothing there by "
            f"construction, its slope is {_with_error(test.slope, test.slope_se)}, and it was told "
            f"from 0 at 5 % in {_share(test.rejected_share)} % of them."
        )

    def _sizes(self) -> str:
        world = self.groups[
            (self.groups["study_id"] == WORLD) & (self.groups["predictor"] == BEFORE)
        ]["r_squared"]
        china = self._row(CHINA, BEFORE)
        by = self.cut_offs[
            (self.cut_offs["study_id"] == CHINA)
            & (self.cut_offs["predictor"] == BEFORE)
            & (self.cut_offs["slope_status"] == "ok")
        ]
        first, last = by.iloc[0], by.iloc[-1]
        unclear = int((by["slope_p_value"] >= TOLD_APART).sum())
        return (
            "**How much a flow grows is not predicted.** In groups of the world (regions, sizes, "
            f"exporters with a surplus, hubs) K explains between {_share(world.min(), 1)} and "
            f"{_share(world.max(), 1)} % of the differences, in China's own chain "
            f"{_share(china.r_squared, 1)} %. There its slope went from "
            f"{_with_error(first.slope, first.slope_se)} at the cut-off {first.first_cut_off_year} "
            f"to {_with_error(last.slope, last.slope_se)} at {last.first_cut_off_year}; "
            f"{unclear} of {len(by)} cut-offs cannot be told from 0. No worlds were drawn for it."
        )

    def _forecast(self) -> str:
        k, mean = self._row(WORLD, BEFORE), self._row(WORLD, MEAN)
        gain = mean.loss_over_k / mean.rmse**2
        said = "smaller" if gain > 0.0 else "larger"
        level = " and ".join(
            f"{_share(abs(row.gain_share), 1)} % {'larger' if row.gain_share < 0.0 else 'smaller'} "
            f"({_tested(row.loss_over_no_change_p_value)})"
            for row in (k, mean)
        )
        return (
            "**As a forecast K adds next to nothing.** Of who grows more within a cut-off, its "
            f"forecasts explain {_share(k.gain_within_share, 1)} %. Beside the mean of past "
            f"growth, the same for all flows, its squared error is {_share(abs(gain), 1)} % {said} "
            f"({_tested(mean.loss_over_k_p_value)}, {k.n_forecast_cut_offs:.0f} cut-offs). Beside "
            f"no change the squared errors of K and of that mean are {level}: that is the level of "
            "growth, which past growth tells badly, and says nothing of K."
        )

    def _rivals(self) -> str:
        own = self.every[
            (self.every["study_id"] == WORLD)
            & (self.every["horizon_years"] == FIVE)
            & self.every["predictor"].isin(self.rivals)
        ]
        against = own[own["loss_over_k"].notna() & (own["predictor"] != SAME)]
        against = against.sort_values("loss_over_k")
        told = against["loss_over_k_p_value"] < TOLD_APART
        better, worse = against["loss_over_k"] < 0.0, against["loss_over_k"] > 0.0
        named = [
            f"{what}: {self._named(against[rows])}"
            for what, rows in (
                ("smaller squared errors have", told & better),
                ("larger ones have", told & worse),
                ("the difference is not significant for", ~told),
            )
            if rows.any()
        ]
        above = ", ".join(
            f"{self.rivals[row.predictor]} (by {_share(row.gain_share, 1)} %, "
            f"{_tested(row.loss_over_no_change_p_value)}, {row.n_forecast_cut_offs:.0f} cut-offs)"
            for row in own[own["gain_share"] > 0.0].itertuples()
        )
        return (
            f"**Rivals.** Of {len(against)} other ways to forecast growth, each compared with K of "
            f"the year before where both have forecasts, {'; '.join(named)}. The first number is "
            "what a rival explains of who grows more, where the level of growth does not count. "
            f"Better than no change: {above or 'none'}. Numbers of cut-offs differ, since rivals "
            "need figures or years that not every cut-off has: rows of rivals are compared with K "
            "and not with each other. Boosting is given all that the others know, K of T too."
        )

    def _named(self, rows: pd.DataFrame) -> str:
        return ", ".join(
            f"{self.rivals[row.predictor]} ({_share(row.gain_within_share, 1)} %, "
            f"{_p(row.loss_over_k_p_value)}, {row.n_forecast_cut_offs:.0f} cut-offs)"
            for row in rows.itertuples()
        )

    def _intervals(self) -> str:
        found = []
        for study, name in ((WORLD, "the world"), (CHINA, "China's chain")):
            row = self._row(study, "interval")
            found.append(
                f"in {name} the interval names {_share(row.coverage_nominal_share)} % and held "
                f"{_share(row.coverage_share)} % ({_share(row.coverage_lowest_share)} to "
                f"{_share(row.coverage_highest_share)} % by cut-off)"
            )
        new = self.every[(self.every["study_id"] == WORLD) & (self.every["predictor"] == NEW_YEAR)]
        new = new.sort_values("horizon_years")
        held = ", ".join(_share(share) for share in new["coverage_share"])
        ahead = ", ".join(str(years + 1) for years in new["horizon_years"])
        return (
            "**K five years later is outside the interval of what lasts more often than a reader "
            f"would think:** {'; '.join(found)}. Those are of the lasting ratio, or of the fitted "
            "line; a year scatters around both. The interval of a new year is scored for flows of "
            f"the world: it names {_share(new['coverage_nominal_share'].iloc[0])} % and held "
            f"{held} % in the years {ahead} after the last that it rests on. Those of China's "
            "chains, and of both directions together, are not scored: no record of them is kept."
        )

    def _vintages(self) -> str:
        world, china = (self._row(study, BEFORE).as_of_share for study in (WORLD, CHINA))
        return (
            "**Not all figures are those that were known then.** Trade has one vintage, revised "
            f"since. Of the vintages behind K of T-1 {_share(world)} % (world) and "
            f"{_share(china)} % (China's chain) were published by the cut-off. A forecaster of "
            "that day knew less. K of T of China's chain rests on those published by the end of "
            "T+1: beside the noise of T it knows of indicators what nobody knew at T."
        )

    def _few(self) -> str:
        row = self._row(FEW, BEFORE)
        return (
            f"**Five partners show nothing.** `{FEW}` has {row.n} flows at {row.n_cut_offs} "
            "cut-offs: neither a slope nor a share is given of fewer than 30."
        )

    def _left(self) -> str:
        k = self._row(WORLD, BEFORE)
        by = self.cut_offs[
            (self.cut_offs["study_id"] == WORLD) & (self.cut_offs["predictor"] == BEFORE)
        ]
        by = by[by["slope_status"] == "ok"]
        clear = int(((by["slope"] < 0.0) & (by["slope_p_value"] < TOLD_APART)).sum())
        more, p = self._apart()
        closes = (
            f"{_share(more / -k.slope)} % of that slope is more than worlds whose lasting ratios "
            "never change show, and may be gaps that close."
            if more > 0.0 and p < TOLD_APART
            else "What does not stand is that gaps close: worlds whose lasting ratios never change "
            "show as large a slope. Nor is it shown that none closes, since those worlds contain "
            "what did."
        )
        return (
            "What stands: flows below their prediction grew a little faster, and flows above it a "
            f"little slower. In {clear} of {len(by)} cut-offs of the world the slope is below 0 "
            "and told from it at 5 %. "
            f"Flows below the middle class grew {_points(k.growth_below_rate)} than the mean of "
            f"their cut-off, flows above it {_points(k.growth_above_rate)} (symmetric rates). "
            + closes
        )


def _share(value: float, digits: int = 0) -> str:
    return f"{round(100.0 * value, digits) + 0.0:.{digits}f}"  # no -0.0


def _with_error(value: float, error: float) -> str:
    return f"{round(value, 3) + 0.0:.3f} (standard error {error:.3f})"


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _tested(value: float) -> str:
    return _p(value) + ("" if value < TOLD_APART else ", not significant")


def _points(rate: float) -> str:
    return f"{abs(100.0 * rate):.0f} % {'more' if rate > 0.0 else 'less'}"
