"""Changes of seeds that tests of builds plant."""

from __future__ import annotations

from tests.build.project import Change


def value_set(column: str, value: str, **where: str) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        for row in rows:
            if all(row[header.index(key)] == wanted for key, wanted in where.items()):
                row[header.index(column)] = value
                return
        raise AssertionError(f"no row with {where}")

    return change


def first_row_doubled(_: list[str], rows: list[list[str]]) -> None:
    rows.insert(1, list(rows[0]))


def row_appended(*row: str) -> Change:
    return lambda _, rows: rows.append(list(row))


def rows_removed(**where: str) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        rows[:] = [row for row in rows if any(row[header.index(k)] != v for k, v in where.items())]

    return change


def column_dropped(column: str) -> Change:
    def change(header: list[str], rows: list[list[str]]) -> None:
        position = header.index(column)
        for row in [header, *rows]:
            del row[position]

    return change


def rows_added(*rows: str) -> Change:
    return lambda _, table: table.extend(row.split(",") for row in rows)


def rows_like(first: str, *rows: dict[str, str]) -> Change:
    """Adds rows like the one that begins with `first`, but for the values given by column."""

    def change(header: list[str], table: list[list[str]]) -> None:
        model = dict(zip(header, next(row for row in table if row[0] == first), strict=True))
        for row in rows:
            assert not row.keys() - model.keys()
            table.append(list((model | row).values()))

    return change
