"""One structural answer: two directions of trade, effects of both economies, K and class."""

from __future__ import annotations

import math

from trade_potential.errors import InputError
from trade_potential.explain import classes
from trade_potential.explain.tables import Row, Tables
from trade_potential.explain.terms import gravity_terms
from trade_potential.explain.trace import Step, Trace

MART = "rpt_answer"
EFFECTS = "fct_country_effects"
CELLS = "int_structural__cells"
PAIRS = "est_structural_pairs"
RECORDED = "int_structural__pair_years"
MODEL = "Anderson and van Wincoop (2003); Santos Silva and Tenreyro (2006); methodology 8"
CLASSED = ("ok",)


def explained(trace: Trace, tables: Tables, study: Row) -> Trace:
    """All steps of one row of rpt_answer, or why it has no K.

    Args:
        trace: Whose subject names spec, reporter, partner, year and flow.
        tables: Where to read.
        study: The row of dim_study.

    Raises:
        InputError: There is no such answer.
    """
    asked = trace.subject
    default = {"spec_id": study["default_spec_id"], "estimator": study["default_estimator"]}
    for name, known in default.items():
        if asked[name] != known:
            raise InputError(
                f"{asked['study_id']}: answers are by {known}, not {asked[name]}; "
                "rpt_answer_differences compares others"
            )
    sides = {name: asked[name] for name in ("reporter_iso3", "partner_iso3")}
    row = tables.one(MART, **sides, flow=asked["flow"], year=asked["year"])
    if row is None:
        _without(tables, asked, sides)
        return trace
    if row["k_ratio"] is None:
        step = trace.step("No K", (MART,), MODEL)
        step.read("status", row["k_status"], f"{row['k_status_label']}: {row['k_reason']}")
        return trace
    found = {flow: _direction(trace, tables, row, flow) for flow in _flows(row["flow"])}
    _sums(trace, row, found)
    _ratio(trace, tables, row, study, found)
    cuts = classes.cuts_of(tables, row["study_id"])
    has_class = row["k_status"] == "ok"
    classes.class_step(trace, row, cuts, MART, has_class=has_class)
    _among(trace, tables, row)
    if row["k_pair_out_ratio"] is not None:
        step = trace.step("K with the pair left out", (MART, PAIRS), "methodology 8; decision 026")
        step.read("method", row["pair_out_method"])
        step.check(
            "K = actual / predicted with the pair left out",
            row["actual_usd"] / row["predicted_pair_out_usd"],
            row["k_pair_out_ratio"],
            f"{MART}.k_pair_out_ratio",
            predicted_pair_out_usd=row["predicted_pair_out_usd"],
        )
    classes.certainty_step(trace, row, cuts, MART, "est_structural_lasting", has_class=has_class)
    step = trace.steps[-1]
    step.read("class that lasts", row["lasting_class"], "the most probable one of all years")
    return trace


def _without(tables: Tables, asked: Row, sides: Row) -> None:
    """Say why there is no row.

    Raises:
        InputError: Always.
    """
    years = [
        row["year"]
        for row in tables.mart(MART)
        .filter(" and ".join(f"{k} = '{v}'" for k, v in sides.items()))
        .project("distinct year")
        .df()
        .to_dict("records")
    ]
    if years:
        raise InputError(f"year {asked['year']}: the answers are of {min(years)} to {max(years)}")
    for code in sides.values():
        lost = tables.one(
            "fct_row_ledger", spec_kind="structural", partner_iso3=code, year=asked["year"]
        )
        if lost:
            raise InputError(
                f"{code} {asked['year']}: no answer: {lost['reason']} "
                f"(fct_row_ledger, step {lost['step']})"
            )
    raise InputError(
        f"{' and '.join(sides.values())}: no answer of the two in any year; both must "
        "be economies of the world's trade"
    )


def _flows(flow: str) -> tuple[str, ...]:
    return ("exports", "imports") if flow == "total" else (flow,)


def _direction(trace: Trace, tables: Tables, row: Row, flow: str) -> Row:
    """Actual and predicted trade of one direction, from effects and terms of the pair."""
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
        step.read(term.term, value * coefficient, value=value, coefficient=coefficient)
    return total


def _sums(trace: Trace, row: Row, found: dict[str, Row]) -> None:
    """Both directions together."""
    if len(found) < 2:
        return
    step = trace.step("Both directions", (MART,), "methodology 8: sum over sum")
    for name in ("actual_usd", "predicted_usd"):
        parts = {flow: held[name] for flow, held in found.items()}
        step.check(
            name.replace("_usd", " trade, US$"),
            sum(v or 0.0 for v in parts.values()),
            row[name],
            f"{MART}.{name}",
            **parts,
        )


def _ratio(trace: Trace, tables: Tables, row: Row, study: Row, found: dict[str, Row]) -> None:
    """K, and whether it may have a class."""
    step = trace.step("K", (MART, "dim_study"), "methodology 8")
    k = row["actual_usd"] / row["predicted_usd"]
    step.check(
        "K = actual / predicted",
        k,
        row["k_ratio"],
        f"{MART}.k_ratio",
        actual_usd=row["actual_usd"],
        predicted_usd=row["predicted_usd"],
    )
    if len(found) < 2:
        both = (
            tables.one(
                MART,
                reporter_iso3=row["reporter_iso3"],
                year=row["year"],
                partner_iso3=row["partner_iso3"],
                flow="total",
            )
            or row
        )
        two_way = both["predicted_usd"]
    else:
        two_way = row["predicted_usd"]
    least = study["minimum_prediction_usd"]
    status = "ok"
    if row["actual_usd"] == 0:
        status = "no_recorded_trade"
    elif least is not None and two_way < least:
        status = "below_minimum_prediction"
    step.check(
        "status",
        status,
        row["k_status"],
        f"{MART}.k_status",
        note=row["k_status_label"],
        predicted_two_way_usd=two_way,
        minimum_prediction_usd=least,
    )


def _among(trace: Trace, tables: Tables, row: Row) -> None:
    """Place of K among flows of like predicted size, and how common the class is."""
    step = trace.step("Among flows of like size", (MART,), "methodology 8")
    where = {name: row[name] for name in ("study_id", "flow", "year")}
    band = {**where, "size_band": row["size_band"]}
    k = row["k_ratio"]
    place = tables.number(
        f"50 * (count(*) filter (k_ratio < {k!r}) + count(*) filter (k_ratio <= {k!r})) / count(*)",
        MART,
        **band,
    )
    step.check(
        "% with a lower K",
        place,
        row["k_percentile"],
        f"{MART}.k_percentile",
        flows_of_band=row["band_pairs"],
    )
    step.check(
        "K of the middle one",
        tables.number("median(k_ratio)", MART, **band),
        row["k_median_of_band"],
        f"{MART}.k_median_of_band",
    )
    if row["potential_class"]:
        share = tables.number(
            f"count(*) filter (potential_class = '{row['potential_class']}') "
            "/ count(potential_class)",
            MART,
            **where,
        )
        step.check(
            "share of flows in the same class", share, row["class_share"], f"{MART}.class_share"
        )
