"""What the printed K themselves say about the regression behind them.

A printed K gives its prediction, trade / K, and its residual, trade - trade / K. Least squares
leaves residuals that are orthogonal to everything in the regression.
"""

from __future__ import annotations

import numpy as np
from evidence import INTERNET, YEARS, Evidence, Table, flat
from page import fixed, markdown
from regressors import VARIABLES, Regressor, regressors, without, year_dummies

TOLERANCE = 0.1
"""Vintages of one series move a correlation by up to about .08."""
BILLION = 1e9


def implied_residuals(evidence: Evidence, trade: Table) -> Table:
    """Trade less what the printed K says was predicted, US$; missing where K is a dash."""
    return trade - trade / evidence.printed_k


def has_k(evidence: Evidence) -> np.ndarray:
    """Which of the 40 rows have a printed K."""
    return ~np.isnan(flat(evidence.printed_k))


def orthogonality(
    evidence: Evidence, values: np.ndarray, effects: np.ndarray, trade: Table | None = None
) -> float:
    """Correlation of the implied residuals with a regressor, net of effects."""
    rows = has_k(evidence)
    outcome = evidence.trade if trade is None else trade
    residuals = flat(implied_residuals(evidence, outcome))[rows]
    x, e = (without(effects[rows], v) for v in (values[rows] / np.abs(values).max(), residuals))
    return float(x @ e / np.sqrt((x @ x) * (e @ e)))


def _balance_rows(evidence: Evidence) -> list[list[str]]:
    rows = []
    residuals = {
        "total": implied_residuals(evidence, evidence.trade),
        **{flow: implied_residuals(evidence, v) for flow, v in sorted(evidence.flows.items())},
    }
    k = evidence.printed_k
    for year in [*YEARS, "all"]:
        years = YEARS if year == "all" else [year]
        trade = evidence.trade.where(k.notna())[years].to_numpy()
        line = [str(year), str(int(k[years].notna().to_numpy().sum()))]
        line.append(fixed(np.nansum(trade) / BILLION, 2))
        for name, values in residuals.items():
            base = evidence.trade if name == "total" else evidence.flows[name]
            total = np.nansum(values[years])
            share = 100 * total / np.nansum(base.where(k.notna())[years])
            line += [fixed(total / BILLION, 2), fixed(share, 1)]
        rows.append(line)
    return rows


def _partner_rows(evidence: Evidence) -> list[list[str]]:
    """Sums of the implied residuals by partner."""
    k = evidence.printed_k
    e = implied_residuals(evidence, evidence.trade)
    rows = []
    for partner in k.index:
        base = evidence.trade.loc[partner][k.loc[partner].notna()].sum()
        total = e.loc[partner].sum()
        rows.append(
            [
                str(partner),
                fixed(base / BILLION, 2),
                fixed(total / BILLION, 2),
                fixed(100 * total / base, 1),
            ]
        )
    return rows


def _rows_of_sample(evidence: Evidence) -> list[list[str]]:
    """Which published figures coincide with the rows that have a printed K."""
    rows = []
    printed = has_k(evidence)
    for name, indicator in (
        ("internet use", INTERNET),
        ("fixed broadband", "IT.NET.BBND.P2"),
        ("goods trade in % of GDP", "TG.VAL.TOTL.GD.ZS"),
        ("GDP per capita, PPP", "NY.GDP.PCAP.PP.CD"),
        ("consumer prices", "IMF.WEO.PCPI"),
        ("secure servers", "IT.NET.SECR.P6"),
    ):
        for vintage in evidence.vintages(indicator):
            known = ~np.isnan(flat(evidence.observed[indicator, vintage]))
            rows.append([name, vintage, str(known.sum()), str(int((known != printed).sum()))])
    order = sorted(rows, key=lambda row: (int(row[3]), row[0] != "internet use"))
    return order[:4] + [row for row in order[4:] if row[0] not in {r[0] for r in order[:4]}][:5]


def _orthogonality_rows(evidence: Evidence) -> list[list[str]]:
    """One row per series and form, with the range over its variants."""
    groups: dict[tuple[str, str, str, str], list[Regressor]] = {}
    for r in regressors(evidence):
        groups.setdefault((r.variable, r.series, r.form, r.reason), []).append(r)
    constant = np.ones((len(year_dummies()), 1))
    rows = []
    for (variable, series, form, reason), alike in groups.items():
        within = [orthogonality(evidence, r.values, year_dummies()) for r in alike]
        pooled = [orthogonality(evidence, r.values, constant) for r in alike]
        passing = sum(abs(value) <= TOLERANCE for value in within)
        verdict = {0: "none", len(alike): "all"}.get(passing, f"{passing} of {len(alike)}")
        name = f"{series} oil" if series.endswith(" x") else series
        cells = [variable, f"ln {name}" if form == "ln" else name, reason, str(len(alike))]
        size = (VARIABLES.index(variable), round(min(map(abs, within)), 3), form, series)
        rows.append((size, [*cells, _range(within), _range(pooled), verdict]))
    return [cells for _, cells in sorted(rows)]


def _range(values: list[float]) -> str:
    low, high = fixed(min(values), 2), fixed(max(values), 2)
    return low if low == high else f"{low} to {high}"


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    flows = ("total", "exports", "imports")
    sums = [label for flow in flows for label in (f"{flow}: sum", "%")]
    return {
        "k_balance": markdown(
            ["year", "printed K", "trade, bn US$", *sums], _balance_rows(evidence)
        ),
        "k_partners": markdown(
            ["partner", "trade, bn US$", "sum of residuals", "%"], _partner_rows(evidence)
        ),
        "k_rows": markdown(
            ["published", "vintage", "rows of 40", "unlike the printed K"],
            _rows_of_sample(evidence),
        ),
        "k_orthogonality": markdown(
            ["printed", "form", "why", "variants", "within years", "pooled", "at most .1"],
            _orthogonality_rows(evidence),
        ),
    }
