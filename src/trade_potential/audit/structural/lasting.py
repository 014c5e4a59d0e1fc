"""Lasting ratios a second time: noise, spread, posterior and class of every pair.

Noise and spread by size are computed again from trade and predictions; posteriors, from what is
published of both, so that a difference is named where it arises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import chdtr

from trade_potential.audit.structural.answers import Class
from trade_potential.audit.structural.cells import Cells
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.laws import (
    NUMBERS,
    PRIOR_YEARS,
    REFERENCE,
    Flow,
    band_of,
    confirm_laws,
    law_at,
    values_of,
)
from trade_potential.audit.structural.published import Places, places_of
from trade_potential.linalg import FloatArray

PROBABILITIES = {
    "p_huge": "huge_potential",
    "p_expansion": "potential_expansion",
    "p_reshaping": "potential_reshaping",
}


def flows_of(cells: Cells, pair_out: FloatArray) -> tuple[Flow, Flow]:
    """Directed flows with a prediction without the pair; totals of years that have both."""
    mean = np.nan_to_num(pair_out)
    has = mean > 0.0
    one, other = np.nonzero(has.any(axis=0))
    directed = Flow(
        "directed",
        one,
        other,
        np.where(has, cells.trade, 0.0)[:, one, other],
        mean[:, one, other],
    )
    both = has & has.transpose(0, 2, 1)
    one, other = np.nonzero(np.triu(both.any(axis=0), 1))
    trade, mean = (
        np.where(both, values + values.transpose(0, 2, 1), 0.0)[:, one, other]
        for values in (cells.trade, mean)
    )
    return directed, Flow("total", one, other, trade, mean)


def confirm_lasting(
    found: Findings,
    cells: Cells,
    predicted: FloatArray,
    pair_out: FloatArray,
    *,
    rows: Any,
    laws: Sequence[Mapping[str, Any]],
    classes: Sequence[Class],
) -> None:
    """Add what is published of lasting ratios.

    Args:
        found: Takes the rows.
        cells: The world.
        predicted: (T, n, n) US$ as published, with the pair.
        pair_out: Without it.
        rows: Arrow table of est_structural_lasting of the specification.
        laws: Rows of est_structural_dispersion of the specification.
        classes: Intervals of K.
    """
    weight = np.nan_to_num(predicted).sum(axis=0)
    directed, total = flows_of(cells, pair_out)
    of_flow = {
        name: sorted((law for law in laws if law["flow"] == name), key=lambda law: law["band"])
        for name in ("directed", "total")
    }
    if not of_flow["directed"]:
        return
    alpha = np.zeros_like(weight)
    alpha[directed.one, directed.other] = values_of(of_flow["directed"], "alpha")[
        band_of(directed.size)
    ]
    variance = benchmark_variance(weight, np.nan_to_num(alpha))
    shares, both = weight**2 * variance, weight + weight.T
    of_total = np.divide(shares + shares.T, both**2, out=np.zeros_like(both), where=both > 0.0)
    for flow, own in ((directed, variance), (total, of_total)):
        confirm_laws(found, flow, of_flow[flow.name])
        expected = posterior(flow, of_flow[flow.name], own[flow.one, flow.other], classes)
        _pairs(found, cells, flow, rows, expected, classes)


def benchmark_variance(weight: FloatArray, alpha: FloatArray) -> FloatArray:
    """(n, n) mean over the other partners of either side: sum w^2 alpha / (sum w)^2 of both."""
    n = len(weight)
    found = np.zeros((n, n))
    for left_out in range(n):
        rest = np.arange(n) != left_out
        with np.errstate(divide="ignore", invalid="ignore"):
            # exporters without this importer; importers without this exporter
            found[:, left_out] += (weight**2 * alpha)[:, rest].sum(axis=1) / (
                weight[:, rest].sum(axis=1) ** 2
            )
            found[left_out, :] += (weight**2 * alpha)[rest, :].sum(axis=0) / (
                weight[rest, :].sum(axis=0) ** 2
            )
    return found


def posterior(
    flow: Flow,
    laws: Sequence[Mapping[str, Any]],
    variance: FloatArray,
    classes: Sequence[Class],
) -> dict[str, FloatArray]:
    """(P,) every number of a pair, from the published laws."""
    total, mean, years = flow.trade.sum(axis=0), flow.predicted.sum(axis=0), flow.years
    level = (total + PRIOR_YEARS * flow.size) / (years + PRIOR_YEARS)
    phi, rho = law_at(level, laws)
    independent = (1.0 - rho) / (1.0 + rho)
    prior = 1.0 / values_of(laws, "alpha")[band_of(flow.size)]
    shape, rate = prior + independent * total / phi, prior + independent * mean / phi
    k = shape / rate
    shape = shape / (1.0 + variance * shape)

    def below(bound: float) -> FloatArray:
        if bound <= 0.0 or np.isinf(bound):
            return np.full_like(k, float(bound > 0.0))
        return np.asarray(chdtr(2.0 * shape, 2.0 * shape / k * bound))

    chances = {one.name: below(one.upper) - below(one.lower) for one in classes}
    every = np.array(list(chances.values()))
    return {
        "n_years": years.astype(float),
        "effective_years": years * independent,
        "gamma_shape": shape,
        "gamma_rate": shape / k,
        "k_lasting": k,
        "benchmark_variance": variance,
        "lasting_class_probability": every.max(axis=0),
        "lasting_class": np.where(np.isfinite(k), every.argmax(axis=0), np.nan),
        **{name: chances[of] for name, of in PROBABILITIES.items() if of in chances},
    }


def _pairs(
    found: Findings,
    cells: Cells,
    flow: Flow,
    rows: Any,
    expected: dict[str, FloatArray],
    classes: Sequence[Class],
) -> None:
    """Every number of every pair."""
    import pyarrow.compute as pc

    own = rows.filter(pc.equal(rows["flow"], flow.name))
    n = len(cells.economies)
    at = [places_of(own[name], cells.economies) for name in ("exporter_iso3", "importer_iso3")]
    places = Places((n, n), at)
    found.number(
        "n_unknown_rows",
        float(places.strangers),
        0.0,
        term=f"lasting, {flow.name}",
        tolerance=0.0,
        reference=REFERENCE,
    )

    def named(place: int) -> str:
        one, other = divmod(place, n)
        return f"{cells.economies[one]}, {cells.economies[other]}"

    known = np.isfinite(expected["k_lasting"])
    for quantity, values in expected.items():
        is_class = quantity == "lasting_class"
        if is_class:
            given = places_of(own[quantity], [one.name for one in classes]).astype(float)
        else:
            given = pc.cast(own[quantity], "float64").to_numpy()
        dense = np.full((n, n), np.nan)
        dense[flow.one[known], flow.other[known]] = values[known]
        found.largest(
            quantity,
            places.put(given),
            dense,
            named=named,
            scale=1.0 if is_class or quantity in PROBABILITIES else 0.0,
            term=flow.name,
            tolerance=0.0 if is_class else NUMBERS,
            reference=REFERENCE,
        )
