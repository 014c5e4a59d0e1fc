"""Our estimates beside every number of every peer, after the factor that its convention names.

A cell is one call of a peer for one estimator and one covariance on one panel. The factor is the
quotient of the peer's formula in conventions.py and ours, never fitted; where the two formulas are
no multiples of each other there is none, and the cell says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import isnan, nan, sqrt
from typing import cast

import numpy as np
import pandas as pd
from tests.panels import OUTCOME, Case, _connection, moments_of
from tests.reference.peers.conventions import Convention, convention_of, divisor, over
from tests.reference.peers.make_data import STUDIES
from tests.reference.peers.rows import ESTIMATORS, MEAN, bandwidth
from tests.reference.peers.stored import all_rows, components, lag_of, panels, variant

from trade_potential.gravity.covariance import COVARIANCES, OF_BETWEEN, Covariance, sandwich
from trade_potential.gravity.estimate import WITH_EFFECTS, Estimate, Estimator
from trade_potential.gravity.least_squares import weighted_least_squares
from trade_potential.gravity.on_blocks.panel import fit_meats

PEERS = ("linearmodels", "statsmodels", "pyfixest", "gretl", "plm", "sandwich")
NAMED: dict[Covariance, str] = {
    "classical": "classical",
    "robust": "hc1",
    "clustered": "entity",
    "clustered_twoway": "entity_time",
    "driscoll_kraay": "driscoll_kraay",
}
"""Our covariances as rows.py calls them."""

ALL_EFFECTS = {"within": "k+G", "twoway": "k+G+T-1"}
OURS: dict[Covariance, Convention] = {
    "classical": Convention("ours", "classical", "one", "no", ALL_EFFECTS),
    "robust": Convention("ours", "hc1", "N", "no", ALL_EFFECTS),
    "clustered": Convention("ours", "entity", "N-1", "own", {"within": "k+1", "twoway": "k+T"}),
    "clustered_twoway": Convention("ours", "entity_time", "N-1", "own", {}),
    "driscoll_kraay": Convention("ours", "driscoll_kraay", "N", "no", ALL_EFFECTS),
}
"""What ``sandwich`` of the library says, in the words of conventions.py."""

LARGEST = 1e-7
"""Relative differences above this have to be explained; measured 4.4e-11 at worst, in Mundlak's
model of wages, whose cross-products with means gretl and plm invert."""

SHOWN = {
    ("statsmodels", "driscoll_kraay"): "'hac'",
    ("pyfixest", "clustered_twoway"): "'conventional'",
    ("gretl", "clustered"): " --",
    ("plm", "clustered"): '"sss"',
    ("plm", "clustered_twoway"): '"sss"',
    ("plm", "driscoll_kraay"): '"HC1"',
    ("sandwich", "driscoll_kraay"): "NW1994",
}
"""Part of the option of the call that the page shows, where a peer has several."""

NOT_SHOWN = ("small_sample", "--unbalanced=", "--pooled")
"""Parts of options of second calls: other variance components, the same clusters once more."""


@dataclass(frozen=True)
class Cell:
    """One call of a peer.

    Attributes:
        covariance: Of ours, or ``coefficients``.
        gap: Largest relative difference after the factor; NaN where there is none.
        factor: Standard errors of the peer over ours, by the formulas; NaN where they are no
            multiples.
        raw: Smallest and largest of these ratios, as found.
        reasons: Names of the conventions that differ.
    """

    dataset: str
    estimator: str
    covariance: str
    peer: str
    option: str
    gap: float
    factor: float
    raw: tuple[float, float]
    reasons: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        """Whether the page shows this call of the peer."""
        part = SHOWN.get((self.peer, self.covariance), "")
        return part in self.option and not any(text in self.option for text in NOT_SHOWN)

    @property
    def name(self) -> str:
        """For messages."""
        parts = (self.dataset, self.estimator, self.covariance, self.peer, self.option)
        return " | ".join(parts)


@dataclass(frozen=True)
class Numbers:
    """Ours: coefficients, and standard errors by covariance, both by term."""

    fit: Estimate
    coefficients: pd.Series
    std_errors: dict[str, pd.Series]


@cache
def case_of(dataset: str) -> Case:
    """The project's SQL and estimators on a panel; regressors become x1, x2, ..."""
    study = STUDIES[dataset]
    names = {name: f"x{k}" for k, name in enumerate(study.regressors, start=1)}
    return Case.of(panels()[dataset].rename(columns={study.outcome: OUTCOME, **names}))


