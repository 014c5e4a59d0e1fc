"""conventions.py says what the peers do: held against every standard error they give."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.reference.peers.conventions import Fit, convention_of, fit_rows, variances
from tests.reference.peers.make_data import STUDIES, make
from tests.reference.peers.stored import all_rows, components, lag_of, variant

SAME = 1e-8
"""Exact formulas of squared standard errors; measured 9e-11 at worst, the sums of
peers that invert cross-products instead of factors."""

KEYS = ["peer", "estimator", "covariance", "option"]


@cache
def fit_of(dataset: str, estimator: str, kind: str) -> Fit:
    sigma_u, sigma_e = components(dataset).get((estimator, kind), (0.0, 1.0))
    return fit_rows(make()[dataset], STUDIES[dataset], estimator, sigma_u=sigma_u, sigma_e=sigma_e)


def disagreements(dataset: str, quantity: str) -> dict[str, float]:
    """Relative gaps above the tolerance between the peers and the formulas, by call."""
    rows = all_rows(dataset)
    # plm gives the constant of within models from a function of its own, with another divisor.
    chosen = (rows["quantity"] == quantity) & ~rows["option"].str.startswith("within_")
    n_years = make()[dataset]["year"].nunique()
    worst: dict[str, float] = {}
    for key, group in rows[chosen].groupby(KEYS):
        peer, estimator, covariance, option = (str(part) for part in key)
        fit = fit_of(dataset, estimator, variant(peer, option))
        theirs = group.set_index("term")["value"]
        terms = [term for term in fit.terms if term in theirs.index]
        assert terms, key
        values, ours = theirs[terms].to_numpy(), fit.coefficients
        if quantity == "std_error":
            convention = convention_of(peer, covariance, option)
            ours = variances(fit, convention, estimator, lag=lag_of(option, n_years))
            values = values**2
        at = [fit.terms.index(term) for term in terms]
        worst[" | ".join(map(str, key))] = float(np.abs(ours[at] / values - 1.0).max())
    assert worst
    return {key: gap for key, gap in worst.items() if not gap < SAME}


@pytest.mark.parametrize("dataset", STUDIES)
@pytest.mark.parametrize("quantity", ["coefficient", "std_error"])
def test_peers_follow_the_table(dataset: str, quantity: str) -> None:
    wrong = disagreements(dataset, quantity)
    assert not wrong, "\n".join(f"{gap:.3e} {key}" for key, gap in wrong.items())
