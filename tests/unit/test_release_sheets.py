"""Reports of a release as CSV and as a workbook."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from tests.explained import KEYS, ROWS, released, texts

from trade_potential.release import ReleaseFolder, sheets
from trade_potential.release.reproduce import _compared


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> ReleaseFolder:
    return released(tmp_path_factory.mktemp("releases"))[0]


def test_csv_reads_back_what_was_written(release: ReleaseFolder) -> None:
    path = release.folder / "csv" / "rpt_odd.csv"
    wanted = duckdb.sql(ROWS["rpt_odd"])
    harmless = {"=1+1": "'=1+1", "+cmd|x": "'+cmd|x", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1"}
    harmless["-1+1"] = "'-1+1"
    rows = [(*row[:1], harmless.get(row[1], row[1]), *row[2:]) for row in wanted.fetchall()]
    types = dict(zip(wanted.columns, map(str, wanted.types), strict=True))
    as_written = f"from read_csv('{path}', types={types}, allow_quoted_nulls=false)"
    read = duckdb.sql(as_written).order("row_id").fetchall()
    assert str(read) == str(rows)
    frame = pd.read_csv(path, keep_default_na=False, na_values={"some_share": ["", "NaN"]})
    assert list(frame.columns) == wanted.columns
    # As text or number, an empty text and none are the same to pandas.
    assert list(frame["note"]) == [row[1] or "" for row in rows]
    assert str(frame["some_share"].tolist()) == str(
        [float("nan") if row[4] is None else row[4] for row in rows]
    )


def test_csv_is_as_excel_and_the_rfc_want_it(release: ReleaseFolder) -> None:
    held = (release.folder / "csv" / "rpt_odd.csv").read_bytes()
    assert held.startswith(b"\xef\xbb\xbfrow_id,note,")
    assert held.endswith(b"\r\n")
    assert '6,"Côte, ""quoted""\nsecond",true,,'.encode() in held
    assert b"3,-2.5,,,-0.1\r\n" in held
    assert held.count(b"\r\n") == 11


def test_csv_of_the_long_report_is_its_newest_answered_year(release: ReleaseFolder) -> None:
    frame = pd.read_csv(release.folder / "csv" / "rpt_answer_newest_year.csv")
    assert set(frame["year"]) == {2020}
    assert list(frame["k_ratio"]) == [2020 / 3] * 2
    assert not (release.folder / "csv" / "rpt_answer.csv").exists()


def test_the_workbook_opens_with_types_and_headers(release: ReleaseFolder) -> None:
    book = openpyxl.load_workbook(release.folder / "trade_potential.xlsx")
    assert book.sheetnames == ["Read me", "rpt_answer", "rpt_odd", "Columns", "Sources"]
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(cell.font.bold for cell in sheet[1])
        assert sheet.column_dimensions["A"].width > 8
    odd = book["rpt_odd"]
    rows = list(odd.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows[:5]] == ["=1+1", "+cmd|x", "-2.5", "@SUM(A1)", "\t=1"]
    assert {cell.data_type for cell in odd["B"] if cell.value is not None} == {"s"}
    assert rows[0][2] is True
    assert rows[0][3].date().isoformat() == "2026-11-30"
    assert [row[4] for row in rows[:6]] == ["nan", "-inf", -0.1, 0.1, 1e-300, 1.5e308]
    # Default studies, a reporter that one of them names, the newest answered year.
    answers = list(book["rpt_answer"].iter_rows(min_row=2, values_only=True))
    assert answers == [("world", "CHN", 2020, 2020 / 3, 1e18 / 3)]
    said = "\n".join(
        str(cell) for row in book["Read me"].iter_rows(values_only=True) for cell in row if cell
    )
    assert "Never add them up" in said
    assert "the year 2020 only" in said
    assert release.release_id not in said
    named = {row[:4] for row in book["Columns"].iter_rows(min_row=2, values_only=True)}
    wanted = ("rpt_answer", "actual_usd_mn", "million US$", "actual_usd_mn of rpt_answer")
    assert wanted in named
    assert [row[0] for row in book["Sources"].iter_rows(values_only=True)] == ["source_id", "wb"]


def test_a_sheet_that_is_too_long_is_left_out_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 9)
    release, notes = released(tmp_path)
    why = "10 rows, a sheet has room for 9"
    assert f"trade_potential.xlsx has no sheet rpt_odd: {why}" in notes
    book = openpyxl.load_workbook(release.folder / "trade_potential.xlsx")
    assert "rpt_odd" not in book.sheetnames
    said = [row[2] for row in book["Read me"].iter_rows(values_only=True) if row[0] == "rpt_odd"]
    assert said == [f"left out: {why}; see csv/ and marts/"]


def test_a_sheet_of_many_cells_has_its_newest_year(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MANY_CELLS", 10)
    sql = "select 'china' as study_id, year::integer as year from range(2000, 2010) as y(year)"
    monkeypatch.setitem(ROWS, "rpt_odd", sql)
    monkeypatch.setitem(KEYS, "rpt_odd", ["year"])
    folder = released(tmp_path)[0].folder
    book = openpyxl.load_workbook(folder / "trade_potential.xlsx")
    assert list(book["rpt_odd"].iter_rows(values_only=True)) == [
        ("study_id", "year"),
        ("china", 2009),
    ]


def test_equal_rows_give_equal_files(release: ReleaseFolder, tmp_path: Path) -> None:
    # Another process, another order of rows, another second.
    code = "import sys; from pathlib import Path; from tests.explained import " \
        "released; released(Path(sys.argv[1]), 'run-9')"  # fmt: skip
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    again = next(path for path in tmp_path.iterdir() if path.name.startswith("000001-"))
    was, now = (
        {name: held["sha256"] for name, held in json.loads(
            (folder / "manifest.json").read_bytes())["files"].items()}
        for folder in (release.folder, again)
    )  # fmt: skip
    assert again.name != release.release_id
    assert was.keys() == now.keys()
    differ = {name for name in was if was[name] != now[name]}
    assert differ <= {"trade_potential.duckdb"}


def test_reproduce_compares_them(release: ReleaseFolder, tmp_path: Path) -> None:
    other, _ = released(tmp_path, said=texts("New."))
    here = {"processor": "", "platform": ""}
    compared = _compared(release, other, here).marts
    differ = {name for name, status in compared.items() if status != "identical"}
    assert differ == {"datapackage.json", "trade_potential.xlsx"}
    assert compared["csv/rpt_odd.csv"] == "identical"
