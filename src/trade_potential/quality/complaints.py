"""Complaints: what is refused and why, as columns; joined to sentences here and nowhere else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

FILE = "complaints.json"
SAMPLED = "; a sample: "
"""Ends what a check has observed, where not all rows of an input were read."""


class Complaint(NamedTuple):
    """One refused value, row or file.

    Attributes:
        file: Path of the seed or Parquet file, or `table x`; None: no row of an input.
        row: Line of a seed (the header is line 1), row of a Parquet file.
        key: Values of the key of the row.
        column: Name of the column.
        value: What stands there.
        rule: The rule that it breaks, in words.
    """

    file: str | None
    row: int | None
    key: str | None
    column: str | None
    value: str
    rule: str


class Told(NamedTuple):
    """Sentences on what was refused, and the same as columns."""

    lines: list[str]
    complaints: list[Complaint]


def from_texts(row: Mapping[str, str | None]) -> Complaint:
    """A complaint from a row of the columns of macro complaint, values as text."""
    line = row["file_line"]
    return Complaint(
        row["file_name"], int(line) if line else None, row["row_key"], row["column_name"],
        row["value"] or "", row["rule"] or "",
    )  # fmt: skip


def sentence(found: Complaint) -> str:
    """One sentence that names the place, column, value and rule."""
    parts = [found.file] if found.file else []
    if found.row is not None:
        parts.append(_row(found))
    elif found.key:
        parts.append(f"key {found.key}" if found.file else found.key)
    if found.column:
        parts.append(f"column {found.column}")
    value = f'"{found.value}"' if found.file else found.value
    return ": ".join(filter(None, (", ".join(parts), value))) + f" (rule: {found.rule})"


def _row(found: Complaint) -> str:
    return f"{'line' if str(found.file).endswith('.csv') else 'row'} {found.row}"


def printable(value: str, longest: int = 80) -> str:
    """A value on one line, invisible characters as escapes."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    return shown if len(shown) <= longest else f"{shown[:longest]}..."


def limited(found: Sequence[Complaint], most: int, where: str) -> Told:
    """The first complaints of a file or table, the rest counted."""
    lines = [sentence(complaint) for complaint in found[:most]]
    if len(found) > most:
        lines.append(f"{where}: and {len(found) - most} complaints more")
    return Told(lines, list(found[:most]))


def told(parts: Iterable[Told]) -> Told:
    """All of them as one."""
    gathered = Told([], [])
    for part in parts:
        gathered.lines.extend(part.lines)
        gathered.complaints.extend(part.complaints)
    return gathered


def of_test(test: str, failures: int, rows: Sequence[Mapping[str, str | None]]) -> Told:
    """What a failed test of dbt tells.

    Args:
        test: Its name.
        failures: Rows that it returned.
        rows: The first of them, values as text: the columns of a complaint (macro complaint), of
            a failed expectation (macro gate_failures), or of any other table.
    """
    parts = [_of_row(test, row) for row in rows]
    if failures > len(rows):
        parts.append(Told([f"and {failures - len(rows)} rows more"], []))
    return told(parts)


def _of_row(test: str, row: Mapping[str, str | None]) -> Told:
    if "failing_rows" in row:
        return _of_expectation(row)
    if "row_key" in row:
        found = from_texts(row)
        return Told([sentence(found)], [found])
    cells = ", ".join(f"{name}={value}" for name, value in row.items())
    return Told([cells], [Complaint(None, None, None, None, cells, test)])


def _of_expectation(row: Mapping[str, str | None]) -> Told:
    """One sentence for all rows that break an expectation, one complaint for each."""
    column, rule, file = row["column_name"], row["rule"] or "", row["file_name"] or ""
    rows = [
        Complaint(r["file"], r["row"], r["key"], column, r["value"], rule)
        for r in json.loads(row["failing_rows"] or "[]")
    ]
    if rows:
        first, *others = rows
        where = f"{file}, " if first.file == file else ""
        said = [f"{where}{_place(first, file)}, column {column}: {first.key} = {first.value}"]
        said += [f"{_place(r, file)}: {r.key} = {r.value}" for r in others]
        more = int(row["failing_count"] or 0) - len(rows)
        said += [f"and {more} rows more"] if more > 0 else []
    else:
        observed = row["observed"] or ""
        said = [f"{file}, column {column}: {observed}"]
        rows = [Complaint(file, None, None, column, observed, rule)]
    about = f"(rule: {rule}; suite {row['suite']}, severity {row['severity']})"
    return Told([f"{'; '.join(said)} {about}"], rows)


def _place(found: Complaint, file: str) -> str:
    """The row within an input that is known as `file`."""
    row = "key" if found.row is None else _row(found)
    return row if found.file == file else f"{found.file}, {row}"


def write(folder: Path, invocation_id: str, complaints: Iterable[Complaint]) -> str:
    """Write complaints for machines, whole or not at all (docs/operations.md has the form).

    Returns:
        The path, or what kept it from being written: a refusal is printed all the same.
    """
    path, draft = folder / FILE, folder / f"{FILE}.{os.getpid()}"
    content = {
        "invocation_id": invocation_id,
        "complaints": [complaint._asdict() for complaint in complaints],
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8", errors="backslashreplace")
        draft.replace(path)
    except OSError as error:
        return f"{path} cannot be written: {error.strerror}"
    return str(path)


def forget(folder: Path) -> None:
    """Remove what an earlier run has left."""
    (folder / FILE).unlink(missing_ok=True)
