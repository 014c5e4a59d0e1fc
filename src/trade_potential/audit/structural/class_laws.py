"""How sure a class of the world is, again: from trade, predictions and the published ratios.

Of the ends of an interval it is the probability below them that is compared: it is what an end is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from scipy.special import erfc, polygamma

from trade_potential.audit.structural.answers import Class
from trade_potential.audit.structural.laws import PRIOR_YEARS, Flow
from trade_potential.linalg import FloatArray, IntArray

TRIED = np.array([0.05 * 120.0 ** (k / 23.0) for k in range(24)])
"""Deviations of lasting ratios, from .05 to 6."""

STEPS = np.array([0.05 * k for k in range(20)])
"""Serial correlations."""

GROUP, GROUPS, YEARS = 50, 20, 3
COUNTED, NOISE, SHARED, LEAST, SAME = 0.3, 0.8, 0.5, 1e-4, 1e-9
MOST = {"variance": 9.0, "rho": 0.95, "odds": 99.0}

CHANCES = {
    "probability_huge": "huge_potential",
    "probability_expansion": "potential_expansion",
    "probability_reshaping": "potential_reshaping",
}

Law = Mapping[str, FloatArray]


def class_laws(
    flows: Sequence[Flow],
    lasting: Sequence[FloatArray],
    weight: FloatArray,
    slopes: FloatArray,
    covariance: FloatArray,
) -> list[Law]:
    """Directed flows, then totals: weights and moments of every law by pair and scale.

    Args:
        flows: Directed, total.
        lasting: (P,) published mean of the lasting ratio of each.
        weight: (n, n) predictions with the pair, sums over years.
        slopes: (p, n, n) regressors with effects projected out, means weighted by predictions.
        covariance: (p, p) of the slopes.
    """
    directed, total = flows
    seen = _seen(directed, lasting[0])
    ratio = np.zeros_like(weight)
    spread = np.ones(len(directed.one))
    shapes = np.geomspace(1e-2, 1e4, 2000)
    at = directed.one, directed.other
    for _ in range(2):
        alpha = 1.0 / np.interp(-spread, -polygamma(1, shapes), shapes)
        ratio[at] = alpha + np.exp(np.minimum(seen["noise"], 2.0)) - 1.0
        effects = _effects(weight, ratio)
        line = effects[at] + _of_slopes(slopes[:, at[0], at[1]], covariance)
        scales, group = _scales(seen, line)
        spread = (scales * TRIED**2).sum(axis=1)[group]
    found = [_law(seen, line, scales, group)]
    one, other = total.one, total.other
    share = weight[one, other] / (weight[one, other] + weight[other, one])
    deviations = share * np.sqrt(effects[one, other]), (1 - share) * np.sqrt(effects[other, one])
    line = deviations[0] ** 2 + deviations[1] ** 2 + 2.0 * SHARED * deviations[0] * deviations[1]
    both = share * slopes[:, one, other] + (1.0 - share) * slopes[:, other, one]
    line = line + _of_slopes(both, covariance)
    seen = _seen(total, lasting[1])
    scales, group = _scales(seen, line)
    return [*found, _law(seen, line, scales, group)]


def _of_slopes(x: FloatArray, covariance: FloatArray) -> FloatArray:
    return np.asarray(((covariance @ x) * x).sum(axis=0))


def _effects(weight: FloatArray, ratio: FloatArray) -> FloatArray:
    """(n, n) both effects without the partner itself."""
    n = len(weight)
    found, squares = np.zeros((n, n)), weight**2 * ratio
    for out in range(n):
        rest = np.arange(n) != out
        with np.errstate(divide="ignore", invalid="ignore"):
            found[:, out] += np.log(
                1.0 + squares[:, rest].sum(axis=1) / weight[:, rest].sum(axis=1) ** 2
            )
            found[out, :] += np.log(1.0 + squares[rest].sum(axis=0) / weight[rest].sum(axis=0) ** 2)
    return np.where(weight > 0.0, found, np.nan)


def _groups(size: FloatArray) -> list[IntArray]:
    """Places in order of size, in parts of equal count."""
    number = min(max(len(size) // GROUP, 1), GROUPS)
    return np.array_split(np.argsort(size, kind="stable"), number)


def _seen(flow: Flow, mean: FloatArray) -> dict[str, FloatArray]:
    """Logarithm of trade over prediction, and its noise."""
    used = flow.predicted > 0.0
    years, trade, model = flow.years, flow.trade.sum(axis=0), flow.predicted.sum(axis=0)
    has = (trade > 0.0) & np.isfinite(mean)
    laws = _year_laws(flow)
    level = flow.size * (years * np.where(has, mean, 1.0) + PRIOR_YEARS) / (years + PRIOR_YEARS)
    at = np.log(np.maximum(level, np.finfo(float).tiny))
    variance = np.minimum(np.exp(_straight(at, laws["level"], laws["variance"])), MOST["variance"])
    rho = np.clip(_straight(at, laws["level"], laws["rho"]), 0.0, MOST["rho"])
    odds = np.minimum(np.exp(_straight(at, laws["zero_level"], laws["odds"])), MOST["odds"])
    relative = np.zeros(len(years))
    for lag in range(len(used)):
        pairs = np.where(years > lag, (years - lag) * (1.0 if lag == 0 else 2.0), 0.0)
        relative += pairs * ((1.0 + odds * rho**lag) * np.exp(variance * rho**lag) - 1.0)
    noise = np.log(1.0 + relative / np.maximum(years, 1) ** 2)
    return {
        "x": np.where(has, np.log(np.where(has, trade, 1.0)) - np.log(model), 0.0),
        "noise": NOISE * noise,
        "year": variance,
        "odds": odds,
        "size": flow.size,
        "has": has.astype(float),
    }


def _straight(at: FloatArray, places: FloatArray, values: FloatArray) -> FloatArray:
    """Between the places, and beyond them by the line from the first to the last."""
    if places[-1] - places[0] < SAME:
        return np.full(len(at), values.mean())
    slope = (values[-1] - values[0]) / (places[-1] - places[0])
    found = np.interp(at, places, values)
    found = np.where(at < places[0], values[0] + slope * (at - places[0]), found)
    return np.where(at > places[-1], values[-1] + slope * (at - places[-1]), found)


def _year_laws(flow: Flow) -> dict[str, FloatArray]:
    """By group of flows: logarithms of variance and odds, correlation, and where they stand."""
    used = flow.predicted > 0.0
    traded = used & (flow.trade > 0.0)
    count = traded.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(traded, np.log(flow.trade) - np.log(flow.predicted), np.nan)
        flows = np.log(flow.trade.sum(axis=0) / flow.years)
    some = np.flatnonzero(count > 0)
    error = np.zeros_like(logs)
    error[:, some] = np.nan_to_num(logs[:, some] - np.nanmean(logs[:, some], axis=0))
    rows: dict[str, list[float]] = {name: [] for name in ("level", "variance", "rho")}
    enough = np.flatnonzero(count >= YEARS)
    for own in (enough[part] for part in _groups(flows[enough])):
        e = error[:, own]
        squares, products = (e**2).sum(), (e[1:] * e[:-1]).sum()
        if not squares > 0.0:
            continue
        parts = np.array([_expected(*np.flatnonzero(of)) for of in traded[:, own].T]).sum(axis=0)
        ratios = np.maximum.accumulate(parts[1] / parts[0])
        rho = float(np.interp(products / squares, ratios, STEPS)) if np.ptp(ratios) > 0.0 else 0.0
        rows["level"].append(float(flows[own].mean()))
        rows["rho"].append(rho)
        rows["variance"].append(float(np.log(squares / np.interp(rho, STEPS, parts[0]))))
    found = {name: np.array(values) for name, values in rows.items()}
    zeros = [some[part] for part in _groups(flows[some])]
    silent = [(flow.years[own] - count[own]).sum() + 0.5 for own in zeros]
    found["odds"] = np.log(silent) - np.log([count[own].sum() + 0.5 for own in zeros])
    return found | {"zero_level": np.array([flows[own].mean() for own in zeros])}


@cache
def _expected(*years: int) -> FloatArray:
    """(2, 20) squares and products of neighbours of years about their mean, by correlation."""
    lags = np.abs(np.subtract.outer(years, years))
    matrix = STEPS[:, None, None] ** lags
    side = matrix.mean(axis=2)
    moved = matrix - side[:, :, None] - side[:, None, :] + side.mean(axis=1)[:, None, None]
    products = moved[:, np.equal(np.subtract.outer(years, years), 1)].sum(axis=1)
    return np.array([np.trace(moved, axis1=1, axis2=2), products])


def _centred(seen: Mapping[str, FloatArray], line: FloatArray) -> tuple[FloatArray, FloatArray]:
    return seen["x"] - line / 2.0 + seen["noise"] / 2.0, line + seen["noise"]


def _scales(seen: Mapping[str, FloatArray], line: FloatArray) -> tuple[FloatArray, IntArray]:
    """(K, S) weights of the deviations by group of size, and the group of each pair."""
    known = np.flatnonzero((seen["has"] > 0.0) & np.isfinite(line))
    group, found = np.zeros(len(line), dtype=np.int64), []
    x, rest = _centred(seen, line)
    for k, part in enumerate(_groups(np.log(seen["size"][known]))):
        own = known[part]
        logs = np.empty(len(TRIED))
        for j, s in enumerate(TRIED):
            total = s**2 + rest[own]
            above = x[own] + s**2 / 2.0
            logs[j] = np.log(s) - COUNTED / 2.0 * (np.log(total) + above**2 / total).sum()
        raw = np.exp(logs - logs.max())
        found.append(raw / raw.sum())
        group[own] = k
    return np.array(found), group


def _law(
    seen: Mapping[str, FloatArray], line: FloatArray, scales: FloatArray, group: IntArray
) -> Law:
    """(L, P) weights, and means and deviations of the lasting ratio and of a new year."""
    most = max(int((row >= LEAST).sum()) for row in scales)
    first = np.array([np.argsort(-row, kind="stable")[:most] for row in scales])
    weights = np.array([row[at] / row[at].sum() for row, at in zip(scales, first, strict=True)])
    s2, w = (TRIED[first] ** 2)[group].T, weights[group].T
    x, rest = _centred(seen, line)
    above, total = x + s2 / 2.0, s2 + rest
    level = s2 + line
    return {
        "weights": w,
        "mean": s2 * above / total - s2 / 2.0,
        "deviation": np.sqrt(s2 * rest / total),
        "new_mean": (line - s2) / 2.0
        + level * above / total
        - seen["year"] / 2.0
        + np.log(1.0 + seen["odds"]),
        "new_deviation": np.sqrt(level * seen["noise"] / total + seen["year"]),
        "at_zero": seen["odds"] / (1.0 + seen["odds"]),
        "line": np.sqrt(line),
        "has": seen["has"],
    }


def below(law: Law, ratio: FloatArray | float, *, new: bool = False) -> FloatArray:
    """(P,) probability of a lasting ratio, or of K of a new year, below."""
    prefix = "new_" if new else ""
    with np.errstate(divide="ignore"):
        logs = np.log(ratio)
    z = (logs - law[f"{prefix}mean"]) / law[f"{prefix}deviation"]
    found = (law["weights"] * 0.5 * erfc(-z / np.sqrt(2.0))).sum(axis=0)
    return np.asarray(law["at_zero"] + (1.0 - law["at_zero"]) * found if new else found)


def numbers_of(
    law: Law, classes: Sequence[Class], rows: Mapping[str, FloatArray], level: float
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """By column (P,) what is published and what is made again.

    Args:
        law: Of the pairs.
        classes: Intervals of K.
        rows: Published columns by pair.
        level: Of the intervals.
    """
    has = law["has"] > 0.0
    found = {"k_line_log_se": (rows["k_line_log_se"], np.where(has, law["line"], np.nan))}
    column_of = {name: column for column, name in CHANCES.items()}
    for prefix, new in (("", False), ("new_year_", True)):
        every = _chances(law, classes, new=new)
        for one, own in zip(classes, every, strict=True):
            if one.name in column_of:
                column = prefix + column_of[one.name]
                found[column] = (rows[column], own)
        if not new:  # of classes that are as likely either is right
            found["lasting_class"] = (_of_own(every, rows["lasting_class"]), every.max(axis=0))
    tail = (1.0 - level) / 2.0
    for column, share in (("low", tail), ("high", 1.0 - tail)):
        for name, new in (("lasting", False), ("new_year", True)):
            end = rows[f"k_{name}_ci_{column}"]
            said = below(law, end, new=new)
            if new:  # an end of 0 says that no trade is as likely
                said = np.where((end == 0.0) & (law["at_zero"] >= share), share, said)
            found[f"k_{name}_ci_{column}"] = (np.where(has, share, np.nan), said)
    half = np.where(has, 0.5, np.nan)
    found["k_lasting_median"] = (half, below(law, rows["k_lasting_median"]))
    return found


def _chances(law: Law, classes: Sequence[Class], *, new: bool) -> FloatArray:
    """(C, P) probability of each class."""
    has = law["has"] > 0.0
    rows = []
    for one in classes:
        upper = np.ones(len(has)) if np.isinf(one.upper) else below(law, one.upper, new=new)
        lower = below(law, one.lower, new=new) if one.lower > 0.0 else 0.0
        rows.append(np.where(has, upper - lower, np.nan))
    return np.array(rows)


def _of_own(chances: FloatArray, class_: FloatArray) -> FloatArray:
    """(P,) what is likely of the class that each pair has; NaN without."""
    held = np.isfinite(class_)
    at = np.where(held, class_, 0.0).astype(int)
    return np.where(held, chances[at, np.arange(len(at))], np.nan)


def columns_of(classes: Sequence[Class]) -> list[str]:
    """Columns of est_structural_lasting that are compared."""
    names = {one.name for one in classes}
    chances = [column for column, name in CHANCES.items() if name in names]
    ends = [f"k_{name}_ci_{end}" for name in ("lasting", "new_year") for end in ("low", "high")]
    return [
        "k_line_log_se",
        "k_lasting_median",
        *chances,
        *(f"new_year_{name}" for name in chances),
        *ends,
    ]


def slopes_of(left: FloatArray, predicted: FloatArray) -> FloatArray:
    """(p, n, n) regressors with effects projected out, means weighted by (T, n, n) predictions."""
    weight = np.nan_to_num(predicted)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Any = (left * weight).sum(axis=1) / weight.sum(axis=0)
    return np.asarray(np.nan_to_num(found), dtype=float)
