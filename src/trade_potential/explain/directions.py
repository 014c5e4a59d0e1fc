"""One direction of trade: what is recorded, and what the structural model predicts."""

from __future__ import annotations

import math

from trade_potential.explain.tables import Row, Tables
from trade_potential.explain.terms import gravity_terms
from trade_potential.explain.trace import Step, Trace

MART = "rpt_answer"
EFFECTS = "fct_country_effects"
CELLS = "int_structural__cells"
PAIRS = "est_structural_pairs"
RECORDED = "int_structural__pair_years"
MODEL = "Anderson and van Wincoop (2003); Santos Silva and Tenreyro (2006); methodology section 8"


def direction(trace: Trace, tables: Tables, row: Row, flow: str) -> Row:
    """Actual and predicted trade of one direction, from effects and terms of the pair.

    Args:
        trace: Gets the step.
        tables: Where to read.
        row: Of rpt_answer.
        flow: exports or imports of the reporter.
    """
    ends = (row["reporter_iso3"], row["partner_iso3"])
    exporter, importer = ends if flow == "exports" else ends[::-1]
    part = (
        tables.one(
            MART,
            reporter_iso3=row["reporter_iso3"],
            partner_iso3=row["partner_iso3"],
            flow=flow,
            year=row["year"],
        )
        or {}
    )
    step = trace.step(
        f"{exporter} to {importer}",
        (MART, EFFECTS, "fct_gravity_coefficients", CELLS, PAIRS),
        MODEL,
    )
    actual, predicted = part.get("actual_usd"), part.get("predicted_usd")
    pair = {"exporter_iso3": exporter, "importer_iso3": importer, "year": row["year"]}
    _recorded(step, tables, pair, actual, part)
    key = {name: row[name] for name in ("study_id", "spec_id")}
    effects = {}
    for side, code in (("exporter", exporter), ("importer", importer)):
        found = tables.one(EFFECTS, **key, side=side, country_iso3=code, year=row["year"])
        if found is None or found["log_effect"] is None:
            step.missing.append(
                f"no effect of {code} as {side} in {row['year']}: it has no trade "
                "in that direction, and there is no prediction"
            )
            return {"actual_usd": actual, "predicted_usd": predicted}
        effects[side] = found["log_effect"]
        step.read(
            f"effect of {code} as {side}",
            found["log_effect"],
            f"trade with all {found['trade_usd']:,.0f} US$",
        )
    fixed = sum(effects.values())
    if not tables.is_warehouse:
        step.read(
            "terms of the pair x coefficients",
            math.log(predicted) - fixed if predicted else None,
            "by difference from the mart, no check",
        )
        step.missing.append(
            f"distance, border, language, tie and agreements: {CELLS} of a warehouse (--warehouse)"
        )
        return {"actual_usd": actual, "predicted_usd": predicted}
    total = fixed + _terms(step, tables, row, key, pair)
    stored = tables.one(PAIRS, **key, **pair) or {}
    value = math.exp(total)
    step.check(
        "predicted trade, US$",
        value,
        stored.get("predicted_usd"),
        f"{PAIRS}.predicted_usd",
        note="exp of the sum of effects and terms",
        log=total,
    )
    if part:
        step.check("predicted trade of the mart, US$", value, predicted, f"{MART}.predicted_usd")
    return {"actual_usd": actual, "predicted_usd": predicted}


def _recorded(step: Step, tables: Tables, pair: Row, actual: float | None, part: Row) -> None:
    """Recorded trade of one direction."""
    note = "BACI lists no flow: none, or not recorded" if part.get("is_unreported") else ""
    if not tables.is_warehouse:
        step.read("actual trade, US$", actual, note, source=part.get("trade_source"))
        step.missing.append(f"the record itself: {RECORDED}, gate_world_trade of a warehouse")
        return
    raw = _record(tables, pair)
    recorded = raw["trade_usd"] if raw else 0.0
    stored = (tables.one(RECORDED, **pair) or {}).get("trade_usd")
    step.check(
        "actual trade, US$",
        recorded,
        stored,
        f"{RECORDED}.trade_usd",
        note=note,
        table="gate_world_trade",
        source=raw["source_id"] if raw else None,
    )
    if part:
        step.check("actual trade of the mart, US$", recorded, actual, f"{MART}.actual_usd")


def _record(tables: Tables, pair: Row) -> Row | None:
    """The row of BACI, which may know an economy by another code."""
    exporters, importers = (
        [row["source_code"] for row in tables.rows("int_panel__country_codes", country_iso3=code)]
        for code in (pair["exporter_iso3"], pair["importer_iso3"])
    )
    codes = ((one, other) for one in exporters for other in importers)
    found = (
        tables.one("gate_world_trade", year=pair["year"], exporter_code=one, importer_code=other)
        for one, other in codes
    )
    return next((row for row in found if row), None)


def _terms(step: Step, tables: Tables, row: Row, key: Row, pair: Row) -> float:
    """Terms of the pair times their coefficients."""
    held = {
        r["term"]: r["coefficient"]
        for r in tables.rows("fct_gravity_coefficients", **key, estimator=row["estimator"])
    }
    cell = tables.one(CELLS, **key, **pair) or {}
    total = 0.0
    for term in gravity_terms(tables, row["spec_id"]):
        value, coefficient = cell.get(f"v{term.position}"), held.get(term.term)
        if value is None or coefficient is None:
            step.missing.append(f"{term.term}: no value or no coefficient")
            continue
        total += value * coefficient
        step.read(term.term, value * coefficient + 0.0, value=value, coefficient=coefficient)
    return total
