"""What tests cost, in seconds of the processor, which other programs beside them change little."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Iterable
from typing import Any

import pytest

TOLD_ONE_BY_ONE = 1.0
"""CPU seconds from which `--costs` names a test."""
_elsewhere = 0.0
_spent = 0.0


def some_in_ci(cases: Iterable[str], count: int, reason: str) -> list[Any]:
    """Parameters of which only the first so many are not rare."""
    rare = pytest.mark.rare(reason=reason)
    return [pytest.param(case, marks=rare if k >= count else ()) for k, case in enumerate(cases)]


def add(seconds: float) -> None:
    """Count what a process has used that is no child of this one."""
    global _elsewhere
    _elsewhere += seconds


def _now() -> float:
    """CPU seconds so far of this process and the children it has waited for."""
    return sum(os.times()[:4]) + _elsewhere


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--costs", action="store_true", help="print CPU seconds of files and tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No test is left out of `make test` or CI without a reason."""
    for item in items:
        for name in ("slow", "rare"):
            for mark in item.iter_markers(name):
                if not mark.kwargs.get("reason"):
                    raise pytest.UsageError(f"{item.nodeid} is marked {name} without a reason")


def pytest_runtest_logstart() -> None:
    global _spent
    _spent = _now()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note what a phase has cost; what tests share is charged to the first that needs it."""
    global _spent
    report = yield
    before, _spent = _spent, _now()
    report.cpu_seconds = _spent - before
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not terminalreporter.config.getoption("costs"):
        return
    tests: Counter[str] = Counter()
    files: Counter[str] = Counter()
    of_file: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "cpu_seconds"):
                file = report.nodeid.partition("::")[0]
                tests[report.nodeid] += report.cpu_seconds
                files[file] += report.cpu_seconds
                of_file[file] += report.when == "call"
    terminalreporter.section(f"CPU seconds: {files.total():.0f}")
    for file, seconds in files.most_common():
        terminalreporter.line(f"{seconds:8.1f}  {file} ({of_file[file]} tests)")
    terminalreporter.section(f"tests of {TOLD_ONE_BY_ONE:.0f} CPU second or more")
    for test, seconds in tests.most_common():
        if seconds >= TOLD_ONE_BY_ONE:
            terminalreporter.line(f"{seconds:8.1f}  {test}")
