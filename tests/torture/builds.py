"""Builds of a copy of the project, in process groups of their own, that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.build.project import Project

POLL_SECONDS = 0.005
BUILD_SECONDS = 1800
"""After this a build hangs."""


class Build:
    """One dbt build under way; the library is that of the copy."""

    def __init__(
        self,
        project: Project,
        *arguments: str,
        prefix: tuple[str, ...] = (),
        module: str = "dbt.cli.main",
        **environment: str,
    ) -> None:
        """Start it; other data must be there before."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "TRADE_"))}
        self.log = project.root / f"build-{time.monotonic_ns()}.log"
        self.started = time.monotonic()
        self._root = project.root / "release"
        self._staged = {path.name for path in self._root.glob(".staging-*")}
        paths = (str(project.root / "src"), str(Path(__file__).resolve().parents[2]))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(*prefix, sys.executable, "-m", module, "--no-use-colors"),
                    *(arguments or ("build",)),
                ],
                cwd=project.root,
                env={
                    **inherited,
                    "DO_NOT_TRACK": "1",
                    "PYTHONPATH": os.pathsep.join(paths),
                    **environment,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def wait(self) -> int:
        """The exit code."""
        return self.process.wait(timeout=BUILD_SECONDS)

    def wait_for_staging(self) -> bool:
        """Wait until this build has begun to write a release; False where it ended before."""
        while self.process.poll() is None:
            if {path.name for path in self._root.glob(".staging-*")} - self._staged:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def sleep(self, seconds: float) -> None:
        """Wait that long, or until the build has ended."""
        try:
            self.process.wait(timeout=max(seconds, 0.0))
        except subprocess.TimeoutExpired:
            return

    def kill(self) -> bool:
        """SIGKILL for the whole group; False where the build had already ended."""
        if self.process.poll() is not None:
            return False
        os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait() == -signal.SIGKILL


def vary(project: Project, step: int) -> None:
    """Other names and another figure, so that no release equals the one before.

    The figure is a trade flow of one large partner in the newest year, moved by a few parts in
    100,000: every estimate of china_world moves with it, and no expectation on the inputs.
    """

    def rename(header: list[str], rows: list[list[str]]) -> None:
        column = header.index("description")
        rows[1][column] = f"{rows[1][column].split(' (step')[0]} (step {step})"

    def name(header: list[str], rows: list[list[str]]) -> None:
        column = header.index("country_name")
        for row in rows:
            if row[0] == "BRA":
                row[column] = f"Brazil {step}"

    def move(header: list[str], rows: list[list[str]]) -> None:
        at = [header.index(c) for c in ("partner_code", "flow", "year")]
        for row in rows:
            if [row[k] for k in at] == ["BRA", "export", "2022"]:
                row[header.index("trade_usd")] = f"{61881245740 + 100_000 * step}.0"

    project.edit_seed("study/studies", rename)
    project.edit_seed("inputs/countries", name)
    project.edit_seed("inputs/trade_flows", move)
