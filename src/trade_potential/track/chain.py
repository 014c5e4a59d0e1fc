"""Flows of a study of one reporter: K of the last year of a chain that ended there, year by year.

The chain (filled panel, index, gravity, K) is run once a year on inputs that end in that year
(``research/track_record``), so that no fill, index or slope knows what came later.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray
from trade_potential.track.flows import BoolArray, Flows
from trade_potential.track.rows import INTERVAL

COLUMNS = (
    "partner_iso3",
    "year",
    "predicted_usd",
    "actual_usd",
    "k_ratio_ci_low",
    "k_ratio_ci_high",
    "as_of_share",
)
"""Of the chain's last years; trade and prediction are in one unit, whatever it is scaled to."""


def flows_of_chain(
    chains: pd.DataFrame,
    trade: pd.DataFrame,
    *,
    reporter: str,
    gdp: Mapping[tuple[str, int], float],
    groups: Mapping[str, str],
    bounds: tuple[float, float],
    confidence_level: float,
) -> Flows:
    """Flows of a reporter with its partners.

    Args:
        chains: ``COLUMNS``: partners in the year in which the inputs of their chain ended.
        trade: partner_iso3, year, trade_usd: goods trade, unscaled, of every year known today.
        reporter: Its code.
        gdp: US$ by economy and year.
        groups: Region by economy.
        bounds: See ``Flows``.
        confidence_level: Of the interval of K.

    Raises:
        InputError: A partner stands twice in a year.
    """
    for name, frame in (("chains", chains), ("trade", trade)):
        if frame.duplicated(["partner_iso3", "year"]).any():
            raise InputError(f"{name}: a partner stands twice in a year")
    partners = sorted(set(chains["partner_iso3"]))
    years = list(range(int(trade["year"].min()), int(trade["year"].max()) + 1))
    place, at = {name: k for k, name in enumerate(partners)}, {y: t for t, y in enumerate(years)}

    def placed(frame: pd.DataFrame, column: str) -> FloatArray:
        held = np.full((len(years), len(partners)), np.nan)
        own = frame[frame["partner_iso3"].isin(place) & frame["year"].isin(at)]
        rows, columns = own["year"].map(at), own["partner_iso3"].map(place)
        held[rows.to_numpy(int), columns.to_numpy(int)] = own[column].to_numpy(dtype=float)
        return held

    goods = placed(trade, "trade_usd")
    k = placed(chains.assign(k=chains["actual_usd"] / chains["predicted_usd"]), "k")
    known = ~np.isnan(k)
    dated = dict(zip(chains["year"], chains["as_of_share"], strict=True))
    log_gdp = np.full(goods.shape, np.nan)
    for t, year in enumerate(years):
        own = gdp.get((reporter, year), np.nan)
        other = [gdp.get((name, year), np.nan) for name in partners]
        log_gdp[t] = np.log(np.array(other, dtype=float)) + np.log(own)
    return Flows(
        years=np.array(years, dtype=np.int64),
        exporter=np.full(len(partners), len(partners), dtype=np.int64),
        importer=np.arange(len(partners), dtype=np.int64),
        trade=goods,
        # of the chain, whose trade may be scaled: the prediction is brought to goods trade
        predicted=np.where(known, goods / np.where(known, k, 1.0), np.nan),
        has_class=known,
        three_way=np.full(goods.shape, np.nan),
        log_gdp=log_gdp,
        bounds=bounds,
        nominal_share=confidence_level,
        as_of_share=np.array([dated.get(year, np.nan) for year in years]),
        groups=_regions(partners, groups, goods.shape),
        intervals={INTERVAL: (placed(chains, "k_ratio_ci_low"), placed(chains, "k_ratio_ci_high"))},
    )


def _regions(
    partners: list[str], groups: Mapping[str, str], shape: tuple[int, int]
) -> dict[tuple[str, str], BoolArray]:
    names = np.array([groups.get(name, "") for name in partners])
    return {
        ("partner_region", str(name)): np.broadcast_to(names == name, shape)
        for name in sorted(set(names.tolist()) - {""})
    }
