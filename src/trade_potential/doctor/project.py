"""Checks of a checkout of the project, its warehouse and its releases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from trade_potential.doctor.finding import Finding
from trade_potential.errors import ReleaseError

PROJECT = "dbt_project.yml"
PARTS = ("models", "seeds", "macros", "Makefile", "uv.lock")
PROFILE = "trade_potential"
BUILD = "make build makes it"


def is_project(folder: Path) -> bool:
    """Whether the folder is a checkout of the project."""
    return (folder / PROJECT).is_file()


def files(folder: Path) -> Iterator[Finding]:
    """Whether all that a build reads is there.

    Args:
        folder: Of the project.
    """
    if not is_project(folder):
        said = f"{folder.absolute()} is no checkout: commands on files and releases work, no build"
        yield Finding("project", "ok", said)
        return
    lacking = [name for name in PARTS if not (folder / name).exists()]
    if lacking:
        said = f"{folder.absolute()} lacks {', '.join(lacking)}"
        yield Finding("project", "wrong", said, "git status; git restore brings files back")
    else:
        yield Finding("project", "ok", f"{folder.absolute()}")


def profiles(folder: Path, environment: Mapping[str, str]) -> Finding:
    """Whether dbt finds a profile of the project.

    Args:
        folder: Of the project.
        environment: Variables; DBT_PROFILES_DIR names another folder.
    """
    import yaml

    named = environment.get("DBT_PROFILES_DIR")
    where = (Path(named) if named else folder) / "profiles.yml"
    if not where.is_file():
        said = f"no {where}"
        return Finding(
            "profiles",
            "wrong",
            said,
            "git restore profiles.yml profiles; or unset DBT_PROFILES_DIR",
        )
    try:
        held = yaml.safe_load(where.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        said = f"{where}: {' '.join(str(error).split())}"
        return Finding("profiles", "wrong", said, "git restore it")
    if not isinstance(held, dict) or PROFILE not in held:
        said = f"{where} has no profile {PROFILE}"
        return Finding("profiles", "wrong", said, "git restore it, or unset DBT_PROFILES_DIR")
    return Finding("profiles", "ok", f"{where}")


def warehouse(file: Path) -> Finding:
    """Whether the warehouse is there and can be read; nothing is written.

    Args:
        file: The database.
    """
    import duckdb

    from trade_potential.warehouse import HELD

    if not file.exists():
        return Finding("warehouse", "warning", f"no {file}", BUILD)
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            count = connection.execute("select count(*) from duckdb_tables()").fetchone()
    except duckdb.Error as error:
        held = HELD.search(str(error))
        if held:
            said = f"{file}: process {held['pid']} ({held['program']}) writes it"
            return Finding("warehouse", "warning", said, "wait for its end, or read the release")
        said = f"{file}: cannot be read: {str(error).splitlines()[0]}"
        return Finding("warehouse", "wrong", said, "move it away; make build makes it again")
    return Finding("warehouse", "ok", f"{file}, {count[0] if count else 0} tables")


def releases(root: Path) -> Iterator[Finding]:
    """Whether a release is current, and how the last build has ended.

    Args:
        root: Folder of the releases.
    """
    if not root.is_dir():
        yield Finding(
            "releases",
            "warning",
            f"no folder {root}",
            "make build publishes there; --release-path names another",
        )
        return
    yield _current(root)
    yield _last(root)


def _current(root: Path) -> Finding:
    from trade_potential.release.layout import current_id, find

    try:
        name = current_id(root)
        if name is None:
            return Finding("releases", "warning", f"{root}: none is current", BUILD)
        find(root, name).manifest()
    except ReleaseError as error:
        return Finding(
            "releases",
            "wrong",
            " ".join(str(error).split()),
            "trade-potential releases verify; releases rollback",
        )
    return Finding("releases", "ok", f"{root}: {name} is current")


def _last(root: Path) -> Finding:
    file = root / "status.json"
    if not file.is_file():
        return Finding("last build", "ok", f"no {file}: nothing has been told yet")
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        result, at = str(said["result"]), said["at"]
    except (ValueError, KeyError, TypeError) as error:
        return Finding(
            "last build", "wrong", f"{file} is damaged: {error!r}", "the next build writes it again"
        )
    text = f"{result} at {at}"
    if result in ("published", "rejected"):
        return Finding("last build", "ok", text)
    remedy = "trade-potential releases status says more"
    return Finding(
        "last build", "warning", f"{text}: {said.get('message') or ''}".rstrip(": "), remedy
    )
