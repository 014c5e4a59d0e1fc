"""Small marts and releases of them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from trade_potential.release import Published, publish

KEYS = {
    "fct_trade_potential": ["partner", "year"],
    'odd "mart"': ["a key"],
    "fct_quality_results": ["check_id"],
    "fct_audit_results": ["term"],
}


def marts(
    *, k: float = 1.5, name: str = "high", connection: duckdb.DuckDBPyConnection | None = None
) -> dict[str, duckdb.DuckDBPyRelation]:
    """Four marts, rows in no order, one of them with names that need quoting."""
    rows = {
        "fct_trade_potential": (
            "select * from (values ('UZB', 2013, ?::double, ?::varchar), "
            "('KAZ', 2014, 0.5::double, 'low'), ('KAZ', 2013, null, null), "
            "(null, 2013, 'nan'::double, 'low')) as t(partner, year, k_ratio, potential_class)",
            [k, name],
        ),
        'odd "mart"': (
            "select i as \"a key\", 'it''s; drop table x --' as \"it's\" "
            "from range(3000, 0, -1) as t(i)",
            [],
        ),
        "fct_quality_results": (
            "select * from (values ('a', 'error', true), ('b', 'warning', false)) "
            "as t(check_id, severity, passed)",
            [],
        ),
        "fct_audit_results": ("select 'lnopen' as term, 'agrees' as status", []),
    }
    connection = connection or duckdb.connect()
    for position, (sql, values) in enumerate(rows.values()):
        connection.execute(f"create table m{position} as {sql}", values)
    return {mart: connection.table(f"m{position}") for position, mart in enumerate(rows)}


def release(
    root: Path, run: str, *, kept: int = 10, k: float = 1.5, name: str = "high", wait: float = 60.0
) -> Published:
    """Publish the small marts."""
    session = duckdb.connect()
    return publish(
        root,
        marts(k=k, name=name, connection=session),
        session=session,
        keys=KEYS,
        run_id=run,
        about={"code": {"package_version": "0"}},
        kept=kept,
        wait_seconds=wait,
    )


def tiny(root: Path, run: str) -> Published:
    """Publish one mart of one row, and keep one release."""
    return publish(
        root,
        {"m": duckdb.sql("select 1 as a")},
        session=duckdb.default_connection(),
        keys={"m": ["a"]},
        run_id=run,
        about={},
        kept=1,
    )


def contents(root: Path) -> dict[str, bytes]:
    """Every file and link below a directory but the lock, which says nothing."""
    return {
        str(path.relative_to(root)): str(path.readlink()).encode()
        if path.is_symlink()
        else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or (path.is_file() and path.name != ".lock")
    }
