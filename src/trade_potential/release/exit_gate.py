"""The gate at the exit: is a new release near enough to the current one to be published unseen?

What is beyond a limit is no proof of an error. It waits until somebody has looked at it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.plain_text import shown
from trade_potential.release.causes import Causes
from trade_potential.release.choices import choices_moved
from trade_potential.release.layout import MANIFEST, ReleaseFolder
from trade_potential.release.mart_files import parquet_files, rows_of
from trade_potential.release.moved import (
    CHECKS,
    Measured,
    answers_moved,
    bounds_of_k,
    coefficients_moved,
    indices_moved,
    rows_gone,
    rows_moved,
)
from trade_potential.release.pair import Pairs

if TYPE_CHECKING:
    import duckdb

ALL = "all"
LOWEST = "k_lowest"
"""The only measure whose limit is a least value."""
BOUNDS = (LOWEST, "k_highest", "k_tenfold_share")
"""Measures of the new release alone: a first release has them, too."""
ENTRY = "exit_gate"
"""Of the manifest."""
FINDINGS_TOLD = 5
"""In one line of a log; the manifest and the status file have all."""

WORDS = {
    "class_share": "answers of another class",
    "lasting_class_share": "answers of another lasting class",
    "k_tenth_share": "answers whose K moved by more than a tenth",
    "k_doubled_share": "answers whose K doubled or halved, came or went",
    "k_largest": "largest change of K in log points",
    "coefficient_largest": "largest change of a coefficient in standard errors",
    "index_largest": "largest change of an index in standard deviations",
    "rank_largest": "largest change of a rank as a share of the economies",
    "choices_changed": "choices that are others",
    "gone_share": "rows that are gone",
    "row_share": "rows where a figure moved by more than a thousandth, or a text",
    "k_lowest": "lowest K",
    "k_highest": "highest K",
    "k_tenfold_share": "share of predicted trade whose K is tenfold away from 1",
}


class Limit(NamedTuple):
    """A row of the seed release_limits.

    Attributes:
        study_id: Study, or all.
        measure: One of WORDS.
        cause: specification, figures, code, or all.
        limit_value: Largest value that is published unseen; of k_lowest the least.
        reason: Why there.
    """

    study_id: str
    measure: str
    cause: str
    limit_value: float
    reason: str


Finding = dict[str, Any]
Verdict = dict[str, Any]


def judge(
    memory: duckdb.DuckDBPyConnection,
    old: ReleaseFolder | None,
    new: ReleaseFolder,
    limits: Sequence[Limit],
) -> Verdict:
    """Compare a release that is about to be published with the current one.

    Nothing is read of marts whose files have the same checksums.

    Args:
        memory: To read both.
        old: The current release; None: there is none.
        new: The next one; has its manifest.
        limits: Rows of release_limits.

    Returns:
        The entry of the manifest: ``status`` (first, passed, beyond, no_limits), ``compared_with``,
        ``beyond`` (findings beyond their limit), ``within`` (all others) and ``told`` (what is gone
        as declared). A current release that cannot be read is a finding.
    """
    import duckdb

    if not limits:
        nothing: list[Any] = []
        compared = old.release_id if old else None
        return {"status": "no_limits", "compared_with": compared, "beyond": nothing,
                "within": nothing, "told": nothing}  # fmt: skip
    measured = [(one, ALL) for one in bounds_of_k(memory, new)]
    told: list[str] = []
    unreadable = []
    if old is not None:
        try:
            both = _Compared(memory, old, new)
            measured += both.measured(limits)
            told = both.told
        except duckdb.InterruptException:
            raise
        except (ReleaseError, OSError, KeyError, TypeError, duckdb.Error) as error:
            unreadable.append(_unreadable(old, error))
    findings = [_finding(one, cause, _limit(one, cause, limits)) for one, cause in measured]
    beyond = unreadable + [found for found in findings if found["is_beyond"]]
    return {
        "status": "beyond" if beyond else "passed" if old else "first",
        "compared_with": old.release_id if old else None,
        "beyond": beyond,
        "within": [found for found in findings if found["value"] and not found["is_beyond"]],
        "told": told,
    }


class _Compared:
    """Two releases: what moved with its cause, and what came and went as declared."""

    def __init__(
        self, memory: duckdb.DuckDBPyConnection, old: ReleaseFolder, new: ReleaseFolder
    ) -> None:
        self._memory, self._old, self._new = memory, old, new
        before, after = old.manifest(), new.manifest()
        self._pairs = Pairs(memory, old, new)
        self._causes = Causes(self._pairs, before, after)
        # Under another key no row of before is found again.
        self._lost = {
            mart: held["rows"]
            for mart, held in sorted(before["marts"].items())
            if mart not in CHECKS and self._pairs.comparable(mart) is None
        }
        self.told: list[str] = []

    def measured(self, limits: Sequence[Limit]) -> Iterator[tuple[Measured, str]]:
        """What moved, and why."""
        answers, studies = answers_moved(self._memory, self._pairs, self._old, self._new)
        self._causes.add_figures(studies)
        for one in (
            *answers,
            *coefficients_moved(self._pairs),
            *indices_moved(self._pairs),
            *choices_moved(self._pairs),
            *self._gone(),
        ):
            yield one, self._causes.of(one.study_id, one.spec_id)
        # It reads all columns of all marts, so only where some limit asks for it.
        cause = self._causes.of(None)
        if any(limit.measure == "row_share" and limit.cause in (ALL, cause) for limit in limits):
            for one in rows_moved(self._pairs, self._new):
                yield one, cause

    def _gone(self) -> Iterator[Measured]:
        """Rows that are gone although their study, specification and estimator are not."""
        for mart, rows in self._lost.items():
            yield Measured("gone_share", mart, None, None, None, 1.0, rows, rows)
        declared = self._declared()
        dropped = set()
        for mart, group, count, of, example in rows_gone(self._memory, self._pairs, self._old):
            spec = group.get("spec_id", group.get("index_spec_id"))
            names = (group["study_id"], spec, group.get("estimator"))
            known = tuple(name for name in names if name is not None)
            if declared is None or known in declared:
                yield Measured("gone_share", mart, *names, count / of, count, of, example)
            else:
                dropped.add(known)
        # Of a study that is gone its specifications are, too.
        self.told += [
            f"{', '.join(known)}: no longer declared, its answers are gone"
            for known in sorted(dropped)
            if not any(known[:size] in dropped for size in range(1, len(known)))
        ]

    def _declared(self) -> set[tuple[str, ...]] | None:
        """Studies, with their specifications and with their estimators; None: not known.

        Every specification that is to be estimated has diagnostics, whatever came of it; every
        index its own.
        """
        found: set[tuple[str, ...]] = set()
        marts = self._new.manifest()["marts"]
        if not {"dim_study", "fct_gravity_diagnostics", "fct_index_diagnostics"} <= marts.keys():
            return None
        for mart, names in (
            ("dim_study", "study_id"),
            ("fct_gravity_diagnostics", "study_id, spec_id, estimator"),
            ("fct_index_diagnostics", "study_id, index_spec_id"),
        ):
            rows = rows_of(parquet_files(self._new.folder, mart))
            for row in self._memory.execute(f"select distinct {names} from {rows}").fetchall():
                found |= {row[:size] for size in range(1, len(row) + 1)}
        return found


def _limit(one: Measured, cause: str, limits: Sequence[Limit]) -> Limit | None:
    """The limit of a measure: that of the study before that of all, then that of the cause."""
    fitting = [
        limit
        for limit in limits
        if limit.measure == one.measure
        and limit.study_id in (ALL, one.study_id)
        and limit.cause in (ALL, cause)
    ]
    return max(fitting, key=lambda limit: (limit.study_id != ALL, limit.cause != ALL), default=None)


def _finding(one: Measured, cause: str, limit: Limit | None) -> Finding:
    """A measure beside its limit, as the manifest has it: null for an infinite value."""
    is_beyond = limit is not None and (
        one.value < limit.limit_value
        if one.measure == LOWEST
        else not one.value <= limit.limit_value
    )
    return {
        **one._asdict(),
        "value": one.value if math.isfinite(one.value) else None,
        "cause": cause,
        "limit": limit.limit_value if limit else None,
        "reason": limit.reason if limit else None,
        "is_beyond": is_beyond,
    }


def _unreadable(old: ReleaseFolder, error: Exception) -> Finding:
    """What cannot be compared cannot have passed."""
    said = " ".join(str(error).split())
    nowhere = Measured("comparison", MANIFEST, None, None, None, math.inf, 0, 0)
    return {
        **_finding(nowhere, ALL, None),
        "reason": f"{old.release_id}, the current release, cannot be read: {said}",
        "is_beyond": True,
    }


def in_words(finding: Finding) -> str:
    """One sentence: study, what moved, how many, by how much at most, cause and limit."""
    if finding["measure"] == "comparison":
        return str(finding["reason"])
    names = [finding[name] for name in ("study_id", "spec_id", "estimator") if finding[name]]
    where = ", ".join([*names, finding["mart"]])
    value = shown(finding["value"]) or "beyond all bounds"
    measure = finding["measure"]
    if measure.endswith("_share"):
        value = f"{finding['rows']} of {finding['of_rows']} ({value})"
    side = "at least" if measure == LOWEST else "at most"
    why = "" if finding["cause"] == ALL else f"; cause: {finding['cause']}"
    text = f"{where}: {WORDS[measure]}: {value}, {side} {shown(finding['limit'])} allowed{why}"
    example = finding["example"]
    if example is None:
        return text
    key = ", ".join(map(str, example["key"].values()))
    return f"{text}; most: {key}{_change(example)}"


def _change(example: dict[str, Any]) -> str:
    """What a row was and is."""
    changes = []
    if example.get("class_before") != example.get("class_after"):
        changes.append(f"{example['class_before'] or 'none'} -> {example['class_after'] or 'none'}")
    if "after" in example:
        was, now = (_number(example[name]) for name in ("before", "after"))
        changes.append(now if example["before"] is None and was != now else f"{was} -> {now}")
    return f" ({', '.join(changes)})" if changes else ""


def _number(value: float | str | None) -> str:
    return value if isinstance(value, str) else shown(value) or "none"


def told_of(verdict: Verdict) -> list[str]:
    """What is beyond its limit in sentences, the first few."""
    found = verdict["beyond"]
    lines = [in_words(finding) for finding in found[:FINDINGS_TOLD]]
    left = len(found) - FINDINGS_TOLD
    return [*lines, f"and {left} more in its {MANIFEST}"] if left > 0 else lines
