"""World estimates are kept where nothing they rest on has changed, and only there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.unit.structural_world import ECONOMIES, SLOPES, cells

from trade_potential.results import kept, structural
from trade_potential.results.estimated import estimated
from trade_potential.structural import pair_out
from trade_potential.structural.estimate import StructuralFit, fit_world
from trade_potential.structural.world import World

TABLES = ("fits", "coefficients", "covariances", "effects", "pairs")
RUNS = pd.DataFrame({"study_id": "w", "spec_id": ["s", "t"], "is_default": [True, False]})
STUDIES = pd.DataFrame({"study_id": ["w"], "default_spec_id": ["s"], "description": ["made up"]})
LEVELS = pd.DataFrame({"spec_id": ["s", "t"], "confidence_level": 0.95})


class This:
    """``dbt.this`` of a table."""

    database, schema = "memory", "structural"

    def __init__(self, identifier: str) -> None:
        """A table of the schema."""
        self.identifier = identifier

    def __repr__(self) -> str:
        """Its name, quoted."""
        return f'"memory"."structural"."{self.identifier}"'


def terms() -> pd.DataFrame:
    """``s`` has every regressor, ``t`` distance and contiguity."""
    names = list(SLOPES)
    rows = [("s", term, at) for at, term in enumerate(names, start=1)]
    rows += [("t", term, at) for at, term in enumerate(names[:2], start=1)]
    return pd.DataFrame(rows, columns=["spec_id", "term", "position"])


class Build:
    """A database, and what its models of world trade are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two specifications on the same cells; solutions are counted."""
        self.session = duckdb.connect()
        self.session.execute("create schema structural")
        held = cells().rename(columns={"exporter": "exporter_iso3", "importer": "importer_iso3"})
        held = held[["exporter_iso3", "importer_iso3", "year", "trade_usd", *SLOPES]]
        few = [held[side].isin(ECONOMIES[:7]) for side in ("exporter_iso3", "importer_iso3")]
        held = held[few[0] & few[1] & (held["year"] < 2017)]
        held = held.rename(columns={term: f"v{k}" for k, term in enumerate(SLOPES, start=1)})
        both = [held.assign(study_id="w", spec_id=spec) for spec in ("s", "t")]
        self.cells = pd.concat(both, ignore_index=True)
        self.settings = {"terms": terms(), "specifications": LEVELS, "studies": STUDIES}
        self.runs = RUNS
        self.solved: list[str] = []

        def counted(world: World) -> StructuralFit:
            self.solved.append("s" if len(world.terms) == len(SLOPES) else "t")
            return fit_world(world)

        monkeypatch.setattr(structural, "fit_world", counted)
        monkeypatch.setattr(pair_out, "FEW_PAIRS", 0)  # an estimate for each pair takes longer

    def run(self, *, in_another_process: bool = True) -> dict[str, pd.DataFrame]:
        """One build: every table is made, and takes the place of the last one."""
        self.solved.clear()
        if in_another_process:
            structural.SOLVED.clear()
        found = {}
        for table in TABLES:
            this = This(f"est_structural_{table}")
            self.session.register("given", self.cells)
            given = self.session.table("given")
            rows = estimated(
                table, self.session, this, cells=given, runs=self.runs, **self.settings
            )
            self.session.register("returned", rows)
            self.session.execute("create or replace table structural.made as from returned")
            self.session.unregister("returned")
            self.session.execute(f"drop table if exists {this}")
            self.session.execute(f"alter table structural.made rename to {this.identifier}")
            found[table] = self.session.table(str(this)).df()
        return found


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Build:
    return Build(monkeypatch)


def without_time(frame: pd.DataFrame) -> pd.DataFrame:
    """In an order of its own, without the time at which it was solved."""
    columns = [str(name) for name in frame if name != "solved_at"]
    return frame[columns].sort_values(columns, ignore_index=True)


def test_a_build_after_a_build_solves_nothing(build: Build) -> None:
    first = build.run()
    assert build.solved == ["s", "t"]
    second = build.run()
    assert build.solved == []
    for table in TABLES:
        pd.testing.assert_frame_equal(first[table], second[table])


def test_models_of_one_build_solve_once(build: Build) -> None:
    build.run(in_another_process=False)
    assert build.solved == ["s", "t"]


def test_the_order_of_cells_does_not_matter(build: Build) -> None:
    build.run()
    build.cells = build.cells.sample(frac=1.0, random_state=1)
    build.run()
    assert build.solved == []


def test_descriptions_and_other_studies_do_not_matter(build: Build) -> None:
    build.run()
    build.settings["studies"] = pd.DataFrame(
        {"study_id": ["a", "w"], "default_spec_id": ["x", "s"], "description": ["new", "other"]}
    )
    build.run()
    assert build.solved == []


def _trade(build: Build) -> None:
    at = build.cells.index[(build.cells["spec_id"] == "t") & (build.cells["trade_usd"] > 0.0)][7]
    build.cells.loc[at, "trade_usd"] = np.nextafter(build.cells.loc[at, "trade_usd"], np.inf)


def _two_swapped(build: Build) -> None:
    at = build.cells.index[(build.cells["spec_id"] == "t") & (build.cells["trade_usd"] > 0.0)][:2]
    build.cells.loc[at, "trade_usd"] = build.cells.loc[at[::-1], "trade_usd"].to_numpy()


def _cell_gone(build: Build) -> None:
    build.cells = build.cells.drop(build.cells.index[build.cells["spec_id"] == "t"][3])


def _term_renamed(build: Build) -> None:
    named = build.settings["terms"]
    own = (named["spec_id"] == "t") & (named["term"] == "contiguity")
    build.settings["terms"] = named.assign(term=named["term"].mask(own, "border"))


def _level(build: Build) -> None:
    build.settings["specifications"] = LEVELS.assign(confidence_level=[0.95, 0.9])


@pytest.mark.parametrize("change", [_trade, _two_swapped, _cell_gone, _term_renamed, _level])
def test_only_what_has_changed_is_solved_again(
    build: Build, change: Callable[[Build], None]
) -> None:
    before = build.run()
    change(build)
    after = build.run()
    assert build.solved == ["t"]
    kept_rows = {name: frame[frame["spec_id"] == "s"] for name, frame in before.items()}
    build.session.execute("drop schema structural cascade; create schema structural")
    anew = build.run()
    for table in TABLES:
        pd.testing.assert_frame_equal(
            after[table][after[table]["spec_id"] == "s"].reset_index(drop=True),
            kept_rows[table].reset_index(drop=True),
        )
        pd.testing.assert_frame_equal(without_time(after[table]), without_time(anew[table]))


def _dropped(session: duckdb.DuckDBPyConnection) -> None:
    session.execute("drop table structural.est_structural_pairs")


def _a_row_gone(session: duckdb.DuckDBPyConnection) -> None:
    session.execute("delete from structural.est_structural_pairs where year = 2016")


def _without_a_stamp(session: duckdb.DuckDBPyConnection) -> None:
    session.execute("alter table structural.est_structural_pairs drop column input_digest")


def _rows_twice(session: duckdb.DuckDBPyConnection) -> None:
    session.execute(
        "insert into structural.est_structural_pairs from structural.est_structural_pairs"
    )


def _half_stamped(session: duckdb.DuckDBPyConnection) -> None:
    session.execute(
        "update structural.est_structural_pairs set input_digest = null where year = 2016"
    )


@pytest.mark.parametrize(
    "damage", [_dropped, _a_row_gone, _without_a_stamp, _rows_twice, _half_stamped]
)
def test_a_table_that_is_not_whole_is_made_anew(
    build: Build, damage: Callable[[duckdb.DuckDBPyConnection], None]
) -> None:
    before = build.run()
    damage(build.session)
    after = build.run()
    assert build.solved == ["s", "t"]
    pd.testing.assert_frame_equal(without_time(after["pairs"]), without_time(before["pairs"]))


def test_other_code_solves_anew(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    build.run()
    monkeypatch.setattr(kept, "code", lambda: "changed")
    build.run()
    assert build.solved == ["s", "t"]


def test_the_code_is_that_of_what_estimates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "library"
    shutil.copytree(kept.LIBRARY, copied, ignore=shutil.ignore_patterns("*.pyc"))
    monkeypatch.setattr(kept, "LIBRARY", copied)
    kept.code.cache_clear()
    before = kept.code()

    def changed(*parts: str) -> bool:
        (copied.joinpath(*parts)).open("a", encoding="utf-8").write("\n")
        kept.code.cache_clear()
        return kept.code() != before

    try:
        assert not changed("audit", "compare.py")
        assert changed("structural", "solve.py")
    finally:
        monkeypatch.undo()
        kept.code.cache_clear()


def test_a_study_that_is_gone_leaves_the_tables(build: Build) -> None:
    build.run()
    build.runs = RUNS[RUNS["spec_id"] == "s"]
    after = build.run()
    assert build.solved == []
    assert all(set(frame["spec_id"]) == {"s"} for frame in after.values())