def is_balanced(dataset: str) -> bool:
    """Whether all entities have as many rows."""
    sizes = panels()[dataset].groupby("entity").size()
    return bool(sizes.min() == sizes.max())


def _named(dataset: str, term: str) -> str:
    """Our term in the words of rows.py."""
    inner = term.removeprefix("mean(").removesuffix(")")
    name = STUDIES[dataset].regressors[int(inner[1:]) - 1] if inner != "const" else inner
    return MEAN + name if inner != term else name


def at_components(dataset: str, estimator: str, sigma_u: float, sigma_e: float) -> Estimate:
    """Our random effects with given standard deviations instead of our own."""
    case = case_of(dataset)
    own, sizes = case.fits[cast(Estimator, estimator)], case.moments.sizes
    theta = 1.0 - np.sqrt(sigma_e**2 / (sizes * sigma_u**2 + sigma_e**2))
    means = [term for term in own.terms if term.startswith("mean(")]
    moments = case.moments
    if means:
        moments = moments.with_means(tuple(term[5:-1] for term in means)).select(own.terms)
    return weighted_least_squares(
        moments,
        own.estimator,
        within_weight=1.0,
        between_weights=sizes * (1.0 - theta) ** 2,
        theta=theta,
        sigma_u=sigma_u,
        sigma_e=sigma_e,
    )


@cache
def numbers_of(dataset: str, estimator: str, kind: str = "harmonic") -> Numbers:
    """Ours; ``kind`` other than harmonic: with the variance components of the peers that use it."""
    case = case_of(dataset)
    fit = case.fits[cast(Estimator, estimator)]
    meats = case.meats[fit.estimator]
    if kind != "harmonic":
        fit = at_components(dataset, estimator, *components(dataset)[estimator, kind])
        # The tables behind the meats are those of the panel read last.
        moments = moments_of(case.frame, list(case.moments.terms))
        meats = fit_meats(_connection(), moments, fit, over_rows=True)
    terms = [_named(dataset, term) for term in ("const", *fit.terms)]
    first = 1 if estimator in WITH_EFFECTS else 0  # of effects, the constant is a convention
    kinds = [kind for kind in COVARIANCES if estimator != "between" or kind in OF_BETWEEN]
    matrices = {"classical": fit.covariance} | {
        name: sandwich(fit, meats, name, n_entities=case.moments.n_entities).matrix
        for name in kinds[1:]
    }
    with np.errstate(invalid="ignore"):
        errors = {
            name: pd.Series(np.sqrt(np.diag(matrix)), terms)[first:]
            for name, matrix in matrices.items()
        }
    return Numbers(fit, pd.Series(fit.coefficients, terms)[first:], errors)


def _sizes(numbers: Numbers, dataset: str) -> dict[str, int]:
    frame = panels()[dataset]
    return {
        "n_rows": numbers.fit.n_rows,
        "slopes": len(numbers.fit.terms),
        "n_entities": frame["entity"].nunique(),
        "n_years": frame["year"].nunique(),
    }


def factor_of(
    ours: Convention, theirs: Convention, estimator: str, sizes: dict[str, int]
) -> tuple[float, tuple[str, ...]]:
    """Their standard error over ours and why; NaN where no scalar says it."""
    n = sizes["n_rows"]
    own, other = (divisor(item, estimator, **sizes) for item in (ours, theirs))
    squared = over(theirs, n, other) / over(ours, n, own)
    reasons = []
    groups = {
        "entity": sizes["n_entities"],
        "time": sizes["n_years"],
        "driscoll_kraay": sizes["n_years"],
    }.get(ours.covariance)
    if ours.groups != theirs.groups:
        if groups is None:  # the parts of a two-way covariance have different factors
            return nan, ("parts",)
        ratio = groups / (groups - 1.0)
        squared *= ratio if theirs.groups != "no" else 1.0 / ratio
        reasons.append("years" if ours.covariance == "driscoll_kraay" else "groups")
    if theirs.numerator == "none":
        reasons = ["bare"]
    elif own != other:
        reasons.append("effects" if other < own else "slopes")
    return sqrt(squared), tuple(reasons)


