"""Figures of trade that are put together wrongly: directions, hubs, mirrors, prices."""

import numpy as np
import pandas as pd

from .form import FORMS, Case, Change
from .indicators import INFLATION
from .observed import figures_of

HUB = "HKG"


def _by_flow(part: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    keys = ["reporter_code", "partner_code", "year"]
    sums = part.pivot_table(index=keys, columns="flow", values="trade_usd", aggfunc="sum")
    place = pd.MultiIndex.from_frame(part[keys])
    exports, imports = (
        pd.Series(
            sums.get(flow, pd.Series(dtype=float)).reindex(place).to_numpy(), index=part.index
        )
        for flow in ("export", "import")
    )
    return exports, imports


def exports_as_imports(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """The column of exports copied into that of imports."""
    exports, _ = _by_flow(part)
    part["trade_usd"] = exports.fillna(part["trade_usd"])
    return part


def total_as_exports(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """Exports and imports together under exports."""
    _, imports = _by_flow(part)
    part["trade_usd"] += imports.fillna(0.0).where(part["flow"] == "export", 0.0)
    return part


def balance_as_exports(part: pd.DataFrame, _: Case) -> pd.DataFrame:
    """Exports less imports under exports."""
    _, imports = _by_flow(part)
    part["trade_usd"] -= imports.fillna(0.0).where(part["flow"] == "export", 0.0)
    return part


def with_hub_added(share: float) -> Change:
    """A share of what goes through the hub is counted with the economy as well."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        form, frame = FORMS[case.file], case.frames[case.file]
        code = form.codes[0]
        keys = [*form.series, "year"]
        hub = frame[frame[code] == HUB].assign(**{code: case.economy.iso3})
        added = (
            part[keys]
            .merge(hub[[*keys, form.figure]], on=keys, how="left")[form.figure]
            .fillna(0.0)
        )
        part[form.figure] = part[form.figure] + share * added.to_numpy()
        return part

    return change


def of_the_mirror(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """What the partner's side says of the same flow, from the world's trade."""
    world = case.frames["world_trade"].set_index(["exporter_code", "importer_code", "year"])[
        "trade_usd"
    ]
    is_export = part["flow"] == "export"
    place = pd.MultiIndex.from_arrays(
        [
            part["reporter_code"].where(is_export, part["partner_code"]),
            part["partner_code"].where(is_export, part["reporter_code"]),
            part["year"],
        ]
    )
    mirror = pd.Series(world.reindex(place).to_numpy(), index=part.index)
    part["trade_usd"] = mirror.fillna(part["trade_usd"])
    return part


def at_constant_prices(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """US$ of 2015, by consumer prices of the United States."""
    years = pd.DataFrame(
        {"year": range(2000, 2025), "country_code": "USA", "observed_value": np.nan}
    )
    rate = figures_of(INFLATION, years, case).fillna(2.0)
    level = np.cumprod(1 + rate.to_numpy() / 100)
    prices = dict(zip(years["year"], level / level[2015 - 2000], strict=True))
    part["trade_usd"] = part["trade_usd"] / part["year"].map(prices)
    return part


def total_of_all(part: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The row "World" under the code of the economy."""
    totals = case.frames["trade_flows"].groupby(["flow", "year"])["trade_usd"].sum()
    part["trade_usd"] = totals.reindex(pd.MultiIndex.from_frame(part[["flow", "year"]])).to_numpy()
    return part


def partners_a_row_off(column: str) -> Change:
    """A column of codes that slipped: each economy has the figures of the one before it."""

    def change(part: pd.DataFrame, case: Case) -> pd.DataFrame:
        codes = sorted(part[column].unique())
        part[column] = part[column].map(dict(zip(codes, [*codes[1:], codes[0]], strict=True)))
        first_and_second = FORMS[case.file].codes
        if len(first_and_second) == 2:
            part = part[part[first_and_second[0]] != part[first_and_second[1]]]
        return part

    return change
