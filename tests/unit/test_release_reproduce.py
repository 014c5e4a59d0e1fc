"""Building a release again: from its commit, its inputs and its packages, or a refusal by name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.panels import ROOT

from trade_potential.cli import main
from trade_potential.errors import ReleaseError
from trade_potential.release import ReleaseFolder, publish
from trade_potential.release.manifest import versions
from trade_potential.release.provenance import begin, look_again, note_inputs
from trade_potential.release.reproduce import Build, reproduce

pytestmark = pytest.mark.slow(reason="releases are built again")

MODULE = "trade_potential.release.reproduce"


def git(folder: Path, *arguments: str) -> None:
    names = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in whose folder `it's one` a project with this library lies, committed."""
    project = tmp_path_factory.mktemp("repository") / "it's one"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", project / "src", ignore=ignored)
    (project / "seeds").mkdir()
    (project / "seeds" / "s.csv").write_text("a\n1\n", encoding="utf-8")
    git(project.parent, "init", "--quiet")
    git(project.parent, "add", ".")
    git(project.parent, "commit", "--quiet", "--message", "one")
    return project


@pytest.fixture
def project(checkout: Path, tmp_path: Path) -> Path:
    """A clone of it, which may be changed."""
    git(tmp_path, "clone", "--quiet", str(checkout.parent), "clone")
    return tmp_path / "clone" / "it's one"


def built(
    project: Path,
    root: Path,
    *,
    run_id: str = "first",
    variables: Mapping[str, Any] | None = None,
    pattern: str | None = None,
    table: tuple[str, int, str] | None = None,
    value: int = 1,
) -> ReleaseFolder:
    """A release of one mart, as a build publishes it."""
    run = begin(run_id, project, variables or {})
    tables = {"t": table} if table else {}
    note_inputs(run_id, {"i": pattern} if pattern else {}, tables)
    look_again(run_id, tables, {})
    about = {"target": "duckdb", "vars": run.variables, "versions": versions(), "code": run.code}
    return publish(
        root, {"m": duckdb.sql(f"select {value} as a")},
        session=duckdb.default_connection(), keys={"m": ["a"]}, run_id=run_id, about=about, run=run,
    ).release  # fmt: skip


def building(**more: Any) -> Build:
    """A build of the unpacked project."""

    def build(folder: Path, target: str, variables: Mapping[str, Any]) -> None:
        assert target == "duckdb"
        assert (folder / "seeds" / "s.csv").read_text(encoding="utf-8") == "a\n1\n"
        root = Path(variables["release_path"])
        built(folder, root, run_id="again", variables=variables, **more)

    return build


def test_the_same_marts_are_identical(project: Path, tmp_path: Path) -> None:
    release = built(project, tmp_path / "release")
    # What lies in the folder today is not what is built.
    (project / "seeds" / "s.csv").write_text("a\n2\n", encoding="utf-8")
    found = reproduce(release, project, build=building())
    assert found.is_same
    assert found.marts == {"marts/m.parquet": "identical"}
    assert found.database in ("identical", "same_tables")
    assert found.notes == []


def test_another_mart_differs(project: Path, tmp_path: Path) -> None:
    release = built(project, tmp_path / "release")
    found = reproduce(release, project, build=building(value=2))
    assert not found.is_same
    assert (found.marts, found.database) == ({"marts/m.parquet": "differs"}, "differs")


