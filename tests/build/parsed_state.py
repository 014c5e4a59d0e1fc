"""dbt's parsed state of a project, for a copy of it: dbt parses only what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgpack

FILE = Path("target") / "partial_parse.msgpack"


def bring(source: Path, copy: Path) -> None:
    """Write what dbt has parsed at `source` as if it had been parsed at `copy`.

    The state holds the folder of the project, from which dbt loads large seeds.
    """
    state = msgpack.unpackb((source / FILE).read_bytes(), strict_map_key=False)
    moved = _moved(state, str(source), str(copy))
    (copy / FILE).parent.mkdir(exist_ok=True)
    (copy / FILE).write_bytes(msgpack.packb(moved))


def _moved(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {_moved(key, old, new): _moved(held, old, new) for key, held in value.items()}
    if isinstance(value, list):
        return [_moved(held, old, new) for held in value]
    if isinstance(value, str) and (value == old or value.startswith(f"{old}/")):
        return new + value.removeprefix(old)
    return value
