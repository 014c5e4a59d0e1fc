"""The release before is a witness of the inputs: a figure whose vintage stands does not change.

Every series is compared with what the current release has kept of it (``series.py``). Within the
years that it had there, a series of a source whose vintage is the same holds the same rows. Of
another vintage revisions are expected: they are counted, and told by their size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from trade_potential.quality.inputs import Relation
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

SAME, CHANGED, GONE = "same", "changed", "gone"
"""Of a vintage that stands: all rows of the years it had, other ones, none."""
NEW, REVISED, WITHDRAWN = "new", "revised", "withdrawn"
"""Without a row before; of another vintage: other rows, none."""
NOT_COMPARED, UNREADABLE = "not compared", "unreadable"
"""There is no witness; it is damaged."""
WHOLE = dict.fromkeys(
    ("vintage_digest", "column_digest", "row_count", "first_year", "last_year", "digest"), "Int64"
)
"""Whole numbers also where a series is gone: a checksum has more digits than a double."""
WITHIN = {"row_count": "Int64", "largest_figure": "float32", "digest": "Int64"}
"""What is asked again of the years that the release before has."""


class Before(Protocol):
    """What the current release keeps of its inputs.

    Attributes:
        said_by: The release and its date; without rows, why there are none.
        rows: As ``series_of``; None: there are none.
        is_damaged: Whether there should be some.
    """

    @property
    def said_by(self) -> str: ...  # noqa: D102
    @property
    def rows(self) -> pd.DataFrame | None: ...  # noqa: D102
    @property
    def is_damaged(self) -> bool: ...  # noqa: D102


def compared(
    series: pd.DataFrame,
    before: Before,
    inputs: Mapping[str, Relation | pd.DataFrame],
    declared: pd.DataFrame,
) -> pd.DataFrame:
    """Every series beside what the release before has of it.

    Args:
        series: The series as they are (``series_of``).
        before: What the current release keeps.
        inputs: The rows that they were made of, by name.
        declared: The inputs (int_quality__inputs): `input_name`, `place` and `row_key`.

    Returns:
        One row per series that is there or was, columns `COLUMNS` and: `status` (above), `change`
        in words where it is changed, gone or unreadable, `moved_by`, the factor of at least 1
        between the largest figures, `file`, the place of the rows, and `said_by`.
    """
    rows = before.rows
    if rows is not None and not set(COLUMNS) <= set(rows):
        rows, said_by = None, f"series of another form in {before.said_by}"
    else:
        said_by = before.said_by
    if rows is None:
        found = series.assign(status=NOT_COMPARED, change=None, moved_by=float("nan"))
        if before.is_damaged:
            one = {name: [None] for name in COLUMNS} | {"input_name": [""], "series": [""]}
            one |= {"source_id": [""], "status": [UNREADABLE], "change": [said_by]}
            found = pd.concat([found, pd.DataFrame(one)], ignore_index=True)
    else:
        found = _beside(series, rows[rows["input_name"].isin(list(inputs))], inputs, declared)
    places = declared.set_index("input_name")["place"]
    found = found.assign(file=found["input_name"].map(places), said_by=said_by)
    # without rows nothing else would say that they are texts
    texts = dict.fromkeys((*NAMED_BY, "change", "file"), "str")
    return found.astype(WHOLE | texts | {"moved_by": "float64"})


def _beside(
    series: pd.DataFrame,
    rows: pd.DataFrame,
    inputs: Mapping[str, Relation | pd.DataFrame],
    declared: pd.DataFrame,
) -> pd.DataFrame:
    both = series.astype(WHOLE).merge(
        rows.astype(WHOLE), how="outer", on=list(NAMED_BY), suffixes=("", "_before")
    )
    is_gone, is_new = both["digest"].isna(), both["digest_before"].isna()
    is_other = _is_other(both)
    sizes = both[["largest_figure", "largest_figure_before"]].astype("float64")
    ratio = (sizes["largest_figure"] / sizes["largest_figure_before"]).where(
        (sizes > 0).all(axis=1)
    )
    stands = _stands(both, is_gone, series, inputs)
    status = pd.Series(SAME, index=both.index, dtype="object")
    status[is_other] = REVISED
    status[is_other & stands] = CHANGED
    status[is_gone] = WITHDRAWN
    status[is_gone & stands] = GONE
    status[is_new] = NEW
    told = both[status.isin([CHANGED, GONE])]
    changes = _changes(told, inputs, declared)
    status[told.index.difference(changes.index)] = SAME
    kept = {name: both[name].where(~is_gone, both[f"{name}_before"]) for name in COLUMNS
            if name not in NAMED_BY}  # fmt: skip
    return both[list(NAMED_BY)].assign(
        **kept, status=status, change=changes, moved_by=ratio.where(ratio >= 1, 1 / ratio)
    )


def _is_other(both: pd.DataFrame) -> pd.Series:
    """Whether the rows are others, or gone."""
    return (both["digest"] != both["digest_before"]).fillna(True).astype("bool")


def _stands(
    both: pd.DataFrame,
    is_gone: pd.Series,
    series: pd.DataFrame,
    inputs: Mapping[str, Relation | pd.DataFrame],
) -> pd.Series:
    """Whether nothing is declared by which a series would be another one.

    What is gone has the vintage that its source has now. A source that another one has replaced is
    declared by the rows themselves, and other columns by the project.
    """
    of_now = vintage_of(both["source_id"], vintages(inputs[SOURCES]))
    is_same = (both["vintage_digest_before"] == of_now).fillna(False)
    has_columns = (both["column_digest"] == both["column_digest_before"]).fillna(True)
    stands: pd.Series = is_same.astype("bool") & has_columns.astype("bool")
    gone = both.loc[is_gone, ["input_name", "series"]]
    if len(gone):
        there = pd.MultiIndex.from_frame(series[["input_name", "series"]])
        stands[gone.index] &= ~pd.MultiIndex.from_frame(gone).isin(there)
    return stands


def _changes(
    other: pd.DataFrame, inputs: Mapping[str, Relation | pd.DataFrame], declared: pd.DataFrame
) -> pd.Series:
    """What is another in the years that a series had, in words; of the others no row."""
    is_longer = (other["first_year"] < other["first_year_before"]) | (
        other["last_year"] > other["last_year_before"]
    )
    longer = other[is_longer.fillna(False).astype("bool")]
    if len(longer):
        now = _within(longer, inputs, declared)
        longer = longer.assign(**{name: now[name] for name in WITHIN})
        other = pd.concat([other.drop(longer.index), longer[_is_other(longer)]])
    told = [_told(row) for row in other.to_dict("records")]
    return pd.Series(told, index=other.index, dtype="object")


def _within(
    longer: pd.DataFrame, inputs: Mapping[str, Relation | pd.DataFrame], declared: pd.DataFrame
) -> pd.DataFrame:
    """Rows, largest figure and checksum of the years that the release before has."""
    keys = dict(zip(declared["input_name"], declared["row_key"], strict=True))
    parts = []
    for name, of in longer.groupby("input_name"):
        rows = inputs[str(name)]
        windows: list[Window] = list(
            of[["source_id", "series", "first_year_before", "last_year_before"]].itertuples(
                index=False, name=None
            )
        )
        found = digested(rows, shape_of(rows, str(keys[name]).split(", ")), windows)
        placed = of[["source_id", "series"]].reset_index()
        placed = placed.merge(found.astype(WITHIN), how="left").set_index("index")
        parts.append(placed[list(WITHIN)])
    return pd.concat(parts)


def _told(row: Mapping[Any, Any]) -> str:
    first, last = row["first_year_before"], row["last_year_before"]
    count = int(row["row_count_before"])
    had = "1 row" if count == 1 else f"{count} rows"
    if not pd.isna(first):
        had += f" of {first}" if first == last else f" of {first}-{last}"
    if pd.isna(row["column_digest"]):
        return f"gone, with {had}"
    now = 0 if pd.isna(row["row_count"]) else int(row["row_count"])
    said = f"other values in {had}" if now == count else f"{now} rows, where there were {had}"
    largest, was = row["largest_figure"], row["largest_figure_before"]
    if pd.isna(largest) or pd.isna(was) or largest == was:
        return said
    return f"{said}, the largest figure {largest:.6g} instead of {was:.6g}"
