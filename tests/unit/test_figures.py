"""What the pictures of the docs say: cuts and classes from rows, and who is missing and why."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "docs"))

import bundled
import duckdb
import figure_rows
import figures


def _classes(low: float, high: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class_label": ["Huge", "Middle", "Done"],
            "k_lower": [None, low, high],
            "k_upper": [low, high, None],
            "is_lower_inclusive": [False, False, True],
            "is_upper_inclusive": [True, False, False],
        }
    )


def test_cuts_ticks_and_labels_follow_the_rows() -> None:
    classes = _classes(0.7, 1.3)
    assert figure_rows.cuts_of(classes) == [0.7, 1.3]
    assert figure_rows.ticks_of(classes) == [0.05, 0.1, 0.2, 0.4, 0.7, 1.3, 2, 4, 8]
    assert list(figure_rows.in_words(classes).values()) == [
        "Huge: K ≤ 0.7",
        "Middle: 0.7 < K < 1.3",
        "Done: K ≥ 1.3",
    ]
    assert figure_rows.ticks_of(_classes(0.8, 1.2)) == list(figure_rows.TICKS)


def test_partners_that_are_lost_are_named_with_the_reason_of_the_ledger() -> None:
    trade = pd.DataFrame(
        {
            "partner_iso3": ["USA", "CHL", "KOR", "FJI", "KOR"],
            "year": [2022, 2022, 2022, 2022, 2021],
            "goods_trade_usd": [9.0, 3.0, 8.0, 1.0, 99.0],
        }
    )
    lost = pd.DataFrame(
        [
            ("South Korea", "no value for cbec", "no value for a, b, c", 2022, 8.0),
            ("Turkey", "no value for cbec", "no value for a, b, c", 2022, 4.0),
            ("Kuwait", "no value for lncpi", "no value for d", 2022, 3.0),
            ("Fiji", "no trade reported", None, 2022, 1.0),
            ("Elsewhen", "no trade reported", None, 2021, 99.0),
        ],
        columns=["partner_name", "reason", "index_reason", "year", "goods_trade_usd"],
    )
    terms = pd.DataFrame({"term": ["cbec", "lncpi"], "variable": ["development_index", "prices"]})
    found = {"trade": trade, "lost": lost, "terms": terms}
    shown = pd.DataFrame({"partner_iso3": ["USA", "CHL"]})
    assert figure_rows.missing(found, shown, 2022) == [
        "Not in the sample, though their trade is as large:",
        "South Korea; Turkey: no value for development_index (no value for a and 2 more)",
        "Kuwait: no value for prices",
    ]
    assert figure_rows.missing({**found, "lost": lost[3:]}, shown, 2022) == []


def test_without_the_drawing_library_one_line_says_what_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figures.require_drawing("here")
    monkeypatch.setattr(figures, "find_spec", lambda _: None)
    with pytest.raises(SystemExit) as stopped:
        figures.main()
    assert stopped.value.code == (
        "docs/figures.py: vl-convert is not installed: run make docs, which installs it"
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [("('a', true), ('b', true)", True), ("('a', true), ('b', false)", False), ("", False)],
)
def test_pages_are_compared_with_the_bundled_figures_only(
    rows: str, expected: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect() as memory:
        memory.execute("create schema staging; create schema replication")
        memory.execute(
            "create table staging.stg_published__replication_figures as "
            "select unnest(['a', 'a', 'b']) as replication_id"
        )
        memory.execute(
            "create table replication.int_replication__runs "
            "(replication_id varchar, is_comparable boolean)"
        )
        if rows:
            memory.execute(f"insert into replication.int_replication__runs values {rows}")  # noqa: S608
        assert bundled.is_bundled(memory, "page") is expected
    assert ("nothing is compared" in capsys.readouterr().err) is not expected
