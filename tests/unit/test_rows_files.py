"""Files as people have them: semicolons, codes for no value, kinds that are not read."""

from __future__ import annotations

from pathlib import Path

import pytest

import trade_potential as tp
from trade_potential.cli import main
from trade_potential.errors import InputError
from trade_potential.rows.table import NULL_TEXTS

ROWS = [("a", 1, "1.5", "2"), ("a", 2, "2.5", "3"), ("b", 1, "3.5", "1"), ("b", 2, "4.1", "7"),
        ("c", 1, "2", "2"), ("c", 2, "1", "9")]  # fmt: skip
HEAD = ("i", "t", "y", "x")


def written(path: Path, sign: str, rows: object = ROWS, *, quote: str = "") -> Path:
    lines = [HEAD, *rows]  # type: ignore[misc]
    text = "".join(sign.join(f"{quote}{cell}{quote}" for cell in line) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def slope(path: Path) -> float:
    with tp.Panel.read(str(path), entity="i", time="t", outcome="y", regressors=["x"]) as panel:
        return float(panel.fit("pooled").coefficients.set_index("term").loc["x", "estimate"])


@pytest.mark.parametrize("sign", [";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_another_sign_between_cells_is_found(tmp_path: Path, sign: str, quote: str) -> None:
    usual = written(tmp_path / "usual.csv", ",")
    other = written(tmp_path / "other.csv", sign, quote=quote)
    assert slope(other) == slope(usual)


def test_a_header_that_two_signs_part_is_not_guessed(tmp_path: Path) -> None:
    (tmp_path / "both.csv").write_text("i;t|y;x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r'no column "i"; it has "i;t\|y;x"'):
        slope(tmp_path / "both.csv")


@pytest.mark.parametrize("cell", ["1,5", "-0,25", "1,234", "+2,5e3"])
def test_a_decimal_comma_is_told(tmp_path: Path, cell: str) -> None:
    path = written(tmp_path / "rows.csv", ";", [*ROWS, ("d", 1, cell, "2")])
    with pytest.raises(InputError, match=r"row 7, column y: .* a decimal is written with a point"):
        slope(path)


@pytest.mark.parametrize("word", ["..", ":", "-", "n/a", "NA", " .. ", ""])
def test_codes_of_the_field_are_no_values(tmp_path: Path, word: str) -> None:
    path = written(tmp_path / "rows.csv", ",", [*ROWS, ("d", 1, word, "2"), ("d", 2, "3", word)])
    with tp.Panel.read(str(path), entity="i", time="t", outcome="y", regressors=["x"]) as panel:
        lost = {entry.reason: entry.rows for entry in panel.fit("pooled").ledger}
    assert lost == {"no value for y": 1, "no value for x": 1}


def test_each_word_for_no_value_is_lower_case() -> None:
    assert [word for word in NULL_TEXTS if word != word.lower().strip()] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("-", "standard input"), ("rows.xlsx", "save the sheet"), ("rows.dta", "read_stata"),
     ("rows.sav", "read_spss"), ("folder", "is a folder"), ("rows.odt", "known are .csv")],
)  # fmt: skip
def test_what_is_not_read_says_what_to_do(
    tmp_path: Path, name: str, said: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    arguments = ["gravity", name, "--outcome", "y", "--regressors", "x", "--entity", "i"]
    assert main([*arguments, "--time", "t", "--estimator", "pooled"]) == 3
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1
