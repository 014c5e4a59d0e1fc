"""The form of a check of the inputs, and short ways to write the usual ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning"]

ROWS = "rows"
MAY_BE_EMPTY = ("own_outcomes",)
"""Inputs of which the project comes with no row."""
FIRST_YEAR = 1990
# The year of the newest vintage among the inputs. Raise it together with a newer vintage; it is
# no clock on purpose: the same inputs must pass or fail on every day.
LAST_YEAR = 2026


@dataclass(frozen=True, kw_only=True)
class Check:
    """One expectation on one input.

    Attributes:
        suite: Name of the input.
        name: What is checked; with the suite it makes the id.
        expectation: Class of Great Expectations.
        columns: Columns the expectation takes: none (the table), one or two.
        rule: The rule for people.
        severity: error closes the gate, warning does not.
        settings: Further arguments of the expectation.
        only: Column and value of the rows that are looked at; None: all rows.
        optional: Whether missing values are passed over; otherwise they break the rule.
        of: What of the input is looked at: its rows, or a frame of sums (`world.FRAMES`).
        may_be_unseen: Whether the rule may find nothing to judge.
        witness: What the figures are compared with; where it is not held nothing is judged.
        says: What is said of a refused row beside its value; columns in braces.
    """

    suite: str
    name: str
    expectation: str
    columns: tuple[str, ...]
    rule: str
    severity: Severity = "error"
    settings: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, str] | None = None
    optional: bool = False
    of: str = ROWS
    may_be_unseen: bool = False
    witness: str = ""
    says: str = ""

    @property
    def check_id(self) -> str:
        """Stable, unique id."""
        return f"{self.suite}.{self.name}"


def row_count(suite: str) -> Check:
    """The input is not empty."""
    return Check(
        suite=suite, name="row_count", expectation="ExpectTableRowCountToBeBetween", columns=(),
        rule="the file holds at least one row", settings={"min_value": 1},
    )  # fmt: skip


def in_range(
    suite: str, column: str, low: float, high: float, rule: str, *, mostly: float = 1.0, **more: Any
) -> Check:
    """Values lie between two limits, limits included."""
    given = {"suite": suite, "name": f"value_range.{column}", "columns": (column,), "rule": rule}
    return Check(
        expectation="ExpectColumnValuesToBeBetween",
        settings={"min_value": low, "max_value": high, "mostly": mostly},
        **(given | more),
    )


def positive(suite: str, column: str, high: float, rule: str, **more: Any) -> Check:
    """Values are above 0, up to a limit."""
    check = in_range(suite, column, 0.0, high, rule, **more)
    return replace(check, settings={**check.settings, "strict_min": True})


def part(suite: str, column: str, rule: str, **more: Any) -> Check:
    """Shares lie between 0 and 1, limits excluded."""
    check = in_range(suite, column, 0.0, 1.0, rule, **more)
    return replace(check, settings={**check.settings, "strict_min": True, "strict_max": True})


def one_off(suite: str, factor: float, rule: str) -> Check:
    """No value stands out between the years beside it by a factor that only a wrong unit gives."""
    return in_range(suite, "jump_factor", 0, factor, rule, optional=True)


def spike(suite: str, factor: float, rule: str) -> Check:
    """No value stands out from two years beside it that agree."""
    return in_range(suite, "spike_factor", 0, factor, rule, optional=True)


def unbroken(suite: str) -> Check:
    """A series has no gap in its years."""
    return missing(suite, "years_without_figure", "a series has no gap between its years")


def years(suite: str, column: str = "year") -> Check:
    """Calendar years neither too old nor of the future."""
    return in_range(
        suite, column, FIRST_YEAR, LAST_YEAR, f"the year lies in {FIRST_YEAR}-{LAST_YEAR}"
    )


def matches(suite: str, column: str, regex: str, rule: str, **more: Any) -> Check:
    """Texts match a pattern."""
    return Check(
        suite=suite, name=f"pattern.{column}", expectation="ExpectColumnValuesToMatchRegex",
        columns=(column,), rule=rule, settings={"regex": regex}, **more,
    )  # fmt: skip


def iso3(suite: str, column: str, **more: Any) -> Check:
    """Codes have the form of ISO 3166 alpha-3."""
    return matches(suite, column, r"^[A-Z]{3}$", "the code is three capital letters", **more)


def ordered(suite: str, larger: str, smaller: str, rule: str, *, or_equal: bool = True) -> Check:
    """One column is larger than another."""
    return Check(
        suite=suite, name=f"order.{larger}.{smaller}", columns=(larger, smaller), rule=rule,
        expectation="ExpectColumnPairValuesAToBeGreaterThanB",
        settings={"or_equal": or_equal, "ignore_row_if": "neither"},
    )  # fmt: skip


def equal(suite: str, column: str, other: str, rule: str, **more: Any) -> Check:
    """Two columns agree."""
    ignored = "either_value_is_missing" if more.get("optional") else "neither"
    return Check(
        suite=suite, name=f"agreement.{column}", expectation="ExpectColumnPairValuesToBeEqual",
        columns=(column, other), rule=rule, settings={"ignore_row_if": ignored}, **more,
    )  # fmt: skip


def paired(suite: str, columns: tuple[str, str], pairs: list[Any], rule: str) -> Check:
    """Two columns hold only these pairs of values."""
    return Check(
        suite=suite, name=f"pairs.{columns[0]}.{columns[1]}", columns=columns, rule=rule,
        expectation="ExpectColumnPairValuesToBeInSet",
        settings={"value_pairs_set": pairs, "ignore_row_if": "neither"},
    )  # fmt: skip


def missing(suite: str, column: str, rule: str, **more: Any) -> Check:
    """The column is empty."""
    return Check(
        suite=suite, name=f"missing.{column}", expectation="ExpectColumnValuesToBeNull",
        columns=(column,), rule=rule, optional=True, **more,
    )  # fmt: skip


def present(suite: str, column: str, rule: str, *, mostly: float = 1.0, **more: Any) -> Check:
    """The column is filled."""
    return Check(
        suite=suite, name=f"present.{column}", expectation="ExpectColumnValuesToNotBeNull",
        columns=(column,), rule=rule, settings={"mostly": mostly}, optional=True, **more,
    )  # fmt: skip


def limited(
    suite: str,
    column: str,
    limits: Sequence[float | None],
    rule: str,
    *,
    low: bool = False,
    **more: Any,
) -> tuple[Check, ...]:
    """A warning and an error on one column.

    Args:
        suite: Name of the input.
        column: What is judged, never below 0.
        limits: Largest value without a warning, and without an error; None: none is an error.
        rule: In words, with {limit}.
        low: Whether the value is a ratio, which must not fall below 1 / limit either.
        more: Further attributes of the checks.
    """  # fmt: skip
    found = []
    for limit, severity in zip(limits, ("warning", "error"), strict=True):
        if limit is not None:
            name = f"{more.get('of', 'rows')}.{column}"
            found.append(
                in_range(
                    suite, column, 1 / limit if low else 0, limit,
                    rule.format(limit=f"{limit:g}"), severity=severity, optional=True,
                    **({"name": name if severity == "warning" else f"{name}.beyond_doubt"} | more),
                )
            )  # fmt: skip
    return tuple(found)


def unlike(suite: str, column: str, rule: str, **more: Any) -> Check:
    """The column is empty: it names whose figures these are."""
    return missing(suite, column, rule, **({"severity": "warning"} | more))
