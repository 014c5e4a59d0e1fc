"""A mart beside its second computation: one row a column, study and specification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.marts.aligned import Places, aligned, has_numbers
from trade_potential.errors import InputError

TOLERANCE = 1e-8
"""Largest relative difference of numbers: the same formula in another order of operations."""

SMALL = 1e-6
"""A number below this share of the largest of its column is compared with that share, where the
rounding of sums begins; never less than 1e-14 of the largest is told apart."""

USELESS = 1e-3
"""Rounding beyond this share of a number excuses no larger difference."""

SMALLEST = float(np.finfo("float64").tiny)
"""A number below this one, such as a p-value of 1e-322, has not all its digits."""

REFERENCE = "pandas on gated inputs"

COLUMNS = {
    **dict.fromkeys(["study_id", "spec_id", "estimator", "covariance", "quantity", "term"], "str"),
    **dict.fromkeys(["published", "recomputed", "relative_difference", "tolerance"], "float64"),
    **dict.fromkeys(["reference", "status", "reason"], "str"),
}
"""Columns of every audit of a build."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Compared:
    """Columns of a mart beside their second computation.

    Attributes:
        mart: Its name.
        columns: Those that were compared, the key included.
        rows: ``COLUMNS``; one row of quantity '<mart>.rows' and one a column and part.
    """

    mart: str
    columns: frozenset[str]
    rows: pd.DataFrame


def compared(
    mart: str,
    published: pd.DataFrame,
    again: pd.DataFrame,
    *,
    key: Sequence[str],
    by: Sequence[str] = ("study_id", "spec_id"),
    tolerance: float = TOLERANCE,
    small: float = SMALL,
    noise: Mapping[str, Floats] | None = None,
    reference: str = REFERENCE,
    said: str = "",
) -> Compared:
    """Set a mart beside its second computation, row by row of its key.

    Numbers agree up to a relative difference of |published - again| over the larger of both and of
    ``small`` times the largest of the column in its part; texts, truth values, dates and missing
    values are equal or they differ. Of each column the row that differs most is told.

    Args:
        mart: Its name.
        published: Rows of the mart, at least the columns of ``again``.
        again: The same rows made again: ``key`` and the columns to compare.
        key: Columns that name a row.
        by: Columns of the key that part the rows of the audit (``PARTS``); none: one part.
        tolerance: Of numbers; 0 where a mart repeats a verified number.
        small: Share of the largest of a column.
        noise: By column, (N,) by row of ``again``: what rounding alone may move a number by.
        reference: What made ``again``.
        said: What a reader should know, such as that a sample was compared.
    """
    if lacking := sorted({*key, *again.columns} - {*published.columns} | {*by} - {*key}):
        raise InputError(f"{mart}: no column to compare: {', '.join(lacking)}")
    again = _typed(again, published)
    places = aligned(published, again, list(key), list(by))
    rows = _of_rows(places, mart)
    for column in again.columns.difference(list(key), sort=False):
        ours, theirs = (
            frame[column].take(at)
            for frame, at in ((published, places.published), (again, places.again))
        )
        rounding = (noise or {}).get(column, np.zeros(len(again)))[places.again]
        found = _differences(ours, theirs, places, small=small, noise=rounding)
        rows += _of_column(f"{mart}.{column}", (ours, theirs), found, places, tolerance)
    framed = _framed(places, rows, reference=reference, said=said)
    return Compared(mart, frozenset([*key, *again.columns]), framed)


