"""From figures to the regressors of one pair and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from trade_potential.explain.tables import Row, Tables
from trade_potential.explain.terms import Term, gravity_terms
from trade_potential.explain.trace import Step, Trace

VARIABLES, VALUES = "int_panel__variables", "int_panel__values"
SAMPLE = "int_gravity__ppml_sample"
MEANS_OF = "int_gravity__sample"
INDEX = "development_index"
POPULATION = "SP.POP.TOTL"
YEAR = "year_"


@dataclass(frozen=True)
class Figures:
    """Values of variables of one row of the sample.

    Attributes:
        tables: Where to read.
        row: Of fct_trade_potential.
        term_variables: Variables that stand in for that of a term, by term: exceptions.
    """

    tables: Tables
    row: Row
    term_variables: dict[str, str]

    def variable_of(self, term: Term) -> str:
        """The variable behind a term for this row."""
        return self.term_variables.get(term.term, term.variable)

    def value(self, term: Term, year: int | None = None) -> float | None:
        """The value of a term's variable; None where what is read has none."""
        name = self.variable_of(term)
        year = self.row["year"] if year is None else year
        country = self.row[f"{term.side}_iso3"]
        study = self.row["study_id"]
        if name == INDEX:
            found = self.tables.one(
                "fct_development_index",
                study_id=study,
                index_spec_id=self.row["index_spec_id"],
                country_iso3=country,
                year=year,
            )
            return found["development_index"] if found else None
        if name.startswith(YEAR) and name.removeprefix(YEAR).isdecimal():
            return float(int(name.removeprefix(YEAR)) == year)
        if self.tables.is_warehouse:
            rows = self.tables.rows(
                VARIABLES,
                study_id=study,
                spec_kind="gravity",
                spec_id=self.row["spec_id"],
                variable=name,
                country_iso3=country,
                year=year,
            )
            of_pair = (None, self.row["reporter_iso3"])
            return next((r["variable_value"] for r in rows if r["reporter_iso3"] in of_pair), None)
        found = self.tables.one("fct_country_year", study_id=study, country_iso3=country, year=year)
        return found.get(name) if found else None


def figures(tables: Tables, row: Row) -> Figures:
    """Of a row of fct_trade_potential."""
    others = {}
    if tables.is_warehouse:
        others = {
            found["term"]: found["variable"]
            for found in tables.rows("stg_study__gravity_term_exceptions", spec_id=row["spec_id"])
            if found["country_iso3"] == row["partner_iso3"]
        }
    return Figures(tables, row, others)


def step(trace: Trace, tables: Tables, row: Row) -> dict[str, float]:
    """The regressors: what could be had, by term.

    Args:
        trace: Gets the step.
        tables: Where to read.
        row: Of fct_trade_potential.
    """
    source = SAMPLE if tables.is_warehouse else "fct_country_year"
    made = trace.step(
        "Regressors",
        ("dim_specification", source, "fct_development_index"),
        "methodology section 5",
    )
    held = figures(tables, row)
    sample = _sample(tables, row) or {}
    found: dict[str, float] = {}
    lacking = []
    for term in gravity_terms(tables, row["spec_id"]):
        value = held.value(term)
        made_of = term.of(value)
        if value is None or made_of is None:
            lacking.append(f"{term.term} = {term.formula}")
            continue
        found[term.term] = made_of
        parts: dict[str, Any] = {held.variable_of(term): value}
        if tables.is_warehouse:
            _behind(made, held, term, value)
            made.check(
                f"{term.term} = {term.formula}",
                made_of,
                sample.get(f"v{term.position}"),
                f"{SAMPLE}.v{term.position}",
                **parts,
            )
        else:
            made.read(f"{term.term} = {term.formula}", made_of, **parts)
    if lacking:
        made.missing.append(
            f"{', '.join(lacking)}: derived from figures of other years or of the pair, or filled "
            f"as the specification says; {VARIABLES} and {SAMPLE} of a warehouse"
        )
    if not tables.is_warehouse:
        made.missing.append(
            f"figures of fct_country_year are filled as the study says; {SAMPLE} of a warehouse "
            "holds the regressors themselves"
        )
    return found


