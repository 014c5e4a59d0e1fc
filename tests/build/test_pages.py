"""What the pages show of a build: snippets print the answers, pictures say who is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from tests.build.project import ROOT, Project
from tests.tutorial import OF_A_BUILD, said_and_printed

sys.path.append(str(ROOT / "docs"))

import duckdb
import figure_rows
import figures

pytestmark = pytest.mark.build


@pytest.mark.parametrize(
    ("page", "named", "class_"),
    [
        ("README.md", "how_sure", "potential_reshaping"),
        ("docs/operations.md", "class_label", "Huge potential"),
    ],
)
def test_snippets_print_k_and_class_in_80_columns(
    built: Project, page: str, named: str, class_: str
) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    result = subprocess.run(
        [sys.executable, "-c", snippet],
        cwd=built.root,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    first = result.stdout.partition("\n\n")[0]
    assert "k_ratio" in first
    assert named in first
    assert class_ in first
    assert "…" not in first
    assert max(map(len, first.splitlines())) <= 80
    printed = re.findall(r"```text\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    assert page != "README.md" or printed == [result.stdout]


def test_the_tutorial_prints_what_it_says(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(built.root)
    said, printed = said_and_printed(OF_A_BUILD)
    assert printed == said
    assert printed


def test_pictures_take_cuts_and_missing_partners_from_the_marts(built: Project) -> None:
    with duckdb.connect(built.database, read_only=True) as connection:
        found = {k: connection.execute(sql).df() for k, sql in figure_rows.QUERIES.items()}
        potential = connection.execute(
            f"select * from marts.rpt_trade_potential where study_id = '{figure_rows.WIDE}'"  # noqa: S608
        ).df()
    for chart in (figures.interval_plot(potential, found), figures.estimator_plot(found)):
        drawn = chart.to_dict()
        title = drawn["title"]
        assert title["text"].endswith("30 largest partners in the sample, 2022")
        said = "\n".join(title["subtitle"])
        for partner in ("South Korea", "Turkey", "Taiwan", "Hong Kong, China", "Peru", "Kuwait"):
            assert partner in said
        assert "South Korea; Turkey: no value for development_index" in said
        cuts = [rows for rows in drawn["datasets"].values() if rows[0].keys() == {"cut"}]
        assert cuts == [[{"cut": 0.8}, {"cut": 1.2}]]
