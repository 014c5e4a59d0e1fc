"""The stored sets are NIST's: exact least squares gives every certified digit."""

from __future__ import annotations

import pytest
from tests.reference.nist.verify import exact_fit, problems, units_off


@pytest.mark.parametrize("name", problems())
def test_certified_values_follow_from_the_data(name: str) -> None:
    problem = problems()[name]
    exact = exact_fit(problem)
    assert set(exact) == set(problem.certified)
    off = {key: units_off(exact[key], printed) for key, printed in problem.certified.items()}
    assert max(off.values()) <= 0.5, off
