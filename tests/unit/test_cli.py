"""The command line: known numbers, promised keys, counted losses, errors in one line."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import grunfeld
from tests.panels import ROOT

from trade_potential.cli import main

REPEATED = 1e-11
"""Documents of the same rows, in another order or another run: threads do not add in one order,
also where rows are few, and probabilities of 1e-100 multiply that. One thread repeats itself."""

GRAVITY_KEYS = ["estimator", "covariance", "correction", "distribution", "df", "status", "reason"]
GRAVITY_KEYS += ["n_obs", "n_entities", "r_squared", "statistics", "absorbed", "omitted", "effects"]
GRAVITY_KEYS += ["coefficients", "tests", "ledger"]
STATISTICS = ["df_resid", "n_parameters", "r_squared_within", "r_squared_between"]
STATISTICS += ["r_squared_overall", "sigma_u", "sigma_e", "condition_number"]
COEFFICIENT_KEYS = ["term", "estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high"]
CSV_COLUMNS = [*COEFFICIENT_KEYS, "covariance", "correction", "status"]
TEST_KEYS = ["name", "statistic", "df", "p_value", "covariance", "powers", "decision", "status"]
TEST_KEYS += ["reason"]
LEDGER_KEYS = ["step", "reason", "rows"]
INDEX_KEYS = ["status", "reason", "kmo", "msa", "bartlett", "eigenvalues", "variance_shares"]
INDEX_KEYS += ["components_kept", "loadings", "weights", "scores", "ledger"]
INDICATORS = ["invest", "value", "capital"]
TESTS = ["f_effects", "f_time_effects", "breusch_pagan_lm", "hausman", "hausman_robust"]
TESTS += ["mundlak", "reset", "joint_significance"]


def grunfeld_rows() -> pd.DataFrame:
    """Grunfeld's data as Baltagi prints them: without American Steel."""
    frame = grunfeld.load_pandas().data
    return frame[frame["firm"] != "American Steel"].astype({"year": int}).reset_index(drop=True)


def options(**changed: str | None) -> list[str]:
    """Arguments after the file; None leaves one out."""
    given: dict[str, str | None] = {
        "outcome": "invest",
        "regressors": "value,capital",
        "entity": "firm",
        "time": "year",
        "estimator": "random",
        "format": "json",
        **changed,
    }
    pairs = [(f"--{name.replace('_', '-')}", value) for name, value in given.items()]
    return [part for name, value in pairs if value is not None for part in (name, value)]


def save(frame: pd.DataFrame, path: Path) -> str:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep="\t" if path.suffix == ".tsv" else ",")
    return str(path)


