"""The command index: numbers of the library, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.unit.test_cli import INDICATORS, Shell, grunfeld_rows

from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexSettings, estimate_index

SAME = 1e-9
"""Two exact formulas in double precision; the document is rounded to 12 digits."""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def panel() -> pd.DataFrame:
    return grunfeld_rows()


def test_index_equals_the_library(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = ("--indicators", ",".join(INDICATORS), "--id", "firm,year", "--format", "json")
    ours = shell.document("index", panel, *arguments)
    values = panel[INDICATORS]
    settings = IndexSettings(
        method="pca", component_rule="eigenvalue", component_threshold=1.0, anchor="invest"
    )
    correlation = Correlation.of(INDICATORS, len(panel), values.corr().to_numpy())
    theirs = estimate_index(correlation, settings)
    assert theirs.components is not None
    assert theirs.adequacy is not None
    assert theirs.sphericity is not None
    assert list(ours["weights"].values()) == pytest.approx(theirs.weights, rel=SAME)
    assert ours["eigenvalues"] == pytest.approx(theirs.components.eigenvalues, rel=SAME)
    assert ours["loadings"]["value"] == pytest.approx(theirs.components.loadings[1], rel=SAME)
    assert ours["kmo"] == pytest.approx(theirs.adequacy.kmo, rel=SAME)
    assert ours["bartlett"]["statistic"] == pytest.approx(theirs.sphericity.statistic, rel=SAME)
    score = ((values - values.mean()) / values.std()) @ theirs.weights
    labelled = panel.assign(score=score, index=(score - score.min()) / (score.max() - score.min()))
    labelled = labelled.sort_values(["firm", "year"])
    for name in ("score", "index"):
        found = [row[name] for row in ours["scores"]]
        np.testing.assert_allclose(found, labelled[name], rtol=SAME, atol=1e-11)


def test_table(shell: Shell, panel: pd.DataFrame) -> None:
    code, out, _ = shell.run("index", panel, "--indicators", ",".join(INDICATORS), "--id", "firm")
    assert code == 0
    assert "180 more rows in --format json" in out


def test_degenerate_index_is_printed_with_its_status(shell: Shell, panel: pd.DataFrame) -> None:
    flat = panel.assign(value=0.1)
    code, out, _ = shell.run("index", flat, "--indicators", "value,capital", "--format", "json")
    document = json.loads(out)
    assert (code, document["status"], document["scores"]) == (4, "constant_variable", [])
    assert document["weights"] == {"value": None, "capital": None}
    code, out, _ = shell.run("index", flat, "--indicators", "value,capital")
    assert code == 4
    assert "constant_variable" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--anchor", "year"), "anchor year is none of the indicators"),
        (("--id", "score"), "an id column is called score"),
        (
            ("--component-rule", "cumulative_share", "--component-threshold", "80"),
            "component threshold 80 does not fit cumulative_share",
        ),
    ],
)
def test_bad_arguments_of_index(
    shell: Shell, panel: pd.DataFrame, arguments: tuple[str, ...], message: str
) -> None:
    given = ("--indicators", "value,capital", *arguments)
    assert message in shell.complaint(2, "index", panel, *given)
