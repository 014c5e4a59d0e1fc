"""Distances beside great circles, and beside the same distances in the other input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Parts = Mapping[str, pd.DataFrame]
Array = npt.NDArray[Any]

WORLD_PAIRS = "pairs of the world"
DISTANCES = ("distance_km", "distance_capitals_km", "distance_weighted_km")
TIES = ("is_contiguous", "has_common_official_language", "had_colonial_tie")
EARTH_RADIUS_KM = 6371.0
FAR_KM = 3000.0
"""Great circle beside which the size of most countries is small."""
FEWEST = 10
"""Far partners below which a median tells nothing."""

PAIRS_SQL = """
select
    origin_code,
    destination_code,
    distance_km,
    distance_capitals_km,
    distance_weighted_km,
    is_contiguous,
    has_common_official_language,
    had_colonial_tie
from input
"""


def great_circle_km(one: Array, other: Array) -> Array:
    """Great circles between places given as latitude and longitude in degrees (haversine)."""
    (lat, lon), (to_lat, to_lon) = np.radians(one.T), np.radians(other.T)
    haversine = (
        np.sin((to_lat - lat) / 2) ** 2
        + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    )
    circle: Array = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(haversine))
    return circle


def places(known: Parts, codes: pd.Series) -> Array:
    """Latitude and longitude of the centre of each economy."""
    centres = known["countries"].drop_duplicates("country_iso3").set_index("country_iso3")
    rows = centres[["latitude_deg", "longitude_deg"]].reindex(codes)
    return rows.to_numpy(dtype="float64")


def world_origins(known: Parts) -> pd.DataFrame:
    """One row per economy of the world's pairs."""
    pairs = known[WORLD_PAIRS]
    return _origins(known, pairs, "origin_code", "destination_code")


def national_origins(known: Parts) -> pd.DataFrame:
    """One row per reporter of the national pairs."""
    return _origins(known, known["country_pairs"], "reporter_code", "partner_code")


def _origins(known: Parts, pairs: pd.DataFrame, origin: str, destination: str) -> pd.DataFrame:
    """Distances of an economy over great circles, the median over far partners."""
    circle = great_circle_km(places(known, pairs[origin]), places(known, pairs[destination]))
    columns = {}
    for distance in DISTANCES:
        over = pairs[distance].to_numpy() / np.where(circle > FAR_KM, circle, np.nan)
        grouped = pd.Series(over).groupby(pairs[origin].to_numpy())
        name = distance.replace("_km", "_over_circle")
        columns[name] = grouped.median().where(grouped.count() >= FEWEST)
    return pd.DataFrame(columns).rename_axis(origin).reset_index()


def _great_circle_gap_km(known: Parts) -> pd.Series:
    pairs = known["country_pairs"]
    ends = (places(known, pairs[name]) for name in ("reporter_code", "partner_code"))
    return pairs["distance_km"] - great_circle_km(*ends)


def _of_today(known: Parts) -> dict[str, str]:
    """Codes of today by those of the source that are explained."""
    mapped = known["country_code_mappings"].dropna(subset=["source_code", "country_iso3"])
    return dict(zip(mapped["source_code"], mapped["country_iso3"], strict=True))


def pairs_left_out(known: Parts) -> set[tuple[str, str]]:
    """Pairs of the world's that a reporter of the national pairs lacks."""
    pairs, world = known["country_pairs"], known[WORLD_PAIRS]
    partner = pairs["partner_code"].replace(_of_today(known))
    held = set(zip(pairs["reporter_code"], partner, strict=True))
    world = world[world["origin_code"].isin(pairs["reporter_code"])]
    return set(zip(world["origin_code"], world["destination_code"], strict=True)) - held


def _of_the_world(known: Parts, names: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Columns of the national pairs and the same of the world's, row by row."""
    keys = {"origin_code": "reporter_code", "destination_code": "partner_code"}
    pairs, world = known["country_pairs"], known[WORLD_PAIRS].rename(columns=keys)
    same, today = list(keys.values()), _of_today(known)
    world = world.drop_duplicates(same)[[*same, *names]]
    named = pairs[same].assign(partner_code=pairs["partner_code"].replace(today))
    held = named.merge(world, how="left", on=same).set_axis(pairs.index)
    return pairs[list(names)], held[list(names)]


def _world_distance_factor(known: Parts) -> pd.Series:
    """Largest factor between a distance and the same among the world's pairs."""
    own, world = _of_the_world(known, DISTANCES)
    ratio = own / world
    factor: pd.Series = pd.concat([ratio, 1 / ratio], axis=1).max(axis=1)
    return factor.where(world["distance_km"].notna())


def _unlike_ties(known: Parts) -> pd.Series:
    """Ties that the world's pairs do not have, or have and this one has not."""
    own, world = _of_the_world(known, TIES)
    unlike = (own.astype("object") != world.astype("object")).sum(axis=1).astype("float64")
    return unlike.where(world[TIES[0]].notna())


CIRCLES: Mapping[str, Mapping[str, Callable[[Parts], pd.Series[Any]]]] = {
    "country_pairs": {
        "great_circle_gap_km": _great_circle_gap_km,
        "world_distance_factor": _world_distance_factor,
        "unlike_ties": _unlike_ties,
    }
}
"""Derived columns of the national pairs."""
