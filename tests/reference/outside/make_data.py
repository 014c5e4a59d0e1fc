"""Cut data/agtpa.parquet from the panel of the Advanced Guide to Trade Policy Analysis.

The panel is the data set of the book as pachadotdev/tradepolicy publishes it (CC BY 4.0), with the
columns exporter, importer, pair_id, year, trade, DIST, CNTG, LANG, CLNY, RTA.

Usage: python -m tests.reference.outside.make_data PANEL.parquet
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

TARGET = Path(__file__).parent / "data" / "agtpa.parquet"


def cut(panel: str) -> None:
    """Every fourth year, as the book takes them."""
    duckdb.read_parquet(panel).create_view("panel")
    rows = duckdb.sql(
        "select exporter, importer, cast(pair_id as smallint) as pair_id, "
        "cast(year as smallint) as year, trade, DIST as dist, CNTG as cntg, LANG as lang, "
        "CLNY as clny, cast(RTA as tinyint) as rta "
        "from panel where year in (1986, 1990, 1994, 1998, 2002, 2006) "
        "order by exporter, importer, year"
    )
    rows.write_parquet(str(TARGET), compression="zstd")


if __name__ == "__main__":
    cut(sys.argv[1])
