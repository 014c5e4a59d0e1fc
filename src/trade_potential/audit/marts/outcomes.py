"""The trade that a study measures, and the share of e-commerce by which it may be scaled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.marts.candidates import OWN, pair_years, panel_runs, source_of
from trade_potential.audit.marts.figures import Tables, records

PAIR_YEAR = ["reporter_code", "partner_code", "year"]


def flows(gated: Tables) -> pd.DataFrame:
    """Exports and imports of reporters by partner and year, from each source that a study names.

    Returns:
        trade_source (``source_of``), reporter_code, partner_code, year, exports_usd and
        imports_usd, null where nothing is reported, and whether 0 stands for a flow that BACI does
        not list. A series of one's own stands in the direction that its study measures.
    """
    national = gated["gate_trade_flows"]
    sides = [
        national.loc[national["flow"] == flow, [*PAIR_YEAR, "trade_usd"]].rename(
            columns={"trade_usd": f"{flow}s_usd"}
        )
        for flow in ("export", "import")
    ]
    found = [sides[0].merge(sides[1], on=PAIR_YEAR, how="outer").assign(trade_source="national")]
    runs = panel_runs(gated)
    if (runs["trade_source"] == "baci").any():
        found.append(_baci_flows(gated["gate_world_trade"], runs[runs["trade_source"] == "baci"]))
    found.append(_own_flows(gated))
    rows = pd.concat([one for one in found if len(one)] or found[:1], ignore_index=True)
    for flow in ("export", "import"):
        missing = rows[f"{flow}s_usd"].isna() & (rows["trade_source"] == "baci")
        rows[f"is_{flow}_unreported"] = missing
        rows.loc[missing, f"{flow}s_usd"] = 0.0
    return rows


def _listed(trade: pd.DataFrame) -> pd.DataFrame:
    """code, year: economies that BACI lists in a year."""
    sides = [
        trade[[side, "year"]].drop_duplicates().set_axis(["code", "year"], axis=1)
        for side in ("exporter_code", "importer_code")
    ]
    return pd.concat(sides, ignore_index=True).drop_duplicates()


def _baci_flows(trade: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Flows between a reporter and every other economy that BACI lists in the same year."""
    listed = _listed(trade)
    reporters = listed
    if not (runs["reporter_scope"] == "all_reported").any():
        reporters = listed[listed["code"].isin(runs["reporter_iso3"])]
    rows = reporters.rename(columns={"code": "reporter_code"}).merge(
        listed.rename(columns={"code": "partner_code"}), on="year"
    )
    rows = rows[rows["reporter_code"] != rows["partner_code"]]
    for names in (("exports", "reporter", "partner"), ("imports", "partner", "reporter")):
        flow, exporter, importer = names
        side = trade[["exporter_code", "importer_code", "year", "trade_usd"]].set_axis(
            [f"{exporter}_code", f"{importer}_code", "year", f"{flow}_usd"], axis=1
        )
        rows = rows.merge(side, on=PAIR_YEAR, how="left")
    return rows.assign(trade_source="baci")


def own_series(gated: Tables) -> pd.DataFrame:
    """Figures of series of one's own with the columns of each study that measures them."""
    studies = gated["stg_study__studies"]
    studies = studies[studies["trade_source"] == OWN]
    if studies.empty:
        return studies.assign(partner_iso3=None, value_usd=0.0, year=0, series_id=None)
    rows = studies.merge(
        gated["gate_own_outcomes"],
        left_on=["ecommerce_series", "reporter_iso3"],
        right_on=["series_id", "reporter_iso3"],
    )
    return rows[rows["year"].between(rows["first_year"], rows["last_year"])]


def _own_flows(gated: Tables) -> pd.DataFrame:
    """Figures of one's own as flows of a source of its study alone."""
    rows = own_series(gated)
    imports = rows["value_usd"].where(rows["flow"] == "imports", 0.0)
    return pd.DataFrame(
        {
            "trade_source": OWN + " " + rows["study_id"],
            "reporter_code": rows["reporter_iso3"],
            "partner_code": rows["partner_iso3"],
            "year": rows["year"],
            "exports_usd": rows["value_usd"] - imports,
            "imports_usd": imports,
        }
    )


