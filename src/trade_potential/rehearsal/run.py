"""Runs a plan on a database in memory, and gathers what its tests refuse."""

from __future__ import annotations

import runpy
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.errors import InputError
from trade_potential.quality.complaints import Complaint, of_test
from trade_potential.quality.own_folder import located, rows_sql
from trade_potential.rehearsal.plan import STAGING, Plan, Step
from trade_potential.sql.render import quoted, text_literal

if TYPE_CHECKING:
    import duckdb

FIRST_LINE = 2
"""Of a file with a header."""
MOST = 20
"""Complaints of one rule that are told."""
STUDIES = "stg_study__studies"
SPECIFICATIONS = "stg_study__gravity_specifications"
STUDY_TABLES = (STUDIES, "stg_study__study_partners", "stg_study__study_specifications")


class Rehearsal:
    """A database in memory in which the steps of a plan run one after the other.

    Attributes:
        refused: Complaints of tests that stop a build.
        warned: Complaints of tests that do not.
    """

    def __init__(self, project: Path, plan: Plan) -> None:
        """Open the database; nothing is run yet."""
        import duckdb

        self._project, self._plan = project, plan
        self._own = located(project)
        self._database = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        self._database.execute(f"attach ':memory:' as \"{plan.catalog}\"")
        self._database.execute(f'use "{plan.catalog}"')
        self.refused: list[Complaint] = []
        self.warned: list[Complaint] = []

    def run(self, stage: str, progress: Callable[[str], None]) -> None:
        """Run the steps of a stage.

        Raises:
            InputError: A step cannot be run, which a build would tell as an error of its node.
        """
        import duckdb

        for step in self._plan.steps:
            if step.stage == stage:
                progress(step.name)
                try:
                    _RUN[step.kind](self, step)
                except duckdb.Error as error:
                    said = " ".join(str(error).split())
                    raise InputError(f"{step.name} ({step.file}) cannot be run: {said}") from None

    def keep_panels(self, studies: Sequence[str] | None = None) -> None:
        """Go on with studies of a panel alone, of these where some are named.

        World trade is the figures of every pair, and no row of a study can empty it but its years.

        Raises:
            InputError: A study is named that there is not.
        """
        panels = "select study_id from {studies} inner join {specs} on default_spec_id = spec_id"
        relations = {step.name: step.relation for step in self._plan.steps}
        listed = self._database.execute(f"select study_id from {relations[STUDIES]}").fetchall()
        there = sorted(str(study) for (study,) in listed)
        missing = [study for study in studies or () if study not in there]
        if missing:
            raise InputError(f"no study {', '.join(missing)}; there are {', '.join(there)}")
        kept = panels.format(studies=relations[STUDIES], specs=relations[SPECIFICATIONS])
        kept += " where model_kind = 'panel'"
        if studies is not None:
            kept += f" and study_id in ({', '.join(map(text_literal, studies))})"
        self._database.execute(f"create temporary table kept as {kept}")
        for name in STUDY_TABLES:
            self._database.execute(
                f"delete from {relations[name]} where study_id not in (from kept)"
            )

    def _create(self, step: Step, sql: str) -> None:
        self._database.execute(f'create schema if not exists "{step.schema}"')
        kind = "view" if step.is_view else "table"
        self._database.execute(f"create {kind} {step.relation} {sql}")

    def _seed(self, step: Step) -> None:
        columns = ", ".join(f'"{name}" {type_}' for name, type_ in step.types.items())
        self._create(step, f"({columns})")
        path = text_literal(str(self._project / step.file))
        header = ", ".join(f'"{name}"' for name in self._header(step))
        self._database.execute(
            f"copy {step.relation} ({header}) from {path} (format csv, header true)"
        )

    def _header(self, step: Step) -> list[str]:
        with (self._project / step.file).open(encoding="utf-8-sig") as lines:
            return [name.strip('"') for name in lines.readline().strip().split(",")]

    def _model(self, step: Step) -> None:
        seed = step.name.split("__")[-1]
        is_staged = step.name.startswith(STAGING) and seed in self._own.seeds
        self._create(step, f"as {self._with_own(seed, step.sql) if is_staged else step.sql}")

    def _with_own(self, seed: str, sql: str) -> str:
        """A staging model with the own rows of now, whether or not it was compiled with a file.

        Macro seed_rows has the same of a build.
        """
        relation = f'"{self._plan.catalog}"."own"."{seed}"'
        types, path = self._own.seeds[seed].types, self._own.file(seed)
        self._database.execute("create schema if not exists own")
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in types.items())
        rows = rows_sql(path, types) if path.is_file() else ""
        self._database.execute(
            f"create table {relation} {f'as {rows}' if rows else f'({columns})'}"
        )
        if not rows or relation in sql:
            return sql
        label = text_literal(self._own.label_of(seed))
        place = f"{label} as file_name, rowid + {FIRST_LINE} as file_line"
        return f"{sql} union all by name select *, {place} from {relation}"

    def _gate(self, step: Step) -> None:
        """No result: the gate is open, since nothing that it would judge is published."""
        from trade_potential.quality.gate import COLUMNS, COUNTS

        types = dict.fromkeys(COLUMNS, "varchar") | dict.fromkeys(COUNTS, "bigint")
        types["passed"] = "boolean"
        self._create(step, f"({', '.join(f'{name} {type_}' for name, type_ in types.items())})")

    def _python(self, step: Step) -> None:
        returned = runpy.run_path(str(self._project / step.file))["model"](
            _Dbt(step, self._database), self._database
        )
        self._database.register("returned", returned)
        self._create(step, "as select * from returned")
        self._database.unregister("returned")

    def _test(self, step: Step) -> None:
        cursor = self._database.execute(step.sql)
        names = [column[0] for column in cursor.description or ()]
        rows = [
            {name: None if v is None else str(v) for name, v in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]
        found = of_test(step.name, len(rows), rows).complaints
        seen = Counter[tuple[str | None, str]]()
        for complaint in found:
            seen[complaint.column, complaint.rule] += 1
            if seen[complaint.column, complaint.rule] <= MOST:
                (self.warned if step.only_warns else self.refused).append(complaint)


_RUN = {
    "seed": Rehearsal._seed,
    "model": Rehearsal._model,
    "gate": Rehearsal._gate,
    "python": Rehearsal._python,
    "test": Rehearsal._test,
}


class _Dbt:
    """What a Python model asks of dbt: its parents and its settings."""

    def __init__(self, step: Step, database: duckdb.DuckDBPyConnection) -> None:
        self._step, self._database = step, database
        self.config = _Config(step)

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        """The rows of a parent."""
        return self._database.sql(f"from {self._step.refs[name]}")


class _Config:
    def __init__(self, step: Step) -> None:
        self._step = step

    def __call__(self, **_: Any) -> None:
        """What a model says of itself, which dbt has read before."""

    def meta_get(self, name: str) -> Any:
        """A setting."""
        return self._step.meta[name]
