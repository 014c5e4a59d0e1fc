"""What the printed standard errors, R2 and F test say together.

Standard errors are sigma times what the regressors give, so each printed one gives a sigma; the
standard errors of the Hausman differences give that of the regression with partner effects.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from evidence import PARTNERS, YEARS, Evidence, flat
from outcome import TERMS, fitted, outcomes, printed_fit, printed_r2, regressors
from page import fixed, markdown
from regressors import without


def _partner_dummies() -> np.ndarray:
    return np.kron(np.eye(len(PARTNERS)), np.ones((len(YEARS), 1)))


def _partner_means(values: np.ndarray) -> np.ndarray:
    return values.reshape(len(PARTNERS), -1).mean(axis=1)


def _r2(y: np.ndarray, fit: np.ndarray) -> list[str]:
    """Overall, between and within: squared correlations, as programs print them."""
    effects = _partner_dummies()
    pairs = [
        (y, fit),
        (_partner_means(y), _partner_means(fit)),
        (without(effects, y), without(effects, fit)),
    ]
    return [fixed(np.corrcoef(*pair)[0, 1] ** 2, 3) for pair in pairs]


def _errors(matrix: np.ndarray) -> pd.Series:
    """Standard errors for a sigma of 1."""
    return pd.Series(np.sqrt(np.diag(np.linalg.inv(matrix.T @ matrix))))


def _sigma_rows(evidence: Evidence, x: pd.DataFrame) -> list[list[str]]:
    """Sigma from each printed standard error, without and with partner effects."""
    printed = evidence.coefficients("standard_error")[TERMS].to_numpy()
    differences = evidence.printed["hausman"].loc[TERMS, "difference_se"].to_numpy()
    with_effects = np.sqrt(differences**2 + printed**2)
    pooled = printed / _errors(x.to_numpy()).to_numpy()[: len(TERMS)]
    net = without(_partner_dummies(), x[TERMS].to_numpy())
    effects = with_effects / _errors(net).to_numpy()
    rows = [
        [term, fixed(a, 2), fixed(b, 2)] for term, a, b in zip(TERMS, pooled, effects, strict=True)
    ]
    return [*rows, ["median", fixed(np.median(pooled), 2), fixed(np.median(effects), 2)]]


def _outcome_row(y: np.ndarray, x: pd.DataFrame) -> list[str]:
    pooled = fitted(y, x)
    effects = _partner_dummies()
    net = without(effects, x[TERMS].to_numpy())
    left = without(effects, y)
    b, *_ = np.linalg.lstsq(net, left, rcond=None)
    rss = float(((left - net @ b) ** 2).sum())
    df = len(y) - len(PARTNERS) - len(TERMS)
    rss_pooled = pooled.sigma**2 * (len(y) - x.shape[1])
    f = ((rss_pooled - rss) / (len(PARTNERS) - 1)) / (rss / df)
    fit = x.to_numpy() @ pooled.coefficients.to_numpy()
    return [*_r2(y, fit), fixed(pooled.sigma, 2), fixed(np.sqrt(rss / df), 2), fixed(f, 1)]


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    x = regressors(evidence, "2010, TKM previous", "capitals x real Brent")
    printed_f = evidence.printed["f_test"].loc["f_effects", "statistic"]
    rows = [["printed", fixed(printed_r2(evidence), 3), "", "", "", "", fixed(float(printed_f), 1)]]
    for name, (_, values) in outcomes(evidence).items():
        rows.append([name, *_outcome_row(np.log(flat(values)), x)])
    trade = np.log(flat(outcomes(evidence)["total trade, US$"][1]))
    fit = _r2(trade, printed_fit(evidence, x))
    rows.append(["total trade, US$; printed coefficients", *fit, "", "", ""])
    return {
        "outcome_sigma": markdown(["error of", "sigma", "with effects"], _sigma_rows(evidence, x)),
        "outcome_panel": markdown(
            [
                *("ln of", "R2 overall", "between", "within"),
                *("sigma", "with effects", "F of effects"),
            ],
            rows,
        ),
    }
