"""What each peer multiplies the bare sandwich with, as a table that a test holds against them.

Notation. N rows, G entities, T years that occur, k slopes that are estimated. Bread is (X'X)^-1 of
the transformed data: entity means for between (N is G there), deviations for within and twoway,
quasi-deviations with the constant 1 - theta_i for random. Then

    V = bread (sum of meats) bread, each meat times  [g/(g-1)] * numerator/(N - K),

g the clusters of the meat's own dimension: G, T, and N for the intersection of both. Driscoll and
Kraay (1998): sums of scores by year, Bartlett weights 1 - j/(lag + 1), g = T. "none" for the
numerator means that nothing is multiplied. K counts slopes and whatever the column says:

==============  ========  =============================  ==========  =====  ========  ===========
peer            estimate  covariance                     numerator   g/g-1  K within  K twoway
==============  ========  =============================  ==========  =====  ========  ===========
linearmodels    all       classical                      SSR         no     k+G       k+G+T-1
                          robust                         N           no     k+G       k+G+T-1
                          clustered entity               N-1         yes    k+1       k+G+T-1
                          clustered time, both           N-1         yes    k+G       k+G+T-1
                          kernel (DK)                    N           no     k+G       k+G+T-1
statsmodels     dummies   nonrobust; HC1                 SSR; N      no     k+G       k+G+T-1
                          cluster, one or two            N-1         yes    k+G       k+G+T-1
                          hac-groupsum 'cluster'         N-1         yes    k+G       k+G+T-1
                          hac-groupsum 'hac'             N           no     k+G       k+G+T-1
pyfixest        absorbed  iid; hetero                    SSR; N      no     k+G       k+G+T-1
(nonnested)               CRV1 entity                    N-1         yes    k+1       k+T
                          CRV1 year                      N-1         yes    k+G       k+G
                          CRV1 entity + year             N-1         yes    k+1       k+1
                          DK                             N-1         yes    k+G       k+G+T-1
plm             all       vcov                           SSR         no     k+G       k+G+T-1
                          HC0, any cluster               none        no
                          HC1, any cluster               N           no     k         k
                          sss, any cluster; vcovSCC      N-1         yes    k         k
sandwich        dummies   vcovHC HC1                     N           no     k+G       k+G+T-1
                          vcovCL HC1, one or two         N-1         yes    k+G       k+G+T-1
                          vcovPL, adjust                 N           no     k+G       k+G+T-1
gretl           all       classical                      SSR         no     k+G       k+G+T-1
                          --robust, --cluster            N-1         yes    k+1       k+G+T-1 (1)
==============  ========  =============================  ==========  =====  ========  ===========

For pooled, between and random K is k + 1 in every peer. With pyfixest's default G_df="min" all
three meats of a two-way covariance have g/(g-1) of the smaller dimension.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from tests.reference.peers.make_data import Study
from tests.reference.peers.rows import terms_of, with_means

Array = npt.NDArray[np.float64]
Numerator = Literal["none", "one", "N", "N-1"]
Groups = Literal["no", "own", "min"]

EFFECTS = {"within": "k+G", "twoway": "k+G+T-1"}
"""K when every effect counts; k+1 for estimators that are not named."""


@dataclass(frozen=True)
class Convention:
    """How a peer scales a covariance.

    Attributes:
        peer: Its name.
        covariance: As in the rows.
        option: Part of the option of the row; empty for any.
        numerator: Over N - K; "one" for SSR/(N - K).
        groups: Whether g/(g-1) multiplies a meat: of its own dimension or of the smaller.
        counted: K by estimator.
    """

    peer: str
    covariance: str
    numerator: Numerator
    groups: Groups
    counted: dict[str, str]
    option: str = ""


def _dummies(peer: str) -> list[Convention]:
    """Least squares with dummies, everything counted."""
    return [
        Convention(peer, "classical", "one", "no", EFFECTS),
        Convention(peer, "hc0", "none", "no", EFFECTS),
        Convention(peer, "hc1", "N", "no", EFFECTS),
        *(
            Convention(peer, covariance, "N-1", "own", EFFECTS)
            for covariance in ("entity", "time", "entity_time")
        ),
    ]


_SLOPES = {"within": "k", "twoway": "k"}
_ALL = ("entity", "time", "entity_time", "driscoll_kraay")

CONVENTIONS: tuple[Convention, ...] = (
    Convention("linearmodels", "classical", "one", "no", EFFECTS),
    Convention("linearmodels", "hc1", "N", "no", EFFECTS),
    Convention("linearmodels", "entity", "N-1", "own", EFFECTS | {"within": "k+1"}),
    Convention("linearmodels", "time", "N-1", "own", EFFECTS),
    Convention("linearmodels", "entity_time", "N-1", "own", EFFECTS),
    Convention("linearmodels", "driscoll_kraay", "N", "no", EFFECTS),
    *_dummies("statsmodels"),
    Convention("statsmodels", "driscoll_kraay", "N-1", "own", EFFECTS, "'cluster'"),
    Convention("statsmodels", "driscoll_kraay", "N", "no", EFFECTS, "'hac'"),
    Convention("pyfixest", "classical", "one", "no", EFFECTS),
    Convention("pyfixest", "hc1", "N", "no", EFFECTS),
    Convention("pyfixest", "entity", "N-1", "own", {"within": "k+1", "twoway": "k+T"}),
    Convention("pyfixest", "time", "N-1", "own", {"within": "k+G", "twoway": "k+G"}),
    Convention("pyfixest", "entity_time", "N-1", "own", {}, "'conventional'"),
    Convention("pyfixest", "entity_time", "N-1", "min", {}, "'min'"),
    Convention("pyfixest", "driscoll_kraay", "N-1", "own", EFFECTS),
    Convention("plm", "classical", "one", "no", EFFECTS),
    Convention("plm", "hc0", "none", "no", EFFECTS),
    Convention("plm", "hc1", "N", "no", _SLOPES),
    *(Convention("plm", name, "none", "no", EFFECTS, '"HC0"') for name in _ALL),
    Convention("plm", "driscoll_kraay", "none", "no", EFFECTS, "vcovSCC(m)"),
    *(Convention("plm", name, "N", "no", _SLOPES, '"HC1"') for name in _ALL),
    *(Convention("plm", name, "N-1", "own", _SLOPES, '"sss"') for name in _ALL),
    *_dummies("sandwich"),
    Convention("sandwich", "driscoll_kraay", "N", "no", EFFECTS, "NW1994"),
    Convention("sandwich", "driscoll_kraay", "none", "no", EFFECTS, "adjust = FALSE"),
    Convention("gretl", "classical", "one", "no", EFFECTS),
    Convention("gretl", "hc0", "none", "no", EFFECTS),
    Convention("gretl", "hc1", "N", "no", EFFECTS),
    Convention("gretl", "entity", "N-1", "own", {"within": "k+1", "twoway": "k+T"}),
    Convention("gretl", "time", "N-1", "own", {}),
)


@dataclass(frozen=True)
class Fit:
    """Least squares on transformed rows.

    Attributes:
        terms: (k,) names of the columns.
        coefficients: (k,) of the columns.
        bread: (k, k) inverse of their products.
        scores: (N, k) columns times residual.
        ssr: Sum of squared residuals.
        entity: (N,) codes.
        year: (N,) codes in the order of time; empty for between.
        slopes: Number of columns that are not the constant.
    """

    terms: tuple[str, ...]
    coefficients: Array
    bread: Array
    scores: Array
    ssr: float
    entity: npt.NDArray[np.intp]
    year: npt.NDArray[np.intp]
    slopes: int


def _residuals(values: Array, dummies: Array) -> Array:
    return values - dummies @ np.linalg.lstsq(dummies, values, rcond=None)[0]


def fit_rows(
    frame: pd.DataFrame,
    study: Study,
    estimator: str,
    *,
    sigma_u: float = 0.0,
    sigma_e: float = 1.0,
) -> Fit:
    """An estimator from the rows alone; random effects with given standard deviations."""
    terms = terms_of(study, estimator)
    names = [study.outcome, *terms]
    ordered = with_means(frame, study).sort_values(["entity", "year"], ignore_index=True)
    if estimator == "between":
        ordered = ordered.groupby("entity", as_index=False).mean()
    entity = ordered["entity"].factorize()[0]
    year = np.array([], dtype=np.intp)
    if estimator != "between":
        year = ordered["year"].factorize(sort=True)[0]
    values = ordered[names].to_numpy(dtype=float)
    constant = np.ones(len(values))
    if estimator in {"random", "mundlak"}:
        groups = ordered.groupby("entity")[names]
        size = groups.transform("size").to_numpy(dtype=float)
        theta = 1.0 - np.sqrt(sigma_e**2 / (sigma_e**2 + size * sigma_u**2))
        values = values - theta[:, None] * groups.transform("mean").to_numpy(dtype=float)
        constant = 1.0 - theta
    if estimator in {"within", "twoway"}:
        dummies = np.eye(entity.max() + 1)[entity]
        if estimator == "twoway":
            dummies = np.column_stack([dummies, np.eye(year.max() + 1)[year][:, 1:]])
        values = _residuals(values, dummies)
        design = values[:, 1:]
    else:
        design, terms = np.column_stack([constant, values[:, 1:]]), ["const", *terms]
    length = np.linalg.norm(design, axis=0)
    q, r = np.linalg.qr(design / length)
    inverse = np.linalg.inv(r) / length[:, None]
    residual = values[:, 0] - q @ (q.T @ values[:, 0])
    return Fit(
        terms=tuple(terms),
        coefficients=inverse @ (q.T @ values[:, 0]),
        bread=inverse @ inverse.T,
        scores=design * residual[:, None],
        ssr=float(residual @ residual),
        entity=entity,
        year=year,
        slopes=len(names) - 1,
    )


def _sums(scores: Array, codes: npt.NDArray[np.intp]) -> Array:
    total = np.zeros((codes.max() + 1, scores.shape[1]))
    np.add.at(total, codes, scores)
    return total


def _meats(fit: Fit, covariance: str, lag: int) -> list[tuple[float, int, Array]]:
    """Sign, number of groups and meat of each part of a covariance."""
    rows = (1.0, len(fit.scores), fit.scores)
    if covariance in {"hc0", "hc1"}:
        parts = [rows]
    elif covariance == "driscoll_kraay":
        by_year = _sums(fit.scores, fit.year)
        meat = by_year.T @ by_year
        for j in range(1, lag + 1):
            step = by_year[j:].T @ by_year[:-j]
            meat += (1.0 - j / (lag + 1.0)) * (step + step.T)
        return [(1.0, len(by_year), meat)]
    else:
        codes = {"entity": [fit.entity], "time": [fit.year]}.get(covariance, [fit.entity, fit.year])
        parts = [(1.0, int(code.max()) + 1, _sums(fit.scores, code)) for code in codes]
        parts += [(-1.0, rows[1], rows[2])] if len(codes) == 2 else []
    return [(sign, count, scores.T @ scores) for sign, count, scores in parts]


def divisor(
    convention: Convention,
    estimator: str,
    *,
    n_rows: int,
    slopes: int,
    n_entities: int,
    n_years: int,
) -> int:
    """N - K of a convention."""
    counted = {
        "k": slopes,
        "k+1": slopes + 1,
        "k+G": slopes + n_entities,
        "k+T": slopes + n_years,
        "k+G+T-1": slopes + n_entities + n_years - 1,
    }
    return n_rows - counted[convention.counted.get(estimator, "k+1")]


def over(convention: Convention, n_rows: int, df: int) -> float:
    """What multiplies every meat: the numerator over N - K."""
    numerator = {"one": 1.0, "N": float(n_rows), "N-1": n_rows - 1.0}
    return 1.0 if convention.numerator == "none" else numerator[convention.numerator] / df


def variances(fit: Fit, convention: Convention, estimator: str, *, lag: int) -> Array:
    """(k,) squared standard errors by a convention."""
    n_rows = len(fit.scores)
    n_entities, n_years = int(fit.entity.max()) + 1, len(np.unique(fit.year))
    sizes = {"n_rows": n_rows, "n_entities": n_entities, "n_years": n_years}
    scale = over(convention, n_rows, divisor(convention, estimator, slopes=fit.slopes, **sizes))
    if convention.covariance == "classical":
        return fit.ssr * scale * np.diag(fit.bread)
    total = np.zeros_like(fit.bread)
    for sign, count, meat in _meats(fit, convention.covariance, lag):
        groups = min(n_entities, n_years) if convention.groups == "min" else count
        factor = 1.0 if convention.groups == "no" else groups / (groups - 1.0)
        total += sign * factor * scale * meat
    return np.diag(fit.bread @ total @ fit.bread).copy()


def convention_of(peer: str, covariance: str, option: str) -> Convention:
    """The convention of a row.

    Raises:
        LookupError: None or several fit.
    """
    found = [
        item
        for item in CONVENTIONS
        if item.peer == peer and item.covariance == covariance and item.option in option
    ]
    if len(found) != 1:
        raise LookupError(f"{peer} {covariance} {option}: {len(found)} conventions")
    return found[0]
