"""What a corruption is: a file, some of its rows, and what was done to them by mistake."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Economy:
    """An economy whose figures are corrupted, and the one that it is most likely mistaken for."""

    iso3: str
    other: str
    local_per_usd: float  # about the mean of 2012 to 2020: a constant is hard to notice


# Big, middle and small outside the reference study, middle and small inside; the other is alike.
ECONOMIES = (
    Economy("DEU", "FRA", 0.84),
    Economy("MEX", "TUR", 17.0),
    Economy("LAO", "KHM", 8300.0),
    Economy("KAZ", "UZB", 290.0),
    Economy("TJK", "KGZ", 7.3),
)
WHOLE = Economy("", "", 1.0)  # the whole file, not an economy


@dataclass(frozen=True)
class Case:
    """One kind for one economy: what a change may look at. `file` is the one being changed."""

    frames: Frames
    economy: Economy
    file: str = ""


Pick = Callable[[Case], pd.Series]
Change = Callable[[pd.DataFrame, Case], pd.DataFrame]


@dataclass(frozen=True)
class Kind:
    """One kind of mistake: `change` of the rows that `pick` takes from each of `files`."""

    name: str
    files: tuple[str, ...]
    pick: Pick
    change: Change
    economies: tuple[Economy, ...] = ECONOMIES


@dataclass(frozen=True)
class Form:
    """Columns of a file that say what it holds: the figure, the countries, and what a series is."""

    figure: str
    codes: tuple[str, ...]
    series: tuple[str, ...]


_OBSERVED = Form(
    "observed_value", ("country_code",), ("indicator_code", "country_code", "vintage_date")
)
FORMS = {
    "observations": _OBSERVED,
    "world_observations": _OBSERVED,
    "trade_flows": Form("trade_usd", ("partner_code",), ("partner_code", "flow")),
    "world_trade": Form(
        "trade_usd", ("exporter_code", "importer_code"), ("exporter_code", "importer_code")
    ),
    "country_pairs": Form("distance_km", ("partner_code",), ("partner_code",)),
    "world_pairs": Form(
        "distance_km", ("origin_code", "destination_code"), ("origin_code", "destination_code")
    ),
    "agreement_spells": Form(
        "from_year", ("country_code_a", "country_code_b"), ("country_code_a", "country_code_b")
    ),
    "total_trade": Form("trade_usd", ("country_code",), ("flow",)),
    "exchange_rates": Form("lcu_per_usd", ("country_code",), ("country_code",)),
    "oil_prices": Form("price_usd_per_barrel", (), ("benchmark",)),
    "ecommerce_volumes": Form("volume_tn", ("country_code",), ("lineage", "scope", "quote_kind")),
    "total_trade_press": Form("total_rmb_tn", ("country_code",), ("country_code",)),
    "countries": Form("latitude_deg", ("country_iso3",), ("country_iso3",)),
    "trade_agreements": Form("status_date", ("country_code",), ("agreement",)),
}


def applied(kind: Kind, frames: Frames, economy: Economy) -> dict[str, pd.DataFrame]:
    """The files that the mistake changes, as they are after it; none where it changes nothing.

    Whoever loads a file counts what was loaded: `observation_vintages` follows `observations`.
    """
    changed: dict[str, pd.DataFrame] = {}
    for file in kind.files:
        frame, case = frames[file], Case(frames, economy, file)
        taken = kind.pick(case)
        part = kind.change(frame[taken].copy(), case)
        after = (
            pd.concat([frame[~taken], part])
            .sort_index(kind="stable")
            .reset_index(drop=True)[list(frame.columns)]
        )
        if not after.equals(frame.reset_index(drop=True)):
            changed[file] = after.astype(frame.dtypes.to_dict(), errors="ignore")
    observed = changed.get("observations")
    if (
        observed is not None
        and "observation_vintages" not in changed
        and not _same_keys(observed, frames["observations"])
    ):
        changed["observation_vintages"] = recounted(
            frames["observation_vintages"], observed, frames["indicators"]
        )
    return changed


def _same_keys(after: pd.DataFrame, before: pd.DataFrame) -> bool:
    keys = [*_OBSERVED.series, "year"]
    return len(after) == len(before) and after[keys].equals(before[keys])


def recounted(
    vintages: pd.DataFrame, observed: pd.DataFrame, indicators: pd.DataFrame
) -> pd.DataFrame:
    """`observation_vintages` with the counts of these observations."""
    keys = ["indicator_code", "vintage_date"]
    counts = observed.groupby(keys, as_index=False).agg(
        value_count=("year", "size"),
        economy_count=("country_code", "nunique"),
        first_year=("year", "min"),
        last_year=("year", "max"),
    )
    after = vintages[[c for c in vintages.columns if c not in counts.columns or c in keys]].merge(
        counts, on=keys
    )
    revised = set(indicators.loc[indicators["vintage_kind"] == "revision", "indicator_code"])
    after["withdrawn_count"] = [
        _withdrawn(observed, code, date, after) if code in revised else 0
        for code, date in zip(after["indicator_code"], after["vintage_date"], strict=True)
    ]
    return after[list(vintages.columns)].astype(vintages.dtypes.to_dict())


def _withdrawn(observed: pd.DataFrame, code: str, date: object, vintages: pd.DataFrame) -> int:
    dates = sorted(vintages.loc[vintages["indicator_code"] == code, "vintage_date"])
    place = dates.index(date)
    if place == 0:
        return 0
    of_code = observed[observed["indicator_code"] == code]
    before, now = (
        set(zip(rows["country_code"], rows["year"], strict=True))
        for rows in (
            of_code[of_code["vintage_date"] == dates[place - 1]],
            of_code[of_code["vintage_date"] == date],
        )
    )
    return len(before - now)
