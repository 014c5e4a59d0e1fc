"""datapackage.json: what every file of a release holds, for programs (Frictionless Data Package 1).

Version 1, since that is what the packages of Python and R read whole; version 2 adds nothing that a
release has to say. Nothing in it tells of one run: equal marts give an equal file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.release.csv_files import DIMENSIONS, CsvFile
from trade_potential.release.disk import checksum
from trade_potential.release.licence import LICENCE, SOURCES
from trade_potential.release.mart_files import Content, parquet_files, rows_of
from trade_potential.release.texts import MartText, Texts
from trade_potential.release.units import unit_of

if TYPE_CHECKING:
    import duckdb

DATAPACKAGE = "datapackage.json"
TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIME": "time",
    "DOUBLE": "number",
    "FLOAT": "number",
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "HUGEINT": "integer",
    "UTINYINT": "integer",
    "USMALLINT": "integer",
    "UINTEGER": "integer",
    "UBIGINT": "integer",
}
ABOUT = (
    "Marts of one build. Every mart is a table of trade_potential.duckdb and Parquet (compressed "
    "with Snappy, rows in the order of the key); reports and dimensions are CSV as well (UTF-8 "
    "with a byte order mark, RFC 4180). In CSV a text that a spreadsheet would run as a formula "
    "begins with an apostrophe. Studies are alternatives: their figures are never added up."
)


def write_datapackage(
    memory: duckdb.DuckDBPyConnection,
    folder: Path,
    contents: Mapping[str, Content],
    keys: Mapping[str, list[str]],
    texts: Texts,
    tables: Mapping[str, CsvFile],
) -> None:
    """Describe the Parquet and CSV files that lie in a release.

    Args:
        memory: To read the sources with.
        folder: Of the release.
        contents: What each mart holds.
        keys: Columns of the key of each mart.
        texts: What is said of each mart.
        tables: The CSV file of those that have one.
    """
    resources = []
    for mart, held in contents.items():
        schema = _schema(held, keys[mart], texts[mart])
        resources.append(_parquet(folder, mart, held, texts[mart], schema))
        if mart in tables:
            resources.append(_csv(folder, mart, tables[mart], texts, schema, tables))
    about: dict[str, Any] = {
        "profile": "data-package",
        "name": "trade-potential",
        "title": "Trade potential",
        "description": ABOUT,
    }
    if SOURCES in contents:
        about["licenses"] = [
            {"path": LICENCE, "title": "Every source keeps its licence; they are listed there"}
        ]
        about["sources"] = list(_sources(memory, folder))
    text = json.dumps(about | {"resources": resources}, indent=1, ensure_ascii=False) + "\n"
    (folder / DATAPACKAGE).write_text(text, encoding="utf-8")


def resource_name(mart: str, kind: str = "") -> str:
    """The name of a resource, of signs that the specification allows."""
    return re.sub(r"[^-a-z0-9._]", "_", f"{mart}{kind}".lower())


def title(name: str) -> str:
    """A name in words."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _schema(held: Content, key: list[str], said: MartText) -> dict[str, Any]:
    """Columns, key and references of a mart."""
    fields = [
        {
            "name": name,
            "type": _type(kind),
            "title": title(name),
            "description": said.columns[name],
            "unit": unit_of(name),
        }
        for name, kind in held.columns
    ]
    schema: dict[str, Any] = {"fields": fields, "primaryKey": key, "missingValues": [""]}
    if said.references:
        schema["foreignKeys"] = [
            {
                "fields": list(of.columns),
                "reference": {"resource": resource_name(of.mart), "fields": list(of.to)},
            }
            for of in said.references
        ]
    return schema


def _type(kind: str) -> str:
    if kind.endswith("]"):
        return "array"
    if kind.startswith("DECIMAL"):
        return "number"
    return "datetime" if kind.startswith("TIMESTAMP") else TYPES.get(kind, "any")


def _parquet(
    folder: Path, mart: str, held: Content, said: MartText, schema: dict[str, Any]
) -> dict[str, Any]:
    """The resource of a mart; one with parts has no checksum of its own, SHA256SUMS has theirs."""
    files = parquet_files(folder, mart)
    paths = [file.relative_to(folder).as_posix() for file in files]
    place: dict[str, Any] = {"path": paths}
    if len(files) == 1:
        place = {"path": paths[0], "hash": f"sha256:{checksum(files[0])}"}
    return {
        "name": resource_name(mart),
        "profile": "data-resource",
        "title": title(mart),
        "description": said.description,
        **place,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": sum(file.stat().st_size for file in files),
        "rows": held.rows,
        "schema": schema,
    }


def _csv(
    folder: Path,
    mart: str,
    table: CsvFile,
    texts: Texts,
    schema: dict[str, Any],
    tables: Mapping[str, CsvFile],
) -> dict[str, Any]:
    """The resource of a CSV file; it refers to a CSV file where that is whole."""
    part = (
        f"Only the year {table.year}, the newest with answers; all years are in Parquet and "
        "trade_potential.duckdb. "
        if table.year is not None
        else ""
    )
    there = {
        resource_name(other): resource_name(other, "_csv")
        for other in tables
        if other.startswith(DIMENSIONS)
    }
    schema = {**schema}
    if "foreignKeys" in schema:
        schema["foreignKeys"] = [
            {**of, "reference": {**of["reference"], "resource": there.get(name, name)}}
            for of in schema["foreignKeys"]
            for name in [of["reference"]["resource"]]
        ]
    return {
        "name": resource_name(mart, "_csv"),
        "profile": "tabular-data-resource",
        "title": title(mart),
        "description": part + texts[mart].description,
        "path": table.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {
            "delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True,
            "header": True,
        },
        "bytes": (folder / table.path).stat().st_size,
        "hash": f"sha256:{checksum(folder / table.path)}",
        "schema": schema,
    }  # fmt: skip


def _sources(memory: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[dict[str, str]]:
    """Whose figures the marts rest on; a path only where there is a page."""
    for name, said, publisher, url, licence in memory.execute(
        "select source_id, title, publisher, url, licence "
        f"from {rows_of(parquet_files(folder, SOURCES))} order by source_id"
    ).fetchall():
        page = {"path": url} if (url or "").startswith(("http://", "https://")) else {}
        yield {
            "title": f"{publisher}: {said}",
            **page,
            "source_id": name,
            "licence": licence or "not stated by the source",
        }
