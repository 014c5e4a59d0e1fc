"""The passes over the rows of a DuckDB relation: what is known of each pair, and of each time.

Rows are read twice: once for means, once for products around them. All the rest is asked of pairs.
See docs/decisions/016-passes.md for what each of it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trade_potential.errors import InputError
from trade_potential.macros import macros, quoted, text_literal

if TYPE_CHECKING:
    import duckdb

KEYS = ["panel"]
"""Models of dbt keep several samples in a table; here there is one, with the key 1."""

ORDERED_ROWS = 100_000
"""Up to so many rows tables of pairs are stored in one order, so that sums are the same every time.
One thread reads so few rows; of more, the last digits depend on the order of threads anyway."""

LOOKED_AT = 10_000
"""Rows at which columns that do not vary within pairs are guessed, before all rows confirm it."""

CACHED_BYTES = 2**26
"""Sums of pairs up to this size are added in any order of the rows."""

SHARE_OF_MEMORY = 0.35
"""Of DuckDB's limit, for the sums of the pairs that are summed at once."""

BYTES_OF_SUM = 16
"""DuckDB keeps a sum in 16 bytes, and some more for each pair."""


@dataclass(frozen=True)
class Source:
    """A relation and its columns.

    Attributes:
        relation: Name of a table or view.
        columns: Outcome and regressors.
        entity: Column of the entity.
        time: Column of the time, if times are asked for.
        weights: Column of weights, if rows have different ones.
        mean_weight: Their mean.
    """

    relation: str
    columns: list[str]
    entity: str
    time: str | None
    weights: str | None
    mean_weight: float = 1.0

    @property
    def mass(self) -> str | None:
        """Column of the views that holds the weight of a row, scaled to a mean of 1."""
        return None if self.weights is None else "mass"

    @property
    def slots(self) -> list[int]:
        """Slots of the columns."""
        return list(range(len(self.columns)))


def weights_of(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    columns: list[str],
    entity: str,
    weights: str | None,
) -> tuple[str | None, float]:
    """The column of weights, None where all are equal, and their mean.

    Raises:
        InputError: A weight is missing, not finite or not positive.
    """
    if weights is None:
        return None, 1.0
    weight = f"cast({quoted(weights)} as double)"
    rows, usable, flat, mean, differ = connection.execute(
        f"select count(*), coalesce(bool_and(isfinite({weight})) and count(*) = count({weight}), "
        f"false), count(*) filter (where {weight} <= 0), avg({weight}), "
        f"min({weight}) < max({weight}) from {quoted(relation)}"
    ).fetchone() or (0, False, 0, None, False)
    if flat or not usable:
        refuse_unusable(connection, relation, [*columns, weights], entity)
        raise InputError(f"{relation}: {flat} of {rows} rows have a weight that is not positive")
    return (weights, float(mean)) if differ else (None, 1.0)


def refuse_unusable(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: list[str], entity: str
) -> None:
    """Refuse a relation without rows or with values that cannot enter.

    One pass over the rows; ``make_means`` asks for it only where its own sums are suspicious.
    """
    unusable = " or ".join(
        f"{quoted(name)} is null or not isfinite(cast({quoted(name)} as double))"
        for name in columns
    )
    rows, bad = connection.execute(
        f"select count(*), count(*) filter (where {quoted(entity)} is null or {unusable}) "
        f"from {quoted(relation)}"
    ).fetchone() or (0, 0)
    if rows == 0:
        raise InputError(f"{relation} has no rows")
    if bad:
        raise InputError(f"{relation}: {bad} of {rows} rows hold a missing or not finite value")


