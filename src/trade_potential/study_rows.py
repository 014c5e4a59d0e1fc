"""Which rows of gated figures and of seeds a study uses: those of its default specification.

What belongs to other studies, specifications, variables, indicators, economies or cuts is left
out: who adds some of it moves nothing that the study has stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

    Relations = Mapping[str, duckdb.DuckDBPyRelation]

SCALES = {"count": "SP.POP.TOTL", "per_head": "SP.POP.TOTL", "per_gdp": "NY.GDP.MKTP.CD"}
"""Indicator that a variable of a derivation is multiplied with, or divided by."""

ALL = "true"
"""Condition of every row."""

VINTAGE = "indicator_code, vintage_date, first_year"
"""Of a vintage, whose counts are of all economies."""


def rows_of_study(
    tables: Relations, study: str, *, indicators: Iterable[str] = ()
) -> dict[str, duckdb.DuckDBPyRelation]:
    """The same tables with the rows that a study uses; the table itself where it uses all of them.

    Args:
        tables: By name; studies, specifications, terms and variables among them, and the partners
            of a study that lists them.
        study: One of stg_study__studies.
        indicators: Codes that are used beside those of its variables.
    """
    conditions = _conditions(tables, study, {*indicators})
    found = {
        name: table if conditions.get(name, ALL) == ALL else table.filter(conditions[name])
        for name, table in tables.items()
    }
    if "gate_observation_vintages" in found:
        found["gate_observation_vintages"] = found["gate_observation_vintages"].project(VINTAGE)
    return found


def _conditions(tables: Relations, study: str, indicators: set[str]) -> dict[str, str]:
    """What holds for the rows of a study, in SQL, by table."""
    own = f"study_id = {_quoted(study)}"
    row = _record(tables["stg_study__studies"], own)
    specs = {row["default_spec_id"]}
    spec = _in("spec_id", specs)
    indices = _values(tables, "gravity_specifications", "index_spec_id", spec)
    index = _in("index_spec_id", indices)
    named = _values(tables, "gravity_terms", "variable", spec)
    named |= _values(tables, "gravity_term_exceptions", "variable", spec)
    named |= _values(tables, "index_terms", "variable", index)
    named |= _values(tables, "index_specifications", "anchor_variable", index)
    variable = _in("variable", named)
    indicators |= _values(tables, "variables", "indicator_code", variable)
    derived = _values(tables, "variables", "derivation", variable)
    indicators |= {scale for derivation, scale in SCALES.items() if derivation in derived}
    indicator = _in("indicator_code", indicators)
    economies = _economies(tables, row, own)
    reporters = None if row["reporter_iso3"] is None else _codes(tables, {row["reporter_iso3"]})
    reporter, country = (_of(reporters, f"{of}_code") for of in ("reporter", "country"))
    partner = _of(economies, "partner_code")
    series = f"series_id = {_quoted(row['ecommerce_series'] or '')}"
    quotes = _values(tables, "ecommerce_series", "quote_id", series)
    national = f"{reporter} and {partner}" if row["trade_source"] == "national" else "false"
    return {
        **dict.fromkeys(
            (
                *("stg_study__studies", "stg_study__study_partners", "int_panel__classes"),
                "stg_multiverse__specification_choices",
            ),
            own,
        ),
        "stg_study__study_specifications": f"{own} and {spec}",
        "stg_study__gravity_specifications": spec,
        "stg_study__gravity_terms": spec,
        "stg_study__gravity_term_exceptions": spec,
        "stg_study__index_specifications": index,
        "stg_study__index_terms": index,
        "stg_study__variables": variable,
        "stg_study__vintage_overrides": (
            f"(spec_kind = 'gravity' and {spec}) or "
            f"(spec_kind = 'index' and {_in('spec_id', indices)})"
        ),
        "stg_study__imputation_rules": indicator,
        "stg_study__ecommerce_series": series,
        "gate_ecommerce_volumes": _in("quote_id", quotes),
        "gate_exchange_rates": country,
        "gate_total_trade": country,
        "gate_indicators": indicator,
        "gate_observation_vintages": indicator,
        "int_panel__observations": f"{indicator} and {_of(economies, 'country_code')}",
        "gate_oil_prices": _in("benchmark", _values(tables, "variables", "benchmark", variable)),
        "gate_trade_flows": national,
        "gate_country_pairs": national,
        # of BACI all: a flow that it does not list is zero where it lists both economies
        **dict.fromkeys(
            ("gate_world_trade", "gate_world_pairs", "gate_agreement_spells"),
            ALL if row["trade_source"] == "baci" else "false",
        ),
    }


def _economies(tables: Relations, row: Mapping[str, Any], own: str) -> set[str] | None:
    """Codes of the reporter and its partners; None: of every economy."""
    if row["partner_scope"] != "listed":
        return None
    return _codes(
        tables, {row["reporter_iso3"], *_values(tables, "study_partners", "partner_iso3", own)}
    )


def _codes(tables: Relations, economies: set[str]) -> set[str]:
    """Codes that stand for economies of today, theirs and older ones."""
    older = tables["gate_country_code_mappings"].filter(_in("country_iso3", economies))
    return economies | {str(code) for (code,) in older.project("source_code").fetchall()}


def _of(economies: set[str] | None, column: str) -> str:
    return ALL if economies is None else _in(column, economies)


def _values(tables: Relations, name: str, column: str, where: str) -> set[str]:
    """Values of a column of the rows of a study; none of a table that is not given."""
    table = tables.get(f"stg_study__{name}")
    if table is None:
        return set()
    rows = table.filter(where).project(column).fetchall()
    return {str(value) for (value,) in rows if value is not None}


def _record(table: duckdb.DuckDBPyRelation, where: str) -> dict[str, Any]:
    (row,) = table.filter(where).fetchall()
    return dict(zip(table.columns, row, strict=True))


def _in(column: str, values: Collection[str]) -> str:
    """A condition that holds of none where there is no value."""
    held = ", ".join(_quoted(value) for value in sorted(values))
    return f"{column} in ({held})" if held else "false"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
