"""What a study may be made of: bundled rows and rows of one's own, read without a build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.quality.own_folder import OwnFolder, located, ready, rows_sql
from trade_potential.sql.render import file_literal, quoted

if TYPE_CHECKING:
    import duckdb

    from trade_potential.outcome import OutcomeRow

WORLD = ("world_trade", "world_pairs")
"""Files of inputs/world that are read where they lie."""
CODES = """
    create view codes as
    select country_iso3 as source_code, country_iso3 from countries
    union all select source_code, country_iso3 from country_code_mappings;
    create view trade as
    select exporters.country_iso3 as exporter, importers.country_iso3 as importer, year, trade_usd
    from world_trade
    inner join codes as exporters on exporter_code = exporters.source_code
    inner join codes as importers on importer_code = importers.source_code
"""
GROUPS = """
    select group_id, country_iso3 from country_groups
    union select income_group, country_iso3 from countries where income_group is not null
    union select un_region, country_iso3 from countries where un_region is not null
    order by all
"""


class Facts:
    """Tables of a project by the names of its seeds, each with the rows of the own folder.

    Attributes:
        project: Folder of dbt_project.yml.
        own: Its own folder.
        measured: What ``trade`` holds, in words.
    """

    measured = "the trade of the world"

    def __init__(self, project: Path | str = ".") -> None:
        """Open the bundled rows and the own ones.

        Raises:
            InputError: The own folder has not the form that it must have.
        """
        import duckdb

        self.project = Path(project)
        self.own: OwnFolder = located(self.project)
        ready(self.own)
        self._memory = duckdb.connect(config={"threads": 2})
        for name, seed in self.own.seeds.items():
            self._memory.execute(f"create view {quoted(name)} as {self._rows(name, seed.file)}")
        for name in WORLD:
            path = self.project / "inputs" / "world" / f"{name}.parquet"
            self._memory.execute(f"create view {name} as from read_parquet({file_literal(path)})")
        self._memory.execute(CODES)

    def _rows(self, name: str, file: str) -> str:
        """Rows of a seed, and whether each is one's own."""
        parts = []
        own = self.own.file(name)
        types = self.own.seeds[name].types
        for path, is_own in ((self.project / file, False), (own, True)):
            if not path.is_file():
                continue
            parts.append(rows_sql(path, types, f", {str(is_own).lower()} as is_own"))
        return " union all ".join(parts)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self._query(sql, values).fetchall()

    def records(self, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a query by column."""
        found = self._query(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _query(self, sql: str, values: Sequence[Any]) -> duckdb.DuckDBPyConnection:
        return self._memory.execute(sql, list(values))

    @cached_property
    def countries(self) -> dict[str, str]:
        """Name by code."""
        return dict(self.rows("select country_iso3, country_name from countries order by 1"))

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Codes by group: agreements, income groups of the World Bank, regions of the UN."""
        found: dict[str, list[str]] = {}
        for group, code in self.rows(GROUPS):
            found.setdefault(group, []).append(code)
        return found

    @cached_property
    def studies(self) -> dict[str, bool]:
        """Whether a study is one's own, by name."""
        return dict(self.rows("select study_id, is_own from studies order by is_own, study_id"))

    def measure(self, series: Iterable[OutcomeRow] | str, flow: str) -> None:
        """Take a series of one's own in the place of the trade of the world.

        Args:
            series: Its rows, or the name under which own_outcomes has them.
            flow: What it is of: total, exports or imports.
        """
        sides = ["reporter_iso3", "partner_iso3"]
        exporter, importer = reversed(sides) if flow == "imports" else sides
        if isinstance(series, str):
            self._memory.execute(
                "create temporary table series as from own_outcomes where series_id = ?", [series]
            )
        else:
            self._memory.execute("create temporary table series as from own_outcomes limit 0")
            given = [(r.reporter_iso3, r.partner_iso3, r.year, r.value_usd) for r in series]
            self._memory.executemany(
                "insert into series (reporter_iso3, partner_iso3, year, value_usd)"
                " values (?, ?, ?, ?)",
                given,
            )
        self._memory.execute(
            f"create or replace view trade as select {exporter} as exporter,"  # noqa: S608
            f" {importer} as importer, year, value_usd as trade_usd from series"
        )
        self.measured = "the series"

    @cached_property
    def trade_years(self) -> tuple[int, int]:
        """First and last year of what is measured."""
        ((first, last),) = self.rows("select min(year), max(year) from trade")
        return int(first), int(last)

    @cached_property
    def newest_vintage(self) -> str:
        """Date of the newest figures of an indicator."""
        ((newest,),) = self.rows("select max(vintage_date) from observation_vintages")
        return str(newest)

    def partners_of(self, reporter: str, years: tuple[int, int], flow: str) -> dict[str, float]:
        """Trade in US$ by partner over some years, largest first; only partners with a distance."""
        found = self.rows(
            f"""
            with flows as (
                select importer as partner, trade_usd from trade
                where exporter = $1 and year between $2 and $3 and {flow != "imports"}
                union all
                select exporter, trade_usd from trade
                where importer = $1 and year between $2 and $3 and {flow != "exports"}
            )
            select partner, sum(trade_usd) from flows
            where partner in (
                select destination_code from world_pairs
                where origin_code = $1 and distance_capitals_km is not null
            )
            group by partner order by 2 desc, 1
            """,  # noqa: S608 (flags alone)
            [reporter, *years],
        )
        return {str(code): float(usd) for code, usd in found}
