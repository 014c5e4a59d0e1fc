"""Parquet files of `inputs/`: what can be told of them before anything is loaded.

Each is the one that was declared: whole, of the SHA-256 that stands beside it, with the declared
columns and types. What its values must be is told by the tests of its declaration and by the gate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from trade_potential.quality.complaints import Complaint, Told, limited
from trade_potential.quality.parquet_files import columns_of_parquet, complaint_of_parquet

FOLDER = "inputs"
CHECKSUMS = "SHA256SUMS"
MAX_COMPLAINTS = 20
"""Complaints of one folder that are printed; the rest is counted."""
STORED = {
    "integer": "INTEGER", "double": "DOUBLE", "varchar": "VARCHAR", "boolean": "BOOLEAN",
    "date": "DATE",
}  # fmt: skip
"""How a declared type is stored, as DuckDB names it."""
SAME_FILE = (
    f"the file is the one of which {CHECKSUMS} tells; where it was changed on purpose, run"
    f" sha256sum *.parquet > {CHECKSUMS} beside it"
)


class SourceFile(NamedTuple):
    """A declared table of a dbt source.

    Attributes:
        file: Path from the project.
        types: Declared type by column.
    """

    file: str
    types: Mapping[str, str]


def complaints_of_sources(project: Path) -> Told:
    """Complaints of the files below `inputs/`: missing, foreign, damaged, of other columns."""
    found = list(_of_project(project))
    return limited(found, MAX_COMPLAINTS, FOLDER)


def source_files(project: Path) -> dict[str, SourceFile]:
    """Declared files by name; YAML that cannot be read is left to dbt, which names the place."""
    files: dict[str, SourceFile] = {}
    for path in sorted((project / FOLDER).rglob("*.yml")):
        try:
            for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
                for table in source["tables"]:
                    file = path.parent.relative_to(project) / f"{table['name']}.parquet"
                    types = {column["name"]: column["data_type"] for column in table["columns"]}
                    files[table["name"]] = SourceFile(file.as_posix(), types)
        except (yaml.YAMLError, UnicodeDecodeError, LookupError, TypeError, AttributeError):
            continue
    return files


def _of_project(project: Path) -> Iterator[Complaint]:
    files = source_files(project)
    declared = {of.file for of in files.values()}
    for path in sorted((project / FOLDER).rglob("*.parquet")):
        name = path.relative_to(project).as_posix()
        if name not in declared:
            rule = "every Parquet file of inputs/ is declared in a YAML file beside it"
            yield Complaint(name, None, None, None, "not declared", rule)
    for of in files.values():
        yield from _of_file(project, of)


def _of_file(project: Path, of: SourceFile) -> Iterator[Complaint]:
    path = project / of.file
    if not path.is_file():
        rule = "every declared Parquet file is there"
        yield Complaint(of.file, None, None, None, "no such file", rule)
        return
    try:
        listed = _checksums(path.parent / CHECKSUMS)
        with path.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except (OSError, UnicodeDecodeError) as error:
        said = f"{getattr(error, 'filename', None) or CHECKSUMS} cannot be read"
        yield Complaint(of.file, None, None, None, said, SAME_FILE)
        return
    if found != listed.get(path.name):
        said = f"its SHA-256 is {found}, not {listed.get(path.name, 'listed')}"
        yield Complaint(of.file, None, None, None, said, SAME_FILE)
        return
    wrong = complaint_of_parquet(str(path))
    if wrong:
        yield Complaint(of.file, None, None, None, wrong, "the file is a whole Parquet file")
        return
    yield from _of_columns(of, columns_of_parquet(path))


def _checksums(path: Path) -> dict[str, str]:
    """Checksum by file, as sha256sum writes them; no file: nothing is listed."""
    if not path.is_file():
        return {}
    lines = (line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines())
    return {line[1].lstrip("*"): line[0] for line in lines if len(line) == 2}


def _of_columns(of: SourceFile, stored: Mapping[str, str]) -> Iterator[Complaint]:
    for column, type_ in of.types.items():
        if column not in stored:
            rule = "the file holds every declared column"
            yield Complaint(of.file, None, None, column, "the column is missing", rule)
        elif stored[column] != STORED.get(type_):
            rule = f"the column is stored as {STORED.get(type_)}"
            yield Complaint(of.file, None, None, column, stored[column], rule)
    for column in stored:
        if column not in of.types:
            rule = "the file holds only declared columns"
            yield Complaint(of.file, None, None, column, "the column is unknown", rule)
