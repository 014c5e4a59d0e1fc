"""The schema of the peers' numbers, and what the peers have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from tests.reference.peers.make_data import Study

COLUMNS = (
    *("dataset", "estimator", "covariance", "quantity", "term"),
    *("value", "peer", "peer_version", "option", "note"),
)
ESTIMATORS = ("pooled", "between", "within", "twoway", "random", "mundlak")
MEAN = "mean_"
"""Prefix of the entity means that the Mundlak model adds."""


@dataclass(frozen=True)
class Row:
    """One number of one peer.

    Attributes:
        estimator: Of ``ESTIMATORS``.
        covariance: classical, hc0, hc1, entity, time, entity_time, driscoll_kraay, or empty.
        quantity: coefficient, std_error, df, statistic, p_value, sigma_u, sigma_e, theta, ...
        term: Of a coefficient, "T=5" for theta, or the name of a test.
        value: The number.
        peer: Name of the distribution.
        option: The call that made it.
        note: What a reader has to know.
    """

    estimator: str
    covariance: str
    quantity: str
    term: str
    value: float
    peer: str
    option: str
    note: str = ""


def bandwidth(n_years: int) -> int:
    """Newey and West (1994) for the Bartlett kernel: floor(4 (T/100)^(2/9)), as xtscc."""
    return int(np.floor(4.0 * (n_years / 100.0) ** (2.0 / 9.0)))


def terms_of(study: Study, estimator: str) -> list[str]:
    """Regressors without the constant, those that the estimator absorbs left out."""
    if estimator == "within":
        return list(study.varying)
    if estimator == "twoway":
        return list(study.twoway)
    means = [MEAN + name for name in study.varying] if estimator == "mundlak" else []
    return [*study.regressors, *means]


def with_means(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """``frame`` and the entity means of the regressors that vary."""
    means = frame.groupby("entity")[list(study.varying)].transform("mean")
    return frame.join(means.add_prefix(MEAN))


@dataclass(frozen=True)
class Maker:
    """Makes rows that share peer, estimator, covariance and call."""

    peer: str
    estimator: str
    covariance: str
    option: str
    note: str = ""

    def row(self, quantity: str, term: str, value: float) -> Row:
        return Row(
            self.estimator,
            self.covariance,
            quantity,
            {"Intercept": "const"}.get(term, term),
            float(value),
            self.peer,
            self.option,
            self.note,
        )

    def rows(self, quantity: str, values: pd.Series) -> list[Row]:
        return [self.row(quantity, str(term), value) for term, value in values.items()]

    def test(self, name: str, **values: float) -> list[Row]:
        return [self.row(quantity, name, value) for quantity, value in values.items()]
