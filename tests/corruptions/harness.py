"""Corrupt one input at a time, and look what the gate says that it does not say of the clean."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pandas as pd
from tests.corruptions.inputs import Inputs, Rows
from tests.corruptions.kinds import Economy, Kind, applied
from tests.corruptions.remembered import remembering
from tests.corruptions.staged import Staged

from trade_potential.quality import gate_row
from trade_potential.quality.acknowledged import SUITE
from trade_potential.quality.before import CHANGED, GONE, compared
from trade_potential.quality.checks import ROWS
from trade_potential.quality.gate import check_inputs
from trade_potential.quality.series import series_of
from trade_potential.quality.suites import all_checks
from trade_potential.release.series import Kept


class Failed(NamedTuple):
    """A check that failed: what is said of each refused row, by the key of the row."""

    severity: str
    rows: Mapping[str, str]


Said = Mapping[str, Failed]
"""What the gate says, by check."""
ALL_REFUSED = 10_000
REPORTER = "CHN"
CODE = re.compile(r"(?<![.\w])[A-Z]{3}(?![.\w])")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one mistake.

    Attributes:
        kind: The mistake.
        economy: Whose figures; empty: the whole file.
        errors: What stops the build, the first complaint of each check.
        warnings: New ones, likewise.
        files: Inputs that were changed.
        before: What is told where a release of the clean inputs is current, the first series.
    """

    kind: Kind
    economy: Economy
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    files: tuple[str, ...]
    before: tuple[str, ...]

    @property
    def how(self) -> str:
        """error, warning or nothing, of the figures themselves."""
        return "error" if self.errors else "warning" if self.warnings else "nothing"

    @property
    def name(self) -> str:
        """The mistake and the economy."""
        return f"{self.kind.name} [{self.economy.iso3 or 'all'}]"


def said(results: pd.DataFrame) -> Said:
    """What the gate says of its inputs."""
    return {
        str(row["check_id"]): Failed(str(row["severity"]), dict(_complaints(row)))
        for row in results[~results["passed"]].to_dict("records")
    }


def _complaints(row: Mapping[Hashable, object]) -> Iterator[tuple[str, str]]:
    refused = json.loads(str(row["failing_rows"]))
    for each in refused:
        line = "" if each["row"] is None else f", line {each['row']}"
        what = f"{each['file']}{line}: {each['key']} = {each['value']}"
        yield each["key"], f"{row['check_id']}: {what} (rule: {row['rule']})"
    if not refused:
        yield "", f"{row['check_id']}: {row['file']}: {row['observed']} (rule: {row['rule']})"


class Harness:
    """The clean inputs, what the gate says of them, and verdicts of mistakes in them."""

    def __init__(self, project: Path) -> None:
        """Load the inputs of a project."""
        self.inputs = Inputs(project)
        self._staged = Staged(project)
        self.declarations = self.inputs.declarations
        self._known: Said = {}
        self._before = Kept("nothing")
        self.clean = pd.DataFrame()
        self._project = project
        self.series = self.warned = self.unexplained = 0

    def judged(self, cases: Iterable[tuple[Kind, Economy]]) -> Iterator[Verdict]:
        """A verdict for each mistake that changes anything.

        Raises:
            RuntimeError: The clean inputs look otherwise in the end: something remembered was
                not what it would have been, and no verdict holds.
        """
        with remembering(), patch.object(gate_row, "MAX_FAILING_KEYS", ALL_REFUSED):
            self.clean = self._checked(self.inputs.rows)
            self._known = said(self.clean)
            self._before = Kept("the clean inputs", self._series(self.inputs.rows))
            self._count()
            for kind, economy in cases:
                changed = applied(kind, self.inputs.frames, economy)
                if changed:
                    yield self._verdict(kind, economy, changed)
            if not self._checked(self.inputs.rows).equals(self.clean):
                raise RuntimeError("the gate says something else of the same clean inputs")

    def _checked(self, rows: dict[str, Rows]) -> pd.DataFrame:
        return check_inputs(rows, self.declarations)

    def _series(self, rows: dict[str, Rows]) -> pd.DataFrame:
        return series_of(rows, self.declarations)

    def _told_before(self, rows: dict[str, Rows]) -> tuple[str, ...]:
        """The first series that is not what the release before has."""
        found = compared(self._series(rows), self._before, rows, self.declarations)
        other = found[found["status"].isin([CHANGED, GONE])].head(1)
        return tuple(other["file"] + ": " + other["series"] + " = " + other["change"])

    def _count(self) -> None:
        """Series checked (whatever a check looks at that is no row), warnings, and unknown ones."""
        checks = all_checks(self.inputs.frames["indicators"], list(self.inputs.rows))
        of = {check.check_id: (check.suite, check.of) for check in checks if check.of != ROWS}
        series = self.clean[self.clean["check_id"].isin(of)]
        places = series["check_id"].map(of)
        self.series = int(series["rows_checked"].groupby(places).max().sum())
        path = self._project / "seeds" / "study" / "acknowledged_warnings.csv"
        known = check_inputs(self.inputs.rows, self.declarations, pd.read_csv(path, dtype="str"))
        warns = known[(known["severity"] == "warning") & (known["suite"] != SUITE)]
        self.warned = int(warns.loc[~warns["passed"], "failing_count"].sum())
        self.unexplained = int(warns["new_count"].sum())

    def _verdict(self, kind: Kind, economy: Economy, changed: dict[str, pd.DataFrame]) -> Verdict:
        rows = self.inputs.rows_with(changed)
        found = said(self._checked(rows))
        new: dict[str, list[str]] = {"error": [], "warning": []}
        for check, failed in found.items():
            known = self._known[check].rows if check in self._known else {}
            words = [told for key, told in failed.rows.items() if told != known.get(key)]
            if failed.severity == "warning":
                words = [told for told in words if self._is_of(economy, told, known)]
            new[failed.severity] += words[:1]
        return Verdict(
            kind=kind,
            economy=economy,
            errors=(*new["error"], *self._staged.refused(self.inputs.frames, changed)),
            warnings=tuple(new["warning"]),
            files=tuple(changed),
            before=self._told_before(rows),
        )

    @staticmethod
    def _is_of(economy: Economy, told: str, known: Mapping[str, str]) -> bool:
        """Whether a warning tells of this economy, or of a row that no other economy is in.

        What is usual among all economies moves with each of them: a known outlier whose distance
        from it moves tells nothing of the mistake.
        """
        named = set(CODE.findall(told.split(": ", 2)[-1].split(" (rule: ")[0])) - {REPORTER}
        if economy.iso3 and named:
            return bool(named & {economy.iso3, economy.other})
        return told.split(": ", 2)[-1].split(" = ")[0] not in known
