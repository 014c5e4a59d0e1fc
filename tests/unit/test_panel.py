"""The class Panel and its fits: numbers of other packages, sources, refusals, ends."""

from __future__ import annotations

import copy
import gc
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects
from maketables import ETable
from tests.panels import make_panel, unbalanced_sizes
from tests.unit.grunfeld_panel import ESTIMATORS, NAMES, REGRESSORS, SAME
from tests.unit.test_cli import grunfeld_rows

import trade_potential as tp
from trade_potential.errors import InputError


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return grunfeld_rows()


@pytest.fixture(scope="module")
def panel(frame: pd.DataFrame) -> Iterator[tp.Panel]:
    with tp.Panel.read(frame, **NAMES) as opened:
        yield opened


def peer(frame: pd.DataFrame, estimator: str) -> Any:
    """The model in linearmodels."""
    data = frame.set_index(["firm", "year"])
    x = data[REGRESSORS].assign(const=1.0)[["const", *REGRESSORS]]
    if estimator == "within":
        return PanelOLS(data["invest"], x, entity_effects=True)
    if estimator == "twoway":
        return PanelOLS(data["invest"], x, entity_effects=True, time_effects=True)
    models = {"pooled": PooledOLS, "between": BetweenOLS, "random": RandomEffects}
    return models[estimator](data["invest"], x)


@pytest.mark.parametrize("estimator", ["pooled", "between", "within", "twoway", "random"])
def test_names_and_numbers_are_those_of_linearmodels(
    panel: tp.Panel, frame: pd.DataFrame, estimator: str
) -> None:
    ours, theirs = panel.fit(estimator), peer(frame, estimator).fit()
    names = ["params", "std_errors", "tstats"]
    for name in [*names, *(["pvalues"] if ours.distribution == "t" else [])]:
        one, other = getattr(ours, name), getattr(theirs, name)
        pd.testing.assert_series_equal(one, other, check_names=False, rtol=SAME)
    pd.testing.assert_frame_equal(ours.cov, theirs.cov, rtol=SAME)
    if ours.distribution == "t":
        pd.testing.assert_frame_equal(ours.conf_int(0.9), theirs.conf_int(0.9), rtol=SAME)
    assert ours.df_resid == theirs.df_resid
    assert ours.nobs == len(frame)
    if estimator not in ("random", "between"):
        np.testing.assert_allclose(ours.rsquared, theirs.rsquared, rtol=SAME)


@pytest.mark.parametrize("estimator", ["pooled", "within", "twoway"])
def test_residuals_are_those_of_linearmodels(
    panel: tp.Panel, frame: pd.DataFrame, estimator: str
) -> None:
    theirs = peer(frame, estimator).fit().resids
    ours = panel.fit(estimator).resids.reindex(theirs.index)
    np.testing.assert_allclose(ours, theirs, atol=SAME * frame["invest"].std())


def test_residuals_of_an_unbalanced_weighted_panel_are_orthogonal_to_everything() -> None:
    """First-order conditions of two-way effects, which linearmodels solves by iteration."""
    rows = make_panel(3, sizes=unbalanced_sizes(3, 30, 8), n_terms=2)
    rows["weight"] = np.random.default_rng(3).uniform(0.5, 2.0, len(rows))
    names = {"outcome": "y", "regressors": ["x1", "x2"], "entity": "entity", "time": "year"}
    with tp.Panel.read(rows, **names, weights="weight") as panel:  # type: ignore[arg-type]
        left = panel.fit("twoway").resids.rename("left").reset_index()
    both = rows.merge(left, on=["entity", "year"])
    weighted = both["left"] * both["weight"]
    scale = weighted.abs().sum()
    for key in ("entity", "year"):
        assert weighted.groupby(both[key]).sum().abs().max() < SAME * scale
    for name in ("x1", "x2"):
        assert abs(float(weighted @ both[name])) < SAME * scale


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_outcome_is_fitted_and_residual(
    panel: tp.Panel, frame: pd.DataFrame, estimator: str
) -> None:
    fit = panel.fit(estimator)
    total = (fit.fitted_values + fit.resids).reset_index(name="invest")
    both = frame.merge(total, on=["firm", "year"], suffixes=("", "_again"))
    assert len(both) == len(frame)
    np.testing.assert_allclose(both["invest_again"], both["invest"], rtol=SAME)


