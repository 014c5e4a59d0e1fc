"""The gate: run every check on the inputs, return one row per check."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.apart import apart, stands_by
from trade_potential.quality.acknowledged import CHECKS as ACKNOWLEDGEMENTS
from trade_potential.quality.acknowledged import Acknowledged
from trade_potential.quality.checks import ROWS, Check
from trade_potential.quality.derived import with_derived_columns
from trade_potential.quality.frames import PARTS, frame_of, key_of
from trade_potential.quality.gate_row import row_of
from trade_potential.quality.inputs import Input, Relation, read_input
from trade_potential.quality.levels import Known
from trade_potential.quality.measured import Measured, measured, of_extremes
from trade_potential.quality.parts import profile
from trade_potential.quality.suites import all_checks

COLUMNS = (
    "check_id", "suite", "file", "expectation", "column_name", "rule", "severity", "observed",
    "limit_value", "failing_keys", "rows_checked", "rows_total", "failing_count", "passed",
    "acknowledged_count", "new_count", "failing_rows",
)  # fmt: skip
COUNTS = ("rows_checked", "rows_total", "failing_count", "acknowledged_count", "new_count")
ALL_ROWS = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
NOT_SEEN: dict[str, Any] = {"success": True, "element_count": 0}
NOT_DECLARED = Input(frame=pd.DataFrame(), rows_total=0, place="", refusal="no such input")
Asked = tuple[pd.DataFrame, list[Check]]
"""A frame and the checks that are to judge it."""


@dataclass(frozen=True)
class Judged:
    """An input or its series beside all its checks.

    Attributes:
        given: The input.
        frame: What is judged of it.
        checks: All of its suite.
        unseen: Those of them whose witness says nothing.
        measures: What SQL says of all rows by check id, where the frame holds only the extremes.
    """

    given: Input
    frame: pd.DataFrame
    checks: list[Check]
    unseen: list[Check]
    measures: Mapping[str, Measured]

    @property
    def asked(self) -> list[Check]:
        """Checks for Great Expectations."""
        return [] if self.given.refusal else [c for c in self.checks if c not in self.unseen]

    def untold(self, check: Check) -> dict[str, Any] | None:
        """The result of a check that was not asked for."""
        if check in self.unseen:
            return NOT_SEEN
        return {"failure": self.given.refusal} if self.given.refusal else None


def check_inputs(
    rows: Mapping[str, Relation | pd.DataFrame],
    declared: pd.DataFrame,
    acknowledged: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Check the inputs.

    Args:
        rows: Rows of the inputs by name; a column `file_line` tells the line in the file, if it is
            known, `file_name` the file, if there are many. An input that is not given fails all its
            checks.
        declared: The inputs (int_quality__inputs). By `input_name`: `place` and `kind` (seed,
            parquet, table) of its rows, `key_columns`, and `gate_max_rows`, above which a sample is
            read.
        acknowledged: Rows of the seed acknowledged_warnings; None or no row: every warning is news.

    Returns:
        One row per check, columns `COLUMNS`. `rows_checked` and `failing_count` are 0 where the
        check could not run; `observed` then tells why. `rows_total` counts all rows of the input.
        `acknowledged_count` of the rows that break a rule of severity warning are known,
        `new_count` are news; `failing_rows` holds file, row, key and value of ten of these as JSON.
    """
    read = {
        str(of["input_name"]): _read(rows.get(of["input_name"], pd.DataFrame()), of)
        for of in declared.to_dict("records")
    }
    tables = {name: _in_fixed_order(given) for name, given in read.items()}
    parts = profile(read)
    known = Known({**tables, **parts})
    unasked = {of for part, (of, _) in PARTS.items() if part not in parts}  # a column is missing
    complete = with_derived_columns(tables, known)
    every_check = all_checks(tables.get("indicators", pd.DataFrame()), list(read))
    known_warnings = Acknowledged(pd.DataFrame() if acknowledged is None else acknowledged)
    judged: list[Judged] = []
    for suite, of in dict.fromkeys((check.suite, check.of) for check in every_check):
        checks = [check for check in every_check if (check.suite, check.of) == (suite, of)]
        given, frame = read.get(suite, NOT_DECLARED), complete.get(suite, pd.DataFrame())
        measures: Mapping[str, Measured] = {}
        if of != ROWS:
            frame = frame_of(suite, of, known)
            given = replace(given, key=key_of(suite, of), kind="table")  # a series has no line
        elif given.is_whole:
            measures, frame = _measured(given, suite, checks)
        unseen = [
            check
            for check in checks
            if given.rows_total
            and not given.refusal
            and _has_no_witness(check, frame)
            and not (of != ROWS and suite in unasked)
        ]
        judged.append(Judged(given, frame, checks, unseen, measures))
    results = _where_there_is_time([(of.frame, of.asked) for of in judged])
    found = [
        row_of(
            check, of.given, of.frame, told.get(check.check_id, of.untold(check)),
            of.measures.get(check.check_id), acknowledged=known_warnings,
        )
        for of, told in zip(judged, results, strict=True)
        for check in of.checks
    ]  # fmt: skip
    if len(known_warnings.rows):
        given = known_warnings.judged(
            {check.check_id: check.severity for check in every_check},
            is_whole=not any(of.is_sample for of in read.values()),
        )
        (judgements,) = _where_there_is_time([(given.frame, list(ACKNOWLEDGEMENTS))])
        found += [
            row_of(
                check, given, given.frame, judgements.get(check.check_id),
                acknowledged=known_warnings,
            )
            for check in ACKNOWLEDGEMENTS
        ]  # fmt: skip
    return pd.DataFrame(found, columns=list(COLUMNS)).astype(
        dict.fromkeys(COUNTS, "int64") | {"passed": "bool"}
    )


def _has_no_witness(check: Check, frame: pd.DataFrame) -> bool:
    """Whether there is nothing to compare the figures with."""
    if not check.witness:
        return False
    column = check.columns[0]
    is_range = "min_value" in check.settings
    return column not in frame or not (frame[column].notna().any() if is_range else len(frame))


def _read(rows: Relation | pd.DataFrame, declared: Mapping[Any, Any]) -> Input:
    return read_input(
        declared["input_name"], rows, place=declared["place"], kind=declared["kind"],
        key=tuple(str(declared["key_columns"]).split(", ")),
        max_rows=int(declared["gate_max_rows"]),
    )  # fmt: skip


def _measured(
    read: Input, suite: str, checks: Sequence[Check]
) -> tuple[Mapping[str, Measured], pd.DataFrame]:
    """What SQL says of all rows, and the frame to judge; none of it where a column is missing."""
    import duckdb

    ranged = [check for check in checks if check.columns]
    try:
        found = measured(read, suite, ranged)
    except duckdb.Error:  # the checks fail for want of their columns
        return {}, read.frame[[]]
    return found, of_extremes(found, ranged) if read.rows_total else pd.DataFrame()


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


def _where_there_is_time(asked: list[Asked]) -> list[dict[str, dict[str, Any]]]:
    """``validated``, by the process that has imported Great Expectations ahead, if there is one."""
    return apart(f"{__name__}:validated", asked=asked) if stands_by() else validated(asked)


def validated(asked: list[Asked]) -> list[dict[str, dict[str, Any]]]:
    """Results of Great Expectations by check id, of every frame and its checks."""
    batches = _batches()
    return [_validate(batches, frame, checks) if checks else {} for frame, checks in asked]


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
