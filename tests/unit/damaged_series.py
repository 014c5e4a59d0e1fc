"""Inputs with one mistake of each kind, each in figures of another economy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

Frames = dict[str, pd.DataFrame]
Rows = Callable[[str, str], pd.Index]
Years = Callable[[str, str, int, int], pd.Index]
KM = ["distance_km", "distance_capitals_km", "distance_weighted_km"]
MILES = 1.609


def damaged(inputs: Frames) -> Frames:
    """The figures with one mistake of each kind."""
    frames = {name: frame.copy() for name, frame in inputs.items()}
    figures, newest = frames["observations"], _newest(frames["observations"])

    def of(code: str, economy: str) -> pd.Index:
        is_it = (figures["indicator_code"] == code) & (figures["country_code"] == economy)
        return figures.index[is_it & newest]

    def by(code: str, economy: str, factor: float) -> None:
        figures.loc[of(code, economy), "observed_value"] *= factor

    def moved(code: str, economy: str, years: int) -> None:
        rows = figures.loc[of(code, economy)].sort_values("year").index
        values = figures.loc[rows, "observed_value"].to_numpy()
        places = np.clip(np.arange(len(rows)) - years, 0, len(rows) - 1)
        figures.loc[rows, "observed_value"] = values[places]

    def between(code: str, economy: str, first: int, last: int) -> pd.Index:
        rows = figures.loc[of(code, economy)]
        return rows.index[rows["year"].between(first, last)]

    def exchanged(one: pd.Index, other: pd.Index, column: str, names: tuple[str, str]) -> None:
        figures.loc[one, column], figures.loc[other, column] = names[1], names[0]

    by("NY.GDP.PCAP.PP.CD", "MEX", 0.1)
    moved("NY.GDP.MKTP.CD", "DEU", 1)
    pair = (of("NY.GDP.MKTP.CD", "THA"), of("NY.GDP.MKTP.CD", "VNM"))
    exchanged(*pair, "country_code", ("THA", "VNM"))
    by("IT.NET.USER.ZS", "IND", 0.01)
    by("SP.POP.TOTL", "TUR", 1e-3)
    pair = (of("NE.EXP.GNFS.ZS", "EGY"), of("NE.IMP.GNFS.ZS", "EGY"))
    exchanged(*pair, "indicator_code", ("NE.EXP.GNFS.ZS", "NE.IMP.GNFS.ZS"))
    figures.loc[between("NE.EXP.GNFS.ZS", "COL", 2012, 2016), "observed_value"] *= 2.5
    figures.loc[between("NE.IMP.GNFS.ZS", "PER", 2014, 2014), "observed_value"] *= 200
    figures.loc[between("TG.VAL.TOTL.GD.ZS", "CHL", 2012, 2016), "observed_value"] = 0.0
    figures.loc[between("IT.CEL.SETS.P2", "ARG", 2012, 2022), "observed_value"] = 140.625
    figures.loc[between("IMF.WEO.PCPIPCH", "ITA", 2012, 2018), "observed_value"] += 5.0
    by("NY.GDP.PCAP.PP.KD", "ESP", 3.0)
    figures.loc[between("NY.GDP.PCAP.PP.KD", "ROU", 2012, 2014), "observed_value"] *= 3.0
    figures.loc[between("NY.GDP.MKTP.CD", "POL", 2012, 2014), "observed_value"] *= 4.0
    figures.loc[between("TG.VAL.TOTL.GD.ZS", "URY", 2013, 2015), "observed_value"] *= 4.0
    by("TG.VAL.TOTL.GD.ZS", "NOR", 0.1)
    by("IT.NET.SECR.P6", "SWE", 10.0)
    for code, economy in (
        ("GB.XPD.RSDV.GD.ZS", "FIN"), ("SE.TER.ENRR", "BGR"), ("SE.TER.CUAT.BA.ZS", "GRC"),
        ("IT.MLT.MAIN.P2", "CHE"), ("IT.CEL.SETS.P2", "DNK"), ("IT.NET.SECR.P6", "ZMB"),
        ("IT.NET.BBND.P2", "AUT"),
    ):  # fmt: skip
        by(code, economy, 0.01)
    copied = of("IT.NET.BBND.P2", "BEL")
    other = figures.loc[of("IT.NET.BBND.P2", "NLD")].set_index("year")["observed_value"]
    figures.loc[copied, "observed_value"] = figures.loc[copied, "year"].map(other).to_numpy()
    rows = figures.index[
        (figures["indicator_code"] == "LP.LPI.CUST.XQ") & (figures["country_code"] == "HUN")
    ]
    figures.loc[rows, "observed_value"] += 0.7
    rows = figures.loc[of("NY.GDP.PCAP.PP.CD", "LAO")]
    rows = rows[rows["year"].isin([2011, 2017])]
    figures.loc[rows.index, "observed_value"] = rows["observed_value"].to_numpy()[::-1]
    _damage_parts(figures, of, between)
    gone = [of("NY.GDP.PCAP.PP.KD", economy) for economy in ("KAZ", "AUS")]
    frames["observations"] = figures.drop(gone[0].union(gone[1]))
    _damage_older(frames)
    _stale(frames)
    _damage_trade(frames)
    _damage_pairs(frames)
    return frames


def _damage_parts(figures: pd.DataFrame, of: Rows, between: Years) -> None:
    """Parts of series, and figures of which only the digits or another indicator tell."""
    value = "observed_value"
    figures.loc[between("IT.NET.USER.ZS", "CHL", 2015, 2015), "country_code"] = "XXX"
    figures.loc[of("IT.NET.USER.ZS", "BGR"), value] *= 1.001
    line = figures.loc[between("IT.CEL.SETS.P2", "HUN", 2010, 2019), "year"]
    figures.loc[line.index, value] = 100.0 + line
    for economy, factor in (("POL", 0.01), ("ESP", 0.001)):
        figures.loc[between("IT.NET.BBND.P2", economy, 2023, 2024), value] *= factor
    goods = figures.loc[of("TG.VAL.TOTL.GD.ZS", "GRC")].set_index("year")[value]
    place = of("NE.EXP.GNFS.ZS", "GRC")
    figures.loc[place, value] = figures.loc[place, "year"].map(goods).to_numpy()
    figures.loc[between("NY.GDP.PCAP.PP.KD", "CZE", 2007, 2014), value] *= 0.78
    rows = figures.loc[of("NY.GDP.PCAP.PP.CD", "HRV")]
    rows = rows[rows["year"].isin([2009, 2019])]
    figures.loc[rows.index, value] = rows[value].to_numpy()[::-1]
    figures.loc[between("SP.POP.TOTL", "CHL", 2015, 2024), value] *= 0.8
    figures.loc[of("NE.EXP.GNFS.ZS", "PRT"), value] *= 0.01
    figures.loc[of("NY.GDP.MKTP.CD", "NZL"), value] *= 0.85
    figures.loc[between("NY.GDP.PCAP.PP.CD", "DNK", 2014, 2014), value] *= 1.6
    one, other = of("NY.GDP.PCAP.PP.CD", "COL"), of("NY.GDP.PCAP.PP.CD", "BOL")
    figures.loc[one, "country_code"], figures.loc[other, "country_code"] = "BOL", "COL"


def _stale(frames: Frames) -> None:
    """Early years of a vintage under the date of the next one."""
    figures, older = frames["observations"], frames["world_observations"]
    keys = ["indicator_code", "country_code"]

    def of(frame: pd.DataFrame, date: str) -> pd.DataFrame:
        is_it = (frame[keys] == ["NY.GDP.PCAP.PP.CD", "SWE"]).all(axis=1)
        dates = frame["vintage_date"].astype("str").str[:10]
        return frame[is_it & (dates == date) & frame["year"].between(2007, 2016)]

    before = of(older, "2023-06-30").set_index("year")["observed_value"]
    rows = of(figures, "2026-07-01")
    figures.loc[rows.index, "observed_value"] = rows["year"].map(before).to_numpy()


def _newest(figures: pd.DataFrame) -> pd.Series:
    return figures["vintage_date"].eq(
        figures.groupby("indicator_code")["vintage_date"].transform("max")
    )


def _damage_older(frames: Frames) -> None:
    """The older vintages of the world: every rule of a series once more."""
    figures = frames["world_observations"]
    dates = figures["vintage_date"].astype("str").str[:10]
    is_older = dates.isin(["2023-11-20", "2022-09-16", "2024-10-15"])

    def of(code: str, economy: str, first: int = 2000, last: int = 2030) -> pd.Index:
        is_it = (figures["indicator_code"] == code) & (figures["country_code"] == economy)
        return figures.index[is_it & is_older & figures["year"].between(first, last)]

    figures.loc[of("NY.GDP.MKTP.CD", "NZL"), "observed_value"] *= 1e-3
    figures.loc[of("TG.VAL.TOTL.GD.ZS", "JPN", 2012, 2016), "observed_value"] *= 120.0
    figures.loc[of("IMF.WEO.PCPIPCH", "IRL", 2012, 2018), "observed_value"] += 5.0
    figures.loc[of("IT.MLT.MAIN.P2", "PRT", 2012, 2014), "observed_value"] = 0.0
    figures.loc[of("IT.CEL.SETS.P2", "SVN", 2010, 2019), "observed_value"] = 140.625
    moved = figures.loc[of("NE.EXP.GNFS.ZS", "LTU")].sort_values(["vintage_date", "year"])
    figures.loc[moved.index, "observed_value"] = moved["observed_value"].shift().bfill().to_numpy()
    one, other = of("SP.POP.TOTL", "KEN"), of("SP.POP.TOTL", "CAN")
    figures.loc[one, "country_code"], figures.loc[other, "country_code"] = "CAN", "KEN"
    one, other = (of(code, "ZMB") for code in ("NE.EXP.GNFS.ZS", "TG.VAL.TOTL.GD.ZS"))
    figures.loc[one, "indicator_code"], figures.loc[other, "indicator_code"] = (
        "TG.VAL.TOTL.GD.ZS", "NE.EXP.GNFS.ZS",
    )  # fmt: skip
    rows = figures.loc[of("NE.IMP.GNFS.ZS", "BWA")]
    rows = rows[rows["year"].isin([2009, 2016])]
    figures.loc[rows.index, "observed_value"] = rows["observed_value"].to_numpy()[::-1]
    copied, whole = of("IT.CEL.SETS.P2", "GHA"), of("IT.CEL.SETS.P2", "NGA")
    years = figures.loc[whole].set_index(["vintage_date", "year"])["observed_value"]
    keys = pd.MultiIndex.from_frame(figures.loc[copied, ["vintage_date", "year"]])
    figures.loc[copied, "observed_value"] = years.reindex(keys).to_numpy()


def _damage_trade(frames: Frames) -> None:
    flows, world = frames["trade_flows"], frames["world_trade"]
    partner, year = flows["partner_code"], flows["year"]
    flows["trade_usd"] *= np.select([partner == "LAO", partner == "POL"], [100.0, 1e-3], 1.0)
    flows.loc[partner == "JPN", "flow"] = flows["flow"].map(
        {"export": "import", "import": "export"}
    )
    flows.loc[(partner == "ZAF") & year.between(2012, 2022), "trade_usd"] = 12345678901.0
    flows.loc[partner.isin(["AUS", "HUN"]), "partner_code"] = partner.map(
        {"AUS": "HUN", "HUN": "AUS"}
    )
    late = flows[(partner == "BRA") & (flows["flow"] == "import")].sort_values("year")
    flows.loc[late.index, "trade_usd"] = late["trade_usd"].shift().bfill()
    both = flows[partner == "UKR"].groupby("year")["trade_usd"].sum()
    place = flows.index[(partner == "UKR") & (flows["flow"] == "export")]
    flows.loc[place, "trade_usd"] = flows.loc[place, "year"].map(both)
    flows.loc[(partner == "CHL") & (year == 2012), "trade_usd"] *= 20.0
    _damage_reports(flows)
    is_gone = (partner == "ARG") & (flows["flow"] == "export")
    frames["trade_flows"] = flows = flows.drop(flows.index[is_gone])
    partner, year = flows["partner_code"], flows["year"]
    is_gone = (partner == "MYS") & (year > 2018) | (partner == "PHL") & (year == 2012)
    frames["trade_flows"] = flows = flows.drop(flows.index[is_gone])
    partner, year = flows["partner_code"], flows["year"]
    mirror = world[world["exporter_code"] == "CHN"].set_index(["importer_code", "year"])
    place = flows.index[(partner == "EGY") & (flows["flow"] == "export") & (year < 2020)]
    keys = pd.MultiIndex.from_frame(flows.loc[place, ["partner_code", "year"]])
    flows.loc[place, "trade_usd"] = mirror["trade_usd"].reindex(keys).to_numpy()
    same = flows[(partner == "FIN") & (flows["flow"] == "export")].set_index("year")["trade_usd"]
    place = flows.index[(partner == "NOR") & (flows["flow"] == "export")]
    flows.loc[place, "trade_usd"] = flows.loc[place, "year"].map(same).to_numpy()
    is_gone = (world["exporter_code"] == "CHN") & (world["importer_code"] == "IRQ")
    frames["world_trade"] = world = world[~(is_gone & (world["year"] == 2015))].copy()
    flows.loc[(year == 2014) & (flows["flow"] == "export"), "trade_usd"] *= 6.9
    first, last = world["exporter_code"].copy(), world["importer_code"].copy()
    names = {"DEU": "ITA", "ITA": "DEU"}
    world["exporter_code"], world["importer_code"] = first.replace(names), last.replace(names)
    part = world["year"].between(2011, 2020) & (first == "POL")
    world.loc[part, "trade_usd"] *= 2.0
    exports = {"LKA": 1e-3, "KOR": 30.0, "SGP": 100.0}
    imports = {"KEN": 30.0, "LKA": 1e-3, "SGP": 1e-2}
    world["trade_usd"] *= first.map(exports).fillna(1.0) * last.map(imports).fillna(1.0)
    is_part = (first == "MAR") & world["year"].between(2012, 2014)
    world.loc[is_part, "trade_usd"] *= 40.0
    is_part = (last == "PHL") & world["year"].between(2012, 2014)
    world.loc[is_part, "trade_usd"] *= 12.0
    before = world[(first == "VNM") & (world["year"] == 2011)].set_index("importer_code")
    same = world.index[(first == "VNM") & (world["year"] == 2012)]
    values = world.loc[same, "importer_code"].map(before["trade_usd"])
    world.loc[same, "trade_usd"] = values.fillna(world.loc[same, "trade_usd"])
    world.loc[(first == "ZMB") & (last == "CHE"), "trade_usd"] = 1234567891.0
    copy = world.index[(first == "PER") & (last == "CHL")]
    other = world[(first == "ECU") & (last == "COL")].set_index("year")["trade_usd"]
    world.loc[copy, "trade_usd"] = world.loc[copy, "year"].map(other).to_numpy()
    late = world[(first == "SAU") | (last == "SAU")]
    late = late.sort_values(["exporter_code", "importer_code", "year"])
    moved = late.groupby(["exporter_code", "importer_code"])["trade_usd"].shift()
    world.loc[late.index, "trade_usd"] = moved.fillna(late["trade_usd"])


def _damage_reports(flows: pd.DataFrame) -> None:
    """Reports of which the other flow, the past or the years beside tell."""
    partner, year, flow = flows["partner_code"], flows["year"], flows["flow"]
    flows.loc[(partner == "PAK") & (flow == "export"), "trade_usd"] *= 0.4
    flows.loc[(partner == "PER") & (flow == "export") & (year == 2011), "trade_usd"] *= 3.0
    flows.loc[(partner == "DEU") & (year == 2016), "trade_usd"] *= 2.2
    flows.loc[(partner == "IDN") & (flow == "import") & (year == 2024), "trade_usd"] *= 1e-3
    is_it = (partner == "VNM") & (flow == "export") & year.isin([2010, 2018])
    flows.loc[is_it, "trade_usd"] = flows.loc[is_it, "trade_usd"].to_numpy()[::-1]
    exports = flows[(partner == "THA") & (flow == "export")].set_index("year")["trade_usd"]
    place = flows.index[(partner == "THA") & (flow == "import")]
    flows.loc[place, "trade_usd"] = flows.loc[place, "year"].map(exports).to_numpy()


def _damage_agreements(frames: Frames) -> None:
    """Old agreements only, one economy without any, a type and a year that are others'."""
    spells = frames["agreement_spells"]
    one, other = spells["country_code_a"], spells["country_code_b"]
    is_late = (one == "ARM") & (other == "KAZ") & (spells["from_year"] == 2015)
    spells.loc[is_late, "from_year"] = 2016
    is_other = (one == "CHE") & (other == "CYP") & (spells["agreement_ids"] == "144")
    spells.loc[is_other, "agreement_type"] = "PSA"
    frames["agreement_spells"] = spells[
        (one != "AUS") & (other != "AUS") & ((spells["from_year"] < 2010) | is_late)
    ]


