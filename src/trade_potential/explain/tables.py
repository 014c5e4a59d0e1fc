"""Where an explanation reads: the marts of a release, or all models of a built warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.errors import InputError, ReleaseError
from trade_potential.sql.render import quoted, text_literal

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]
CATALOG = "trade_potential"
"""Under which the views of a warehouse look for their tables: the stem of its usual name."""
NEEDED = "fct_trade_potential"


class Tables:
    """Rows of marts and models by their name.

    Attributes:
        said: What is read, for people.
        is_warehouse: Whether intermediate models are there.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, places: dict[str, str], said: str
    ) -> None:
        """Of a connection that reads them; ``places`` has the qualified name of each."""
        self._connection, self._places, self.said = connection, places, said
        self.is_warehouse = "int_gravity__sample" in places

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return name in self._places

    def mart(self, name: str) -> duckdb.DuckDBPyRelation:
        """A relation of DuckDB.

        Raises:
            ReleaseError: It is not there.
        """
        if name not in self._places:
            raise ReleaseError(f"{self.said}: has no {name}; a whole build makes it")
        return self._connection.sql(f"select * from {self._places[name]}")  # noqa: S608

    def rows(self, name: str, *, order: str = "all", **key: Any) -> list[Row]:
        """Rows whose columns have these values, None for null.

        Args:
            name: Mart or model.
            order: By which they come.
            key: Columns with their value.

        Raises:
            ReleaseError: There is no such table.
        """
        self.mart(name)
        where = " and ".join(f"{quoted(column)} is not distinct from ?" for column in key)
        query = f"select * from {self._places[name]} where {where or 'true'} order by {order}"  # noqa: S608
        found = self._connection.execute(query, list(key.values()))
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def one(self, name: str, **key: Any) -> Row | None:
        """The first such row, or None."""
        found = self.rows(name, **key)
        return found[0] if found else None

    def number(self, what: str, name: str, **key: Any) -> Any:
        """An SQL aggregate over such rows."""
        self.mart(name)
        where = " and ".join(f"{quoted(column)} is not distinct from ?" for column in key)
        query = f"select {what} from {self._places[name]} where {where or 'true'}"  # noqa: S608
        found = self._connection.execute(query, list(key.values())).fetchone()
        return found[0] if found else None


@contextmanager
def of_release(root: str) -> Iterator[Tables]:
    """The marts of the current release.

    Raises:
        ReleaseError: There is none, or it is damaged.
    """
    from trade_potential.release.front import Release
    from trade_potential.release.layout import DATABASE

    with Release.current(root) as release:
        said = f"release {release.id}"
        names = release.marts
        database = release.path / DATABASE
    with attached(database, said) as connection:
        held = _places(connection)
        yield Tables(connection, {name: held[name] for name in names if name in held}, said)


@contextmanager
def of_warehouse(file: str) -> Iterator[Tables]:
    """All models of a built warehouse, which a build may not write meanwhile.

    Raises:
        InputError: There is no such file, or another process writes it, or it holds no marts.
    """
    path = Path(file)
    if not path.is_file():
        raise InputError(f"{file}: no such file; make build makes it")
    with attached(path, file) as connection:
        places = _places(connection)
        if NEEDED not in places:
            raise InputError(f"{file}: holds no {NEEDED}; make build makes it")
        yield Tables(connection, places, f"warehouse {file}")


@contextmanager
def attached(path: Path, said: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that is only read, whatever its file is called.

    Args:
        path: The file.
        said: What messages call it.

    Raises:
        InputError: It cannot be read, or a query of the block fails.
    """
    import duckdb

    connection = duckdb.connect()
    try:
        where = text_literal(str(path.absolute()))
        connection.execute(f"attach {where} as {CATALOG} (read_only); use {CATALOG}")
        yield connection
    except duckdb.Error as error:
        raise InputError(f"{said}: cannot be read: {str(error).splitlines()[0]}") from error
    finally:
        connection.close()


def double(value: float) -> str:
    """A number in SQL, where a bare literal would be a decimal with fewer digits."""
    return f"cast('{value!r}' as double)"


def _places(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Each table and view by its name; of two of one name the mart."""
    found = connection.execute(
        "select table_name, table_schema from information_schema.tables "
        "where table_catalog = ? order by table_schema in ('main', 'marts')",
        [CATALOG],
    ).fetchall()
    return {name: f"{CATALOG}.{quoted(schema)}.{quoted(name)}" for name, schema in found}
