"""A sample of the planted faults; `make mutants` plants all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.build.project import ROOT, Project
from tests.costs import some_in_ci
from tests.mutants.lane import Lane, remove_releases
from tests.mutants.mutant import Mutant, all_mutants

pytestmark = [
    pytest.mark.build,
    pytest.mark.slow(reason="a build of a part for each fault"),
]

SAMPLE = (
    "index/rank_ascending",
    "panel/imputed_count_of_estimates",
    "gravity/half_the_lower_interval",
    "inference/coefficients_off_after_the_audit",
    "structural/hub_upside_down",
    "answer/pair_in_for_pair_out",
    "reports/partner_has_the_reporters_name",
    "reports/report_without_a_study",
    "wiring/differs_is_accepted",
    "checks/audit_tolerance",
)
"""Of each area that a part of a build can show, near the end of it: those are cheap."""

HARMLESS = Mutant(
    area="none",
    name="a_comment",
    file="models/marts/dim_country.sql",
    old="select\n    countries.country_iso3,",
    new="-- countries\nselect\n    countries.country_iso3,",
    reader="nothing",
)


@pytest.fixture(scope="module")
def lane(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lane]:
    folder = tmp_path_factory.mktemp("mutants") / "lane"
    yield Lane(built, folder)
    remove_releases(folder)


@pytest.mark.parametrize("name", some_in_ci(SAMPLE, 1, "make mutants plants all of them"))
def test_a_planted_fault_is_stopped(lane: Lane, name: str) -> None:
    mutant = next(one for one in all_mutants() if f"{one.area}/{one.name}" == name)
    verdict = lane.judge(mutant)
    assert verdict.status == "stopped", verdict
    assert verdict.by
    assert verdict.said


def test_what_is_no_fault_is_not_stopped(lane: Lane) -> None:
    assert lane.judge(HARMLESS).status == "same"


def test_every_check_is_locked(rebuilt: Project) -> None:
    held = (ROOT / "checks.lock").read_text(encoding="utf-8")
    done = rebuilt.dbt("run-operation", "lock_checks")
    assert done.returncode == 0, done.stdout
    assert (rebuilt.root / "checks.lock").read_text(encoding="utf-8") == held
