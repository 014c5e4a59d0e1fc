"""Differences between releases: answers that moved and why, and what is left out as noise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from trade_potential.cli import main
from trade_potential.release import compare, publish, released
from trade_potential.release.noise import ABSOLUTE, P_VALUE, RELATIVE, has_moved, moved

KEYS = {
    "dim_potential_class": ["study_id", "potential_class"],
    "dim_specification": ["spec_id"],
    "fct_country_year": ["study_id", "country_iso3", "year"],
    "fct_development_index": ["study_id", "index_spec_id", "country_iso3", "year"],
    "fct_gravity_coefficients": ["study_id", "spec_id", "estimator", "covariance", "term"],
    "fct_trade_potential": [
        *("study_id", "spec_id", "estimator", "reporter_iso3", "partner_iso3", "year"),
    ],
}
CUT, SLOPE, GDP, INDEX = 1.2, 0.5, 100.0, 0.4
KAZ, KGZ = (120.0, 100.0), (30.0, 60.0)
"""Actual and predicted trade."""


def _marts(
    connection: duckdb.DuckDBPyConnection,
    *,
    cut: float = CUT,
    slope: float = SLOPE,
    p_value: float = 1e-300,
    gdp: float = GDP,
    other_index: float = INDEX,
    kaz: tuple[float, float] = KAZ,
    kgz: tuple[float, float] = KGZ,
    has_kgz: bool = True,
) -> Mapping[str, duckdb.DuckDBPyRelation]:
    """A study of one year with two partners, two estimators and two indices."""

    def answers(estimator: str, is_default: bool) -> list[str]:
        rows = {"KAZ": kaz, "KGZ": kgz} if has_kgz else {"KAZ": kaz}
        return [
            f"('s', 'g', '{estimator}', 'CHN', '{who}', 2020, "
            f"'{'high' if actual / predicted >= cut else 'low'}', {actual}::double, "
            f"{predicted}::double, {actual / predicted}::double, {is_default})"
            for who, (actual, predicted) in rows.items()
        ]

    potential = ", ".join(answers("random", True) + answers("pooled", False))
    coefficients = ", ".join(
        f"('s', 'g', 'random', '{name}', 'lngdp', '{slope}'::double, {se}::double, "
        f"{p_value}::double)"
        for name, se in (("classical", 0.1), ("clustered", 0.2))
    )
    sql = {
        "dim_potential_class": f"(values ('s', 'low', null, {cut}::double, false, false), "
        f"('s', 'high', {cut}::double, null, true, false)) "
        "t(study_id, potential_class, k_lower, k_upper, is_lower_inclusive, is_upper_inclusive)",
        "dim_specification": "(values ('g', 'i')) t(spec_id, index_spec_id)",
        "fct_country_year": f"(values ('s', 'KAZ', 2020, {gdp}::double), "
        "('s', 'KGZ', 2020, 7::double)) t(study_id, country_iso3, year, gdp_usd)",
        "fct_development_index": f"(values ('s', 'i', 'KAZ', 2020, {INDEX}::double), "
        f"('s', 'other', 'KAZ', 2020, {other_index}::double)) "
        "t(study_id, index_spec_id, country_iso3, year, development_index)",
        "fct_gravity_coefficients": f"(values {coefficients}) t(study_id, spec_id, estimator, "
        "covariance, term, coefficient, coefficient_se, p_value)",
        "fct_trade_potential": f"(values {potential}) t(study_id, spec_id, estimator, "
        "reporter_iso3, partner_iso3, year, potential_class, actual_usd, predicted_usd, k_ratio, "
        "is_default)",
    }
    return {mart: connection.sql(f"select * from {rows}") for mart, rows in sql.items()}  # noqa: S608


def _compared(root: Path, **after: Any) -> dict[str, Any]:
    session = duckdb.connect()
    for run, changes in (("1", {}), ("2", after)):
        marts = _marts(session, **changes)
        publish(root, marts, session=session, keys=KEYS, run_id=run, about={})
    return compare(*released(root))


def _text(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    first, second = (found.release_id for found in released(root))
    assert main(["releases", "diff", "--release-path", str(root), first, second]) == 0
    return capsys.readouterr().out


def test_more_trade_moves_the_class_of_one_partner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _compared(tmp_path, kgz=(90.0, 60.0))
    moved = found["answers"]["of_another_class"]
    assert [(a["key"]["estimator"], a["is_default"]) for a in moved] == [
        ("random", True),
        ("pooled", False),
    ]
    first = moved[0]
    assert (first["class_before"], first["class_after"]) == ("low", "high")
    assert (first["k_before"], first["k_after"]) == (0.5, 1.5)
    assert first["why"] == [{"what": "actual_usd", "before": 30.0, "after": 90.0}]
    assert found["classes"] == [{"before": "low", "after": "high", "rows": 2}]
    lines = _text(tmp_path, capsys).splitlines()
    start = lines.index("answers of another class: 2, by default specification and estimator: 1")
    assert lines[start + 1 : start + 3] == [
        "  s, g, random, CHN, KGZ, 2020: low -> high, K 0.5 -> 1.5",
        "    actual trade +200 %",
    ]
    assert start < lines.index("rows")


def test_prediction_is_traced_to_coefficients_figures_and_the_index_of_the_specification(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _compared(tmp_path, slope=0.6, gdp=110.0, other_index=0.9, kaz=(120.0, 110.0))
    (answer,) = (a for a in found["answers"]["of_another_class"] if a["is_default"])
    assert answer["why"] == [
        {"what": "predicted_usd", "before": 100.0, "after": 110.0},
        {
            "what": "coefficients",
            "terms": 1,
            "largest": "lngdp",
            "in_se": pytest.approx(0.5),  # of the larger, the clustered error
        },
        {
            "what": "figure",
            "country_iso3": "KAZ",
            "figure": "gdp_usd",
            "before": 100.0,
            "after": 110.0,
        },
    ]
    assert (
        "    predicted trade +10 %; coefficients of 1 terms, most lngdp by 0.5 standard errors; "
        "gdp_usd of KAZ +10 %\n"
    ) in _text(tmp_path, capsys)


def test_other_limits_are_the_reason_where_no_figure_moved(tmp_path: Path) -> None:
    found = _compared(tmp_path, cut=1.3)
    assert {str(a["why"]) for a in found["answers"]["of_another_class"]} == {"[{'what': 'limits'}]"}
    assert found["answers"]["of_another_k"] == []


def test_answers_that_go_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _compared(tmp_path, has_kgz=False)
    assert [key["partner_iso3"] for key in found["answers"]["gone"]] == ["KGZ", "KGZ"]
    assert found["answers"]["new"] == []
    assert "answers that are gone: 2\n  s, g, pooled, CHN, KGZ, 2020\n" in _text(tmp_path, capsys)


def test_json_says_null_where_there_is_no_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _compared(tmp_path, slope=float("inf"))
    assert found["figures"][0]["after"] == float("inf")
    arguments = ["releases", "diff", "--release-path", str(tmp_path), "--format", "json"]
    assert main([*arguments, *(release.release_id for release in released(tmp_path))]) == 0
    said = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert (said["figures"][0]["before"], said["figures"][0]["after"]) == (SLOPE, None)


def test_last_digits_and_tiny_p_values_are_noise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = 1 + 1e-12
    found = _compared(tmp_path, slope=SLOPE * tiny, p_value=1e-250, kaz=(120.0 * tiny, 100.0))
    assert found["figures"] == []
    assert {mart["status"] for mart in found["marts"].values()} == {"same"}
    assert found["marts"]["fct_trade_potential"]["rows_noise"] == 2
    assert found["marts"]["fct_gravity_coefficients"]["rows_noise"] == 2
    assert not any(found["answers"].values())
    assert found["noise"] == {"relative": RELATIVE, "absolute": ABSOLUTE, "p_value": P_VALUE}
    assert _text(tmp_path, capsys).splitlines()[2:] == []


@pytest.mark.parametrize(
    ("column", "was", "now", "expected"),
    [
        ("p_value", 1e-300, 1e-7, False),
        ("mardia_p_value", 0.05, 0.06, True),
        ("relative_difference", 1e-11, 9e-11, False),
        ("coefficient", 1e-11, 9e-11, True),
    ],
)
def test_noise_depends_on_the_kind_of_column(
    column: str, was: float, now: float, expected: bool
) -> None:
    (found,) = duckdb.execute(
        f"select {moved(column, 'DOUBLE')} from (select ?::double as {column}) as old, "  # noqa: S608
        f"(select ?::double as {column}) as new",
        [was, now],
    ).fetchall()
    assert found == (expected,)


def test_a_p_value_counts_by_its_difference(tmp_path: Path) -> None:
    (figure,) = _compared(tmp_path, p_value=0.25)["figures"]
    assert (figure["column"], figure["largest_change"]) == ("p_value", 0.25)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (1.0, 1.0 + 1e-12, False),
        (1e-8, 1.01e-8, True),
        (1.0, 1.0 + 1e-6, True),
        (1e12, 1e12 + 1.0, False),
        (0.0, 1e-13, False),
        (0.0, 1e-3, True),
        (1.0, None, True),
        (None, None, False),
        (float("nan"), float("nan"), False),
        (1.0, float("nan"), True),
        (float("inf"), float("inf"), False),
        (float("inf"), float("-inf"), True),
        ("high", "low", True),
    ],
)
def test_python_and_sql_call_the_same_changes_noise(
    was: object, now: object, expected: bool
) -> None:
    type_of = "VARCHAR" if isinstance(was, str) else "DOUBLE"
    (found,) = duckdb.execute(
        f"select {moved('x', type_of)} from (select ?::{type_of} as x) as old, "  # noqa: S608
        f"(select ?::{type_of} as x) as new",
        [was, now],
    ).fetchall()
    assert (has_moved(was, now), found[0]) == (expected, expected)
