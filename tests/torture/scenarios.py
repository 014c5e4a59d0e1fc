"""What else happens to builds: two at once, full disks, folders nobody may write, slow clocks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from tests.build.project import Project
from tests.torture.builds import Build, vary
from tests.torture.state import Known, leftovers

from trade_potential.release import current_id
from trade_potential.release.layout import DATABASE, find

HOLD = (
    "import duckdb, sys, time\n"
    "with duckdb.connect(sys.argv[1], read_only=True): print('held', flush=True); time.sleep(900)\n"
)
ROOM_BYTES = 3 << 20
"""Left on the disk that is too small: less than a release, more than its first files."""
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
"""Root that may write only where the modes say so."""


class Scenarios:
    """One copy of the project, built once; each scenario leaves it fit for the next."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        """Copy the project and publish a first release."""
        self.wrong: list[str] = []
        self.skipped: list[str] = []
        self._say = say
        self._step = 0
        self._folder = folder
        self.project = Project.copied_to(folder / "project")
        self.root = self.project.root / "release"
        self.known = Known(self.root)
        self.expect("the first build", self.build().wait() == 0)
        self.look("the first build")

    def run(self) -> list[str]:
        """Every scenario; what went wrong."""
        path = find(self.root, "current").folder / DATABASE
        with duckdb.connect(path, read_only=True) as reader:
            count = "select count(*) from fct_trade_potential"
            before = reader.execute(count).fetchall()
            self.held_warehouse()
            self.two_on_one_warehouse()
            self.full_disk()
            self.folder_nobody_may_write()
            self.clock_backwards()
            self.two_warehouses()
            self.expect("an open reader reads on", reader.execute(count).fetchall() == before)
        self.expect("an open reader blocks no release", len(self.known.contents) > 3)
        for text in self.skipped:
            self._say(f"skipped: {text}")
        return self.wrong

    def build(self, project: Project | None = None, **settings: object) -> Build:
        """Begin a build of other data than the last one."""
        self._step += 1
        project = project or self.project
        vary(project, self._step)
        return Build(project, **settings)  # type: ignore[arg-type]

    def expect(self, what: str, is_so: bool, output: str = "") -> None:
        """Note what is not as it should be."""
        self._say(f"{'ok' if is_so else 'FAILED'}: {what}")
        if not is_so:
            self.wrong.append(f"{what}: {output[-3000:]}")

    def look(self, what: str) -> None:
        """``current`` is a whole release, and published ones are what they were."""
        wrong = self.known.look()
        wrong += [f"{name} is left" for name in leftovers(self.root)]
        self.expect(f"{what}: current is whole", not wrong, "; ".join(wrong))

    def refused(self, what: str, build: Build, code: int, *texts: str) -> None:
        """A build ends with a code and a message, and changes nothing."""
        before = current_id(self.root)
        found = build.wait()
        said = " ".join(build.output.split())
        for text in texts:
            self.expect(f"{what}: says {text!r}", text in said, build.output)
        self.expect(f"{what}: ends with {code}", found == code, f"{found}")
        self.expect(f"{what}: publishes nothing", current_id(self.root) == before)
        self.look(what)

    def held_warehouse(self) -> None:
        """A reader of the warehouse, not of a release."""
        what = "a reader holds the warehouse"
        arguments = [sys.executable, "-c", HOLD, self.project.database]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout is not None
            holder.stdout.readline()
            started = time.monotonic()
            self.refused(what, self.build(), 2, "Conflicting lock is held", str(holder.pid))
            self._say(f"{what}: refused after {time.monotonic() - started:.0f} s")
            holder.kill()

    def two_on_one_warehouse(self) -> None:
        """Both begin at once: one builds, the other is refused."""
        what = "two builds on one warehouse"
        pair = [self.build(), Build(self.project)]
        codes = [build.wait() for build in pair]
        self.expect(f"{what}: one publishes, one is refused ({codes})", sorted(codes) == [0, 2])
        for build, code in zip(pair, codes, strict=True):
            if code:
                self.expect(f"{what}: says so", "Conflicting lock" in build.output, build.output)
        self.look(what)

    def full_disk(self) -> None:
        """A disk with room for some of the files of a release."""
        what = "a full disk"
        with _mounted(self._folder / "disk", self.root) as disk:
            if disk is None:
                self.skipped.append(f"{what}: only root may mount one; tests/unit limits files")
                return
            with self._released_at(disk):
                self.refused(what, self.build(), 1, "No space left", "nothing is published")

    def folder_nobody_may_write(self) -> None:
        """The folder of the releases is read-only for the user of the build."""
        what = "a folder that may not be written"
        prefix = WITHOUT_RIGHTS if os.getuid() == 0 else ()
        if prefix and shutil.which(prefix[0]) is None:
            self.skipped.append(f"{what}: root may write anywhere, and there is no setpriv")
            return
        self.root.chmod(0o555)
        build = self.build(prefix=prefix)
        self.refused(what, build, 1, "Permission denied: let this user write there")
        self.root.chmod(0o755)

    def clock_backwards(self) -> None:
        """A build ten years before the release that it follows."""
        what = "a clock that goes backwards"
        before = find(self.root, "current")
        build = self.build(module="tests.torture.clock")
        self.expect(f"{what}: is built", build.wait() == 0, build.output)
        now = find(self.root, "current")
        dates = [one.manifest()["published_at"] for one in (before, now)]
        self.expect(f"{what}: newer release, older date", dates[1] < dates[0], str(dates))
        self.expect(f"{what}: sequence goes on", now.sequence == before.sequence + 1)
        self.look(what)

    def two_warehouses(self) -> None:
        """Two copies of the project publish to one place."""
        what = "two builds on two warehouses"
        other = Project.copied_to(self._folder / "other")
        (other.root / "release").symlink_to(self.root)
        before = find(self.root, "current").sequence
        pair = [self.build(), self.build(other)]
        codes = [build.wait() for build in pair]
        self.expect(f"{what}: both publish", codes == [0, 0], pair[0].output + pair[1].output)
        now = find(self.root, "current").sequence
        self.expect(f"{what}: one after the other", now == before + 2, f"{before} {now}")
        self.look(what)

    @contextmanager
    def _released_at(self, place: Path) -> Iterator[None]:
        """The folder of the releases is another, for a while."""
        kept, known = self.root.with_name("kept"), self.known
        self.root.rename(kept)
        self.root.symlink_to(place)
        self.known = Known(self.root)
        self.known.look()
        try:
            yield
        finally:
            self.root.unlink()
            kept.rename(self.root)
            self.known = known


@contextmanager
def _mounted(folder: Path, releases: Path) -> Iterator[Path | None]:
    """A small disk that holds the current release; None where this user may not mount one."""
    current = find(releases, "current").folder
    size = sum(path.stat().st_size for path in current.rglob("*")) + ROOM_BYTES
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(["mount", *options], check=False).returncode:
        yield None
        return
    try:
        shutil.copytree(current, folder / current.name)
        (folder / "current").symlink_to(current.name)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def run(folder: Path, say: Callable[[str], None]) -> list[str]:
    """What went wrong in all scenarios."""
    return Scenarios(folder, say).run()
