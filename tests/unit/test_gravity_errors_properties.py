"""What must not change a covariance or a test, and what must change it in a known way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.panels import ENTITY, OUTCOME, Array, Case, make_panel, unbalanced_sizes

from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, Covariance, Estimator

pytestmark = pytest.mark.usefixtures("engine")

UNCHANGED = 1e-7
"""Of an element in units of the diagonal: products of two numbers with errors of 1e-8 each, see
``test_gravity_properties``; all hold at 1e-11 here."""

few_examples = settings(max_examples=4)
"""Each takes six fits with every covariance, twice: a third of a second."""
as_found = settings(max_examples=4, phases=(Phase.generate,))
"""Of what one engine refuses: a refusal need not be made smaller."""


def panel(seed: int, n_terms: int, effect_sd: float, *, is_wide: bool) -> pd.DataFrame:
    """Entities begin in different years; some are seen once; one regressor never varies within."""
    entities = 12 + n_terms
    sizes = unbalanced_sizes(seed, entities, 12 if is_wide else 6)
    frame = make_panel(seed, sizes=sizes, n_terms=n_terms, effect_sd=effect_sd)
    begin = np.random.default_rng(seed).integers(0, 5, entities)
    frame["year"] += begin[frame.groupby(ENTITY).ngroup()]
    frame[OUTCOME] += np.sin(frame["year"])
    return frame.assign(x8=frame.groupby(ENTITY)["x1"].transform("max"))


PANELS = st.builds(
    panel,
    seed=st.integers(0, 10_000),
    n_terms=st.integers(1, 3),
    effect_sd=st.sampled_from([0.0, 0.3, 3.0]),
    is_wide=st.booleans(),
)


def pairs_of(case: Case) -> Iterator[tuple[Estimator, Covariance]]:
    """Every estimator with every covariance that it has beside the classical one."""
    for estimator in case.estimated:
        for kind in list(COVARIANCES)[1:]:
            if kind in ESTIMATORS[estimator].covariances:
                yield estimator, kind


def compare(
    one: Case,
    other: Case,
    *,
    back: Callable[[str], float] = lambda _: 1.0,
    without: tuple[str, ...] = (),
) -> None:
    """Covariances of ``other`` are those of ``one`` once each coefficient is multiplied back.

    Args:
        one: Before.
        other: After.
        back: Factor of a term; 0 leaves it out.
        without: Covariances that are left out.
    """
    assert other.estimated == one.estimated
    for estimator, kind in pairs_of(one):
        if kind in without:
            continue
        names = ["const", *one.fits[estimator].terms]
        assert names[1:] == list(other.fits[estimator].terms)
        first, second = one.errors(estimator, kind), other.errors(estimator, kind)
        # Effects leave the constant no scores by entity and time: only dirt is to be compared.
        is_dirt = ESTIMATORS[estimator].effects
        kept = [k for k, name in enumerate(names) if back(name) and (k or not is_dirt)]
        assert first.df == second.df
        assert (first.status == "few_clusters") == (second.status == "few_clusters")
        factor = np.array([back(names[k]) for k in kept])
        before = first.matrix[np.ix_(kept, kept)]
        after = second.matrix[np.ix_(kept, kept)] * np.outer(factor, factor)
        unit = np.sqrt(np.diag(one.fits[estimator].covariance)[kept])
        scale = np.outer(unit, unit)
        np.testing.assert_allclose(
            after / scale, before / scale, rtol=UNCHANGED, atol=UNCHANGED, err_msg=f"{kind}"
        )


def compare_tests(one: Case, other: Case) -> None:
    """Tests have the same statistic, df and probability."""
    for name, test in one.tests.items():
        found = other.tests[name]
        assert found.status == test.status
        for part in ("statistic", "df", "df_denominator", "p_value"):
            np.testing.assert_allclose(
                getattr(found, part), getattr(test, part), rtol=1e-5, atol=1e-12, err_msg=name
            )


# --- Order, names, units --------------------------------------------------------------------------


@few_examples
@given(
    frame=PANELS,
    order=st.integers(0, 100),
    gaps=st.lists(st.integers(1, 50), min_size=17, max_size=17),
)
def test_order_of_rows_names_and_distances_of_years_are_nothing(
    frame: pd.DataFrame, order: int, gaps: list[int]
) -> None:
    names, years = frame[ENTITY].unique(), np.sort(frame["year"].unique())
    others = np.random.default_rng(order).permutation(len(names))
    moved = frame.assign(
        entity=frame[ENTITY].map(dict(zip(names, others, strict=True))),
        year=frame["year"].map(dict(zip(years, -300 + np.cumsum(gaps), strict=False))),
    )
    one, other = Case.of(frame), Case.of(moved.sample(frac=1.0, random_state=order))
    compare(one, other)
    compare_tests(one, other)


@few_examples
@given(frame=PANELS, data=st.data())
def test_order_of_years_matters_to_driscoll_and_kraay_only(
    frame: pd.DataFrame, data: st.DataObject
) -> None:
    years = np.sort(frame["year"].unique())
    others = data.draw(st.permutations(list(years)))
    moved = frame.assign(year=frame["year"].map(dict(zip(years, others, strict=True))))
    one, other = Case.of(frame), Case.of(moved)
    compare(one, other, without=("driscoll_kraay",))
    compare_tests(one, other)


def test_order_of_years_does_matter_to_driscoll_and_kraay() -> None:
    frame = panel(1, 2, 1.0, is_wide=True)
    years = np.sort(frame["year"].unique())
    others = np.random.default_rng(1).permutation(years)
    moved = frame.assign(year=frame["year"].map(dict(zip(years, others, strict=True))))
    one = Case.of(frame).errors("pooled", "driscoll_kraay").matrix
    assert not np.allclose(Case.of(moved).errors("pooled", "driscoll_kraay").matrix, one, rtol=0.01)


@few_examples
@given(
    frame=PANELS,
    of_outcome=st.integers(-8, 8),
    of_regressor=st.integers(-8, 8),
    origin=st.sampled_from([0.0, 1e3]),
)
def test_units_scale_all_covariances(
    frame: pd.DataFrame, of_outcome: int, of_regressor: int, origin: float
) -> None:
    unit, own = 10.0**of_outcome, 10.0**of_regressor
    moved = frame.assign(y=frame[OUTCOME] * unit, x1=(frame["x1"] + origin) * own)
    one, other = Case.of(frame), Case.of(moved)

    def back(term: str) -> float:
        if term == "const":  # moves with the origin of x1
            return 0.0 if origin else 1.0 / unit
        return own / unit if "x1" in term else 1.0 / unit

    compare(one, other, back=back)
    compare_tests(one, other)


@few_examples
@given(frame=PANELS, seed=st.integers(0, 100))
def test_effects_leave_all_covariances_of_what_takes_them_out(
    frame: pd.DataFrame, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    effect = rng.normal(scale=5.0, size=frame[ENTITY].nunique())
    entity = effect[frame.groupby(ENTITY).ngroup()]
    year = rng.normal(scale=5.0, size=40)[frame["year"] - frame["year"].min()]
    one = Case.of(frame)
    for estimator, addition in (("within", entity), ("twoway", entity + year)):
        other = Case.of(frame.assign(y=frame[OUTCOME] + addition))
        for kind in list(COVARIANCES)[1:]:
            before = one.errors(estimator, kind).matrix[1:, 1:]  # type: ignore[arg-type]
            after = other.errors(estimator, kind).matrix[1:, 1:]  # type: ignore[arg-type]
            unit = np.sqrt(np.diag(one.fits[estimator].covariance)[1:])
            scale = np.outer(unit, unit)
            np.testing.assert_allclose(after / scale, before / scale, rtol=0.0, atol=UNCHANGED)


# --- Weights --------------------------------------------------------------------------------------


def uncorrected(case: Case, estimator: Estimator, kind: Covariance) -> Array:
    """A covariance without what depends on the number of rows."""
    fit = case.fits[estimator]
    n, k, rank = fit.n_rows, len(fit.coefficients), 0
    if fit.time_effects is not None:
        rank = fit.time_effects.rank
    factor = (n - 1) / (n - k - rank) if kind == "clustered" else n / fit.df_resid
    matrix: Array = case.errors(estimator, kind).matrix / factor
    return matrix


@as_found
@given(frame=PANELS, seed=st.integers(0, 100))
def test_whole_weights_are_repeated_rows(frame: pd.DataFrame, seed: int) -> None:
    """Clusters cannot tell a weight of 2 from a row that is there twice."""
    counts = np.random.default_rng(seed).integers(1, 4, len(frame))
    one = Case.of(frame.assign(weight=counts), weights="weight")
    other = Case.of(frame.loc[frame.index.repeat(counts)])
    for estimator in ("pooled", "within", "twoway"):
        unit = np.sqrt(np.diag(other.fits[estimator].covariance)[1:])
        scale = np.outer(unit, unit)
        for kind in ("clustered", "driscoll_kraay"):
            ours, theirs = (uncorrected(case, estimator, kind)[1:, 1:] for case in (one, other))
            np.testing.assert_allclose(ours / scale, theirs / scale, rtol=0.0, atol=UNCHANGED)
    statistics = [case.tests["breusch_pagan_lm"] for case in (one, other)]
    assert statistics[0].status == ("ok" if (counts == counts[0]).all() else "not_available")


@few_examples
@given(frame=PANELS)
def test_equal_weights_are_none(frame: pd.DataFrame) -> None:
    one, other = Case.of(frame), Case.of(frame.assign(weight=0.3), weights="weight")
    compare(one, other)
    compare_tests(one, other)
    for estimator, fit in one.fits.items():
        np.testing.assert_array_equal(fit.coefficients, other.fits[estimator].coefficients)


# --- Ranges ---------------------------------------------------------------------------------------


@few_examples
@given(frame=PANELS)
def test_errors_and_probabilities_are_what_they_can_be(frame: pd.DataFrame) -> None:
    case = Case.of(frame)
    for estimator, kind in pairs_of(case):
        found = case.errors(estimator, kind)
        variances = np.diag(found.matrix)
        assert np.isfinite(found.matrix).all()
        np.testing.assert_allclose(found.matrix, found.matrix.T, rtol=1e-6, atol=1e-12)
        assert (found.status == "ok") == (found.reason == "")
        if kind != "clustered_twoway":
            assert (variances >= 0.0).all()
        elif found.status == "ok":
            assert (variances[1:] > 0.0).all()
    for test in case.tests.values():
        assert np.isnan(test.p_value) or 0.0 <= test.p_value <= 1.0
        assert np.isnan(test.p_value) == (test.status != "ok")
        assert test.statistic >= 0.0 or test.status != "ok"
        assert (test.status == "ok") == (test.reason == "")
