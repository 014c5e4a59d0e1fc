"""Does it come true? What K of a cut-off told of the years after it, failures first."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Row, Source
from trade_potential.words import Words

MART = "fct_track_record"
ALL = "is_current and group_kind = 'all' and group_id = 'with_class' and n_cut_offs > 1"
SIGNIFICANT = 0.05
NONE = "\u2013"


def context(source: Source, words: Words) -> dict[str, Any]:
    """Headlines by study, rivals and intervals of the world."""
    headlines = source.rows(MART, where="is_headline and is_current", order="study_id")
    rivals = source.rows(
        MART,
        where=f"{ALL} and study_id = 'world' and horizon_years = 5 and rmse is not null",
        order="rmse",
    )
    intervals = source.rows(
        MART,
        where=f"{ALL} and coverage_share is not null",
        order="study_id, predictor, horizon_years",
    )
    return {
        "said": [_said(row, words) for row in headlines],
        "headlines": [_headline(row, words) for row in headlines],
        "rivals": [_rival(row, words) for row in rivals],
        "intervals": [
            [
                row["study_id"],
                words.text(f"site_track.interval_of.{row['predictor']}"),
                str(row["horizon_years"]),
                words.number(row["n"]),
                words.percent(row["coverage_nominal_share"]),
                words.percent(row["coverage_share"]),
            ]
            for row in intervals
        ],
    }


def _said(row: Row, words: Words) -> str:
    """One study in a sentence."""
    if row["slope"] is None:
        return words.text("site_track.too_few", study=row["study_id"], n=row["n"])
    return words.text(
        "site_track.said",
        study=row["study_id"],
        explained=words.percent(row["r_squared"], 1),
        right=words.percent(row["direction_share"]),
        chance=words.percent(row["direction_chance_share"]),
    )


def _headline(row: Row, words: Words) -> list[str]:
    interval = NONE
    if row["slope"] is not None:
        ends = (words.number(row[f"slope_ci_{end}"], 3) for end in ("low", "high"))
        interval = words.text(
            "site_script.interval", **dict(zip(("low", "high"), ends, strict=True))
        )
    return [
        row["study_id"],
        f"{row['first_cut_off_year']}\u2013{row['last_cut_off_year']}",
        words.number(row["n"]),
        NONE if row["slope"] is None else words.number(row["slope"], 3),
        interval,
        NONE if row["r_squared"] is None else words.percent(row["r_squared"], 1),
        NONE if row["direction_share"] is None else words.percent(row["direction_share"]),
        NONE
        if row["direction_chance_share"] is None
        else words.percent(row["direction_chance_share"]),
    ]


def _rival(row: Row, words: Words) -> list[str]:
    loss, p = row["loss_over_no_change"], row["loss_over_no_change_p_value"]
    verdict = "same"
    if loss is not None and p is not None and p < SIGNIFICANT:
        verdict = "worse" if loss > 0 else "better"
    return [
        words.text(f"site_track.predictor.{row['predictor']}"),
        words.number(row["n_forecasts"]),
        words.number(row["rmse"], 3),
        NONE if loss is None else words.number(loss, 3),
        NONE if loss is None else words.text(f"site_track.{verdict}"),
        NONE if row["gain_within_share"] is None else words.percent(row["gain_within_share"], 1),
    ]