@pytest.mark.parametrize("estimator", ["pooled", "between", "random", "ppml"])
def test_predictions_are_those_of_the_sample(
    panel: tp.Panel, frame: pd.DataFrame, estimator: str
) -> None:
    fit = panel.fit(estimator)
    of_sample = fit.predict().reset_index(name="said").merge(frame, on=["firm", "year"])
    for data in (of_sample, pl.from_pandas(of_sample), dict(of_sample)):
        np.testing.assert_allclose(fit.predict(data), of_sample["said"], rtol=SAME)
    with pytest.raises(InputError, match="no column capital"):
        fit.predict(frame[["value"]])


@pytest.mark.parametrize("estimator", ["within", "twoway"])
def test_effects_predict_nothing(panel: tp.Panel, estimator: str) -> None:
    with pytest.raises(InputError, match="has effects of firm"):
        panel.fit(estimator).predict()


def sources(frame: pd.DataFrame, folder: Path) -> dict[str, Any]:
    frame.to_csv(folder / "p.csv", index=False)
    frame.to_parquet(folder / "p.parquet")
    return {
        "csv": folder / "p.csv",
        "parquet": str(folder / "p.parquet"),
        "pandas": frame,
        "index": frame.set_index(["firm", "year"]),
        "polars": pl.from_pandas(frame),
        "arrow": pa.Table.from_pandas(frame),
        "relation": duckdb.connect().from_df(frame),
    }


@pytest.mark.parametrize("engine", ["blocks", "sql"])
def test_sources_give_the_same_numbers(frame: pd.DataFrame, tmp_path: Path, engine: Any) -> None:
    found = {}
    for name, source in sources(frame, tmp_path).items():
        with tp.Panel.read(source, **NAMES, engine=engine, threads=1) as panel:
            found[name] = panel.fit("random", "clustered").coefficients
    for coefficients in found.values():
        pd.testing.assert_frame_equal(coefficients, found["csv"], check_exact=True)


def test_a_frame_may_change_once_it_is_read(frame: pd.DataFrame) -> None:
    own = frame.copy()
    with tp.Panel.read(own, **NAMES) as panel:
        own["invest"] = 0.0
        assert panel.fit("pooled").params["value"] > 0.0


def test_fits_do_not_depend_on_what_was_fitted_before(frame: pd.DataFrame) -> None:
    """In any order, also PPML before the others and RESET in between."""
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in ESTIMATORS}
    for order in (ESTIMATORS, ESTIMATORS[::-1]):
        with tp.Panel.read(frame, **NAMES, threads=1) as panel:
            for name in order:
                fit = panel.fit(name, "clustered")
                fit.tests()
                found[name].append(fit.coefficients)
    for one, other in found.values():
        pd.testing.assert_frame_equal(one, other, rtol=SAME)


def test_moments_without_and_with_times_live_side_by_side(frame: pd.DataFrame) -> None:
    """Scores of the first after the second were made: each has a connection of its own."""
    with tp.Panel.read(frame, **NAMES) as own:
        first = own.fitted_rows()
        second = own.fitted_rows(with_times=True)
        assert first is not second
        one = first.solution().errors("random", "clustered")
        other = second.solution().errors("random", "clustered")
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.matrix, other.matrix, rtol=SAME)


def test_a_fit_without_tests_has_their_columns(panel: tp.Panel, frame: pd.DataFrame) -> None:
    with tp.Panel.read(frame.iloc[:2], **NAMES) as short:
        found = short.fit("ppml").tests()
    assert found.empty
    assert list(found) == list(panel.fit("pooled").tests())


def through_a_process(fit: Any) -> Any:
    """As multiprocessing hands it over."""
    return ForkingPickler.loads(ForkingPickler.dumps(fit))


