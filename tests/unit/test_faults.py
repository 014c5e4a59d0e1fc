"""Faults as rows: each can be planted, and dbt is asked for the nodes that it can reach."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.mutants.mutant import Mutant, all_mutants
from tests.mutants.reach import library_of, selection
from tests.panels import ROOT

LEAST = 97
"""Faults: those that were found by planting them, 37, and sixty more."""


@pytest.mark.parametrize("mutant", all_mutants(), ids=lambda one: one.name)
def test_what_a_fault_replaces_stands_once_in_its_file(mutant: Mutant) -> None:
    text = (ROOT / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1 or not mutant.old
    assert mutant.old != mutant.new or not mutant.old
    assert mutant.reader


def test_most_faults_come_from_someone_who_had_not_read_the_checks() -> None:
    counts = Counter(one.area == "checks" for one in all_mutants())
    assert counts[False] >= max(LEAST, counts[True])
    names = [one.name for one in all_mutants()]
    assert len(set(names)) == len(names)


def test_a_fault_is_planted_and_a_file_removed(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select 1 as k", encoding="utf-8")
    Mutant("area", "name", "a.sql", "1 as", "2 as", "reader").plant(tmp_path)
    assert (tmp_path / "a.sql").read_text(encoding="utf-8") == "select 2 as k"
    with pytest.raises(ValueError, match="stands 0 times"):
        Mutant("area", "name", "a.sql", "1 as", "2 as", "reader").plant(tmp_path)
    Mutant("area", "name", "a.sql", "", "", "reader").plant(tmp_path)
    assert not (tmp_path / "a.sql").exists()


def test_a_module_reaches_the_nodes_that_import_it() -> None:
    partial = selection(ROOT, "src/trade_potential/index/partial.py")
    assert partial == ["--select", "est_index_row_weights+"]
    estimators = selection(ROOT, "src/trade_potential/gravity/estimators.py")
    assert {"est_gravity_fits+", "est_gravity_weights+"} < set(estimators)
    assert "gate_results+" not in estimators
    # a name in a text, by which the registry loads what it lists
    fits = ROOT / "python_models" / "gravity" / "est_gravity_fits.py"
    assert "src/trade_potential/gravity/estimators.py" in library_of(ROOT, fits)


def test_what_no_node_imports_asks_for_a_whole_build() -> None:
    assert selection(ROOT, "src/dbt_trade_potential/log.py") == ["--select", "publish_release+"]
    assert selection(ROOT, "src/trade_potential/quality/answers.py") == []
    assert selection(ROOT, "models/marts/dim_study.sql") == ["--select", "state:modified+"]
