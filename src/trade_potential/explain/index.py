"""From indicators to the development index of a partner and year."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from trade_potential.explain.tables import Row, Tables, double
from trade_potential.explain.terms import Term, index_terms
from trade_potential.explain.trace import Step, Trace

INDICATORS = "int_panel__values"
VARIABLES = "int_panel__variables"
SCORES = "fct_development_index"
WEIGHTS = "fct_index_weights"
MARTS_INDICATORS = "fct_country_indicator"


def steps(
    trace: Trace, tables: Tables, study: str, index_spec: str, country: str, year: int
) -> None:
    """Raw indicators, and the index that weights make of them."""
    key = {"study_id": study, "index_spec_id": index_spec}
    score = tables.one(SCORES, **key, country_iso3=country, year=year)
    terms = index_terms(tables, index_spec)
    values = _raw(trace, tables, study, index_spec, country, year, terms)
    step = trace.step(
        f"Development index {index_spec}",
        (WEIGHTS, "fct_index_diagnostics", SCORES, "int_index__sample"),
        "methodology section 4; Anderson (2003) section 2.5 where indicators are missing",
    )
    if score is None:
        lost = tables.one(
            "fct_row_ledger",
            study_id=study,
            spec_kind="index",
            spec_id=index_spec,
            partner_iso3=country,
            year=year,
        )
        step.missing.append(f"no index: {lost['reason'] if lost else 'not in its sample'}")
        return
    weights = _weights(step, tables, key, terms, set(_names(score["missing_indicators"])))
    _scored(step, tables, key, score, terms, values, weights)


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _raw(
    trace: Trace, tables: Tables, study: str, spec: str, country: str, year: int, terms: list[Term]
) -> dict[str, float]:
    """Values of the index's variables; the figures behind them become lines."""
    wanted = {term.variable for term in terms}
    step = trace.step(
        "Indicators of the index",
        (INDICATORS if tables.is_warehouse else MARTS_INDICATORS,),
        "methodology sections 1 and 2; docs/data.md",
    )
    where: Row = {"study_id": study, "country_iso3": country, "year": year}
    if tables.is_warehouse:
        figures = tables.rows(INDICATORS, **where, spec_kind="index", spec_id=spec)
        found = tables.rows(VARIABLES, **where, spec_kind="index", spec_id=spec)
        values = {row["variable"]: row["variable_value"] for row in found}
    else:
        figures = [r for r in tables.rows(MARTS_INDICATORS, **where) if r["indicator"] in wanted]
        values = {row["indicator"]: row["indicator_value"] for row in figures}
    about = {row["indicator_code"]: row for row in tables.rows("dim_indicator")}
    for row in figures:
        held = about.get(row["indicator_code"], {})
        how = row.get("value_method") or row["fill_method"] or "observed"
        parts = {name: row[name] for name in ("source_year", "vintage_date") if name in row}
        step.read(
            held.get("indicator") or row["indicator_code"],
            row["indicator_value"],
            how,
            unit=held.get("unit"),
            source=held.get("source_id"),
            **parts,
        )
    if not tables.is_warehouse:
        step.missing.append(
            f"vintage and source year of a figure, and figures as the index fills them: "
            f"{INDICATORS} of a warehouse; {MARTS_INDICATORS} has them as the study fills them"
        )
        lacking = sorted(wanted - values.keys())
        if lacking:
            step.missing.append(f"{', '.join(lacking)}: derived, in {VARIABLES} of a warehouse")
    return values


