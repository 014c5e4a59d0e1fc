"""The page for BI shows what readers have said, as it was recorded."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
from tests.readers.__main__ import PAGE, RECORD, page
from tests.readers.example import COLUMN, published
from tests.readers.trials import TRIALS

from trade_potential.release import complaints
from trade_potential.release.layout import find


def test_the_page_shows_the_record() -> None:
    record = json.loads(RECORD.read_text("utf-8"))
    assert set(record) <= {trial.title for trial in TRIALS}
    assert page(record) in PAGE.read_text("utf-8")


def test_a_reader_that_was_never_there_is_said_to_be_missing() -> None:
    assert page({}).count("Not installed where this page was written.") == len(TRIALS)


def test_the_example_is_a_release_with_descriptions(tmp_path: Path) -> None:
    folder = published(tmp_path / "release")
    assert complaints(find(tmp_path / "release", "current")) == []
    with duckdb.connect(str(folder / "trade_potential.duckdb"), read_only=True) as database:
        told = "select comment from duckdb_columns() where column_name = 'k_ratio'"
        assert database.sql(told).fetchone() == (COLUMN,)
