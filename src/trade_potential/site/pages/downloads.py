"""Files of the release, how to cite it, and whose figures it rests on."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Source
from trade_potential.words import Words

MEGABYTE = 1e6
FILES = (
    "trade_potential.xlsx", "trade_potential.duckdb", "datapackage.json", "gate.html", "gate.json",
    "lineage.html", "manifest.json", "provenance.json", "DATA_LICENCE.md",
)  # fmt: skip
FOLDERS = ("csv", "marts")


def context(source: Source, words: Words) -> dict[str, Any]:
    """Files that are there, with their sizes; sources with their licences."""
    held: dict[str, dict[str, Any]] = source.release.manifest["files"]
    said = {"manifest.json": None, **{name: of["bytes"] for name, of in held.items()}}
    return {
        "files": [
            (name, words.text(f"site_downloads.files.{_key(name)}"), _size(said[name], words))
            for name in FILES
            if name in said
        ],
        "folders": [
            (
                words.text(f"site_downloads.{folder}"),
                [
                    (name, name.removeprefix(f"{folder}/"), _size(size, words))
                    for name, size in sorted(said.items())
                    if name.startswith(f"{folder}/")
                ],
            )
            for folder in FOLDERS
        ],
        "sources": [
            [row["title"], row["publisher"], row["vintage"] or "", row["licence"], row["citation"]]
            for row in source.rows("dim_source", order="title")
        ],
        "year": source.release.published_at.year,
    }  # fmt: skip


def _key(name: str) -> str:
    return name.replace(".", "_")


def _size(size: int | None, words: Words) -> str:
    if size is None:
        return ""
    return words.text("site_downloads.megabytes", size=words.number(size / MEGABYTE, 2))
