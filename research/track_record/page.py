"""Tables of docs/track-record.md, from the stored record."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from research.track_record.lead import Lead
from research.track_record.scratch import ROOT

sys.path.insert(0, str(ROOT / "docs"))  # shared with the other pages

import blocks

PAGE = ROOT / "docs" / "track-record.md"
RECORDS = ROOT / "seeds" / "track" / "track_records.csv"
COMMAND = "make track-record"
WHEN = {
    "k_same_year": "K of T (contains regression to the mean)",
    "k_year_before": "K of T-1, the headline",
    "k_three_years_before": "K of T-3",
}
ORDERED, SHUFFLED = "in their order", "shuffled"
PLACEBO = {
    f"{prefix}{name}": (order, told_by)
    for prefix, order in (("placebo_ordered_", ORDERED), ("placebo_", SHUFFLED))
    for name, told_by in (
        ("same_year", "K of T"),
        ("year_before", "K of T-1"),
        ("three_years_before", "K of T-3"),
    )
}
INTERVALS = {"interval": "what lasts, or the line", "interval_new_year": "a new year"}
RIVALS = {
    "no_change": "no change",
    "mean_growth": "mean of past growth",
    "k_year_before": "K of T-1",
    "k_same_year": "K of T",
    "size": "size",
    "momentum": "momentum",
    "gdp_growth": "growth of GDP",
    "ppml_three_way": "three-way PPML",
    "gradient_boosting": "gradient boosting",
}


def tables(rows: pd.DataFrame) -> dict[str, str]:
    """Tables by name."""
    over_all = rows["first_cut_off_year"] < rows["last_cut_off_year"]
    whole = rows[over_all & (rows["group_id"] == "with_class")]
    world = whole[whole["study_id"] == "world"]
    return {
        "lead": Lead(rows, RIVALS).text(),
        "slopes": _slopes(whole, (1, 3, 5)),
        "placebo": _placebo(whole),
        "every_flow": _slopes(rows[over_all & (rows["group_id"] == "every_flow")], (5,)),
        "rivals": _rivals(whole),
        "cut_offs": _cut_offs(rows[~over_all & (rows["group_id"] == "with_class")]),
        "groups": _groups(rows[over_all & (rows["study_id"] == "world")], world),
        "coverage": _coverage(whole),
    }


def _slopes(rows: pd.DataFrame, horizons: Sequence[int]) -> str:
    header = (
        *("study", "growth told by", "years", "cut-offs", "rows", "slope", "standard error"),
        *("p", "R2, %", "right direction, %", "by chance, %", "all said faster, %"),
        *("K below the middle class", "K above it"),
    )
    return _markdown(
        header,
        (
            (
                row.study_id,
                WHEN[row.predictor],
                row.horizon_years,
                row.n_cut_offs,
                row.n,
                _number(row.slope, 3),
                _number(row.slope_se, 3),
                _number(row.slope_p_value, 3),
                _percent(row.r_squared, 1),
                _percent(row.direction_share, 1),
                _percent(row.direction_chance_share, 1),
                _percent(row.faster_share, 1),
                _number(row.growth_below_rate, 2),
                _number(row.growth_above_rate, 2),
            )
            for horizon in horizons
            for study in sorted(set(rows["study_id"]))
            for name in WHEN
            for row in _of(rows, study, name, horizon)
        ),
    )


def _placebo(rows: pd.DataFrame) -> str:
    header = (
        *("deviations", "growth told by", "worlds", "flows of a world", "mean slope"),
        *("error of the mean", "told from 0 at 5 %, % of worlds", "observed slope"),
    )
    return _markdown(
        header,
        (
            (
                *names,
                int(row.n_draws),
                row.n,
                _number(row.slope, 4),
                _number(row.slope_se, 4),
                _percent(row.rejected_share),
                "".join(
                    _number(seen.slope, 4)
                    for seen in _of(rows, row.study_id, predictor.replace(prefix, "k_"), 5)
                ),
            )
            for predictor, names in PLACEBO.items()
            for prefix in ["placebo_ordered_" if names[0] == ORDERED else "placebo_"]
            for row in rows[rows["predictor"] == predictor].itertuples()
        ),
    )


def _rivals(rows: pd.DataFrame) -> str:
    header = (
        *("study", "years", "rival", "cut-offs", "rows", "error", "better than no change, %"),
        *("p of it", "who grows more, %", "loss less that of K", "standard error", "p"),
    )
    return _markdown(
        header,
        (
            (
                study,
                horizon,
                RIVALS[name],
                _number(row.n_forecast_cut_offs, 0),
                _number(row.n_forecasts, 0),
                _number(row.rmse, 3),
                _percent(row.gain_share, 1),
                _number(row.loss_over_no_change_p_value, 3),
                _percent(row.gain_within_share, 1),
                _number(row.loss_over_k, 4),
                _number(row.loss_over_k_se, 4),
                _number(row.loss_over_k_p_value, 3),
            )
            for study in sorted(set(rows["study_id"]))
            for horizon in (1, 5)
            for name in RIVALS
            for row in _of(rows, study, name, horizon)
            if row.forecast_status == "ok"
        ),
    )


def _cut_offs(rows: pd.DataFrame) -> str:
    rows = rows[rows["horizon_years"] == 5]
    chosen = rows[rows["slope_status"] == "ok"]
    header = ("study", "T", "rows", "as-of vintages, %", "K of T-1", "standard error", "p")
    return _markdown(
        (*header, "K of T", "interval named, %", "held, %", "of a new year, %"),
        (
            (
                study,
                year,
                before.n,
                _percent(before.as_of_share),
                _number(before.slope, 3),
                _number(before.slope_se, 3),
                _number(before.slope_p_value, 3),
                "".join(_number(row.slope, 3) for row in _of(same, study, "k_same_year", 5)),
                *(
                    "".join(_percent(getattr(row, share)) for row in _of(own, study, interval, 5))
                    for interval, share in (
                        ("interval", "coverage_nominal_share"),
                        ("interval", "coverage_share"),
                        ("interval_new_year", "coverage_share"),
                    )
                ),
            )
            for study in sorted(set(chosen["study_id"]))
            for year in sorted(set(chosen["first_cut_off_year"]))
            for own in [rows[rows["first_cut_off_year"] == year]]
            for same in [own[own["slope_status"] == "ok"]]
            for before in _of(same, study, "k_year_before", 5)
        ),
    )


def _groups(rows: pd.DataFrame, whole: pd.DataFrame) -> str:
    chosen = pd.concat([whole, rows[rows["group_kind"] != "all"]])
    chosen = chosen[(chosen["horizon_years"] == 5) & (chosen["predictor"] == "k_year_before")]
    return _markdown(
        (
            *("kind", "group", "rows", "slope", "standard error", "p", "R2, %"),
            *("right direction, %", "by chance, %"),
        ),
        (
            (
                row.group_kind.replace("_", " "),
                row.group_id.removeprefix("un_").replace("_", " "),
                row.n,
                _number(row.slope, 3),
                _number(row.slope_se, 3),
                _number(row.slope_p_value, 3),
                _percent(row.r_squared, 1),
                _percent(row.direction_share, 1),
                _percent(row.direction_chance_share, 1),
            )
            for row in chosen.itertuples()
        ),
    )


def _coverage(rows: pd.DataFrame) -> str:
    return _markdown(
        (
            *("study", "interval of", "years after T-1", "cut-offs", "rows", "named, %"),
            *("held, %", "lowest, %", "highest, %", "why not"),
        ),
        (
            (
                study,
                INTERVALS[name],
                horizon + 1,
                row.n_cut_offs,
                row.n,
                _percent(row.coverage_nominal_share),
                _percent(row.coverage_share),
                _percent(row.coverage_lowest_share),
                _percent(row.coverage_highest_share),
                "" if row.coverage_status == "ok" else row.coverage_status.replace("_", " "),
            )
            for study in sorted(set(rows["study_id"]))
            for name in INTERVALS
            for horizon in (0, 1, 3, 5)
            for row in _of(rows, study, name, horizon)
        ),
    )


def _of(rows: pd.DataFrame, study: str, predictor: str, horizon: int) -> Iterable[Any]:
    chosen = (rows["study_id"] == study) & (rows["predictor"] == predictor)
    return rows[chosen & (rows["horizon_years"] == horizon)].itertuples()


def _markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table: texts to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    right = [all(row[k][-1:].isdigit() or not row[k] for row in cells) for k in range(len(header))]
    rule = ["---:" if is_number else "---" for is_number in right]
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(header), rule, *cells])


def _number(value: float, digits: int) -> str:
    return "" if value != value else f"{value:.{digits}f}"


def _percent(share: float, digits: int = 0) -> str:
    return "" if share != share else f"{100.0 * share:.{digits}f}"


def update(*, check: bool) -> int:
    """Write the tables into the page, or say which would change; the exit status."""
    rows = pd.read_csv(RECORDS, keep_default_na=False, na_values=[""])

    def settle(_name: str, _old: str, new: str) -> str:
        return new

    return blocks.update(PAGE, tables(rows), settle, check=check, script=COMMAND)
