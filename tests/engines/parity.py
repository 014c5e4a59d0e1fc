"""The marts of two releases side by side: equal in every row and column, doubles to 1e-9.

``python -m tests.engines.parity release/current other/release/current`` prints the report.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from trade_potential.release.mart_files import parquet_files, rows_of
from trade_potential.sql.render import quoted

RELATIVE = 1e-9
"""Of the larger of two doubles. Engines sum in different orders; what rests on a nearly singular
system loses some six of the sixteen digits."""

_SMALL = ("a.quantity in ('covariance', 'p_value') or a.term = 'p_value'", 1e-12)
_OF_CLASSES = ("probability_huge", "probability_expansion", "probability_reshaping")
FLOORS: dict[tuple[str, str], tuple[str, float]] = {
    **{
        (mart, column): ("true", 1e-12)
        for mart in ("fct_trade_potential", "rpt_answer")
        for column in (*_OF_CLASSES, "new_year_probability")
    },
    ("fct_audit_results", "relative_difference"): ("true", 1e-8),
    ("fct_audit_results", "published_value"): _SMALL,
    ("fct_audit_results", "recomputed_value"): _SMALL,
    ("fct_gravity_diagnostics", "diagnostic_value"): (
        "a.diagnostic in ('first_order_gap', 'largest_score')",
        1e-12,
    ),
}
"""By mart and column: rows (a condition) whose numbers may differ by so much absolutely.

- ``relative_difference`` between two computations is rounding; 1e-8 is what the audit allows.
- A covariance of two coefficients is a difference of larger numbers: in theory zero between within
  terms and partner means, and of PPML as exact as its iterations, next to variances of 1e-4.
- A p-value of 1e-16 lies so far in the tail that its ninth digit follows the eleventh of the
  statistic.
- Probabilities of classes add up to 1: the last is what is left, to the last digit of 1.
- ``first_order_gap`` and ``largest_score`` are what remains of sums that are zero at the estimates.
"""

CHOSEN = {
    "fct_audit_results": (
        "a.reason like 'largest of %' or b.reason like 'largest of %'",
        {"reason", "published_value", "recomputed_value"},
    )
}
"""By mart: rows that stand for many numbers, and their columns that are not compared.

Each shows the number with the largest difference of two computations, which rounding chooses. Its
status and the difference are compared here, the numbers themselves in their own marts. On one of
two engines all may be equal, which is no reason to differ.
"""


@dataclass(frozen=True)
class Compared:
    """What a mart of two releases has in common.

    Attributes:
        mart: Its name.
        rows: Rows of the first release.
        columns: Columns of the first release.
        worst: Largest relative difference of two doubles; those within a floor count as equal.
        column: Where it is.
        complaints: What differs.
    """

    mart: str
    rows: int
    columns: int
    worst: float
    column: str
    complaints: tuple[str, ...]

    def line(self) -> str:
        """As a row of the report."""
        return f"{self.mart:<28} {self.rows:>6} {self.columns:>7} {self.worst:>9.1e}  {self.column}"


HEADER = f"{'mart':<28} {'rows':>6} {'columns':>7} {'largest':>9}  column"


def compared(first: Path, second: Path) -> list[Compared]:
    """Every mart of two releases, or of one of them."""
    manifests = [json.loads((folder / "manifest.json").read_bytes()) for folder in (first, second)]
    names = [set(manifest["marts"]) for manifest in manifests]
    found = [
        Compared(mart, 0, 0, 0.0, "", (f"{mart}: in one release only",))
        for mart in sorted(names[0] ^ names[1])
    ]
    with duckdb.connect() as memory:
        for mart in sorted(names[0] & names[1]):
            key = manifests[0]["marts"][mart]["key"]
            found.append(_mart(memory, first, second, mart, key))
    return found


def _mart(
    memory: duckdb.DuckDBPyConnection, first: Path, second: Path, mart: str, key: list[str]
) -> Compared:
    """One mart of two releases, row by row of its key."""
    types = []
    for name, folder in (("one", first), ("other", second)):
        side = memory.sql(f"select true as here, * from {rows_of(parquet_files(folder, mart))}")
        side.create_view(name)
        types.append(dict(zip(side.columns[1:], map(str, side.types[1:]), strict=True)))
    rows = memory.sql("select count(*) from one").fetchall()[0][0]
    size = len(types[0])
    if types[0] != types[1]:
        odd = sorted(set(types[0].items()) ^ set(types[1].items()))
        said = f"{mart}: columns or types differ: {odd or 'their order'}"
        return Compared(mart, rows, size, 0.0, "", (said,))
    same_key = " and ".join(f"a.{quoted(c)} is not distinct from b.{quoted(c)}" for c in key)
    joined = f"one a full join other b on {same_key}"
    alone = memory.sql(
        f"select count(*) filter (b.here is null), count(*) filter (a.here is null) from {joined}"
    ).fetchall()[0]
    complaints = []
    if any(alone):
        complaints.append(
            f"{mart}: {alone[0]} rows in the first release only, {alone[1]} in the second"
        )
    worst, where = 0.0, ""
    for column, kind in types[0].items():
        a, b = f"a.{quoted(column)}", f"b.{quoted(column)}"
        size_of = f"greatest(abs({a}), abs({b}))"
        gap = f"case when {a} is not distinct from {b} then 0.0 else 'inf'::double end"
        if kind in ("DOUBLE", "FLOAT"):
            condition, floor = FLOORS.get((mart, column), ("true", 0.0))
            zero = f"(({condition}) and abs({a} - {b}) <= {floor})"
            gap = (
                f"case when {a} is not distinct from {b} or {zero} then 0.0"
                f" when isfinite({a}) and isfinite({b}) then abs({a} - {b}) / {size_of}"
                f" else 'inf'::double end"
            )
        condition, columns = CHOSEN.get(mart, ("false", set()))
        if column in columns:
            gap = f"case when {condition} then 0.0 else {gap} end"
        largest, beyond, example = memory.sql(
            f"select max(gap), count(*) filter (gap > {RELATIVE}),"
            f" arg_max(first || ' and ' || second, gap)"
            f" from (select {gap} as gap, coalesce({a}::varchar, 'null') as first,"
            f" coalesce({b}::varchar, 'null') as second from {joined}"
            f" where a.here and b.here)"
        ).fetchall()[0]
        if beyond:
            complaints.append(f"{mart}.{column}: {beyond} values differ, such as {example}")
        if (largest or 0.0) > worst:
            worst, where = largest, column
    return Compared(mart, rows, size, worst, where, tuple(complaints))


def report(found: list[Compared]) -> str:
    """The table and, below it, what differs."""
    lines = [HEADER, *(mart.line() for mart in found)]
    lines += [complaint for mart in found for complaint in mart.complaints]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the report of two releases; 1 where they differ."""
    first, second = (Path(argument) for argument in arguments)
    found = compared(first, second)
    print(report(found))
    return int(any(mart.complaints for mart in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
