"""Names, codes and places of countries beside each other: of two that are exchanged each fits.

Numeric codes of ISO 3166 were given in the order of English names, two-letter codes are mostly
letters of the three-letter ones, and distances tell where a country lies.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality.circles import WORLD_PAIRS, great_circle_km
from trade_potential.quality.cubes import Array

Parts = Mapping[str, pd.DataFrame]

OUT_OF_ORDER, IN_ORDER = 6, 3
"""Places in the order of numeric codes by which a name is off, and is not."""
NEARER = 1.2
"""Distances fit the other's place so many times better, both ways."""


def _named(countries: pd.DataFrame, pairs: Array) -> pd.Series:
    """By row the code of the country that it seems exchanged with."""
    named = pd.Series(None, index=countries.index, dtype="object")
    codes = countries["country_iso3"].to_numpy()
    for here, there in pairs:
        named.iloc[here] = f"fits {codes[there]}, and that one's fits this"
    return named


def _name_of(known: Parts) -> pd.Series:
    """Names out of the order of numeric codes that are in order once exchanged."""
    countries = known["countries"]
    plain = countries["country_name"].map(_plain).rank(method="first").to_numpy()
    place = countries["country_numeric_code"].rank(method="first").to_numpy()
    off = np.abs(plain[:, None] - place[None, :])
    own = np.diag(off)
    is_out = (own[:, None] >= OUT_OF_ORDER) & (own[None, :] >= OUT_OF_ORDER)
    return _named(countries, np.argwhere(is_out & (off <= IN_ORDER) & (off.T <= IN_ORDER)))


def _plain(name: object) -> str:
    letters = unicodedata.normalize("NFD", str(name).upper())
    return "".join(c for c in letters if c.isalpha() or c == " ")


def _iso2_of(known: Parts) -> pd.Series:
    """Two-letter codes that are no letters of their own three-letter code but of each other's."""
    countries = known["countries"]
    short, long = (countries[name].astype("str") for name in ("country_iso2", "country_iso3"))
    odd = [k for k, pair in enumerate(zip(short, long, strict=True)) if not _holds(*pair)]
    pairs = [
        (i, j)
        for i in odd
        for j in odd
        if _holds(short.iloc[i], long.iloc[j]) and _holds(short.iloc[j], long.iloc[i])
    ]
    return _named(countries, np.array(pairs, dtype="int64").reshape(-1, 2))


def _holds(short: str, long: str) -> bool:
    """Whether the letters stand in the longer code, in this order."""
    letters = iter(long)
    return all(letter in letters for letter in short)


def _place_of(known: Parts) -> pd.Series:
    """Places to which the distances of another country fit better, and the other way round."""
    countries, pairs = known["countries"], known[WORLD_PAIRS]
    held = np.isin(countries["country_iso3"], pairs["origin_code"]) & np.isfinite(
        countries["latitude_deg"].to_numpy(dtype="float64")
    )
    (rows,) = np.nonzero(held)
    codes = countries["country_iso3"].to_numpy()[rows]
    table = pairs.pivot_table(
        index="origin_code", columns="destination_code", values="distance_km", aggfunc="first"
    )
    distance = np.nan_to_num(table.reindex(index=codes, columns=codes).to_numpy(dtype="float64"))
    at = countries[["latitude_deg", "longitude_deg"]].to_numpy(dtype="float64")[rows]
    count = len(rows)
    circle = great_circle_km(np.repeat(at, count, axis=0), np.tile(at, (count, 1)))
    circle = circle.reshape(count, count)
    gap = np.array([np.abs(distance[k] - circle).mean(axis=1) for k in range(count)])
    ratio = np.diag(gap)[:, None] / gap
    return _named(countries, rows[np.argwhere((ratio > NEARER) & (ratio.T > NEARER))])


CODES: Mapping[str, Mapping[str, Callable[[Parts], pd.Series[Any]]]] = {
    "countries": {"name_of": _name_of, "iso2_of": _iso2_of, "place_of": _place_of}
}
"""Derived columns of the countries."""
