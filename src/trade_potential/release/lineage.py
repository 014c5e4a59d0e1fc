"""dbt's own pages of documentation and lineage, as one file that needs no server.

dbt cannot run inside a run of dbt; what its docs task does with ``--static`` is to put two files
into a page of dbt's package. One is there as a build begins, the other is asked of the warehouse.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.release.secrets import without_secrets

if TYPE_CHECKING:
    import duckdb

LINEAGE = "lineage.html"
OF_THE_RUN = (
    "env", "generated_at", "invocation_id", "invocation_started_at", "project_id",
    "run_started_at", "send_anonymous_usage_stats", "user_id",
)  # fmt: skip
"""Entries of dbt's metadata that tell of a machine, a person or one run."""
OF_THE_MACHINE = ("root_path", "build_path", "compiled_path", "created_at", "compiled_code")
"""Entries of a node that do, and SQL that only a part of the nodes has."""
SETTINGS = ("config", "meta", "source_meta", "unrendered_config", "external")
"""Entries of a node in which vars are filled in; the others stand as they are in the repository."""
OTHERS = ("disabled", "selectors", "group_map")
"""Parts of dbt's manifest that its pages do not show."""


def write_lineage(
    folder: Path, manifest_file: Path, invocation_id: str, build: duckdb.DuckDBPyConnection
) -> bool:
    """Write the page of the run whose manifest dbt has written.

    Args:
        folder: Of the release.
        manifest_file: Of dbt, in its target folder.
        invocation_id: Of the run.
        build: A connection to the warehouse, for the columns of its tables.

    Returns:
        Whether it is written: not of another run's manifest, and not of another engine, whose
        warehouse this connection does not show.
    """
    try:
        manifest = json.loads(manifest_file.read_bytes())
        said = manifest["metadata"]
    except (OSError, ValueError, KeyError):
        return False
    if said.get("invocation_id") != invocation_id or said.get("adapter_type") != "duckdb":
        return False
    page = files("dbt.task.docs").joinpath("index.html").read_text(encoding="utf-8")
    kept = {name: said[name] for name in sorted(said) if name not in OF_THE_RUN}
    shown = {
        "MANIFEST": _without_machine(manifest) | {"metadata": kept},
        "CATALOG": _catalog(manifest, build),
    }
    for name, held in shown.items():
        page = page.replace(f'"{name}.JSON INLINE DATA"', _for_a_script(held))
    (folder / LINEAGE).write_text(page, encoding="utf-8")
    return True


def _for_a_script(held: Any) -> str:
    """JSON that no text in it can end the script of."""
    text = json.dumps(held, ensure_ascii=False, sort_keys=True)
    return text.replace("</", "<\\/").replace("<!--", "<\\u0021--")


def _without_machine(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest without paths and times; an entry that the pages ask for stays, empty."""
    project = manifest["metadata"]["project_name"]
    kept: dict[str, Any] = {}
    for kind, entries in manifest.items():
        if kind in OTHERS:
            kept[kind] = {}
        elif isinstance(entries, dict):
            kept[kind] = {
                name: _node(held)
                for name, held in entries.items()
                # Macros of dbt itself are documented by dbt.
                if kind != "macros" or held["package_name"] == project
            }
        else:
            kept[kind] = entries
    return kept


def _node(held: Any) -> Any:
    if not isinstance(held, dict):
        return held
    return {
        name: without_secrets(value) if name in SETTINGS else value
        for name, value in held.items()
        if name not in OF_THE_MACHINE
    }


def _catalog(manifest: Mapping[str, Any], build: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Tables and columns that the warehouse has, as dbt's catalog lists them."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for schema, table, column, kind, index in build.execute(
        "select schema_name, table_name, column_name, data_type, column_index "
        "from duckdb_columns() where database_name = current_database() and not internal "
        "order by schema_name, table_name, column_index"
    ).fetchall():
        columns = found.setdefault((schema, table), {})
        columns[column] = {"type": kind, "index": index, "name": column, "comment": None}
    entries: dict[str, dict[str, Any]] = {"nodes": {}, "sources": {}}
    for kind, of in (("nodes", "alias"), ("sources", "identifier")):
        for unique_id, node in manifest[kind].items():
            columns = found.get((node["schema"], node.get(of)), {})
            if columns:
                entries[kind][unique_id] = {
                    "metadata": {
                        "type": "table", "schema": node["schema"], "name": node[of],
                        "database": node["database"], "comment": None, "owner": None,
                    },
                    "columns": columns,
                    "stats": {},
                    "unique_id": unique_id,
                }  # fmt: skip
    return {"metadata": {}, "errors": None, **entries}
