"""What PostgreSQL asks of dbt's unit tests: their names are names of relations there."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 63
"""Characters of a name in PostgreSQL."""


def test_names_of_unit_tests_fit_postgresql() -> None:
    names = [
        test["name"]
        for path in (ROOT / "models").rglob("*.yml")
        for test in yaml.safe_load(path.read_text("utf-8")).get("unit_tests", [])
    ]
    assert names
    assert [name for name in names if len(name) > LONGEST] == []
