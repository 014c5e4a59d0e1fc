"""The panel for programs that read no Parquet; not part of what is measured.

python -m benchmarks.export FILE TARGET: .csv for gretl, .doubles (columns one after the other, as
doubles) for R.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.columns import OUTCOME, REGRESSORS

COLUMNS = ("pair", "year", OUTCOME, *REGRESSORS)


def main(data: Path, target: Path) -> None:
    """Write the target."""
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(data)).project(", ".join(COLUMNS))
        if target.suffix == ".csv":
            relation.write_csv(str(target), header=True)
            return
        with target.open("wb") as file:
            for name in COLUMNS:
                column = relation.project(f"cast({name} as double) as x").fetchnumpy()["x"]
                np.asarray(column, dtype="<f8").tofile(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
