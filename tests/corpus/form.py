"""Files that no loader should guess at: refused before dbt opens them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.corpus.case import Case, Mutate, Seed, edited, with_cell

BAD_VALUES: dict[str, dict[str, str]] = {
    "integer": {
        "text in a whole number": "about 6",
        "decimals in a whole number": "2015.6",
        "grouped digits": "2_015",
        "digits grouped by a space": "2 015",
        "locale thousands": "2.015,0",
        "hexadecimal": "0x7df",
        "exponent in a whole number": "2e3",
        "beyond 32 bits": "99999999999",
        "Arabic-Indic digits": "٢٠١٥",
        "NaN for a whole number": "NaN",
        "space before a number": " 2015",
        "SQL in a number": "1); drop schema marts cascade; --",
    },
    "double": {
        "text in a number": "n/a",
        "locale decimals": "1,5",
        "locale thousands and decimals": "1.234.567,8",
        "thousands separators": "1,234,567.8",
        "NaN": "NaN",
        "infinity": "inf",
        "minus infinity": "-Infinity",
        "number that overflows": "1e400",
        "unit behind the number": "12 km",
        "percent sign": "12%",
        "currency sign": "US$12",
        "two points": "1.2.3",
        "grouping underscore": "1_000.5",
        "typographic minus": "\u22125",
        "spreadsheet error": "#N/A",
        "SQL expression": "(select 1)",
    },
    "boolean": {"yes for true": "yes", "1 for true": "1", "text in a boolean": "maybe"},
    "date": {
        "date of a locale": "31/12/2020",
        "day that does not exist": "2021-02-30",
        "date without zeros": "2021-2-3",
        "date with a time": "2021-02-03T00:00:00",
        "serial number of a spreadsheet": "44230",
        "year beyond the calendar": "12021-02-03",
    },
    "varchar": {
        "control character": "a\x07b",
        "tab in a text": "a\tb",
        "NUL": "a\x00b",
        "byte order mark in a text": "\ufeffa",
        "zero-width space": "a\u200bb",
        "direction override": "a\u202eb",
        "replacement character": "a\ufffdb",
        "space behind a text": "a ",
        "no-break space before a text": "\u00a0a",
        "decomposed letters": "Cote d'Ivoire, Co\u0302te",
        "encoded twice": "C\u00c3\u00b4te d'Ivoire",
    },
}
"""Values that break the form of a type."""


def form_cases(seed: Seed, number: int) -> Iterator[Case]:
    """Every case of one seed."""
    for type_, values in BAD_VALUES.items():
        columns = seed.columns(type_)
        for kind, value in values.items() if columns else ():
            chance = seed.random(kind, number)
            column = chance.choice(columns)
            line = chance.randrange(len(seed.rows)) + 2
            shown = value if value.isprintable() else value.encode("unicode_escape").decode()
            yield Case(
                seed.target, kind, "form", with_cell(line, seed.header.index(column), value),
                (f'{seed.file}, line {line}, column {column}: "{shown}" (rule: ',),
                cell=(line, seed.header.index(column)),
            )  # fmt: skip
    yield from _file_cases(seed, number)
    yield from header_cases(seed, number)
    yield from _row_cases(seed, number)


def _case(seed: Seed, kind: str, change: Mutate, where: str, rule: str) -> Case:
    return Case(seed.target, kind, "form", change, (f"{seed.file}{where}", f"(rule: {rule}"))


def _file_cases(seed: Seed, number: int) -> Iterator[Case]:
    chance = seed.random("file", number)
    yield _case(seed, "empty file", lambda _: b"", ", line 1", "the file holds a header")
    yield _case(seed, "blank file", lambda _: b"\n \n", ", line 1", "the file holds a header")
    yield _case(seed, "no file", lambda _: None, "", "every declared seed has its file")
    if not seed.may_be_empty:
        yield _case(
            seed, "header only", lambda b: b.split(b"\n")[0] + b"\n", ", line 2",
            "the file holds at least one row",
        )  # fmt: skip
    share = chance.uniform(0.3, 0.9)
    yield _case(
        seed, "truncated in a line", lambda b: b[: int(len(b) * share)].rstrip(b"\n"), ", line ",
        "the last line ends with a line break",
    )  # fmt: skip
    yield _case(
        seed, "truncated in the last value", lambda b: b.rstrip(b"\n")[:-1],
        f", line {len(seed.rows) + 1}", "the last line ends with a line break",
    )  # fmt: skip
    for encoding in ("utf-16", "utf-16-be-bom"):
        yield _case(seed, f"saved as {encoding}", _utf16(encoding), ", line 1", "the file is UTF-8")
    texts = seed.columns("varchar")
    line, column = chance.randrange(len(seed.rows)) + 2, chance.choice(texts)
    for encoding in ("latin-1", "cp1251", "gb18030"):
        planted = {"latin-1": "Côte", "cp1251": "Казахстан", "gb18030": "哈萨克斯坦"}[encoding]
        yield _case(
            seed, f"value in {encoding}",
            _bytes_in(line, seed.header.index(column), planted.encode(encoding)),
            f', line {line}, column {column}: "', "the file is UTF-8",
        )  # fmt: skip
    yield _case(
        seed, "old Macintosh line ends", lambda b: b.replace(b"\n", b"\r") + b"\n", ", line ",
        "all lines end with LF",
    )  # fmt: skip
    yield _case(
        seed, "mixed line ends", lambda b: b.replace(b"\n", b"\r\n", 1), ", line ",
        "all lines end with LF",
    )  # fmt: skip


def header_cases(seed: Seed, number: int) -> Iterator[Case]:
    """Cases of the first line, which a file without rows has, too."""
    chance = seed.random("header", number)
    k = chance.randrange(len(seed.header))
    column = seed.header[k]
    where = ', line 1, column {}: "the column {}"'

    def cut(rows: list[list[str]]) -> None:
        for row in rows:
            del row[k]

    def rename(new: str) -> Mutate:
        return with_cell(1, k, new)

    def repeat(rows: list[list[str]]) -> None:
        for row in rows:
            row.insert(k, row[k])

    def add(rows: list[list[str]]) -> None:
        for n, row in enumerate(rows):
            row.append("spare" if n == 0 else "1")

    missing, unknown = "the header holds every declared column", "the header holds only declared"
    yield _case(seed, "missing column", edited(cut), where.format(column, "is missing"), missing)
    yield _case(
        seed, "renamed column", rename(f"{column}_new"),
        where.format(f"{column}_new", "is unknown"), unknown,
    )  # fmt: skip
    yield _case(
        seed, "column in capitals", rename(column.upper()),
        where.format(column, "is missing"), missing,
    )  # fmt: skip
    yield _case(
        seed, "duplicate column", edited(repeat), where.format(column, "stands twice"),
        "the header holds every column once",
    )  # fmt: skip
    yield _case(seed, "unknown column", edited(add), where.format("spare", "is unknown"), unknown)
    yield _case(
        seed, "column without a name", rename(""), where.format("(no name)", "is unknown"), unknown
    )
    if seed.rows:
        yield _case(seed, "no header", lambda b: b.split(b"\n", 1)[1], ", line 1, column ", missing)
    yield _case(
        seed, "two byte order marks", lambda b: b"\xef\xbb\xbf" * 2 + b, ", line 1, column ",
        missing,
    )  # fmt: skip
    if len(seed.header) > 1:
        for name, mark in {"semicolons": b";", "tabs": b"\t"}.items():
            yield _case(
                seed, f"{name} for commas", lambda b, m=mark: b.replace(b",", m),  # type: ignore[misc]
                f", line 1, column {seed.header[0]}", missing,
            )  # fmt: skip


def _row_cases(seed: Seed, number: int) -> Iterator[Case]:
    chance: random.Random = seed.random("row", number)
    line = chance.randrange(len(seed.rows)) + 2
    wide, at = len(seed.header), f", line {line}"
    count = "a row has as many values as the header has columns"
    quotes = "a quote opens and closes a whole value on its line"

    def with_line(edit: object) -> Mutate:
        def change(content: bytes) -> bytes:
            lines = content.split(b"\n")
            lines[line - 1 : line] = edit(lines[line - 1])  # type: ignore[operator]
            return b"\n".join(lines)

        return change

    yield _case(
        seed, "one value too many", with_line(lambda row: [row + b",1"]),
        f'{at}, column {seed.header[-1]}: "{wide + 1} values for {wide} columns"', count,
    )  # fmt: skip
    yield _case(
        seed, "one value too few",
        edited(lambda rows: rows[line - 1].pop() and None),
        f'{at}, column {seed.header[-1]}: "{wide - 1} values for {wide} columns"', count,
    )  # fmt: skip
    yield _case(seed, "quote that stays open", with_line(lambda row: [b'"' + row]), at, quotes)
    yield _case(
        seed, "line break in a quoted value", with_line(lambda row: [b'"a\nb",' + row]), at, quotes
    )
    yield _case(
        seed, "blank line between rows", with_line(lambda row: [b"", row]), at,
        "no blank line stands between rows",
    )  # fmt: skip
    yield _case(
        seed, "header repeated as a row",
        edited(lambda rows: rows.insert(line - 1, list(rows[0]))), at,
        "the header stands once",
    )  # fmt: skip


def _utf16(encoding: str) -> Mutate:
    if encoding == "utf-16":
        return lambda content: content.decode().encode("utf-16")
    return lambda content: b"\xfe\xff" + content.decode().encode("utf-16-be")


def _bytes_in(line: int, column: int, planted: bytes) -> Mutate:
    marked = with_cell(line, column, "PLANTED")
    return lambda content: (marked(content) or b"").replace(b"PLANTED", planted)
