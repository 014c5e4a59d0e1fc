"""The last steps of every explanation: class by the cuts of the study, probability, pair out."""

from __future__ import annotations

from typing import Any

from trade_potential.explain.tables import Row, Tables
from trade_potential.explain.trace import Step, Trace

SHARES = ("probability_huge", "probability_expansion", "probability_reshaping")
SHARE_OF = dict(
    zip(("huge_potential", "potential_expansion", "potential_reshaping"), SHARES, strict=True)
)
LASTING = ("k_lasting_median", "k_lasting_ci_low", "k_lasting_ci_high")
NEW_YEAR = ("new_year_probability", "k_new_year_ci_low", "k_new_year_ci_high")


def class_of(k: float | None, cuts: list[Row]) -> str | None:
    """The class whose cuts K lies between; K is not rounded."""
    if k is None:
        return None
    for cut in cuts:
        low, high = cut["k_lower"], cut["k_upper"]
        above = low is None or k > low or (cut["is_lower_inclusive"] and k == low)
        below = high is None or k < high or (cut["is_upper_inclusive"] and k == high)
        if above and below:
            return str(cut["potential_class"])
    return None


def cuts_of(tables: Tables, study: str) -> list[Row]:
    """The cuts of a study in order."""
    return tables.rows("dim_potential_class", study_id=study, order="display_order")


def cuts_in_words(cuts: list[Row]) -> str:
    """Such as: huge_potential up to 0.8."""
    said = []
    for cut in cuts:
        ends = []
        if cut["k_lower"] is not None:
            ends.append(f"{'from' if cut['is_lower_inclusive'] else 'above'} {cut['k_lower']:g}")
        if cut["k_upper"] is not None:
            ends.append(f"{'up to' if cut['is_upper_inclusive'] else 'below'} {cut['k_upper']:g}")
        said.append(f"{cut['potential_class']} {' and '.join(ends) or 'all'}")
    return "; ".join(said)


def class_step(trace: Trace, row: Row, cuts: list[Row], mart: str, *, has_class: bool) -> Step:
    """K against the cuts."""
    step = trace.step(
        "Class", (mart, "dim_potential_class"), "cuts of the reference study; methodology section 6"
    )
    found = class_of(row["k_ratio"], cuts) if has_class else None
    step.check(
        "class", found, row["potential_class"], f"{mart}.potential_class", note=cuts_in_words(cuts)
    )
    return step


def certainty_step(
    trace: Trace, row: Row, cuts: list[Row], mart: str, model: str, *, has_class: bool
) -> None:
    """Probability, what lasts, and K without the pair's own trade."""
    step = trace.step(
        "How sure", (mart, model), "decisions 028 and 037; docs/calibration.md, docs/how-sure.md"
    )
    status = row["probability_status"]
    said = row.get("probability_status_label") or ""
    step.read("probability status", status, str(said))
    shares: dict[str, Any] = {name: row[name] for name in SHARES}
    if None not in shares.values():
        step.check(
            "probabilities add up to", sum(shares.values()), 1.0, f"{mart}.probability_*", **shares
        )
        own = SHARE_OF.get(row["potential_class"] or "")
        if own:
            step.read("probability of the class", row[own], f"certainty: {row['answer_certainty']}")
        for name in (*LASTING, *NEW_YEAR):
            step.read(name.replace("_", " "), row[name])
        step.missing.append(
            "the law behind the probabilities is of all years of a pair and of all pairs: no row "
            f"of a mart leads to it; {model} of a warehouse holds it, docs/calibration.md tries it"
        )
    else:
        step.missing.append(f"there is no probability: {status}{f' ({said})' if said else ''}")
    out = row["k_pair_out_ratio"]
    if out is None:
        step.missing.append("no K without the pair's own trade: it has no benchmark then")
    else:
        step.read("K without the pair's own trade", out)
        if not has_class:
            return
        other = class_of(out, cuts)
        step.check(
            "another class without it",
            other != row["potential_class"],
            row["class_depends_on_own_trade"],
            f"{mart}.class_depends_on_own_trade",
            note=other or "",
        )
