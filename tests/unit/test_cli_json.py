"""Every command that prints something for people has a way to say it as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from trade_potential.cli import main
from trade_potential.cli.parser import parser

WITHOUT: dict[str, str] = {}
"""Commands that need none, with the reason."""


def leaves(of: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Commands without commands below them, with what can be asked of them."""
    below = [action for action in of._actions if isinstance(action, argparse._SubParsersAction)]
    if below:
        for name, sub in below[0].choices.items():
            yield from leaves(sub, f"{path} {name}".strip())
        return
    ways = [
        option
        for action in of._actions
        for option in action.option_strings
        if option == "--json" or (option == "--format" and "json" in (action.choices or ()))
    ]
    yield path, ways


def test_every_command_has_a_way_to_json() -> None:
    found = dict(leaves(parser()))
    assert {"gravity", "table", "outcome", "explain", "doctor", "releases diff"} <= found.keys()
    assert {name for name, ways in found.items() if not ways} == set(WITHOUT)


def test_a_series_of_ones_own_is_told_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "parcels.csv"
    file.write_text("partner,year,value\nKAZ,2020,5.5\nKAZ,2021,6\n")
    project = Path(__file__).resolve().parents[2]
    asked = ["outcome", str(file), "--reporter", "CHN", "--name", "parcels", "--json",
             "--project", str(project)]  # fmt: skip
    assert main(asked) == 0
    said = json.loads(capsys.readouterr().out)
    assert [row["value_usd"] for row in said["rows"]] == [5.5, 6.0]
    assert (said["series_id"], said["written_to"], said["rows_replaced"]) == ("parcels", None, 0)
    target = tmp_path / "own_outcomes.csv"
    assert main([*asked, "--output", str(target)]) == 0
    assert main([*asked, "--output", str(target)]) == 0
    said = capsys.readouterr().out
    assert '"rows_replaced": 2' in said
    assert target.read_text().count("parcels") == 2


def test_a_table_of_marts_is_told_unrounded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "any_name.duckdb"
    with duckdb.connect(str(file)) as session:
        session.execute("create schema marts; create schema staging")
        session.execute(
            "create table marts.dim_study as select 's' study_id, 'p' default_spec_id;"
            "create table marts.fct_gravity_diagnostics as select 's' study_id, 'p' spec_id, "
            "'pooled' estimator, 'n_obs' diagnostic, 40.0::double diagnostic_value, "
            "'ok' estimator_status, null::varchar reason;"
            "create table marts.fct_gravity_coefficients as select 's' study_id, 'p' spec_id, "
            "'pooled' estimator, 'clustered' covariance, 'x' term, 0.12345678901::double "
            "coefficient, 'nan'::double coefficient_se, 0.01::double p_value, 't' distribution, "
            "'ok' term_status, null::varchar reason;"
            "create table staging.stg_study__gravity_terms as select 'p' spec_id, 'x' term, "
            "1 as position;"
            "create table marts.fct_gravity_tests (study_id varchar, spec_id varchar, "
            "estimator varchar, covariance varchar, test varchar, p_value double)"
        )
    code = main(
        ["table", "s", "--database", str(file), "--estimator", "pooled", "--format", "json"]
    )
    assert code == 0
    said = json.loads(capsys.readouterr().out)
    assert said["caption"] == "Gravity model of s, specification p"
    held = said["models"][0]["coefficients"][0]
    assert (held["estimate"], held["std_error"]) == (0.12345678901, None)
    word = tmp_path / "t.docx"
    assert main(["table", "s", "--database", str(file), "--estimator", "pooled",
                 "--format", "docx", "--output", str(word)]) == 0  # fmt: skip
    assert word.read_bytes()[:2] == b"PK"
