"""Which bases of the price index give the printed descriptives of lncpi."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from evidence import PARTNERS, YEARS, Evidence, Table, moments
from page import fixed, markdown

INDEX = "IMF.WEO.PCPI"
INFLATION = "IMF.WEO.PCPIPCH"
TAKEN_VINTAGE = "2023-10-15"
"""The newest that is not later than the as-of date of the study, the rule of the panel."""
BASES = {
    "2010": "2010 = 100: one base for all, as the other price indices of international statistics",
    "previous": "previous year = 100: how statistical offices of the region quote their index",
    "published": "base of the source, which differs by country: downloaded and not rebased",
}
SHOWN = 8


def bases(evidence: Evidence, vintage: str) -> dict[str, Table]:
    """The price index of a vintage on each base."""
    index = evidence.filled(INDEX, vintage)
    return {
        "2010": index.div(index[2010], axis=0) * 100,
        "previous": index / index.shift(1, axis=1) * 100,
        "published": index,
    }


def mixed(evidence: Evidence, vintage: str, previous: tuple[str, ...]) -> Table:
    """2010 = 100, but the previous year = 100 for the partners named."""
    on = bases(evidence, vintage)
    index = on["2010"].copy()
    index.loc[list(previous)] = on["previous"].loc[list(previous)]
    return index[YEARS]


def gap(values: Table, target: np.ndarray) -> float:
    """Root mean square of the differences of mean, sd, minimum and maximum of the logarithm."""
    return float(np.sqrt(((moments(np.log(values)) - target) ** 2).mean()))


def _combinations(evidence: Evidence) -> pd.DataFrame:
    """Every assignment of a base to each partner, in every vintage.

    A published base that is 2010 is not a case of its own.
    """
    target = evidence.moments("lncpi")
    found = []
    for vintage in evidence.vintages(INDEX):
        on = {base: table[YEARS] for base, table in bases(evidence, vintage).items()}
        is_2010 = np.isclose(on["published"], on["2010"], rtol=1e-6).all(axis=1)
        choices = [[base for base in on if base != "published" or not same] for same in is_2010]
        for choice in itertools.product(*choices):
            values = _chosen(on, choice)
            found.append((vintage, choice, gap(values, target), moments(np.log(values))))
    return pd.DataFrame(found, columns=["vintage", "choice", "gap", "moments"])


def _chosen(on: dict[str, Table], choice: tuple[str, ...]) -> Table:
    rows = [on[base].loc[partner] for partner, base in zip(PARTNERS, choice, strict=True)]
    return pd.DataFrame(rows, PARTNERS)


def _base_rows(evidence: Evidence, found: pd.DataFrame) -> list[list[str]]:
    """Best vintage of the best combinations, and of those with one base for all."""
    found = found.assign(rounded=found["gap"].round(4)).sort_values(["rounded", "vintage"])
    of_each = found.drop_duplicates("choice")
    pure = of_each["choice"].map(lambda choice: len(set(choice)) == 1)
    rows = [["printed", "", "", "", "", "", *_numbers(evidence.moments("lncpi")), ""]]
    for _, row in pd.concat([of_each[~pure].head(SHOWN), of_each[pure]]).iterrows():
        names = [base.replace("previous", "prev.") for base in row["choice"]]
        rows.append([*names, row["vintage"], *_numbers(row["moments"]), fixed(row["gap"], 3)])
    return rows


def _vintage_rows(found: pd.DataFrame) -> list[list[str]]:
    """The three best readings in every vintage, those with the same figures in one row."""
    rows = []
    for partner in ("TKM", "TJK", "KAZ"):
        choice = tuple("previous" if name == partner else "2010" for name in PARTNERS)
        of_partner = found[found["choice"] == choice]
        alike: dict[tuple[str, ...], list[str]] = {}
        for _, row in of_partner.sort_values("vintage").iterrows():
            figures = (*_numbers(row["moments"]), fixed(row["gap"], 3))
            alike.setdefault(figures, []).append(row["vintage"])
        rows += [[partner, ", ".join(vintages), *figures] for figures, vintages in alike.items()]
    return rows


def _numbers(values: np.ndarray) -> list[str]:
    return [fixed(value, 3) for value in values]


def _other_rows(evidence: Evidence) -> list[list[str]]:
    """Readings other than a base per partner, in the vintage that is taken."""
    inflation = evidence.filled(INFLATION, TAKEN_VINTAGE)[YEARS]
    on = bases(evidence, TAKEN_VINTAGE)
    readings = {
        "100 + inflation, all": (100 + inflation, "the published rate instead of the index"),
        "100 + inflation, TKM": (
            on["2010"][YEARS].where(on["2010"].index.to_series() != "TKM", 100 + inflation),
            "as taken, with the published rate for TKM",
        ),
        "2010, TKM previous (taken)": (mixed(evidence, TAKEN_VINTAGE, ("TKM",)), "see above"),
        "2010, TJK previous (rival)": (mixed(evidence, TAKEN_VINTAGE, ("TJK",)), "see above"),
        "2010, TKM and UZB previous": (
            mixed(evidence, TAKEN_VINTAGE, ("TKM", "UZB")),
            "the two partners with the fewest published consumer prices",
        ),
        "2012 = 100, all": (on["2010"].div(on["2010"][2012], axis=0) * 100, "year before study"),
        "2013 = 100, all": (on["2010"].div(on["2010"][2013], axis=0) * 100, "first year of study"),
    }
    target = evidence.moments("lncpi")
    rows = []
    for name, (values, why) in readings.items():
        numbers = moments(np.log(values[YEARS]))
        far = gap(values[YEARS], target)
        rows.append([name, why, *_numbers(numbers), fixed(far, 3)])
    return rows


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    numbers = ["mean", "sd", "min", "max", "gap"]
    found = _combinations(evidence)
    return {
        "price_reasons": markdown(["base", "why"], BASES.items()),
        "price_bases": markdown(
            [*PARTNERS, "vintage", *numbers],
            _base_rows(evidence, found),
        ),
        "price_vintages": markdown(
            ["previous year = 100", "vintages", *numbers], _vintage_rows(found)
        ),
        "price_readings": markdown(["reading", "why", *numbers], _other_rows(evidence)),
    }
