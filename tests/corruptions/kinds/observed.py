"""Figures that take the place of others: of another indicator, country or vintage."""

from typing import Literal

import pandas as pd

from .changes import chain
from .form import Case, Change
from .indicators import HEAD_REAL, PEOPLE


def from_indicator(code: str) -> Change:
    """The figures of another indicator of the same economy and year, of its newest vintage."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        part["observed_value"] = figures_of(code, part, case).fillna(part["observed_value"])
        return part

    return change


def figures_of(code: str, part: pd.DataFrame, case: Case) -> pd.Series:
    """Newest figures of an indicator for the economies and years of `part`."""
    known = case.frames["observations"]
    known = known[known["indicator_code"] == code]
    newest = known[known["vintage_date"] == known["vintage_date"].max()]
    figures = newest.set_index(["country_code", "year"])["observed_value"]
    return pd.Series(
        figures.reindex(pd.MultiIndex.from_frame(part[["country_code", "year"]])).to_numpy(),
        index=part.index,
    )


def times_indicator(code: str, power: int = 1) -> Change:
    """Total for a figure per head (power 1), or per head for a total (-1)."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        part["observed_value"] = (
            part["observed_value"] * figures_of(code, part, case) ** power
        ).fillna(part["observed_value"])
        return part

    return change


def in_constant_prices(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """GDP at prices of 2015: GDP of 2015 times real growth (per head, times population)."""
    real = chain(from_indicator(HEAD_REAL), times_indicator(PEOPLE))(part.copy(), case)[
        "observed_value"
    ]
    base = part["year"] == 2015
    part["observed_value"] = real * (part.loc[base, "observed_value"].iloc[0] / real[base].iloc[0])
    return part


def with_other_country(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The other country's newest figures of the same indicator are counted as well."""
    part["observed_value"] += _of_other(part, case).fillna(0.0)
    return part


def of_other_country(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The other country's newest figures of the same indicator, in every vintage."""
    part["observed_value"] = _of_other(part, case).fillna(part["observed_value"])
    return part


def _of_other(part: pd.DataFrame, case: Case) -> pd.Series:
    code = str(part["indicator_code"].iloc[0])
    return figures_of(code, part.assign(country_code=case.economy.other), case)


def of_older_vintage(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """A stale vintage under the newest date: the last figures before it."""
    return _of_vintage(part, case, keep="last")


def of_oldest_vintage(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The oldest vintage under the newest date."""
    return _of_vintage(part, case, keep="first")


def _of_vintage(part: pd.DataFrame, case: Case, *, keep: Literal["first", "last"]) -> pd.DataFrame:
    keys = ["indicator_code", "country_code", "year"]
    newest = case.frames["observation_vintages"].groupby("indicator_code")["vintage_date"].max()
    both = pd.concat([case.frames["observations"], case.frames["world_observations"]])
    older = both[both["vintage_date"] < both["indicator_code"].map(newest)]
    older = older.sort_values("vintage_date", kind="stable")
    figures = older.drop_duplicates(keys, keep=keep).set_index(keys)["observed_value"]
    stale = figures.reindex(pd.MultiIndex.from_frame(part[keys])).to_numpy()
    part["observed_value"] = pd.Series(stale, index=part.index).fillna(part["observed_value"])
    return part


def editions_repeated(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """The scores of each economy in the edition before are delivered again."""
    part = part.sort_values(["indicator_code", "country_code", "year"], kind="stable")
    before = part.groupby(["indicator_code", "country_code"])["observed_value"].shift(1)
    part["observed_value"] = before.fillna(part["observed_value"])
    return part
