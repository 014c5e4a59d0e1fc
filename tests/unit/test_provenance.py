"""What a build begins from: hashed before anything is read, looked at again before the swap."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests import releases
from tests.panels import ROOT

from trade_potential.errors import ReleaseError
from trade_potential.release import current_id, provenance, publish
from trade_potential.release.followed import INSTALLED, FileState
from trade_potential.release.provenance import begin, begun, look_again, note_inputs
from trade_potential.release.secrets import CUT, is_cut, without_secrets


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one file of each kind."""
    root = tmp_path / "project"
    for name, text in {
        "dbt_project.yml": "macro-paths: [macros, own]\nmodel-paths: [models, inputs]\n",
        "uv.lock": "version = 1\n",
        "models/m.sql": "select 1\n",
        "own/x.sql": "{% macro x() %}{% endmacro %}\n",
        "inputs/world/w.parquet": "rows\n",
        "seeds/inputs/s.csv": "a\n1\n",
        "tests/data/t.sql": "select 1 where false\n",
        "tests/unit/test_x.py": "pass\n",
        "models/notes.md": "text\n",
        "models/.hidden/y.sql": "select 2\n",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def own(run: provenance.Run) -> dict[str, FileState]:
    """What a run has noted of the project."""
    return {n: held for n, held in run.files.items() if not n.startswith(INSTALLED)}


def test_a_run_notes_code_seeds_inputs_and_lock_by_size_and_hash(project: Path) -> None:
    found = own(begin("a", project, {}))
    assert sorted(found) == [
        "dbt_project.yml",
        "inputs/world/w.parquet",
        "models/m.sql",
        "own/x.sql",
        "seeds/inputs/s.csv",
        "tests/data/t.sql",
        "uv.lock",
    ]
    assert found["seeds/inputs/s.csv"][:2] == (4, hashlib.sha256(b"a\n1\n").hexdigest())


def test_a_run_notes_the_library_that_runs_and_the_packages(project: Path) -> None:
    run = begin("a", project, {})
    wanted = ("trade_potential/errors.py", "dbt_trade_potential/__init__.py")
    wanted += ("dbt/adapters/tradepostgres/__init__.py", "trade_potential/sql/moments.sql")
    for name in wanted:
        file = ROOT / "src" / name
        held = run.files[INSTALLED + name]
        assert held.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert {"python", "duckdb", "dbt-core", "trade-potential"} <= run.packages.keys()


def test_the_files_of_this_project_are_noted() -> None:
    found = own(begin("a", ROOT, {}))
    for name in (
        "macros/staged.sql", "python_models/release/publish_release.py", "pyproject.toml",
        "uv.lock", "seeds/inputs/_inputs__seeds.yml", "inputs/world/world_trade.parquet",
        "profiles.yml", "tests/generic/input_keeps_rules.sql",
    ):  # fmt: skip
        assert name in found, name


def rewritten(path: Path) -> None:
    path.write_text("other\n", encoding="utf-8")


def put_back(path: Path) -> None:
    """Another file takes its place, and the first one returns as it was."""
    kept = path.rename(path.with_suffix(".kept"))
    path.write_text("other\n", encoding="utf-8")
    kept.replace(path)


def written_back(path: Path) -> None:
    before, times = path.read_bytes(), path.stat()
    path.write_text("other\n", encoding="utf-8")
    path.write_bytes(before)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def appeared(path: Path) -> None:
    shutil.copy(path, path.with_name("new" + path.suffix))


AGAIN = "was rewritten or replaced since the run began, and is again as it was"


@pytest.mark.parametrize(
    "name", ["models/m.sql", "own/x.sql", "inputs/world/w.parquet", "seeds/inputs/s.csv"]
)
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (rewritten, "{}: has changed since the run began"),
        (Path.unlink, "{}: is gone since the run began"),
        (put_back, "{}: " + AGAIN),
        (written_back, "{}: " + AGAIN),
    ],
)
def test_what_changes_meanwhile_is_named(
    project: Path, name: str, change: Callable[[Path], Any], told: str
) -> None:
    run = begin("a", project, {})
    assert run.changed() == []
    change(project / name)
    assert run.changed() == [told.format(name)]


def test_what_appears_meanwhile_is_named_and_text_for_people_is_not(project: Path) -> None:
    run = begin("a", project, {})
    for name in ("models/notes.md", "tests/unit/test_x.py", "models/.hidden/y.sql"):
        rewritten(project / name)
    assert run.changed() == []
    appeared(project / "models/m.sql")
    assert run.changed() == ["models/new.sql: has appeared since the run began"]


def test_many_changes_are_counted(project: Path) -> None:
    run = begin("a", project, {})
    for number in range(provenance.MOST + 3):
        (project / f"models/n{number:02}.sql").touch()
    found = run.changed()
    assert len(found) == provenance.MOST + 1
    assert found[-1] == "and 3 more"


