"""Rows of any DuckDB relation as the arrays that PPML works on.

Texts become codes before Python sees them: a text of a row would take 60 bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trade_potential.ppml.columns import Columns
from trade_potential.ppml.keys import Encoded, encode
from trade_potential.ppml.sample import Sample, sample_of
from trade_potential.rows.keys import INTEGERS, as_key, key_type
from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb


def table_sample(connection: duckdb.DuckDBPyConnection, relation: str, columns: Columns) -> Sample:
    """Read the rows of a model; the sample needs the database no more.

    Args:
        connection: Open connection; temporary types named level_of_* are made.
        relation: Name of a table or view: ``columns.keys`` in k0, k1, .., ``columns.numbers`` in
            v0, v1, ..
        columns: Names for messages and results.

    Raises:
        InputError: See ``sample_of``.
    """
    coded = {name: _code(connection, relation, f"k{k}") for k, name in enumerate(columns.keys)}
    slots = range(len(columns.numbers))
    selected = [f"{code} as k{k}" for k, (code, _) in enumerate(coded.values())]
    selected += [f"cast(v{k} as double) as v{k}" for k in slots]
    query = f"select {', '.join(selected)} from {quoted(relation)}"
    found = connection.execute(query).fetchnumpy()
    return sample_of(
        columns,
        {
            name: _encoded(name, np.ma.asarray(found.pop(f"k{k}")), texts)
            for k, (name, (_, texts)) in enumerate(coded.items())
        },
        (np.ma.filled(found.pop(f"v{k}"), np.nan) for k in slots),
    )


def _code(
    connection: duckdb.DuckDBPyConnection, relation: str, column: str
) -> tuple[str, npt.NDArray[Any] | None]:
    """A key as a whole number in SQL, and the texts by number; None where it is a number itself."""
    type_ = key_type(connection, relation, column)
    key, level = as_key(column, type_), f"level_of_{column}"
    if type_ in INTEGERS:
        return key, None
    texts = f"select distinct {key} as level from {quoted(relation)} where {column} is not null"
    connection.execute(f"create or replace temporary type {level} as enum ({texts} order by level)")
    found = connection.execute(f"select unnest(enum_range(null::{level})) as level").fetchnumpy()
    return f"enum_code(cast({key} as {level}))", np.asarray(found["level"])


def _encoded(name: str, values: npt.NDArray[Any], texts: npt.NDArray[Any] | None) -> Encoded:
    """A column of ``_code``, which is masked where keys are missing."""
    if texts is not None:
        return Encoded(np.ma.filled(values.astype(np.int64), -1), tuple(texts), texts)
    found = encode(name, np.ma.getdata(values))
    found.codes[np.ma.getmaskarray(values)] = -1
    return found
