"""Indicators of an economy beside each other: what must follow from what, and what usually does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality.cubes import (
    COMPARED_YEARS,
    EDITIONS,
    Array,
    Figures,
    logs,
    quiet,
    spikes,
)
from trade_potential.quality.exchanged import exchanged_years, swaps
from trade_potential.quality.levels import Known

POPULATION, GDP = "SP.POP.TOTL", "NY.GDP.MKTP.CD"
PPP, PPP_CONSTANT = "NY.GDP.PCAP.PP.CD", "NY.GDP.PCAP.PP.KD"
PRICES, INFLATION = "IMF.WEO.PCPI", "IMF.WEO.PCPIPCH"
GOODS, EXPORTS, IMPORTS = "TG.VAL.TOTL.GD.ZS", "NE.EXP.GNFS.ZS", "NE.IMP.GNFS.ZS"
SERVERS = "IT.NET.SECR.P6"
OVERALL_SCORE, SCORES = "LP.LPI.OVRL.XQ", "LP.LPI."
DEVELOPMENT = (
    "GB.XPD.RSDV.GD.ZS", "IT.CEL.SETS.P2", "IT.MLT.MAIN.P2", "IT.NET.BBND.P2", "IT.NET.SECR.P6",
    "IT.NET.USER.ZS", "SE.TER.CUAT.BA.ZS", "SE.TER.ENRR",
)  # fmt: skip
"""Indicators that income and access to the internet tell roughly."""
PREDICTORS = (PPP, "IT.NET.USER.ZS", "IT.NET.BBND.P2", "IT.NET.SECR.P6")
PRICES_APART = 0.15
"""Gap, in logarithms, between prices of an economy and of all from which others are looked for."""
FEWEST = 30
"""Economies below which nothing is told of what is usual."""


def compared(x: Array, w: Array, *, is_common: bool = False) -> dict[str, Array]:
    """Logarithms of a series over those of its witness, by economy.

    Args:
        x: By economy and year.
        w: The same of the witness.
        is_common: Whether the median of the ratio over economies is taken off, year by year.

    Returns:
        `level`: median over years; `broken`: largest distance of a year from it; `year`: place of
        the year that is furthest off.
    """
    apart = x - w
    if is_common:
        apart = apart - np.nanmedian(apart, axis=0)
    level = np.nanmedian(apart, axis=1)
    off = np.abs(apart - level[:, None])
    furthest = np.argmax(np.nan_to_num(np.abs(apart)), axis=1)
    return {"level": level, "broken": np.nanmax(off, axis=1), "year": furthest}


def economies(known: Known) -> pd.DataFrame:
    """One row per economy: the newest figures of its indicators beside each other."""
    of = known.figures
    with quiet():
        columns: dict[str, Any] = {"country_code": of.economies}
        people, gdp, ppp = of.newest(POPULATION), of.newest(GDP), of.newest(PPP)
        columns |= _pair(of, "income", gdp, people * ppp, is_common=True)
        columns |= _pair(of, "deflator", ppp, of.newest(PPP_CONSTANT), is_common=True)
        columns |= _pair(of, "goods", of.newest(GOODS), of.newest(EXPORTS) + of.newest(IMPORTS))
        columns |= _pair(of, "exports", of.newest(EXPORTS), of.newest(IMPORTS))
        columns |= _prices(of)
        columns |= _merchandise(of)
        columns |= _inflation(of)
        columns |= _servers(of)
    return pd.DataFrame(columns)


def _pair(of: Figures, name: str, x: Array, w: Array, *, is_common: bool = False) -> dict[str, Any]:
    found = compared(logs(x), logs(w), is_common=is_common)
    place = (np.arange(len(x)), found["year"])
    return {
        f"{name}_level": np.exp(found["level"]),
        f"{name}_broken": np.exp(found["broken"]),
        f"{name}_year": of.years[found["year"]].astype("float64"),
        f"{name}_value": x[place],
        f"{name}_witness": w[place],
    }


def _prices(of: Figures) -> dict[str, Any]:
    """GDP per head in current prices beside constant ones: years or economies exchanged, spikes."""
    one, constant = logs(of.newest(PPP)), logs(of.newest(PPP_CONSTANT))
    other = constant + np.nanmedian(one - constant, axis=0)
    level = np.nanmedian(one - other, axis=1)[:, None]
    named: list[str | None] = [None] * len(one)
    for here, there in swaps(one, other, PRICES_APART).items():
        named[here] = f"nearer to those of {of.economies[there]}, and that one's to these"
    return {
        "prices_swapped": exchanged_years(of.years, one, other + level, PRICES_APART),
        "prices_of": named,
        "prices_spike": np.exp(spikes(one - other)),
    }


def _merchandise(of: Figures) -> dict[str, Any]:
    """Merchandise trade in US$, GDP times its share, beside the nearest of the older vintages.

    Sources revise GDP, and with it every share of it; what crossed the border stays as it was.
    """
    if any(len(of.indicators[code].dates) < 2 for code in (GDP, GOODS)):
        return {}
    gdp = logs(of.newest(GDP)) - logs(of.indicators[GDP].figures[-2])
    parts = logs(of.newest(GOODS)) - logs(of.indicators[GOODS].figures[:-1])
    gaps = np.array([_two_thirds(np.abs(gdp + part)) for part in parts])
    return {
        "merchandise_factor": np.exp(np.nanmin(gaps, axis=0)),
        "merchandise_gdp": np.exp(np.nanmedian(gdp, axis=1)),
        "merchandise_share": np.exp(np.nanmedian(parts[-1], axis=1)),
    }


def _two_thirds(values: Array) -> Array:
    """What two thirds of the years do not exceed: of a third the sources revise trade itself."""
    is_told = np.isfinite(values).sum(axis=1) >= COMPARED_YEARS
    found: Array = np.where(is_told, np.nanquantile(values, 2 / 3, axis=1), np.nan)
    return found


def _inflation(of: Figures) -> dict[str, Any]:
    """Inflation beside the change of the price index."""
    prices, inflation = of.newest(PRICES), of.newest(INFLATION)
    change = np.full_like(prices, np.nan)
    change[:, 1:] = 100 * (prices[:, 1:] / prices[:, :-1] - 1)
    gap = np.abs(inflation - change)
    worst = np.argmax(np.nan_to_num(gap), axis=1)
    place = (np.arange(len(gap)), worst)
    return {
        "inflation_gap": np.nanmax(gap, axis=1),
        "inflation_year": of.years[worst].astype("float64"),
        "inflation_value": inflation[place],
        "inflation_witness": change[place],
    }


def _servers(of: Figures) -> dict[str, Any]:
    """Servers per million people times people: a whole number, and seldom one of tens."""
    count = of.newest(SERVERS) * of.newest(POPULATION) / 1e6
    is_counted = np.isfinite(count) & (count > 0.5)
    # the last digits of a large count are rounding
    is_part = is_counted & (np.abs(count - np.round(count)) > 0.02 + 2e-7 * count)
    parts, years = is_part.sum(axis=1).astype("float64"), is_counted.sum(axis=1)
    if (parts > 0).sum() > 0.5 * (years > 0).sum():  # of another population: nothing is told
        parts = np.full(len(parts), np.nan)
    tens = is_counted & (np.abs(count / 10 - np.round(count / 10)) < 0.01)
    worst = np.argmax(is_part, axis=1)
    return {
        "parts_of_servers": parts,
        "servers_year": of.years[worst].astype("float64"),
        "servers_value": count[np.arange(len(count)), worst],
        "tens_of_servers": np.where(
            (years >= 4) & np.isfinite(parts), (tens.sum(axis=1) == years).astype("float64"), np.nan
        ),
    }


def peers(known: Known) -> pd.DataFrame:
    """One row per development indicator and economy: its figure over what is usual.

    A line in logarithms through all economies, on income and access to the internet, the means of
    which weigh an economy less the further off it is (Huber's weights).
    """
    of = known.figures
    with quiet():
        means = {
            code: np.nanmedian(logs(of.newest(code)) - _usual(of, code), axis=1)
            for code in (PPP, *DEVELOPMENT)
        }
    rows = []
    for code in DEVELOPMENT:
        terms = [means[other] for other in PREDICTORS if other != code]
        factor = np.exp(_residuals(means[code], np.column_stack(terms)))
        frame = pd.DataFrame({"country_code": of.economies, "usual_factor": factor})
        rows.append(frame.assign(indicator_code=code))
    return pd.concat(rows).dropna(subset=["usual_factor"]).reset_index(drop=True)


def _usual(of: Figures, code: str) -> Array:
    usual: Array = np.nanmedian(logs(of.newest(code)), axis=0)
    return usual


def _residuals(y: Array, terms: Array) -> Array:
    """Distance of each economy from the line; NaN where a term is missing."""
    is_held = np.isfinite(y) & np.isfinite(terms).all(axis=1)
    found = np.full(len(y), np.nan)
    if is_held.sum() >= FEWEST:
        design = np.column_stack([np.ones(int(is_held.sum())), terms[is_held]])
        found[is_held] = robust_residuals(y[is_held], design)
    return found


def robust_residuals(y: Array, design: Array, *, rounds: int = 20) -> Array:
    """Residuals of least squares with Huber's weights, of 1.5 times the median distance."""
    weights = np.ones(len(y))
    residuals = y
    for _ in range(rounds):
        root = np.sqrt(weights)
        slopes = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0]
        residuals = y - design @ slopes
        width = max(1.5 * float(np.median(np.abs(residuals))), 1e-9)
        weights = np.minimum(1.0, width / np.maximum(np.abs(residuals), 1e-12))
    return residuals


