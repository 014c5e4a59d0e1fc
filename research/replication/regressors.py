"""Forms in which each printed regressor can have entered the regression behind the printed K."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from evidence import INTERNET, PARTNERS, YEARS, ZERO_INDEX, Evidence, Table, flat
from oil_distance import distance
from price_index import TAKEN_VINTAGE, bases, mixed

VARIABLES = ("lnPgdp", "lnpop", "cbec", "lnnet", "lncpi", "lnopen", "lndist")


@dataclass(frozen=True)
class Regressor:
    """One form of one printed regressor.

    Attributes:
        variable: Printed name.
        series: What is measured.
        variant: Vintage, base or oil price.
        form: ln or level.
        reason: Why the series is a candidate.
        is_first: Whether the descriptives point to the variant, or it is the usual alternative.
        values: 40 values, partner by partner.
    """

    variable: str
    series: str
    variant: str
    form: str
    reason: str
    is_first: bool
    values: np.ndarray

    @property
    def name(self) -> str:
        """Name for a list of regressors."""
        name = f"{self.series} {self.variant}".strip()
        return f"ln {name}" if self.form == "ln" else name


FIRST = {
    *("GDP pc PPP 2023-06", "GDP pc US$ 2022-09", "population 2022-09", "index ", "CPI 2010"),
    *(
        "internet 2023-11",
        "CPI TKM prev.",
        "openness 2022-05",
        "capitals ",
        "capitals x real Brent",
    ),
}
"""Series and variants that the descriptives point to, and the usual alternatives."""

Series = dict[str, tuple[str, dict[str, Table]]]
"""Reason and variants of each series."""


def _by_vintage(evidence: Evidence, indicator: str) -> dict[str, Table]:
    return {v[:7]: evidence.filled(indicator, v) for v in evidence.vintages(indicator)}


def _incomes(evidence: Evidence) -> Series:
    dollars = evidence.filled("NY.GDP.MKTP.CD", "2022-09-16")
    persons = evidence.filled("SP.POP.TOTL", "2022-09-16")
    return {
        "GDP pc PPP": (
            "current PPP $, gives the printed descriptives",
            _by_vintage(evidence, "NY.GDP.PCAP.PP.CD"),
        ),
        "GDP pc PPP const.": (
            "constant PPP $, the series beside it",
            _by_vintage(evidence, "NY.GDP.PCAP.PP.KD"),
        ),
        "GDP pc US$": ("US$ of the day, as trade is", {"2022-09": dollars / persons}),
        "GDP US$": ("size instead of wealth", {"2022-09": dollars}),
    }


def _prices(evidence: Evidence) -> Series:
    def previous(*partners: str) -> dict[str, Table]:
        return {"": mixed(evidence, TAKEN_VINTAGE, partners)}

    return {
        "CPI 2010": ("one base for all", previous()),
        "CPI TKM prev.": ("taken for lncpi", previous("TKM")),
        "CPI TJK prev.": ("rival for lncpi", previous("TJK")),
        "CPI KAZ prev.": ("rival for lncpi", previous("KAZ")),
        "CPI UZB+TKM prev.": ("the two with the fewest published prices", previous("UZB", "TKM")),
        "CPI prev.": ("one base for all", previous(*PARTNERS)),
        "CPI published": ("not rebased", {"": bases(evidence, TAKEN_VINTAGE)["published"]}),
    }


def _distances(evidence: Evidence) -> Series:
    found: Series = {}
    for measure, short in (
        ("distance_capitals_km", "capitals"),
        ("distance_km", "simple"),
        ("distance_weighted_km", "weighted"),
    ):
        found[f"{short}"] = ("distance alone", {"": distance(evidence, measure, "none")})
        found[f"{short} x"] = (
            "transport cost",
            {
                "real Brent": distance(evidence, measure, "brent_real_2022"),
                "Brent": distance(evidence, measure, "brent_nominal"),
            },
        )
    return found


def regressors(evidence: Evidence) -> list[Regressor]:
    """All candidates."""
    index = evidence.printed_index.clip(lower=ZERO_INDEX)
    series: dict[str, Series] = {
        "lnPgdp": _incomes(evidence),
        "lnpop": {"population": ("size of the partner", _by_vintage(evidence, "SP.POP.TOTL"))},
        "cbec": {"index": ("the printed index itself", {"": index})},
        "lnnet": {"internet": ("users in %", _by_vintage(evidence, INTERNET))},
        "lncpi": _prices(evidence),
        "lnopen": {
            "openness": ("goods trade in % of GDP", _by_vintage(evidence, "TG.VAL.TOTL.GD.ZS"))
        },
        "lndist": _distances(evidence),
    }
    return [
        Regressor(
            variable=variable,
            series=name,
            variant=variant,
            form=form,
            reason=why,
            is_first=f"{name} {variant}" in FIRST or f"{name}{variant}" in FIRST,
            values=np.log(flat(values)) if form == "ln" else flat(values),
        )
        for variable, of_variable in series.items()
        for name, (why, variants) in of_variable.items()
        for variant, values in variants.items()
        for form in ("ln", "level")
    ]


def year_dummies() -> np.ndarray:
    """One column per year, 40 rows."""
    years = np.tile(YEARS, len(PARTNERS))
    return pd.get_dummies(pd.Series(years)).to_numpy(dtype=float)


def without(effects: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values less their projection on effects."""
    b, *_ = np.linalg.lstsq(effects, values, rcond=None)
    return values - effects @ b
