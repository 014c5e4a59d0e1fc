"""What every command of releases needs: their folder, and a document as JSON or its table."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trade_potential.cli.session import write
from trade_potential.errors import ReleaseError
from trade_potential.progress import Progress, Say, silent


def root_of(args: argparse.Namespace) -> Path:
    """The folder of releases that a command names.

    Raises:
        ReleaseError: There is none.
    """
    root = Path(args.release_path)
    if not root.is_dir():
        raise ReleaseError(
            f"{root}: no such directory; dbt build publishes there, --release-path names another"
        )
    return root


@contextmanager
def steps() -> Iterator[Say]:
    """A line that says where a long command is, for whoever looks at a terminal."""
    progress = Progress()
    try:
        yield progress.show if progress.is_live else silent
    finally:
        progress.end()


def write_document(args: argparse.Namespace, document: Any, text: str) -> None:
    """Write the document as JSON, or its table."""
    if args.format == "json":
        # Keys of rows can be dates.
        document = _finite(document)
        text = json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"
    write(args, [text])


def _finite(value: Any) -> Any:
    """A document with null for NaN and infinity, which JSON cannot say."""
    if isinstance(value, dict):
        return {name: _finite(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_finite(held) for held in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
