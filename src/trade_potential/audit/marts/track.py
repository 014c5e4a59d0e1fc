"""The track record of studies of one reporter again: from the K of their chains and gated trade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.track_table import (
    ENOUGH,
    OF_K,
    Floats,
    Mask,
    Table,
    directions,
    tables_of,
)
from trade_potential.audit.marts.track_world import world_rows

KEY = [
    *("study_id", "predictor", "group_kind", "group_id", "horizon_years"),
    *("first_cut_off_year", "last_cut_off_year"),
]
LINES = (*OF_K, "size", "momentum", "gdp_growth")
NOT_AGAIN = ("gradient_boosting", "ppml_three_way")
"""Boosting needs a package that builds do without; three-way PPML needs many exporters."""

HORIZONS = (1, 3, 5)
REGION, HEADLINE = "partner_region", "k_year_before"
FEW, LEAST = 30, 100
"""Economies for an error, past rows for a forecast."""


def check_track(gated: Gated) -> Iterator[Compared]:
    """A sample of the chains, without boosting, and of the world the slopes of one cut-off.

    Of chains the whole of every horizon, its last cut-off with rows, and the headline by region.
    A figure that moved leaves the cut-offs before its year: of such a study the last of these.
    """
    published = gated["fct_track_record"]
    is_current = published["is_current"].astype(bool)
    stale, published = published[~is_current], published[is_current]
    own = _sampled(published, set(gated["stg_track__frozen_ratios"]["study_id"]))
    one = own[own["first_cut_off_year"] == own["last_cut_off_year"]]
    again = []
    for study in sorted(set(own["study_id"])):
        last = one[one["study_id"] == study].groupby("horizon_years")["last_cut_off_year"].max()
        is_partial = study in set(stale["study_id"])
        again.append(_study(gated, study, last.to_dict() if is_partial else {}))
    columns = [name for name in published.columns if name != "is_current"]
    made = pd.concat(again) if again else pd.DataFrame(columns=columns)
    is_stale = pd.MultiIndex.from_frame(made[KEY]).isin(pd.MultiIndex.from_frame(stale[KEY]))
    made = made[~is_stale]
    made = made.reindex(columns=columns).astype(own[columns].dtypes.to_dict())
    yield compared("fct_track_record", own[columns], made, key=KEY, by=("study_id",))
    yield from world_rows(gated, published, KEY)


def _sampled(published: pd.DataFrame, chains: set[str]) -> pd.DataFrame:
    """Rows of the chains that are made again: all would take seconds of every build."""
    own = published[published["study_id"].isin(chains) & ~published["predictor"].isin(NOT_AGAIN)]
    one = own["first_cut_off_year"] == own["last_cut_off_year"]
    with_class = own["group_id"] == "with_class"
    held = own[one & with_class & (own["predictor"] == "no_change") & (own["n"] > 0)]
    last = held.groupby(["study_id", "horizon_years"])["first_cut_off_year"].max()
    keys = pd.MultiIndex.from_frame(own[["study_id", "horizon_years"]])
    is_last = own["first_cut_off_year"].to_numpy() == last.reindex(keys).to_numpy()
    by_region = (own["group_kind"] == REGION) & (own["predictor"] == HEADLINE) & (own["n"] > 0)
    found: pd.DataFrame = own[(with_class & (~one | is_last)) | by_region]
    return found


def _study(gated: Gated, study: str, last: dict[int, int]) -> pd.DataFrame:
    """Rows of one study; its last cut-off by horizon where that is not the last with rows."""
    tables = tables_of(gated, study, HORIZONS)
    rows = [
        row for table in tables if len(table) for row in _of_horizon(table, last.get(table.horizon))
    ]
    return pd.DataFrame(rows).assign(study_id=study)


def _of_horizon(table: Table, latest: int | None) -> list[dict[str, Any]]:
    forecasts = {name: _forecasts(table, name) for name in ("mean_growth", *LINES)}
    forecasts["no_change"] = np.zeros(len(table))
    losses = {name: (table["growth"] - f) ** 2 for name, f in forecasts.items()}
    first, last = table.first, table.last - table.horizon
    every = np.ones(len(table), dtype=bool)
    latest = int(table["cut_off"].max()) if latest is None else latest
    is_longest = table.horizon == max(HORIZONS)
    asked = [("all", "with_class", every, span) for span in ((first, last), (latest, latest))]
    if is_longest:
        asked += [
            (REGION, name, table.region == name, (first, last))
            for name in sorted({*table.region} - {""})
        ]
    found = []
    for kind, group, rows, span in asked:
        held = rows & (table["cut_off"] >= span[0]) & (table["cut_off"] <= span[1])
        is_whole = is_longest and kind == "all" and span[0] < span[1]
        said = dict(zip(KEY[2:], (kind, group, table.horizon, *span), strict=True))
        found += [
            {"predictor": name, "is_headline": is_whole and name == HEADLINE, **said}
            | _row(table, held, name, forecasts, losses)
            for name in ((*forecasts, "interval") if kind == "all" else (HEADLINE,))
        ]
    return found


def _forecasts(table: Table, name: str) -> Floats:
    """By least squares with a constant on growth that had ended."""
    found = np.full(len(table), np.nan)
    years, growth = table["cut_off"], table["growth"]
    x = table[name] if name in LINES else np.zeros(len(table))
    for year in np.unique(years):
        past = (years + table.horizon <= year) & np.isfinite(x)
        if past.sum() < LEAST:
            continue
        design = np.column_stack([np.ones(past.sum()), x[past]])
        line = np.linalg.lstsq(design, growth[past], rcond=None)[0]
        found[years == year] = line[0] + line[1] * x[years == year]
    return found


def _row(
    table: Table,
    held: Mask,
    predictor: str,
    forecasts: dict[str, Floats],
    losses: dict[str, Floats],
) -> dict[str, Any]:
    needed = ("low", "later_k") if predictor == "interval" else (predictor,)
    known = [np.isfinite(table[name]) for name in needed if name in table.columns]
    own = table.at(np.logical_and.reduce([held, *known]))
    partners, shares = own.partners(), own.means(own["as_of_share"])
    row: dict[str, Any] = {
        "n": len(own),
        "n_cut_offs": len(shares),
        # one partner is no block: a block that all rows share joins all of them
        "n_economies": partners if partners > 1 else 0,
        "n_without_trade": int(((own["growth"] == 0.0) & (own["start"] == 0.0)).sum()),
        "as_of_share": shares.mean() if len(shares) else None,
        "slope_status": "not_defined",
        "forecast_status": "not_defined",
        "direction_status": "not_defined",
        "coverage_status": "not_defined",
    }
    if predictor == "interval":
        return row | _coverage(own, bool((held & np.isfinite(table["low"])).any()))
    if predictor in LINES:
        row |= _slope(own, predictor)
    return row | _losses(table, held & np.isfinite(losses[predictor]), predictor, forecasts, losses)


def _coverage(own: Table, had_any: bool) -> dict[str, Any]:
    """Of flows that have an interval and a later K."""
    if not len(own):
        return {"coverage_status": "no_later_k" if had_any else "no_interval"}
    if len(own) < ENOUGH:
        return {"coverage_status": "few_flows"}
    inside = (own["later_k"] >= own["low"]) & (own["later_k"] <= own["high"])
    by_year = own.means(inside) if own.counts().min() >= ENOUGH else None
    return {
        "coverage_status": "ok",
        "coverage_share": inside.mean(),
        "coverage_lowest_share": None if by_year is None else by_year.min(),
        "coverage_highest_share": None if by_year is None else by_year.max(),
        "coverage_nominal_share": own.nominal,
    }


def _slope(own: Table, name: str) -> dict[str, Any]:
    growth, x = own.centred(own["growth"]), own.centred(own[name])
    found = directions(own[name], growth, own.bounds) if name in OF_K else {}
    if not len(own):
        return {"slope_status": "no_rows", **found}
    if own.partners() < FEW:
        return {"slope_status": "few_economies", **found}
    beta = np.linalg.lstsq(x[:, None], growth, rcond=None)[0][0]
    scores = x * (growth - beta * x) / (x**2).sum()
    said = _inference(beta, own, scores)
    explained = 1.0 - ((growth - beta * x) ** 2).sum() / (growth**2).sum()
    return {
        "slope_status": "ok",
        **{("slope" + (f"_{k}" if k else "")): value for k, value in said.items()},
        "r_squared": explained,
        **found,
    }


def _inference(value: float, own: Table, scores: Floats) -> dict[str, float]:
    """Error, interval and p-value from products of scores by cut-off."""
    s, years = own.wide(scores)
    g = len(s)
    same = s.T @ s
    weights = np.maximum(0.0, 1.0 - np.abs(years[:, None] - years[None, :]) / own.horizon)
    across = weights * (np.outer(s.sum(axis=0), s.sum(axis=0)) - same)
    error = np.sqrt(max(same.sum(), same.sum() + across.sum()) * g / (g - 1))
    width = stats.t.ppf(0.975, g - 1) * error
    chance = 2.0 * stats.t.cdf(-abs(value) / error, g - 1)
    return {
        "": value, "se": error, "ci_low": value - width, "ci_high": value + width, "p_value": chance
    }  # fmt: skip


def _losses(
    table: Table,
    known: Mask,
    predictor: str,
    forecasts: dict[str, Floats],
    losses: dict[str, Floats],
) -> dict[str, Any]:
    own, loss = table.at(known), losses[predictor][known]
    if not len(own):
        return {"forecast_status": "no_past"}
    if own.partners() < FEW:
        return {"forecast_status": "few_economies"}
    growth, said = own.centred(own["growth"]), own.centred(forecasts[predictor][known])
    found: dict[str, Any] = {
        "forecast_status": "ok",
        "n_forecasts": len(own),
        "n_forecast_cut_offs": len(np.unique(own["cut_off"])),
        "rmse": np.sqrt(loss.mean()),
        "gain_within_share": 1.0 - ((growth - said) ** 2).sum() / (growth**2).sum(),
    }
    zero = losses["no_change"][known]
    if predictor != "no_change":
        found["gain_share"] = 1.0 - loss.sum() / zero.sum()
        found |= _difference("loss_over_no_change", loss - zero, own)
    both = known & np.isfinite(losses[HEADLINE])
    if predictor != HEADLINE and both.any():
        over = losses[predictor][both] - losses[HEADLINE][both]
        found |= _difference("loss_over_k", over, table.at(both))
    return found


def _difference(name: str, over: Floats, own: Table) -> dict[str, float]:
    if own.partners() < FEW:
        return {name: over.mean()}
    said = _inference(over.mean(), own, (over - over.mean()) / len(over))
    return {name: said[""], f"{name}_se": said["se"], f"{name}_p_value": said["p_value"]}
