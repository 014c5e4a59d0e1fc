"""What a release says of itself: where its numbers come from and what it holds."""

from __future__ import annotations

import platform
from collections.abc import Collection
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.release.disk import checksum
from trade_potential.release.layout import DATABASE, MANIFEST
from trade_potential.release.mart_files import Content, parquet_files, parquet_of, rows_of

if TYPE_CHECKING:
    import duckdb

PACKAGES = (
    "trade-potential",
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "great-expectations",
    "linearmodels",
    "numpy",
    "pandas",
    "pyarrow",
    "pyfixest",
    "scipy",
    "statsmodels",
)
"""Packages that a published number can depend on."""
COMMENTS = "comments_sha256"
"""Of the database: digest of the texts in it, which its tables do not tell."""
GATE, AUDIT = "fct_quality_results", "fct_audit_results"


def versions() -> dict[str, str | None]:
    """Versions of Python and of the packages; null where one is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def files_of(folder: Path, *, but: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Bytes and checksum of every file but those named, by path within the release."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in but)
    return {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": checksum(path),
        }
        for path in paths
    }


def manifest(
    memory: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    release: tuple[str, int],
    previous: str | None,
    about: dict[str, Any],
    contents: dict[str, Content],
    keys: dict[str, list[str]],
    comments: str | None = None,
) -> dict[str, Any]:
    """The manifest of the tables in a directory.

    Args:
        memory: To read them.
        folder: Where the tables lie.
        release: Id and sequence number.
        previous: Id of the release that was current before.
        about: The run: id, code, versions, vintages.
        contents: What each mart holds.
        keys: Columns of the key of each mart.
        comments: Digest of the comments in the DuckDB file.
    """
    files = files_of(folder)
    marts = {
        mart: {
            "rows": held.rows,
            "key": keys[mart],
            "columns": [{"name": name, "type": kind} for name, kind in held.columns],
            **_place(folder, mart, files),
        }
        for mart, held in contents.items()
    }
    return {
        "release_id": release[0],
        "sequence": release[1],
        "previous_release_id": previous,
        # For people. Nothing is ordered by it: a clock can go backwards.
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        **about,
        "gate": _gate(memory, folder) if GATE in contents else None,
        "audit": _audit(memory, folder) if AUDIT in contents else None,
        "database": {
            "file": DATABASE,
            "schema": "main",
            **files[DATABASE],
            **({COMMENTS: comments} if comments else {}),
        },
        "marts": marts,
        "files": files,
    }


def _place(folder: Path, mart: str, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The Parquet file of a mart, or the pattern of its parts, whose checksums ``files`` has."""
    path = parquet_of(folder, mart).relative_to(folder).as_posix()
    if path in files:
        return {"file": path, **files[path]}
    parts = [held["bytes"] for name, held in files.items() if name.startswith(f"{path}/")]
    return {"file": f"{path}/*.parquet", "bytes": sum(parts)}


def _gate(memory: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Any]:
    """Expectations on the inputs: passed and failed, by severity."""
    counted = memory.execute(
        "select severity, count(*) filter (where passed), count(*) filter (where not passed) "
        f"from {rows_of(parquet_files(folder, GATE))} group by severity order by severity"
    ).fetchall()
    by_severity = {name: {"passed": good, "failed": bad} for name, good, bad in counted}
    is_closed = by_severity.get("error", {}).get("failed", 0) > 0 or not counted
    return {"status": "failed" if is_closed else "passed", "expectations": by_severity}


def _audit(memory: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Any]:
    """Numbers beside their second computation, by status."""
    counted = memory.execute(
        f"select status, count(*) from {rows_of(parquet_files(folder, AUDIT))} "
        "group by status order by status"
    ).fetchall()
    by_status = dict(counted)
    return {"status": "failed" if by_status.get("differs") else "passed", "results": by_status}


def sums(folder: Path) -> str:
    """Checksums of every file, the manifest included, as ``sha256sum --check`` reads them."""
    files = {**files_of(folder), MANIFEST: {"sha256": checksum(folder / MANIFEST)}}
    return "".join(f"{held['sha256']}  {name}\n" for name, held in sorted(files.items()))
