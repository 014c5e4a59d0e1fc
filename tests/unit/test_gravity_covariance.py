"""Covariances: identities between them, and where they cannot be trusted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.panels import ENTITY, Case, make_panel, once
from tests.unit.test_gravity_rows import SANDWICHES, assert_same, staggered

from trade_potential.gravity.covariance import bandwidth, sandwich
from trade_potential.gravity.scores import Meats, design_slots, read_products
from trade_potential.inference.registry import ESTIMATORS, Covariance, Estimator
from trade_potential.inference.wald import Inference, too_few

pytestmark = pytest.mark.usefixtures("engine")

# --- Identities -----------------------------------------------------------------------------------


def test_a_row_per_partner_makes_clusters_of_one() -> None:
    frame = make_panel(4, sizes=[1] * 40, n_terms=2)
    frame["year"] += np.arange(40) % 8
    case = Case.of(frame)
    for estimator in ("pooled", "between"):
        robust = case.errors(estimator, "robust").matrix
        assert_same(case.errors(estimator, "clustered").matrix, robust)


@pytest.mark.parametrize("estimator", ["pooled", "within", "random", "mundlak"])
def test_a_year_per_row_makes_two_way_clusters_those_of_partners(estimator: Estimator) -> None:
    """The sum over years of one row is the sum over rows, which is taken away again."""
    frame = make_panel(5, sizes=[3, 5] * 10, n_terms=2)
    frame["year"] = np.random.default_rng(5).permutation(len(frame))
    case = Case.of(frame)
    ours = case.errors(estimator, "clustered_twoway")
    assert ours.df == 19.0
    first = 1 if ESTIMATORS[estimator].effects else 0
    theirs = case.errors(estimator, "clustered").matrix
    assert_same(ours.matrix[first:, first:], theirs[first:, first:])


def test_a_panel_on_its_side() -> None:
    """Entities and years change places: pooled two-way clusters stay, one-way clusters move."""
    frame = staggered(6)
    turned = frame.rename(columns={ENTITY: "year", "year": ENTITY})
    turned["year"] = turned["year"].rank(method="dense")
    one, other = Case.of(frame), Case.of(turned)
    twice = [case.errors("pooled", "clustered_twoway") for case in (one, other)]
    assert_same(twice[0].matrix, twice[1].matrix)
    assert twice[0].df == twice[1].df == frame["year"].nunique() - 1


@pytest.mark.parametrize("order", ["number", "text"])
def test_years_are_ordered_as_numbers(order: str) -> None:
    """As texts 9 would follow 10: the lags of Driscoll and Kraay would be others."""
    frame = staggered(7)
    before = Case.of(frame).errors("pooled", "driscoll_kraay").matrix
    early = frame["year"] - 1995
    after = Case.of(frame.assign(year=early.astype(str) if order == "text" else early))
    assert_same(after.errors("pooled", "driscoll_kraay").matrix, before)


@once
@pytest.mark.parametrize(
    ("n_times", "lags"),
    [(1, 0), (2, 1), (4, 1), (5, 2), (27, 2), (28, 3), (99, 3), (100, 4), (273, 5)],
)
def test_bandwidth(n_times: int, lags: int) -> None:
    assert bandwidth(n_times) == lags


@once
def test_normal_law_for_random_effects_and_t_for_the_others() -> None:
    for estimator in ("pooled", "between", "within", "twoway", "random", "mundlak"):
        expected = np.inf if estimator in ("random", "mundlak") else 7.0
        assert ESTIMATORS[estimator].distribution_df(7.0) == expected
    estimate, covariance = np.array([2.0, -1.0]), np.diag([4.0, 0.25])
    for df, law in ((5.0, stats.t(5.0)), (np.inf, stats.norm())):
        found = Inference.of(estimate, covariance, df=df, confidence_level=0.9)
        np.testing.assert_allclose(found.statistic, [1.0, -2.0])
        np.testing.assert_allclose(found.p_value, 2.0 * law.cdf([-1.0, -2.0]))
        np.testing.assert_allclose(found.ci_high, [2.0, -1.0] + law.ppf(0.95) * np.array([2, 0.5]))
        assert found.critical_value == law.ppf(0.95)


# --- Where it cannot be trusted -------------------------------------------------------------------


def test_few_clusters() -> None:
    assert too_few(4, "clusters", 3) == ""
    said = "3 clusters for 3 coefficients: the covariance cannot have full rank"
    assert too_few(3, "clusters", 3) == said
    case = Case.of(make_panel(8, sizes=[12] * 3, n_terms=2))
    for kind in ("clustered", "clustered_twoway"):
        found = case.errors("pooled", kind)
        assert (found.status, found.reason, found.df) == ("few_clusters", said, 2.0)
    assert case.errors("pooled", "robust").status == "ok"
    assert case.errors("pooled", "driscoll_kraay").status == "ok"


def test_few_years() -> None:
    case = Case.of(make_panel(9, sizes=[3] * 30, n_terms=2))
    found = case.errors("pooled", "driscoll_kraay")
    assert (found.status, found.df) == ("few_clusters", 2.0)
    assert found.reason.startswith("3 years for 3 coefficients")
    assert case.errors("pooled", "clustered_twoway").reason.startswith("3 clusters for 3")
    assert case.errors("pooled", "clustered").status == "ok"


def test_one_partner_or_one_year_has_no_clustered_errors() -> None:
    case = Case.of(make_panel(10, sizes=[12], n_terms=2))
    for kind in ("clustered", "clustered_twoway"):
        assert np.isnan(case.errors("pooled", kind).matrix).all()
        assert case.errors("pooled", kind).status == "few_clusters"
    year = Case.of(make_panel(11, sizes=[1] * 30, n_terms=2))
    assert np.isnan(year.errors("pooled", "clustered_twoway").matrix).all()
    assert year.errors("pooled", "driscoll_kraay").status == "few_clusters"


@pytest.mark.parametrize(("seed", "negative"), [(1, 0), (8, 0), (9, 1)])
def test_two_way_clusters_that_are_not_positive_definite(seed: int, negative: int) -> None:
    """The constant of effects says nothing, nor does a small eigenvalue that is positive."""
    found = Case.of(make_panel(seed, sizes=[5] * 9, n_terms=2)).errors("within", "clustered_twoway")
    assert (np.linalg.eigvalsh(found.matrix[1:, 1:]) < 0.0).sum() == negative
    said = f"the difference of clustered covariances has {negative} negative eigenvalues"
    expected = ("not_positive_definite", said) if negative else ("ok", "")
    assert (found.status, found.reason) == expected


@pytest.mark.parametrize("kind", sorted(set(SANDWICHES) - {*ESTIMATORS["between"].covariances}))
def test_between_has_no_errors_over_time(kind: Covariance) -> None:
    case = Case.of(make_panel(12, sizes=[4] * 12, n_terms=1))
    with pytest.raises(ValueError, match=f"{kind} of between: no such scores"):
        case.errors("between", kind)
    alone = Meats(case.meats_of(case.fits["pooled"]).by_entity)
    with pytest.raises(ValueError, match=f"{kind} of pooled: no such scores"):
        sandwich(case.fits["pooled"], alone, kind, n_entities=12)


@once
def test_a_product_without_a_value_is_not_zero() -> None:
    rows = pd.DataFrame({"c_0_0": [1.0, 2.0], "c_0_2": [3.0, np.nan], "c_2_2": [4.0, 1.0]})
    found = read_products(rows, [0, 2])
    np.testing.assert_array_equal(found, [[3.0, np.nan], [np.nan, 5.0]])


@once
def test_entity_means_stand_behind_all_slots() -> None:
    assert design_slots(("a", "b"), ("b", "mean(a)", "mean(b)"), 10) == [0, 2, 11, 12]
