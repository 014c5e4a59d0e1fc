"""World estimates are kept where nothing they rest on has changed, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.unit.structural_world import SLOPES, cells

from trade_potential.results import estimated as module
from trade_potential.results import kept, structural

TABLES = ("fits", "coefficients", "covariances", "effects", "pairs")
RUNS = pd.DataFrame({"study_id": "w", "spec_id": ["s", "t"], "is_default": [True, False]})
STUDIES = pd.DataFrame({"study_id": ["w"], "default_spec_id": ["s"], "description": ["made up"]})
LEVELS = pd.DataFrame({"spec_id": ["s", "t"], "confidence_level": 0.95})


class This:
    """``dbt.this`` of a table."""

    database, schema = "memory", "structural"

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier

    def __repr__(self) -> str:
        return f'"memory"."structural"."{self.identifier}"'


def terms() -> pd.DataFrame:
    """``s`` has every regressor, ``t`` distance and contiguity."""
    names = list(SLOPES)
    rows = [("s", term, at) for at, term in enumerate(names, start=1)]
    rows += [("t", term, at) for at, term in enumerate(names[:2], start=1)]
    return pd.DataFrame(rows, columns=["spec_id", "term", "position"])


class Build:
    """A database, and what its models of world trade are asked for."""

    def __init__(self) -> None:
        self.session = duckdb.connect()
        self.session.execute("create schema structural")
        held = cells().rename(columns={"exporter": "exporter_iso3", "importer": "importer_iso3"})
        slots = {term: f"v{k}" for k, term in enumerate(SLOPES, start=1)}
        held = held[["exporter_iso3", "importer_iso3", "year", "trade_usd", *SLOPES]]
        held = held.rename(columns=slots)
        both = [held.assign(study_id="w", spec_id=spec) for spec in ("s", "t")]
        self.cells = pd.concat(both, ignore_index=True)
        self.settings = {"terms": terms(), "specifications": LEVELS, "studies": STUDIES}
        self.runs = RUNS
        self.solved: list[tuple[str, str]] = []

    def run(self, *tables: str) -> dict[str, pd.DataFrame]:
        """One build: every table is made, and takes the place of the last one."""
        self.solved.clear()
        structural.SOLVED.clear()  # as in another process
        found = {}
        for table in tables or TABLES:
            this = This(f"est_structural_{table}")
            frame = self.cells
            self.session.register("cells", frame)
            rows = module.estimated(
                table, self.session, this, cells=self.session.table("cells"), runs=self.runs,
                **self.settings,
            )
            self.session.register("returned", rows)
            self.session.execute(f"create table structural.new as from returned")
            self.session.execute(f"drop table if exists {this}")
            self.session.execute(f"alter table structural.new rename to {this.identifier}")
            found[table] = self.session.table(str(this)).df()
        return found

    def change(self, sql: str) -> None:
        self.session.execute(sql)
