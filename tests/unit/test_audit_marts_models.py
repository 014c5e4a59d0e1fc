"""No column of a published mart without a second computation, or a reason."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from trade_potential.audit.marts import models
from trade_potential.audit.marts.compare import compared
from trade_potential.audit.marts.elsewhere import ELSEWHERE
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.models import (
    REPORTS,
    answered_for,
    audit_marts,
    audit_reports,
    uncovered,
)
from trade_potential.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
MARTS, ADAPTERS = ROOT / "models" / "marts", ROOT / "python_models" / "audit"


def declared() -> dict[str, list[str]]:
    """Columns by mart and version, as the YAML of the marts says."""
    found: dict[str, list[str]] = {}
    for path in sorted(MARTS.glob("*.yml")):
        for model in (yaml.safe_load(path.read_text("utf-8")).get("models")) or []:
            columns = [column["name"] for column in model["columns"]]
            found[model["name"]] = columns
            for version in model.get("versions", []):
                parts = version.get("columns", [])
                left_out = {name for part in parts for name in part.get("exclude", [])}
                if parts:
                    more = [part["name"] for part in parts if "name" in part]
                    name = f"{model['name']}_v{version['v']}"
                    found[name] = [column for column in columns if column not in left_out] + more
    return found


def test_a_new_column_without_a_second_computation_differs() -> None:
    mart = pd.DataFrame({"study_id": ["a"], "spec_id": ["s"], "k_ratio": [0.9], "new": [1.0]})
    found = [
        compared(
            "fct_m", mart, mart[["study_id", "spec_id", "k_ratio"]], key=("study_id", "spec_id")
        )
    ]
    rows = uncovered({"fct_m": list(mart), "fct_n": ["x"]}, found)
    assert list(rows["quantity"]) == ["fct_m.new", "fct_n.x"]
    assert set(rows["status"]) == {"differs"}
    assert uncovered({"fct_m": list(mart)[:3]}, found).empty


def test_what_is_listed_elsewhere_is_a_column_with_a_reason() -> None:
    marts = declared()
    for mart, columns in ELSEWHERE.items():
        assert set(columns) <= set(marts[mart])
        assert all(columns.values())


def given(adapter: str) -> set[str]:
    """Names of the tables that a model of dbt hands to its audit."""
    code = (ADAPTERS / f"{adapter}.py").read_text("utf-8")
    return set(re.findall(r'"(\w+)": dbt[.]ref', code))


def test_every_mart_but_the_results_of_audits_is_answered_for_by_one_of_them() -> None:
    by_audit = [answered_for(given("est_audit_marts")), REPORTS]
    owned = [mart for marts in by_audit for mart in marts]
    assert sorted(owned) == sorted(set(declared()) - {"fct_audit_results"})


def test_the_audit_of_reports_refuses_a_column_that_it_does_not_compare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables = {name: duckdb.sql("select 'a' as x") for name in ("gate_countries", *REPORTS)}
    monkeypatch.setattr(models, "CHECKS_OF_REPORTS", ())
    rows = audit_reports(tables)
    assert list(rows["quantity"]) == [f"{mart}.x" for mart in REPORTS]
    assert set(rows["status"]) == {"differs"}
    del tables["rpt_answer"]
    with pytest.raises(InputError, match="is not given rpt_answer"):
        audit_reports(tables)


def test_the_audit_of_reports_is_given_its_reports() -> None:
    assert set(REPORTS) <= given("est_audit_reports")


def test_texts_none_of_which_is_present_are_texts() -> None:
    rows = duckdb.sql("select 'a' as name, cast(null as varchar) as reason, cast(null as int) as n")
    read = Gated({"gate_x": rows})["gate_x"]
    assert list(("because " + read["reason"]).isna()) == [True]
    assert str(read["name"].dtype) == str(read["reason"].dtype) == "str"
    assert read["n"].isna().all()


def test_without_figures_there_is_nothing_to_compute_again() -> None:
    none = duckdb.sql("select 1 as year where false")
    labels = duckdb.sql("select 'a' as study_id")
    tables = {"gate_trade_flows": none, "gate_results": labels, "dim_study": labels}
    assert audit_marts(tables, max_rows=9).empty
    assert audit_reports(tables).empty
    assert not Gated({"gate_trade_flows": labels}).is_empty()
