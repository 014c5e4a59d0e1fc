"""A small release with descriptions, and its files for spreadsheets and R."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import duckdb

from trade_potential.release import publish
from trade_potential.release.mart_files import literal, opened

ROWS = """
    select * replace (k_ratio::double as k_ratio) from (values
        ('BRA', 'CHN', 2019, 'exports', 3.62, 'potential_reshaping', true, date '2026-12-01'),
        ('BRA', 'CHN', 2019, 'imports', 1.56, 'potential_reshaping', true, date '2026-12-01'),
        ('KAZ', 'UZB', 2019, 'total', 4.36, 'potential_reshaping', false, date '2026-12-01'),
        ('TUR', 'CIV', 2019, 'total', null, null, false, null)
    ) as t (reporter_iso3, partner_iso3, year, flow, k_ratio, potential_class, is_firm, seen_on)
"""
COUNTRIES = """
    select * from (values ('BRA', 'Brazil'), ('CHN', 'China'), ('KAZ', 'Kazakhstan'),
        ('UZB', 'Uzbekistan'), ('TUR', 'Türkiye'), ('CIV', 'Côte d''Ivoire'))
        as t (country_iso3, country_name)
"""
ANSWER, COUNTRY = "rpt_answer", "dim_country"
ABOUT = "One answer: reporter x partner x year x flow."
COLUMN = "Actual / predicted trade; 1 is as predicted."
KEYS = {ANSWER: ["reporter_iso3", "partner_iso3", "flow", "year"], COUNTRY: ["country_iso3"]}


def _described(_: object, staging: Path, *__: object) -> None:
    """Descriptions and references, where a build puts them."""
    with opened() as memory:
        memory.execute(f"attach {literal(staging / 'trade_potential.duckdb')} as d")
        memory.execute(f"comment on table d.main.{ANSWER} is '{ABOUT}'")
        memory.execute(f"comment on column d.main.{ANSWER}.k_ratio is '{COLUMN}'")
    to = {"resource": COUNTRY, "fields": ["country_iso3"]}
    keys = [{"fields": [name], "reference": to} for name in ("reporter_iso3", "partner_iso3")]
    document = {"resources": [{"name": ANSWER, "schema": {"foreignKeys": keys}}]}
    (staging / "datapackage.json").write_text(json.dumps(document), encoding="utf-8")


@contextmanager
def descriptions() -> Iterator[None]:
    """Releases published meanwhile have them."""
    # The package has a function of that name.
    module = sys.modules["trade_potential.release.publish"]
    with mock.patch.object(module, "papers", _described):
        yield


def published(root: Path) -> Path:
    """Publish it; its folder."""
    session = duckdb.connect()
    session.execute(f"create table {ANSWER} as {ROWS}; create table {COUNTRY} as {COUNTRIES}")
    marts = {name: session.table(name) for name in KEYS}
    with descriptions():
        done = publish(root, marts, session=session, keys=KEYS, run_id="readers", about={})
    return done.release.folder


def sheets(folder: Path, release: Path) -> None:
    """The answers as CSV, as XLSX, and as Parquet by the codec that every reader knows."""
    from openpyxl import Workbook

    rows = duckdb.sql(f"select * from {literal(release / 'marts' / f'{ANSWER}.parquet')}")  # noqa: S608
    rows.write_csv(str(folder / "answer.csv"))
    rows.write_parquet(str(folder / "answer_snappy.parquet"), compression="snappy")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = ANSWER
    sheet.append(rows.columns)
    for row in rows.fetchall():
        sheet.append(list(row))
    book.save(folder / "answer.xlsx")
