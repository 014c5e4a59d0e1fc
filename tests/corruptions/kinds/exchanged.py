"""Columns, places, pairs and short series that are exchanged or read wrongly."""

import numpy as np
import pandas as pd

from .changes import countries_swapped
from .form import FORMS, Case, Change, Pick

HALF_WAY_ROUND_KM, ALL_ROUND_KM = 20_015.0, 40_030.0


def other_way_round(*columns: str) -> Change:
    """The longer arc of the great circle."""

    def change(part: pd.DataFrame, _: Case) -> pd.DataFrame:
        for column in columns:
            part[column] = ALL_ROUND_KM - part[column]
        return part

    return change


def copied_pairs(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """All distances and ties of the economy are those of the other (both stand in `part`)."""
    first, second = FORMS[case.file].codes
    one, two = case.economy.iso3, case.economy.other
    of_two = part[
        ((part[first] == two) | (part[second] == two))
        & (part[first] != one)
        & (part[second] != one)
    ]
    copies = of_two.assign(
        **{column: of_two[column].replace({two: one}) for column in (first, second)}
    )
    return pd.concat([part, copies]).drop_duplicates([first, second], keep="last")


def column_swapped(*columns: str) -> Change:
    """Two countries have each other's values in these columns."""

    def change(part: pd.DataFrame, _: Case) -> pd.DataFrame:
        for column in columns:
            part[column] = part[column].to_numpy()[::-1]
        return part

    return change


places_swapped = column_swapped("latitude_deg", "longitude_deg")


def spells_swapped(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Agreements of two economies under each other's code; the codes of a pair are in order."""
    part = countries_swapped(part, case)
    codes = np.sort(part[["country_code_a", "country_code_b"]].to_numpy(dtype=str), axis=1)
    return part.assign(
        country_code_a=codes[:, 0].astype(object), country_code_b=codes[:, 1].astype(object)
    )


def since(year: int) -> Pick:
    """Spells that begin in a year or later."""
    return lambda case: case.frames[case.file]["from_year"] >= year


def inverted(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """One over the figure."""
    figure = FORMS[case.file].figure
    part[figure] = 1 / part[figure]
    return part


def real_for_nominal(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """Prices of US$ of 2022 and of the day under each other's name, in the years that both have."""
    names = {"brent_nominal": "brent_real_2022", "brent_real_2022": "brent_nominal"}
    years = set(part.loc[part["benchmark"] == "brent_real_2022", "year"])
    part["benchmark"] = (
        part["benchmark"].replace(names).where(part["year"].isin(years), part["benchmark"])
    )
    return part


def exports_as_imports_of_country(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """The column of exports copied into that of imports."""
    exports = part[part["flow"] == "export"].set_index(["country_code", "year"])["trade_usd"]
    place = pd.MultiIndex.from_frame(part[["country_code", "year"]])
    part["trade_usd"] = exports.reindex(place).to_numpy()
    return part


def _quoted_by_year(part: pd.DataFrame) -> pd.Series:
    return part.drop_duplicates("year").set_index("year")["volume_tn"].sort_index()


def volumes_late(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """Each quotation has the figure of the year before."""
    known = _quoted_by_year(part)
    part["volume_tn"] = part["year"].map(known.shift(1)).fillna(part["volume_tn"])
    return part


def volumes_repeated(first: int) -> Change:
    """The figure of one year for all later ones."""

    def change(part: pd.DataFrame, _: Case) -> pd.DataFrame:
        part["volume_tn"] = part["volume_tn"].where(
            part["year"] < first, _quoted_by_year(part)[first]
        )
        return part

    return change


def dates_later(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """Vintages under a date of a month later than their figures have."""
    return part.assign(vintage_date=pd.to_datetime(part["vintage_date"]) + pd.DateOffset(months=1))
