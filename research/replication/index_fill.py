"""How internet use of TJK and TKM in 2018-2020 was filled for the printed index."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd
from evidence import INTERNET, INTERNET_VINTAGE, YEARS, Evidence, Table, carried, flat, moments
from index_inputs import EXACT, NEAR, rescaled, weights, without_internet
from page import fixed, markdown

UNPUBLISHED = ("TJK", "TKM")
FILLED_YEARS = [2018, 2019, 2020]
NEWEST = "2025-12-08"
POPULATION_VINTAGE = "2026-07-01"
BROADBAND_VINTAGES = ("2025-07-06", "2026-07-01")
"""The two that fit the printed index; they differ in TJK 2020 (table index_vintages)."""
CARRY = "carry forward"
SAME_AS_CARRIED = (
    {"TKM held at TJK's 2017", "TKM follows TJK"},
    {"newest vintage, linear between"},
)
"""Rules that say nothing of their own about TJK, and about TKM."""

Rule = Callable[[str], pd.Series]
"""Values of 2018-2020 of a partner."""


def _line(series: pd.Series, first: int, in_logs: bool = False) -> pd.Series:
    """Straight line through the published years from the first one, continued."""
    known = series.loc[first:].dropna()
    slope, level = np.polyfit(known.index.to_numpy() - 2017, np.log(known) if in_logs else known, 1)
    line = level + slope * (np.array(FILLED_YEARS) - 2017)
    return pd.Series(np.exp(line) if in_logs else line, FILLED_YEARS)


def _steps(last: float, step: float) -> pd.Series:
    return pd.Series([last + step * k for k in (1, 2, 3)], FILLED_YEARS)


def _growth(last: float, ratio: float) -> pd.Series:
    return pd.Series([last * ratio**k for k in (1, 2, 3)], FILLED_YEARS)


def _rules(evidence: Evidence) -> dict[str, tuple[str, Rule]]:
    """Rules for a partner's 2018-2020, with the reason for each."""
    known = evidence.observed[INTERNET, INTERNET_VINTAGE]
    last = known[2017]

    def mean_growth(partner: str) -> pd.Series:
        return _growth(last[partner], (last[partner] / known.loc[partner, 2013]) ** 0.25)

    newest = (
        evidence.observed[INTERNET, NEWEST].interpolate(axis=1, limit_area="inside").ffill(axis=1)
    )
    others = known.loc[["KAZ", "KGZ", "UZB"]]
    return {
        CARRY: (
            "last value published; the rule of the panel",
            lambda partner: _steps(last[partner], 0),
        ),
        "mean of 2013-2017": (
            "mean of the partner, a fill of statistics programs",
            lambda partner: _steps(known.loc[partner, 2013:2017].mean(), 0),
        ),
        "line through 2013-2017": (
            "linear trend of the years of the study",
            lambda partner: _line(known.loc[partner], 2013),
        ),
        "line through 2010-2017": (
            "linear trend of the published decade",
            lambda partner: _line(known.loc[partner], 2010),
        ),
        "line in logs, 2013-2017": (
            "constant growth fitted to the years of the study",
            lambda partner: _line(known.loc[partner], 2013, in_logs=True),
        ),
        "last increment": (
            "linear extrapolation from the last two values",
            lambda partner: _steps(last[partner], last[partner] - known.loc[partner, 2016]),
        ),
        "mean growth 2013-2017": ("mean annual growth rate, continued", mean_growth),
        "last growth": (
            "last annual growth rate, continued",
            lambda partner: _growth(last[partner], last[partner] / known.loc[partner, 2016]),
        ),
        "newest vintage, linear between": (
            "TJK 2020 has been published since; TKM, never published again, is held",
            lambda partner: newest.loc[partner, FILLED_YEARS],
        ),
        "TKM follows TJK": (
            "as before, TKM at the value of TJK: neighbours at the same level in 2017",
            lambda _: newest.loc["TJK", FILLED_YEARS],
        ),
        "TKM held at TJK's 2017": (
            "both partners at the last value of TJK",
            lambda _: _steps(last["TJK"], 0),
        ),
        "mean of the other three": (
            "regional mean of the partners with figures",
            lambda _: others[FILLED_YEARS].mean(),
        ),
        "growth of the other three": (
            "last value, growing as the mean of the partners with figures",
            lambda partner: last[partner] * others[FILLED_YEARS].mean() / others[2017].mean(),
        ),
        "zero": ("missing read as 0 by a program", lambda _: _steps(0, 0)),
        "minimum of the study": (
            "a rescaled value of 0, where missing becomes the minimum",
            lambda _: _steps(flat(known[YEARS])[~np.isnan(flat(known[YEARS]))].min(), 0),
        ),
    }


def _filled(
    evidence: Evidence, of_tjk: Rule, of_tkm: Rule, vintage: str = INTERNET_VINTAGE
) -> Table:
    """Internet use of a vintage; what TJK and TKM lack by a rule each."""
    internet = evidence.observed[INTERNET, vintage][YEARS].copy()
    for partner, rule in zip(UNPUBLISHED, (of_tjk, of_tkm), strict=True):
        internet.loc[partner, FILLED_YEARS] = rule(partner).to_numpy()
    return carried(internet)


