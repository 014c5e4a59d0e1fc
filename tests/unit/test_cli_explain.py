"""The command explain: every step recomputed, and any stored number that is another is found."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.unit.explained_release import released, rows, warehouse

from trade_potential.cli import main
from trade_potential.cli.session import ATTENTION, BAD_ARGUMENTS, BAD_DATA
from trade_potential.explain.terms import parsed
from trade_potential.explain.trace import agree

SMALL = ("KAZ", "2020", "--study", "small")
WORLD = ("KAZ", "2020")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warehouse(tmp_path_factory.mktemp("explained") / "copy.duckdb", rows())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(tmp_path_factory.mktemp("explained") / "release", rows())


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(["explain", *arguments])
    except SystemExit as ended:
        code = int(str(ended.code))
    held = capsys.readouterr()
    return code, held.out, held.err


def lines_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["what"]: line for step in document["steps"] for line in step["lines"]}


@pytest.mark.parametrize("asked", [SMALL, ("UZB", "2019", "--study", "small"), WORLD])
def test_every_step_of_a_warehouse_leads_to_the_stored_one(
    database: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    code, out, err = said(capsys, *asked, "--warehouse", str(database))
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("all ")
    assert "DIFFERS" not in out


def test_the_trace_is_whole_and_unrounded(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = said(capsys, *SMALL, "--warehouse", str(database), "--format", "json")
    document = json.loads(out)
    titles = [step["title"] for step in document["steps"]]
    assert titles == [
        "Trade that the study measures", "Indicators of the index", "Development index idx",
        "Regressors", "Means of the regressors over the pair's years", "Coefficients x regressors",
        "Predicted US$", "K", "Interval of K", "Class", "How sure",
    ]  # fmt: skip
    held = lines_of(document)
    stored = next(
        row for row in rows()["fct_trade_potential"]
        if (row["partner_iso3"], row["year"]) == ("KAZ", 2020)
    )  # fmt: skip
    assert held["K = actual / predicted"]["stored"] == stored["k_ratio"]
    assert held["actual trade, US$"]["value"] == pytest.approx(3.2e9, rel=1e-12)
    assert held["users_pct"]["parts"]["vintage_date"] == "2026-07-01"
    assert held["share of e-commerce"]["value"] == pytest.approx(0.4)
    assert document["differing"] == []
    every = [line for step in document["steps"] for line in step["lines"]]
    assert document["compared"] == sum(line["agrees"] is True for line in every) > 30
    assert all(step["origin"] and step["tables"] for step in document["steps"])


STORED = [
    ("small", "fct_trade_potential", "actual_usd", "actual trade, US$"),
    ("small", "fct_trade_potential", "predicted_usd", "predicted trade, US$"),
    ("small", "fct_trade_potential", "k_ratio", "K = actual / predicted"),
    ("small", "fct_trade_potential", "k_mean_ratio", "K of the mean"),
    ("small", "fct_trade_potential", "k_ratio_ci_low", "95% interval, low"),
    ("small", "fct_trade_potential", "probability_huge", "probabilities add up to"),
    ("small", "fct_development_index", "composite_score", "composite score"),
    ("small", "fct_development_index", "development_index", "development index"),
    ("small", "fct_development_index", "index_rank", "rank in the year"),
    ("small", "fct_index_diagnostics", "diagnostic_value", "weight of users_pct"),
    ("small", "fct_gravity_coefficients", "coefficient", "predicted log of trade"),
    ("small", "int_gravity__ppml_sample", "v1", "lnpop = ln(population_persons / 10000)"),
    ("small", "int_gravity__pair_means", "m1", "mean(lnpop)"),
    ("small", "int_panel__variables", "variable_value", "population_persons"),
    ("small", "gate_trade_flows", "trade_usd", "exports FOB, US$"),
    ("small", "gate_exchange_rates", "lcu_per_usd", "all goods trade, CNY"),
    ("small", "est_gravity_covariances", "c_0_0", "standard error of the prediction"),
    ("world", "fct_country_effects", "log_effect", "predicted trade, US$"),
    ("world", "rpt_answer", "k_ratio", "K = actual / predicted"),
    ("world", "rpt_answer", "k_percentile", "% with a lower K"),
    ("world", "rpt_answer", "k_pair_out_ratio", "K = actual / predicted with the pair left out"),
    ("world", "gate_world_trade", "trade_usd", "actual trade, US$"),
    ("world", "int_structural__cells", "v1", "predicted trade, US$"),
]


@pytest.mark.parametrize(("study", "table", "column", "line"), STORED)
def test_a_number_that_is_another_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
    study: str, table: str, column: str, line: str,
) -> None:  # fmt: skip
    tables = deepcopy(rows())
    for row in tables[table]:
        if isinstance(row[column], float | int) and not isinstance(row[column], bool):
            row[column] = 1.01 * row[column] + 1
    file = warehouse(tmp_path / "other.duckdb", tables)
    asked = SMALL if study == "small" else WORLD
    code, out, _ = said(capsys, *asked, "--warehouse", str(file), "--format", "json")
    assert code == ATTENTION
    assert line in json.loads(out)["differing"]


def test_a_stored_class_that_is_another_is_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = deepcopy(rows())
    for row in tables["rpt_answer"]:
        row["potential_class"] = "another"
    code, out, _ = said(capsys, *WORLD, "--release-path", str(released(tmp_path / "r", tables)))
    assert code == ATTENTION
    assert "DIFFERS: rpt_answer.potential_class another" in out
    assert "recomputed values are not the stored ones: class" in out.splitlines()[-1]


def test_a_release_says_what_it_has_not(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, *SMALL, "--release-path", str(root))
    assert code == 0
    for model in ("int_panel__outcomes", "int_panel__values", "int_gravity__sample",
                  "est_gravity_covariances", "est_gravity_lasting"):  # fmt: skip
        assert model in out
    assert "not here:" in out
    code, out, _ = said(capsys, *WORLD, "--release-path", str(root))
    assert code == 0
    assert "by difference from the mart, no check" in out
    assert "int_structural__cells of a warehouse" in " ".join(out.split())


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("NRU", "2020", "--study", "small"), "no value for cbec"),
        (("KAZ", "2020", "--study", "small", "--estimator", "within"), "K would be about 1"),
        (("KAZ", "2021"), "world_trade ends in 2020"),
        (("NRU", "2020"), "no_recorded_trade"),
    ],
)
def test_no_k_and_no_class_are_explained(
    root: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], words: str
) -> None:
    code, out, err = said(capsys, *asked, "--release-path", str(root))
    assert (code, err) == (0, "")
    assert words in out


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("XXX", "2020"), "'XXX': no economy"),
        (("KAZ", "1990"), "the answers are of 2020 to 2021"),
        (("KAZ", "2020", "--study", "none"), "no study none; there are small, world"),
        (("KAZ", "2020", "--study", "small", "--spec", "x"), "it has plain"),
        (("KAZ", "2020", "--study", "small", "--estimator", "x"), "it has mundlak, within"),
        (("KAZ", "1990", "--study", "small"), "study small is of 2019 to 2020"),
        (("KAZ", "2020", "--study", "small", "--flow", "exports"), "flow total only"),
        (("KAZ", "2020", "--spec", "plain", "--estimator", "x"), "no study has plain and x"),
        (("CHN", "2020"), "is one economy"),
        (("UZB", "2020"), "no answer of the two in any year"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(
    root: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], words: str
) -> None:
    code, out, err = said(capsys, *asked, "--release-path", str(root))
    assert (code, out) == (BAD_DATA, "")
    assert words in err
    assert err.count("\n") == 1


def test_a_specification_finds_its_study(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "KAZ", "2020", "--spec", "plain", "--release-path", str(root))
    assert code == 0
    assert out.splitlines()[1].startswith("small/plain/mundlak, release 000001-")


def test_files_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.duckdb").write_text("no database")
    for name, words in (("none.duckdb", "no such file"), ("text.duckdb", "cannot be read")):
        code, _, err = said(capsys, *WORLD, "--warehouse", str(tmp_path / name))
        assert code == BAD_DATA
        assert words in err
    both = ("--warehouse", "a", "--release-path", "b")
    assert said(capsys, *WORLD, *both)[0] == BAD_ARGUMENTS


def test_definitions_are_read_as_marts_write_them() -> None:
    found = parsed("ln(reporter population_persons at least 0.5 / 10000)", "lnpop", 2)
    assert found is not None
    assert (found.transform, found.side, found.floor, found.divisor) == ("ln", "reporter", 0.5, 1e4)
    assert found.of(0.0) == found.of(0.5)
    assert parsed("f(x", "x", 1) is None
    fixed = parsed("-0.746 users", "", 1)
    assert fixed is not None
    assert (fixed.variable, fixed.of(2.0)) == ("users", -2.0)
    logarithm = parsed("ln(x)", "x", 1)
    assert logarithm is not None
    assert logarithm.of(-1.0) is None


def test_numbers_agree_but_for_the_order_of_a_sum() -> None:
    assert agree(0.1 + 0.2, 0.3)
    assert not agree(1.0, 1.0 + 1e-8)
    assert agree(1e-7, 0.0, size=1e3)
    assert not agree(None, 0.0)
    assert not agree("ok", "other")
