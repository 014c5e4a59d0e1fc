"""Tables of world estimates that a build keeps where nothing they rest on has changed.

Every row carries the digest of what its specification rests on: cells, settings and code. The next
build compares it, table by table, with that of its own cells, and estimates only what differs. What
is kept is verified like what is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from trade_potential.sql.render import quoted, text_literal

if TYPE_CHECKING:
    import duckdb

Key = tuple[str, str]
KEYS = ("study_id", "spec_id")
STAMP = ("input_digest", "row_count", "solved_at")
"""What every row says: the digest, rows of its specification in the table, when it was solved."""

LIBRARY = Path(__file__).resolve().parents[1]
ROOMS = ("inference", "results", "structural")
"""Whose code the numbers come from, beside the modules that stand alone."""

SEPARATOR = "\x1f"
"""Between the names of a study and a specification."""

PACKAGES = ("duckdb", "numpy", "pyarrow", "scipy")


def digests_of(
    cells: duckdb.DuckDBPyRelation, *, runs: pd.DataFrame, settings: Mapping[str, pd.DataFrame]
) -> dict[Key, str]:
    """A digest by study and specification, whatever the order of the rows; in order of the keys.

    Args:
        cells: study_id, spec_id, then what is hashed.
        runs: study_id, spec_id.
        settings: Frames by name; of those that name a study or specification its own rows count.
    """
    hashed = ", ".join(name for name in cells.columns if name not in KEYS)
    sums = cells.aggregate(f"{', '.join(KEYS)}, count(*), sum(hash({hashed}))").fetchall()
    of_cells = {(study, spec): (count, total) for study, spec, count, total in sums}
    found = {}
    for study, spec in runs[[*KEYS]].sort_values([*KEYS]).itertuples(index=False):
        held = hashlib.sha256(repr((code(), hashed, of_cells.get((study, spec)))).encode())
        for name, frame in sorted(settings.items()):
            own = np.ones(len(frame), dtype=bool)
            for column, value in zip(KEYS, (study, spec), strict=True):
                own &= frame[column] == value if column in frame else True
            rows = sorted(frame.loc[own].astype(str).itertuples(index=False, name=None))
            held.update(repr((name, list(frame.columns), rows)).encode())
        found[study, spec] = held.hexdigest()[:32]
    return found


@cache
def code() -> str:
    """Digest of the code that the numbers come from, and the versions of what it calls."""
    files = [path for room in ROOMS for path in (LIBRARY / room).rglob("*.py")]
    held = hashlib.sha256(repr([version(name) for name in PACKAGES]).encode())
    for path in sorted([*files, *LIBRARY.glob("*.py")]):
        held.update(path.relative_to(LIBRARY).as_posix().encode())
        held.update(path.read_bytes())
    return held.hexdigest()


def kept_or_made(
    session: duckdb.DuckDBPyConnection,
    this: Any,
    digests: Mapping[Key, str],
    make: Callable[[pd.DataFrame], pd.DataFrame | pa.Table],
) -> Any:
    """Rows of the table of the last build where they rest on the same, else new ones.

    Args:
        session: Of the model; its database holds the table of the last build, or none.
        this: That table, as ``dbt.this``.
        digests: By study and specification.
        make: From study_id and spec_id of what is to be solved to its rows.
    """
    stands = _stamps(session, this)
    kept = [key for key, digest in digests.items() if stands.get(key) == digest]
    rest = [key for key in digests if key not in kept]
    if not kept:
        return stamped(make(pd.DataFrame(rest, columns=[*KEYS])), digests)
    named = ", ".join(f"({text_literal(study)}, {text_literal(spec)})" for study, spec in kept)
    last = session.table(str(this)).filter(f"({', '.join(KEYS)}) in ({named})")
    if not rest:
        return last
    made = stamped(make(pd.DataFrame(rest, columns=[*KEYS])), digests)
    columns = ", ".join(map(quoted, last.columns))
    return last.union(session.from_arrow(made).project(columns))


def stamped(made: pd.DataFrame | pa.Table, digests: Mapping[Key, str]) -> pa.Table:
    """The rows with the columns of ``STAMP``."""
    import pyarrow.compute as pc

    table = made if isinstance(made, pa.Table) else pa.Table.from_pandas(made, preserve_index=False)
    if not len(table):
        digest, count = pa.array([], pa.string()), pa.array([], pa.int64())
    else:
        texts = [table[name].cast(pa.string()) for name in KEYS]
        keys = pc.binary_join_element_wise(*texts, SEPARATOR).combine_chunks().dictionary_encode()
        codes = keys.indices.to_numpy()
        names = [tuple(name.split(SEPARATOR)) for name in keys.dictionary.to_pylist()]
        own = pa.array([digests[study, spec] for study, spec in names])
        digest = pa.DictionaryArray.from_arrays(keys.indices, own)
        count = pa.array(np.bincount(codes)[codes])
    now = pa.scalar(datetime.now(UTC).replace(tzinfo=None), pa.timestamp("us"))
    for name, column in zip(STAMP, (digest, count, pa.repeat(now, len(table))), strict=True):
        table = table.append_column(name, column)
    return table


def _stamps(session: duckdb.DuckDBPyConnection, this: Any) -> dict[Key, str]:
    """Digests of the specifications whose rows in the table are all there."""
    has = session.execute(
        "select column_name from duckdb_columns() "
        "where (database_name, schema_name, table_name) = (?, ?, ?)",
        [this.database, this.schema, this.identifier],
    ).fetchall()
    if not {(name,) for name in (*KEYS, *STAMP)} <= set(has):
        return {}
    whole = "count(*) = count(input_digest) and count(*) = min(row_count)"
    found = session.table(str(this)).aggregate(
        f"{', '.join(KEYS)}, min(input_digest), "
        f"{whole} and min(input_digest) = max(input_digest) and min(row_count) = max(row_count)"
    )
    return {(study, spec): digest for study, spec, digest, is_whole in found.fetchall() if is_whole}
