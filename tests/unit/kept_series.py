"""Small inputs whose series a release keeps."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from trade_potential.quality.before import compared
from trade_potential.quality.series import series_of
from trade_potential.release.series import (
    Kept,
)

Frames = dict[str, pd.DataFrame]

RELEASE = "release 000001-0a1b2c3d of 2026-11-29"
RATES = "seeds/inputs/exchange_rates.csv"
DECLARED = pd.DataFrame(
    [
        ("sources", "source_id", "source_id"),
        ("exchange_rates", "country_code, year", "country_code, year"),
        ("country_pairs", "reporter_code, partner_code", "reporter_code, partner_code"),
        (
            "observations",
            "indicator_code, country_code, year",
            "indicator_code, country_code, year, vintage_date",
        ),
    ],
    columns=["input_name", "key_columns", "row_key"],
).assign(
    place=lambda of: "seeds/inputs/" + of["input_name"] + ".csv", kind="seed", gate_max_rows=1000
)


def clean() -> Frames:
    """Two currencies, a pair, one indicator in two vintages."""
    return {
        "sources": pd.DataFrame(
            {
                "source_id": ["fx", "geo", "fx2"], "vintage": ["2025", "2011", "2025"],
                "retrieved": "a copy", "caveat": "none",
            }
        ),
        "exchange_rates": pd.DataFrame(
            {
                "country_code": ["CHN"] * 3 + ["JPN"] * 3, "currency": ["CNY"] * 3 + ["JPY"] * 3,
                "source_id": "fx", "year": [2010, 2011, 2012] * 2,
                "lcu_per_usd": [6.8, 6.5, 6.3, 87.8, 79.8, 79.8],
            }
        ),
        "country_pairs": pd.DataFrame(
            {
                "reporter_code": ["CHN"], "partner_code": ["JPN"], "source_id": ["geo"],
                "distance_km": [2098.0], "distance_capitals_km": [2103.5], "is_contiguous": [False],
            }
        ),
        "observations": pd.DataFrame(
            {
                "indicator_code": "SP.POP.TOTL", "country_code": "CHN",
                "year": [2010, 2011] * 2, "vintage_date": ["2024-01-01"] * 2 + ["2025-01-01"] * 2,
                "observed_value": [1.34e9, 1.35e9, 1.337e9, 1.345e9], "is_estimate": False,
            }
        ),
    }  # fmt: skip


def beside(frames: Frames, before: Kept) -> pd.DataFrame:
    """The series of inputs beside a release before."""
    return compared(series_of(frames, DECLARED), before, frames, DECLARED)


def beside_clean(frames: Frames) -> pd.DataFrame:
    """The same beside a release of the clean inputs."""
    return beside(frames, Kept(RELEASE, series_of(clean(), DECLARED)))


def changed(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Frames:
    """The inputs with one of them another."""
    frames = clean()
    return frames | {name: change(frames[name])}


def of_rate(row: int, value: float) -> Frames:
    """The inputs with one exchange rate another."""
    frames = clean()
    frames["exchange_rates"].loc[row, "lcu_per_usd"] = value
    return frames


def told(found: pd.DataFrame) -> list[tuple[str, str, str]]:
    """File, series and what is said of each series that is told."""
    rows = found[found["status"].isin(["changed", "gone", "unreadable"])]
    return list(zip(rows["file"], rows["series"], rows["change"], strict=True))


def counted(found: pd.DataFrame) -> dict[str, int]:
    """Series by status."""
    return {str(status): int(n) for status, n in found["status"].value_counts().items()}


def with_new_year(frame: pd.DataFrame) -> pd.DataFrame:
    """One more year of Japan, and a new currency."""
    new = {"country_code": ["JPN", "KOR"], "currency": ["JPY", "KRW"], "source_id": "fx"}
    return pd.concat([frame, pd.DataFrame(new | {"year": 2013, "lcu_per_usd": [97.6, 1095.0]})])
