"""Marts as people and their tools meet them: keys that join, types that fit, words beside codes."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import duckdb
import pytest
from tests.build.project import ROOT, Project

pytestmark = pytest.mark.build

QUESTIONS = re.findall(
    r"^## (\d+)\. .*?```sql\n(.*?)```",
    (ROOT / "docs" / "questions.md").read_text("utf-8"),
    re.DOTALL | re.MULTILINE,
)
WIDE = {"rpt_answer", "rpt_trade_potential"}
Reference = tuple[str, list[str], str, list[str]]


def marts_of(built: Project) -> dict[str, dict[str, Any]]:
    """Public models by the table that they are."""
    return {
        str(node["alias"]): node
        for node in built.manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }


def references_of(built: Project) -> list[Reference]:
    """Mart, columns, mart and its columns; of an old version those whose columns it has."""
    return [
        (mart, held["columns"], held["mart"], held.get("to", held["columns"]))
        for mart, node in marts_of(built).items()
        for held in node["config"]["meta"].get("references", [])
        if set(held["columns"]) <= set(node["columns"])
    ]


def test_no_join_of_documented_keys_fans_out_or_loses_a_row(built: Project) -> None:
    references = references_of(built)
    assert len(references) > 100
    wrong = []
    with duckdb.connect(built.database, read_only=True) as warehouse:
        for mart, columns, other, to in references:
            present = " and ".join(f"one.{name} is not null" for name in columns)
            on = " and ".join(f"one.{a} = two.{b}" for a, b in zip(columns, to, strict=True))
            (counts,) = warehouse.execute(
                f"select (select count(*) from marts.{mart} as one where {present}), "  # noqa: S608
                f"(select count(*) from marts.{mart} as one join marts.{other} as two on {on})"
            ).fetchall()
            if counts[0] != counts[1]:
                wrong.append((mart, columns, other, counts))
    assert wrong == []


def test_marts_that_share_the_key_of_a_mart_say_so(built: Project) -> None:
    """A column named as the key of a dimension is one: whoever joins by the name is not misled."""
    declared = {(mart, *columns) for mart, columns, _, _ in references_of(built)}
    keys = {
        "study_id": {"dim_study"}, "index_spec_id": {"dim_index_specification"},
        "class_key": {"dim_potential_class"}, "indicator_code": {"dim_indicator"},
        "source_id": {"dim_source"}, "country_year_key": {"fct_country_year"},
        "potential_key": {"fct_trade_potential"}, "answer_key": {"rpt_answer"},
    }  # fmt: skip
    silent = {
        (mart, column)
        for mart, node in marts_of(built).items()
        for column, homes in keys.items()
        if column in node["columns"] and mart not in homes and (mart, column) not in declared
    }
    # some numbers of the audit are of no study: an empty text
    assert silent == {("fct_audit_results", "study_id")}


def test_every_mart_has_a_key_of_one_column_or_says_its_own(built: Project) -> None:
    """Dimensions can be joined by one column: Power BI knows no other way."""
    tested = {
        str(node["attached_node"]): node["test_metadata"]["kwargs"].get("columns")
        for node in built.manifest()["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "rows_are_unique"
    }
    of_many = {
        mart: tested[node["unique_id"]]
        for mart, node in marts_of(built).items()
        if mart.startswith("dim_") and len(tested[node["unique_id"]]) > 1
    }
    assert of_many.pop("dim_label") == ["code_kind", "code", "language"]
    assert of_many.pop("dim_specification_v1") == ["spec_kind", "spec_id"]
    assert of_many == {"dim_potential_class": ["study_id", "potential_class"]}
    assert built.query("select count(*) = count(distinct class_key) from marts.dim_potential_class")


def test_every_row_of_every_mart_goes_into_json(built: Project) -> None:
    """No integer that JavaScript holds as BigInt, on which JSON.stringify throws."""
    assert (
        built.query(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'marts' and data_type not in "
            "('VARCHAR', 'INTEGER', 'DOUBLE', 'BOOLEAN', 'DATE')"
        )
        == []
    )
    with duckdb.connect(built.database, read_only=True) as warehouse:
        for mart in marts_of(built):
            rows = warehouse.execute(f"from marts.{mart} limit 100").fetchall()
            json.dumps(rows, default=datetime.date.isoformat)


def test_every_column_of_a_mart_explains_itself_in_the_database(built: Project) -> None:
    for what in ("tables", "columns"):
        found = built.query(
            f"select count(*), count(nullif(comment, '')) from duckdb_{what}() "  # noqa: S608
            "where schema_name = 'marts'"
        )
        ((all_of_them, commented),) = found
        assert all_of_them == commented
        assert isinstance(all_of_them, int)
        assert all_of_them > len(marts_of(built)) - 1


def test_default_studies_give_each_pair_and_year_once(built: Project) -> None:
    assert (
        built.query(
            "select reporter_iso3, partner_iso3, flow, year from marts.rpt_trade_potential "
            "where is_default_study group by all having count(*) > 1"
        )
        == []
    )
    studies = built.query("select study_id from marts.dim_study where is_default_study")
    assert ("world",) in studies
    assert ("china_world",) in studies


def test_reports_have_words_wherever_they_have_codes(built: Project) -> None:
    codes = ["un_region", "income_group", "estimator", "k_status", "probability_status"]
    for mart in sorted(WIDE):
        held = marts_of(built)[mart]["columns"]
        for code in codes:
            if code not in held:
                continue
            assert f"{code}_label" in held
            assert built.query(
                f"select count(*) from marts.{mart} "  # noqa: S608
                f"where ({code} is null) <> ({code}_label is null)"
            ) == [(0,)]
        ((note, notes),) = built.query(
            f"select any_value(reading_note), count(distinct reading_note) from marts.{mart}"  # noqa: S608
        )
        assert notes == 1
        assert "add" in str(note)


def test_ten_questions_are_asked() -> None:
    assert [int(number) for number, _ in QUESTIONS] == list(range(1, 11))


@pytest.mark.parametrize("query", [query for _, query in QUESTIONS], ids=range(1, 11))
def test_a_question_takes_one_query_and_no_table_of_codes(built: Project, query: str) -> None:
    assert set(re.findall(r"marts\.(\w+)", query)) <= WIDE
    assert not re.search(r"\bjoin\b|_iso3 as|_id as", query)
    assert built.query(query)
