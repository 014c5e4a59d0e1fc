"""A build's refusals of rows without the build: in seconds, in memory, nothing written.

The very contract of the seeds, tests and models of a build run on a database in memory
(decision 044). What needs figures to be estimated, or the whole gate, is left to the build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from trade_potential.errors import InputError
from trade_potential.quality.complaints import Complaint, sentence, told
from trade_potential.quality.own_folder import complaints_of_own, located
from trade_potential.quality.seed_files import complaints_of_seeds
from trade_potential.quality.source_files import complaints_of_sources
from trade_potential.rehearsal.compiled import compiled, digest_of, kept
from trade_potential.rehearsal.run import Rehearsal


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a rehearsal has found.

    Attributes:
        refused: What a build would refuse, in the order of files and lines.
        warned: What a build would warn of and publish.
        stage: How far it went: form (of the files), rows or sample.
    """

    refused: tuple[Complaint, ...]
    warned: tuple[Complaint, ...] = ()
    stage: str = "form"

    @property
    def lines(self) -> list[str]:
        """One sentence for each refusal: file, line, column, value, rule."""
        return [sentence(complaint) for complaint in self.refused]

    @property
    def warnings(self) -> list[str]:
        """One sentence for each warning."""
        return [sentence(complaint) for complaint in self.warned]


def check(
    project: Path | str = ".",
    *,
    studies: Sequence[str] | None = None,
    variables: Mapping[str, Any] | None = None,
    until: Literal["rows", "sample"] = "sample",
    progress: Callable[[str, str], None] | None = None,
    may_compile: bool = True,
) -> Checked | None:
    """Find what a build would refuse of the rows of a project.

    Args:
        project: Its folder.
        studies: Studies whose samples are made; None: all. Rows of all studies are checked.
        variables: Vars as `dbt build --vars` takes them.
        until: rows: seeds beside each other; sample: also what is left of every study.
        progress: Is told the stage and the node at work.
        may_compile: Whether dbt may read the project anew, half a minute, where its SQL or YAML
            has changed since it did.

    Returns:
        What was found; each stage presumes that the one before has refused nothing. None: rules
        have changed and may not be compiled.

    Raises:
        InputError: No such project or study, dbt cannot compile it, or a model of it cannot be run.
    """
    folder = Path(project).resolve()
    say = progress or (lambda *_: None)
    if not (folder / "dbt_project.yml").is_file():
        raise InputError(f"{project} is no project: it has no dbt_project.yml")
    say("files", "")
    own = complaints_of_own(located(folder))
    form = told([complaints_of_seeds(folder), complaints_of_sources(folder), own])
    if form.complaints:
        return Checked(refused=tuple(form.complaints))
    digest = digest_of(folder, variables)
    plan = kept(folder, digest)
    if plan is None:
        if not may_compile:
            return None
        say("rules", "they have changed: dbt reads them, half a minute")
        plan = compiled(folder, variables, digest)
    rehearsal = Rehearsal(folder, plan)
    rehearsal.run("rows", lambda name: say("rows", name))
    if rehearsal.refused or until == "rows":
        return _checked(rehearsal, "rows")
    rehearsal.keep_panels(studies)
    rehearsal.run("sample", lambda name: say("sample", name))
    return _checked(rehearsal, "sample")


def _checked(rehearsal: Rehearsal, stage: str) -> Checked:
    return Checked(
        refused=_in_order(rehearsal.refused), warned=_in_order(rehearsal.warned), stage=stage
    )


def _in_order(found: Sequence[Complaint]) -> tuple[Complaint, ...]:
    """In the order of their places, each once."""
    order = sorted(dict.fromkeys(found), key=lambda of: (of.file or "", of.row or 0, sentence(of)))
    return tuple(order)
