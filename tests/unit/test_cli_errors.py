"""Exit codes, and one line on stderr that names what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from tests.unit.test_cli import CSV_COLUMNS, Shell, grunfeld_rows, options, save

from trade_potential.cli import main


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def panel() -> pd.DataFrame:
    return grunfeld_rows()


def test_degenerate_models_are_printed_with_their_status(shell: Shell, panel: pd.DataFrame) -> None:
    few = panel[panel["firm"].isin(panel["firm"].unique()[:2])]
    code, out, _ = shell.run("gravity", few, *options(estimator="between"))
    document = json.loads(out)
    assert (code, document["status"], document["coefficients"]) == (4, "too_few_entities", [])
    assert document["r_squared"] is None
    code, out, err = shell.run("gravity", few, *options(estimator="between", format="csv"))
    assert (code, out) == (4, ",".join(CSV_COLUMNS) + "\n")
    assert "too_few_entities" in err
    code, out, _ = shell.run("gravity", few, *options(format="table"))
    assert code == 0
    assert "degenerate_pooled: between regression" in out
    assert shell.document("gravity", few, *options(covariance="clustered", estimator="pooled"))[
        "status"
    ] == ("few_clusters")


def test_one_model_with_numbers_is_enough(shell: Shell, panel: pd.DataFrame) -> None:
    few = panel[panel["firm"].isin(panel["firm"].unique()[:2])]
    for estimators, expected, complaints in (("between,mundlak", 4, 2), ("between,pooled", 0, 1)):
        arguments = options(estimator=estimators, format="csv")
        code, out, err = shell.run("gravity", few, *arguments)
        assert code == expected
        assert out.splitlines()[0] == ",".join(["estimator", *CSV_COLUMNS])
        assert "trade-potential gravity: between: too_few_entities: 2 partners for 3" in err
        assert err.count("\n") == complaints
        assert shell.run("gravity", few, *arguments, "--quiet")[2] == ""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimator": "tobit"}, "invalid choice: 'tobit' (choose from pooled, between, within"),
        ({"estimator": "pooled,tobit"}, "invalid choice: 'tobit'"),
        ({"estimator": "pooled,pooled"}, "pooled is named twice"),
        ({"covariance": "hc3"}, "invalid choice: 'hc3'"),
        (
            {"estimator": "between", "covariance": "driscoll_kraay"},
            "between has no covariance driscoll_kraay",
        ),
        (
            {"estimator": "pooled,between", "covariance": "clustered_twoway"},
            "between has no covariance clustered_twoway",
        ),
        (
            {"estimator": "ppml", "covariance": "driscoll_kraay"},
            "ppml has no covariance driscoll_kraay",
        ),
        ({"effects": "firm"}, "--effects belongs to --estimator ppml"),
        ({"estimator": "ppml", "effects": "firm^"}, "'firm^' is no list of effects"),
        ({"estimator": "ppml", "effects": "firm,firm"}, "firm is named twice"),
        ({"estimator": "pooled,ppml"}, "ppml takes the outcome as it is"),
        ({"regressors": "value,mean(value)"}, "mean(value), a name of the result"),
        ({"outcome": None}, "required: --outcome"),
        ({"regressors": "value,value"}, "value is named twice"),
        ({"regressors": "value,,capital"}, "is no list of columns"),
        ({"regressors": "invest"}, "invest is both outcome and regressor"),
        ({"regressors": "const"}, "const"),
        ({"time": "firm"}, "firm is both entity and time"),
        ({"confidence_level": "95"}, "95 is not between 0 and 1"),
        ({"output": "/no/such/x.json"}, "--output /no/such/x.json: there is no folder /no/such"),
        ({"output": "/"}, "--output /: it is a folder"),
    ],
)
def test_bad_arguments(
    shell: Shell, panel: pd.DataFrame, changes: dict[str, str | None], message: str
) -> None:
    assert message in shell.complaint(2, "gravity", panel, *options(**changes))


def test_output_that_cannot_be_written_is_told_before_the_file_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in (["gravity", "/none.csv", *options()], ["releases", "rollback"]):
        with pytest.raises(SystemExit, match="2"):
            main([*command, "--output", "/no/such/x.json"])
        assert "there is no folder /no/such" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["much", "", "0", "4", "-4GB", "-1", "0GB", "none", "nan", "inf", "80%", "1B", "4GB;"]
)
def test_no_amount_of_memory(shell: Shell, panel: pd.DataFrame, text: str) -> None:
    said = shell.complaint(2, "gravity", panel, *options(), f"--memory-limit={text}")
    assert f"--memory-limit: {text!r} is no amount of memory such as 4GB" in said


@pytest.mark.parametrize(
    "text", ["0", "-1", "1025", "2147483648", "9" * 20, "1.5", "1e3", "", "all", "٣"]
)
def test_no_number_of_threads(shell: Shell, panel: pd.DataFrame, text: str) -> None:
    said = shell.complaint(2, "gravity", panel, *options(), f"--threads={text}")
    assert f"--threads: {text!r} is no number of threads from 1 to 1,024" in said


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("none.csv", None, "none.csv: no such file"),
        ("panel.xlsx", "x", "panel.xlsx: unknown extension; known are .csv"),
        ("empty.csv", "", "empty.csv: the file is empty"),
        ("head.csv", "firm,year,invest,value,capital\n", "head.csv: no rows below the header"),
        (
            "less.csv",
            "firm,year,invest,value\nA,1,2,3\n",
            'no column "capital"; it has "firm", "year"',
        ),
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
        (
            "ragged.csv",
            "firm,year,invest,value,capital\nA,1,2,3,4\nA,2,2\n",
            "ragged.csv: line 3: 3 values for 5 columns",
        ),
        ("fake.parquet", "no parquet at all", "fake.parquet: no readable Parquet file"),
        ("long.csv", "firm," + "x" * 131_073 + "\nA,1\n", "long.csv: line 1: field larger than"),
        ("latin.csv", "firm,côte\nA,1\n", "latin.csv: line 1: not a UTF-8 text file"),
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


# --- Weights and effects --------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.0, -2.5])
@pytest.mark.parametrize("estimator", ["pooled", "ppml"])
def test_weight_that_is_not_positive(
    shell: Shell, panel: pd.DataFrame, estimator: str, value: float
) -> None:
    panel = panel.assign(w=1.0)
    panel.loc[[25, 30], "w"] = value
    complaint = shell.complaint(3, "gravity", panel, *options(estimator=estimator, weights="w"))
    firm, year = panel.loc[25, ["firm", "year"]]
    assert f"firm, year = ({firm}, {year}), column w: {value} is not a positive weight" in complaint


def test_weights_that_are_text_or_not_there(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = options(weights="w")
    assert 'no column "w"; it has "invest"' in shell.complaint(3, "gravity", panel, *arguments)
    text = panel.assign(w="a")
    complaint = shell.complaint(3, "gravity", text, *arguments)
    assert "row 1, column w: 'a' is not a number" in complaint


def test_effect_that_is_not_there(shell: Shell, panel: pd.DataFrame) -> None:
    arguments = options(estimator="ppml", effects="firm,port^year")
    assert 'no column "port"; it has "invest"' in shell.complaint(3, "gravity", panel, *arguments)


def test_negative_outcome_of_ppml(shell: Shell, panel: pd.DataFrame) -> None:
    panel.loc[4, "invest"] = -1.0
    assert "invest" in shell.complaint(3, "gravity", panel, *options(estimator="ppml"))


def test_no_logarithm_at_all(shell: Shell, panel: pd.DataFrame) -> None:
    flat = panel.assign(invest=-panel["invest"])
    complaint = shell.complaint(3, "gravity", flat, *options(), "--log-outcome")
    assert "no value of invest is positive" in complaint
