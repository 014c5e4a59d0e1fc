"""From raw figures to a class, step by step: what docs/methodology.md section 7 does by hand."""

from __future__ import annotations

from trade_potential.errors import InputError
from trade_potential.explain import panel, world
from trade_potential.explain.tables import Row, Tables, of_release, of_warehouse
from trade_potential.explain.trace import Line, Step, Trace

__all__ = ["Line", "Step", "Tables", "Trace", "explain", "of_release", "of_warehouse"]

STRUCTURAL = "ppml_structural"


def explain(
    tables: Tables,
    *,
    reporter: str,
    partner: str,
    year: int,
    study: str | None = None,
    spec: str | None = None,
    estimator: str | None = None,
    flow: str = "total",
) -> Trace:
    """The trace of one answer; each step is recomputed from the step before.

    Args:
        tables: Where to read.
        reporter: ISO 3166 code of the economy that asks.
        partner: That of its partner.
        year: Of the answer.
        study: None: that whose answers come first; with spec or estimator the one that has them.
        spec: None: the default of the study.
        estimator: None: the default of the study.
        flow: Of a structural answer: total, exports or imports.

    Raises:
        InputError: There is no such study, specification, estimator, partner or year; the message
            says what there is.
    """
    chosen = _study(tables, study, spec, estimator)
    subject = {
        "study_id": chosen["study_id"],
        "spec_id": spec or chosen["default_spec_id"],
        "estimator": estimator or chosen["default_estimator"],
        "reporter_iso3": reporter,
        "partner_iso3": partner,
        "year": year,
        "flow": flow if chosen["default_estimator"] == STRUCTURAL else chosen["flow"],
    }
    trace = Trace(subject, tables.said)
    if reporter == partner:
        raise InputError(f"{partner}: is one economy; name a partner of another")
    if chosen["default_estimator"] == STRUCTURAL:
        world.explained(trace, tables, chosen)
    elif flow in ("total", chosen["flow"]):
        panel.explained(trace, tables, chosen)
    else:
        raise InputError(
            f"study {chosen['study_id']} is of the flow {chosen['flow']} only; "
            "--study world has exports and imports"
        )
    for step in trace.steps:
        step.tables = tuple(name for name in step.tables if tables.has(name))
    return trace


def _study(tables: Tables, study: str | None, spec: str | None, estimator: str | None) -> Row:
    """The study that is asked about.

    Raises:
        InputError: There is none such, or there are several.
    """
    studies = {row["study_id"]: row for row in tables.rows("dim_study", order="study_id")}
    if study is not None:
        if study not in studies:
            raise InputError(f"no study {study}; there are {', '.join(studies)}")
        return studies[study]
    asked = {"spec_id": spec, "estimator": estimator}
    wanted = {name: value for name, value in asked.items() if value is not None}
    if not wanted:
        return min(studies.values(), key=_precedence)
    with_it = sorted({row["study_id"] for row in tables.rows("fct_gravity_coefficients", **wanted)})
    said = " and ".join(wanted.values())
    if not with_it:
        raise InputError(f"no study has {said}; --study, --spec and --estimator must go together")
    if len(with_it) > 1:
        raise InputError(f"{said} is in {', '.join(with_it)}: name one with --study")
    return studies[with_it[0]]


def _precedence(study: Row) -> tuple[bool, bool, str]:
    """What is asked first: the study of every pair, then that of a reporter."""
    is_of_all = study["default_estimator"] == STRUCTURAL
    return not is_of_all, not study["is_default_study"], study["study_id"]