def _damage_countries(frames: Frames) -> None:
    """Places, names and codes of two countries exchanged."""
    countries = frames["countries"].set_index("country_iso3")
    for columns, names in (
        (["latitude_deg", "longitude_deg"], ["LAO", "KHM"]),
        (["country_name"], ["TJK", "KGZ"]),
        (["country_iso2"], ["KAZ", "UZB"]),
    ):
        countries.loc[names, columns] = countries.loc[names[::-1], columns].to_numpy()
    frames["countries"] = countries.reset_index()[list(frames["countries"].columns)]


def _damage_pairs(frames: Frames) -> None:
    _damage_agreements(frames)
    _damage_countries(frames)
    pairs, world = frames["country_pairs"], frames["world_pairs"]
    pairs.loc[pairs["partner_code"] == "PAK", KM] /= MILES
    pairs = pairs[pairs["partner_code"] != "TUR"].copy()
    frames["country_pairs"] = pairs
    pairs.loc[pairs["partner_code"] == "KAZ", "is_contiguous"] = False
    is_it = (world["origin_code"] == "BRA") | (world["destination_code"] == "BRA")
    world.loc[is_it, KM] /= MILES
    world.loc[world["origin_code"] == "PER", "distance_weighted_km"] /= MILES
    ends = world[["origin_code", "destination_code"]]
    world.loc[ends.isin(["NPL", "BEL"]).any(axis=1), "is_contiguous"] = False
    frames["world_pairs"] = world[~ends.isin(["SWE"]).any(axis=1)]
