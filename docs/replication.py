"""Print how many figures of the reference study are rebuilt; draw docs/images/replication.png.

The page docs/replication.md holds the tables themselves (docs/run_queries.py refreshes them).

With --record the series that the replications have read become the recorded ones: only with the
figures that come with the project, when they have changed and the comparison has been looked at.

Usage: python docs/replication.py [--record] [--database FILE] [--images FOLDER]
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import altair as alt
import duckdb
import pandas as pd
from figures import require_drawing, save
from run_queries import table

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "seeds" / "published" / "replication_figures.csv"
VERSIONS = {"printed": "#222222", "as it was computed": "#e69f00", "as the text says": "#56b4e9"}

SHARES = """
    select
        replication_id,
        status,
        count(*) as figures,
        round(100.0 * count(*) / sum(count(*)) over (partition by replication_id), 1) as share_pct
    from marts.rpt_replication
    where exhibit <> 'k_class'
    group by replication_id, status
    order by replication_id desc, status
"""
OPEN = """
    select exhibit, row_label, column_label, printed_value, rebuilt_value, why, settled_by
    from marts.rpt_replication
    where replication_id = 'study_printed' and status = 'not_reproducible'
    order by exhibit, row_order, column_order
"""
LINES = """
    select
        replication_id, exhibit, row_order, row_label as country,
        cast(column_label as integer) as year, printed_value, rebuilt_value
    from marts.rpt_replication
    where exhibit in ('index', 'k') and replication_id <> 'recommended'
"""


def _long(figures: pd.DataFrame) -> pd.DataFrame:
    """One row per exhibit, country, year and version."""
    names = {"study_printed": "as it was computed", "study_stated": "as the text says"}
    rebuilt = figures.assign(
        version=figures["replication_id"].map(names), value=figures["rebuilt_value"]
    )
    printed = figures[figures["replication_id"] == "study_printed"].assign(version="printed")
    printed["value"] = printed["printed_value"]
    return pd.concat([printed, rebuilt])[["exhibit", "country", "year", "version", "value"]]


def picture(figures: pd.DataFrame) -> alt.VConcatChart:
    """Index and K of every country: printed, as computed, as stated."""
    long = _long(figures)
    countries = list(figures.sort_values("row_order")["country"].unique())
    rows = []
    for exhibit, title in (("k", "K = actual / predicted"), ("index", "Development index, 0-1")):
        charts = []
        for country in countries:
            part = long[(long["exhibit"] == exhibit) & (long["country"] == country)]
            base = alt.Chart(part.dropna()).encode(
                x=alt.X("year:Q", title=None, axis=alt.Axis(format="d", values=[2013, 2016, 2019])),
                y=alt.Y("value:Q", title=title if country == countries[0] else None),
                color=alt.Color(
                    "version:N",
                    title=None,
                    scale=alt.Scale(domain=list(VERSIONS), range=list(VERSIONS.values())),
                    legend=alt.Legend(orient="top", labelLimit=250),
                ),
                strokeDash=alt.StrokeDash(
                    "version:N",
                    legend=None,
                    scale=alt.Scale(domain=list(VERSIONS), range=[[1, 0], [5, 3], [1, 0]]),
                ),
            )
            charts.append(
                base.mark_line(strokeWidth=2).properties(width=140, height=130, title=country)
            )
        rows.append(alt.hconcat(*charts, spacing=8))
    return alt.vconcat(*rows, spacing=12).properties(
        title=alt.Title("The printed figures and ours", anchor="start")
    )


def record(connection: duckdb.DuckDBPyConnection, target: Path = RECORDED) -> None:
    """Write the series that the replications read, as the build has found them."""
    found = connection.execute(
        "select replication_id, series_kind, series_of, series, row_count, fingerprint "
        "from replication.int_replication__figures order by all"
    )
    header = [column[0] for column in found.description or []]
    with target.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([header, *found.fetchall()])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--database", type=Path, default=ROOT / "warehouse" / "trade_potential.duckdb"
    )
    parser.add_argument("--images", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--record", action="store_true", help=f"write {RECORDED.name} and stop")
    arguments = parser.parse_args()
    if not arguments.record:
        require_drawing("docs/replication.py")
    with duckdb.connect(arguments.database, read_only=True) as connection:
        if arguments.record:
            record(connection)
            return
        figures = connection.execute(LINES).df()
        if figures.empty:
            sys.exit("docs/replication.py: no replication of the study runs in this warehouse")
        print("\nNot reproducible, and what would settle it (replication study_printed)\n")
        print(table(connection, OPEN))
        print("Share of the printed figures per status\n")
        print(table(connection, SHARES))
    save(picture(figures), arguments.images / "replication.png")


if __name__ == "__main__":
    main()
