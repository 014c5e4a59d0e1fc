"""Form of the seeds: what can be told of a CSV file before a database has guessed at it.

A loader is lenient where the warehouse must not be: DuckDB reads 2015.6 as the year 2016, 1_000 and
0x3e8 as 1000, yes as true, 1e400 as infinity, and skips blank lines, so that every line named
later would be wrong. Every cell is therefore compared with the declared type first, and a row is
one line of the file.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from trade_potential.quality.complaints import Complaint, Told, limited, printable, told
from trade_potential.quality.rules import rule_broken

MAX_COMPLAINTS = 20
"""Complaints of one file that are printed; the rest is counted."""
LONGEST = 131_072
"""Characters of a cell; a longer one stops dbt's own reader of seeds (csv.field_size_limit)."""
BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
AS_HEADER = "a row has as many values as the header has columns"
NAME = re.compile(r"(?!file_(?:name|line)$)[A-Za-z_][A-Za-z0-9_]*")
QUOTES = 'a quote opens and closes a whole value on its line and is doubled ("") inside'


class Seed(NamedTuple):
    """A declared seed.

    Attributes:
        file: Path from the project, for messages.
        types: Declared type by column.
        key: Columns by which a row is told.
        may_be_empty: Whether a header alone means something.
    """

    file: str
    types: Mapping[str, str]
    key: tuple[str, ...] = ()
    may_be_empty: bool = False


def complaint(file: str, line: int | None, column: str | None, value: str, rule: str) -> Complaint:
    """A complaint of a cell, a line or a file."""
    return Complaint(file, line, None, column, printable(value), rule)


def complaints_of_seeds(project: Path) -> Told:
    """Complaints of every seed that is declared or lies in `seeds/`, at most 20 of each."""
    seeds = declared_seeds(project)
    found: list[Told] = []
    for file in sorted({path.relative_to(project).as_posix() for path in _files(project)}):
        if file not in seeds:
            rule = "every seed is declared with its columns in a YAML file beside it"
            found.append(_one(complaint(file, None, None, "not declared", rule)))
    for seed in seeds.values():
        found += map(_one, _of_declaration(seed))
        path = project / seed.file
        if not path.is_file():
            rule = "every declared seed has its file"
            found.append(_one(complaint(seed.file, None, None, "no such file", rule)))
            continue
        complaints = list(complaints_of_file(path.read_bytes(), seed))
        found.append(limited(complaints, MAX_COMPLAINTS, seed.file))
    return told(found)


def _one(found: Complaint) -> Told:
    return limited([found], 1, "")


def _files(project: Path) -> Iterator[Path]:
    return (project / "seeds").rglob("*.csv")


def declared_seeds(project: Path) -> dict[str, Seed]:
    """Seeds by file; YAML that cannot be read is left to dbt, which names the place."""
    seeds: dict[str, Seed] = {}
    for path in sorted((project / "seeds").rglob("*.yml")):
        try:
            entries = yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]
            for entry in entries:
                file = (path.parent / f"{entry['name']}.csv").relative_to(project).as_posix()
                config: dict[str, Any] = entry["config"]
                meta: dict[str, Any] = config.get("meta") or {}
                key = (*meta.get("key", ()), *meta.get("named_by", ()))
                types = dict(config["column_types"])
                seeds[file] = Seed(file, types, key, bool(meta.get("may_be_empty")))
        except (yaml.YAMLError, UnicodeDecodeError, LookupError, TypeError, AttributeError):
            continue
    return seeds


def _of_declaration(seed: Seed) -> Iterator[Complaint]:
    """What is wrong with the entry in YAML: SQL is made of its columns, complaints of its key."""
    for column in seed.types:
        if not NAME.fullmatch(str(column)):
            rule = "letters, digits and _ make a declared column; file_name and file_line are taken"
            yield complaint(seed.file, None, str(column), "declared so", rule)
    if not seed.key or not all(column in list(seed.types) for column in seed.key):
        rule = "config.meta.key of a declared seed names columns of it"
        yield complaint(seed.file, None, None, ", ".join(map(str, seed.key)), rule)


def complaints_of_file(content: bytes, seed: Seed) -> Iterator[Complaint]:
    """What is wrong with the bytes of a seed; each stage presumes that the one before passed."""
    whole = list(_of_bytes(content, seed))
    if whole:
        yield from whole
        return
    lines = _lines(content.removeprefix(BOM).decode("utf-8"))
    header, *rows = lines
    columns = _split(header)
    about_header = list(_of_header(columns, header, seed))
    if about_header or columns is None:
        yield from about_header
        return
    if not rows and not seed.may_be_empty:
        yield complaint(seed.file, 2, None, "no row", "the file holds at least one row")
    for number, line in enumerate(rows, start=2):
        yield from _of_row(number, line, columns, seed)


