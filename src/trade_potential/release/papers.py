"""What a release says beside its marts: licence of the figures, gate, packages, provenance."""

from __future__ import annotations

import json
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.release.disk import checksum
from trade_potential.release.layout import MANIFEST
from trade_potential.release.licence import LICENCE, SOURCES, data_licence
from trade_potential.release.manifest import GATE
from trade_potential.release.own_gate import write_gate
from trade_potential.release.provenance import Run
from trade_potential.release.statement import STATEMENT, statement

if TYPE_CHECKING:
    import duckdb


def papers(
    memory: duckdb.DuckDBPyConnection,
    folder: Path,
    marts: Container[str],
    run: Run | None,
    acknowledged: duckdb.DuckDBPyRelation | None = None,
) -> None:
    """Write what the manifest lists.

    That is the licence where there are sources, the report where there is a gate, with what was
    acknowledged of it, and the packages of a run.
    """
    if SOURCES in marts:
        (folder / LICENCE).write_text(data_licence(memory, folder), encoding="utf-8")
    if GATE in marts:
        write_gate(memory, folder, acknowledged)
    if run:
        from trade_potential.release.sbom import SBOM, bill_of_materials

        (folder / SBOM).write_text(bill_of_materials(run), encoding="utf-8")


def state(folder: Path, release_id: str, manifest: dict[str, Any], run: Run | None) -> None:
    """Write the statement on every file that is there, the manifest included."""
    if run is None:
        return
    files = {name: held["sha256"] for name, held in manifest["files"].items()}
    files[MANIFEST] = checksum(folder / MANIFEST)
    said = statement(
        run, release_id=release_id, target=manifest["target"], files=files,
        versions=manifest["versions"],
    )  # fmt: skip
    _write(folder, said)


def restate(statement_file: Path, folder: Path) -> None:
    """Write a statement again for a folder whose manifest is another one, and all else the same."""
    said = json.loads(statement_file.read_text(encoding="utf-8"))
    for subject in said["subject"]:
        if subject["name"] == MANIFEST:
            subject["digest"] = {"sha256": checksum(folder / MANIFEST)}
    _write(folder, said)


def _write(folder: Path, said: dict[str, Any]) -> None:
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    (folder / STATEMENT).write_text(text, encoding="utf-8")
