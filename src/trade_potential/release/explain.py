"""The files by which a release explains itself and opens in any program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trade_potential.release.mart_files import Content
from trade_potential.release.texts import Texts

if TYPE_CHECKING:
    import duckdb


class Explained(NamedTuple):
    """What a release can say of its marts.

    Attributes:
        texts: What stands in the YAML.
        dbt_manifest: Where dbt has written its manifest; None: it has not.
        invocation_id: Of the run that did.
    """

    texts: Texts
    dbt_manifest: Path | None = None
    invocation_id: str = ""


def explain(
    folder: Path,
    explained: Explained | None,
    contents: Mapping[str, Content],
    keys: Mapping[str, list[str]],
    *,
    memory: duckdb.DuckDBPyConnection,
    build: duckdb.DuckDBPyConnection,
) -> list[str]:
    """Write CSV, workbook, data package and lineage beside the Parquet files.

    Args:
        folder: Of the release.
        explained: What is said of the marts; None: nothing is written.
        contents: What each mart holds.
        keys: Columns of the key of each mart.
        memory: To read the Parquet files with.
        build: A connection to the warehouse.

    Returns:
        A sentence for each thing that is left out.
    """
    if explained is None:
        return []
    from trade_potential.release.csv_files import write_csv
    from trade_potential.release.datapackage import write_datapackage
    from trade_potential.release.lineage import write_lineage
    from trade_potential.release.workbook import write_workbook

    texts = explained.texts
    tables = write_csv(memory, folder, contents, keys)
    left_out = write_workbook(memory, folder, contents, keys, texts)
    write_datapackage(memory, folder, contents, keys, texts, tables)
    if explained.dbt_manifest is not None:
        write_lineage(folder, explained.dbt_manifest, explained.invocation_id, build)
    return left_out
