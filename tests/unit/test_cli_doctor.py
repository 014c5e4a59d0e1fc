"""The doctor: each thing made wrong is found, with what to do, and nothing ends the command."""

from __future__ import annotations

import json
import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import duckdb
import pytest
from tests.unit.answer_release import released

from trade_potential import doctor
from trade_potential.cli import main
from trade_potential.cli.doctor import text
from trade_potential.doctor import installation, machine, project
from trade_potential.doctor.finding import Finding, guarded


def state(found: Finding | list[Finding]) -> set[str]:
    return {one.state for one in ([found] if isinstance(found, Finding) else found)}


def has_remedies(*found: Finding) -> bool:
    return all(one.remedy and "\n" not in one.remedy for one in found if one.state != "ok")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project with all that is asked for."""
    folder = tmp_path / "project"
    for name in ("models", "seeds", "macros"):
        (folder / name).mkdir(parents=True)
    (folder / "dbt_project.yml").write_text("name: x\n")
    (folder / "Makefile").write_text("build:\n")
    (folder / "profiles.yml").write_text("trade_potential:\n  target: duckdb\n")
    (folder / "uv.lock").write_text('[[package]]\nname = "numpy"\nversion = "0.0.1"\n')
    return folder


@pytest.mark.parametrize(
    ("version", "expected"), [("3.11.2", "ok"), ("3.10.9", "wrong"), ("3.15.0", "wrong")]
)
def test_python(version: str, expected: str) -> None:
    found = installation.python_version(version, ">=3.11,<3.15")
    assert found.state == expected
    assert has_remedies(found)


def test_packages_that_lack_or_are_of_another_version() -> None:
    held = {"here": "2.0", "old": "1.0"}

    def version_of(name: str) -> str:
        if name not in held:
            raise PackageNotFoundError(name)
        return held[name]

    asked = ["here>=1", "old>=2,<3", "gone", "other; python_version < '3'", "extra; extra == 'x'"]
    found = list(installation.packages(asked, version_of))
    assert [one.state for one in found] == ["wrong", "wrong", "ok"]
    assert "old 1.0, asked for is <3,>=2" in found[0].said
    assert "gone is not installed" in found[1].said
    assert "1 of the packages" in found[2].said
    assert has_remedies(*found)


def test_packages_beside_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    assert installation.locked(lock, lambda _: "1").state == "ok"
    lock.write_text(
        '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "a"\nversion = "2"\n'
        '[[package]]\nname = "own"\nversion = "9"\nsource = { editable = "." }\n'
    )
    assert installation.locked(lock, lambda _: "2").state == "ok"
    other = installation.locked(lock, lambda _: "3")
    assert other.state == "warning"
    assert "a 3 for 1, 2" in other.said
    assert has_remedies(other)
    damaged = tmp_path / "damaged.lock"
    damaged.write_text("[[package")
    assert state(guarded("uv.lock", lambda: installation.locked(damaged, lambda _: "1"))) == {
        "wrong"
    }


def test_duckdb_that_is_another_or_cannot_be_imported() -> None:
    def broken() -> str:
        raise ImportError("no such library")

    assert installation.duckdb_version(lambda _: "1.5", lambda: "1.5").state == "ok"
    assert installation.duckdb_version(lambda _: "1.4", lambda: "1.5").state == "wrong"
    assert "no such library" in installation.duckdb_version(lambda _: "1", broken).said


def test_adapters_and_options() -> None:
    def none_of(name: str) -> None:
        raise ModuleNotFoundError(name)

    assert state(list(installation.adapters(lambda name: name))) == {"ok"}
    assert state(list(installation.adapters(none_of))) == {"wrong"}
    assert state(list(installation.adapters(lambda _: None))) == {"wrong"}
    there = list(installation.options(lambda name: name, lambda name: name))
    lacking = list(installation.options(none_of, lambda _: None))
    assert state(there) == {"ok"}
    assert state(lacking) == {"warning"}
    assert has_remedies(*lacking)
    assert {one.check for one in there} == {
        "dbt-postgres", "pyspark", "java", "psql", "pdflatex", "chromium",
    }  # fmt: skip


def test_encoding_and_threads() -> None:
    assert installation.encoding("utf-8").state == installation.encoding("UTF8").state == "ok"
    assert installation.encoding("ascii").state == installation.encoding(None).state == "warning"
    assert installation.blas_threads(None).state == installation.blas_threads("1").state == "ok"
    assert installation.blas_threads("8").state == "warning"


@pytest.mark.parametrize(("free", "expected"), [(9e9, "ok"), (2e9, "warning"), (5e8, "wrong")])
def test_disk(free: float, expected: str) -> None:
    found = machine.disk(Path(), free)
    assert found.state == expected
    assert has_remedies(found)


def test_memory(tmp_path: Path) -> None:
    assert machine.memory(8e9, "4GB").state == "ok"
    assert machine.memory(2e9, "4GB").state == "warning"
    assert machine.memory(2e9, "512MiB").state == "ok"
    assert machine.memory(8e9, "much").state == "wrong"
    assert machine.memory(None, "4GB").state == "ok"
    meminfo = tmp_path / "meminfo"
    assert machine.available_memory(meminfo) is None
    meminfo.write_text("MemTotal:  9 kB\nMemAvailable:  1000 kB\n")
    assert machine.available_memory(meminfo) == 1024000.0


def test_folders_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert state(list(machine.writable([tmp_path / "new" / "folder"]))) == {"ok"}
    file = tmp_path / "file"
    file.write_text("")
    assert state(list(machine.writable([file]))) == {"wrong"}
    monkeypatch.setattr(machine.os, "access", lambda *_: False)
    found = list(machine.writable([tmp_path]))
    assert state(found) == {"wrong"}
    assert has_remedies(*found)
    assert machine.temporary(str(tmp_path)).state == "ok"
    assert machine.temporary(str(tmp_path / "none")).state == "wrong"


def test_project_files_and_profiles(checkout: Path) -> None:
    assert state(list(project.files(checkout))) == {"ok"}
    (checkout / "seeds").rmdir()
    found = list(project.files(checkout))
    assert state(found) == {"wrong"}
    assert "lacks seeds" in found[0].said
    outside = list(project.files(checkout.parent))
    assert state(outside) == {"ok"}
    assert "is no checkout" in outside[0].said
    assert project.profiles(checkout, {}).state == "ok"
    assert project.profiles(checkout, {"DBT_PROFILES_DIR": str(checkout.parent)}).state == "wrong"
    for content in ("other: 1\n", "a: [", "just text"):
        (checkout / "profiles.yml").write_text(content)
        wrong = project.profiles(checkout, {})
        assert wrong.state == "wrong"
        assert has_remedies(wrong)


def test_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "w.duckdb"
    assert project.warehouse(file).state == "warning"
    with duckdb.connect(str(file)) as session:
        session.execute("create table t (x integer)")
    whole = project.warehouse(file)
    assert whole.state == "ok"
    assert "1 tables" in whole.said
    damaged = tmp_path / "damaged.duckdb"
    damaged.write_text("no database at all")
    assert project.warehouse(damaged).state == "wrong"

    def locked(*_: object, **__: object) -> None:
        raise duckdb.IOException("Conflicting lock is held in /usr/bin/dbt (PID 42).")

    monkeypatch.setattr(duckdb, "connect", locked)
    found = project.warehouse(file)
    assert found.state == "warning"
    assert "process 42 (/usr/bin/dbt) writes it" in found.said


def test_releases(tmp_path: Path) -> None:
    assert state(list(project.releases(tmp_path / "none"))) == {"warning"}
    empty = tmp_path / "empty"
    empty.mkdir()
    assert state(list(project.releases(empty))) == {"warning", "ok"}
    root = tmp_path / "release"
    with duckdb.connect() as session:
        released(root, session)
    assert state(list(project.releases(root))) == {"ok"}
    for content, expected in (
        ('{"result": "failed", "at": "2026-01-01", "message": "a test failed"}', "warning"),
        ('{"result": "held", "at": "2026-01-01", "message": null}', "warning"),
        ('{"result": "published", "at": "2026-01-01"}', "ok"),
        ("[]", "wrong"), ("{", "wrong"),
    ):  # fmt: skip
        (root / "status.json").write_text(content)
        last = list(project.releases(root))[1]
        assert last.state == expected
        assert has_remedies(last)
    (root / "current" / "manifest.json").write_text("{")
    current = next(iter(project.releases(root)))
    assert current.state == "wrong"
    (root / "current").unlink()
    (root / "current").symlink_to("000009-00000000")
    assert next(iter(project.releases(root))).state == "wrong"


def test_a_check_that_fails_is_a_finding() -> None:
    def broken() -> Finding:
        raise RuntimeError("two\nlines")

    assert guarded("disk", broken) == [
        Finding("disk", "wrong", "the check itself failed: RuntimeError: two lines",
                "report this line")
    ]  # fmt: skip


def test_command_in_a_checkout_and_outside(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.perf_counter()
    code = main(["doctor", "--project", str(checkout), "--format", "json"])
    seconds = time.perf_counter() - began
    document = json.loads(capsys.readouterr().out)
    assert {"python", "uv.lock", "profiles", "warehouse", "permissions"} <= {
        one["check"] for one in document
    }
    assert code == any(one["state"] == "wrong" for one in document)
    assert seconds < 2.0
    (checkout / "profiles.yml").unlink()
    assert main(["doctor", "--project", str(checkout)]) == 1
    out = capsys.readouterr().out
    assert "wrong    profiles" in out
    assert "do: git restore profiles.yml" in out
    main(["doctor", "--project", str(tmp_path)])
    out = capsys.readouterr().out
    assert "is no checkout" in out
    assert "uv.lock" not in out


def test_command_goes_on_where_everything_fails(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("gone")

    for module in (installation, machine, project):
        for name in ("packages", "disk", "memory", "files", "warehouse", "releases", "options"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, broken)
    monkeypatch.setattr(doctor.metadata, "metadata", broken)
    assert main(["doctor", "--project", str(checkout)]) == 1
    out = capsys.readouterr().out
    assert out.count("the check itself failed: OSError: gone") == 8
    assert out.splitlines()[-1].startswith("8 wrong")


def test_last_line_counts() -> None:
    said = text([Finding("a", "ok", "x"), Finding("b", "warning", "y", "z")])
    assert said.splitlines() == [
        "ok       a  x", "warning  b  y", "            do: z", "nothing is wrong; 1 warning",
    ]  # fmt: skip
