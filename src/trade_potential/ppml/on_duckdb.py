"""Rows of any DuckDB relation as the arrays that PPML works on.

Texts become codes before Python sees them: a text of a row would take 60 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from trade_potential.keys import INTEGERS, as_key, key_type
from trade_potential.macros import quoted
from trade_potential.ppml.keys import Encoded, encode
from trade_potential.ppml.sample import Sample, sample_of

if TYPE_CHECKING:
    import duckdb


def table_sample(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    keys: Sequence[str],
    outcome: str,
    regressors: Sequence[str],
    entity: str,
    time: str,
    effects: Sequence[tuple[str, ...]] = (),
    weights: str | None = None,
) -> Sample:
    """Read the rows of a model; the sample needs the database no more.

    Args:
        connection: Open connection; temporary types named level_of_* are made.
        relation: Name of a table or view: keys in k0, k1, ..; in v0, v1, .. the outcome, the
            regressors and then the weights, if there are any.
        keys: Names of k0, k1, ..: the entity, the time, and columns of effects that are neither.
        outcome: Its name.
        regressors: Their names.
        entity: One of ``keys``.
        time: One of ``keys``.
        effects: Tuples of ``keys``.
        weights: Their name, if there are any.

    Raises:
        InputError: See ``sample_of``.
    """
    coded = {name: _code(connection, relation, f"k{k}") for k, name in enumerate(keys)}
    slots = list(range(1 + len(regressors)))
    if weights is not None:
        slots.insert(1, len(slots))  # read last, wanted after the outcome
    columns = [f"{code} as k{k}" for k, (code, _) in enumerate(coded.values())]
    columns += [f"cast(v{k} as double) as v{k}" for k in slots]
    query = f"select {', '.join(columns)} from {quoted(relation)}"
    found = connection.execute(query).fetchnumpy()
    return sample_of(
        {
            name: _encoded(name, np.ma.asarray(found.pop(f"k{k}")), texts)
            for k, (name, (_, texts)) in enumerate(coded.items())
        },
        (np.ma.filled(found.pop(f"v{k}"), np.nan) for k in slots),
        outcome=outcome,
        regressors=regressors,
        entity=entity,
        time=time,
        effects=effects,
        weights=weights,
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
