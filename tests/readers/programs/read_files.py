"""The files of a release in pandas, polars and, where it is installed, ibis."""

import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

release = Path(sys.argv[1])
parquet = release / "marts" / "rpt_answer.parquet"
with duckdb.connect(str(release / "trade_potential.duckdb"), read_only=True) as opened:
    print("duckdb", opened.sql("select count(*), sum(k_ratio) from rpt_answer").fetchone())
    told = "select comment from duckdb_columns() where column_name = 'k_ratio'"
    print("duckdb", opened.sql(told).fetchone())
print("pandas", pd.__version__, pd.read_parquet(parquet)["k_ratio"].describe()["count"])
print("polars", pl.__version__, pl.scan_parquet(parquet).select(pl.sum("k_ratio")).collect().item())
try:
    import ibis
except ImportError:
    sys.exit()
table = ibis.duckdb.connect(release / "trade_potential.duckdb", read_only=True).table("rpt_answer")
print("ibis", ibis.__version__, table.count().execute(), table.k_ratio.sum().execute())