def test_vars_and_files_of_inputs_are_those_of_the_release(project: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    duckdb.sql("select 1 as x").write_parquet(str(data / "i.parquet"))
    variables = {"releases_kept": 3, "inputs": {"i": {"parquet": "../../data"}}}
    pattern = f"{data}/**/*.parquet"
    release = built(project, tmp_path / "release", variables=variables, pattern=pattern)
    seen: dict[str, Any] = {}

    def build(folder: Path, target: str, given: Mapping[str, Any]) -> None:
        seen.update(given)
        building(pattern=pattern)(folder, target, given)

    assert reproduce(release, project, build=build).is_same
    assert seen.pop("release_path")
    assert seen == {
        "releases_kept": 3,
        "inputs": {"i": {"parquet": str(project.resolve() / "../../data")}},
    }
    duckdb.sql("select 2 as x").write_parquet(str(data / "i.parquet"))
    with pytest.raises(ReleaseError, match=r"the input .*/i\.parquet has changed$"):
        reproduce(release, project, build=build)
    (data / "i.parquet").unlink()
    with pytest.raises(ReleaseError, match=r"the input .*/i\.parquet is gone$"):
        reproduce(release, project, build=build)


def test_rows_of_a_table_that_are_others_are_refused(project: Path, tmp_path: Path) -> None:
    release = built(project, tmp_path / "release", table=("table lake.rates", 3, "1"))
    assert reproduce(release, project, build=building(table=("table lake.rates", 3, "1"))).is_same
    with pytest.raises(ReleaseError, match=r"the input table lake\.rates has changed$"):
        reproduce(release, project, build=building(table=("table lake.rates", 3, "2")))


def never(*_: Any) -> None:
    raise AssertionError("nothing is to be built")


def test_a_tree_that_was_dirty_is_refused_by_file(project: Path, tmp_path: Path) -> None:
    (project / "seeds" / "s.csv").write_text("a\n2\n", encoding="utf-8")
    (project / "seeds" / "new.csv").write_text("a\n", encoding="utf-8")
    release = built(project, tmp_path / "release")
    said = r"seeds/new\.csv is not in the commit \w+; seeds/s\.csv was not as in the commit \w+$"
    with pytest.raises(ReleaseError, match=said):
        reproduce(release, project, build=never)


def test_a_commit_that_is_not_there_is_refused(project: Path, tmp_path: Path) -> None:
    release = built(project, tmp_path / "release")
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    with pytest.raises(ReleaseError, match=r"the commit \w{40} is not in .*/other"):
        reproduce(release, other, build=never)


def test_a_release_without_a_commit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    release = built(tmp_path, tmp_path / "release")
    with pytest.raises(ReleaseError, match="built without git"):
        reproduce(release, tmp_path, build=never)


def test_other_packages_are_refused_by_name(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = built(project, tmp_path / "release")
    there = sys.modules[MODULE].installed()
    # A package of the developers makes no number.
    here = {**there, "numpy": "0", "pytest": "0"}
    del here["pandas"]
    monkeypatch.setattr(sys.modules[MODULE], "installed", lambda: here)
    said = (
        rf"the package numpy was {there['numpy']} and is 0 \(uv\.lock of that commit\); "
        rf"the package pandas was {there['pandas']} and is not installed"
    )
    with pytest.raises(ReleaseError, match=said):
        reproduce(release, project, build=never)


def test_a_secret_that_was_cut_is_refused(project: Path, tmp_path: Path) -> None:
    release = built(project, tmp_path / "release", variables={"api_token": "x"})
    with pytest.raises(ReleaseError, match="the var api_token held what looks like a secret"):
        reproduce(release, project, build=never)


def test_a_damaged_release_is_refused(project: Path, tmp_path: Path) -> None:
    release = built(project, tmp_path / "release")
    path = release.folder / "provenance.json"
    path.chmod(0o644)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"is damaged: .*/provenance\.json: has changed"):
        reproduce(release, project, build=never)


def test_the_command_says_what_differs(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    release = built(project, tmp_path / "release")
    command = ["releases", "reproduce", "current", "--from", str(project)]
    command += ["--release-path", str(tmp_path / "release")]
    monkeypatch.setattr(sys.modules[MODULE], "_dbt_build", building())
    assert main([*command, "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["release_id"], said["is_same"]) == (release.release_id, True)
    monkeypatch.setattr(sys.modules[MODULE], "_dbt_build", building(value=2))
    assert main(command) == 3
    assert capsys.readouterr().out == (
        f"{release.release_id}: 0 of 1 files of marts are identical, DuckDB file: differs\n"
        "marts/m.parquet: differs\n"
    )
    assert main([*command[:-1], str(tmp_path / "none")]) == 3
    assert "no such directory" in capsys.readouterr().err
