"""Which answers are others in a new release, and why: what K is made of, and what moved that."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from trade_potential.release.noise import FLOATING, has_moved
from trade_potential.release.pair import Pair, Pairs

ANSWERS = "fct_trade_potential"
CLASS, K = "potential_class", "k_ratio"
ACTUAL, PREDICTED = "actual_usd", "predicted_usd"
"""What K is made of."""
LIMITS = ("k_lower", "k_upper", "is_lower_inclusive", "is_upper_inclusive")

COUNTRY = ("study_id", "country_iso3", "year")

Cause = dict[str, Any]
Answer = dict[str, Any]
"""An answer of both releases: its key, whether it is a default, what was and is, and why."""


def answers(pairs: Pairs) -> dict[str, list[Any]]:
    """Answers of another class or another K, defaults first and the largest change of K first.

    A cause has ``what`` it is: ``limits`` of the classes; ``actual_usd`` or ``predicted_usd``,
    before and after; and where the prediction moved, ``coefficients`` of the estimator (terms that
    moved, and the largest change in its standard errors) and ``figure`` of a country of the pair in
    the year, its development index included.
    """
    pair = pairs.comparable(ANSWERS)
    if pair is None or CLASS not in pair.shared:
        return {"of_another_class": [], "of_another_k": [], "gone": [], "new": []}
    causes = _Causes(pairs)
    found = sorted(_changed(pair), key=lambda row: (not row["is_default"], -size(row)))
    for row in found:
        row["why"] = list(causes.of(row))
    return {
        "of_another_class": [row for row in found if row["class_before"] != row["class_after"]],
        "of_another_k": [row for row in found if row["class_before"] == row["class_after"]],
        "gone": pair.keys_of("old"),
        "new": pair.keys_of("new"),
    }


def size(answer: Answer) -> float:
    """How far K has moved, in log points; infinite where it came, went or crossed zero."""
    was, now = answer.get("k_before"), answer.get("k_after")
    if not was or not now or not was * now > 0:
        return math.inf
    return abs(math.log(now / was))


def _changed(pair: Pair) -> Iterator[Answer]:
    names = {"class": CLASS, "k": K, ACTUAL: ACTUAL, PREDICTED: PREDICTED}
    held = {name: column for name, column in names.items() if column in pair.shared}
    default = ["is_default"] if "is_default" in pair.shared else []
    for values in pair.moved_rows(held.values(), [*pair.key, *default]):
        cells = iter(values)
        row: Answer = {"key": {name: next(cells) for name in pair.key}}
        row["is_default"] = next(cells) if default else True
        for name in held:
            row |= {f"{name}_before": next(cells), f"{name}_after": next(cells)}
        if any(_differs(row, name) for name in ("class", "k")):
            yield row


def _differs(row: Answer, name: str) -> bool:
    return has_moved(row.get(f"{name}_before"), row.get(f"{name}_after"))


class MovedTerm(NamedTuple):
    """A coefficient of both releases, and how far it moved in its standard errors before."""

    in_se: float
    before: float | None
    after: float | None


def moved_terms(pairs: Pairs) -> dict[tuple[str, str, str], dict[str, MovedTerm]]:
    """By study, specification and estimator the terms whose coefficient moved.

    One coefficient has several standard errors: the largest is the careful one. A change is
    infinite where a coefficient came or went, or has no standard error.
    """
    found: dict[tuple[str, str, str], dict[str, MovedTerm]] = defaultdict(dict)
    for study, spec, estimator, term, se, was, now in pairs.moved_rows(
        "fct_gravity_coefficients",
        ["coefficient"],
        ["study_id", "spec_id", "estimator", "term", "coefficient_se"],
        of="old",
    ):
        in_se = abs(now - was) / se if se and None not in (was, now) else math.inf
        terms = found[study, spec, estimator]
        if term not in terms or in_se < terms[term].in_se:
            terms[term] = MovedTerm(in_se, was, now)
    return found


class _Causes:
    """What moved between two releases, by what it can move."""

    def __init__(self, pairs: Pairs) -> None:
        moved = pairs.moved_rows("dim_potential_class", LIMITS, ["study_id"])
        self._of_moved_limits = {study for study, *_ in moved}
        self._terms = moved_terms(pairs)
        self._figures: dict[tuple[Any, ...], list[Cause]] = defaultdict(list)
        panel = pairs.comparable("fct_country_year")
        numbers = [n for n in panel.shared if panel.types[n] in FLOATING] if panel else []
        for name in numbers:
            for row in pairs.moved_rows("fct_country_year", [name], COUNTRY):
                self._keep(*row, figure=name)
        for index, *values in pairs.moved_rows(
            "fct_development_index", ["development_index"], ["index_spec_id", *COUNTRY]
        ):
            self._keep(*values, figure="development_index", index_spec_id=index)
        self._index_of = pairs.index_specifications()

    def _keep(
        self, study: str, country: str, year: int, was: float, now: float, **more: str
    ) -> None:
        cause = {"what": "figure", "country_iso3": country, **more, "before": was, "after": now}
        self._figures[study, country, year].append(cause)

    def of(self, row: Answer) -> Iterator[Cause]:
        """Causes of one answer."""
        key = row["key"]
        if key.get("study_id") in self._of_moved_limits and _differs(row, "class"):
            yield {"what": "limits"}
        for name in (ACTUAL, PREDICTED):
            if _differs(row, name):
                before, after = row[f"{name}_before"], row[f"{name}_after"]
                yield {"what": name, "before": before, "after": after}
        if not _differs(row, PREDICTED):
            return
        terms = self._terms.get(tuple(key.get(n) for n in ("study_id", "spec_id", "estimator")))
        if terms:
            largest = max(terms, key=lambda term: (terms[term].in_se, term))
            moved_by = terms[largest].in_se
            in_se = moved_by if math.isfinite(moved_by) else None
            yield {"what": "coefficients", "terms": len(terms), "largest": largest, "in_se": in_se}
        own_index = self._index_of.get(key.get("spec_id"))
        for side in ("reporter_iso3", "partner_iso3"):
            of_country = key.get("study_id"), key.get(side), key.get("year")
            for cause in self._figures.get(of_country, []):
                if cause.get("index_spec_id") in (None, own_index):
                    yield cause
