"""Faults to plant in code, as rows: what is replaced by what in which file, and what a reader gets.

Rows stand in ``faults/*.toml``, by area. Those of ``checks`` were written by someone who had read
the checks, all others before any of them was looked at.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FAULTS = Path(__file__).parent / "faults"


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Attributes:
        area: File of ``faults`` that has it.
        name: What it does, in a few words.
        file: Path within the project.
        old: Text that stands there exactly once; empty: the whole file.
        new: What takes its place; of a whole file nothing, which removes it.
        reader: What it would do to a reader of what is published.
        is_check: Whether it weakens a check. Numbers stay as they are, so that it counts as
            published unless something says that the check is not what it was.
    """

    area: str
    name: str
    file: str
    old: str
    new: str
    reader: str
    is_check: bool = False

    @property
    def needs_whole_build(self) -> bool:
        """Whether a part of a build could not show it: a part publishes nothing.

        A study is compared with the one before.
        """
        return self.is_check or self.area in ("release", "study") or "release" in self.file

    def plant(self, root: Path) -> None:
        """Change the file of a copy of the project."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if not self.old:
            path.unlink()
        elif (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.name}: what it replaces stands {count} times in {self.file}")
        else:
            path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def all_mutants() -> list[Mutant]:
    """Every fault, by area and in the order of the files."""
    return [
        Mutant(area=path.stem, name=name, **row)
        for path in sorted(FAULTS.glob("*.toml"))
        for name, row in tomllib.loads(path.read_text(encoding="utf-8")).items()
    ]
