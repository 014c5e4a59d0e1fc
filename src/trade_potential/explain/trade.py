"""From recorded flows to the trade that a study measures."""

from __future__ import annotations

from trade_potential.explain.tables import Row, Tables
from trade_potential.explain.trace import Step, Trace

OUTCOMES = "int_panel__outcomes"
SHARES = "int_panel__ecommerce_shares"
FLOWS = {"export": "exports_usd", "import": "imports_usd"}


def steps(trace: Trace, tables: Tables, row: Row, study: Row, scaling: str) -> None:
    """The trade of one row of fct_trade_potential.

    Args:
        trace: Gets the step.
        tables: Where to read.
        row: Of fct_trade_potential.
        study: Of dim_study.
        scaling: Whether the specification scales trade: ecommerce_share or none.
    """
    step = trace.step(
        "Trade that the study measures",
        ("fct_trade_potential", OUTCOMES, SHARES),
        "methodology section 3",
    )
    actual, place = row["actual_usd"], "fct_trade_potential.actual_usd"
    step.read("source of trade", row["trade_source"])
    if not tables.is_warehouse:
        step.read("actual trade, US$", actual, place)
        step.missing.append(
            f"exports, imports, exchange rate and e-commerce volume behind it: {OUTCOMES}, "
            f"{SHARES}, "
            "gate_trade_flows, gate_world_trade of a warehouse (--warehouse)"
        )
        return
    where = {"study_id": row["study_id"], "year": row["year"]}
    outcome = tables.one(
        OUTCOMES, **where, reporter_iso3=row["reporter_iso3"], partner_iso3=row["partner_iso3"]
    )
    if outcome is None:
        step.missing.append(f"no row of {OUTCOMES}")
        return
    _flows(step, tables, outcome)
    goods = outcome["goods_trade_usd"]
    if outcome["trade_source"] == "own":
        step.read("the series of one's own, US$", goods)
    else:
        parts = [outcome[name] for name in FLOWS.values()]
        wanted = {"exports": parts[:1], "imports": parts[1:]}.get(study["flow"], parts)
        step.check(
            "goods trade, US$",
            sum(wanted),
            goods,
            f"{OUTCOMES}.goods_trade_usd",
            note=f"flow of the study: {study['flow']}",
        )
    if scaling == "ecommerce_share":
        share = _share(step, tables, outcome)
        step.check(
            "actual trade, US$",
            goods * share,
            actual,
            place,
            note="goods trade x share of e-commerce",
            goods=goods,
            share=share,
        )
    else:
        step.check("actual trade, US$", goods, actual, place, note="goods trade, not scaled")


def _flows(step: Step, tables: Tables, outcome: Row) -> None:
    """Recorded flows, which exports and imports are."""
    key = {name: outcome[name] for name in ("reporter_code", "partner_code", "year")}
    if outcome["trade_source"] == "national":
        for flow in tables.rows("gate_trade_flows", **key):
            column = FLOWS[flow["flow"]]
            step.check(
                f"{flow['flow']}s {flow['valuation']}, US$",
                flow["trade_usd"],
                outcome[column],
                f"{OUTCOMES}.{column}",
                source=flow["source_id"],
                table="gate_trade_flows",
            )
    elif outcome["trade_source"] == "baci":
        sides = (outcome["reporter_code"], outcome["partner_code"])
        for column, (exporter, importer) in zip(FLOWS.values(), (sides, sides[::-1]), strict=True):
            found = tables.one(
                "gate_world_trade",
                exporter_code=exporter,
                importer_code=importer,
                year=outcome["year"],
            )
            value, note = (found["trade_usd"], "") if found else (0.0, "BACI lists no flow")
            step.check(
                f"{exporter} to {importer}, US$",
                value,
                outcome[column],
                f"{OUTCOMES}.{column}",
                note=note,
                table="gate_world_trade",
            )


def _share(step: Step, tables: Tables, outcome: Row) -> float:
    """E-commerce volume over all goods trade, in one currency."""
    held = tables.one(SHARES, study_id=outcome["study_id"], year=outcome["year"]) or {}
    country, year = held["country_code"], held["year"]
    quote = tables.one("gate_ecommerce_volumes", quote_id=held["quote_id"], year=year) or {}
    rate = tables.one("gate_exchange_rates", currency=held["currency"], year=year) or {}
    trade = tables.rows("gate_total_trade", country_code=country, year=year)
    volume, usd = quote["volume_tn"] * 1e12, sum(row["trade_usd"] for row in trade)
    step.check(
        f"e-commerce volume, {held['currency']}",
        volume,
        held["ecommerce_volume"],
        f"{SHARES}.ecommerce_volume",
        note=f"{held['quote_kind']} by {held['lineage']}",
        table="gate_ecommerce_volumes",
        source=quote["source_id"],
    )
    flows = {f"{row['flow']} of {country} with the world, US$": row["trade_usd"] for row in trade}
    total = usd * rate["lcu_per_usd"]
    step.check(
        f"all goods trade, {held['currency']}",
        total,
        held["total_trade"],
        f"{SHARES}.total_trade",
        **flows,
        exchange_rate=rate["lcu_per_usd"],
    )
    share = float(volume / total)
    step.check(
        "share of e-commerce", share, outcome["ecommerce_share"], f"{OUTCOMES}.ecommerce_share"
    )
    return share
