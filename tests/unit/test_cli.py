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
from linearmodels.panel import PanelOLS, RandomEffects
from statsmodels.datasets import grunfeld
from tests.panels import ROOT

from trade_potential.cli import main
from trade_potential.index.correlation import Correlation
from trade_potential.index.estimate import IndexSettings, estimate_index

SAME = 1e-9
"""Two exact formulas in double precision; the document is rounded to 12 digits."""

GRAVITY_KEYS = ["estimator", "covariance", "status", "reason", "n_obs", "n_entities", "r_squared"]
GRAVITY_KEYS += ["coefficients", "tests", "ledger"]
COEFFICIENT_KEYS = ["term", "estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high"]
TEST_KEYS = ["name", "statistic", "df", "p_value", "decision", "status", "reason"]
LEDGER_KEYS = ["step", "reason", "rows"]
INDEX_KEYS = ["status", "reason", "kmo", "msa", "bartlett", "eigenvalues", "variance_shares"]
INDEX_KEYS += ["components_kept", "loadings", "weights", "scores", "ledger"]
INDICATORS = ["invest", "value", "capital"]


@pytest.fixture
def panel() -> pd.DataFrame:
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
        assert (code, err) == (0, "")
        document: dict[str, Any] = json.loads(out)
        return document

    def complaint(self, expected_code: int, command: str, frame: Any, *arguments: str) -> str:
        """The one line on stderr of a command that fails."""
        code, out, err = self.run(command, frame, *arguments)
        assert (code, out, err.count("\n")) == (expected_code, "", 1), err
        return err


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def column(document: dict[str, Any], name: str) -> list[float]:
    return [row[name] for row in document["coefficients"]]


# --- Known numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv", ".parquet"])
def test_grunfeld_as_printed(shell: Shell, panel: pd.DataFrame, suffix: str) -> None:
    path = save(panel, shell.folder / f"grunfeld{suffix}")
    random = shell.document("gravity", path, *options(), "--tests")
    assert column(random, "estimate") == pytest.approx([-57.834415, 0.109781, 0.308113], abs=5e-7)
    within = shell.document("gravity", path, *options(estimator="within"))
    assert column(within, "estimate")[1:] == pytest.approx([0.110124, 0.310065], abs=5e-7)
    assert (random["n_obs"], random["n_entities"]) == (200, 10)
    tests = {test["name"]: test for test in random["tests"]}
    assert tests["f_effects"]["statistic"] == pytest.approx(49.177, abs=5e-4)
    assert tests["f_effects"]["df"] == [9, 188]
    assert tests["breusch_pagan_lm"]["statistic"] == pytest.approx(798.16, abs=5e-3)
    assert tests["hausman"]["statistic"] == pytest.approx(2.3304, abs=5e-5)
    assert [test["decision"] for test in random["tests"]] == ["reject", "reject", "keep"]


@pytest.mark.parametrize("estimator", ["within", "random"])
def test_clustered_errors_equal_linearmodels(
    shell: Shell, panel: pd.DataFrame, estimator: str
) -> None:
    ours = shell.document("gravity", panel, *options(estimator=estimator, covariance="clustered"))
    data = panel.set_index(["firm", "year"])
    x = data[["value", "capital"]].assign(const=1.0)[["const", "value", "capital"]]
    if estimator == "within":
        model: Any = PanelOLS(data["invest"], x, entity_effects=True)
        settings: dict[str, Any] = {"auto_df": False, "count_effects": False}
    else:
        model, settings = RandomEffects(data["invest"], x), {}
    theirs = model.fit(cov_type="clustered", cluster_entity=True, debiased=True, **settings)
    group = 10 / 9 * 199 / 200  # linearmodels leaves out G / (G - 1) and counts N / (N - k)
    np.testing.assert_allclose(
        column(ours, "std_error"), np.sqrt(group) * theirs.std_errors, rtol=SAME
    )


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
    assert ours["bartlett"]["statistic"] == pytest.approx(theirs.sphericity.chi2, rel=SAME)
    score = ((values - values.mean()) / values.std()) @ theirs.weights
    labelled = panel.assign(score=score, index=(score - score.min()) / (score.max() - score.min()))
    labelled = labelled.sort_values(["firm", "year"])
    for name in ("score", "index"):
        found = [row[name] for row in ours["scores"]]
        np.testing.assert_allclose(found, labelled[name], rtol=SAME, atol=1e-11)


# --- Shape ----------------------------------------------------------------------------------------


def test_documents_have_exactly_the_promised_keys(shell: Shell, panel: pd.DataFrame) -> None:
    panel.loc[0, "value"] = np.nan
    gravity = shell.document("gravity", panel, *options(), "--tests")
    assert list(gravity) == GRAVITY_KEYS
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
        assert shell.run(command, panel, *given) == shell.run(command, shuffled, *given)


