"""The comparison itself: what it must see, and what it must not mind."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from tests.engines.parity import compared

SAME = "select 'a' as k, 1.0::double as x, 'text' as t, 1 as n union all select 'b', null, null, 2"


CHOSEN = """
    select 'a' as k, 'alpha' as quantity, 'total' as term, 'largest of 8: band 5' as reason,
        0.75::double as published_value, 0.75::double as recomputed_value,
        1e-16::double as relative_difference, 'agrees' as status
"""


def _release(folder: Path, sql: str, mart: str = "mart") -> Path:
    """A release of one mart."""
    (folder / "marts").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"marts": {mart: {"key": ["k"]}}}))
    duckdb.sql(sql).write_parquet(str(folder / "marts" / f"{mart}.parquet"))
    return folder


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        (SAME, ""),
        (SAME.replace("1.0::double", "1.0000000001::double"), ""),
        (SAME.replace("1.0::double", "1.00000001::double"), "mart.x: 1 values differ"),
        (SAME.replace("1.0::double", "null::double"), "mart.x: 1 values differ"),
        (SAME.replace("1.0::double", "'nan'::double"), "mart.x: 1 values differ"),
        (SAME.replace("'text'", "'Text'"), "mart.t: 1 values differ"),
        (SAME.replace("'b', null, null", "'b', null, ''"), "mart.t: 1 values differ"),
        (SAME.replace("null, 2", "null, 3"), "mart.n: 1 values differ"),
        (SAME.replace("'b'", "'c'"), "1 rows in the first release only, 1 in the second"),
        (SAME + " union all select 'd', 1.0, 'text', 4", "0 rows in the first release only, 1"),
        (SAME.replace("1 as n", "1::bigint as n"), "columns or types differ"),
    ],
)
def test_a_difference_is_seen(other: str, complaint: str, tmp_path: Path) -> None:
    found = compared(_release(tmp_path / "one", SAME), _release(tmp_path / "other", other))
    said = "; ".join(line for mart in found for line in mart.complaints)
    assert complaint in said if complaint else said == ""


@pytest.mark.parametrize(
    ("replaced", "by", "complaint"),
    [
        ("largest of 8: band 5", "largest of 8: band 2", ""),
        ("largest of 8: band 5", "8, all equal", ""),
        ("0.75", "0.9", ""),
        ("'agrees'", "'differs'", "fct_audit_results.status: 1 values differ"),
        ("1e-16", "1e-6", "fct_audit_results.relative_difference: 1 values differ"),
    ],
)
def test_of_many_numbers_any_may_be_shown(
    replaced: str, by: str, complaint: str, tmp_path: Path
) -> None:
    mart = "fct_audit_results"
    one = _release(tmp_path / "one", CHOSEN, mart)
    other = _release(tmp_path / "other", CHOSEN.replace(replaced, by), mart)
    said = "; ".join(line for of in compared(one, other) for line in of.complaints)
    assert complaint in said if complaint else said == ""


def test_a_missing_mart_is_seen(tmp_path: Path) -> None:
    one = _release(tmp_path / "one", SAME)
    other = _release(tmp_path / "other", SAME)
    (other / "manifest.json").write_text(json.dumps({"marts": {}}))
    assert compared(one, other)[0].complaints == ("mart: in one release only",)
