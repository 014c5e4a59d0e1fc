"""Build a release again from what it says it was built from, and compare the marts byte by byte.

Nothing of the project is touched: the recorded commit is unpacked into a temporary folder, which is
built there and removed.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trade_potential.errors import ReleaseError
from trade_potential.progress import Say, silent
from trade_potential.release import regular
from trade_potential.release.code import git_says
from trade_potential.release.csv_files import CSV
from trade_potential.release.datapackage import DATAPACKAGE
from trade_potential.release.disk import checksum
from trade_potential.release.followed import INSTALLED
from trade_potential.release.layout import DATABASE, MARTS, ReleaseFolder, find
from trade_potential.release.packages import installed
from trade_potential.release.provenance import MOST
from trade_potential.release.sbom import SBOM
from trade_potential.release.secrets import is_cut
from trade_potential.release.statement import COMMIT, STATEMENT
from trade_potential.release.verify import complaints
from trade_potential.release.workbook import WORKBOOK

LINES = 15
"""Last lines of a build that failed."""
KEPT = ("DBT_ENV_SECRET", "TRADE_POTENTIAL_MEMORY_LIMIT")
"""Settings of the environment that a build needs here as there; others would lead it elsewhere."""
Build = Callable[[Path, str, Mapping[str, Any]], None]
"""Builds the project in a folder, for a target and with vars."""


@dataclass(frozen=True)
class Reproduced:
    """What building again has shown.

    Attributes:
        release_id: Of the release.
        marts: By name of each file that holds marts or tells of them (Parquet, CSV, workbook, data
            package): identical, differs, missing or new.
        database: Of the DuckDB file: identical; same_tables, where its bytes differ and every
            mart is identical; or differs.
        notes: What is not as it was and stops nothing.
    """

    release_id: str
    marts: dict[str, str]
    database: str
    notes: list[str]

    @property
    def is_same(self) -> bool:
        """Whether every such file has the very bytes."""
        return set(self.marts.values()) <= {"identical"}


def reproduce(
    release: ReleaseFolder, project: Path, *, build: Build | None = None, say: Say = silent
) -> Reproduced:
    """Build a release again.

    Args:
        release: Which.
        project: A checkout whose history has the commit of the release.
        build: What builds; default: dbt of this environment.
        say: Told of each phase.

    Raises:
        ReleaseError: It cannot be built again; the message names what is missing or another.
    """
    say("verify the release")
    wrong = complaints(release)
    if wrong:
        raise ReleaseError(f"{release.release_id} is damaged: {'; '.join(wrong)}")
    said = read_statement(release)
    definition = said["predicate"]["buildDefinition"]
    recorded = {held["name"]: held for held in definition["resolvedDependencies"]}
    commit = recorded.get(COMMIT, {}).get("digest", {}).get("gitCommit")
    _refuse(release, list(_missing(release, definition, recorded, project, commit)))
    given = definition["externalParameters"]
    with TemporaryDirectory(prefix="trade-potential-") as folder:
        copy = Path(folder) / "project"
        say("unpack its code")
        _unpack(project, commit, copy)
        _refuse(release, list(_other_files(recorded, copy, commit)))
        variables = _located(given["vars"], project) | {"release_path": f"{folder}/release"}
        say("build it again", "some minutes")
        (build or _dbt_build)(copy, given["target"], variables)
        say("compare the marts")
        again = find(Path(folder) / "release", "current")
        _refuse(release, list(_other_tables(recorded, read_statement(again))))
        return _compared(release, again, definition["internalParameters"])


def read_statement(release: ReleaseFolder) -> dict[str, Any]:
    """The provenance that lies in a release.

    Raises:
        ReleaseError: There is none.
    """
    path = release.folder / STATEMENT
    try:
        return dict(json.loads(regular.read(path)))
    except (OSError, ValueError) as error:
        raise ReleaseError(
            f"{path}: does not tell what the release was built from ({error})"
        ) from error


def _refuse(release: ReleaseFolder, reasons: list[str]) -> None:
    if reasons:
        more = [f"and {len(reasons) - MOST} more"] if len(reasons) > MOST else []
        raise ReleaseError(
            f"{release.release_id} cannot be built again: {'; '.join(reasons[:MOST] + more)}"
        )


def _missing(
    release: ReleaseFolder,
    definition: Mapping[str, Any],
    recorded: Mapping[str, Any],
    project: Path,
    commit: str | None,
) -> Iterator[str]:
    """What a build needs and is not here."""
    if commit is None:
        yield "it was built without git, so that its commit is not known"
    elif git_says(project, "cat-file", "-e", f"{commit}^{{commit}}") is None:
        yield f"the commit {commit} is not in {project.resolve()} (--from names another checkout)"
    variables = definition["externalParameters"]["vars"]
    for name in sorted(name for name, held in variables.items() if is_cut(held)):
        yield f"the var {name} held what looks like a secret, and was not written down"
    here = installed()
    for component in json.loads(regular.read(release.folder / SBOM))["components"]:
        name, version = component["name"], component["version"]
        if component.get("scope") == "required" and here.get(name) != version:
            found = here.get(name, "not installed")
            yield f"the package {name} was {version} and is {found} (uv.lock of that commit)"
    for name, held in recorded.items():
        if name.startswith("/"):
            path = Path(name)
            if not path.is_file():
                yield f"the input {name} is gone"
            elif checksum(path) != held["digest"]["sha256"]:
                yield f"the input {name} has changed"


def _unpack(project: Path, commit: str | None, to: Path) -> None:
    """The files of a commit, of the project's folder alone where it is part of a repository."""
    to.mkdir()
    archive = to.with_suffix(".tar")
    if git_says(project, "archive", "--format=tar", f"--output={archive}", str(commit)) is None:
        raise ReleaseError(f"{project}: git cannot write the files of {commit}")
    with tarfile.open(archive) as packed:
        packed.extractall(to, filter="data")
    archive.unlink()


