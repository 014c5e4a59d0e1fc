"""The gate: run every check on the inputs, return one row per check."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality.checks import Check
from trade_potential.quality.derived import with_derived_columns
from trade_potential.quality.inputs import Input, Relation, profile, read_input
from trade_potential.quality.suites import all_checks

COLUMNS = (
    "check_id", "suite", "file", "expectation", "column_name", "rule", "severity", "observed",
    "limit_value", "failing_keys", "rows_checked", "rows_total", "failing_count", "passed",
    "failing_rows",
)  # fmt: skip
MAX_FAILING_KEYS = 10
ALL_ROWS = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
NOT_DECLARED = Input(frame=pd.DataFrame(), rows_total=0, place="", refusal="no such input")


def check_inputs(
    rows: Mapping[str, Relation | pd.DataFrame], declared: pd.DataFrame
) -> pd.DataFrame:
    """Check the inputs.

    Args:
        rows: Rows of the inputs by name; a column `file_line` tells the line in the file, if it is
            known, `file_name` the file, if there are many. An input that is not given fails all its
            checks.
        declared: The inputs (int_quality__inputs). By `input_name`: `place` and `kind` (seed,
            parquet, table) of its rows, `key_columns`, and `gate_max_rows`, above which a sample is
            read.

    Returns:
        One row per check, columns `COLUMNS`. `rows_checked` and `failing_count` are 0 where the
        check could not run; `observed` then tells why. `rows_total` counts all rows of the input.
        `failing_rows` holds file, row, key and value of the rows in `failing_keys` as JSON.
    """
    read = {
        str(of["input_name"]): _read(rows.get(of["input_name"], pd.DataFrame()), of)
        for of in declared.to_dict("records")
    }
    tables = {name: _in_fixed_order(given) for name, given in read.items()}
    complete = with_derived_columns(tables, profile(read))
    every_check = all_checks(tables.get("indicators", pd.DataFrame()), list(read))
    batches = _batches()
    found: list[dict[str, Any]] = []
    for suite in dict.fromkeys(check.suite for check in every_check):
        checks = [check for check in every_check if check.suite == suite]
        given, frame = read.get(suite, NOT_DECLARED), complete.get(suite, pd.DataFrame())
        results = (
            {check.check_id: {"failure": given.refusal} for check in checks} if given.refusal
            else _validate(batches, frame, checks)
        )  # fmt: skip
        found += [_row(check, given, frame, results.get(check.check_id)) for check in checks]
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(
        {"rows_checked": "int64", "rows_total": "int64", "failing_count": "int64", "passed": "bool"}
    )


def _read(rows: Relation | pd.DataFrame, declared: Mapping[Any, Any]) -> Input:
    return read_input(
        declared["input_name"], rows, place=declared["place"], kind=declared["kind"],
        key=tuple(str(declared["key_columns"]).split(", ")),
        max_rows=int(declared["gate_max_rows"]),
    )  # fmt: skip


def _in_fixed_order(read: Input) -> pd.DataFrame:
    """Sort by key and line: no result may depend on the order in which an engine returns rows."""
    frame = read.frame
    order = [column for column in (*read.key, "file_line") if column in frame]
    if order:
        frame = frame.sort_values(order, key=lambda values: values.astype("str"), kind="stable")
    return frame.reset_index(drop=True)


def _batches() -> Any:
    """What makes a batch of a frame; Great Expectations in memory, without bars or chatter."""
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    asset = context.data_sources.add_pandas("inputs").add_dataframe_asset("input")
    return asset.add_batch_definition_whole_dataframe("rows")


def _validate(
    batches: Any, frame: pd.DataFrame, checks: Sequence[Check]
) -> dict[str, dict[str, Any]]:
    """Results of Great Expectations by check id; one batch and one suite."""
    import great_expectations as gx

    results: dict[str, dict[str, Any]] = {}
    expectations = []
    for check in checks:
        try:
            expectations.append(_expectation(check))
        except Exception as error:  # limits that GX refuses: a failed check
            results[check.check_id] = {"failure": _one_line(str(error))}
    try:
        batch = batches.get_batch({"dataframe": _with_missing_out_of_range(frame, checks)})
        suite = gx.ExpectationSuite(name="suite", expectations=expectations)
        outcome = batch.validate(suite, result_format=ALL_ROWS).results
    except Exception as error:  # whatever GX raises: the checks have not passed
        failure = {"failure": _one_line(str(error))}
        return {check.check_id: failure for check in checks} | results
    for result in outcome:
        found: dict[str, Any] = dict(result.result)
        found["success"] = bool(result.success)
        message = _exception(result.exception_info or {})
        if message:
            found["failure"] = message
        config: Any = result.expectation_config
        results[config.meta["check_id"]] = found
    return results


def _expectation(check: Check) -> Any:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    names: Sequence[str] = ("column_A", "column_B") if len(check.columns) == 2 else ("column",)
    arguments = dict(zip(names, check.columns, strict=False)) | dict(check.settings)
    if check.only:
        arguments["row_condition"] = Column(check.only[0]) == check.only[1]
    return getattr(gxe, check.expectation)(meta={"check_id": check.check_id}, **arguments)


def _with_missing_out_of_range(frame: pd.DataFrame, checks: Iterable[Check]) -> pd.DataFrame:
    """Put infinity (text: nothing) for missing values of required columns.

    Great Expectations passes over missing values, and NaN is one of them; infinity lies outside
    every range and empty text outside every pattern.
    """
    required = {column for check in checks if not check.optional for column in check.columns}
    filled: dict[str, Any] = {}
    for column in required & {str(name) for name in frame.columns}:
        values = frame[column]
        if values.isna().any():
            is_number = pd.api.types.is_numeric_dtype(values)
            filled[column] = (
                values.astype("float64").fillna(np.inf) if is_number
                else values.astype("object").fillna("")
            )  # fmt: skip
    return frame.assign(**filled)


def _exception(info: Mapping[str, Any]) -> str:
    """The message of the first exception, on one line; empty if there was none."""
    entries = [info, *(entry for entry in info.values() if isinstance(entry, Mapping))]
    for entry in entries:
        if entry.get("raised_exception"):
            return _one_line(str(entry.get("exception_message") or "no message"))
    return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def _row(
    check: Check, read: Input, frame: pd.DataFrame, result: Mapping[str, Any] | None
) -> dict[str, Any]:
    result = result if result is not None else {"failure": "no result came back"}
    failing = list(result.get("unexpected_index_list") or [])
    is_table = not check.columns
    rows_checked = read.rows_total if is_table else int(result.get("element_count") or 0)
    passed = bool(result.get("success")) and rows_checked > 0
    if "failure" in result:
        observed, passed, rows_checked, failing = f"not checked: {result['failure']}", False, 0, []
    elif is_table:
        observed = f"{rows_checked} rows"
    elif rows_checked == 0:
        observed = "not checked: there is no row to look at"
    else:
        observed = _observed(check, frame, len(failing), rows_checked)
        if read.is_sample:
            observed += f"; a sample: {len(frame)} of {read.rows_total} rows were read"
    refused = _refused(check, read, frame.loc[failing])
    return {
        "check_id": check.check_id,
        "suite": check.suite,
        "file": read.place,
        "expectation": _snake_case(check.expectation),
        "column_name": ", ".join(check.columns) or "(rows)",
        "rule": check.rule,
        "severity": check.severity,
        "observed": observed,
        "limit_value": _limit(check),
        "failing_keys": "; ".join(
            f"{_place(read.kind, r)}: {r['key']} = {r['value']}" for r in refused
        ),
        "rows_checked": rows_checked,
        "rows_total": read.rows_total,
        "failing_count": len(failing),
        "passed": passed,
        "failing_rows": json.dumps(refused, ensure_ascii=False),
    }


def _observed(check: Check, frame: pd.DataFrame, failing: int, rows_checked: int) -> str:
    parts = []
    if check.expectation == "ExpectColumnValuesToBeBetween":
        rows = frame if check.only is None else frame[frame[check.only[0]] == check.only[1]]
        values = rows[check.columns[0]].dropna()
        if len(values):
            parts.append(f"{_text(values.min())} to {_text(values.max())}")
    parts.append(f"{failing} of {rows_checked} rows break the rule")
    return "; ".join(parts)


def _limit(check: Check) -> str:
    settings = check.settings
    parts = []
    if "regex" in settings:
        parts.append(str(settings["regex"]))
    elif "max_value" in settings:
        parts.append(f"{_text(settings['min_value'])} to {_text(settings['max_value'])}")
    elif "min_value" in settings:
        parts.append(f"at least {_text(settings['min_value'])}")
    elif "value_pairs_set" in settings:
        parts += [f"{first} with {second}" for first, second in settings["value_pairs_set"]]
    elif "or_equal" in settings:
        parts.append(f"{'>=' if settings['or_equal'] else '>'} {check.columns[1]}")
    elif len(check.columns) == 2:
        parts.append(f"= {check.columns[1]}")
    else:
        parts.append("missing" if check.expectation.endswith("ToBeNull") else "present")
    if settings.get("strict_min"):
        parts.append("limits excluded" if settings.get("strict_max") else "lower limit excluded")
    if settings.get("mostly", 1.0) < 1.0:
        parts.append(f"at least {100 * settings['mostly']:g} % of the rows")
    return ", ".join(parts)


def _refused(check: Check, read: Input, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """File, row, key and value of the first failing rows, in the order of the file."""
    keys = [key for key in read.key if key in rows]
    order = [name for name in ("file_name", "file_line", *keys) if name in rows]
    rows = rows.sort_values(order) if order else rows
    return [
        {
            "file": row["file_name"] if read.kind == "parquet" else read.place,
            "row": int(row["file_line"]) if pd.notna(row.get("file_line")) else None,
            "key": ", ".join(_text(row[key]) for key in keys),
            "value": ", ".join(_text(row.get(column)) for column in check.columns),
        }
        for row in rows.head(MAX_FAILING_KEYS).to_dict("records")
    ]


def _place(kind: str, refused: Mapping[str, Any]) -> str:
    """Line of the seed, file and row of Parquet; rows of a table have nothing but their key."""
    line = "?" if refused["row"] is None else refused["row"]
    if kind == "parquet":
        return f"{refused['file']}, row {line}"
    return "key" if kind == "table" else f"line {line}"


def _text(value: Any) -> str:
    if value is None or value is pd.NA or value != value:  # NaN, NaT
        return "missing"
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, int | float | np.number):
        number = float(value)
        return f"{number:.12g}" if abs(number) >= 1000 or number.is_integer() else f"{number:.6g}"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return str(value)


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