def relative(ours: pd.Series, theirs: pd.Series, factor: float = 1.0) -> float:
    """Largest relative difference of theirs from ours times the factor; infinite for NaN."""
    gap = float((theirs / (factor * ours[theirs.index]) - 1.0).abs().max(skipna=False))
    return float("inf") if isnan(gap) else gap


def cells(dataset: str) -> list[Cell]:
    """Every call of every peer on a panel."""
    rows = all_rows(dataset)
    # plm gives the constant of within models from a function of its own, with another divisor.
    chosen = rows["quantity"].isin(["coefficient", "std_error"])
    rows = rows[chosen & ~rows["option"].str.startswith("within_") & (rows["term"] != "")]
    found: list[Cell] = []
    for key, group in rows.groupby(["estimator", "covariance", "peer", "option"], sort=False):
        estimator, covariance, peer, option = (str(part) for part in key)
        if estimator not in ESTIMATORS:
            continue
        theirs = group.set_index("term")["value"]
        found += [
            _cell(dataset, estimator, name, peer, option, theirs)
            for name in _our_names(estimator, covariance)
        ]
    return found


def _our_names(estimator: str, covariance: str) -> list[str]:
    """Which of ours a covariance of a peer answers to."""
    if covariance == "":
        return ["coefficients"]
    names: list[str] = [ours for ours, theirs in NAMED.items() if theirs == covariance]
    # Rows of between are entities: clusters of one, for which the robust covariance is the same.
    return ["robust", "clustered"] if (estimator, covariance) == ("between", "hc1") else names


def _cell(
    dataset: str, estimator: str, name: str, peer: str, option: str, theirs: pd.Series
) -> Cell:
    has_components = estimator in {"random", "mundlak"} and not is_balanced(dataset)
    kind = variant(peer, option) if has_components else "harmonic"
    own = numbers_of(dataset, estimator)
    numbers = numbers_of(dataset, estimator, kind)
    reasons: tuple[str, ...] = ("components",) if kind != "harmonic" else ()
    factor = 1.0
    values, plain = numbers.coefficients, own.coefficients
    if name != "coefficients":
        values, plain = numbers.std_errors[name], own.std_errors[name]
        convention = OURS[cast(Covariance, name)]
        if estimator == "between" and name == "clustered":
            convention, reasons = OURS["robust"], ("means",)  # G/(G-1) (G-1)/(G-K) is G/(G-K)
        other = convention_of(peer, convention.covariance, option)
        factor, why = factor_of(convention, other, estimator, _sizes(numbers, dataset))
        n_years = panels()[dataset]["year"].nunique()
        if name == "driscoll_kraay" and lag_of(option, n_years) != bandwidth(n_years):
            factor, why = nan, ("lag",)
        reasons += why
    theirs = theirs[[term for term in values.index if term in theirs.index]]
    ratio = theirs / plain[theirs.index]
    return Cell(
        dataset=dataset,
        estimator=estimator,
        covariance=name,
        peer=peer,
        option=option,
        gap=nan if isnan(factor) else relative(values, theirs, factor),
        factor=factor,
        raw=(float(ratio.min()), float(ratio.max())),
        reasons=reasons,
    )


def shown(found: Iterable[Cell]) -> dict[tuple[str, str, str, str], Cell]:
    """The call of each peer that the page shows, by dataset, estimator, covariance and peer."""
    table: dict[tuple[str, str, str, str], Cell] = {}
    for cell in found:
        if cell.is_shown:
            key = (cell.dataset, cell.estimator, cell.covariance, cell.peer)
            if key in table:
                raise LookupError(f"two calls for one cell: {cell.name}; {table[key].option}")
            table[key] = cell
    return table


def rows_of_page() -> list[tuple[str, str]]:
    """Estimator and covariance of each row of a panel's table, coefficients first."""
    return [
        (estimator, name)
        for estimator in ESTIMATORS
        for name in ("coefficients", *COVARIANCES)
        if estimator != "between" or name in {"coefficients", *OF_BETWEEN}
    ]
