"""The command show: whoever is asked about by code or name, in ten lines or as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.unit.answer_release import ROW, released

from trade_potential.cli import main
from trade_potential.cli.session import BAD_ARGUMENTS, BAD_DATA


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shown") / "release"
    with duckdb.connect() as session:
        released(folder, session)
    return folder


def shown(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(["show", *arguments, "--release-path", str(root)])
    except SystemExit as ended:
        code = int(str(ended.code))
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("partner", ["KAZ", "kaz", "Kazakhstan", "哈萨克斯坦", "Казахстан"])
def test_a_partner_goes_by_code_or_name(
    root: Path, capsys: pytest.CaptureFixture[str], partner: str
) -> None:
    code, out, err = shown(root, capsys, partner, "2020")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) <= 10
    assert lines[0] == "China with Kazakhstan, exports and imports, 2020"
    assert "K 0.86 = 19.7 bn US$ traded / 23.0 bn US$ predicted" in lines[1]
    assert "probability of huge 0.44, expansion 0.51, reshaping 0.05" in out
    assert "world/structural/ppml_structural" in lines[-1]
    assert "release 000001-" in lines[-1]


def test_without_a_year_it_is_the_newest_with_k(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(root, capsys, "KAZ")[1].startswith(
        "China with Kazakhstan, exports and imports, 2020"
    )


def test_a_year_without_k_says_why(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = shown(root, capsys, "KAZ", "2021")
    assert code == 0
    assert "after the last year of trade figures (world_trade ends in 2020)" in out
    assert "traded" not in out


def test_json_has_the_row_as_it_stands(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said: dict[str, Any] = json.loads(shown(root, capsys, "KAZ", "2020", "--format", "json")[1])
    assert {name: said[name] for name in ROW} == ROW
    assert said["release_id"].startswith("000001-")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["Kazakstan"], BAD_DATA, "near are Kazakhstan (KAZ)"),
        (["Atlantis"], BAD_DATA, "'Atlantis': no economy"),
        (["CHN"], BAD_DATA, "is one economy"),
        (["KAZ", "1990"], BAD_DATA, "the answers are of 2020 to 2021"),
        (["UZB"], BAD_DATA, "no answer of the two in any year"),
        (["KAZ", "last"], BAD_ARGUMENTS, "invalid int value"),
        (["KAZ", "--flow", "all"], BAD_ARGUMENTS, "invalid choice"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_answered_is_one_line(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    ended, out, err = shown(root, capsys, *arguments)
    assert (ended, out) == (code, "")
    assert words in err.splitlines()[-1]
    assert "Traceback" not in err