def _other_files(recorded: Mapping[str, Any], copy: Path, commit: str | None) -> Iterator[str]:
    """Files that were not those of the commit when the release was built."""
    for name, held in recorded.items():
        if "sha256" not in held["digest"] or name.startswith("/"):
            continue
        file = f"src/{name.removeprefix(INSTALLED)}" if name.startswith(INSTALLED) else name
        path = copy / file
        if not path.is_file():
            yield f"{file} is not in the commit {commit}"
        elif checksum(path) != held["digest"]["sha256"]:
            yield f"{file} was not as in the commit {commit}"


def _other_tables(recorded: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    """Rows outside the project that are others now."""
    now = {
        held["name"]: held["digest"]
        for held in again["predicate"]["buildDefinition"]["resolvedDependencies"]
    }
    for name, held in recorded.items():
        if not {"sha256", "gitCommit"} & held["digest"].keys() and now.get(name) != held["digest"]:
            yield f"the input {name} has changed"


def _located(variables: Mapping[str, Any], project: Path) -> dict[str, Any]:
    """Vars in which files of inputs are found from anywhere."""
    inputs = {
        name: {kind: _absolute(text, project) if kind == "parquet" else text}
        for name, setting in variables.get("inputs", {}).items()
        for kind, text in setting.items()
    }
    return {**variables, **({"inputs": inputs} if inputs else {})}


def _absolute(text: str, project: Path) -> str:
    return text if "://" in text else str(project.resolve() / text)


def _dbt_build(folder: Path, target: str, variables: Mapping[str, Any]) -> None:
    """Run dbt with the code of the folder, its library included.

    Raises:
        ReleaseError: The build fails.
    """
    inherited = {
        name: held
        for name, held in os.environ.items()
        if not name.startswith(("DBT_", "TRADE_POTENTIAL_")) or name.startswith(KEPT)
    }
    said = subprocess.run(  # noqa: S603 (no shell; vars are one argument)
        [
            sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build",
            "--target", target, "--vars", json.dumps(variables),
        ],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(folder / "src"), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if said.returncode:
        last = " | ".join(said.stdout.splitlines()[-LINES:])
        raise ReleaseError(f"the build ended with {said.returncode}: {last}")


def _compared(
    release: ReleaseFolder, again: ReleaseFolder, internal: Mapping[str, Any]
) -> Reproduced:
    was, now = (
        {name: held["sha256"] for name, held in of.manifest()["files"].items()}
        for of in (release, again)
    )
    marts = {
        name: "new" if name not in was
        else "missing" if name not in now
        else "identical" if was[name] == now[name]
        else "differs"
        for name in sorted(was.keys() | now.keys())
        if name.startswith((f"{MARTS}/", f"{CSV}/")) or name in (DATAPACKAGE, WORKBOOK)
    }  # fmt: skip
    is_same = set(marts.values()) <= {"identical"}
    # Its tables hold what the Parquet files hold: both releases have been verified.
    database = "same_tables" if is_same else "differs"
    notes = []
    if internal["processor"] != platform.machine() or internal["platform"] != platform.platform():
        notes.append(
            f"built on {internal['platform']} and again on {platform.platform()}: the last digits "
            "of numbers can differ between machines"
        )
    return Reproduced(
        release.release_id, marts, "identical" if was[DATABASE] == now[DATABASE] else database,
        notes,
    )  # fmt: skip
