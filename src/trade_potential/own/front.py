"""The class ``Study``: a study of one's own from its rows to its answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from trade_potential import rehearsal
from trade_potential.errors import InputError
from trade_potential.outcome import Outcome
from trade_potential.own.coverage import Coverage, coverage_of
from trade_potential.own.design import (
    DEFAULT_SPEC,
    LEAST_PARTNERS,
    OF_MEANS,
    Asked,
    Design,
    designed,
)
from trade_potential.own.facts import Facts
from trade_potential.own.rows import Rows, of_study, rows_of, write

if TYPE_CHECKING:
    import pandas as pd

DATABASE = Path("warehouse") / "trade_potential.duckdb"
LINES = 15
"""Last lines of a build that failed."""


class Study:
    """A study of one's own: rows of the own folder of a project (docs/own-studies.md).

    ``Study.new`` writes the rows, ``Study(name)`` finds those that are there.

    Attributes:
        name: The study_id.
        project: Folder of dbt_project.yml.
    """

    def __init__(self, name: str, *, project: str | Path = ".") -> None:
        """Find a study of one's own.

        Args:
            name: The study_id.
            project: Folder of dbt_project.yml.

        Raises:
            InputError: There is none of this name.
        """
        self.name, self.project = name, Path(project)
        facts = Facts(self.project)
        if not facts.studies.get(name):
            owned = [study for study, is_own in facts.studies.items() if is_own]
            whose = "a bundled study" if name in facts.studies else "no study"
            raise InputError(
                f"{name}: {whose}, and none of your own; yours are {', '.join(owned) or 'none yet'}"
            )

    @classmethod
    def new(
        cls,
        name: str,
        *,
        reporter: str,
        partners: str | Sequence[str],
        years: str | tuple[int, int],
        flow: str = "total",
        classes: tuple[float, float] | None = None,
        as_of: str = "",
        spec: str = DEFAULT_SPEC,
        index: str = "",
        estimator: str = "ppml",
        outcome: Outcome | None = None,
        project: str | Path = ".",
    ) -> Study:
        """Write the rows of a study, or nothing where it cannot work.

        Args:
            name: Its study_id: small letters, digits and underscores.
            reporter: ISO3 code of an economy that BACI lists.
            partners: ISO3 codes, the name of a group such as asean, largest:40, or all.
            years: First and last, as 2010-2020 or a pair.
            flow: total, exports or imports.
            classes: Bounds of K between the classes of this study; default: those of the project.
            as_of: Date YYYY-MM-DD of the vintages; default: the newest.
            spec: Gravity specifications, separated by commas; the first is what people see.
            index: Specification of the index in the place of that of ``spec``.
            estimator: What K rests on: ppml, pooled, random, mundlak or between.
            outcome: A series of one's own in the place of trade, of the name of the study
                (``trade_potential.outcome.read_outcome``).
            project: Folder of dbt_project.yml.

        Raises:
            InputError: One line for each mistake; nothing was written.
        """
        asked = Asked(
            name=name, reporter=reporter, flow=flow, as_of=as_of, spec=spec, index=index,
            partners=partners if isinstance(partners, str) else ",".join(partners),
            years=years if isinstance(years, str) else f"{years[0]}-{years[1]}",
            classes=f"{classes[0]},{classes[1]}" if classes else "", estimator=estimator,
            outcome=outcome,
        )  # fmt: skip
        facts = Facts(project)
        design, _ = examined(asked, facts)
        write(rows_of(design, facts), facts.own)
        return cls(name, project=project)

    def rows(self) -> Rows:
        """Its rows by seed, values as text."""
        return of_study(self.name, Facts(self.project).own)

    def coverage(self) -> Coverage:
        """Figures that it rests on, by partner, year and indicator."""
        facts = Facts(self.project)
        return _examined(self.name, of_study(self.name, facts.own), facts)

    def check(self, *, until: Literal["coverage", "sample"] = "sample") -> list[str]:
        """What keeps it from working, one line each; none: it works.

        Args:
            until: coverage: what it rests on alone, a second, of one reporter; sample: also what a
                build would refuse of any row, and whether rows are left of it.

        Raises:
            InputError: dbt cannot compile the project.
        """
        facts = Facts(self.project)
        rows = of_study(self.name, facts.own)
        if rows["studies"][0].get("reporter_scope") == "one":
            try:
                _examined(self.name, rows, facts)
            except InputError as error:
                return str(error).splitlines()
        if until == "coverage":
            return []
        found = rehearsal.check(self.project, studies=[self.name])
        return found.lines if found else []

    def build(self) -> None:
        """Build the project, which publishes a release, as make build does.

        Raises:
            InputError: The build failed; why, as its last lines say.
        """
        said = subprocess.run(
            [sys.executable, "-m", "dbt_trade_potential.quiet"],
            cwd=self.project, env={**os.environ, "DO_NOT_TRACK": "1", "VERBOSE": "0"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if said.returncode:
            last = "\n".join(said.stdout.splitlines()[-LINES:])
            raise InputError(f"{self.name}: the build ended with {said.returncode}:\n{last}")

    def answer(self) -> pd.DataFrame:
        """Rows of the mart rpt_trade_potential: K and its class by partner and year.

        Raises:
            InputError: No build has answered it yet.
        """
        import duckdb

        database = self.project / os.environ.get("TRADE_POTENTIAL_DUCKDB", str(DATABASE))
        if not database.is_file():
            raise InputError(f"{self.name}: there is no {database} yet; build first")
        with duckdb.connect(str(database), read_only=True) as warehouse:
            try:
                found = warehouse.execute(
                    "select * from marts.rpt_trade_potential where study_id = ?"
                    " order by partner_iso3, year",
                    [self.name],
                ).df()
            except duckdb.CatalogException:
                found = None
        if found is None or found.empty:
            raise InputError(f"{self.name}: the last build did not answer it; build first")
        return found


def asked_of(name: str, rows: Rows) -> Asked:
    """What rows ask for; bounds of classes and an index of its own are judged by the build.

    Raises:
        InputError: The study stands there twice.
    """
    if len(rows["studies"]) > 1:
        raise InputError(f"studies: {name} is a row twice; keep one")
    held = {column: value or "" for column, value in rows["studies"][0].items()}
    default = held.get("default_spec_id", "")
    specs = [row["spec_id"] for row in rows.get("study_specifications", [])]
    listed = ",".join(row["partner_iso3"] for row in rows.get("study_partners", []))
    return Asked(
        name=name,
        reporter=held.get("reporter_iso3", ""),
        partners="all" if held.get("partner_scope") == "all_reported" else listed,
        years=f"{held.get('first_year', '')}-{held.get('last_year', '')}",
        flow=held.get("flow", ""),
        as_of=held.get("as_of_date", ""),
        estimator=held.get("default_estimator", ""),
        spec=",".join([default, *(spec for spec in specs if spec != default)]),
    )


def _examined(name: str, rows: Rows, facts: Facts) -> Coverage:
    """What a study that stands in the own folder rests on."""
    return examined(asked_of(name, rows), facts, is_new=False)[1]


def examined(asked: Asked, facts: Facts, *, is_new: bool = True) -> tuple[Design, Coverage]:
    """The study that is asked for and what it rests on.

    Raises:
        InputError: One line for each reason why it cannot be.
    """
    if asked.outcome:
        facts.measure(asked.outcome.rows, asked.flow)
    elif not is_new:
        series = "select ecommerce_series from studies where study_id = ? and trade_source = 'own'"
        for (name,) in facts.rows(series, [asked.name]):
            facts.measure(str(name), asked.flow)
    design = designed(asked, facts, is_new=is_new)
    found = coverage_of(
        facts, reporter=design.reporter, partners=design.partners, years=design.years,
        flow=design.flow, spec=design.specs[0],
    )  # fmt: skip
    ((terms,),) = facts.rows(
        "select count(*) from gravity_terms inner join variables using (variable)"
        " where spec_id = ? and derivation <> 'is_base_year'", [design.specs[0]],
    )  # fmt: skip
    usable = len(found.usable)
    if usable < LEAST_PARTNERS:
        lacking = ", ".join(f"{row['partner']} lacks {_lack(row)}" for row in found.partners
                            if row["partner"] not in found.usable)  # fmt: skip
        raise InputError(
            f"partners {asked.partners}: {usable} of them have trade, a distance and figures of "
            f"every regressor, and a study needs {LEAST_PARTNERS}; {lacking}"
        )
    if design.estimator in OF_MEANS and usable <= terms + 1:
        raise InputError(
            f"estimator {design.estimator}: it takes more than {terms + 1} partners with figures "
            f"beside {terms} regressors, and there are {usable}; take ppml or pooled"
        )
    return design, found


def _lack(row: dict[str, object]) -> str:
    if not row["years_with_trade"]:
        return "trade"
    return str(row["lacks_regressors"]) if row["has_distance"] else "a distance"
