"""An audit on some partners, and the covariance classes beside the fit of the models."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from tests.panels import LINEARMODELS
from tests.unit.test_audit import NUMBER, PANELS, Published, differing, disconnected, gaps

from trade_potential.audit import gravity as audit_gravity
from trade_potential.audit.panel import Panel
from trade_potential.audit.published import published_numbers
from trade_potential.audit.recomputed import recomputed_numbers
from trade_potential.audit.reestimate import MODELS, Fit, library_model, reestimate
from trade_potential.audit.sampled import own_tables
from trade_potential.gravity import covariance
from trade_potential.gravity.on_sql import steps
from trade_potential.inference.registry import ESTIMATORS, estimators
from trade_potential.sql.render import macros_of, source

pytestmark = pytest.mark.slow(reason="panels of many rows")

ROUNDING = 1e-11
"""Two routes through the same classes of a library, on standardised regressors."""


def sampled(made: Published, partners: int) -> pd.DataFrame:
    """Rows of the first partners, as int_audit__sample holds them above its limit."""
    names = sorted(made.sample["pair_id"].unique())[:partners]
    return made.sample[made.sample["pair_id"].isin(names)]


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.of(gaps(9))


def test_a_sample_is_audited_on_its_own_rows(published: Published) -> None:
    rows = sampled(published, 15)
    audit = published.audit(sample=rows)
    full = published.audit().set_index(NUMBER)
    assert differing(audit) == []
    said = f"sample of 15 pairs, {len(rows)} of {len(published.sample)} rows"
    assert audit["reason"].str.startswith(said).all()
    assert (audit["status"] == "agrees").sum() > 0.95 * len(full)
    part = audit.set_index(NUMBER)
    assert part.loc[("pooled", "", "n_obs", ""), "published"] == len(rows)
    shared = ("within", "classical", "coefficient", "x1")
    assert part.loc[shared, "published"] != full.loc[shared, "published"]


def test_a_number_that_a_sample_cannot_have_is_not_compared(published: Published) -> None:
    audit = published.audit(sample=sampled(published, 4))
    assert differing(audit) == []
    assert set(audit["status"]) == {"agrees", "not_compared"}
    lone = audit[audit["reason"].str.endswith("no such number there")]
    assert ("between", "classical", "coefficient", "x1") in set(
        lone[NUMBER].itertuples(index=False, name=None)
    )
    assert set(lone["status"]) == {"not_compared"}


def test_a_wrong_formula_is_caught_on_a_sample(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(covariance, "bandwidth", lambda _: 1)
    found = differing(published.audit(sample=sampled(published, 15)))
    assert {row[1] for row in found} == {"driscoll_kraay"}


@pytest.fixture(scope="module")
def by_libraries(published: Published) -> pd.DataFrame:
    return recomputed_numbers(sampled(published, 15), tuple(published.terms["term"]), 0.95)


FAULTS = {
    "sum(v{{ i }} * v{{ j }})": ("1.001 * sum(v{{ i }} * v{{ j }})", "within"),
    "* (pairs.m{{ j }} - grand.m{{ j }})": ("* pairs.m{{ j }}", "between"),
    "sum(1.0 / means_.mass)": ("sum(1.0)", "twoway"),
    "fits.within_weight,": ("0.9 * fits.within_weight as within_weight,", "clustered"),
    "z{{ k }} * residual": ("residual", "robust"),
    "ranges.fit_sd, 3)": ("ranges.fit_sd, 4)", "reset"),
}
"""What a macro says, what it must not say, and an estimator, covariance or test that needs it."""


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_in_the_sql_of_the_models_is_caught_on_a_sample(
    published: Published, by_libraries: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """The sample is put through the very SQL: what is wrong there is wrong in the audit."""
    fault, of = FAULTS[text]
    assert text in source()
    monkeypatch.setattr(audit_gravity, "recomputed_numbers", lambda *_: by_libraries)
    monkeypatch.setattr(steps, "macros", lambda: macros_of(source().replace(text, fault)))
    found = differing(published.audit(sample=sampled(published, 15)))
    assert of in {part for row in found for part in row}


@pytest.mark.parametrize("name", ["ordinary", "study", "of_partner_and_year", "single_period"])
def test_tables_of_a_sample_hold_what_the_models_hold(name: str) -> None:
    made = Published.of(PANELS[name])
    tables = own_tables(made.sample, tuple(made.terms["term"]), 0.95)
    key = ["study_id", "spec_id", *NUMBER]
    own = published_numbers(tables, made.names).sort_values(key, ignore_index=True)
    models = published_numbers(made.tables, made.names).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(own[key], models[key])
    # Both ran the same SQL: sums differ in their order alone, most numbers not in the last digit.
    np.testing.assert_allclose(own["published"], models["published"], rtol=1e-8, atol=1e-12)
    assert (own["published"].eq(models["published"]) | own["published"].isna()).mean() > 0.5


@pytest.mark.parametrize("frame", [gaps(9), disconnected()], ids=["gaps", "disconnected"])
def test_covariance_classes_give_what_the_models_give(frame: pd.DataFrame) -> None:
    made = Published.of(frame)
    panel = Panel.of(made.sample, tuple(made.terms["term"]))
    fits = reestimate(panel)
    for estimator in estimators("least_squares"):
        fit = fits[estimator]
        assert isinstance(fit, Fit)
        if estimator not in MODELS:  # in no model of linearmodels
            continue
        model = library_model(panel, estimator, fit.terms)
        back = panel.natural(fit.terms)
        for kind, errors in fit.errors.items():
            if kind == "classical":
                continue
            options = dict(LINEARMODELS[kind])
            if estimator == "between" and kind == "clustered":
                options.pop("cluster_entity")
                codes = pd.DataFrame({"code": panel.partners}, index=panel.outcome.index)
                options["clusters"] = codes
            if ESTIMATORS[estimator].effects and "clustered" in kind:
                options |= {"auto_df": False, "count_effects": False}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = model.fit(**options)
            n, k, factor = len(fit.design.y), len(fit.coefficients), 1.0
            if estimator == "twoway" and kind == "clustered":
                factor = (n - k) / (n - k - panel.n_years + panel.n_blocks)
            if estimator == "twoway" and "clustered" not in kind:
                factor = float(result.df_resid) / fit.design.df_resid  # one block too many
            theirs = back @ result.cov.to_numpy() @ back.T * factor
            np.testing.assert_allclose(
                errors.matrix, theirs, rtol=ROUNDING, atol=ROUNDING * np.abs(theirs).max()
            )
