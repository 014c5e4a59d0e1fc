"""What a report says: verdict, refused rows, warnings and checks, from rows as they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, NamedTuple

from trade_potential.quality.complaints import SAMPLED, Complaint

Of = Literal["release", "build", "check"]
Verdict = Literal["passed", "held", "refused", "failed"]
ERROR = "error"
COUNTS = ("rows_checked", "rows_total", "failing_count", "acknowledged_count", "new_count")
GATE_TEST = "gate_has_no_errors"
"""Tells of the checks of severity error themselves; other tests of rows of their own."""


class Check(NamedTuple):
    """One expectation of the gate: the columns of fct_quality_results."""

    check_id: str
    suite: str
    file: str
    expectation: str
    column_name: str
    rule: str
    severity: str
    observed: str
    limit_value: str
    failing_keys: str
    rows_checked: int
    rows_total: int
    failing_count: int
    acknowledged_count: int
    new_count: int
    passed: bool

    @property
    def is_sample(self) -> bool:
        """Whether a sample of the rows was read."""
        return SAMPLED in self.observed


class Acknowledgement(NamedTuple):
    """A row of acknowledged_warnings: who has looked into a warning, and what was found."""

    check_id: str
    row_pattern: str
    acknowledged_by: str
    acknowledged_on: str
    reason: str


class Failed(NamedTuple):
    """A node of dbt that could not be computed."""

    name: str
    file: str
    message: str


class Failing(NamedTuple):
    """A test that refuses or warns: its name, and how many rows it has returned."""

    name: str
    failures: int


class Ran(NamedTuple):
    """A run, and what stands now.

    Attributes:
        run_id: Of dbt; None: dbt was not run.
        at: When it ended, UTC.
        status: What came of publishing: published, held or failed; None: it was not tried.
        release_id: What was published or is held.
        current: The release that is current now.
        current_page: Its own report, from the page; None: it has none.
    """

    run_id: str | None
    at: str
    status: str | None = None
    release_id: str | None = None
    current: str | None = None
    current_page: str | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that a page or document says.

    Attributes:
        of: What it is of.
        verdict: In one word.
        sentence: In a sentence.
        ran: The run; None: of a release, of which equal rows are to give equal bytes.
        complaints: Refused rows.
        unlisted: How many more there are.
        warned: Rows that a check of the rows warns of.
        failing: Tests that refuse.
        warning: Tests that warn, but for that of the gate.
        failed: Nodes that could not be computed.
        checks: Of the gate; none: it was not reached.
        acknowledged: Of those checks of them that have failed.
    """

    of: Of
    verdict: Verdict
    sentence: str
    ran: Ran | None = None
    complaints: tuple[Complaint, ...] = ()
    unlisted: int = 0
    warned: tuple[Complaint, ...] = ()
    failing: tuple[Failing, ...] = ()
    warning: tuple[Failing, ...] = ()
    failed: tuple[Failed, ...] = ()
    checks: tuple[Check, ...] = ()
    acknowledged: tuple[Acknowledgement, ...] = ()

    @property
    def errors(self) -> list[Check]:
        """Checks that refuse."""
        return [of for of in self.checks if not of.passed and of.severity == ERROR]

    @property
    def news(self) -> list[Check]:
        """Warnings of which some row is acknowledged by nobody."""
        return [of for of in self.checks if _warns(of) and (of.new_count or not of.failing_count)]

    @property
    def known(self) -> list[Check]:
        """Warnings of which some row is acknowledged."""
        return [of for of in self.checks if _warns(of) and of.acknowledged_count]

    @property
    def passed(self) -> list[Check]:
        """Checks that hold."""
        return [of for of in self.checks if of.passed]

    @property
    def counts(self) -> dict[str, int]:
        """How many of everything."""
        return {
            "complaints": len(self.complaints),
            "unlisted_complaints": self.unlisted,
            "refused_rows": rows_of(self.complaints) + self.unlisted,
            "refused_files": len({of.file for of in self.complaints if of.file}),
            "broken_rules": len({(of.file, of.column, of.rule) for of in self.complaints}),
            "failed_models": len(self.failed),
            "inputs": len({of.suite for of in self.checks}),
            "checks": len(self.checks),
            "checks_passed": len(self.passed),
            "checks_of_a_sample": sum(of.is_sample for of in self.checks),
            "errors": len(self.errors),
            "warnings": sum(map(_warns, self.checks)),
            "new_warnings": len(self.news),
            "new_rows": sum(of.new_count for of in self.checks if _warns(of)),
            "acknowledged_rows": sum(of.acknowledged_count for of in self.checks),
        }


def _warns(of: Check) -> bool:
    return not of.passed and of.severity != ERROR


def checks_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Check, ...]:
    """Checks from rows by name of the column, values of their type or as text, in a fixed order."""
    found = []
    for row in rows:
        values: dict[str, Any] = {name: _text(row[name]) for name in Check._fields}
        values |= {name: int(values[name] or 0) for name in COUNTS}
        found.append(Check(**values | {"passed": values["passed"].lower() == "true"}))
    return tuple(sorted(found))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def acknowledgements_of(
    rows: Iterable[Mapping[str, Any]], checks: Iterable[Check]
) -> tuple[Acknowledgement, ...]:
    """Acknowledgements of checks that have failed, from rows of the seed, in a fixed order."""
    failed = {of.check_id for of in checks if not of.passed}
    found = [
        Acknowledgement(*(_text(row[name]) for name in Acknowledgement._fields)) for row in rows
    ]
    return tuple(sorted(of for of in found if of.check_id in failed))


def unlisted(
    complaints: Sequence[Complaint], failing: Iterable[Failing], checks: Iterable[Check]
) -> int:
    """How many rows are refused that no complaint lists: of a rule some, of many rows."""
    errors = [of for of in checks if not of.passed and of.severity == ERROR]
    told = sum(of.failures for of in failing if of.name != GATE_TEST)
    told += sum(max(of.failing_count, 1) for of in errors)
    return max(told - len(complaints), 0)


def rows_of(complaints: Iterable[Complaint]) -> int:
    """How many rows complaints are about: one may break several rules."""
    return len({(of.file, of.row, of.key, *_itself(of)) for of in complaints})


def _itself(of: Complaint) -> tuple[Any, ...]:
    """What tells apart complaints that name no row."""
    return () if of.row is not None or of.key else (of.column, of.value, of.rule)


def by_file(complaints: Iterable[Complaint]) -> list[tuple[str | None, list[Complaint]]]:
    """Complaints of each file in the order of its rows; what is of no file comes last."""
    ordered = sorted(
        complaints,
        key=lambda of: (of.file is None, of.file or "", of.row or 0, of.column or "", of.rule),
    )
    return [(file, list(rows)) for file, rows in groupby(ordered, key=lambda of: of.file)]
