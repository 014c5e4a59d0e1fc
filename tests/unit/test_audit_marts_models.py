"""No column of a published mart without a second computation, or a reason."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pandas as pd
import yaml

from trade_potential.audit.marts.compare import compared
from trade_potential.audit.marts.elsewhere import ELSEWHERE
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.models import audit_marts, uncovered

MARTS = Path(__file__).resolve().parents[2] / "models" / "marts"


def declared() -> dict[str, list[str]]:
    """Columns by mart and version, as the YAML of the marts says."""
    found: dict[str, list[str]] = {}
    for path in sorted(MARTS.glob("*.yml")):
        for model in (yaml.safe_load(path.read_text("utf-8")).get("models")) or []:
            columns = [column["name"] for column in model["columns"]]
            found[model["name"]] = columns
            for version in model.get("versions", []):
                left_out = [
                    name for part in version.get("columns", []) for name in part.get("exclude", [])
                ]
                if left_out:
                    name = f"{model['name']}_v{version['v']}"
                    found[name] = [column for column in columns if column not in left_out]
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


def test_the_audit_is_given_every_mart_but_its_own() -> None:
    adapter = Path(__file__).resolve().parents[2] / "python_models" / "audit" / "est_audit_marts.py"
    given = set(re.findall(r'"(\w+)": dbt[.]ref', adapter.read_text("utf-8")))
    assert set(declared()) - given == {"fct_audit_results"}


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
    assert not Gated({"gate_trade_flows": labels}).is_empty()
