"""The licence of a release's figures, written from the rows of dim_source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.release.mart_files import parquet_files, rows_of

if TYPE_CHECKING:
    import duckdb

LICENCE = "DATA_LICENCE.md"
SOURCES = "dim_source"
ABOUT = """# Licence of the figures

Every table of this release rests on figures of the sources below, which keep the licences of their
sources: whoever passes figures on cites the source and keeps to its terms. The same stands in the
mart `dim_source`. The code is under a licence of its own.
"""


def data_licence(memory: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """Licence and citation of every source, as Markdown.

    Args:
        memory: To read with.
        folder: Of the release; it holds dim_source.
    """
    parts = [ABOUT]
    for source in memory.execute(
        "select source_id, title, publisher, licence, citation, url, vintage, retrieved, inputs "
        f"from {rows_of(parquet_files(folder, SOURCES))} order by source_id"
    ).fetchall():
        name, title, publisher, *held = (_plain(text) for text in source)
        labels = ("Licence", "Cite as", "Page", "Vintage", "Read from", "Inputs")
        lines = [f"- {label}: {text}" for label, text in zip(labels, held, strict=True)]
        parts.append("\n".join([f"## {title}", "", f"{publisher} ({name})", "", *lines, ""]))
    return "\n".join(parts)


def _plain(text: str | None) -> str:
    """A text that Markdown and HTML take as it stands."""
    shown = " ".join((text or "none").split())
    return "".join(f"\\{mark}" if mark in "\\`*[]<>#|" else mark for mark in shown)
