"""What docs/track-record.md says first, in sentences whose numbers come from the stored record."""

from __future__ import annotations

from typing import Any

import pandas as pd

FIVE, TOLD_APART = 5, 0.05
WORLD, CHINA, FEW = "world", "china_world", "central_asia"
BEFORE, SAME, NO_CHANGE = "k_year_before", "k_same_year", "no_change"


class Lead:
    """Sentences about five years, flows with a class."""

    def __init__(self, rows: pd.DataFrame, rivals: dict[str, str]) -> None:
        """From the stored record, and names to print by rival."""
        self.rivals = rivals
        five = rows[rows["horizon_years"] == FIVE]
        over_all = five["first_cut_off_year"] < five["last_cut_off_year"]
        of_all = five["group_id"] == "with_class"
        self.whole = five[over_all & of_all]
        self.cut_offs = five[~over_all & of_all].sort_values("first_cut_off_year")
        self.groups = five[over_all & (five["group_kind"] != "all")]

    def text(self) -> str:
        """Markdown."""
        failures = (
            self._same_year(),
            self._sizes(),
            self._rivals(),
            self._intervals(),
            self._vintages(),
            self._few(),
        )
        return "\n".join((self._first(), "", *(f"- {line}" for line in failures), "", self._left()))

    def _row(self, study: str, predictor: str) -> Any:
        """The one row over all cut-offs."""
        chosen = self.whole[
            (self.whole["study_id"] == study) & (self.whole["predictor"] == predictor)
        ]
        return chosen.iloc[0]

    def _first(self) -> str:
        k = self._row(WORLD, BEFORE)
        more = -100.0 * k.gain_share
        verdict = (
            f"worse than saying that nothing will change: its squared error is {more:.0f} % larger"
            if more > 0.0
            else f"a little better than no change: its squared error is {-more:.0f} % smaller"
        )
        return (
            "**Mostly not. Nobody should promise growth because K is low.** In the world K of the "
            "year before a cut-off explains "
            f"{_share(k.r_squared, 1)} % of the differences in growth over the five years after "
            f"it. {_share(k.direction_share)} of 100 flows went the way it told; a coin has 50. As "
            f"a forecast of growth it is {verdict}."
        )

    def _same_year(self) -> str:
        k, same = self._row(WORLD, BEFORE), self._row(WORLD, SAME)
        drawn, flattered = (
            self._row(WORLD, "placebo_year_before"),
            self._row(WORLD, "placebo_same_year"),
        )
        return (
            "**K of the year itself flatters.** Where K of that year is higher by one (as a "
            "symmetric rate, see below), growth over five years is lower by "
            f"{_with_error(-same.slope, same.slope_se)}; with K of the year before it is lower by "
            f"{_with_error(-k.slope, k.slope_se)}. So {_share(1.0 - k.slope / same.slope)} % of "
            "the first number is lost by looking one year further back: a year that was low by "
            "chance is followed by a better one whatever K means (regression to the mean). In "
            f"{drawn.n_draws:.0f} drawn worlds where gaps never close, K of the year still seems "
            f"to tell growth, by {_with_error(-flattered.slope, flattered.slope_se)}, and K of the "
            f"year before does not, {_with_error(-drawn.slope, drawn.slope_se)}; it was told from "
            f"0 at 5 % in {_share(drawn.rejected_share)} % of these worlds."
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
            f"{unclear} of {len(by)} cut-offs cannot be told from 0."
        )

    def _rivals(self) -> str:
        own = self.whole[
            (self.whole["study_id"] == WORLD) & self.whole["predictor"].isin(self.rivals)
        ]
        against = own[own["loss_over_k"].notna() & (own["predictor"] != SAME)]
        better = against[
            (against["loss_over_k"] < 0.0) & (against["loss_over_k_p_value"] < TOLD_APART)
        ].sort_values("loss_over_k")
        names = ", ".join(self.rivals[name] for name in better["predictor"])
        no_change = self.whole[(self.whole["study_id"] == WORLD) & (self.whole["gain_share"] > 0.0)]
        above = [self.rivals[name] for name in no_change["predictor"] if name in self.rivals]
        return (
            f"**Rivals do better.** Of {len(against)} other ways to forecast growth {len(better)} "
            "have smaller squared errors than K of the year before at the same cut-offs, told from "
            f"chance at 5 %: {names}. Better than no change: {', '.join(above) or 'none'}. "
            "Boosting is given all that the others know, K of T too."
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
        return (
            "**K five years later is outside its interval more often than a reader would "
            f"think:** {'; '.join(found)}. The intervals are of what lasts, or of the fitted line; "
            "none was made for a new year, and a year scatters around it."
        )

    def _vintages(self) -> str:
        world, china = (self._row(study, BEFORE).as_of_share for study in (WORLD, CHINA))
        return (
            "**Not all figures are those that were known then.** Trade has one vintage, revised "
            f"since. Of the vintages behind K {_share(world)} % (world) and {_share(china)} % "
            "(China's chain) were published by the cut-off. A forecaster of that day knew less."
        )

    def _few(self) -> str:
        row = self._row(FEW, BEFORE)
        return (
            f"**Five partners show nothing.** `{FEW}` has {row.n} flows at {row.n_cut_offs} "
            "cut-offs; no slope is given. "
            f"{_share(row.direction_share)} of 100 went the way K told."
        )

    def _left(self) -> str:
        k = self._row(WORLD, BEFORE)
        by = self.cut_offs[
            (self.cut_offs["study_id"] == WORLD) & (self.cut_offs["predictor"] == BEFORE)
        ]
        by = by[by["slope_status"] == "ok"]
        clear = int(((by["slope"] < 0.0) & (by["slope_p_value"] < TOLD_APART)).sum())
        return (
            "What stands: flows below their prediction did grow a little faster, and flows above "
            f"it a little slower. In {clear} of {len(by)} cut-offs of the world the slope is below "
            "0 and told from it at 5 %. "
            f"Flows below the middle class grew {_points(k.growth_below_rate)} than the mean of "
            f"their cut-off, flows above it {_points(k.growth_above_rate)} (symmetric rates). "
            "An earlier estimate of this project, that in the world K of the year before tells "
            "nothing, does not stand."
        )


def _share(value: float, digits: int = 0) -> str:
    return f"{100.0 * value:.{digits}f}"


def _with_error(value: float, error: float) -> str:
    return f"{value:.3f} (standard error {error:.3f})"


def _points(rate: float) -> str:
    return f"{abs(100.0 * rate):.0f} % {'more' if rate > 0.0 else 'less'}"