@pytest.mark.parametrize("copied", [copy.deepcopy, through_a_process])
@pytest.mark.parametrize("estimator", ["random", "ppml"])
def test_a_copy_of_a_fit_has_its_numbers_but_no_rows(
    frame: pd.DataFrame, estimator: str, copied: Callable[[Any], Any]
) -> None:
    with tp.Panel.read(frame, **NAMES) as panel:
        fit = panel.fit(estimator, "clustered")
        unread, _ = copied(fit), fit.resids
        held = copied(fit)
    for one in (unread, held):
        pd.testing.assert_frame_equal(one.coefficients, fit.coefficients)
        pd.testing.assert_frame_equal(one.cov, fit.cov)
        assert one.summary() == fit.summary()
        with pytest.raises(InputError, match="closed"):
            one.tests()
    pd.testing.assert_series_equal(held.resids, fit.resids)
    with pytest.raises(InputError, match="closed"):
        _ = unread.resids


def test_threads_take_turns_on_the_rows(frame: pd.DataFrame) -> None:
    asked = [("pooled", "robust"), ("within", "clustered"), ("twoway", "driscoll_kraay")]
    asked += [("between", "robust"), ("random", "clustered_twoway"), ("mundlak", "clustered")]

    def told(panel: tp.Panel, request_: tuple[str, str]) -> pd.DataFrame:
        fit = panel.fit(*request_)
        return fit.tests().assign(first=fit.resids.iloc[0], se=fit.std_errors["value"])

    with tp.Panel.read(frame, **NAMES) as panel, tp.Panel.read(frame, **NAMES) as alone:
        with ThreadPoolExecutor(len(asked)) as pool:
            found = list(pool.map(partial(told, panel), asked * 2))
        for request_, one in zip(asked * 2, found, strict=True):
            pd.testing.assert_frame_equal(one, told(alone, request_), rtol=SAME)


def test_the_end_of_a_panel(frame: pd.DataFrame) -> None:
    panel = tp.Panel.read(frame, **NAMES)
    fit = panel.fit("pooled")
    panel.close()
    panel.close()
    assert fit.params["value"] > 0.0
    with pytest.raises(InputError, match="closed"):
        _ = fit.resids
    with pytest.raises(InputError, match="closed"):
        panel.fit("within")


def test_a_forgotten_panel_ends_with_its_last_fit(frame: pd.DataFrame) -> None:
    panel = tp.Panel.read(frame, **NAMES)
    workspace = weakref.ref(panel._rows._workspace)
    fit = panel.fit("pooled")
    del panel
    gc.collect()
    assert workspace() is not None
    assert len(fit.resids) == len(frame)
    del fit
    gc.collect()
    assert workspace() is None


def test_a_table_of_fits(panel: tp.Panel) -> None:
    fits = panel.fits(["pooled", "within", "ppml"], "clustered")
    text = tp.table(fits, labels={"value": "Market value"})
    assert text.splitlines()[1].split() == ["(1)", "(2)", "(3)"]
    assert "Market value" in text
    assert "Firm effects" in text
    assert "Dependent variable: invest." in text
    for form, sign in (("latex", r"\toprule"), ("html", "<table"), ("markdown", "|:--")):
        assert sign in tp.table(fits[0], form)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at least one model"):
        tp.table([])


def test_tables_of_the_package_maketables(panel: tp.Panel, frame: pd.DataFrame) -> None:
    few = frame[frame["firm"].isin(["IBM", "Goodyear"])]
    with tp.Panel.read(few, **NAMES) as other:
        fits = [panel.fit("within", "clustered"), other.fit("between")]
    cells = ETable(fits, coef_fmt="b:.4f").df.droplevel(0).astype(str)
    cells.columns = ["within", "between"]
    assert float(cells.loc["value", "within"].rstrip("*")) == pytest.approx(
        fits[0].params["value"], abs=5e-5
    )
    assert list(cells["within"][["firm", "Observations", "S.E. type"]]) == ["x", "200", "clustered"]
    assert list(cells["between"][["value", "Status"]]) == ["-", "too_few_entities"]
    assert fits[0].__maketables_vcov_info__["clustervar"] == ["firm"]
    assert fits[0].__maketables_stat__("aic") is None