def view_rows(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make the views panel_rows and, with the number of the time, panel_timed_rows."""
    columns = ["1 as panel", f"source.{quoted(source.entity)} as entity"]
    columns += [
        f"cast(source.{quoted(column)} as double) as v{k}"
        for k, column in enumerate(source.columns)
    ]
    if source.weights is not None:
        weight = f"cast(source.{quoted(source.weights)} as double)"
        columns.append(f"{weight} / {source.mean_weight!r} as mass")
    rows = f"from {quoted(source.relation)} as source"
    connection.execute("drop table if exists panel_sorted")
    # Not every pass asks when: the times are joined for those that do.
    connection.execute(
        f"create or replace temporary view panel_rows as select {', '.join(columns)} {rows}"
    )
    timed = "1 as time_key"
    if source.time is not None:
        time, timed = quoted(source.time), "times.time_key"
        rows += f" inner join panel_times as times on source.{time} = times.time_value"
        connection.execute(
            "create or replace temporary table panel_times as select time_value, row_number() over "
            "(order by try_cast(cast(time_value as varchar) as double), time_value) as time_key "
            f"from (select distinct {time} as time_value from {quoted(source.relation)})"
        )
    connection.execute(
        "create or replace temporary view panel_timed_rows as "
        f"select {', '.join(columns)}, {timed} {rows}"
    )


def store_by_pair(connection: duckdb.DuckDBPyConnection, n_sums: int) -> None:
    """Sort the rows of a large relation by pair, unless they lie so, and let the views read them.

    Sums of many pairs in any order go beyond the caches and the memory; to sort ten million rows
    first takes a third of that time (docs/decisions/016-passes.md).
    """
    pairs, rows = connection.execute(
        "select count(*), sum(row_count) from panel_first"
    ).fetchone() or (0, 0)
    if pairs * n_sums * BYTES_OF_SUM < CACHED_BYTES:
        return
    first = connection.execute(f"select entity from panel_rows limit {LOOKED_AT}").fetchnumpy()
    entities = first["entity"]
    runs = 1 + int((entities[1:] != entities[:-1]).sum())
    if len(entities) / runs > rows / pairs / 2.0:
        return
    connection.execute(
        "create or replace temporary table panel_sorted as "
        "select * from panel_timed_rows order by entity, time_key"
    )
    for view, columns in (("panel_rows", "* exclude (time_key)"), ("panel_timed_rows", "*")):
        connection.execute(
            f"create or replace temporary view {view} as select {columns} from panel_sorted"
        )


def make_means(connection: duckdb.DuckDBPyConnection, source: Source) -> list[int]:
    """Make the tables panel_first, of means, and panel_grand: the first pass.

    Returns:
        The slots that vary within pairs, the outcome always among them.

    Raises:
        InputError: The relation has no rows, or a value is missing or not finite.
    """
    sql, slots = macros(), source.slots
    guessed = _constant_in_first_rows(connection, slots)
    used = [f"v{k}" for k in slots] + ["mass"] * (source.weights is not None)
    missing = " or ".join(f"{column} is null" for column in used)
    also = {"missing": f"count(*) filter (where {missing})"}
    also |= {f"flat{k}": f"min(v{k}) = max(v{k})" for k in guessed}
    means = sql.slot_means("panel_rows", ["entity"], slots, source.mass, also)
    create = "create or replace temporary table panel_first as select"
    checked = [*source.columns, *([] if source.weights is None else [source.weights])]
    connection.execute(f"{create} 1 as panel, * from ({means})")
    finite = " and ".join(f"isfinite(m{k})" for k in slots)
    flat = "".join(f", coalesce(bool_and(flat{k}), true)" for k in guessed)
    rows, usable, *is_flat = connection.execute(
        f"select coalesce(sum(row_count), 0), coalesce(bool_and(entity is not null and "
        f"missing = 0 and isfinite(mass) and {finite}), false){flat} from panel_first"
    ).fetchone() or (0, False)
    if not usable:
        refuse_unusable(connection, source.relation, checked, source.entity)
    if rows <= ORDERED_ROWS:
        connection.execute(f"{create} * from panel_first order by entity")
    grand = sql.grand_means("panel_first", KEYS, slots)
    connection.execute(f"create or replace temporary table panel_grand as {grand}")
    constant = [k for k, is_so in zip(guessed, is_flat, strict=True) if is_so]
    return [k for k in slots if k not in constant]


def _constant_in_first_rows(connection: duckdb.DuckDBPyConnection, slots: list[int]) -> list[int]:
    """Regressors that do not vary within pairs in the rows that come first."""
    columns = ", ".join(f"bool_and(flat{k})" for k in slots[1:])
    if not columns:
        return []
    flat = ", ".join(f"min(v{k}) = max(v{k}) as flat{k}" for k in slots[1:])
    found = (
        connection.execute(
            f"select {columns} from (select {flat} from (from panel_rows limit {LOOKED_AT}) "
            "group by entity having count(*) > 1)"
        ).fetchone()
        or ()
    )
    return [k for k, is_flat in zip(slots[1:], found, strict=True) if is_flat]


def make_pairs(connection: duckdb.DuckDBPyConnection, source: Source, varying: list[int]) -> None:
    """Make the table panel_pairs, means and products of each pair: the second pass.

    And the view panel_products of the products of all slots; those of a slot that does not vary
    within pairs are zero and not summed.
    """
    sql, slots = macros(), source.slots
    n_sums = len(varying) * (len(varying) + 1) // 2
    store_by_pair(connection, n_sums)
    parts = _parts(connection, n_sums)
    rows = connection.execute("select sum(row_count) from panel_first").fetchone() or (0,)
    by = " order by means_.entity" if rows[0] <= ORDERED_ROWS else ""
    means = ", ".join(f"m{k}" for k in slots)
    for k, part in enumerate(parts):
        some_rows, some_means = f"(from panel_rows{part})", f"(from panel_first{part})"
        products = sql.centred_products(some_rows, some_means, ["entity"], varying, source.mass)
        query = (
            f"select panel, means_.entity, {means}, means_.row_count, mass, "
            f"products_.* exclude (entity, row_count) from {some_means} as means_ "
            f"inner join ({products}) as products_ on means_.entity = products_.entity{by}"
        )
        start = (
            "insert into panel_pairs" if k else "create or replace temporary table panel_pairs as"
        )
        connection.execute(f"{start} {query}")
    # From here on a pair is one row of one table: no join brings its parts together.
    connection.execute("drop table panel_first")
    connection.execute(
        "create or replace temporary view panel_means as "
        f"select panel, entity, {means}, row_count, mass from panel_pairs"
    )
    columns = ", ".join(
        f"c_{i}_{j}" if i in varying and j in varying else f"cast(0 as double) as c_{i}_{j}"
        for i in slots
        for j in slots
        if j >= i
    )
    connection.execute(
        "create or replace temporary view panel_products as "
        f"select panel, entity, {columns}, row_count from panel_pairs"
    )


def _parts(connection: duckdb.DuckDBPyConnection, n_sums: int) -> list[str]:
    """Conditions that split the pairs into ranges whose sums fit into memory at once.

    Of a file sorted by pair DuckDB reads only the part that holds a range.
    """
    found = connection.execute(
        "select count(*), parse_formatted_bytes(current_setting('memory_limit')), "
        "any_value(typeof(entity)) from panel_first"
    ).fetchone() or (0, 1, "")
    pairs, memory, kind = int(found[0]), float(found[1]), str(found[2])
    n_parts = int(pairs * (n_sums + 6.0) * BYTES_OF_SUM / (SHARE_OF_MEMORY * memory)) + 1
    if n_parts == 1:
        return [""]
    bounds = connection.execute(
        f"select cast(max(entity) as varchar) from (select entity, ntile({n_parts}) over (order by "
        "entity) as part from panel_first) group by part order by part"
    ).fetchall()
    literals = [f"cast({text_literal(str(bound))} as {kind})" for (bound,) in bounds[:-1]]
    above = ["", *(f"entity > {literal}" for literal in literals)]
    upto = [*(f"entity <= {literal}" for literal in literals), ""]
    return [" where " + " and ".join(filter(None, both)) for both in zip(above, upto, strict=True)]
