"""The registry says what estimators and covariances do, and every list of names follows it."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
import yaml
from tests.declared import rules_of
from tests.panels import ENTITY, OUTCOME, Case, make_panel

from trade_potential.gravity.covariance import CORRECTIONS, sandwich
from trade_potential.gravity.moments import MEAN_OF
from trade_potential.gravity.scores import Meats
from trade_potential.inference.registry import (
    COVARIANCES,
    ESTIMATORS,
    Covariance,
    Estimator,
    estimator_rows,
    estimators,
    of_commands,
)
from trade_potential.ppml.covariance import CORRECTIONS as PPML_CORRECTIONS
from trade_potential.ppml.estimate import PpmlFit, fit_ppml

ROOT = Path(__file__).resolve().parents[2]
SIZES = [5, 3, 6, 4, 5, 6, 3, 5, 4, 6]
OF_K = [name for name, spec in ESTIMATORS.items() if spec.predicts]


@pytest.fixture(scope="module")
def case() -> Case:
    return Case.of(make_panel(7, sizes=SIZES, n_terms=2))


@cache
def ppml_fit(name: str) -> PpmlFit:
    frame = make_panel(7, sizes=SIZES, n_terms=2)
    frame[OUTCOME] = np.exp(frame[OUTCOME] / 4.0)
    columns = {"entity": (ENTITY,), "time": ("year",)}
    return fit_ppml(
        frame,
        outcome=OUTCOME,
        regressors=["x1", "x2"],
        entity=ENTITY,
        time="year",
        effects=[columns[effect] for effect in ESTIMATORS[name].effects],
    )


# --- What it says is so ---------------------------------------------------------------------------


def test_types_and_rows_are_the_same_names() -> None:
    assert tuple(ESTIMATORS) == get_args(Estimator)
    assert tuple(COVARIANCES) == get_args(Covariance)
    for name, spec in (*ESTIMATORS.items(), *COVARIANCES.items()):
        assert name == spec.name


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_row_holds_together(name: str) -> None:
    spec, names = ESTIMATORS[name], list(ESTIMATORS)
    assert list(spec.covariances) == [kind for kind in COVARIANCES if kind in spec.covariances]
    assert spec.base_covariance == spec.published[0]
    parameters = inspect.signature(spec.load()).parameters
    for other in spec.needs:
        assert names.index(other) < names.index(name)
        assert f"{other}_fit" in parameters
    if spec.case_of:
        assert spec.effects
        assert ESTIMATORS[spec.case_of].function == spec.function


@pytest.mark.parametrize("name", estimators("least_squares"))
def test_fits_have_what_the_registry_says(case: Case, name: str) -> None:
    fit, spec, moments = case.fits[name], ESTIMATORS[name], case.moments
    assert np.isfinite(fit.sigma_u) == spec.has_sigma_u
    assert np.isfinite(fit.sigma_e) == spec.has_sigma_e
    assert bool(((fit.theta > 0.0) & (fit.theta < 1.0)).any()) == spec.has_theta
    assert any(MEAN_OF.format(term) in fit.terms for term in moments.terms) == spec.has_means
    assert fit.n_rows == {"row": moments.n_obs, "entity": moments.n_entities}[spec.unit]
    lost = {"entity": moments.n_entities - 1, "time": max(SIZES) - 1}
    assert fit.n_absorbed == sum(lost[effect] for effect in spec.effects)
    assert (fit.time_effects is not None) == spec.needs_time
    assert fit.r_squared == pytest.approx(fit.r_squared_overall) or not spec.has_theta


@pytest.mark.parametrize("kind", COVARIANCES)
@pytest.mark.parametrize("name", estimators("least_squares"))
def test_covariances_of_moments_are_those_of_the_registry(
    case: Case, name: str, kind: Covariance
) -> None:
    fit, spec = case.fits[name], ESTIMATORS[name]
    if kind == spec.base_covariance:
        return
    if kind not in spec.covariances:
        with pytest.raises(ValueError, match="no such scores"):
            sandwich(fit, case.meats[name], kind, n_entities=case.moments.n_entities)
        return
    assert np.isfinite(case.errors(name, kind).matrix).all()
    if COVARIANCES[kind].over_rows and spec.unit == "row":
        without = Meats(case.meats[name].by_entity)
        with pytest.raises(ValueError, match="no such scores"):
            sandwich(fit, without, kind, n_entities=case.moments.n_entities)


@pytest.mark.parametrize("name", estimators("ppml"))
def test_ppml_has_what_the_registry_says(name: str) -> None:
    fit, spec = ppml_fit(name), ESTIMATORS[name]
    assert tuple(fit.covariances) == spec.covariances
    assert (fit.terms[0] == "const") == (not spec.effects)
    assert np.isinf(spec.distribution_df(9.0))


def test_every_covariance_has_a_correction_in_words() -> None:
    assert set(CORRECTIONS) == set(COVARIANCES)
    for words in PPML_CORRECTIONS.values():
        assert tuple(words) == ESTIMATORS["ppml"].covariances


def test_sql_reads_every_estimator() -> None:
    table = pd.DataFrame(estimator_rows()).set_index("estimator")
    assert list(table.index) == list(ESTIMATORS)
    assert list(table.index[table["predicts"]]) == OF_K
    assert set(table["link"]) == {"identity", "log"}


# --- Lists of names -------------------------------------------------------------------------------


def allowed(path: str, column: str) -> list[list[str]]:
    """The values that the inputs of a file list for a column."""
    seeds: list[dict[str, Any]] = yaml.safe_load((ROOT / path).read_text("utf-8"))["seeds"]
    listed = [rules_of(seed).one_of for seed in seeds]
    return [values[column] for values in listed if column in values]


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("default_estimator", [*OF_K, "ppml_structural"]),
        ("k_estimator", OF_K),
        ("estimator", list(of_commands())),
        ("covariance", list(COVARIANCES)),
    ],
)
def test_seeds_take_the_names_of_the_registry(column: str, names: list[str]) -> None:
    assert allowed("seeds/study/_study__seeds.yml", column) == [names]


def test_estimators_of_k_stand_side_by_side() -> None:
    text = (ROOT / "models/marts/rpt_estimator_comparison.sql").read_text("utf-8")
    found = re.search(r"set estimators = (\[.*?\])", text)
    assert found is not None
    assert yaml.safe_load(found.group(1)) == OF_K


def words(text: str) -> list[str]:
    """Names of estimators and covariances in a text, in order, once each."""
    known = {*ESTIMATORS, *COVARIANCES}
    return list(dict.fromkeys(word for word in re.findall(r"\w+", text) if word in known))


@pytest.mark.parametrize(
    ("block", "names"),
    [("estimator", ESTIMATORS), ("estimator_of_k", OF_K), ("covariance", COVARIANCES)],
)
def test_columns_are_described_by_every_name(block: str, names: list[str]) -> None:
    text = (ROOT / "models/marts/_estimators.md").read_text("utf-8")
    found = re.search(rf"{{% docs {block} %}}(.*?){{% enddocs %}}", text, re.DOTALL)
    assert found is not None
    assert words(found.group(1)) == list(names)


@pytest.mark.parametrize(
    ("option", "names"),
    [("--estimator E,F", of_commands()), ("--covariance", COVARIANCES)],
)
def test_the_page_of_the_command_line_names_all(option: str, names: list[str]) -> None:
    text = (ROOT / "docs/command-line.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| `{re.escape(option)}` \|(.*)\|$", text, re.MULTILINE)
    assert [name for name in words(row) if name in {*names}] == list(names)


def test_the_methodology_has_a_weight_for_every_estimator_on_moments() -> None:
    text = (ROOT / "docs/methodology.md").read_text("utf-8")
    _, _, table = text.partition("| estimator | w | b(n), partner with n years |")
    rows = re.findall(r"^\| (\w+)[ |]", table.partition("\n\n")[0], re.MULTILINE)
    assert sorted(rows) == sorted(estimators("least_squares"))
