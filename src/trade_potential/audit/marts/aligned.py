"""Rows of a mart beside those of its second computation, by key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

PARTS = {name: name for name in ("study_id", "spec_id", "estimator", "covariance")} | {
    "index_spec_id": "spec_id",
    "replication_id": "spec_id",
}
"""Column of the audit by the column of a mart that its rows are parted by."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Rows of both sides by key.

    Attributes:
        parts: Values of ``by``, one row a part, with the names of the audit.
        published: (N,) row of the mart, where both sides have the key.
        again: (N,) row of the second computation.
        part: (N,) part of the row.
        rows: By part, the rows of it.
        term: (N,) key in words.
        counts: By part: published, recomputed, differing, and one key that differs with why.
    """

    parts: pd.DataFrame
    published: Integers
    again: Integers
    part: Integers
    rows: list[Integers]
    term: pd.Series
    counts: pd.DataFrame


def aligned(published: pd.DataFrame, again: pd.DataFrame, key: list[str], by: list[str]) -> Places:
    """Number the rows and the parts of both sides; a key that stands twice counts once."""
    sides = []
    for frame in (published, again):
        keys = pd.DataFrame({name: _keys(frame[name]) for name in key})
        place = pd.Series(np.arange(len(frame)), dtype="float64")
        is_twice = keys.duplicated()
        sides.append((keys.assign(place=place)[~is_twice], keys[is_twice], keys))
    (ours, ours_twice, ours_all), (theirs, theirs_twice, theirs_all) = sides
    both = ours.merge(theirs, on=key, how="outer", suffixes=("_published", "_again"))
    parts = both[by].drop_duplicates() if by else both.iloc[:0]
    parts = parts.sort_values(by) if by else pd.DataFrame(index=[0])
    if parts.empty:
        parts = pd.DataFrame([dict.fromkeys(by, "")])
    numbered = parts.assign(part=np.arange(len(parts)))

    def part_of(keys: pd.DataFrame) -> Integers:
        if not by:
            return np.zeros(len(keys), dtype=np.int64)
        return np.asarray(keys[by].merge(numbered, on=by, how="left")["part"], dtype=np.int64)

    wrong = [
        both[both["place_again"].isna()].assign(why="not recomputed"),
        both[both["place_published"].isna()].assign(why="not published"),
        ours_twice.assign(why="published twice"),
        theirs_twice.assign(why="recomputed twice"),
    ]
    told = pd.concat(wrong, ignore_index=True)
    rest = [name for name in key if name not in by]
    counts = pd.DataFrame(
        {
            "published": np.bincount(part_of(ours_all), minlength=len(parts)),
            "recomputed": np.bincount(part_of(theirs_all), minlength=len(parts)),
            "wrong": np.bincount(part_of(told), minlength=len(parts)),
        }
    )
    told = told.assign(part=part_of(told), term=_words(told, rest)).drop_duplicates("part")
    first = told.set_index("part")[["term", "why"]].reindex(counts.index).fillna("")
    has = both[both["place_published"].notna() & both["place_again"].notna()]
    part = part_of(has)
    ends = np.cumsum(np.bincount(part, minlength=len(parts)))[:-1]
    return Places(
        parts=parts.rename(columns=PARTS).astype("object").reset_index(drop=True),
        published=np.asarray(has["place_published"], dtype=np.int64),
        again=np.asarray(has["place_again"], dtype=np.int64),
        part=part,
        rows=np.split(np.argsort(part, kind="stable"), ends),
        term=_words(has, rest).reset_index(drop=True),
        counts=counts.join(first),
    )


def has_numbers(column: pd.Series) -> bool:
    """Whether a column holds numbers; truth values are none."""
    is_number = pd.api.types.is_numeric_dtype(column)
    return is_number and not pd.api.types.is_bool_dtype(column)


def _keys(column: pd.Series) -> pd.Series:
    """Values of a key so that both sides have one type: a number, or a text; nothing is empty."""
    if not has_numbers(column):
        return column.astype("object").where(column.notna(), "").astype(str).reset_index(drop=True)
    return column.astype("float64").fillna(np.nan).reset_index(drop=True)


def _words(keys: pd.DataFrame, names: list[str]) -> pd.Series:
    """Key of each row as one text."""
    found = pd.Series("", index=keys.index, dtype="object")
    for name in names:
        values = keys[name]
        if pd.api.types.is_numeric_dtype(values):
            values = values.map("{:.0f}".format)
        found = found.where(found == "", found + ", ") + values.astype("object")
    return found
