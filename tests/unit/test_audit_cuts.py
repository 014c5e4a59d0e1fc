"""Cuts of a study a second time: its own, or those of all, and what is said of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trade_potential.audit.cuts import cuts_in_words, cuts_of, in_digits

ROWS = pd.DataFrame(
    [
        ("all", "high", 3, 1.2, np.nan, True, False),
        ("all", "low", 1, np.nan, 0.8, False, True),
        ("all", "middle", 2, 0.8, 1.2, False, False),
        ("own", "low", 1, np.nan, 0.75, False, False),
        ("own", "high", 2, 0.75, np.nan, True, False),
    ],
    columns=[
        *("study_id", "potential_class", "display_order", "k_lower", "k_upper"),
        *("is_lower_inclusive", "is_upper_inclusive"),
    ],
)
SAID = {
    "own": "low below 0.75, high above",
    "another": "low up to 0.8, middle below 1.2, high above",
}


@pytest.mark.parametrize("study", SAID)
def test_a_study_has_its_own_cuts_or_those_of_all(study: str) -> None:
    own = cuts_of(ROWS, study)
    assert own["display_order"].is_monotonic_increasing
    assert set(own["study_id"]) == {"own" if study == "own" else "all"}
    assert cuts_in_words(own) == SAID[study]


def test_a_cut_that_belongs_to_the_other_class_is_another_one() -> None:
    turned = ROWS.assign(is_upper_inclusive=~ROWS["is_upper_inclusive"])
    assert cuts_in_words(cuts_of(turned, "own")) == "low up to 0.75, high above"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.8, "0.8"),
        (10.0, "10"),
        (1e-6, "0.000001"),
        (23343.8, "23343.8"),
        (315601.56, "315601.56"),
    ],
)
def test_numbers_have_no_exponent(value: float, text: str) -> None:
    assert in_digits(value) == text
