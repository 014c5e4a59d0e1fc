"""Ours beside every call of every peer, and the page that says so."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from functools import cache
from math import isnan
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from tests.reference.peers import compare, compare_ppml, compare_tests, published
from tests.reference.peers.compare import LARGEST, PEERS, Cell, rows_of_page
from tests.reference.peers.comparison import Comparison
from tests.reference.peers.make_data import STUDIES

ROOT = Path(__file__).resolve().parents[2]
SAME = 1e-9
"""Two exact formulas in double precision; the stored numbers of R and gretl have 15 digits.
Measured 4.4e-11 at worst, in Mundlak's model of wages, whose collinear means cost digits."""

FACTORS = {
    ("grunfeld_balanced", "within", "clustered", "statsmodels"): ((200 - 3) / (200 - 12)) ** 0.5,
    ("grunfeld_balanced", "twoway", "clustered", "linearmodels"): ((200 - 22) / (200 - 31)) ** 0.5,
    ("grunfeld_balanced", "twoway", "robust", "plm"): ((200 - 31) / (200 - 2)) ** 0.5,
    ("grunfeld_balanced", "pooled", "driscoll_kraay", "pyfixest"): (20 / 19 * 199 / 200) ** 0.5,
    ("grunfeld_balanced", "within", "robust", "pyfixest"): 1.0,
}
"""By hand: 200 rows, 10 firms, 20 years, 2 slopes."""


@cache
def cells_of(dataset: str) -> tuple[Cell, ...]:
    return tuple(compare.cells(dataset))


def offers(peer: str, dataset: str, estimator: str, name: str) -> bool:
    """What a peer has, as its manual says."""
    if peer in {"statsmodels", "pyfixest", "sandwich"}:
        return estimator in {"pooled", "between", "within", "twoway"}
    if peer == "gretl":
        clustered = name == "clustered" and estimator != "between"
        white = (estimator, name) == ("pooled", "robust")
        return name in {"coefficients", "classical"} or clustered or white
    if peer == "plm" and estimator == "between":
        return name in {"coefficients", "classical"}
    # plm's Mundlak model of an unbalanced panel ends in an error, which is stored.
    return not (peer == "plm" and estimator == "mundlak" and not compare.is_balanced(dataset))


@pytest.mark.parametrize("dataset", STUDIES)
@pytest.mark.parametrize(("estimator", "name"), rows_of_page())
def test_every_call_after_its_convention(dataset: str, estimator: str, name: str) -> None:
    found = [c for c in cells_of(dataset) if (c.estimator, c.covariance) == (estimator, name)]
    wrong = [f"{cell.gap:.2e} {cell.name}" for cell in found if cell.gap >= SAME]
    assert not wrong, "\n".join(wrong)
    shown = {key[3] for key in compare.shown(found)}
    assert shown == {peer for peer in PEERS if offers(peer, dataset, estimator, name)}


@pytest.mark.parametrize("dataset", STUDIES)
def test_calls_without_a_factor_are_those_that_no_scalar_joins(dataset: str) -> None:
    found = [cell for cell in cells_of(dataset) if isnan(cell.gap)]
    kinds = {(cell.peer, cell.reasons[-1]) for cell in found}
    lags = {("plm", "lag")} if dataset.startswith("wage") else set()
    assert kinds == {("plm", "parts"), ("pyfixest", "parts")} | lags
    for cell in found:
        assert not cell.is_shown
        assert cell.raw[1] / cell.raw[0] > 1.0 + SAME, cell.name


@pytest.mark.parametrize("key", FACTORS)
def test_factors_by_hand(key: tuple[str, str, str, str]) -> None:
    cell = compare.shown(cells_of(key[0]))[key]
    assert cell.factor == pytest.approx(FACTORS[key], rel=1e-12)


@pytest.mark.parametrize("dataset", STUDIES)
@pytest.mark.parametrize("test", compare_tests.TESTS)
def test_tests_after_their_convention(dataset: str, test: str) -> None:
    found = [cell for cell in compare_tests.compare_tests(dataset) if cell.test == test]
    expected = {source.peer for source in compare_tests.SOURCES if source.test == test}
    if test in {"mundlak", "hausman_robust"} and not compare.is_balanced(dataset):
        expected -= {"plm"}
    assert {cell.peer for cell in found} == expected
    for cell in found:
        if cell.refusal:
            assert (dataset, test, cell.peer) == ("wage_balanced", "hausman", "gretl")
            assert compare_tests.ours_of(dataset)[test].status == "not_positive_definite"
            continue
        assert cell.gap < SAME, cell
        assert isnan(cell.p_gap) or cell.p_gap < SAME, cell


@pytest.mark.parametrize("item", published.PRINTED, ids=lambda i: f"{i.sample}-{i.estimator}")
def test_printed_results(item: published.Printed) -> None:
    found = list(published.reproduced(item))
    assert len(found) == len(item.figures) + len(item.errors)
    assert not [entry for entry in found if not entry[-1]]