def _weights(
    step: Step, tables: Tables, key: dict[str, Any], terms: list[Term], missing: set[str]
) -> dict[str, float]:
    """Weights of a row's indicators, those of components recomputed from the loadings."""
    rows = tables.rows(WEIGHTS, **key)
    published = {r["variable"]: r["weight_value"] for r in rows if r["weight_kind"] == "weight"}
    loadings = {
        (r["variable"], r["component"]): r["weight_value"]
        for r in rows
        if r["weight_kind"] == "loading"
    }
    shares = {
        r["component"]: r["weight_value"]
        for r in rows
        if r["weight_kind"] == "component_weight" and r["weight_value"]
    }
    values = {
        r["component"]: r["diagnostic_value"]
        for r in tables.rows("fct_index_diagnostics", **key, diagnostic="eigenvalue")
    }
    spec = tables.one("dim_index_specification", index_spec_id=key["index_spec_id"]) or {}
    if spec.get("method") == "pca" and shares:
        for name, weight in published.items():
            parts = {
                f"component {c}": share * loadings[name, c] / math.sqrt(values[c])
                for c, share in sorted(shares.items())
            }
            step.check(
                f"weight of {name}",
                sum(parts.values()),
                weight,
                f"{WEIGHTS}.weight_value",
                note="share of the component x loading / root of its eigenvalue",
                **parts,
            )
    else:
        for name, weight in published.items():
            step.read(f"weight of {name}", weight, "fixed by the specification")
    if not missing or not loadings:
        return published
    return _conditional(published, loadings, sorted(values), [t.variable for t in terms], missing)


def _conditional(
    weights: dict[str, float],
    loadings: dict[tuple[str, int], float],
    components: list[int],
    names: list[str],
    missing: set[str],
) -> dict[str, float]:
    """Weights of what is there, with what it lets one expect of what lacks."""
    held = [name for name in names if name not in missing]
    lacking = [name for name in names if name in missing]
    matrix = np.array([[loadings[name, c] for c in components] for name in names])
    correlation = matrix @ matrix.T
    a, b = [names.index(n) for n in held], [names.index(n) for n in lacking]
    shifted = np.linalg.solve(
        correlation[np.ix_(a, a)], correlation[np.ix_(a, b)] @ [weights[n] for n in lacking]
    )
    return {n: weights[n] + float(more) for n, more in zip(held, shifted, strict=True)}


def _scored(
    step: Step,
    tables: Tables,
    key: dict[str, Any],
    score: Row,
    terms: list[Term],
    values: dict[str, float],
    weights: dict[str, float],
) -> None:
    """Standardised, weighted, summed, rescaled, ranked."""
    scaling = {
        r["variable"]: (r["variable_location"], r["variable_scale"])
        for r in tables.rows(WEIGHTS, **key, weight_kind="weight")
    }
    sample = None
    if tables.is_warehouse:
        where = {"country_iso3": score["country_iso3"], "year": score["year"]}
        sample = tables.one("int_index__sample", **key, **where)
    total, largest, complete = 0.0, 0.0, True
    for term in terms:
        name = term.variable
        if name not in weights:
            continue
        value = term.of(values.get(name))
        if value is None:
            complete = False
            continue
        location, scale = scaling[name]
        standard = (value - location) / scale
        part = weights[name] * standard
        total, largest = total + part, max(largest, abs(part))
        parts = {"value": values[name], "standardised": standard, "weight": weights[name]}
        if sample:
            step.check(
                f"{term.formula}",
                value,
                sample[f"v{term.position}"],
                f"int_index__sample.v{term.position}",
            )
        step.read(f"weight x standardised {name}", part, **parts)
    composite = score["composite_score"]
    place = f"{SCORES}.composite_score"
    if complete and tables.is_warehouse:
        step.check("composite score", total, composite, place, size=largest, note="their sum")
    else:
        step.read("composite score", composite, place)
        if complete:
            step.read("sum by the figures of the study", total, "no check, see above")
    spec = tables.one("dim_index_specification", index_spec_id=key["index_spec_id"]) or {}
    low, high = (tables.number(f"{f}(composite_score)", SCORES, **key) for f in ("min", "max"))
    zscore = spec.get("normalisation") == "zscore"
    index = (composite - low) / (high - low) if zscore else composite
    how = "rescaled to 0-1 over all rows of the study" if zscore else "the score itself"
    step.check(
        "development index",
        index,
        score["development_index"],
        f"{SCORES}.development_index",
        note=how,
        lowest=low,
        highest=high,
    )
    above = tables.number(
        f"count(*) filter (development_index > {double(score['development_index'])})",
        SCORES,
        **key,
        year=score["year"],
    )
    step.check("rank in the year", above + 1, score["index_rank"], f"{SCORES}.index_rank")
    step.read(
        "share of filled indicators",
        score["imputed_share"],
        f"missing: {score['missing_indicators']}" if score["missing_indicators"] else "",
    )
