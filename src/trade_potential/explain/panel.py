"""One K of a study of one reporter: every step from raw figures to the class."""

from __future__ import annotations

from trade_potential.errors import InputError
from trade_potential.explain import classes, index, model, regressors, trade
from trade_potential.explain.tables import Row, Tables
from trade_potential.explain.trace import Trace

MART = "fct_trade_potential"
DIAGNOSTICS = "fct_gravity_diagnostics"


def explained(trace: Trace, tables: Tables, study: Row) -> Trace:
    """All steps of one row of fct_trade_potential, or why there is none.

    Args:
        trace: Whose subject names study, spec, estimator, reporter, partner and year.
        tables: Where to read.
        study: The row of dim_study.

    Raises:
        InputError: The study has no such specification, estimator, partner or year.
    """
    asked = trace.subject
    key = {
        name: asked[name]
        for name in ("study_id", "spec_id", "estimator", "reporter_iso3", "partner_iso3", "year")
    }
    row = tables.one(MART, **key)
    if row is None:
        _without(trace, tables, study)
        return trace
    if row["predicted_usd"] is None:
        step = trace.step("No K", (MART,), "methodology section 6")
        step.read("status", row["k_status"], "there is no prediction")
        return trace
    scaling = _scaling(tables, study, row)
    trade.steps(trace, tables, row, study, scaling)
    if row["index_spec_id"]:
        index.steps(
            trace, tables, row["study_id"], row["index_spec_id"], row["partner_iso3"], row["year"]
        )
    values = regressors.step(trace, tables, row)
    own = {name: row[name] for name in ("study_id", "spec_id", "estimator")}
    with_means = "count(*) filter (term like 'mean(%')"
    if tables.number(with_means, "fct_gravity_coefficients", **own):
        values |= regressors.means(trace, tables, row)
    if row["estimator_status"] != "ok":
        held = tables.one(DIAGNOSTICS, **own) or {}
        step = trace.step("Estimator", (DIAGNOSTICS,), "methodology section 5")
        step.read("status", row["estimator_status"], held.get("reason") or "")
    model.prediction(trace, tables, row, values)
    model.k_step(trace, tables, row)
    model.interval(trace, tables, row, values)
    cuts = classes.cuts_of(tables, row["study_id"])
    has_class = row["k_status"] == "ok"
    classes.class_step(trace, row, cuts, MART, has_class=has_class)
    classes.certainty_step(trace, row, cuts, MART, "est_gravity_lasting", has_class=has_class)
    return trace


def _scaling(tables: Tables, study: Row, row: Row) -> str:
    spec = tables.one("dim_specification", spec_id=row["spec_id"]) or {}
    scaling = spec.get("outcome_scaling") or "as_study"
    return str(study["outcome_scaling"] if scaling == "as_study" else scaling)


def _without(trace: Trace, tables: Tables, study: Row) -> None:
    """Why the mart has no such row.

    Raises:
        InputError: It is a name that the study has not.
    """
    asked = trace.subject
    name = asked["study_id"]
    found = tables.rows(DIAGNOSTICS, study_id=name)
    specs = sorted({row["spec_id"] for row in found})
    if asked["spec_id"] not in specs:
        raise InputError(
            f"study {name} has no specification {asked['spec_id']}; it has {', '.join(specs)}"
        )
    of_spec = [row for row in found if row["spec_id"] == asked["spec_id"]]
    estimators = sorted({row["estimator"] for row in of_spec})
    if asked["estimator"] not in estimators:
        raise InputError(
            f"{name}/{asked['spec_id']} has no estimator {asked['estimator']}; it has "
            f"{', '.join(estimators)}"
        )
    own = next(row for row in of_spec if row["estimator"] == asked["estimator"])
    about = tables.one("dim_estimator", estimator=asked["estimator"]) or {}
    step = trace.step(
        "No K",
        (MART, DIAGNOSTICS, "dim_estimator", "fct_row_ledger"),
        "methodology section 6; decision 004",
    )
    spec = {column: asked[column] for column in ("study_id", "spec_id")}
    if not tables.number("count(*)", MART, **spec, estimator=asked["estimator"]):
        if own["estimator_status"] != "ok":
            step.read("estimator", own["estimator_status"], own["reason"] or "")
        elif about.get("gives_k", True):
            said = "sees means of pairs, and predicts nothing where years have effects"
            step.read("estimator", asked["estimator"], said)
        else:
            said = "has effects of the partner: with them inside K would be about 1"
            step.read("estimator", asked["estimator"], said)
        return
    lost = tables.one(
        "fct_row_ledger",
        **spec,
        spec_kind="gravity",
        year=asked["year"],
        partner_iso3=asked["partner_iso3"],
    )
    if lost:
        step.read(f"lost at the step {lost['step']}", asked["partner_iso3"], lost["reason"])
        return
    if not study["first_year"] <= asked["year"] <= study["last_year"]:
        raise InputError(
            f"year {asked['year']}: study {name} is of {study['first_year']} to "
            f"{study['last_year']}"
        )
    reporters = {row["reporter_iso3"] for row in tables.rows(MART, **spec)}
    if asked["reporter_iso3"] not in reporters:
        raise InputError(
            f"study {name} is of {', '.join(sorted(reporters))}, not of "
            f"{asked['reporter_iso3']}; --reporter names it"
        )
    raise InputError(
        f"{asked['partner_iso3']} is no partner of study {name} in {asked['year']}; "
        "--study world has every pair"
    )
