"""Builds that are killed at random points, readers beside them, and a look after each kill."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.build.project import Project
from tests.torture.builds import Build, vary
from tests.torture.judge import Readers, Verdict
from tests.torture.state import Known, current_id, leftovers, point_of

from trade_potential.release import roll_back

BUILD_AFTER = 5
"""Kills after which a build runs to its end."""
RELEASES_KEPT = 4


@dataclass(frozen=True)
class Settings:
    """How much of it."""

    kills: int = 50
    readers: int = 5
    queries: int = 10_000
    releases: int = 10
    seed: int = 1
    pause: float = 0.15
    near_the_release: float = 0.3
    """Share of the kills that wait until the release is being written."""


@dataclass
class Totals:
    """What came of it; every sentence in ``wrong`` is a failure."""

    kills: int = 0
    points: Counter[str] = field(default_factory=Counter)
    published_by_killed: int = 0
    builds: int = 0
    published: int = 0
    leftovers_named: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    read: Verdict = field(default_factory=Verdict)

    def add(self, other: Totals) -> None:
        """Take the counts of another lane in."""
        for name in ("kills", "published_by_killed", "builds", "published", "leftovers_named"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.points.update(other.points)
        self.seconds = max(self.seconds, other.seconds)
        self.wrong += other.wrong
        self.read.add(other.read)


class Lane:
    """A copy of the project with warehouse and releases of its own, and readers on them."""

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        say: Callable[[str], None],
        *,
        start: Project | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Copy the project; ``start`` is one that is built, in that many seconds."""
        self.settings = settings
        self.totals = Totals()
        self.is_done = False
        self._say = say
        self._folder = folder
        self._random = random.Random(settings.seed)  # noqa: S311 (no secret)
        self._step = 0
        self._whole, self._writing = seconds, 0.0
        if start is None:
            self.project = Project.copied_to(folder / "project")
        else:
            folder.mkdir()
            copied = shutil.copytree(start.root, folder / "project", symlinks=True)
            self.project = Project(Path(copied))
        self.root = self.project.root / "release"
        self.known = Known(self.root)
        settings_file = self.project.root / "dbt_project.yml"
        text = settings_file.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^  releases_kept: \d+", f"  releases_kept: {RELEASES_KEPT}", text)
        settings_file.write_text(text, encoding="utf-8")

    def run(self) -> Totals:
        """Kill and build until there is enough of everything."""
        if current_id(self.root) is None:
            self.build()
        self._wrong_if(self.known.look())
        if self.totals.wrong:
            return self.totals
        wanted = self.settings
        with tempfile.TemporaryDirectory(dir=self._folder) as logs:
            readers = Readers(
                self.root, Path(logs), count=wanted.readers, seed=wanted.seed, pause=wanted.pause
            )
            try:
                while self.totals.kills < wanted.kills:
                    self.kill()
                    if self.totals.kills % BUILD_AFTER == 0 or self.totals.kills == wanted.kills:
                        self.build()
                        self.swap_back_and_forth()
                while self._releases() < wanted.releases or readers.queries() < wanted.queries:
                    self.build()
                    if self.totals.wrong:
                        break
            finally:
                self.totals.read = readers.stop(self.known.contents)
        self.is_done = True
        return self.totals

    def _releases(self) -> int:
        return len(self.known.contents)

    def build(self) -> str:
        """A build that must succeed, publish, and name what killed builds have left."""
        before, left = current_id(self.root), leftovers(self.root)
        build = self._start()
        build.wait_for_staging()
        until_release = build.seconds
        code = build.wait()
        self.totals.builds += 1
        self._whole, self._writing = build.seconds, build.seconds - until_release
        self.totals.seconds = build.seconds
        said = build.output
        if code or "Published " not in said:
            self._wrong(f"a build ended with {code}: {said[-2000:]}")
        self._wrong_if(self.known.look())
        if self.known.current == before:
            self._wrong("a build has published nothing")
        unnamed = [name for name in left if f"removed {name}" not in said]
        self._wrong_if([f"{name} was left, and no build said so" for name in unnamed])
        self._wrong_if([f"{name} is left after a build" for name in leftovers(self.root)])
        self.totals.leftovers_named += len(left) - len(unnamed)
        self.totals.published += 1
        self._say(
            f"built {self.known.current} in {build.seconds:.0f} s"
            + (f", which removed {', '.join(sorted(left))}" if left else "")
        )
        build.log.unlink()
        return said

    def kill(self) -> None:
        """A build that is killed; ``current`` is what it was or a newly complete release."""
        before, left = current_id(self.root), leftovers(self.root)
        build = self._start()
        if self._random.random() < self.settings.near_the_release:
            plan = self._random.uniform(0.0, 1.2 * self._writing)
            if build.wait_for_staging():
                build.sleep(plan)
        else:
            build.sleep(self._random.uniform(0.0, self._whole))
        at = build.seconds
        if build.kill():
            self.totals.kills += 1
            point = point_of(self.root, before)
            if not leftovers(self.root) - left and point.startswith(("while", "complete")):
                point = "before the release was begun"
            self.totals.points[point] += 1
        else:
            point = "too late, the build had ended"
            self.totals.builds += 1
            self.totals.published += 1
            if build.process.returncode:
                self._wrong(
                    f"a build ended with {build.process.returncode}: {build.output[-2000:]}"
                )
        self._wrong_if(self.known.look())
        self.totals.published_by_killed += point == "after the link had moved"
        self._say(
            f"kill {self.totals.kills}/{self.settings.kills} at {at:.1f} s: {point}; "
            f"current is {self.known.current}"
        )
        build.log.unlink()

    def swap_back_and_forth(self) -> None:
        """More swaps for the readers: the release before, and this one again."""
        newest = current_id(self.root)
        try:
            roll_back(self.root)
            self._wrong_if(self.known.look(rolled_back=True))
            roll_back(self.root, newest)
        except Exception as error:
            self._wrong(f"a rollback failed: {error}")
        self._wrong_if(self.known.look())

    def _start(self) -> Build:
        self._step += 1
        vary(self.project, self._step)
        return Build(self.project)

    def _wrong_if(self, texts: list[str]) -> None:
        for text in texts:
            self._wrong(text)

    def _wrong(self, text: str) -> None:
        self.totals.wrong.append(text)
        self._say(f"FAILED: {text}")