def test_table_and_csv(shell: Shell, panel: pd.DataFrame) -> None:
    code, out, err = shell.run("gravity", panel, *options(format="table"), "--tests", "--progress")
    assert code == 0
    for text in ("random", "sigma_u", "theta", "R2", "hausman", "rows lost: none"):
        assert text in out
    assert [line.split("] ")[1].split()[0] for line in err.splitlines()] == [
        "reading",
        "moments",
        "solving",
        "done",
    ]
    target = shell.folder / "fit.csv"
    quiet = ("--progress", "--quiet", "--output", str(target))
    assert shell.run("gravity", panel, *options(format="csv"), *quiet) == (0, "", "")
    assert list(pd.read_csv(target).columns) == COEFFICIENT_KEYS
    code, out, _ = shell.run("index", panel, "--indicators", ",".join(INDICATORS), "--id", "firm")
    assert code == 0
    assert "180 more rows in --format json" in out


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


# --- Exit codes and messages ----------------------------------------------------------------------


def test_degenerate_models_are_printed_with_their_status(shell: Shell, panel: pd.DataFrame) -> None:
    few = panel[panel["firm"].isin(panel["firm"].unique()[:2])]
    code, out, _ = shell.run("gravity", few, *options(estimator="between"))
    document = json.loads(out)
    assert (code, document["status"], document["coefficients"]) == (4, "too_few_entities", [])
    assert document["r_squared"] is None
    code, out, err = shell.run("gravity", few, *options(estimator="between", format="csv"))
    assert (code, out) == (4, ",".join(COEFFICIENT_KEYS) + "\n")
    assert "too_few_entities" in err
    code, out, _ = shell.run("gravity", few, *options(format="table"))
    assert code == 0
    assert "degenerate_pooled: between regression" in out
    assert shell.document("gravity", few, *options(covariance="clustered", estimator="pooled"))[
        "status"
    ] == ("few_clusters")
    flat = panel.assign(value=0.1)
    code, out, _ = shell.run("index", flat, "--indicators", "value,capital", "--format", "json")
    document = json.loads(out)
    assert (code, document["status"], document["scores"]) == (4, "constant_variable", [])
    assert document["weights"] == {"value": None, "capital": None}
    code, out, _ = shell.run("index", flat, "--indicators", "value,capital")
    assert code == 4
    assert "constant_variable" in out


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimator": "twoway"}, "invalid choice: 'twoway'"),
        ({"outcome": None}, "required: --outcome"),
        ({"regressors": "value,value"}, "value is named twice"),
        ({"regressors": "value,,capital"}, "is no list of columns"),
        ({"regressors": "invest"}, "invest is both outcome and regressor"),
        ({"regressors": "const"}, "const"),
        ({"time": "firm"}, "firm is both entity and time"),
        ({"confidence_level": "95"}, "95 is not between 0 and 1"),
        ({"memory_limit": "much"}, "Memory must have a number"),
        ({"threads": "0"}, "thread"),
        ({"output": "/no/such/folder/x.json"}, "/no/such/folder/x.json"),
    ],
)
def test_bad_arguments(
    shell: Shell, panel: pd.DataFrame, changes: dict[str, str | None], message: str
) -> None:
    assert message in shell.complaint(2, "gravity", panel, *options(**changes))


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


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("none.csv", None, "none.csv: no such file"),
        ("panel.xlsx", "x", "panel.xlsx: unknown extension; known are .csv"),
        ("empty.csv", "", "empty.csv: the file is empty"),
        ("head.csv", "firm,year,invest,value,capital\n", "head.csv: no rows below the header"),
        ("less.csv", "firm,year,invest,value\nA,1,2,3\n", "no column capital; it has firm, year"),
        ("two.csv", "firm,year,year\nA,1,2\n", "two columns are called year"),
        (
            "text.csv",
            'firm,year,invest,value,capital\nA,1,2,3,4\nA,2,2,"1,5",x\n',
            "text.csv: row 2, column value: '1,5' is not a number",
        ),
        (
            "twice.csv",
            "firm,year,invest,value,capital\nB,2,1,1,1\nA,1,2,3,4\nA,1,2,5,4\n",
            "twice.csv: more than one row for firm, year = (A, 1)",
        ),
        (
            "gone.csv",
            "firm,year,invest,value,capital\nA,1,2,,4\n",
            "no row has a value in every column used (regressors: no value for value)",
        ),
        ("ragged.csv", "firm,year,invest,value,capital\nA,1,2,3,4\nA,2,2\n", "Line: 3"),
        ("fake.parquet", "no parquet at all", "fake.parquet"),
        ("latin.csv", "firm,côte\nA,1\n", "not a UTF-8 text file"),
    ],
)
def test_bad_data(shell: Shell, name: str, text: str | None, message: str) -> None:
    path = shell.folder / name
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    assert message in shell.complaint(3, "gravity", str(path), *options())


def test_a_column_of_dates_is_no_number(shell: Shell, panel: pd.DataFrame) -> None:
    frame = panel.assign(value=pd.Timestamp("2020-01-01"))
    path = save(frame, shell.folder / "dates.parquet")
    complaint = shell.complaint(3, "gravity", path, *options())
    assert "column value is of type TIMESTAMP" in complaint


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
