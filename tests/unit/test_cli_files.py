"""Every command and estimator on every kind of file, on both sides of the limit that ends copying.

Parquet files of more than ``ORDERED_ROWS`` rows are a view, all others a table in the order of
keys: whatever an estimator does with them must do with both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.test_cli import (
    INDICATORS,
    Shell,
    assert_same_document,
    grunfeld_rows,
    options,
    save,
)

from trade_potential.cli.parser import COVARIANCES, ESTIMATORS, WITHOUT
from trade_potential.rows import files

ALL = ",".join(ESTIMATORS)
FEW = 10
"""A limit below the rows of the panel: Parquet is a view."""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def panel() -> pd.DataFrame:
    """With a zero, a missing value, weights and a group of firms; its rows in no order."""
    panel = grunfeld_rows().assign(w=lambda rows: rows.index % 3 + 1.0)
    panel["group"] = panel["firm"].str.len() % 2
    panel.loc[7, "invest"], panel.loc[11, "value"] = 0.0, np.nan
    return panel.sample(frac=1.0, random_state=5)


def saved(panel: pd.DataFrame, folder: Path) -> dict[str, str]:
    """The panel as every kind of file."""
    names = ("p.csv", "p.csv.gz", "p.tsv", "p.parquet")
    paths = {name: save(panel, folder / name) for name in names}
    texts = panel.astype(str).where(panel.notna(), None)
    return {**paths, "texts.parquet": save(texts, folder / "texts.parquet")}


def assert_same_of_all_files(
    shell: Shell, panel: pd.DataFrame, patch: pytest.MonkeyPatch, command: str, *arguments: str
) -> None:
    """One JSON document, whatever the file and wherever the limit lies."""
    paths = saved(panel, shell.folder)
    expected = as_texts(shell.run(command, paths.pop("p.csv"), *arguments))
    for path in paths.values():
        assert_same_document(as_texts(shell.run(command, path, *arguments)), expected)
    patch.setattr(files, "ORDERED_ROWS", FEW)
    for name in ("p.parquet", "texts.parquet"):
        found = as_texts(shell.run(command, paths[name], *arguments))
        assert_same_document(found, expected)


def as_texts(result: tuple[int, str, str]) -> Any:
    """The document, with the ids of an index as texts: in a text file all are."""
    code, out, err = result
    assert (code, err) == (0, "")
    found: Any = json.loads(out)
    for row in found.get("scores", ()) if isinstance(found, dict) else ():
        row["year"] = str(row["year"])
    return found


@pytest.mark.parametrize("estimator", [*ESTIMATORS, "pooled,ppml", "ppml,pooled", ALL])
def test_estimators(
    shell: Shell, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, estimator: str
) -> None:
    effects = "firm,group^year" if "ppml" in estimator else None
    given = options(estimator=estimator, effects=effects)
    plain = [*given, *(["--log-outcome"] if "," in estimator else []), "--threads", "1"]
    assert_same_of_all_files(shell, panel, monkeypatch, "gravity", *plain)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_covariances_weights_and_tests(
    shell: Shell, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, covariance: str
) -> None:
    able = [name for name in ESTIMATORS if covariance not in WITHOUT.get(name, ())]
    given = options(estimator=",".join(able), covariance=covariance, weights="w")
    more = ["--tests", "--log-outcome", "--threads", "1"]
    path = save(panel, shell.folder / "p.parquet")
    copied = shell.run("gravity", path, *given, *more)
    monkeypatch.setattr(files, "ORDERED_ROWS", FEW)
    viewed = shell.run("gravity", path, *given, *more)
    assert_same_document(as_texts(viewed), as_texts(copied))


def test_index(shell: Shell, panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ["--indicators", ",".join(INDICATORS), "--id", "firm,year", "--format", "json"]
    assert_same_of_all_files(shell, panel, monkeypatch, "index", *given, "--threads", "1")


@pytest.mark.parametrize("estimator", ["ppml", "pooled,ppml", "ppml,within"])
def test_above_the_limit_itself(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, estimator: str
) -> None:
    rows = np.arange(files.ORDERED_ROWS + 1)
    x, y = np.random.default_rng(1).uniform(size=(2, len(rows)))
    panel = pd.DataFrame({"id": rows // 10, "t": rows % 10, "x": x, "y": y})
    path = save(panel, shell.folder / "large.parquet")
    given = options(estimator=estimator, outcome="y", regressors="x", entity="id", time="t")
    if "," in estimator:
        given.append("--log-outcome")
    viewed = shell.run("gravity", path, *given, "--threads", "1")
    monkeypatch.setattr(files, "ORDERED_ROWS", len(rows))
    copied = shell.run("gravity", path, *given, "--threads", "1")
    assert_same_document(as_texts(viewed), as_texts(copied))
