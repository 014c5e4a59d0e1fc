"""Lasting ratios a second time: noise, spread, posterior and class of every pair.

Noise by size is computed again from trade and predictions; spread and posteriors from the published
noise; variances of predictions from the published spread; probabilities and classes from the
published ratios: a difference is named where it arises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trade_potential.audit.structural.answers import Class
from trade_potential.audit.structural.cells import Cells
from trade_potential.audit.structural.class_laws import (
    class_laws,
    columns_of,
    numbers_of,
    slopes_of,
)
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.laws import (
    NUMBERS,
    PASSES,
    PRIOR_YEARS,
    REFERENCE,
    SPREAD,
    Flow,
    alphas,
    band_of,
    confirm_laws,
    law_at,
    values_of,
)
from trade_potential.audit.structural.optimum import Optimum
from trade_potential.audit.structural.published import Places, places_of
from trade_potential.linalg import FloatArray

EXACT = ("n_years", "benchmark_variance")
"""Numbers of a pair that do not hang on the search for alpha in each pass."""


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
    optimal: Optimum,
    level: float,
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
        optimal: The estimate.
        level: Of intervals.
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
        own_laws, of_pairs = of_flow[flow.name], own[flow.one, flow.other]
        confirm_laws(found, flow, own_laws)
        expected, alpha_again = posterior(flow, own_laws, of_pairs)
        found.largest(
            "alpha",
            values_of(own_laws, "alpha"),
            alpha_again,
            named=lambda band: f"band {band + 1}",
            term=flow.name,
            tolerance=SPREAD,
            reference=REFERENCE,
        )
        expected |= {"n_years": flow.years.astype(float), "benchmark_variance": of_pairs}
        _pairs(found, cells, flow, rows, expected)
    _class_laws(found, cells, (directed, total), rows, predicted, optimal, classes, level)


def _class_laws(
    found: Findings,
    cells: Cells,
    flows: Sequence[Flow],
    rows: Any,
    predicted: FloatArray,
    optimal: Optimum,
    classes: Sequence[Class],
    level: float,
) -> None:
    """How sure the classes are: every pair of every flow."""
    import pyarrow.compute as pc

    n, held = len(cells.economies), []
    for flow in flows:
        own = rows.filter(pc.equal(rows["flow"], flow.name))
        at = [places_of(own[name], cells.economies) for name in ("exporter_iso3", "importer_iso3")]
        places = Places((n, n), at)
        names = ["k_lasting", *columns_of(classes)]
        laid = {name: places.laid(own[name])[flow.one, flow.other] for name in names}
        class_ = places.numbered(own["lasting_class"], [one.name for one in classes])
        laid["lasting_class"] = class_[flow.one, flow.other]
        held.append((flow, laid))
    weight = np.nan_to_num(predicted).sum(axis=0)
    laws = class_laws(
        flows,
        [laid["k_lasting"] for _, laid in held],
        weight,
        slopes_of(optimal.left, predicted),
        optimal.covariance,
    )
    for (flow, laid), law in zip(held, laws, strict=True):
        names = [
            f"{cells.economies[one]}, {cells.economies[other]}"
            for one, other in zip(flow.one, flow.other, strict=True)
        ]
        for quantity, (published, again) in numbers_of(law, classes, laid, level).items():
            found.largest(
                quantity,
                published,
                again,
                named=names.__getitem__,
                scale=0.0 if quantity == "k_line_log_se" else 1.0,
                term=flow.name,
                tolerance=NUMBERS,
                reference=REFERENCE,
            )


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
    flow: Flow, laws: Sequence[Mapping[str, Any]], variance: FloatArray
) -> tuple[dict[str, FloatArray], FloatArray]:
    """(P,) law of every pair, from the published noise, and (B,) alpha at its end."""
    total, mean, years = flow.trade.sum(axis=0), flow.predicted.sum(axis=0), flow.years
    k = total / mean
    for _ in range(PASSES):
        phi, rho = law_at(flow.size * (years * k + PRIOR_YEARS) / (years + PRIOR_YEARS), laws)
        independent = (1.0 - rho) / (1.0 + rho)
        alpha = alphas(flow, phi / independent)
        prior = 1.0 / alpha[band_of(flow.size)]
        shape, rate = prior + independent * total / phi, prior + independent * mean / phi
        k = shape / rate
    shape = shape / (1.0 + variance * shape)
    return {
        "effective_years": years * independent,
        "gamma_shape": shape,
        "gamma_rate": shape / k,
        "k_lasting": k,
    }, alpha


def _pairs(
    found: Findings,
    cells: Cells,
    flow: Flow,
    rows: Any,
    expected: dict[str, FloatArray],
) -> None:
    """Every number of the gamma law of every pair."""
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
        dense = np.full((n, n), np.nan)
        dense[flow.one[known], flow.other[known]] = values[known]
        found.largest(
            quantity,
            places.put(pc.cast(own[quantity], "float64").to_numpy()),
            dense,
            named=named,
            scale=0.0,
            term=flow.name,
            tolerance=NUMBERS if quantity in EXACT else SPREAD,
            reference=REFERENCE,
        )
