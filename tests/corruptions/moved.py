"""Whether a mistake that the gate does not notice moves a class of what is published.

A copy of the project is built once; all that hangs below the changed inputs is built again with
the mistake, and the classes of both are compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from tests.build.forks import Server
from tests.build.project import ROOT, Project
from tests.corruptions.harness import Verdict
from tests.corruptions.inputs import Inputs
from tests.corruptions.kinds import applied
from tests.corruptions.written import write
from tests.mutants.__main__ import project_digest
from tests.mutants.lane import first_complaint, results_of, run_dbt

FOLDER = ROOT / "build" / "corruptions"
CLASSES = (
    "select study_id, spec_id, estimator, reporter_iso3, partner_iso3, year, potential_class"
    " from {database}.marts.fct_trade_potential"
)


def moved(verdicts: Sequence[Verdict]) -> Iterator[tuple[Verdict, str]]:
    """Each mistake, and in words how many classes move, or what stops its build."""
    base, server = _base(), Server()
    inputs = Inputs(base.root)
    shutil.rmtree(FOLDER / "lane", ignore_errors=True)
    lane = base.built_copy(FOLDER / "lane")
    for verdict in verdicts:
        changed = applied(verdict.kind, inputs.frames, verdict.economy)
        write(lane.root, inputs, changed)
        try:
            below = [_node(inputs, file) for file in changed]
            done = run_dbt(server, lane.root, "build", "--select", *below)
            if done.returncode:
                node, said = first_complaint(results_of(lane.root), done.stdout + done.stderr)
                yield verdict, f"stopped by {node}: {said[:200]}"
            else:
                yield verdict, "{} of {} classes move".format(*_classes(base, lane))
        finally:
            _set_back(base, lane, inputs, list(changed))


def _base() -> Project:
    """The whole project as it is, built once for a state of its files."""
    root, stamp, state = FOLDER / "base", FOLDER / "base.txt", project_digest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return Project(root)
    shutil.rmtree(root, ignore_errors=True)
    project = Project.copied_to(root, whole_world=True)
    done = run_dbt(Server(), root, "build", "--exclude", "publish_release")
    if done.returncode:
        raise SystemExit(f"the build without a mistake fails:\n{done.stdout[-4000:]}")
    stamp.write_text(state, encoding="utf-8")
    return project


def _node(inputs: Inputs, file: str) -> str:
    """What `dbt build --select` calls an input and all below it."""
    return f"{file}+" if inputs.declared[file].kind == "seed" else f"source:inputs.{file}+"


def _classes(base: Project, lane: Project) -> tuple[int, int]:
    """Rows whose class is another one or which are gone, and all."""
    with duckdb.connect() as connection:
        for name, project in (("clean", base), ("mistaken", lane)):
            connection.execute(f"attach '{project.database}' as {name} (read_only)")
        clean, mistaken = (CLASSES.format(database=name) for name in ("clean", "mistaken"))
        lost = f"select count(*) from ({clean} except {mistaken})"  # noqa: S608
        ((count,),) = connection.execute(lost).fetchall()
        ((every,),) = connection.execute(f"select count(*) from ({clean})").fetchall()  # noqa: S608
    return int(count), int(every)


def _set_back(base: Project, lane: Project, inputs: Inputs, files: Sequence[str]) -> None:
    places = [Path(inputs.declared[file].place) for file in files]
    for place in {*places, *(place.with_name("SHA256SUMS") for place in places)}:
        if (base.root / place).exists():
            shutil.copy2(base.root / place, lane.root / place)
    shutil.copy(base.database, lane.database)
    lane.database.with_suffix(".duckdb.wal").unlink(missing_ok=True)
