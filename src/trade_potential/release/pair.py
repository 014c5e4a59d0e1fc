"""One mart in two releases: rows side by side by key, and what differs by more than noise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from trade_potential.release.layout import ReleaseFolder
from trade_potential.release.mart_files import parquet_files, rows_of
from trade_potential.release.noise import FLOATING, any_moved, change_of, moved
from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

IS_THERE = "is there"
"""Column that says on which side of a join a row is; no column of a mart holds a blank."""


class Pair:
    """One mart in two releases.

    Attributes:
        key: Columns by which rows are matched, those of the new release.
        types: Type by column of the new release.
        shared: Columns that both have.
        is_comparable: Whether both have the same key.
        is_same: Whether both are the same files.
        sides: Rows of each in SQL, without those of parts that are the same in both.
    """

    def __init__(
        self, memory: duckdb.DuckDBPyConnection, old: ReleaseFolder, new: ReleaseFolder, mart: str
    ) -> None:
        """Read of both manifests what the mart is."""
        before, after = old.manifest()["marts"][mart], new.manifest()["marts"][mart]
        self._memory = memory
        self.mart = mart
        self.key: list[str] = after["key"]
        self.types = {column["name"]: column["type"] for column in after["columns"]}
        self._before = [column["name"] for column in before["columns"]]
        self.shared = [name for name in self.types if name in self._before]
        self.is_comparable = before["key"] == after["key"]
        was, now = _checksums(old, mart), _checksums(new, mart)
        self.is_same = was == now
        self.sides = {"old": _rows(old, was, now), "new": _rows(new, now, was)}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on both."""
        return self._memory.execute(sql).fetchall()

    def joined(self, kind: str = "inner") -> str:
        """Both in SQL, side by side by key; nulls are equal."""
        on = " and ".join(
            f"old.{quoted(name)} is not distinct from new.{quoted(name)}" for name in self.key
        )
        old, new = (
            f"(select *, true as {quoted(IS_THERE)} from {rows}) as {side}"
            for side, rows in self.sides.items()
        )
        return f"{old} {kind} join {new} on {on}"

    def key_list(self, side: str) -> str:
        """The columns of the key in SQL."""
        return ", ".join(f"{side}.{quoted(name)}" for name in self.key)

    def moved_rows(
        self, names: Iterable[str], shown: Iterable[str], of: str = "new"
    ) -> list[tuple[Any, ...]]:
        """Columns shown of the rows where one of some columns moved, with both its values.

        Nothing where the mart lacks one of the columns. What is shown is that ``of`` one side.
        """
        names, shown = list(names), list(shown)
        if not {*names, *shown} <= set(self.shared):
            return []
        both = [f"{side}.{quoted(name)}" for name in names for side in ("old", "new")]
        return self.query(
            f"select {', '.join([*(f'{of}.{quoted(name)}' for name in shown), *both])} "
            f"from {self.joined()} where {any_moved((n, self.types[n]) for n in names)} "
            f"order by {self.key_list('new')}"
        )

    def values_where_moved(self, names: Iterable[str], shown: str) -> set[Any]:
        """Values of one column in the rows where one of some columns moved."""
        columns = [(name, self.types[name]) for name in names]
        if not columns:
            return set()
        rows = self.query(
            f"select distinct new.{quoted(shown)} from {self.joined()} where {any_moved(columns)}"
        )
        return {value for (value,) in rows}

    def keys_of(self, side: str) -> list[dict[str, Any]]:
        """Keys that only one side has."""
        other = "new" if side == "old" else "old"
        rows = self.query(
            f"select {self.key_list(side)} from {self.joined('full')} "
            f"where {other}.{quoted(IS_THERE)} is null order by all"
        )
        return [dict(zip(self.key, row, strict=True)) for row in rows]

    def columns(self) -> dict[str, list[str]]:
        """Columns that only one has."""
        return {
            "columns_added": [name for name in self.types if name not in self._before],
            "columns_removed": [name for name in self._before if name not in self.types],
        }

    def rows(self) -> dict[str, int]:
        """Keys that only one has, rows of the same key with another value, and with noise only."""
        differs = " or ".join(
            f"old.{quoted(name)} is distinct from new.{quoted(name)}" for name in self.shared
        )
        changes = any_moved((name, self.types[name]) for name in self.shared)
        old, new = f"old.{quoted(IS_THERE)}", f"new.{quoted(IS_THERE)}"
        ((added, removed, changed, noise),) = self.query(
            f"select count(*) filter (where {old} is null), "
            f"count(*) filter (where {new} is null), "
            f"count(*) filter (where {old} and {new} and ({changes})), "
            f"count(*) filter (where {old} and {new} and ({differs}) and not ({changes})) "
            f"from {self.joined('full')}"
        )
        return {
            "rows_added": added,
            "rows_removed": removed,
            "rows_changed": changed,
            "rows_noise": noise,
        }

    def figures(self) -> list[dict[str, Any]]:
        """By column of numbers: how many moved, and the largest change."""
        found = []
        for name in self.shared:
            if self.types[name] not in FLOATING:
                continue
            column = quoted(name)
            rows = self.query(
                f"select old.{column}, new.{column}, {change_of(name)} as change, "
                f"count(*) over () as changed, {self.key_list('new')} from {self.joined()} "
                f"where {moved(name, self.types[name])} "
                f"order by change desc nulls last, {self.key_list('new')} limit 1"
            )
            for was, now, change, changed, *key in rows:
                found.append(
                    {
                        "mart": self.mart,
                        "column": name,
                        "rows_changed": changed,
                        "largest_change": change,
                        "before": was,
                        "after": now,
                        "key": dict(zip(self.key, key, strict=True)),
                    }
                )
        return found


