"""Mistakes in the files of a copy of the project, for whole builds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd
from tests.corruptions.inputs import Inputs


def write(root: Path, inputs: Inputs, changed: Mapping[str, pd.DataFrame]) -> None:
    """Write inputs that a mistake has changed in the place of those of the project at `root`."""
    for file, rows in changed.items():
        path = root / inputs.declared[file].place
        if path.suffix == ".csv":
            rows.to_csv(path, index=False, lineterminator="\n")
        else:
            _write_world(path, rows, inputs.declared[file].types)


def _write_world(path: Path, rows: pd.DataFrame, types: Mapping[str, str]) -> None:
    """Write a file of inputs/world and its hash."""
    columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in types.items())
    duckdb.connect().from_df(rows).project(columns).write_parquet(str(path))
    sums = path.with_name("SHA256SUMS")
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        if line.split()[1] == path.name
        else line
        for line in sums.read_text("utf-8").splitlines(keepends=True)
    ]
    sums.write_text("".join(lines), "utf-8")
