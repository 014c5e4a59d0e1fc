"""Numbers of the answers as matrices of a year, and what another specification makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.dimensions import class_of
from trade_potential.audit.marts.gated import Gated, quoted

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NUMBERS = ("actual_usd", "predicted_usd", "predicted_pair_out_usd", "k_ratio", "k_pair_out_ratio")
"""Of an answer, verified by the audit of answers."""

FLOWS = ("exports", "total")
"""That are read: imports of one are exports of the other."""


@dataclass(frozen=True)
class Answers:
    """Answers with a prediction, by flow (of ``FLOWS``), year, reporter and partner.

    Attributes:
        study_id, spec_id: Whose answers they are; empty without any.
        economies: (n,) codes in order.
        years: (T,) in order.
        numbers: (2, T, n, n) of each name of ``NUMBERS``; NaN where there is none.
        classes: (2, T, n, n) place in ``names``; -1 without a class.
        names: Of the classes.
    """

    study_id: str
    spec_id: str
    economies: pd.Index[str]
    years: pd.Index[int]
    numbers: dict[str, Floats]
    classes: Integers
    names: list[str]

    def at(self, rows: pd.DataFrame, flow: str | None = None) -> tuple[Integers, ...]:
        """Place of rows with reporter_iso3, partner_iso3, year, and flow unless given.

        Outside of the answers it is a place that holds nothing.
        """
        flows = rows["flow"] if flow is None else pd.Series(flow, index=rows.index)
        one, other = self.place(rows["reporter_iso3"]), self.place(rows["partner_iso3"])
        year = self.place_of_year(rows["year"])
        is_back = np.asarray(flows == "imports")
        one, other = np.where(is_back, other, one), np.where(is_back, one, other)
        outside = (one < 0) | (other < 0) | (year < 0)
        one, other, year = (np.where(outside, 0, place) for place in (one, other, year))
        # nobody trades with itself
        return (np.asarray(flows == "total").astype(np.int64), year, one, other)

    def place(self, codes: Any) -> Integers:
        """(N,) places of economies; -1 of a stranger."""
        return np.asarray(self.economies.get_indexer(pd.Index(codes)), dtype=np.int64)

    def place_of_year(self, years: Any) -> Integers:
        """(N,) places of years; -1 outside."""
        return np.asarray(self.years.get_indexer(pd.Index(years)), dtype=np.int64)

    def of(self, name: str, place: tuple[Integers, ...]) -> Floats:
        """Numbers at ``place``; NaN outside."""
        return self.numbers[name][place]

    def class_at(self, place: tuple[Integers, ...]) -> npt.NDArray[Any]:
        """Names of classes at ``place``; None without."""
        return np.array([*self.names, None], dtype="object")[self.classes[place]]


def answers_of(gated: Gated) -> Answers:
    """The answers of a build, read once for all who ask."""
    return gated.once(_answers)


def _answers(gated: Gated) -> Answers:
    rows = gated.arrow(
        "rpt_answer",
        *("study_id", "spec_id", "flow", "reporter_iso3", "partner_iso3", "year"),
        *("potential_class", *NUMBERS),
        where="predicted_usd is not null and flow <> 'imports'",
    )
    codes = {name: _coded(rows[name]) for name in ("reporter_iso3", "partner_iso3")}
    economies = pd.Index(sorted({code for _, names in codes.values() for code in names}))
    years = pd.Index(np.unique(rows["year"].to_numpy()))
    flow, flows = _coded(rows["flow"])
    class_, names = _coded(rows["potential_class"])
    place = (
        np.array([FLOWS.index(name) for name in flows], dtype=np.int64)[flow],
        years.get_indexer(pd.Index(rows["year"].to_numpy())),
        *(economies.get_indexer(pd.Index(names))[at] for at, names in codes.values()),
    )
    shape = (len(FLOWS), max(len(years), 1), max(len(economies), 1), max(len(economies), 1))
    numbers = {name: np.full(shape, np.nan) for name in NUMBERS}
    for name, values in numbers.items():
        values[place] = rows[name].to_numpy()
    classes = np.full(shape, -1, dtype=np.int64)
    classes[place] = class_
    own: list[str] = [
        rows[name][0].as_py() if len(rows) else "" for name in ("study_id", "spec_id")
    ]
    return Answers(own[0], own[1], economies, years, numbers, classes, names)


def _coded(column: Any) -> tuple[Integers, list[str]]:
    """Place of every value among the names of a column of Arrow; -1 of a missing one."""
    coded = column.combine_chunks().dictionary_encode()
    found = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.asarray(found, dtype=np.int64), coded.dictionary.to_pylist()


def others_of(gated: Gated, answers: Answers, spec_id: str) -> pd.DataFrame:
    """Flows to which another structural specification of the study gives another class.

    Returns:
        reporter_iso3, partner_iso3, flow, year, other_k_ratio, other_class; a flow stands once for
        each of the two economies.
    """
    rows = gated.arrow(
        "est_structural_pairs",
        *("exporter_iso3", "importer_iso3", "year", "predicted_usd"),
        where=f"study_id = {quoted(answers.study_id)} and spec_id = {quoted(spec_id)}",
    )
    sides = [_coded(rows[name]) for name in ("exporter_iso3", "importer_iso3")]
    place = [
        answers.place_of_year(rows["year"].to_numpy()),
        *(answers.place(names)[at] for at, names in sides),
    ]
    known = np.min(place, axis=0) >= 0
    predicted = np.full(answers.classes.shape[1:], np.nan)
    predicted[tuple(at[known] for at in place)] = rows["predicted_usd"].to_numpy()[known]
    back = predicted.transpose(0, 2, 1)
    both = np.where(np.isnan(predicted), back, predicted + np.nan_to_num(back))
    k = answers.numbers["actual_usd"] / np.stack([predicted, both])
    at = np.nonzero((answers.classes >= 0) & np.isfinite(k))
    classes = class_of(
        pd.Series(k[at]), cuts_of(gated["stg_study__potential_classes"], answers.study_id)
    )
    is_other = np.asarray(classes.notna()) & (np.asarray(classes) != answers.class_at(at))
    flow, year, one, other = (axis[is_other] for axis in at)
    found = pd.DataFrame(
        {
            "reporter_iso3": answers.economies[one],
            "partner_iso3": answers.economies[other],
            "flow": np.array(FLOWS, dtype="object")[flow],
            "year": answers.years[year],
            "other_k_ratio": k[flow, year, one, other],
            "other_class": classes[is_other].to_numpy(),
        }
    )
    seen = found[found["flow"] == "exports"].rename(
        columns={"reporter_iso3": "partner_iso3", "partner_iso3": "reporter_iso3"}
    )
    return pd.concat([found, seen.assign(flow="imports")], ignore_index=True)