def test_ppml() -> None:
    for cell in compare_ppml.compare_ppml():
        assert max(cell.glm, cell.glm_error, cell.tight, cell.tight_error) < LARGEST, cell


# --- A planted difference is noticed --------------------------------------------------------------


def test_an_error_of_a_thousandth_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = compare.numbers_of

    def wrong(*arguments: str) -> compare.Numbers:
        own = right(*arguments)
        scaled: dict[str, pd.Series] = {k: 1.001 * v for k, v in own.std_errors.items()}
        return replace(own, std_errors=scaled)

    dataset = "grunfeld_unbalanced"
    monkeypatch.setattr(compare, "numbers_of", wrong)
    found = compare.cells(dataset)
    errors = [c for c in found if c.covariance != "coefficients" and not isnan(c.gap)]
    assert min(cell.gap for cell in errors) > 0.9e-3
    noticed = Comparison(cells=found, tests=[], ppml=[], published=[], nist=[]).unexplained
    assert len(noticed) == len(errors)
    assert "grunfeld_unbalanced | within | clustered | linearmodels" in "\n".join(noticed)


def test_a_statistic_off_by_a_thousandth_is_noticed() -> None:
    dataset = "grunfeld_balanced"
    ours = compare_tests.ours_of(dataset)
    wrong = {name: replace(test, statistic=1.001 * test.statistic) for name, test in ours.items()}
    found = compare_tests.compare_tests(dataset, wrong)
    assert min(cell.gap for cell in found) > 0.9e-3
    comparison = Comparison(cells=[], tests=found, ppml=[], published=[], nist=[])
    assert len(comparison.unexplained) == len(found)
    lost = replace(comparison, tests=[replace(found[0], gap=float("nan"))])
    assert len(lost.unexplained) == 1


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("validation", ROOT / "docs" / "validation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_has_every_row(page: ModuleType) -> None:
    blocks = {
        m["name"]: m["body"] for m in page.blocks.BLOCK.finditer(page.PAGE.read_text("utf-8"))
    }
    for dataset in STUDIES:
        rows = [line.split(" | ") for line in blocks[dataset].splitlines() if " | " in line]
        names = [row[0].removeprefix("| ").replace("**", "") for row in rows[2:]]
        assert names == [f"{estimator}, {name}" for estimator, name in rows_of_page()]
        assert {len(row) for row in rows} == {1 + len(PEERS)}
    rows = [re.split(r" \| |, ", line) for line in blocks["tests"].splitlines()]
    found = {(row[0].removeprefix("| "), "_".join(row[1:3])) for row in rows[3:] if len(row) > 3}
    assert found == {(test, dataset) for test in compare_tests.TESTS for dataset in STUDIES}


def test_numbers_stand_while_they_are_one_step_away(page: ModuleType) -> None:
    assert page.settled("| a | < 1e-11 |", "| a | < 1e-12 |") == "| a | < 1e-11 |"
    assert page.settled("| a | < 1e-10 |", "| a | < 1e-12 |") == "| a | < 1e-12 |"
    assert page.settled("| b | < 1e-11 |", "| a | < 1e-12 |") == "| a | < 1e-12 |"
    assert page.settled("| a | 9 | 0 |", "| a | 8 | 7 |", page.DIGITS) == "| a | 9 | 7 |"


def test_check_fails_without_writing(
    page: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "page.md"
    target.write_text("# Title\n\n<!-- one -->\n<!-- end -->\n", encoding="utf-8")
    nothing = Comparison(cells=[], tests=[], ppml=[], published=[], nist=[])
    monkeypatch.setattr(page, "PAGE", target)
    monkeypatch.setattr(page.Comparison, "made", lambda: nothing)
    monkeypatch.setattr(page, "tables", lambda _: {"one": "| a | < 1e-12 |\n"})
    monkeypatch.setattr("sys.argv", ["validation.py", "--check"])
    before = target.read_text(encoding="utf-8")
    assert page.main() == 1
    assert "tables have changed, run docs/validation.py: one" in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == before
    monkeypatch.setattr("sys.argv", ["validation.py"])
    assert page.main() == 0
    monkeypatch.setattr("sys.argv", ["validation.py", "--check"])
    assert page.main() == 0
    cell = compare_tests.compare_tests("grunfeld_balanced")[0]
    found = replace(nothing, tests=[replace(cell, gap=1.1 * LARGEST)])
    monkeypatch.setattr(page.Comparison, "made", lambda: found)
    assert page.main() == 1
    assert "grunfeld_balanced | f_effects | linearmodels: 1.1e-07" in capsys.readouterr().err
    monkeypatch.setattr(page.Comparison, "made", lambda: nothing)
    monkeypatch.setattr(page, "tables", lambda _: {"other": ""})
    with pytest.raises(ValueError, match="no single place for one, other"):
        page.main()
