"""One structural answer: two directions of trade, effects of both economies, K and class."""

from __future__ import annotations

from trade_potential.errors import InputError
from trade_potential.explain import classes
from trade_potential.explain.directions import MART, MODEL, PAIRS, direction
from trade_potential.explain.tables import Row, Tables, double
from trade_potential.explain.trace import Trace


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
    found = {flow: direction(trace, tables, row, flow) for flow in _flows(row["flow"])}
    _sums(trace, row, found)
    _ratio(trace, tables, row, study, found)
    cuts = classes.cuts_of(tables, row["study_id"])
    has_class = row["k_status"] == "ok"
    classes.class_step(trace, row, cuts, MART, has_class=has_class)
    _among(trace, tables, row)
    if row["k_pair_out_ratio"] is not None:
        step = trace.step(
            "K with the pair left out", (MART, PAIRS), "methodology section 8; decision 026"
        )
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
    first, last = (tables.number(f"{end}(year)", MART, **sides) for end in ("min", "max"))
    if first is not None and not first <= asked["year"] <= last:
        raise InputError(f"year {asked['year']}: the answers are of {first} to {last}")
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


def _sums(trace: Trace, row: Row, found: dict[str, Row]) -> None:
    """Both directions together."""
    if len(found) < 2:
        return
    step = trace.step("Both directions", (MART,), "methodology section 8: sum over sum")
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
    step = trace.step("K", (MART, "dim_study"), "methodology section 8")
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
    step = trace.step("Among flows of like size", (MART,), "methodology section 8")
    where = {name: row[name] for name in ("study_id", "flow", "year")}
    band = {**where, "size_band": row["size_band"]}
    k = double(row["k_ratio"])
    place = tables.number(
        f"50 * (count(*) filter (k_ratio < {k}) + count(*) filter (k_ratio <= {k})) / count(*)",
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
