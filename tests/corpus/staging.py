"""Values that have the form of their type and break a rule that an input declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.corpus.case import Case, Seed, edited, with_cell
from tests.declared import Rules, rules_of

SQL = "x'); drop schema marts cascade; --"
WRONG_CODES = {
    "alpha-2 code of Namibia": "NA",
    "alpha-2 code": "KZ",
    "code in lower case": "kaz",
    "code that no country has": "QQQ",
    "numeric code": "398",
    "name for a code": "Kazakhstan",
}
OUT_OF_RULE: Mapping[str, Mapping[str, str]] = {
    "future year": {"first_year": "2999", "last_year": "2031", "year": "2050", "base_year": "2099"},
    "year of another age": {"first_year": "213", "year": "20", "base_year": "0"},
    "future date": {"as_of_date": "2199-01-01"},
    "years in the wrong order": {"last_year": "1991"},
    "zero": {
        "divisor": "0", "outcome_divisor_usd": "0.0", "confidence_level": "0", "max_years": "0",
        "position": "0", "display_order": "0", "component_threshold": "0", "k_lower": "0",
        "k_upper": "0", "row_order": "0", "column_order": "0",
    },
    "negative": {
        "divisor": "-1", "outcome_divisor_usd": "-1e4", "confidence_level": "-0.95",
        "max_years": "-3", "position": "-1", "display_order": "-1", "component_threshold": "-1",
        "k_lower": "-0.8", "k_upper": "-1.2", "tolerance": "-0.01", "decimals": "-1",
        "floor_value": "-5", "row_order": "-1", "column_order": "-1", "printed_value": "-77",
    },
    "huge": {
        "divisor": "1e300", "outcome_divisor_usd": "1.7e308", "max_years": "2147483647",
        "position": "2147483647", "display_order": "2147483647", "component_threshold": "1e300",
        "fixed_weight": "1e300", "k_lower": "1e200", "k_upper": "1e200", "tolerance": "1e300",
        "decimals": "2147483647", "threshold": "1e300", "floor_value": "1e300",
        "row_order": "2147483647", "column_order": "2147483647", "printed_value": "1e300",
    },
    "another unit": {
        "confidence_level": "95", "fixed_weight": "74.6", "printed_value": "393", "k_lower": "800",
        "k_upper": "1200",
    },
}  # fmt: skip
"""By kind: values out of a rule (`rows` of input_keeps_rules) of a column."""


def staging_cases(seed: Seed, number: int) -> Iterator[Case]:
    """One case per rule of a declared input."""
    rules = rules_of(seed.declaration)
    yield from _duplicate(seed, number)
    for column in rules.present:
        yield from _without_value(seed, column, number)
    for column in seed.header:
        yield from _of_column(seed, column, rules, number)
    ruled = {column for rule in rules.rows for column in rule["columns"]}
    for kind, values in OUT_OF_RULE.items():
        for column_name in sorted(ruled & values.keys()):
            yield _cell(seed, f"{kind} in {column_name}", column_name, values[column_name], number)
    yield from _across_files(seed, number)


def _cell(
    seed: Seed, kind: str, column: str, value: str, number: int, rule: str = "", line: int = 0
) -> Case:
    """A value in a row where the column is filled, near the top: few rows are printed."""
    k = seed.header.index(column)
    filled = [n for n, row in enumerate(seed.rows, start=2) if row[k] not in ("", value)][:12]
    line = line or seed.random(kind, number).choice(filled)
    expected = (f"{seed.file}, line {line}, column {column}: ", f'"{value}"', f"(rule: {rule}")
    if any(of == "double" for of in [seed.types[column]]):
        expected = (expected[0], expected[2])  # a number may be printed otherwise than written
    return Case(seed.target, kind, "staging", with_cell(line, k, value), expected, cell=(line, k))


def key(seed: Seed) -> list[str]:
    """Columns of the key."""
    return list(seed.declaration["config"]["meta"]["key"])


def present(seed: Seed) -> list[str]:
    """Columns whose values must be present."""
    return rules_of(seed.declaration).present


def _duplicate(seed: Seed, number: int) -> Iterator[Case]:
    chance = seed.random("duplicate row", number)
    line = chance.randrange(min(len(seed.rows), 12)) + 2
    yield Case(
        seed.target, "duplicate row", "staging",
        edited(lambda rows: rows.insert(line, list(rows[line - 1]))),
        (f"{seed.file}, line {line + 1}, column {', '.join(key(seed))}: ", "the key is unique"),
    )  # fmt: skip


def _without_value(seed: Seed, column: str, number: int) -> Iterator[Case]:
    rule = "the value is present and finite"
    yield _cell(seed, f"no value in {column}", column, "", number, rule)
    if seed.types[column] == "varchar":
        yield _cell(seed, f"nan as a text in {column}", column, "nan", number, rule)


def _of_column(seed: Seed, column: str, rules: Rules, number: int) -> Iterator[Case]:
    is_number = seed.types[column] != "varchar"
    if column in rules.one_of:
        rule = "the value is one of"
        other = "7" if is_number else "other"
        yield _cell(seed, f"{column} out of its list", column, other, number, rule)
        if not is_number:
            yield _cell(seed, f"SQL in {column}", column, SQL, number, rule)
    parent = rules.known.get(column, {}).get("to", "")
    if column in rules.countries or "stg_inputs__countries" in parent:
        rule = "the value is a country_iso3" if parent else "the code is"
        for kind, code in WRONG_CODES.items():
            yield _cell(seed, f"{kind} in {column}", column, code, number, rule)
        yield _cell(seed, f"SQL in {column}", column, SQL, number, rule)
    elif parent:
        yield _cell(seed, f"unknown {column}", column, "no_such_key", number, "the value is a")
        yield _cell(seed, f"SQL in {column}", column, SQL, number, "the value is a")


def _across_files(seed: Seed, number: int) -> Iterator[Case]:
    """Rules of tests/data and of Namibia."""
    if seed.target == "inputs/countries":
        line = next(n for n, row in enumerate(seed.rows, start=2) if row[0] == "NAM")
        yield _cell(
            seed, "alpha-2 code of Namibia read as missing", "country_iso2", "", number,
            "the value is present", line,
        )  # fmt: skip
    named = {
        "study/vintage_overrides": {"vintage_date": "2020-02-02", "spec_id": "no_such"},
        "study/gravity_term_exceptions": {"term": "no_such"},
        "published/replication_rules": {"row_label": "no_such", "column_label": "no_such"},
        "published/replication_reasons": {"row_label": "no_such", "column_label": "no_such"},
    }
    for column, value in named.get(seed.target, {}).items():
        kind = f"{column} that nothing has"
        case = _cell(seed, kind, column, value, number)
        yield Case(case.target, kind, "staging", case.change, (case.expected[0], value))
