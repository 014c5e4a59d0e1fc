"""An economist's files: read as they are meant, or refused in one line that names the place."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from tests import synthetic_outcome
from tests.panels import ROOT

from trade_potential.cli import main
from trade_potential.errors import InputError
from trade_potential.outcome import Outcome, read_outcome
from trade_potential.outcome.numerals import Figure, decimal_mark, number
from trade_potential.outcome.series import COLUMNS, SEED
from trade_potential.outcome.sheets import Sheet

LONG = "partner,year,value\nKAZ,2019,10\nUZB,2019,20.5\nKGZ,2019,1000\n"
GERMAN = (
    "Land;Jahr;Wert (Mio. USD)\nKasachstan;2019;1.234,5\nUsbekistan;2019;0,25\nKirgisistan;2019;3\n"
)


def read(path: Path, **options: Any) -> Outcome:
    return read_outcome(path, **{"reporter": "CHN", "name": "own", "project": ROOT, **options})


def text_file(folder: Path, text: str | bytes, name: str = "own.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def workbook(folder: Path, *rows: list[Any], title: str = "Sheet") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(folder / "own.xlsx")
    return folder / "own.xlsx"


def usd(outcome: Outcome) -> dict[tuple[str, int], float]:
    return {(row.partner_iso3, row.year): row.value_usd for row in outcome.rows}


READ: dict[str, tuple[str, dict[str, Any], dict[tuple[str, int], float]]] = {
    "codes of three letters": (
        LONG, {}, {("KAZ", 2019): 10, ("KGZ", 2019): 1000, ("UZB", 2019): 20.5}
    ),
    "decimal comma, unit in the head, names in German": (
        GERMAN,
        {},
        {("KAZ", 2019): 1.2345e9, ("UZB", 2019): 0.25e6, ("KGZ", 2019): 3e6},
    ),
    "a title above, a semicolon, codes of two letters, Namibia": (
        "Parcels\n\ncountry;time;value\nNA;2019;5\nKZ;2019;6\n",
        {},
        {("NAM", 2019): 5, ("KAZ", 2019): 6},
    ),
    "years as columns, codes for missing, flagged as by Eurostat": (
        "geo\t2018\t2019\t2020\nKazakhstan\t1\t:\t..\nViet Nam\t: c\t2\t-\nKorea, Rep.\tn/a\t\t3\n",
        {},
        {("KAZ", 2018): 1, ("VNM", 2019): 2, ("KOR", 2020): 3},
    ),
    "partners as columns": (
        "year,Kazakhstan,Uzbekistan\n2018,1.5,2\n2019,3,4\n",
        {"unit": "thousand USD"},
        {("KAZ", 2018): 1500, ("UZB", 2018): 2000, ("KAZ", 2019): 3000, ("UZB", 2019): 4000},
    ),
    "a currency by its rate of the year": (
        "partner,year,value\nKAZ,2000,8.27850416666666\n",
        {"unit": "million", "currency": "CNY"},
        {("KAZ", 2000): 1e6},
    ),
    "thousands by spaces and apostrophes": (
        "partner;year;value\nKAZ;2019;1 234 567,5\nUZB;2019;1'000,5\n",
        {},
        {("KAZ", 2019): 1234567.5, ("UZB", 2019): 1000.5},
    ),
    "an ambiguous sign that an option decides": (
        "partner;year;value\nKAZ;2019;1.234\n", {"decimal": "comma"}, {("KAZ", 2019): 1234}
    ),
    "an ambiguous sign that another figure decides": (
        "partner;year;value\nKAZ;2019;1.234\nUZB;2019;0,5\n",
        {},
        {("KAZ", 2019): 1234, ("UZB", 2019): 0.5},
    ),
    "chapters of trade, added up": (
        "partner,year,product,value\nKAZ,2019,42,1\nKAZ,2019,61,2\nKAZ,2019,84,99\nUZB,2019,61,3\n",
        {"products": ["61", "42"]},
        {("KAZ", 2019): 3, ("UZB", 2019): 3},
    ),
    "a code of yesterday": (
        "partner,year,value\nROM,2019,1\n", {}, {("ROU", 2019): 1}
    ),
    "footnotes of a long table": (
        "partner,year,value\nKAZ,2019,1\nUZB,2019,2\n\nSource: an office,,\n",
        {},
        {("KAZ", 2019): 1, ("UZB", 2019): 2},
    ),
    "a total left out": (
        "partner,year,value\nKAZ,2019,1\nTotal,2019,1\n", {"skip": ["total"]}, {("KAZ", 2019): 1}
    ),
    "columns by other names": (
        "wohin,wann,wieviel,bemerkung\nKAZ,2019,1,x y\n",
        {"partner_column": "wohin", "year_column": "wann", "value_column": "wieviel"},
        {("KAZ", 2019): 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_as_it_is_meant(name: str, tmp_path: Path) -> None:
    text, options, expected = READ[name]
    suffix = ".tsv" if "\t" in text else ".csv"
    assert usd(read(text_file(tmp_path, text, f"own{suffix}"), **options)) == pytest.approx(
        expected, rel=1e-12
    )


RATE = "seeds/inputs/exchange_rates.csv"
REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown country": (
        "partner,year,value\nKazakstan,2019,1\n", {},
        'own.csv, line 2, column partner: "Kazakstan" (rule: a partner is a country by its name or '
        "ISO 3166 code (a total or a group is left out by --skip); near are Kazakhstan (KAZ)",
    ),
    "no country of today": (
        "partner,year,value\nANT,2019,1\n", {}, "the code stands for no country of today"
    ),
    "the reporter itself": (
        "partner,year,value\nCHN,2019,1\n", {}, "a partner is another country than the reporter"
    ),
    "another reporter": (
        "reporter,partner,year,value\nVNM,KAZ,2019,1\n", {},
        'line 2, column reporter: "VNM" (rule: every row is of the reporter CHN)',
    ),
    "twice": (
        "partner,year,value\nKAZ,2019,1\nKazakhstan,2019,2\n", {},
        'line 3, column value: "2" (rule: a partner has one figure a year; KAZ 2019 stands in '
        "line 2, column value, too)",
    ),
    "a share": (
        "partner,year,value\nKAZ,2019,12.5 %\n", {},
        'line 2, column value: "12.5 %" (rule: amounts are read, not shares',
    ),
    "per cents that add up": (
        "partner,2018,2019\nKAZ,60,50\nUZB,30,30\nKGZ,10,20\n", {},
        "every year adds up to 100 (rule: amounts are read, not shares",
    ),
    "shares by their unit": ("partner,year,value\nKAZ,2019,1\n", {"unit": "percent"}, "not shares"),
    "shares by their head": ("partner,year,value (%)\nKAZ,2019,1\n", {}, "amounts are read"),
    "below zero": (
        "partner,year,value\nKAZ,2019,-3\n", {}, 'column value: "-3" (rule: a value is not below'
    ),
    "below zero as accountants write it": (
        "partner,year,value\nKAZ,2019,(3)\n", {}, "a value is not below zero"
    ),
    "ambiguous": (
        "partner;year;value\nKAZ;2019;1.234\n", {},
        'line 2, column value: "1.234" (rule: the sign may part thousands or decimals: '
        "--decimal comma or --decimal point decides)",
    ),
    "two decimal marks": (
        "partner;year;value\nKAZ;2019;1,5\nUZB;2019;2.5\n", {},
        'line 2, column value: "1,5" (rule: the file has one decimal mark, and "2.5" has a point',
    ),
    "no number": (
        "partner,year,value\nKAZ,2019,12x\n", {},
        'column value: "12x" (rule: a value is a number with a decimal point, or a code such as ..',
    ),
    "swapped columns": (
        "year,partner,value\nKAZ,2019,1\n", {}, 'line 2, column partner: "2019" (rule: a partner'
    ),
    "no year": (
        "partner,year,value\nKAZ,2019/20,1\n", {},
        'line 2, column year: "2019/20" (rule: a year is one of 1990 to 2026)',
    ),
    "a head that is no year": (
        "partner,2018,2019 (p)\nKAZ,1,2\n", {},
        'line 1: "2019 (p)" (rule: the head of a year is its four digits)',
    ),
    "a year too early": ("partner,year,value\nKAZ,1950,1\n", {}, 'column year: "1950"'),
    "a currency without a rate": (
        LONG, {"unit": "EUR million"},
        f'--unit: "EUR" (rule: amounts are in USD, or in a currency of {RATE}: CNY)',
    ),
    "a year without a rate": (
        "partner,year,value\nKAZ,1995,1\n", {"currency": "CNY"},
        f'"CNY in 1995" (rule: {RATE} has the rate of every year of the series)',
    ),
    "another unit than the head": (
        GERMAN, {"unit": "USD thousand"},
        'column Wert (Mio. USD): "USD thousand" (rule: --unit says what the head',
    ),
    "an unknown unit": (LONG, {"unit": "EUR zillion"}, '--unit: "EUR zillion" (rule: a unit is a'),
    "two currencies": (LONG, {"unit": "EUR", "currency": "USD"}, "it is that of --unit, EUR"),
    "two columns of values": (
        "partner,year,exports,imports\nKAZ,2019,1,2\n", {},
        "columns exports and imports (rule: one column has the values: --value-column names it)",
    ),
    "no head": ("a,b,c\n1,2,3\n", {}, "no head of a table in the first 40 rows"),
    "a column that is not there": (LONG, {"value_column": "amt"}, 'no column "amt" (rule: --value'),
    "no figure": ("partner,year,value\nKAZ,2019,..\n", {}, "no figure (rule: a series has one"),
    "products without a choice": (
        "partner,year,product,value\nKAZ,2019,42,1\n", {}, "--products names those to add up, of 42"
    ),
    "a product that is not there": (
        "partner,year,product,value\nKAZ,2019,42,1\n", {"products": ["99"]}, "no row of 99"
    ),
    "products of a table without": (LONG, {"products": ["99"]}, "no column of products"),
    "one cell a line": ("hello\nworld\n", {}, "cells are parted by one of comma, semicolon"),
    "nothing": ("\n\n", {"delimiter": "comma"}, "no cell holds anything"),
    "a name with spaces": (LONG, {"name": "My series"}, "a series has a name in lower snake_case"),
    "an unknown reporter": (LONG, {"reporter": "XXX"}, "the reporter is an ISO 3166 alpha-3 code"),
    "a day that is none": (LONG, {"accessed": "2026-13-01"}, "the day is YYYY-MM-DD"),
    "a mark that is none": (LONG, {"decimal": ","}, '--decimal: "," (rule: it is one of comma, p'),
    "a sheet of a text": (LONG, {"sheet": "a"}, "a .csv file has no sheets"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    text, options, said = REFUSED[name]
    with pytest.raises(InputError) as refused:
        read(text_file(tmp_path, text), **options)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_german_workbook_of_thirty_partners_is_read(tmp_path: Path) -> None:
    expected = synthetic_outcome.series()
    options: dict[str, Any] = {"reporter": "DEU", "unit": "Mio. USD", "skip": ["Insgesamt"]}
    for as_text, digits in ((True, 1e3), (False, 1e-6)):  # texts are rounded to thousands
        path = synthetic_outcome.german_workbook(tmp_path / "own.xlsx", as_text=as_text)
        outcome = read(path, **options)
        assert usd(outcome) == pytest.approx(expected, abs=digits)
        assert outcome.missing == ((synthetic_outcome.HOLE, 2020),)
        assert (len(outcome.partners), outcome.years) == (30, tuple(range(2013, 2021)))
        assert "not read, a note: Quelle: eine Formel" in outcome.coverage()
        assert "239 figures, 30 partners, 2013-2020, 1 missing" in outcome.coverage()
    with pytest.raises(InputError, match=r'sheet Daten, cell A34, column Land: "Insgesamt"'):
        read(path, **(options | {"skip": []}))


def test_cells_of_a_workbook_are_named_as_in_excel(tmp_path: Path) -> None:
    path = workbook(tmp_path, [], [None, "Land", 2019, 2020], [None, "KAZ", 1, "1x"])
    with pytest.raises(InputError, match=r'sheet Sheet, cell D3, column 2020: "1x" \(rule: '):
        read(path)


def test_formulas_dates_and_per_cents_of_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["partner", date(2019, 1, 1), date(2020, 1, 1)], ["KAZ", 1, 2])
    assert usd(read(path)) == {("KAZ", 2019): 1.0, ("KAZ", 2020): 2.0}
    path = workbook(tmp_path, ["partner", 2019, 2020], ["KAZ", 1, "=B2*2"])
    with pytest.raises(InputError, match=r'cell C2: "=B2\*2" \(rule: a formula has its result'):
        read(path)
    path = workbook(tmp_path, ["partner", 2019, 2020], ["KAZ", 1, 2])
    from openpyxl import load_workbook

    book = load_workbook(path)
    book["Sheet"]["B2"].number_format = "0.0%"
    book.save(path)
    with pytest.raises(InputError, match=r'cell B2, column 2019: "100 %" \(rule: amounts'):
        read(path)


def test_a_sheet_is_named_where_there_are_two(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["partner", 2019, 2020], ["KAZ", 1, 2], title="one")
    from openpyxl import load_workbook

    book = load_workbook(path)
    book.create_sheet("two").append(["partner", 2019, 2020])
    book["two"].append(["UZB", 3, 4])
    book.save(path)
    with pytest.raises(InputError, match=r"2 sheets hold cells: one, two .rule: --sheet names"):
        read(path)
    assert read(path, sheet="two").partners == ("UZB",)
    with pytest.raises(InputError, match=r"sheet three: no such sheet .rule: --sheet is one"):
        read(path, sheet="three")


def test_parquet_long_and_wide(tmp_path: Path) -> None:
    path = tmp_path / "own.parquet"
    pq.write_table(
        pa.table({"iso3": ["KAZ", "UZB"], "year": [2019, 2019], "value": [1, None]}), path
    )
    outcome = read(path)
    assert (usd(outcome), outcome.missing) == ({("KAZ", 2019): 1.0}, (("UZB", 2019),))
    pq.write_table(pa.table({"iso3": ["KAZ"], "2018": [1.5], "2019": [float("nan")]}), path)
    assert usd(read(path)) == {("KAZ", 2018): 1.5}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("own.xls", b"x", "save the table as .xlsx"),
        ("own.xlsx", b"no workbook", "it is a workbook that Excel saves as .xlsx"),
        ("own.parquet", b"no parquet", "it is a Parquet file"),
        ("own.csv", b"partner,year,value\x00\n", "it holds bytes of zero"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said):
        read(text_file(tmp_path, content, name))
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.csv")


def test_other_encodings_are_read_or_told(tmp_path: Path) -> None:
    text = "Land;Jahr;Wert\nÖsterreich;2019;1,5\nTürkei;2019;2,5\n"
    for encoding, notes in (("utf-8-sig", 0), ("utf-16", 0), ("cp1252", 1)):
        outcome = read(text_file(tmp_path, text.encode(encoding)))
        assert usd(outcome) == {("AUT", 2019): 1.5, ("TUR", 2019): 2.5}
        assert len(outcome.notes) == notes


def test_rows_of_other_series_stay_in_the_file(tmp_path: Path) -> None:
    with (ROOT / SEED).open(encoding="utf-8", newline="") as seed:
        assert tuple(next(csv.reader(seed))) == COLUMNS
    file, source = tmp_path / "own_outcomes.csv", text_file(tmp_path, LONG)
    assert read(source, name="first", source="https://a.b/?c=1,2").write(file) == 0
    before = file.read_text(encoding="utf-8")
    assert read(source, name="second", accessed="2026-11-30").write(file) == 0
    assert file.read_text(encoding="utf-8").startswith(before)
    assert read(source, name="second").write(file) == 3
    assert len(file.read_text(encoding="utf-8").splitlines()) == 7
    source.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r'own.csv, line 1: "a,b" .rule: a file of own series'):
        read(file_like(tmp_path), name="third").write(source)


def file_like(folder: Path) -> Path:
    return text_file(folder, LONG, "again.csv")


amounts = st.floats(0, 1e9).map(lambda value: round(value, 3))


@given(st.lists(amounts, min_size=1, max_size=20), st.sampled_from(["comma", "point"]))
@settings(max_examples=200, deadline=None)
def test_whoever_writes_groups_and_decimals_is_understood(values: list[float], mark: str) -> None:
    """With three decimals and groups every number is told, or some are ambiguous and refused."""
    texts = [f"{value:,.3f}" for value in values]
    if mark == "comma":
        texts = [synthetic_outcome.german(value) for value in values]
    sheet = Sheet("own.csv", [[text] for text in texts])
    figures = [Figure(row, 0, "value", text) for row, text in enumerate(texts)]
    try:
        found = decimal_mark(sheet, figures, None)
    except InputError as error:
        assert "--decimal" in str(error)  # noqa: PT017 (both outcomes are right)
        assert all(value < 1000 for value in values)
        found = decimal_mark(sheet, figures, mark)
    assert [number(sheet, figure, found) for figure in figures] == pytest.approx(values, abs=1e-9)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["KAZ", "UZB", "VNM", "DEU"]), st.integers(2000, 2020)),
        st.integers(101, 10**12),
        min_size=1,
    )
)
@settings(max_examples=50, deadline=None)
def test_long_and_wide_files_give_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, figures: dict[tuple[str, int], int]
) -> None:
    folder = tmp_path_factory.mktemp("own")
    years = sorted({year for _, year in figures} | {2000, 2001})
    partners = sorted({partner for partner, _ in figures} | {"KAZ", "UZB"})
    long = "partner;year;value\n" + "".join(f"{p};{y};{v}\n" for (p, y), v in figures.items())
    by_year = ";".join(["partner", *map(str, years)]) + "\n"
    for partner in partners:
        by_year += (
            ";".join([partner, *(str(figures.get((partner, y), "..")) for y in years)]) + "\n"
        )
    by_partner = ";".join(["year", *partners]) + "\n"
    for year in years:
        by_partner += (
            ";".join([str(year), *(str(figures.get((p, year), "")) for p in partners)]) + "\n"
        )
    found = [read(text_file(folder, text)).csv_text() for text in (long, by_year, by_partner)]
    assert found[0] == found[1] == found[2]
    assert usd(read(text_file(folder, long))) == figures


def test_the_command_writes_or_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = text_file(tmp_path, LONG), tmp_path / "rows.csv"
    common = [str(source), "--reporter", "CHN", "--name", "own", "--project", str(ROOT)]
    assert main(["outcome", *common]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == ",".join(COLUMNS)
    assert "3 figures, 3 partners, 2019-2019" in said.err
    assert main(["outcome", *common, "--output", str(target), "--skip", '"KGZ",Other']) == 0
    assert f"{target}: 2 rows of own written" in capsys.readouterr().out
    before = target.read_bytes()
    assert main(["outcome", *common, "--output", str(target), "--unit", "EUR"]) == 3
    assert capsys.readouterr().err.count("\n") == 1
    assert target.read_bytes() == before
