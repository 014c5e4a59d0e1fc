"""What checks look at instead of rows: one row per series, economy, pair or year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from trade_potential.quality import circles, identities, mirrors, ties, totals, world
from trade_potential.quality.levels import Known

NEWEST_SPELL = "newest spell"
NEWEST_SQL = (
    "select 'all spells' as spells, cast(max(to_year) - max(from_year) as double)"
    " as years_without_new from input"
)
PARTS: Mapping[str, tuple[str, str]] = {
    totals.REPEATS: ("world_trade", totals.REPEATS_SQL),
    totals.COPIES: ("world_trade", totals.COPIES_SQL),
    mirrors.LISTED: ("trade_flows", mirrors.LISTED_SQL),
    NEWEST_SPELL: ("agreement_spells", NEWEST_SQL),
    circles.WORLD_PAIRS: ("world_pairs", circles.PAIRS_SQL),
    ties.SPELLS: ("agreement_spells", ties.SPELLS_SQL),
    ties.IN_AGREEMENTS: ("agreement_spells", ties.IN_AGREEMENTS_SQL),
}
"""What is asked of all rows for them, by part: the input and the query."""


class Frame(NamedTuple):
    """What checks look at instead of rows.

    Attributes:
        key: Columns that name a row of it.
        made: From the parts and from inputs by name. A column `suite` parts it among inputs.
    """

    key: tuple[str, ...]
    made: Callable[[Known], pd.DataFrame]


SERIES = Frame(("indicator_code", "country_code", "vintage_date"), lambda known: known.series)

FRAMES: Mapping[str, Mapping[str, Frame]] = {
    "observations": {
        "series": SERIES,
        "economies": Frame(("country_code",), identities.economies),
        "peers": Frame(("indicator_code", "country_code"), identities.peers),
        "scores": Frame(("country_code", "year"), identities.scores),
        "editions": Frame(("indicator_code", "country_code", "year"), identities.editions),
    },
    "trade_flows": {
        "partners": Frame(("reporter_code", "flow", "partner_code"), mirrors.partners),
        "years": Frame(("reporter_code", "flow", "year"), mirrors.years),
    },
    "country_pairs": {"origins": Frame(("reporter_code",), circles.national_origins)},
    "world_trade": {
        "economies": Frame(("country_code", "flow", "year"), world.economies),
        "years": Frame(("year",), world.years),
        "witness": Frame(("flow", "year"), world.witness),
        "whole": Frame(("flows",), world.whole),
        "totals": Frame(("country_code",), totals.totals),
        "exporters": Frame(("exporter_code",), totals.exporters),
    },
    "agreement_spells": {
        "whole": Frame(("spells",), lambda known: known[NEWEST_SPELL]),
        "spells": Frame(("country_code_a", "country_code_b", "from_year"), ties.spells),
        "traders": Frame(("country_code",), ties.traders),
    },
    "world_pairs": {
        "origins": Frame(("origin_code",), circles.world_origins),
        "traders": Frame(("country_code",), ties.traders),
        "borders": Frame(("origin_code",), ties.borders),
    },
    "world_observations": {
        "series": SERIES,
        "vintages": Frame(("indicator_code", "vintage_date"), world.vintages),
        "extremes": Frame(("indicator_code", "country_code", "year"), world.extremes),
    },
}


def frame_of(suite: str, of: str, known: Known) -> pd.DataFrame:
    """The frame that checks of a suite look at; without columns where it cannot be made."""
    try:
        frame = FRAMES[suite][of].made(known)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return pd.DataFrame()
    if "suite" in frame:
        frame = frame[frame["suite"] == suite]
    return frame.reset_index(drop=True)


def key_of(suite: str, of: str) -> tuple[str, ...]:
    """Columns that name a row of the frame."""
    return FRAMES[suite][of].key
