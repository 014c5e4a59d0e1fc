"""Mistakes in figures, in whole builds: each stops the build or is a new warning by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build.project import Project
from tests.corruptions.inputs import Inputs
from tests.corruptions.kinds import KINDS, applied
from tests.corruptions.written import write
from tests.costs import some_in_ci

pytestmark = [pytest.mark.build, pytest.mark.slow(reason="a build for each mistake")]

MISTAKES = {
    "GDP per head in national currency": ("MEX", "observations.csv", "NY.GDP.PCAP.PP.CD, MEX"),
    "GDP of one quarter": ("DEU", "observations.csv", "DEU"),
    "population in thousands": ("KAZ", "observations.csv", "SP.POP.TOTL, KAZ"),
    "internet users as share": ("LAO", "observations.csv", "IT.NET.USER.ZS, LAO"),
    "flows: in thousands": ("TJK", "trade_flows.csv", "TJK"),
    "flows of South Africa: one value 2012-22": ("ZAF", "trade_flows.csv", "ZAF"),
    "world pairs: in miles one way": ("DEU", "world_pairs.parquet", "DEU"),
    "exchange rates: upside down in one year": ("", "exchange_rates.csv", "2018"),
    "GDP per head: last value repeated since 2016": ("LAO", "observations.csv", "LAO"),
    "distance and ties: border forgotten or made up": ("MEX", "country_pairs.csv", "CHN, MEX"),
}
"""By mistake: whose figures, and the file and the row that are told."""


def corrupted(project: Project, name: str, iso3: str) -> None:
    """Make the mistake in the files of the project."""
    kind = next(kind for kind in KINDS if kind.name == name)
    economy = next(economy for economy in kind.economies if economy.iso3 == iso3)
    inputs = Inputs(project.root)
    changed = applied(kind, inputs.frames, economy)
    assert changed
    write(project.root, inputs, changed)


@pytest.mark.parametrize("name", some_in_ci(MISTAKES, 1, "make corruptions makes all of them"))
def test_a_mistake_is_named_and_not_published_unseen(
    built: Project, tmp_path: Path, name: str
) -> None:
    iso3, file, row = MISTAKES[name]
    project = Project.copied_to(tmp_path / "project", parsed=built)
    corrupted(project, name, iso3)
    result = project.build()
    assert "Traceback" not in result.stdout
    # What is known of the clean figures is counted and not printed: each of these lines is news.
    told = [line for line in result.stdout.splitlines() if file in line and row in line]
    assert [line for line in told if "(rule: " in line], result.stdout[-3000:]
    is_published = (project.root / "release" / "current").exists()
    assert is_published == (result.returncode == 0)