def _implied(evidence: Evidence, broadband: str) -> Table:
    """Internet use that the printed index implies, in %."""
    part = without_internet(evidence, broadband, POPULATION_VINTAGE)
    low, per_unit = _scale(evidence)
    return low + (evidence.printed_index - part) * per_unit


def _scale(evidence: Evidence) -> tuple[float, float]:
    """Minimum of internet use, and % per unit of the index."""
    internet = flat(evidence.observed[INTERNET, INTERNET_VINTAGE])
    low, high = float(np.nanmin(internet)), float(np.nanmax(internet))
    return low, (high - low) / float(weights(evidence)[1])


def _implied_rows(evidence: Evidence) -> list[list[str]]:
    """What the printed cells imply, with what rounding leaves open."""
    half = EXACT * _scale(evidence)[1]
    older, newest = (_implied(evidence, vintage) for vintage in BROADBAND_VINTAGES)
    line = _rules(evidence)["line through 2013-2017"][1]
    rows = []
    for partner in UNPUBLISHED:
        for year in YEARS:
            value = older.loc[partner, year]
            known = evidence.observed[INTERNET, INTERNET_VINTAGE].loc[partner, year]
            is_filled = np.isnan(known)
            rows.append(
                [
                    partner,
                    str(year),
                    fixed(value, 2),
                    f"{fixed(value - half, 2)} to {fixed(value + half, 2)}",
                    fixed(newest.loc[partner, year], 2),
                    "" if is_filled else fixed(known, 2),
                    fixed(line(partner)[year], 2) if is_filled else "",
                ]
            )
    return rows


def _reproduced(evidence: Evidence, internet: Table, broadband: str) -> pd.DataFrame:
    """Absolute difference from the printed index in the six cells."""
    part = without_internet(evidence, broadband, POPULATION_VINTAGE)
    index = part + weights(evidence)[1] * rescaled(internet)
    return (index - evidence.printed_index).loc[list(UNPUBLISHED), FILLED_YEARS].abs()


def _rule_rows(evidence: Evidence) -> list[list[str]]:
    rows = []
    for name, (why, rule) in _rules(evidence).items():
        internet = _filled(evidence, rule, rule)
        older, newest = (_reproduced(evidence, internet, v) for v in BROADBAND_VINTAGES)
        cells = [
            f"{int((away.loc[partner] <= EXACT).sum())} / {int((away.loc[partner] <= NEAR).sum())}"
            for away, partner in ((older, "TJK"), (newest, "TJK"), (older, "TKM"))
        ]
        largest = [fixed(older.loc[partner].max(), 3) for partner in UNPUBLISHED]
        exact, near = (int((older <= limit).to_numpy().sum()) for limit in (EXACT, NEAR))
        rows.append(((-exact, -near, name), [name, why, *cells, *largest]))
    return [cells for _, cells in sorted(rows)]


def _lnnet_rows(evidence: Evidence) -> list[list[str]]:
    """Vintages and rules, one for each partner, that give the printed mean and sd of lnnet."""
    target = evidence.moments("lnnet")
    rules = {name: rule for name, (_, rule) in _rules(evidence).items() if name != "zero"}
    for_tjk, for_tkm = ([name for name in rules if name not in same] for same in SAME_AS_CARRIED)
    rows = [["printed", "", "", *(fixed(value, 3) for value in target[:2]), ""]]
    found = []
    for vintage in evidence.vintages(INTERNET):
        for of_tjk, of_tkm in itertools.product(for_tjk, for_tkm):
            internet = _filled(evidence, rules[of_tjk], rules[of_tkm], vintage)
            numbers = moments(np.log(internet))[:2]
            far = float(np.abs(numbers - target[:2]).max())
            found.append((round(far, 4), vintage, of_tjk, of_tkm, numbers))
    found.sort(key=lambda row: row[:4])
    carried = [row for row in found if row[2] == row[3] == CARRY]
    shown = found[:6] + [row for row in carried if row[:4] not in [r[:4] for r in found[:6]]]
    for _, vintage, of_tjk, of_tkm, numbers in shown:
        internet = _filled(evidence, rules[of_tjk], rules[of_tkm], INTERNET_VINTAGE)
        away = _reproduced(evidence, internet, BROADBAND_VINTAGES[0]).to_numpy()
        cells = [fixed(value, 3) for value in numbers]
        rows.append([vintage, of_tjk, of_tkm, *cells, str(int((away <= EXACT).sum()))])
    return rows


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    older, newest = BROADBAND_VINTAGES
    return {
        "fill_implied": markdown(
            [
                *("partner", "year", f"implied %, broadband {older}", "from rounding"),
                *(f"implied %, broadband {newest}", "published", "line"),
            ],
            _implied_rows(evidence),
        ),
        "fill_rules": markdown(
            [
                *("rule", "why", f"TJK of 3, broadband {older}", f"TJK of 3, broadband {newest}"),
                *("TKM of 3", "largest TJK", "largest TKM"),
            ],
            _rule_rows(evidence),
        ),
        "fill_lnnet": markdown(
            ["vintage", "rule for TJK", "rule for TKM", "mean", "sd", "index cells of 6"],
            _lnnet_rows(evidence),
        ),
    }
