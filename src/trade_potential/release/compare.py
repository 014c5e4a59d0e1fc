"""What is different between two releases: rows, classes and figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from trade_potential.errors import ReleaseError
from trade_potential.macros import quoted
from trade_potential.release.layout import Release
from trade_potential.release.tables import one_file, parquet_of
from trade_potential.release.verify import complaints

if TYPE_CHECKING:
    import duckdb

CLASSES = ("fct_trade_potential", "potential_class")
"""Mart and column of the answers."""
IS_THERE = "is there"
"""Column that says on which side of a join a row is; no column of a mart holds a blank."""
KEYS_SHOWN = 20
"""Rows of a change of class that are named."""


def compare(old: Release, new: Release) -> dict[str, Any]:
    """Differences from one release to another, as ``releases diff --format json`` writes them.

    Rows are matched by the key of the mart. A figure is a column of floating-point numbers; its
    relative change is |new - old| / max(|new|, |old|), null where either has no number.

    Raises:
        ReleaseError: One of them is not as it was published.
    """
    for release in (old, new):
        wrong = complaints(release)
        if wrong:
            raise ReleaseError(f"{release.release_id} is damaged: {'; '.join(wrong)}")
    import duckdb

    with duckdb.connect() as memory:
        return _compare(memory, old, new)


def _compare(memory: duckdb.DuckDBPyConnection, old: Release, new: Release) -> dict[str, Any]:
    before, after = old.manifest()["marts"], new.manifest()["marts"]
    marts: dict[str, Any] = {}
    figures: list[dict[str, Any]] = []
    for mart in sorted(before.keys() | after.keys()):
        counted: dict[str, Any] = {
            "rows_before": before[mart]["rows"] if mart in before else None,
            "rows_after": after[mart]["rows"] if mart in after else None,
        }
        marts[mart] = counted
        if mart not in before or mart not in after:
            counted["status"] = "added" if mart in after else "removed"
            continue
        if before[mart]["sha256"] == after[mart]["sha256"]:
            counted |= {"status": "same", "rows_added": 0, "rows_removed": 0, "rows_changed": 0}
            continue
        pair = _Pair(memory, old, new, mart)
        counted |= pair.columns()
        if not pair.is_comparable:
            counted["status"] = "other key"
            continue
        counted |= pair.rows()
        is_moved = any(counted[name] for name in counted if name.startswith(("rows_a", "columns")))
        is_moved = is_moved or counted["rows_removed"] or counted["rows_changed"]
        # Other bytes can hold the same rows: another version of the writer.
        counted["status"] = "changed" if is_moved else "same"
        figures += pair.figures()
    figures.sort(key=lambda f: (-(f["largest_relative_change"] or 0.0), f["mart"], f["column"]))
    has_classes = CLASSES[0] in before and CLASSES[0] in after
    return {
        "old": old.release_id,
        "new": new.release_id,
        "marts": marts,
        "classes": _classes(_Pair(memory, old, new, CLASSES[0])) if has_classes else [],
        "figures": figures,
    }


def _classes(pair: _Pair) -> list[dict[str, Any]]:
    """Changes of class, each with the first rows that made it."""
    column = CLASSES[1]
    if not pair.is_comparable or column not in pair.shared:
        return []
    moved = pair.query(
        f"select old.{quoted(column)}, new.{quoted(column)}, {pair.key_list('new')} "
        f"from {pair.joined()} where old.{quoted(column)} is distinct from new.{quoted(column)} "
        f"order by {', '.join(str(k + 1) for k in range(2 + len(pair.key)))}"
    )
    counts = Counter((was, now) for was, now, *_ in moved)
    return [
        {
            "before": was,
            "after": now,
            "rows": rows,
            "keys": [list(key) for a, b, *key in moved if (a, b) == (was, now)][:KEYS_SHOWN],
        }
        for (was, now), rows in counts.items()
    ]


class _Pair:
    """One mart in two releases."""

    def __init__(
        self, memory: duckdb.DuckDBPyConnection, old: Release, new: Release, mart: str
    ) -> None:
        before, after = old.manifest()["marts"][mart], new.manifest()["marts"][mart]
        self._memory = memory
        self.mart = mart
        self.key: list[str] = after["key"]
        self._types = {column["name"]: column["type"] for column in after["columns"]}
        self._before = [column["name"] for column in before["columns"]]
        self.shared = [name for name in self._types if name in self._before]
        self.is_comparable = before["key"] == after["key"]
        self._old = one_file(parquet_of(old.folder, mart))
        self._new = one_file(parquet_of(new.folder, mart))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on both."""
        return self._memory.execute(sql).fetchall()

    def joined(self, kind: str = "inner") -> str:
        """Both in SQL, side by side by key; nulls are equal."""
        on = " and ".join(
            f"old.{quoted(name)} is not distinct from new.{quoted(name)}" for name in self.key
        )
        return (
            f"(select *, true as {quoted(IS_THERE)} from {self._old}) as old {kind} join "
            f"(select *, true as {quoted(IS_THERE)} from {self._new}) as new on {on}"
        )

    def key_list(self, side: str) -> str:
        """The columns of the key in SQL."""
        return ", ".join(f"{side}.{quoted(name)}" for name in self.key)

    def columns(self) -> dict[str, list[str]]:
        """Columns that only one has."""
        return {
            "columns_added": [name for name in self._types if name not in self._before],
            "columns_removed": [name for name in self._before if name not in self._types],
        }

    def rows(self) -> dict[str, int]:
        """Keys that only one has, and rows of the same key with another value."""
        differs = " or ".join(
            f"old.{quoted(name)} is distinct from new.{quoted(name)}" for name in self.shared
        )
        there = quoted(IS_THERE)
        ((added, removed, changed),) = self.query(
            f"select count(*) filter (where old.{there} is null), "
            f"count(*) filter (where new.{there} is null), "
            f"count(*) filter (where old.{there} and new.{there} and ({differs})) "
            f"from {self.joined('full')}"
        )
        return {"rows_added": added, "rows_removed": removed, "rows_changed": changed}

    def figures(self) -> list[dict[str, Any]]:
        """By column of numbers: how many changed, and the largest relative change."""
        found = []
        for name in self.shared:
            if self._types[name] not in ("DOUBLE", "FLOAT"):
                continue
            column = quoted(name)
            rows = self.query(
                f"select old.{column}, new.{column}, case when isfinite(old.{column}) and "
                f"isfinite(new.{column}) then abs(new.{column} - old.{column}) / "
                f"greatest(abs(new.{column}), abs(old.{column})) end as relative_change, "
                f"count(*) over () as changed, {self.key_list('new')} from {self.joined()} "
                f"where old.{column} is distinct from new.{column} "
                f"order by relative_change desc nulls last, {self.key_list('new')} limit 1"
            )
            for was, now, relative, changed, *key in rows:
                found.append(
                    {
                        "mart": self.mart,
                        "column": name,
                        "rows_changed": changed,
                        "largest_relative_change": relative,
                        "before": was,
                        "after": now,
                        "key": dict(zip(self.key, key, strict=True)),
                    }
                )
        return found
