"""Small marts with texts, and releases that explain them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from trade_potential.release import ReleaseFolder, publish
from trade_potential.release.explain import Explained
from trade_potential.release.texts import texts_of

ROWS = {
    "dim_source": (
        "select 'wb' as source_id, 'Indicators' as title, 'A | B' as publisher, "
        "'CC BY 4.0' as licence, 'A (2020)' as citation, 'https://example.org/x' as url, "
        "'2020' as vintage, 'not stated by the source' as retrieved, null::varchar as inputs"
    ),
    "dim_study": (
        "select * from (values ('china', 'CHN', null), ('china_new', 'CHN', 'china'), "
        "('world', null, null)) as t(study_id, reporter_iso3, revises_study_id)"
    ),
    "rpt_answer": (
        "select 'world' as study_id, reporter_iso3, year::integer as year, "
        "case when year < 2021 then year / 3.0::double end as k_ratio, "
        "case when year < 2021 then 1e18::double / 3 end as actual_usd_mn "
        "from (values ('CHN'), ('VNM')) as r(reporter_iso3), range(2018, 2023) as y(year)"
    ),
    "rpt_odd": (
        "select * from (values (1, '=1+1', true, date '2026-11-30', 'nan'::double), "
        "(2, '+cmd|x', false, null, '-inf'::double), (3, '-2.5', null, null, -0.1), "
        "(4, '@SUM(A1)', true, null, 0.1), (5, E'\\t=1', true, null, 1e-300), "
        "(6, E'Côte, \"quoted\"\\nsecond', true, null, 1.5e308), "
        "(7, '-1+1', true, null, null), (8, '', true, null, null), (9, null, true, null, null), "
        "(10, '#N/A', true, null, 0)) "
        "as t(row_id, note, is_x, seen_date, some_share)"
    ),
    "fct_other": "select 'wb' as source_id, 3.25::double as distance_km",
}
KEYS = {
    "dim_source": ["source_id"],
    "dim_study": ["study_id"],
    "rpt_answer": ["study_id", "reporter_iso3", "year"],
    "rpt_odd": ["row_id"],
    "fct_other": ["source_id"],
}
REFERENCES = {
    "fct_other": [{"columns": ["source_id"], "mart": "dim_source"}],
    "rpt_answer": [{"columns": ["study_id"], "mart": "dim_study", "to": ["study_id"]}],
}


def texts(changed: str = "") -> dict[str, Any]:
    """A text for every mart and column, as the plan has them."""
    return {
        mart: {
            "description": f"What a row of {mart} is; it's\n  one.{changed}",
            "columns": {name: f"{name} of {mart}" for name in duckdb.sql(sql).columns},
            "references": REFERENCES.get(mart, []),
        }
        for mart, sql in ROWS.items()
    }


def released(
    root: Path, run: str = "run-1", said: dict[str, Any] | None = None, **explained: Any
) -> tuple[ReleaseFolder, tuple[str, ...]]:
    session = duckdb.connect()
    for mart, sql in ROWS.items():
        session.execute(f"create table {mart} as {sql} order by random()")
    published = publish(
        root, {mart: session.table(mart) for mart in ROWS}, session=session, keys=KEYS,
        run_id=run, about={}, explained=Explained(texts_of(said or texts()), **explained),
    )  # fmt: skip
    return published.release, published.notes