def _lines(text: str) -> list[str]:
    """Lines without their ends; blank ones behind the last row say nothing and go."""
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


def _of_bytes(content: bytes, seed: Seed) -> Iterator[Complaint]:
    if content[:2] in UTF16:
        yield complaint(seed.file, 1, None, "UTF-16", "the file is UTF-8")
        return
    body = content.removeprefix(BOM)
    if not body.strip():
        yield complaint(seed.file, 1, None, "empty", "the file holds a header")
        return
    lines = body.split(b"\n")
    header = lines[0].decode("utf-8", "replace").strip().split(",")
    for number, line in enumerate(lines, start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            before = line[: error.start].decode("utf-8") + "x"
            position = len(_split(before + '"' * (before.count('"') % 2)) or [""]) - 1
            column = header[position] if position < len(header) else None
            cells = line.decode("utf-8", "backslashreplace").split(",")
            value = next((cell for cell in cells if "\\x" in cell), "")
            yield complaint(seed.file, number, column, value, "the file is UTF-8")
    if not content.endswith(b"\n"):
        last = lines[-1].decode("utf-8", "backslashreplace")
        rule = "the last line ends with a line break: the file is not cut off"
        yield complaint(seed.file, len(lines), None, last, rule)
    crlf = content.count(b"\r\n")
    if content.count(b"\r") != crlf or crlf not in (0, content.count(b"\n")):
        ends = (
            n for n, line in enumerate(lines, 1) if b"\r" in line[:-1] or _ends_otherwise(lines, n)
        )
        number = next(ends, 1)
        rule = "all lines end with LF, or all with CRLF"
        yield complaint(seed.file, number, None, lines[number - 1].decode("utf-8", "replace"), rule)


def _ends_otherwise(lines: list[bytes], number: int) -> bool:
    """Whether a line ends otherwise than the first."""
    return number < len(lines) and lines[number - 1].endswith(b"\r") != lines[0].endswith(b"\r")


def _of_header(columns: list[str] | None, header: str, seed: Seed) -> Iterator[Complaint]:
    if columns is None:
        yield complaint(seed.file, 1, None, header, QUOTES)
        return
    rules = {
        "missing": "the header holds every declared column",
        "unknown": "the header holds only declared columns",
        "twice": "the header holds every column once",
    }
    for column in seed.types:
        if column not in columns:
            yield complaint(seed.file, 1, column, "the column is missing", rules["missing"])
    for column, count in Counter(columns).items():
        if column not in seed.types:
            shown = printable(column) or "(no name)"
            yield complaint(seed.file, 1, shown, "the column is unknown", rules["unknown"])
        elif count > 1:
            yield complaint(seed.file, 1, column, "the column stands twice", rules["twice"])


def _of_row(number: int, line: str, columns: list[str], seed: Seed) -> Iterator[Complaint]:
    if not line.strip():
        yield complaint(seed.file, number, None, line, "no blank line stands between rows")
        return
    cells = _split(line)
    if cells is None:
        yield complaint(seed.file, number, None, line, QUOTES)
        return
    if len(cells) != len(columns):
        # The first column without a value, or the last one, behind which more follows.
        column = columns[min(len(cells), len(columns) - 1)]
        said = f"{len(cells)} values for {len(columns)} columns"
        yield complaint(seed.file, number, column, said, AS_HEADER)
        return
    if cells == columns:
        yield complaint(seed.file, number, None, line, "the header stands once, above the rows")
        return
    for column, cell in zip(columns, cells, strict=True):
        rule = rule_broken(cell, seed.types[column])
        if len(cell) > LONGEST:
            rule = f"a value has at most {LONGEST} characters"
        if rule:
            yield complaint(seed.file, number, column, cell, rule)


def _split(line: str) -> list[str] | None:
    """Values of a line; None where its quotes do not fit."""
    if '"' not in line:
        return line.split(",")
    outside = line.replace('""', "").split('"')
    if len(outside) % 2 == 0:
        return None
    # What stands between quoted texts is commas around unquoted values: a quote opens and closes
    # a whole value.
    for k in range(0, len(outside), 2):
        part = outside[k]
        if (k > 0 and part and not part.startswith(",")) or (
            k < len(outside) - 1 and part and not part.endswith(",")
        ):
            return None
    limit = csv.field_size_limit(len(line))
    try:
        return next(csv.reader([line]))
    finally:
        csv.field_size_limit(limit)