def means(trace: Trace, tables: Tables, row: Row) -> dict[str, float]:
    """Means of the regressors over the years of the pair, by the name of their term.

    Args:
        trace: Gets the step.
        tables: Where to read.
        row: Of fct_trade_potential.
    """
    made = trace.step(
        "Means of the regressors over the pair's years",
        (MEANS_OF, "int_gravity__pair_means"),
        "Mundlak (1978); methodology section 5",
    )
    if not tables.is_warehouse:
        made.missing.append(f"means need the regressors of all years: {MEANS_OF} of a warehouse")
        return {}
    key = {name: row[name] for name in ("study_id", "spec_id")}
    pair = f"{row['reporter_iso3']}-{row['partner_iso3']}"
    kept = tables.one("int_gravity__pair_means", **key, pair_id=pair)
    origins = tables.one("int_gravity__origins", **key)
    if kept is None or origins is None:
        made.missing.append("the pair has no row in the sample of the logarithms")
        return {}
    found = {}
    for term in gravity_terms(tables, row["spec_id"]):
        k = term.position
        mean = tables.number(f"avg(v{k})", MEANS_OF, **key, pair_id=pair)
        name = f"mean({term.term})"
        found[name] = mean
        made.check(
            name,
            mean,
            kept[f"m{k}"] + origins[f"o{k}"],
            f"int_gravity__pair_means.m{k} + int_gravity__origins.o{k}",
            size=mean or 0.0,
        )
    return found


def _sample(tables: Tables, row: Row) -> Row | None:
    if not tables.is_warehouse:
        return None
    names = ("study_id", "spec_id", "reporter_iso3", "partner_iso3", "year")
    return tables.one(SAMPLE, **{name: row[name] for name in names})


def _behind(made: Step, held: Figures, term: Term, stored: float) -> None:
    """The figures of a variable, and the variable recomputed from them."""
    name = held.variable_of(term)
    about = held.tables.one("stg_study__variables", variable=name)
    if about is None or about["variable_kind"] not in ("country", "pair"):
        return
    derived = (_of_country if about["variable_kind"] == "country" else _of_pair)(held, term, about)
    if derived is None:
        made.missing.append(f"{name}: {about['derivation']}, not recomputed; {VARIABLES} holds it")
        return
    value, parts = derived
    made.check(
        name,
        value,
        stored,
        f"{VARIABLES}.variable_value",
        note=about["derivation"],
        unit=about["unit"],
        **parts,
    )


def _of_country(held: Figures, term: Term, about: Row) -> tuple[float, dict[str, Any]] | None:
    """By how a variable is derived from an indicator."""
    row, kind = held.row, about["derivation"]
    key = {
        "study_id": row["study_id"],
        "spec_kind": "gravity",
        "spec_id": row["spec_id"],
        "country_iso3": row[f"{term.side}_iso3"],
    }

    def figure(code: str, year: int) -> Row:
        found = held.tables.one(VALUES, **key, indicator_code=code, year=year)
        return found or {"indicator_value": None}

    code, year = about["indicator_code"], row["year"]
    own = figure(code, year)
    value = own["indicator_value"]
    parts = {name: own.get(name) for name in ("value_method", "source_year", "vintage_date")}
    parts = {code: value, **parts}
    base = {"rebased": about["base_year"], "previous_year": year - 1}.get(kind)
    if base is not None:
        other = figure(code, base)["indicator_value"]
        parts[f"{code} of {base}"] = other
        scale = 100 / other if other else None
    elif kind == "count":
        scale = figure(POPULATION, year)["indicator_value"]
        parts[POPULATION] = scale
    else:
        scale = 1.0 if kind in ("level", "published") else None
    if value is None or scale is None:
        return None
    return value * scale / about["divisor"], parts


def _of_pair(held: Figures, _: Term, about: Row) -> tuple[float, dict[str, Any]] | None:
    """A figure of the pair, times the price of oil of the year where it is derived so."""
    row = held.row
    national = row["trade_source"] == "national"
    names = ("reporter", "partner") if national else ("origin", "destination")
    table = "gate_country_pairs" if national else "gate_world_pairs"
    pair = held.tables.one(
        table,
        **{
            f"{name}_code": row[f"{side}_iso3"]
            for name, side in zip(names, ("reporter", "partner"), strict=True)
        },
    )
    if pair is None or about["derivation"] not in ("level", "times_oil"):
        return None
    value = float(pair[about["pair_figure"]])
    parts: dict[str, Any] = {about["pair_figure"]: value, "table": table}
    if about["derivation"] == "times_oil":
        oil = held.tables.one("gate_oil_prices", benchmark=about["benchmark"], year=row["year"])
        if oil is None:
            return None
        parts[f"{about['benchmark']}, US$ per barrel"] = oil["price_usd_per_barrel"]
        value *= oil["price_usd_per_barrel"]
    return value / about["divisor"], parts
