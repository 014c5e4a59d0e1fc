"""Which distance and which oil price give the printed descriptives of lndist."""

from __future__ import annotations

import numpy as np
import pandas as pd
from evidence import YEARS, Evidence, Table, moments, spread
from page import fixed, markdown

DISTANCES = {
    "distance_capitals_km": "capital to capital, the usual distance of gravity studies",
    "distance_km": "largest city to largest city, the first column of the same file",
    "distance_weighted_km": "weighted by the population of cities, the last column of the file",
}
OIL = {
    "brent_real_2022": "Brent in prices of 2022: a long table of real and nominal prices",
    "brent_nominal": "Brent as quoted",
    "wti_nominal": "West Texas as quoted: the benchmark of US sources",
    "opec_basket_nominal": "basket of OPEC as quoted: no figures after 2017 here, so not compared",
    "none": "distance alone, the usual gravity model",
}


def distance(evidence: Evidence, measure: str, benchmark: str) -> Table:
    """Distance in km times the price of oil in US$ per barrel."""
    ones = pd.Series(1.0, YEARS)
    price = ones if benchmark == "none" else evidence.oil.loc[benchmark]
    return spread(evidence.distances[measure], price)


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    target = evidence.moments("lndist")
    rows = []
    for measure in DISTANCES:
        for benchmark in OIL:
            values = moments(np.log(distance(evidence, measure, benchmark)))
            rows.append(
                (float(np.sqrt(((values - target) ** 2).mean())), measure, benchmark, values)
            )
    rows = [row for row in rows if np.isfinite(row[0])]  # OPEC has no figures after 2017
    rows.sort(key=lambda row: (round(row[0], 3), row[1], row[2]))
    return {
        "distance_candidates": markdown(
            ["distance", "oil price", "mean", "sd", "min", "max", "gap"],
            [
                ["printed", "", *(fixed(value, 3) for value in target), ""],
                *(
                    [measure, benchmark, *(fixed(v, 3) for v in values), fixed(far, 3)]
                    for far, measure, benchmark, values in rows
                ),
            ],
        ),
        "distance_reasons": markdown(["candidate", "why"], [*DISTANCES.items(), *OIL.items()]),
    }
