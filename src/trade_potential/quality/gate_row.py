"""One row of the gate: a check, what came of it, and the rows that it refuses, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.quality.acknowledged import Acknowledged
from trade_potential.quality.checks import MAY_BE_EMPTY, Check
from trade_potential.quality.complaints import SAMPLED
from trade_potential.quality.inputs import Input
from trade_potential.quality.measured import Measured

MAX_FAILING_KEYS = 10
NO_ROW = "there is no row to look at"


def row_of(
    check: Check,
    read: Input,
    frame: pd.DataFrame,
    result: Mapping[str, Any] | None,
    by_sql: Measured | None = None,
    *,
    acknowledged: Acknowledged,
) -> dict[str, Any]:
    """One row of gate_results.

    Args:
        check: The expectation.
        read: The input.
        frame: What Great Expectations has judged.
        result: What it said; `failure` tells why it could not judge.
        by_sql: What SQL says of all rows, where the frame holds only the extremes.
        acknowledged: Warnings that are known.
    """
    result = result if result is not None else {"failure": "no result came back"}
    refused = frame.loc[list(result.get("unexpected_index_list") or [])]
    is_table = not check.columns
    failing = len(refused)
    rows_checked = read.rows_total if is_table else int(result.get("element_count") or 0)
    if by_sql is not None:
        refused, failing, rows_checked = by_sql.failing, by_sql.failing_count, by_sql.rows_checked
    may_be_unseen = read.rows_total > 0 and (check.may_be_unseen or bool(check.witness))
    may_be_unseen |= read.rows_total == 0 and check.suite in MAY_BE_EMPTY
    passed = bool(result.get("success")) and (rows_checked > 0 or may_be_unseen)
    if "failure" in result:
        # without rows no column is made that the check could look at
        why = result["failure"] if read.refusal or read.rows_total else NO_ROW
        observed, passed, rows_checked = f"not checked: {why}", False, 0
        refused, failing = frame.iloc[:0], 0
    elif is_table:
        observed = f"{rows_checked} rows"
    elif rows_checked == 0:
        has_rows = check.witness and read.rows_total
        observed = f"not checked: {f'no {check.witness}' if has_rows else NO_ROW}"
    else:
        observed = _observed(check, frame, failing, rows_checked)
        if read.is_sample:
            observed += f"{SAMPLED}{len(frame)} of {read.rows_total} rows were read"
    rows = _in_order(read, refused)
    if not passed and acknowledged.names(check):
        new, known = acknowledged.parted(check, _refused(check, read, rows))
    else:
        new, known = _refused(check, read, rows.head(MAX_FAILING_KEYS)), []
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
            f"{_place(read, r)}: {r['key']} = {r['value']}"
            for r in (new + known)[:MAX_FAILING_KEYS]
        ),
        "rows_checked": rows_checked,
        "rows_total": read.rows_total,
        "failing_count": failing,
        "passed": passed,
        "acknowledged_count": len(known),
        "new_count": 0 if passed else failing - len(known),
        "failing_rows": json.dumps(new[:MAX_FAILING_KEYS], ensure_ascii=False),
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


def _in_order(read: Input, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of the file."""
    order = [name for name in ("file_name", "file_line", *read.key) if name in rows]
    return rows.sort_values(order) if order else rows


def _refused(check: Check, read: Input, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """File, row, key and value of failing rows."""
    keys = [key for key in read.key if key in rows]
    return [
        {
            "file": row.get("file_name", read.place),
            "row": int(row["file_line"]) if pd.notna(row.get("file_line")) else None,
            "key": ", ".join(_text(row[key]) for key in keys),
            "value": ", ".join(_text(row.get(column)) for column in check.columns)
            + (f" ({_said(check.says, row)})" if check.says else ""),
        }
        for row in rows.to_dict("records")
    ]


def _said(says: str, row: Mapping[Any, Any]) -> str:
    return says.format_map({str(name): _text(value) for name, value in row.items()})


def _place(read: Input, refused: Mapping[str, Any]) -> str:
    """Line of the seed, row of Parquet; rows of a table and sums have nothing but their key."""
    line = "?" if refused["row"] is None else refused["row"]
    if read.kind == "parquet":
        return f"{refused['file']}, row {line}"
    if read.kind == "file":
        return "key" if refused["row"] is None else f"row {line}"
    if refused["file"] != read.place:  # a row of one's own beside those of the seed
        return f"{refused['file']}, line {line}"
    return "key" if read.kind == "table" else f"line {line}"


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
