"""Commands write whatever a text holds, into any encoding, and say what cannot be written."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from tests.unit.answer_release import released

from trade_potential.cli import main

NAMES = ("étude €", "貿易", "\U0001f30d", "=1+1", "@sum")
FORMATS = ("json", "csv", "table", "latex", "html", "markdown")
ENCODINGS = ("ascii", "gbk", "latin-1", "utf-16")
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A panel whose columns have names that many an encoding lacks."""
    path = tmp_path_factory.mktemp("panel") / "rows.csv"
    rows = [
        [f"p{i}", year, *((i * 7 + year * 3 + j * j * (i + 1) * year) % 11 for j in range(6))]
        for i in range(6)
        for year in range(8)
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "t", "y", *NAMES], *rows])
    return path


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("answers") / "release"
    released(root, duckdb.connect())
    return root


def gravity(panel: Path, form: str) -> list[str]:
    chosen = ",".join(f'"{name}"' for name in NAMES)
    return [
        "gravity", str(panel), "--outcome", "y", "--regressors", chosen, "--entity", "id",
        "--time", "t", "--estimator", "pooled", "--format", form,
    ]  # fmt: skip


def ran(
    arguments: list[str], encoding: str = "utf-8", **streams: object
) -> subprocess.CompletedProcess[bytes]:
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run(  # type: ignore[call-overload]
        [sys.executable, "-m", "trade_potential.cli", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding}, check=False, **given,
    )  # fmt: skip


@pytest.mark.slow(reason="a process for each format and encoding")
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_format_in_every_encoding(panel: Path, form: str, encoding: str) -> None:
    usual, found = ran(gravity(panel, form)), ran(gravity(panel, form), encoding)
    assert (usual.returncode, found.returncode) == (0, 0), found.stderr
    assert b"Traceback" not in found.stderr
    assert NAMES[0] in usual.stdout.decode()
    text = found.stdout.decode(encoding)
    if form == "json":
        assert json.loads(text) == json.loads(usual.stdout)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_names_of_other_scripts_on_the_terminal(releases: Path, encoding: str) -> None:
    arguments = ["show", "哈萨克", "--release-path", str(releases)]
    found = ran(arguments, encoding)
    assert (found.returncode, found.stdout) == (3, b"")
    assert b"no economy" in found.stderr.replace(b"\0", b"")
    assert b"Traceback" not in found.stderr


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full here")
@pytest.mark.parametrize("form", ["json", "table"])
def test_a_full_disk_is_told(panel: Path, releases: Path, form: str) -> None:
    shown = ["show", "KAZ", "--release-path", str(releases), "--format", form]
    for arguments in (gravity(panel, form), shown):
        with FULL.open("wb") as full:
            found = ran(arguments, stdout=full)
        assert found.returncode == 2
        assert b"No space left on device" in found.stderr
        assert len(found.stderr.splitlines()) == 1


def test_a_closed_output_is_told_and_a_file_is_written_all_the_same(
    panel: Path, tmp_path: Path
) -> None:
    closing = [
        sys.executable,
        "-c",
        "import os, sys; os.close(1); os.execv(sys.argv[1], sys.argv[1:])",
    ]
    command = [sys.executable, "-m", "trade_potential.cli", *gravity(panel, "json")]
    found = subprocess.run([*closing, *command], stderr=subprocess.PIPE, check=False)
    assert found.returncode == 2
    assert b"standard output is closed" in found.stderr
    file = tmp_path / "fit.json"
    found = subprocess.run(
        [*closing, *command, "--output", str(file)], stderr=subprocess.PIPE, check=False
    )
    assert (found.returncode, found.stderr) == (0, b"")
    assert json.loads(file.read_bytes())["status"] == "ok"


def test_a_reader_that_has_seen_enough_is_no_error(panel: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        found = ran(gravity(panel, "json"), stdout=pipe)
    assert (found.returncode, found.stderr) == (0, b"")


@pytest.mark.parametrize("name", ["rows.csv", "./rows.csv", "link.csv"])
@pytest.mark.parametrize("read", ["rows.csv", "ro*.csv"])
def test_what_is_read_is_not_overwritten(
    panel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, read: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    content = panel.read_bytes()
    (tmp_path / "rows.csv").write_bytes(content)
    (tmp_path / "link.csv").symlink_to("rows.csv")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main([*gravity(Path(read), "csv"), "--output", name])
    assert ended.value.code == 2
    assert "would be overwritten" in capsys.readouterr().err
    assert (tmp_path / "rows.csv").read_bytes() == content


def test_csv_has_no_cell_that_a_spreadsheet_runs(
    panel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(gravity(panel, "csv")) == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    terms = [row[head.index("term")] for row in rows]
    assert "'=1+1" in terms
    assert "'@sum" in terms
    assert NAMES[0] in terms
    numbers = [float(row[head.index("estimate")]) for row in rows]
    assert min(numbers) < 0
