"""Rows of a release on their way into PostgreSQL: as CSV by COPY, a few thousand at a time.

A text is always quoted and a null never, so that an empty text and a null stay apart. Numbers are
written with the digits that give the same number again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from trade_potential.errors import ReleaseError
from trade_potential.served.connection import Cursor
from trade_potential.served.tables import OTHER, TEXTS, Column, Table
from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

BATCH_ROWS = 20_000
"""Rows in memory at a time: some 10 MB of 45 columns."""
PIECE_BYTES = 1 << 20
AS_TEXT = ("HUGEINT", "UBIGINT", "DECIMAL")
"""Types whose text PostgreSQL reads, where Arrow's may be another."""

Said = Callable[[int], None]


class Pieces:
    """Batches of rows as a file of CSV that COPY reads.

    Attributes:
        failure: What has ended the reading, Ctrl-C among it; the driver keeps it to itself.
    """

    def __init__(self, batches: Iterable[Any], said: Said) -> None:
        """Nothing is read yet."""
        self._texts = self._written(batches, said)
        self._held = memoryview(b"")
        self.failure: BaseException | None = None

    @staticmethod
    def _written(batches: Iterable[Any], said: Said) -> Iterator[memoryview]:
        import pyarrow as pa
        from pyarrow import csv

        options = csv.WriteOptions(include_header=False)
        rows = 0
        for batch in batches:
            sink = pa.BufferOutputStream()
            csv.write_csv(batch, sink, options)
            rows += batch.num_rows
            yield memoryview(sink.getvalue())
            said(rows)

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        try:
            return self._following(size)
        except BaseException as error:
            self.failure = error
            raise

    def _following(self, size: int) -> bytes:
        while not self._held:
            following = next(self._texts, None)
            if following is None:
                return b""
            self._held = following
        piece, self._held = self._held[:size], self._held[size:]
        return piece.tobytes()


def selected(columns: Iterable[Column]) -> str:
    """The columns in DuckDB's SQL, as texts where Arrow's would be read otherwise."""
    return ", ".join(
        f"cast({quoted(column.name)} as varchar)"
        if column.compared == OTHER or column.held.startswith(AS_TEXT)
        else quoted(column.name)
        for column in columns
    )


def load(
    cursor: Cursor, memory: duckdb.DuckDBPyConnection, place: str, table: Table, said: Said
) -> None:
    """Fill a table that this transaction has made.

    ``freeze``: its rows are never looked at again by a vacuum, and a transaction that began before
    sees them, too, as soon as the table has its name.

    Args:
        cursor: In that transaction.
        memory: A connection that has the release attached.
        place: The table as it stands in SQL.
        table: What it is to hold.
        said: Told how many rows have been sent.
    """
    _refuse_nul(memory, table)
    rows = memory.sql(f"select {selected(table.columns)} from released.main.{quoted(table.name)}")
    pieces = Pieces(rows.to_arrow_reader(BATCH_ROWS), said)
    statement = f"copy {place} from stdin (format csv, freeze)"
    try:
        cursor.copy_expert(statement, pieces, size=PIECE_BYTES)
    except Exception as error:
        if pieces.failure is not None:
            raise pieces.failure from error
        raise


def _refuse_nul(memory: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Name the column with a character that PostgreSQL's texts cannot hold."""
    texts = [column.name for column in table.columns if column.compared == TEXTS]
    if not texts:
        return
    asked = ", ".join(f"bool_or(contains({quoted(name)}, chr(0)))" for name in texts)
    query = f"select {asked} from released.main.{quoted(table.name)}"
    found = memory.execute(query).fetchone() or ()
    for name, has_nul in zip(texts, found, strict=True):
        if has_nul:
            raise ReleaseError(
                f"{table.name}, column {name}: a text holds a NUL, which PostgreSQL does not take"
            )
