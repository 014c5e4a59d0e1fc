"""Which vintages of broadband and population give the printed index.

The printed index is .746 x broadband subscriptions + .166 x internet use + .088 x secure servers,
each rescaled to 0-1 over the 40 rows; subscriptions and servers are numbers, not per head.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from evidence import INTERNET, INTERNET_VINTAGE, ROOT, YEARS, Evidence, Table, flat
from page import fixed, markdown

BROADBAND = "IT.NET.BBND.P2"
SERVERS = "IT.NET.SECR.P6"
POPULATION = "SP.POP.TOTL"
SERVERS_VINTAGE = "2026-07-01"
EXACT = 0.0005
NEAR = 0.0015
"""A cell is exact within half of the last printed digit, near within three halves."""


def taken(indicator: str) -> str:
    """Vintage that the specification of the printed index names."""
    rows = pd.read_csv(ROOT / "seeds" / "study" / "vintage_overrides.csv")
    named = rows[(rows["spec_id"] == "study_printed") & (rows["indicator_code"] == indicator)]
    return str(named.loc[named["spec_kind"] == "index", "vintage_date"].item())


def weights(evidence: Evidence) -> np.ndarray:
    """Printed weights of the three components."""
    printed = evidence.printed["index_diagnostics"]["value"]
    return np.array([printed[f"component_weight_{k}"] for k in (1, 2, 3)])


def rescaled(values: Table) -> Table:
    """0-1 over the rows of the study."""
    x = flat(values)
    return (values - x.min()) / (x.max() - x.min())


def counts(evidence: Evidence, broadband: str, population: str) -> tuple[Table, Table]:
    """Numbers of broadband subscriptions and of servers."""
    persons = evidence.filled(POPULATION, population)[YEARS]
    subscriptions = evidence.filled(BROADBAND, broadband)[YEARS] * persons / 100
    servers = evidence.filled(SERVERS, SERVERS_VINTAGE)[YEARS] * persons / 1e6
    return subscriptions, servers


def without_internet(evidence: Evidence, broadband: str, population: str) -> Table:
    """Part of the index that does not come from internet use."""
    subscriptions, servers = counts(evidence, broadband, population)
    of_subscriptions, _, of_servers = weights(evidence)
    return of_subscriptions * rescaled(subscriptions) + of_servers * rescaled(servers)


def rebuilt(evidence: Evidence, broadband: str, population: str) -> Table:
    """The index with internet use carried forward."""
    internet = evidence.filled(INTERNET, INTERNET_VINTAGE)[YEARS]
    part = without_internet(evidence, broadband, population)
    return part + weights(evidence)[1] * rescaled(internet)


def _fit(evidence: Evidence, broadband: str, population: str) -> tuple[list[str], float]:
    away = np.abs(flat(rebuilt(evidence, broadband, population) - evidence.printed_index))
    published = flat(evidence.observed[INTERNET, INTERNET_VINTAGE].notna()) > 0
    cells = []
    for rows in (published, np.full(published.shape, True)):
        cells += [
            str(int((away[rows] <= EXACT).sum())),
            str(int((away[rows] <= NEAR).sum())),
            fixed(away[rows].max(), 3),
        ]
    return cells, float(np.sqrt((away[published] ** 2).mean()))


def _rows(evidence: Evidence) -> list[list[str]]:
    found = []
    for broadband in evidence.vintages(BROADBAND):
        for population in evidence.vintages(POPULATION):
            cells, far = _fit(evidence, broadband, population)
            found.append((round(far, 5), broadband, population, cells))
    pair = (taken(BROADBAND), taken(POPULATION))
    return [
        [
            broadband,
            population,
            *cells,
            fixed(far, 4),
            "taken" if pair == (broadband, population) else "",
        ]
        for far, broadband, population, cells in sorted(found)
    ]


def _tajikistan_rows(evidence: Evidence) -> list[list[str]]:
    """Broadband of TJK per 100 people: the figures in which the two best vintages differ."""
    rows = []
    for vintage in evidence.vintages(BROADBAND):
        values = evidence.observed[BROADBAND, vintage].loc["TJK", YEARS]
        rows.append([vintage, *("" if np.isnan(v) else fixed(v, 3) for v in values)])
    return rows


def _cell_rows(evidence: Evidence) -> list[list[str]]:
    """Cells of the taken pair that are not exact."""
    printed = evidence.printed_index
    ours = rebuilt(evidence, taken(BROADBAND), taken(POPULATION))
    published = evidence.observed[INTERNET, INTERNET_VINTAGE]
    return [
        [
            str(partner),
            str(year),
            fixed(printed.loc[partner, year], 3),
            fixed(ours.loc[partner, year], 3),
            "published" if published.notna().loc[partner, year] else "filled",
        ]
        for partner in printed.index
        for year in YEARS
        if abs(ours.loc[partner, year] - printed.loc[partner, year]) > EXACT
    ]


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    header = [
        "broadband",
        "population",
        *("exact of 34", "near of 34", "largest of 34"),
        *("exact of 40", "near of 40", "largest of 40"),
        *("rms of 34", "specification"),
    ]
    return {
        "index_vintages": markdown(header, _rows(evidence)),
        "index_tajikistan": markdown(
            ["broadband of TJK", *map(str, YEARS)], _tajikistan_rows(evidence)
        ),
        "index_cells": markdown(
            ["partner", "year", "printed", "rebuilt", "internet use"], _cell_rows(evidence)
        ),
    }