def ecommerce_shares(gated: Tables) -> pd.DataFrame:
    """E-commerce volume over goods trade of the same country and year, in one currency.

    Returns:
        study_id, year, ecommerce_share, quote kind and lineage of the volume, and why there is no
        share where a figure is not held.
    """
    trade = gated["gate_total_trade"].pivot_table(
        index=["country_code", "year"], columns="flow", values="trade_usd", aggfunc="sum"
    )
    goods = trade["export"] + trade["import"]  # null where one direction is not held
    rates = gated["gate_exchange_rates"].groupby(["currency", "year"])["lcu_per_usd"].min()
    quotes = gated["stg_study__ecommerce_series"].merge(
        gated["gate_ecommerce_volumes"], on=["quote_id", "year"]
    )
    quotes = quotes.merge(
        gated["stg_study__studies"][["study_id", "ecommerce_series"]],
        left_on="series_id",
        right_on="ecommerce_series",
    )
    total = goods.reindex(pd.MultiIndex.from_frame(quotes[["country_code", "year"]])).to_numpy()
    rate = rates.reindex(pd.MultiIndex.from_frame(quotes[["currency", "year"]])).to_numpy()
    reasons = [
        "no total goods trade of " + quotes["country_code"] + " for the year",
        "no exchange rate of " + quotes["currency"] + " for the year",
    ]
    reason = reasons[0].where(np.isnan(total), reasons[1].where(np.isnan(rate)))
    return pd.DataFrame(
        {
            "study_id": quotes["study_id"],
            "year": quotes["year"],
            "ecommerce_share": 1e12 * quotes["volume_tn"] / rate / total,
            "ecommerce_quote_kind": quotes["quote_kind"],
            "ecommerce_lineage": quotes["lineage"],
            "ecommerce_missing_reason": reason,
        }
    )


def outcomes(gated: Tables) -> pd.DataFrame:
    """Every row that a study could have of its panel, with its trade; what is not there says why.

    Returns:
        Columns of ``candidates.pair_years`` and of ``ecommerce_shares``; exports_usd, imports_usd
        and goods_trade_usd in current US$, trade_missing_reason, is_unreported.
    """
    trade = flows(gated)
    pairs = pair_years(gated, trade)
    pairs["flows_of"] = source_of(pairs)
    studies = gated["stg_study__studies"][["study_id", "flow"]]
    rows = pairs.merge(studies, on="study_id").merge(
        trade.rename(columns={"trade_source": "flows_of"}).assign(is_listed=True),
        on=["flows_of", *PAIR_YEAR],
        how="left",
    )
    rows = rows.merge(ecommerce_shares(gated), on=["study_id", "year"], how="left")
    exports, imports = rows["exports_usd"], rows["imports_usd"]
    rows["goods_trade_usd"] = np.select(
        [rows["flow"] == "exports", rows["flow"] == "imports"],
        [exports, imports],
        exports + imports,
    )
    no_zero = [rows[f"is_{flow}_unreported"].fillna(value=False) for flow in ("export", "import")]
    rows["is_unreported"] = (no_zero[0] & (rows["flow"] != "imports")) | (
        no_zero[1] & (rows["flow"] != "exports")
    )
    rows["trade_missing_reason"] = _trade_reasons(rows, gated)
    rows["ecommerce_missing_reason"] = rows["ecommerce_missing_reason"].fillna(
        "no e-commerce volume for the year"
    )
    return rows.drop(
        columns=["flows_of", "is_listed", "is_export_unreported", "is_import_unreported"]
    )


def _trade_reasons(rows: pd.DataFrame, gated: Tables) -> pd.Series:
    """Why a row has no trade, said also of rows that have some."""
    none = rows["exports_usd"].isna() & rows["imports_usd"].isna()
    said = np.select(
        [none, rows["exports_usd"].isna()],
        ["no trade reported", "no exports reported"],
        "no imports reported",
    )
    reasons = pd.Series(said, index=rows.index, dtype=object)
    reasons[rows["trade_source"] == OWN] = "no figure in the series of one's own"
    unlisted = rows["is_listed"].isna() & (rows["trade_source"] == "baci")
    if unlisted.any():
        listed = _listed(gated["gate_world_trade"])
        known = set(zip(listed["code"], listed["year"], strict=True))
        years = (int(listed["year"].min()), int(listed["year"].max()))
        reasons[unlisted] = [_unlisted(row, known, years) for row in records(rows[unlisted])]
    return reasons


def _unlisted(row: Any, known: set[tuple[str, int]], years: tuple[int, int]) -> str:
    """Why BACI has nothing of a pair in a year."""
    if row.year > years[1]:
        return f"BACI has no figures after {years[1]}"
    if row.year < years[0]:
        return f"BACI has no figures before {years[0]}"
    code = row.partner_code if (row.reporter_code, row.year) in known else row.reporter_code
    return f"BACI lists no trade of {code} in the year"
