"""One cut-off of the world's track record again: a year of PPML by other steps, and its slopes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, stats

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import Gated, quoted
from trade_potential.audit.marts.track_table import directions

Floats = npt.NDArray[np.float64]

BALANCED, SETTLED, MOST = 1e-13, 1e-12, 500
"""Largest share by which sums differ, largest step of a slope, and sweeps at most."""

WITH_CLASS, EVERY_FLOW = "with_class", "every_flow"

COLUMNS = (
    *("slope_status", "n_cut_offs", "n", "n_economies", "n_without_trade", "slope", "slope_se"),
    *("slope_ci_low", "slope_ci_high", "slope_p_value", "r_squared", "direction_status"),
    *("direction_share", "direction_chance_share", "faster_share"),
    *("growth_below_rate", "growth_above_rate"),
)


def world_rows(gated: Gated, published: pd.DataFrame, key: Sequence[str]) -> Iterator[Compared]:
    """Slopes on K of the year before the last cut-off with five years of growth, all horizons."""
    chosen = published[
        (published["predictor"] == "k_year_before")
        & (published["group_kind"] == "all")
        & (published["first_cut_off_year"] == published["last_cut_off_year"])
        & ~published["study_id"].isin(gated["stg_track__frozen_ratios"]["study_id"])
    ]
    five = chosen.loc[chosen["horizon_years"] == 5, "first_cut_off_year"]
    chosen = chosen[chosen["first_cut_off_year"] == (int(five.max()) if len(five) else 0)]
    if not len(chosen):
        return
    (study,), cut_off = set(chosen["study_id"]), int(five.max())
    made = pd.DataFrame(_again(gated, str(study), cut_off, sorted(set(chosen["horizon_years"]))))
    # without a flow below the floor the two groups are one, and stored once
    made = made[made["group_id"].isin({WITH_CLASS, *chosen["group_id"]})]
    columns = [*key, *COLUMNS]
    made = made[columns].astype(chosen[columns].dtypes.to_dict())
    yield compared("fct_track_record", chosen[columns], made, key=key, by=("study_id",))


def _again(gated: Gated, study: str, cut_off: int, horizons: list[int]) -> list[dict[str, Any]]:
    studies = gated["stg_study__studies"].set_index("study_id").loc[study]
    terms = (gated["stg_study__gravity_terms"]["spec_id"] == studies["default_spec_id"]).sum()
    where = (
        f"study_id = {quoted(study)} and spec_id = {quoted(str(studies['default_spec_id']))} "
        f"and year = {cut_off - 1}"
    )
    slots = [f"v{k}" for k in range(1, int(terms) + 1)]
    names = ("exporter_iso3", "importer_iso3", "trade_usd", *slots)
    cells = gated.part("int_structural__cells", *names, where=where)
    # sums of the same rows in the same order: what is told of two builds is the same
    cells = cells.sort_values([*names[:2]], kind="stable")
    economies = sorted({*cells["exporter_iso3"], *cells["importer_iso3"]})
    place = {name: k for k, name in enumerate(economies)}
    i, j = (cells[name].map(place).to_numpy() for name in names[:2])
    n = len(economies)
    predicted = _fit(cells["trade_usd"].to_numpy(float), cells[slots].to_numpy(float), i, j, n)
    fitted = predicted[i, j]
    two_way = (predicted + predicted.T)[i, j]
    actual = cells["trade_usd"].to_numpy(float)
    gap = 2.0 * (actual - fitted) / (actual + fitted)
    start = _trade(gated, cut_off, economies)[i, j]
    classes = cuts_of(gated["stg_study__potential_classes"], study)
    bounds = (classes["k_upper"].min(), classes["k_lower"].max())
    found = []
    for horizon in horizons:
        end = _trade(gated, cut_off + horizon, economies)[i, j]
        total = start + end
        growth = np.where(
            total == 0.0, 0.0, 2.0 * (end - start) / np.where(total == 0.0, 1.0, total)
        )
        known = np.isfinite(growth)
        for group, rows in (
            (WITH_CLASS, known & (two_way >= studies["minimum_prediction_usd"])),
            (EVERY_FLOW, known),
        ):
            found.append(
                {
                    "study_id": study,
                    "predictor": "k_year_before",
                    "group_kind": "all",
                    "group_id": group,
                    "horizon_years": horizon,
                    "first_cut_off_year": cut_off,
                    "last_cut_off_year": cut_off,
                    "n_without_trade": int((total[rows] == 0.0).sum()),
                }
                | _slope(gap[rows], growth[rows], i[rows], j[rows])
                | directions(gap[rows], growth[rows] - growth[rows].mean(), bounds)
            )
    return found


def _trade(gated: Gated, year: int, economies: list[str]) -> Floats:
    """(n, n) US$ of a year; NaN where an economy does not trade in it."""
    today: dict[str, str] = {
        str(code): str(code) for code in gated["gate_countries"]["country_iso3"]
    }
    mapped = gated["gate_country_code_mappings"]
    today |= dict(zip(mapped["source_code"], mapped["country_iso3"], strict=True))
    names = ("exporter_code", "importer_code", "trade_usd")
    flows = gated.part("gate_world_trade", *names, where=f"year = {year}")
    flows = flows.sort_values([*names[:2]], kind="stable")
    place = {name: k for k, name in enumerate(economies)}
    sides = [flows[name].map(today).map(place) for name in names[:2]]
    some = np.zeros(len(economies), dtype=bool)
    for side in sides:
        some[side.dropna().astype(int)] = True
    found = np.where(some[:, None] & some[None, :], 0.0, np.nan)
    known = sides[0].notna() & sides[1].notna()
    rows, columns = (side[known].astype(int).to_numpy() for side in sides)
    np.add.at(found, (rows, columns), flows.loc[known, "trade_usd"].to_numpy(float))
    return found


def _fit(y: Floats, x: Floats, i: Any, j: Any, n: int) -> Floats:
    """PPML with effects of both sides: balance sums, take one Newton step of slopes, repeat.

    Args:
        y: (N,) trade.
        x: (N, K) terms.
        i: (N,) exporter.
        j: (N,) importer.
        n: Economies.

    Returns:
        (n, n) predictions, 0 where there is no cell.
    """
    x = x - x.mean(axis=0)
    scale = np.abs(x).max(axis=0)
    terms = np.zeros((x.shape[1], n, n))
    terms[:, i, j] = (x / np.where(scale > 0.0, scale, 1.0)).T
    trade, mu = np.zeros((n, n)), np.zeros((n, n))
    trade[i, j], mu[i, j] = y, y.mean()
    exported, imported = trade.sum(axis=1), trade.sum(axis=0)

    def ratio(goal: Floats, held: Floats) -> Floats:
        by: Floats = np.divide(goal, held, out=np.ones_like(goal), where=held > 0.0)
        return by

    for _ in range(MOST):
        for _ in range(MOST):
            rows = ratio(exported, mu.sum(axis=1))
            mu *= rows[:, None]
            columns = ratio(imported, mu.sum(axis=0))
            mu *= columns
            if max(np.abs(rows - 1.0).max(), np.abs(columns - 1.0).max()) < BALANCED:
                break
        step = _step(trade, mu, terms)
        mu *= np.exp(np.tensordot(step, terms, axes=1))
        if np.abs(step).max() < SETTLED:
            break
    return mu


def _step(trade: Floats, mu: Floats, terms: Floats) -> Floats:
    """(K,) Newton step of the slopes; means by side are taken out of the terms in turn."""
    z = terms.copy()
    for _ in range(MOST):
        farthest = 0.0
        for side in (1, 0):
            weights = np.expand_dims(mu.sum(axis=side), side)
            weighted = np.einsum("ij,kij->ki" if side else "ij,kij->kj", mu, z)
            weighted = np.expand_dims(weighted, side + 1)
            z -= (mean := weighted / np.where(weights > 0.0, weights, 1.0))
            farthest = max(farthest, float(np.abs(mean).max()))
        if farthest < SETTLED:
            break
    z = z.reshape(len(z), -1)
    step = np.linalg.solve((z * mu.ravel()) @ z.T, z @ (trade - mu).ravel())
    return np.asarray(step, dtype=np.float64)


def _slope(gap: Floats, growth: Floats, i: Any, j: Any) -> dict[str, Any]:
    x, g = gap - gap.mean(), growth - growth.mean()
    beta = float(np.linalg.lstsq(x[:, None], g, rcond=None)[0][0])
    scores = x * (g - beta * x) / (x**2).sum()
    n = int(max(i.max(), j.max())) + 1
    held = sparse.coo_matrix((scores, (i, j)), shape=(n, n)).tocsr()
    both = held + held.T
    of_economy = np.asarray(both.sum(axis=1)).ravel()
    clusters = len({*i.tolist(), *j.tolist()})
    # a pair stands in the sums of both its economies, and twice in the matrix
    of_pairs = float(both.power(2).sum()) / 2.0
    meat = max(of_pairs, float((of_economy**2).sum()) - of_pairs)
    error = np.sqrt(meat * clusters / (clusters - 1))
    law = stats.t(clusters - 1)
    return {
        "slope_status": "ok",
        "n_cut_offs": 1,
        "n": len(x),
        "n_economies": clusters,
        "slope": beta,
        "slope_se": error,
        "slope_ci_low": beta - law.ppf(0.975) * error,
        "slope_ci_high": beta + law.ppf(0.975) * error,
        "slope_p_value": 2.0 * law.cdf(-abs(beta) / error),
        "r_squared": 1.0 - ((g - beta * x) ** 2).sum() / (g**2).sum(),
    }