def test_a_package_that_is_replaced_meanwhile_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin("a", project, {})
    other = {**run.packages, "numpy": "0"}
    monkeypatch.setattr(provenance, "installed", lambda: other)
    (said,) = run.changed()
    assert said == f"package numpy: was {run.packages['numpy']} when the run began, and is 0 now"


def test_files_outside_the_project_are_noted_by_their_pattern(
    project: Path, tmp_path: Path
) -> None:
    data = tmp_path / "it's [data]"
    data.mkdir()
    for name in ("a", "b"):
        duckdb.sql("select 1 as x").write_parquet(str(data / f"{name}.parquet"))
    run = begin("a", project, {})
    pattern = f"{tmp_path}/it's [[]data]/**/*.parquet"
    note_inputs("a", {"trade_flows": pattern}, {})
    noted = [name for name in run.files if name.startswith("/")]
    assert noted == [str(data / "a.parquet"), str(data / "b.parquet")]
    assert run.changed() == []
    duckdb.sql("select 2 as x").write_parquet(str(data / "a.parquet"))
    duckdb.sql("select 3 as x").write_parquet(str(data / "c.parquet"))
    (data / "b.parquet").unlink()
    assert run.changed() == [
        f"{data}/a.parquet: has changed since the run began",
        f"{data}/b.parquet: is gone since the run began",
        f"{data}/c.parquet: has appeared since the run began",
    ]


def test_rows_of_tables_are_compared_with_the_beginning_and_with_what_was_loaded(
    project: Path,
) -> None:
    run = begin("a", project, {})
    was = {"rates": ["table lake.rates", 3, "1-2"]}
    note_inputs("a", {}, was)
    assert run.changed() == ["table lake.rates: was not looked at again"]
    loaded = ["table lake.rates", 3, "9-9"]
    look_again("a", was, {"rates": [loaded, loaded]})
    assert run.changed() == []
    look_again("a", {"rates": ["table lake.rates", 4, "1-3"]}, {"rates": [loaded, loaded]})
    assert run.changed() == [
        "table lake.rates: held 3 rows with the checksum 1-2 when the run began, and 4 with 1-3 now"
    ]
    look_again("a", was, {"rates": [["table lake.rates", 2, "8-8"], loaded]})
    assert run.changed() == [
        "table lake.rates: the 2 rows that were loaded are not the 3 rows there"
    ]


def test_a_run_that_nobody_saw_begin_publishes_nothing(project: Path) -> None:
    begin("a", project, {})
    with pytest.raises(ReleaseError, match="run b began from is not known"):
        begun("b")


def test_a_change_while_the_release_is_written_keeps_the_current_one(
    project: Path, tmp_path: Path
) -> None:
    root = tmp_path / "release"
    releases.tiny(root, "first")
    before = releases.contents(root)
    run = begin("a", project, {})
    rewritten(project / "models/m.sql")
    with pytest.raises(ReleaseError, match=r"^models/m\.sql: has changed since the run began$"):
        publish(
            root, {"m": duckdb.sql("select 2 as a")}, session=duckdb.default_connection(),
            keys={"m": ["a"]}, run_id="a", about={"target": "t", "versions": {}}, run=run,
        )  # fmt: skip
    assert releases.contents(root) == before
    assert current_id(root) is not None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"db_password": "hunter2"}, {"db_password": CUT}),
        ({"api_key": "x", "apikey": "y"}, {"api_key": CUT, "apikey": CUT}),
        ({"a": {"AUTH_TOKEN": ["x"]}}, {"a": {"AUTH_TOKEN": CUT}}),
        ({"p": "s3://me:pw@host/x"}, {"p": f"s3://{CUT}@host/x"}),
        (
            {"p": "https://h/a?x=1&X-Amz-Signature=ab%2F&y=2"},
            {"p": f"https://h/a?x=1&{CUT}&y=2"},
        ),
        ({"p": "host=h password=hunter2 port=1"}, {"p": f"host=h {CUT} port=1"}),
        ({"p": "AKIAIOSFODNN7EXAMPLE"}, {"p": CUT}),
        ({"p": "rest of it of-the-environment"}, {"p": f"rest of it {CUT}"}),
    ],
)
def test_values_that_look_secret_are_cut(
    given: dict[str, Any], kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_ENV_SECRET_X", "of-the-environment")
    assert without_secrets(given) == kept
    assert is_cut(kept)


def test_values_that_do_not_look_secret_stay() -> None:
    given = {
        "releases_kept": 3,
        "release_path": "/data/token ring",
        "inputs": {
            "trade_flows": {"parquet": "s3://bucket/flows?region=eu"},
            "country_pairs": {"table": "lake.public.pairs"},
        },
        "keys": ["monkey"],
        "secret": "",
    }
    assert without_secrets(given) == given
    assert not is_cut(given)