def _checksums(release: ReleaseFolder, mart: str) -> dict[str, str]:
    """Checksum by name of each Parquet file of a mart."""
    files = release.manifest()["files"]
    names = (
        path.relative_to(release.folder).as_posix() for path in parquet_files(release.folder, mart)
    )
    return {name: files[name]["sha256"] for name in names}


def _rows(release: ReleaseFolder, own: dict[str, str], other: dict[str, str]) -> str:
    """Rows in SQL of the files that the other release has not, or of all where it has the same."""
    changed = [name for name in own if other.get(name) != own[name] or own == other]
    rows = rows_of([release.folder / name for name in changed or own])
    return rows if changed else f"(select * from {rows} limit 0)"


class Pairs:
    """The marts of two releases, each opened when it is asked for."""

    def __init__(
        self, memory: duckdb.DuckDBPyConnection, old: ReleaseFolder, new: ReleaseFolder
    ) -> None:
        """Name the releases; nothing is opened."""
        self._of = (memory, old, new)
        self._held: dict[str, Pair] = {}
        marts = (set(release.manifest()["marts"]) for release in (old, new))
        self.shared = set.intersection(*marts)

    def __getitem__(self, mart: str) -> Pair:
        """A mart that both releases have."""
        if mart not in self._held:
            self._held[mart] = Pair(*self._of, mart)
        return self._held[mart]

    def comparable(self, mart: str) -> Pair | None:
        """A mart that both have under the same key."""
        pair = self[mart] if mart in self.shared else None
        return pair if pair and pair.is_comparable else None

    def moved_rows(
        self, mart: str, names: Iterable[str], shown: Iterable[str], of: str = "new"
    ) -> list[tuple[Any, ...]]:
        """Rows of a mart where a column moved (``Pair.moved_rows``); none where it is the same."""
        pair = self.comparable(mart)
        return [] if pair is None or pair.is_same else pair.moved_rows(names, shown, of)

    def index_specifications(self) -> dict[str, str]:
        """Index specification by gravity specification, in the new release."""
        pair = self.comparable("dim_specification")
        if pair is None or not {"spec_id", "index_spec_id"} <= set(pair.types):
            return {}
        return dict(pair.query(f"select spec_id, index_spec_id from {pair.sides['new']}"))
