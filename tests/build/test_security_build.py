"""Builds without a network, and with names and vars that would do harm if they were run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from tests.build.project import Project
from tests.torture.builds import Build

from trade_potential.release import verify_all
from trade_potential.release.layout import DATABASE, find
from trade_potential.release.mart_files import literal

pytestmark = pytest.mark.build

NAME = "Robert'); drop schema marts cascade; --"
TEXT = '{{ 1 / 0 }} {% raise %} "it\'s" ${HOME} `id`'
PATH = "it's; drop schema marts cascade; --"
WATCH = """
import os, sys
def watch(event, arguments):
    is_inet = event == 'socket.connect' and isinstance(arguments[1], tuple)
    if is_inet or event in ('socket.getaddrinfo', 'socket.gethostbyname'):
        with open(os.environ['NETWORK_LOG'], 'a') as log:
            log.write(f'{event} {arguments[1:]}\\n')
        raise OSError('no network in a build')
sys.addaudithook(watch)
"""
"""Python reads sitecustomize before anything else: who asks for the network is written down."""


def _without_network() -> tuple[str, ...]:
    """A prefix that runs a command without any network, where this machine has one."""
    if shutil.which("unshare") is None:
        return ()
    prefix = ("unshare", "-n") if os.getuid() == 0 else ("unshare", "-rn")
    return prefix if subprocess.run([*prefix, "true"], check=False).returncode == 0 else ()


def _watched(folder: Path) -> dict[str, str]:
    """Environment in which Python writes down who asks for the network."""
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    return {"NETWORK_LOG": str(folder / "network.log"), "PYTHONPATH": str(folder)}


def test_the_watch_sees_who_asks_for_the_network(tmp_path: Path) -> None:
    code = "import socket; socket.create_connection(('127.0.0.1', 9), 1)"
    environment = _watched(tmp_path)
    said = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert said.returncode != 0
    assert "getaddrinfo" in (tmp_path / "network.log").read_text(encoding="utf-8")


@pytest.mark.slow(reason="a whole build")
def test_build_needs_no_network_and_runs_no_text(tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project")

    def rename(header: list[str], rows: list[list[str]]) -> None:
        for row in rows:
            if row[0] == "BRA":
                row[header.index("country_name")] = NAME

    def describe(header: list[str], rows: list[list[str]]) -> None:
        rows[1][header.index("description")] = TEXT

    project.edit_seed("inputs/countries", rename)
    project.edit_seed("study/studies", describe)
    arguments = ("build", "--vars", f'{{release_path: "{PATH}"}}')
    build = Build(project, *arguments, prefix=_without_network(), **_watched(tmp_path))
    assert build.wait() == 0, build.output[-5000:]
    assert not (tmp_path / "network.log").exists()
    root = project.root / PATH
    assert not any(verify_all(root).values())
    released = find(root, "current")
    assert released.manifest()["vars"] == {"release_path": PATH}
    names = {name for (name,) in project.query("select country_name from marts.dim_country")}
    assert NAME in names
    texts = duckdb.sql(
        f"select description from read_parquet({literal(released.folder)} "  # noqa: S608
        "|| '/marts/dim_study.parquet')"
    ).fetchall()
    assert (TEXT,) in texts
    assert project.mart_count() == len(released.manifest()["marts"])
    assert (released.folder / DATABASE).is_file()
    if not _without_network():
        pytest.skip("no unshare here: only Python was watched, not what it calls")


WHOLE = "not a whole number from 1 to"
PARSED_ANEW = pytest.mark.slow(reason="a parse with another var, as the third")


@pytest.mark.parametrize(
    ("given", "var", "wanted"),
    [
        pytest.param(
            '{audit_max_rows: "1; create schema pwned; --"}',
            "audit_max_rows",
            WHOLE,
            marks=PARSED_ANEW,
        ),
        pytest.param(
            '{gate_max_rows: "1; create schema pwned; --"}',
            "gate_max_rows",
            WHOLE,
            marks=PARSED_ANEW,
        ),
        ('{releases_kept: "1\'; create schema pwned; --"}', "releases_kept", WHOLE),
        pytest.param(
            '{robust_class_share: "0; create schema pwned; --"}',
            "robust_class_share",
            "not a number above 0.5 and up to 1",
            marks=PARSED_ANEW,
        ),
    ],
)
def test_vars_with_sql_are_refused(tmp_path: Path, given: str, var: str, wanted: str) -> None:
    project = Project.copied_to(tmp_path / "project")
    result = project.dbt("build", "--vars", given)
    assert result.returncode == 2
    assert f"the var {var} is " in result.stdout
    assert wanted in result.stdout
    assert "Traceback" not in result.stdout
    if project.database.exists():
        schemas = project.query("select schema_name from information_schema.schemata")
        assert ("pwned",) not in schemas
    assert not (project.root / "release").exists()


def test_header_of_a_seed_is_not_run(tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project")
    column = "x boolean); create table main.pwned(i int); --"

    def plant(header: list[str], rows: list[list[str]]) -> None:  # noqa: ARG001
        header[-1] = column

    project.edit_seed("inputs/countries", plant)
    result = project.dbt("seed", "-s", "countries")
    assert result.returncode == 2
    assert "seeds/inputs/countries.csv, line 1, column " in result.stdout
    assert f'{column}: "the column is unknown"' in result.stdout
    assert "Traceback" not in result.stdout
    assert not project.database.exists()
