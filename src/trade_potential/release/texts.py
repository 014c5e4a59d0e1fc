"""What the YAML says of marts and columns, as the plan of a build brings it (plan_release)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from trade_potential.errors import ReleaseError
from trade_potential.sql.render import quoted, text_literal

if TYPE_CHECKING:
    import duckdb

MOST = 10
"""Columns without a description that a refusal names; the rest is counted."""


class Reference(NamedTuple):
    """Columns whose values stand in columns of another mart.

    Attributes:
        columns: Of this mart.
        mart: The other one.
        to: Its columns, in the same order.
    """

    columns: tuple[str, ...]
    mart: str
    to: tuple[str, ...]


class MartText(NamedTuple):
    """What is said of one mart.

    Attributes:
        description: What one row is.
        columns: Description by name of the column.
        references: To other marts, as ``config.meta.references`` declares them.
    """

    description: str
    columns: Mapping[str, str]
    references: tuple[Reference, ...] = ()


Texts = Mapping[str, MartText]
"""By name of the mart."""


def texts_of(plan: Mapping[str, Any]) -> dict[str, MartText]:
    """The texts of a plan."""
    return {
        mart: MartText(
            _one_line(said["description"]),
            {name: _one_line(text) for name, text in said["columns"].items()},
            tuple(
                Reference(tuple(of["columns"]), of["mart"], tuple(of.get("to") or of["columns"]))
                for of in said["references"]
            ),
        )
        for mart, said in plan.items()
    }


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def refuse_undescribed(marts: Mapping[str, duckdb.DuckDBPyRelation], texts: Texts) -> None:
    """Ask for a description of every mart and column, and for what references name.

    Raises:
        ReleaseError: One is missing; the message names where it is to be written.
    """
    missing = []
    for mart, rows in sorted(marts.items()):
        said = texts.get(mart, MartText("", {}))
        missing += [] if said.description else [mart]
        missing += [f"{mart}.{name}" for name in rows.columns if not said.columns.get(name)]
        for of in said.references:
            there = marts[of.mart].columns if of.mart in marts else []
            wrong = [f"{mart}.{name}" for name in of.columns if name not in rows.columns]
            wrong += [f"{of.mart}.{name}" for name in of.to if name not in there]
            if wrong or len(of.columns) != len(of.to):
                raise ReleaseError(
                    f"{mart}: refers to {of.mart} by {', '.join(of.columns)} = {', '.join(of.to)}; "
                    f"not there, or not one for one: {', '.join(wrong) or 'the columns'} "
                    f"(config.meta.references of {mart})"
                )
    if missing:
        more = f", and {len(missing) - MOST} more" if len(missing) > MOST else ""
        raise ReleaseError(
            f"no description of {', '.join(missing[:MOST])}{more}: write what it is in models/marts"
        )


def comments(marts: Mapping[str, list[str]], texts: Texts | None, schema: str) -> Iterator[str]:
    """Statements that write the texts into a database, which every reader of it then sees.

    Args:
        marts: Columns by name of the mart.
        texts: What is said of them; None: nothing.
        schema: Where the tables are, as SQL.
    """
    for mart, columns in marts.items() if texts is not None else ():
        said = (texts or {})[mart]
        table = f"{schema}.{quoted(mart)}"
        yield f"comment on table {table} is {text_literal(said.description)}"
        for name in columns:
            text = text_literal(said.columns[name])
            yield f"comment on column {table}.{quoted(name)} is {text}"


def digest(statements: list[str]) -> str | None:
    """Of the comments in a database; None where there are none."""
    if not statements:
        return None
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()
