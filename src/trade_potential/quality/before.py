"""The release before is a witness of the inputs: a figure whose vintage stands does not change.

Every series is compared with what the current release has kept of it (``series.py``). Within the
years that it had there, a series of a source whose vintage is the same holds the same rows. Of
another vintage, revisions are expected: they are counted, and told by their size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import pandas as pd

from trade_potential.quality.checks import Check, missing
from trade_potential.quality.inputs import Input, Relation
from trade_potential.quality.series import (
    COLUMNS,
    NAMED_BY,
    SOURCES,
    Window,
    digested,
    shape_of,
    vintage_of,
    vintages,
)

SUITE = "release_before"
CHECK = missing(
    SUITE, "change", "a series of a source whose vintage stands is what the release before has of "
    "it, in the years that it has", severity="warning", witness="release before", says="{said_by}",
)  # fmt: skip
WHOLE = dict.fromkeys(("column_digest", "row_count", "first_year", "last_year", "digest"), "Int64")
"""Whole numbers also where a series is gone: a checksum has more digits than a double."""
WITHIN = {"row_count": "Int64", "largest_figure": "float32", "digest": "Int64"}
"""What is asked again of the years that the release before has."""


class Before(Protocol):
    """What the current release keeps of its inputs.

    Attributes:
        place: Its file, for people.
        said_by: The release and its date; of a release without a file, why there is none.
        rows: As ``series_of``; None: there are none.
        wrong: Why they cannot be read.
    """

    @property
    def place(self) -> str: ...  # noqa: D102
    @property
    def said_by(self) -> str: ...  # noqa: D102
    @property
    def rows(self) -> pd.DataFrame | None: ...  # noqa: D102
    @property
    def wrong(self) -> str: ...  # noqa: D102


def beside_before(
    before: Before, series: pd.DataFrame, inputs: Mapping[str, Input], declared: pd.DataFrame
) -> tuple[Input, Check]:
    """What the gate looks at, and the check on it.

    Args:
        before: What the current release keeps.
        series: The series as they are (``series_of``).
        inputs: The rows that they were made of, by name.
        declared: The inputs (int_quality__inputs).

    Returns:
        One row per series that has to be what it was: `change` says what is another, in words, and
        is missing where nothing is. Without a witness there is no row, and the check names it.
    """
    given = Input(
        frame=pd.DataFrame(columns=["series", "change"]), rows_total=0, place=before.place,
        kind="files", key=("series",), refusal=before.wrong,
    )  # fmt: skip
    if before.rows is None:
        return given, replace(CHECK, witness=before.said_by)
    if not set(COLUMNS) <= set(before.rows):
        return given, replace(CHECK, witness=f"series of this form in the {before.said_by}")
    relations = {name: of.relation for name, of in inputs.items() if of.relation is not None}
    known = before.rows[before.rows["input_name"].isin(list(relations))]
    both = known.astype(WHOLE).merge(
        series.astype(WHOLE), how="left", on=list(NAMED_BY), suffixes=("_before", "")
    )
    both["is_gone"] = both["digest"].isna()
    stands = _stands(both, series, inputs)
    standing, revised = both[stands].reset_index(drop=True), both[~stands]
    frame = pd.DataFrame(
        {
            "file_name": standing["input_name"].map(declared.set_index("input_name")["place"]),
            "series": standing["series"],
            "change": _changes(standing, relations, declared),
            "said_by": before.said_by,
        }
    )
    fresh = len(series) - int((~both["is_gone"]).sum())
    note = [f"{fresh} series are new"] if fresh else []
    note += [_revision(revised)] if len(revised) else []
    check = CHECK if len(frame) else replace(CHECK, witness="series whose vintage stands")
    return replace(given, frame=frame, rows_total=len(frame), note="; ".join(note)), check


def _stands(both: pd.DataFrame, series: pd.DataFrame, inputs: Mapping[str, Input]) -> pd.Series:
    """Whether nothing is declared by which a series would be another one.

    What is gone has the vintage that its source has now. A source that another one has replaced is
    declared by the rows themselves, and other columns by the project.
    """
    of_source = vintages(inputs[SOURCES].frame) if SOURCES in inputs else {}
    is_same = both["vintage_digest_before"] == vintage_of(both["source_id"], of_source)
    has_columns = (both["column_digest"] == both["column_digest_before"]).fillna(True)
    stands: pd.Series = is_same & has_columns.astype("bool")
    gone = both.loc[both["is_gone"], ["input_name", "series"]]
    if len(gone):
        there = pd.MultiIndex.from_frame(series[["input_name", "series"]])
        stands[gone.index] &= ~pd.MultiIndex.from_frame(gone).isin(there)
    return stands


def _changes(
    standing: pd.DataFrame, relations: Mapping[str, Relation], declared: pd.DataFrame
) -> pd.Series:
    """What is another in the years that a series had, in words."""
    other = standing[_is_other(standing)]
    is_longer = (other["first_year"] < other["first_year_before"]) | (
        other["last_year"] > other["last_year_before"]
    )
    longer = other[is_longer.fillna(False).astype("bool")]
    if len(longer):
        now = _within(longer, relations, declared)
        longer = longer.assign(**{name: now[name] for name in WITHIN})
        other = pd.concat([other.drop(longer.index), longer[_is_other(longer)]])
    told = [_told(row) for row in other.to_dict("records")]
    return pd.Series(told, index=other.index, dtype="object").reindex(standing.index)


def _is_other(both: pd.DataFrame) -> pd.Series:
    """Whether the rows are others, or gone."""
    return (both["digest"] != both["digest_before"]).fillna(True).astype("bool")


def _within(
    longer: pd.DataFrame, relations: Mapping[str, Relation], declared: pd.DataFrame
) -> pd.DataFrame:
    """Rows, largest figure and checksum of the years that the release before has."""
    keys = dict(zip(declared["input_name"], declared["row_key"], strict=True))
    parts = []
    for name, rows in longer.groupby("input_name"):
        relation = relations[str(name)]
        windows: list[Window] = list(
            rows[["source_id", "series", "first_year_before", "last_year_before"]].itertuples(
                index=False, name=None
            )
        )
        found = digested(relation, shape_of(relation, str(keys[name]).split(", ")), windows)
        placed = rows[["source_id", "series"]].reset_index()
        placed = placed.merge(found.astype(WITHIN), how="left").set_index("index")
        parts.append(placed[list(WITHIN)])
    return pd.concat(parts)


def _told(row: Mapping[Any, Any]) -> str:
    first, last = row["first_year_before"], row["last_year_before"]
    count = int(row["row_count_before"])
    had = "1 row" if count == 1 else f"{count} rows"
    if not pd.isna(first):
        had += f" of {first}" if first == last else f" of {first}-{last}"
    if row["is_gone"]:
        return f"gone, with {had}"
    now = 0 if pd.isna(row["row_count"]) else int(row["row_count"])
    said = f"other values in {had}" if now == count else f"{now} rows, where there were {had}"
    largest, was = row["largest_figure"], row["largest_figure_before"]
    if pd.isna(largest) or pd.isna(was) or largest == was:
        return said
    return f"{said}, the largest figure {largest:.6g} instead of {was:.6g}"


def _revision(revised: pd.DataFrame) -> str:
    """How many series of another vintage have other rows, and how far they moved."""
    count, gone = len(revised), int(revised["is_gone"].sum())
    other = revised[~revised["is_gone"] & _is_other(revised)]
    said = f"{count} series are of another vintage: {gone} gone, {len(other)} with other rows"
    sizes = other[["largest_figure", "largest_figure_before"]].astype("float64")
    sizes = sizes[(sizes > 0).all(axis=1)]
    if not len(sizes):
        return said
    ratio = sizes["largest_figure"] / sizes["largest_figure_before"]
    factor = ratio.where(ratio >= 1, 1 / ratio)
    most = other.loc[factor.sort_values().index].iloc[-1]
    return (
        f"{said}, whose largest figures differ by {factor.median():.4g} times in the median and "
        f"{factor.max():.4g} at most ({most['input_name']}: {most['series']})"
    )
