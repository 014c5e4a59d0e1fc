"""Which outcome the printed log regression can have had.

The printed coefficients times our regressors give the printed fit up to its revisions. Its spread
and level say what the outcome was: sd(outcome) = sd(fit) / sqrt(printed R2), mean(outcome) =
mean(fit).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from evidence import (
    INTERNET,
    INTERNET_VINTAGE,
    PARTNERS,
    YEARS,
    ZERO_INDEX,
    Evidence,
    Table,
    flat,
    spread,
)
from oil_distance import distance
from page import fixed, markdown
from price_index import TAKEN_VINTAGE, mixed

UNIT = 1e4
TERMS = ["lnPgdp", "lnpop", "cbec", "lnnet", "lncpi", "lnopen", "lndist"]
PRICES: dict[str, tuple[str, ...]] = {
    "2010, TKM previous": ("TKM",),
    "2010, TJK previous": ("TJK",),
    "2010, KAZ previous": ("KAZ",),
    "2010": (),
}
DISTANCES = {
    "capitals x real Brent": ("distance_capitals_km", "brent_real_2022"),
    "capitals x Brent": ("distance_capitals_km", "brent_nominal"),
    "weighted x real Brent": ("distance_weighted_km", "brent_real_2022"),
    "capitals": ("distance_capitals_km", "none"),
}


@dataclass(frozen=True)
class Fit:
    """Least squares of one outcome on the printed regressors, 40 rows.

    Attributes:
        r2: Share explained.
        sigma: Residual standard deviation.
        coefficients: Constant last.
    """

    r2: float
    sigma: float
    coefficients: pd.Series


def regressors(evidence: Evidence, price: str, far: str) -> pd.DataFrame:
    """The seven printed regressors and the constant, 40 rows."""
    logs = {
        "lnPgdp": evidence.filled("NY.GDP.PCAP.PP.CD", "2023-06-30"),
        "lnpop": evidence.filled("SP.POP.TOTL", "2022-09-16") / UNIT,
        "lnnet": evidence.filled(INTERNET, INTERNET_VINTAGE),
        "lncpi": mixed(evidence, TAKEN_VINTAGE, PRICES[price]),
        "lnopen": evidence.filled("TG.VAL.TOTL.GD.ZS", "2022-05-01"),
        "lndist": distance(evidence, *DISTANCES[far]),
    }
    columns = {name: np.log(flat(values)) for name, values in logs.items()}
    columns["cbec"] = flat(evidence.printed_index.clip(lower=ZERO_INDEX))
    columns["_cons"] = np.ones(len(PARTNERS) * len(YEARS))
    return pd.DataFrame(columns)[[*TERMS, "_cons"]]


def outcomes(evidence: Evidence) -> dict[str, tuple[str, Table]]:
    """Candidates with the reason for each, in 10,000 units of money."""
    ones = pd.Series(1.0, PARTNERS)
    deflator = evidence.oil.loc["brent_real_2022"] / evidence.oil.loc["brent_nominal"]
    real, rmb = spread(ones, deflator), spread(ones, evidence.rmb_per_usd)
    share = spread(ones, evidence.ecommerce_share)
    total, exports, imports = evidence.trade, evidence.flows["export"], evidence.flows["import"]
    candidates = {
        "total trade, US$": ("what K is a ratio of", total),
        "exports, US$": ("trade potential of exports alone", exports),
        "imports, US$": ("trade potential of imports alone", imports),
        "total trade, US$ of 2022": ("deflated as the oil price of lndist is", total * real),
        "total trade, RMB": ("Chinese statistics also come in RMB", total * rmb),
        "e-commerce trade, US$": ("scaled as the recommended specification is", total * share),
        "e-commerce trade, RMB": ("scaled so, in RMB", total * share * rmb),
        "e-commerce exports, US$": ("scaled so, exports alone", exports * share),
        "e-commerce trade, US$ of 2022": ("scaled so and deflated", total * share * real),
    }
    return {name: (why, values / UNIT) for name, (why, values) in candidates.items()}


def fitted(y: np.ndarray, x: pd.DataFrame) -> Fit:
    """Pooled least squares."""
    matrix = x.to_numpy()
    b, *_ = np.linalg.lstsq(matrix, y, rcond=None)
    rss = float(((y - matrix @ b) ** 2).sum())
    return Fit(
        r2=1 - rss / float(((y - y.mean()) ** 2).sum()),
        sigma=float(np.sqrt(rss / (len(y) - matrix.shape[1]))),
        coefficients=pd.Series(b, x.columns),
    )


def printed_r2(evidence: Evidence) -> float:
    """R2 printed with the log regression."""
    return float(evidence.printed["random_effects"].loc["r_squared", "value"])


def printed_fit(evidence: Evidence, x: pd.DataFrame) -> np.ndarray:
    """Printed coefficients times our regressors."""
    return x.to_numpy() @ evidence.coefficients()[x.columns].to_numpy()


def _sigma_of_errors(evidence: Evidence, x: pd.DataFrame) -> float:
    """Residual standard deviation that the printed standard errors imply: median of the terms."""
    inverse = np.linalg.inv(x.to_numpy().T @ x.to_numpy())
    per_sigma = pd.Series(np.sqrt(np.diag(inverse)), x.columns)
    return float((evidence.coefficients("standard_error") / per_sigma)[TERMS].median())


def _implied_rows(evidence: Evidence) -> list[list[str]]:
    rows = []
    for price, far in itertools.product(PRICES, DISTANCES):
        x = regressors(evidence, price, far)
        fit = printed_fit(evidence, x)
        sd = fit.std(ddof=1)
        implied = sd / np.sqrt(printed_r2(evidence))
        sigma = implied * np.sqrt((1 - printed_r2(evidence)) * 39 / 32)
        numbers = (fit.mean(), sd, implied, sigma, _sigma_of_errors(evidence, x))
        rows.append([price, far, *(fixed(v, 2) for v in numbers)])
    return rows


def _compared(evidence: Evidence, x: pd.DataFrame, y: np.ndarray) -> tuple[list[str], float]:
    """Statistics of one outcome, and the largest difference in printed standard errors."""
    printed, se = evidence.coefficients(), evidence.coefficients("standard_error")
    fit = fitted(y, x)
    ours = fit.coefficients[TERMS]
    away = ((ours - printed[TERMS]) / se[TERMS]).abs()
    worst = str(away.idxmax())
    cells = [
        fixed(y.mean(), 2),
        fixed(y.std(ddof=1), 2),
        fixed(fit.r2, 3),
        fixed(fit.sigma, 2),
        str(int((np.sign(ours) == np.sign(printed[TERMS])).sum())),
        str(int((away <= 2).sum())),
        f"{fixed(float(away.max()), 1)} ({worst})",
        fixed(float(fit.coefficients["_cons"]), 1),
    ]
    return cells, float(np.sqrt((away**2).mean()))


def _outcome_rows(evidence: Evidence) -> list[list[str]]:
    x = regressors(evidence, "2010, TKM previous", "capitals x real Brent")
    fit = printed_fit(evidence, x)
    rows = []
    for name, (why, values) in outcomes(evidence).items():
        y = np.log(flat(values))
        cells, far = _compared(evidence, x, y)
        rows.append([name, why, *cells, fixed(np.corrcoef(y, fit)[0, 1], 3), fixed(far, 1)])
    return sorted(rows, key=lambda row: (float(row[-1]), row[0]))


def _variant_rows(evidence: Evidence) -> list[list[str]]:
    rows = []
    for name in ("total trade, US$", "e-commerce trade, US$"):
        y = np.log(flat(outcomes(evidence)[name][1]))
        for price, far in itertools.product(PRICES, DISTANCES):
            cells, distance_se = _compared(evidence, regressors(evidence, price, far), y)
            rows.append([name, price, far, *cells[2:7], fixed(distance_se, 1)])
    return rows


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    statistics = ["R2", "sigma", "signs of 7", "within 2 se of 7", "largest, se"]
    return {
        "outcome_implied": markdown(
            [
                *("price index", "distance", "mean of fit", "sd of fit", "implied sd"),
                *("sigma from R2", "sigma from errors"),
            ],
            _implied_rows(evidence),
        ),
        "outcome_candidates": markdown(
            ["ln of", "why", "mean", "sd", *statistics, "constant", "corr fit", "rms, se"],
            _outcome_rows(evidence),
        ),
        "outcome_variants": markdown(
            ["ln of", "price index", "distance", *statistics, "rms, se"], _variant_rows(evidence)
        ),
    }