def scores(known: Known) -> pd.DataFrame:
    """One row per economy and edition: the overall score beside the line through its parts."""
    of = known.figures
    codes = [c for c in of.indicators if c.startswith(SCORES) and c != OVERALL_SCORE]
    overall = of.newest(OVERALL_SCORE)
    rows = []
    for k, year in enumerate(of.years):
        parts = np.column_stack([of.newest(code)[:, k] for code in codes])
        is_held = np.isfinite(overall[:, k]) & np.isfinite(parts).all(axis=1)
        if is_held.sum() < FEWEST:
            continue
        design = np.column_stack([np.ones(int(is_held.sum())), parts[is_held]])
        gap = robust_residuals(overall[is_held, k], design)
        rows.append(
            pd.DataFrame(
                {
                    "country_code": of.economies[is_held],
                    "year": int(year),
                    "score_gap": np.abs(gap),
                    "exact_score_gap": np.abs(gap) if np.median(np.abs(gap)) < 1e-4 else np.nan,
                    "score": overall[is_held, k],
                    "score_of_parts": overall[is_held, k] - gap,
                }
            )
        )
    found: pd.DataFrame = pd.concat(rows, ignore_index=True)
    return found


def editions(known: Known) -> pd.DataFrame:
    """One row per score, economy and edition: its change since the edition before."""
    of = known.figures
    rows = []
    for code, held in of.indicators.items():
        if held.dates != [EDITIONS]:
            continue
        economy, year = np.nonzero(np.isfinite(held.figures[0]))
        frame = pd.DataFrame(
            {
                "country_code": of.economies[economy],
                "year": of.years[year],
                "score": held.figures[0][economy, year],
            }
        )
        before = frame.groupby("country_code")["score"].shift()
        rows.append(frame.assign(indicator_code=code, before=before))
    found = pd.concat(rows, ignore_index=True)
    return found.assign(score_change=(found["score"] - found["before"]).abs())
