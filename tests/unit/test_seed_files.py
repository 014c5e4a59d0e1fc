"""Form of the seeds: every complaint names file, line, column, value and rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from trade_potential.quality.complaints import sentence
from trade_potential.quality.rules import rule_broken
from trade_potential.quality.seed_files import Seed, complaints_of_file, complaints_of_seeds

ROOT = Path(__file__).parents[2]
SEED = Seed("seeds/inputs/prices.csv", {"name": "varchar", "year": "integer", "price": "double"})
GOOD = b'name,year,price\n"a, ""b""",2015,1.5\nc,2016,\n'


def said(content: bytes) -> list[str]:
    return [sentence(found) for found in complaints_of_file(content, SEED)]


def test_seeds_of_the_project_are_well_formed() -> None:
    assert complaints_of_seeds(ROOT).lines == []


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD + b"\n\n",
        b"price,name,year\n1e3,x,-5\n",
        GOOD.replace(b"c,", b'"' + b"c," * 65_536 + b'",'),
    ],
)
def test_other_ways_to_write_the_same_pass(content: bytes) -> None:
    assert said(content) == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", ', line 1: "empty" (rule: the file holds a header)'),
        (b"name,year,price\n", ', line 2: "no row" (rule: the file holds at least one row)'),
        (GOOD[:-1], ', line 3: "c,2016," (rule: the last line ends with a line break'),
        (GOOD.replace(b"2016", b"2016.5"), ', line 3, column year: "2016.5" (rule: a whole'),
        (GOOD.replace(b"1.5", b"inf"), ', line 2, column price: "inf" (rule: a number is finite'),
        (GOOD.replace(b"c,", b"C\xf4te,"), ', line 3, column name: "C\\xf4te" (rule: the file is'),
        (GOOD.replace(b"c,", b"c\x00,"), ', line 3, column name: "c\\x00" (rule: text holds no'),
        (GOOD.replace(b",year", b",year,year"), 'column year: "the column stands twice"'),
        (GOOD.replace(b"c,2016,", b"c,2016"), ', line 3, column price: "2 values for 3 columns"'),
        (GOOD.replace(b"c,", b'"c,'), ", line 3: "),
        (GOOD.replace(b"c,", b'c"d",'), ", line 3: "),
        (GOOD.replace(b"c,", b"\nc,"), ', line 3: "" (rule: no blank line stands between rows)'),
        (GOOD.replace(b"\n", b"\r\n", 1), ", line 2: "),
        (GOOD.replace(b"c,", b"c" * 131_073 + b","), ', line 3, column name: "ccc'),
        (GOOD.replace(b"c,", b'"' + b"c," * 65_537 + b'",'), ', line 3, column name: "c,c'),
        (GOOD.decode().encode("utf-16"), ', line 1: "UTF-16" (rule: the file is UTF-8)'),
    ],
)
def test_what_is_wrong_is_named(content: bytes, complaint: str) -> None:
    first = said(content)[0]
    assert first.startswith(SEED.file)
    assert complaint in first


@pytest.mark.parametrize(
    ("cell", "type_", "is_good"),
    [
        ("", "double", True),
        ("-1.5e-3", "double", True),
        ("1e400", "double", False),
        ("1,5", "double", False),
        ("2147483648", "integer", False),
        ("TRUE", "boolean", True),
        ("yes", "boolean", False),
        ("2024-02-29", "date", True),
        ("2023-02-29", "date", False),
        ("O'Brien'); drop table x; --", "varchar", True),
        ("Côte d'Ivoire, 哈萨克斯坦", "varchar", True),
        ("Co\u0302te", "varchar", False),
        ("C\u00c3\u00b4te", "varchar", False),
        (" a", "varchar", False),
    ],
)
def test_cells(cell: str, type_: str, is_good: bool) -> None:
    assert (rule_broken(cell, type_) is None) == is_good


def test_undeclared_and_missing_files_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "seeds" / "inputs"
    folder.mkdir(parents=True)
    (folder / "_inputs.yml").write_text(
        "seeds:\n  - {name: gone, config: {meta: {key: [a]}, column_types: {a: varchar}}}\n",
        encoding="utf-8",
    )
    (folder / "extra.csv").write_text("a\n1\n", encoding="utf-8")
    extra, gone = complaints_of_seeds(tmp_path).lines
    assert extra.startswith('seeds/inputs/extra.csv: "not declared" (rule: ')
    assert gone.startswith('seeds/inputs/gone.csv: "no such file" (rule: ')


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ("meta: {key: [a], named_by: [b]}, column_types: {a: varchar, b: varchar}", None),
        ("column_types: {a: varchar, b: varchar}", ': "" (rule: config.meta.key'),
        ("meta: {key: [a, c]}, column_types: {a: varchar, b: varchar}", ': "a, c" (rule: config.m'),
        ("meta: {key: [a]}, column_types: {a: varchar, c d: varchar}", 'column c d: "declared so"'),
        ("meta: {key: [a]}, column_types: {a: varchar, file_line: integer}", "column file_line: "),
    ],
)
def test_declarations_that_no_sql_follows_from_are_named(
    tmp_path: Path, config: str, complaint: str | None
) -> None:
    header = config.rpartition("{")[2].rstrip("}").replace(": varchar", "").replace(": integer", "")
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "x.csv").write_text(header.replace(", ", ",") + "\n1,2\n", "utf-8")
    entry = f"seeds:\n  - {{name: x, config: {{{config}}}}}\n"
    (tmp_path / "seeds" / "x.yml").write_text(entry, encoding="utf-8")
    lines = complaints_of_seeds(tmp_path).lines
    assert lines[:1] == lines if complaint else not lines
    assert complaint is None or complaint in lines[0]