class Shell:
    """Runs commands in this process and keeps what they print."""

    def __init__(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Files go to ``tmp_path``."""
        self.folder = tmp_path
        self._capsys = capsys

    def run(self, command: str, frame: pd.DataFrame | str, *arguments: str) -> tuple[int, str, str]:
        path = frame if isinstance(frame, str) else save(frame, self.folder / "panel.csv")
        try:
            code = main([command, path, *arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = self._capsys.readouterr()
        return code, out, err

    def document(self, command: str, frame: pd.DataFrame | str, *arguments: str) -> dict[str, Any]:
        code, out, err = self.run(command, frame, *arguments)
        assert (code, err) == (0, ""), err
        document: dict[str, Any] = json.loads(out)
        return document

    def documents(self, frame: pd.DataFrame | str, *arguments: str) -> dict[str, dict[str, Any]]:
        """Of several estimators, by estimator in their order."""
        code, out, err = self.run("gravity", frame, *arguments)
        assert (code, err) == (0, ""), err
        return {document["estimator"]: document for document in json.loads(out)}

    def complaint(self, expected_code: int, command: str, frame: Any, *arguments: str) -> str:
        """The one line on stderr of a command that fails."""
        code, out, err = self.run(command, frame, *arguments)
        assert (code, out, err.count("\n")) == (expected_code, "", 1), err
        return err


@pytest.fixture
def panel() -> pd.DataFrame:
    return grunfeld_rows()


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def assert_same_document(one: Any, other: Any) -> None:
    """Equal but for the last digits of numbers."""
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        one, other = list(one.values()), list(other.values())
    if isinstance(one, list):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            assert_same_document(first, second)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=REPEATED, abs=0.0)
    else:
        assert one == other


def column(document: dict[str, Any], name: str) -> list[float]:
    return [row[name] for row in document["coefficients"]]


# --- Shape ----------------------------------------------------------------------------------------


def test_documents_have_exactly_the_promised_keys(shell: Shell, panel: pd.DataFrame) -> None:
    panel.loc[0, "value"] = np.nan
    gravity = shell.document("gravity", panel, *options(), "--tests")
    assert list(gravity) == GRAVITY_KEYS
    assert list(gravity["statistics"]) == [*STATISTICS, "theta_min", "theta_max"]
    assert [test["name"] for test in gravity["tests"]] == TESTS
    assert {tuple(row) for row in gravity["coefficients"]} == {tuple(COEFFICIENT_KEYS)}
    assert {tuple(row) for row in gravity["tests"]} == {tuple(TEST_KEYS)}
    assert {tuple(row) for row in gravity["ledger"]} == {tuple(LEDGER_KEYS)}
    arguments = ("--indicators", ",".join(INDICATORS), "--format", "json")
    index = shell.document("index", panel, *arguments)
    assert list(index) == INDEX_KEYS
    assert list(index["bartlett"]) == ["statistic", "df", "p_value"]
    assert list(index["scores"][0]) == ["row", "score", "index"]
    assert index["scores"][0]["row"] == 2  # the first row is lost
    assert list(index["msa"]) == list(index["weights"]) == list(index["loadings"]) == INDICATORS


def test_shuffled_rows_give_the_same_document(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = options(covariance="clustered")
    index = ("--indicators", ",".join(INDICATORS), "--id", "firm,year", "--format", "json")
    shuffled = panel.sample(frac=1.0, random_state=3)
    for command, given in (("gravity", [*arguments, "--tests"]), ("index", list(index))):
        one, other = (shell.document(command, frame, *given) for frame in (panel, shuffled))
        assert_same_document(one, other)
        single = [*given, "--threads", "1"]
        assert shell.run(command, panel, *single) == shell.run(command, shuffled, *single)


def test_strange_names_are_only_names(shell: Shell, panel: pd.DataFrame) -> None:
    plain = shell.document("gravity", panel, *options())
    names = {"value": 'x"; drop table file_rows; --', "capital": "a,'b", "firm": "E", "year": "e"}
    folder = shell.folder / "it's [1] *"
    folder.mkdir()
    (shell.folder / "it's 1 x").mkdir()
    for suffix in (".csv", ".parquet"):
        if suffix == ".parquet":
            names["year"] = "t"  # DuckDB renames columns of Parquet that differ only in case
        path = save(panel.rename(columns=names), folder / f"p{suffix}")
        arguments = options(
            regressors='"x""; drop table file_rows; --","a,\'b"',
            entity="E",
            time=names["year"],
        )
        strange = shell.document("gravity", path, *arguments)
        assert column(strange, "estimate") == column(plain, "estimate")
        assert column(strange, "term") == ["const", names["value"], names["capital"]]


# --- Ledger ---------------------------------------------------------------------------------------


def test_every_lost_row_is_counted_at_its_first_step(shell: Shell, panel: pd.DataFrame) -> None:
    cells = panel.astype(object)
    for row, changes in {
        0: {"firm": " ", "value": "NA"},
        1: {"year": ""},
        2: {"invest": "nan"},
        3: {"value": "null"},
        4: {"value": "N/A"},
        5: {"value": "", "capital": "."},
        6: {"capital": "-inf"},
    }.items():
        for name, value in changes.items():
            cells.loc[row, name] = value
    cells.loc[cells["firm"] == "US Steel", "firm"] = "NA"  # a name: Namibia, not a missing value
    found = shell.document("gravity", cells, *options())
    assert [tuple(row.values()) for row in found["ledger"]] == [
        ("entity", "no value for firm", 1),
        ("time", "no value for year", 1),
        ("outcome", "no value for invest", 1),
        ("regressors", "infinite value of capital", 1),
        ("regressors", "no value for value", 2),
        ("regressors", "no value for value, capital", 1),
    ]
    assert found["n_obs"] == len(panel) - 7
    assert found["n_entities"] == 10


# --- Program --------------------------------------------------------------------------------------


def test_program_starts_without_the_heavy_imports() -> None:
    code = (
        "import sys, trade_potential.cli as c\n"
        "try: c.main(['gravity', '--help'])\n"
        "finally: print([m for m in ('pandas', 'numpy', 'scipy', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "examples" in done.stdout
    assert done.stdout.endswith("[]\n")


def test_version_is_that_of_the_project(shell: Shell) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert shell.run("--version", "")[1] == f"trade-potential {project['version']}\n"
    assert project["scripts"]["trade-potential"] == "trade_potential.cli:main"
