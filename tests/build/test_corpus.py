"""A sample of the corpus of bad input; `make corpus` runs all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build.project import Project
from tests.corpus.__main__ import judged
from tests.corpus.case import read_seeds
from tests.corpus.cases import all_cases, some_cases

pytestmark = pytest.mark.build

SAMPLE = 60
LEAST = 300


@pytest.mark.slow(reason="a process for each")
def test_sample_of_commands_is_refused_by_name_or_harmless(tmp_path: Path) -> None:
    cases = [case for case in all_cases() if case.stage == "command"][:: LEAST // SAMPLE]
    verdicts = [verdict for some in judged(cases, tmp_path, 0) for verdict in some]
    assert len(verdicts) == len(cases) > 0
    assert [f"{v.case.name}: {v.failure}" for v in verdicts if v.failure] == []


@pytest.mark.rare(reason="eight builds of parts and of the whole: make corpus has all of them")
def test_sample_is_refused_by_name_or_harmless(rebuilt: Project, tmp_path: Path) -> None:
    cases = some_cases(SAMPLE)
    verdicts = [verdict for some in judged(cases, tmp_path, 0, rebuilt) for verdict in some]
    assert len(verdicts) == SAMPLE
    assert {case.stage for case in cases} >= {
        "command", "form", "staging", "gate", "built", "contract", "rows", "stored"
    }  # fmt: skip
    failed = [f"{v.case.name}: {v.failure}" for v in verdicts if v.failure]
    assert failed == []


@pytest.mark.slow(reason="every mutated file is made")
def test_every_seed_and_every_command_takes_part() -> None:
    cases = all_cases()
    assert len(cases) >= LEAST
    seeds = Path(__file__).parents[2] / "seeds"
    targets = {str(path.relative_to(seeds).with_suffix("")) for path in seeds.glob("*/*.csv")}
    files = {f"{c} panel.{end}" for c in ("gravity", "ppml", "index") for end in ("csv", "parquet")}
    stored = {
        f"parquet {seed.target}" for seed in read_seeds() if seed.rows and "inputs/" in seed.target
    }
    assert {case.target for case in cases} == targets | files | stored
    assert [case.name for case in all_cases()] == [case.name for case in cases]