def _typed(again: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The same rows with numbers where the mart has numbers: frames of no rows have no types.

    A text where the mart has numbers stays one, and differs.
    """
    numbers = {}
    for name in again:
        if has_numbers(published[name]) and not pd.api.types.is_numeric_dtype(again[name]):
            found = pd.to_numeric(again[name], errors="coerce")
            if found.notna().equals(again[name].notna()):
                numbers[str(name)] = found
    return again.assign(**numbers)


def _differences(
    ours: pd.Series, theirs: pd.Series, places: Places, *, small: float, noise: Floats
) -> Floats:
    """(N,) relative difference: 0 of equal values, infinite where only one side has a value."""
    is_null = np.asarray(ours.isna()), np.asarray(theirs.isna())
    if has_numbers(ours) and has_numbers(theirs):
        one, other = (np.asarray(side, dtype="float64") for side in (ours, theirs))
        size = np.maximum(np.abs(one), np.abs(other))
        largest = np.zeros(len(places.parts))
        np.maximum.at(largest, places.part, np.where(np.isfinite(size), size, 0.0))
        size = np.maximum(np.maximum(size, small * largest[places.part]), SMALLEST)
        with np.errstate(invalid="ignore", divide="ignore"):
            noise = np.minimum(noise, USELESS * size)
            beyond = np.maximum(np.abs(one - other) - noise, 0.0)
            found = np.where(one == other, 0.0, beyond / size)
    else:
        texts = (side.astype("object").where(side.notna(), None) for side in (ours, theirs))
        own, new = (np.asarray(side, dtype="object") for side in texts)
        same = own == new
        found = np.where(same, 0.0, np.inf)
    found = np.where(is_null[0] & is_null[1], 0.0, found)
    return np.where((is_null[0] != is_null[1]) | np.isnan(found), np.inf, found)


def _of_column(
    quantity: str,
    values: tuple[pd.Series, pd.Series],
    differences: Floats,
    places: Places,
    tolerance: float,
) -> list[dict[str, Any]]:
    """One row a part: the worst."""
    rows = []
    for part, own in enumerate(places.rows):
        row = {"quantity": quantity, "part": part, "term": "", "tolerance": tolerance}
        row |= {"published": np.nan, "recomputed": np.nan, "difference": 0.0, "reason": "no rows"}
        if len(own):
            at = own[int(np.argmax(differences[own]))]
            ours, theirs = (side.iloc[at] for side in values)
            row |= {"published": _number(ours), "recomputed": _number(theirs)}
            row |= {"difference": differences[at], "reason": f"{len(own)}, all equal"}
            if differences[at] > 0.0:
                words = f"largest of {len(own)}"
                if not _is_number(ours) and not _is_number(theirs):
                    words += f": {_told(ours)} published, {_told(theirs)} recomputed"
                term = places.term.iloc[at]
                if differences[at] > tolerance:
                    row["term"] = term
                else:  # rounding chooses the row, on every engine another: it names nothing
                    words += f": {term}"
                row["reason"] = words
        rows.append(row)
    return rows


def _of_rows(places: Places, mart: str) -> list[dict[str, Any]]:
    """One row a part: how many rows stand on one side only, or twice."""
    return [
        {
            "quantity": f"{mart}.rows",
            "part": part,
            "term": counts["term"],
            "tolerance": 0.0,
            "published": float(counts["published"]),
            "recomputed": float(counts["recomputed"]),
            "difference": np.inf if counts["wrong"] else 0.0,
            "reason": f"{counts['wrong']} rows {counts['why']}" if counts["wrong"] else "",
        }
        for part, counts in enumerate(places.counts.to_dict("records"))
    ]


def _framed(
    places: Places, rows: list[dict[str, Any]], *, reference: str, said: str
) -> pd.DataFrame:
    """The rows with the columns of every audit."""
    framed = pd.DataFrame(rows)
    difference, reason = framed["difference"], framed["reason"]
    framed = framed.assign(
        relative_difference=difference.where(np.isfinite(difference)),
        reference=reference,
        status=np.where(difference > framed["tolerance"], "differs", "agrees"),
        reason=[f"{words}; {said}" if words and said else words or said for words in reason],
    )
    for name in ("study_id", "spec_id", "estimator", "covariance"):
        held = places.parts.get(name)
        framed[name] = "" if held is None else held.to_numpy()[framed["part"].to_numpy()]
    return framed[list(COLUMNS)].astype(COLUMNS)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not (
        isinstance(value, bool) or value != value
    )


def _number(value: object) -> float:
    return float(value) if _is_number(value) else float("nan")  # type: ignore[arg-type]


def _told(value: object) -> str:
    return "nothing" if pd.isna(value) else repr(str(value))  # type: ignore[call-overload]
