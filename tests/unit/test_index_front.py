"""The class Index: the numbers of the command line from any source, and how it refuses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.unit.test_cli import INDICATORS, Shell, grunfeld_rows

from trade_potential.errors import InputError, NotEstimatedError
from trade_potential.index.front import Index
from trade_potential.rows.source import Source

SAME = 1e-13
"""The same formulas on rows in the same order; JSON has 15 digits."""

SOURCES: dict[str, Callable[[pd.DataFrame], Source]] = {
    "pandas": lambda frame: frame,
    "pandas with an index": lambda frame: frame.set_index("firm"),
    "polars": pl.from_pandas,
    "arrow": pa.table,
    "relation": lambda frame: duckdb.connect().from_arrow(pa.table(frame)),
}


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    frame = grunfeld_rows()
    frame.loc[3, "value"] = np.nan
    return frame


@pytest.mark.parametrize("kind", SOURCES)
def test_numbers_are_those_of_the_command_line(
    shell: Shell, panel: pd.DataFrame, kind: str
) -> None:
    given = ("--indicators", ",".join(INDICATORS), "--id", "firm,year", "--format", "json")
    theirs = shell.document("index", panel, *given)
    with Index.read(SOURCES[kind](panel), indicators=INDICATORS, id=["firm", "year"]) as index:
        fit = index.fit()
        scores = fit.scores
    assert (fit.status, fit.reason, fit.nobs) == (theirs["status"], theirs["reason"], 199)
    assert fit.weights.to_dict() == pytest.approx(theirs["weights"], rel=SAME)
    assert fit.msa.to_dict() == pytest.approx(theirs["msa"], rel=SAME)
    assert fit.kmo == pytest.approx(theirs["kmo"], rel=SAME)
    bartlett = {name: getattr(fit.bartlett, name) for name in ("statistic", "df", "p_value")}
    assert bartlett == pytest.approx(theirs["bartlett"], rel=SAME)
    assert list(fit.eigenvalues) == pytest.approx(theirs["eigenvalues"], rel=SAME)
    assert list(fit.explained) == pytest.approx(theirs["variance_shares"], rel=SAME)
    assert fit.components_kept == theirs["components_kept"]
    assert fit.loadings.loc["value"].tolist() == pytest.approx(
        theirs["loadings"]["value"], rel=SAME
    )
    assert [loss._asdict() for loss in fit.ledger] == theirs["ledger"]
    assert fit.ledger == index.ledger
    expected = pd.DataFrame(theirs["scores"]).astype({"year": int})
    pd.testing.assert_frame_equal(scores.astype({"year": int}), expected, rtol=SAME, atol=1e-13)


def test_settings_are_those_of_the_command_line(shell: Shell, panel: pd.DataFrame) -> None:
    """One after the other, and each moves a number."""
    plain = Index.read(panel, indicators=INDICATORS).fit().weights
    for option, settings in {
        ("--component-rule", "all"): {"component_rule": "all"},
        ("--component-rule", "cumulative_share", "--component-threshold", "0.95"): {
            "component_rule": "cumulative_share",
            "component_threshold": 0.95,
        },
        ("--component-threshold", "0.2"): {"component_threshold": 0.2},
    }.items():
        given = ("--indicators", ",".join(INDICATORS), "--format", "json", *option)
        theirs = shell.document("index", panel, *given)
        ours = Index.read(panel, indicators=INDICATORS, **settings).fit().weights
        assert ours.to_dict() == pytest.approx(theirs["weights"], rel=1e-12)
        assert not np.allclose(ours, plain)
    turned = panel.assign(value=-panel["value"])
    first = Index.read(turned, indicators=INDICATORS).fit().weights
    anchored = Index.read(turned, indicators=INDICATORS, anchor="value").fit().weights
    np.testing.assert_allclose(anchored, -first)


def test_index_of_known_scores() -> None:
    """Two indicators: equal weights 1/sqrt(2), eigenvalues 1 + r and 1 - r, KMO one half."""
    frame = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [0.0, 2.0, 1.0, 3.0]})
    fit = Index.read(frame, indicators=["a", "b"]).fit()
    np.testing.assert_allclose(fit.weights, [np.sqrt(0.5)] * 2)
    np.testing.assert_allclose(fit.eigenvalues, [1.8, 0.2])
    np.testing.assert_allclose(fit.explained, [0.9, 0.1])
    assert fit.kmo == pytest.approx(0.5)
    scores = fit.scores
    assert list(scores.columns) == ["row", "score", "index"]
    np.testing.assert_array_equal(scores["row"], range(4))
    np.testing.assert_allclose(scores["index"], [0.0, 0.5, 0.5, 1.0])


def test_labels_keep_their_type_and_may_be_missing() -> None:
    frame = pd.DataFrame(
        {"code": pd.array([2**53 + 1, None, 1], dtype="Int64"), "place": ["é", None, "b"]}
    ).assign(a=[1.0, 2.0, 4.0])
    scores = Index.read(frame, indicators=["a"], id=["code", "place"]).fit().scores
    assert scores["code"].tolist() == [1, 2**53 + 1, pd.NA]
    assert scores["place"].iloc[:2].tolist() == ["b", "é"]
    assert scores["place"].isna().tolist() == [False, False, True]
    whole = Index.read(frame, indicators=["a"], id="place").fit().scores
    assert list(whole.columns) == ["place", "score", "index"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"value": 0.1}, "constant_variable"),
        ({"value": np.where(np.arange(200) < 3, 1.0, np.nan)}, "too_few_rows"),
    ],
)
def test_an_index_without_numbers_has_a_status(
    panel: pd.DataFrame, changed: dict[str, Any], status: str
) -> None:
    fit = Index.read(panel.assign(**changed), indicators=INDICATORS).fit()
    assert (fit.status, fit.is_estimated) == (status, False)
    assert fit.reason in fit.summary()
    assert status in fit._repr_html_()
    names = ["weights", "scores", "kmo", "msa", "bartlett", "eigenvalues", "explained"]
    for name in [*names, "loadings", "components_kept", "components"]:
        with pytest.raises(NotEstimatedError, match=f"^index: {status}: {fit.reason}"):
            getattr(fit, name)


def test_undefined_tests_are_nan(panel: pd.DataFrame) -> None:
    one = Index.read(panel, indicators=["value"]).fit()
    double = panel.assign(double=2.0 * panel["invest"])
    collinear = Index.read(double, indicators=["invest", "double", "capital"]).fit()
    for fit, status in ((one, "single_variable"), (collinear, "singular_correlation")):
        assert fit.status == status
        assert np.isnan([fit.kmo, *fit.msa, fit.bartlett.statistic, fit.bartlett.p_value]).all()
        assert np.isfinite(fit.weights).all()
        assert len(fit.scores) == fit.nobs


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"indicators": []}, "an index needs a list of indicators"),
        ({"indicators": "value"}, "indicators: 'value' is no list of names of columns"),
        ({"indicators": [["value"]]}, "indicators: [['value']] is no list of names of columns"),
        ({"id": [["firm"]]}, "id: [['firm']] is no list of names of columns"),
        ({"component_threshold": "1"}, "component threshold '1' does not fit eigenvalue"),
        ({"indicators": ["value", "value"]}, "value is named twice"),
        ({"id": ["firm", "firm"]}, "firm is named twice"),
        ({"id": "score"}, "an id column is called score, a name of the result"),
        ({"anchor": "year"}, "anchor year is none of the indicators"),
        ({"component_threshold": np.nan}, "component threshold nan does not fit eigenvalue"),
        ({"component_rule": "some"}, "component_rule 'some' is none of eigenvalue, cumulative"),
        ({"indicators": ["value", "nope"]}, 'DataFrame: no column "nope"; it has '),
        ({"indicators": ["value", "firm"]}, "DataFrame: row 0, column firm: 'General Motors' is"),
        ({"name": "firms", "id": ["nope"]}, 'firms: no column "nope"; it has '),
        ({"threads": 0}, "'0' is no number of threads"),
        ({"memory_limit": "-4GB"}, "'-4GB' is no amount of memory"),
        ({"memory_limit": "1KB"}, "DataFrame: 1KB is too little memory; raise memory_limit"),
    ],
)
def test_bad_settings(panel: pd.DataFrame, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as error:
        Index.read(panel, **{"indicators": INDICATORS, **settings}).fit()
    assert str(error.value).startswith(said)


def test_columns_may_be_an_index_of_a_frame(panel: pd.DataFrame) -> None:
    with Index.read(panel, indicators=panel[INDICATORS].columns) as index:
        assert index.indicators == INDICATORS
        assert index.fit().is_estimated


def test_after_the_end_numbers_stay_and_scores_are_refused(panel: pd.DataFrame) -> None:
    with Index.read(panel, indicators=INDICATORS) as index:
        fit = index.fit()
    assert fit.weights.gt(0).all()
    with pytest.raises(InputError, match="ask for results before close"):
        fit.scores  # noqa: B018
    kept = Index.read(panel, indicators=INDICATORS).fit()  # nothing else refers to the index
    assert len(kept.scores) == len(kept.scores) == kept.nobs


def test_a_copy_has_the_numbers_but_no_rows(panel: pd.DataFrame) -> None:
    with Index.read(panel, indicators=INDICATORS) as index:
        fit = index.fit()
        held = ForkingPickler.loads(ForkingPickler.dumps(fit))
        assert held.summary() == fit.summary()
        pd.testing.assert_series_equal(held.weights, fit.weights)
        with pytest.raises(InputError, match="closed"):
            _ = held.scores


def test_nothing_is_left_on_the_connection_of_the_user(panel: pd.DataFrame) -> None:
    connection = duckdb.connect()
    connection.register("panel", panel)
    connection.execute("create temporary table sample as select 'of the user' as said")
    fit = Index.read(connection.table("panel"), indicators=INDICATORS, id="firm").fit()
    assert len(fit.scores) == fit.nobs
    tables = "select table_name from information_schema.tables order by table_name"
    assert connection.execute(tables).fetchall() == [("panel",), ("sample",)]
    assert connection.table("sample").fetchall() == [("of the user",)]


def test_text_for_people(shell: Shell, panel: pd.DataFrame) -> None:
    """The command line prints the summary, with the first scores before the rows lost."""
    fit = Index.read(panel, indicators=INDICATORS).fit()
    _, printed, _ = shell.run("index", panel, "--indicators", ",".join(INDICATORS))
    head, lost = fit.summary().split("\nrows lost\n")
    assert printed.startswith(head)
    assert printed.endswith(lost)
    assert str(fit) == fit.summary()
    renamed = panel.rename(columns={"value": "<b>value</b> & more"})
    html = Index.read(renamed, indicators=["invest", "<b>value</b> & more"]).fit()._repr_html_()
    assert "&lt;b&gt;value&lt;/b&gt; &amp; more" in html
    assert "<b>" not in html
    assert html.count("<table>") == 4


def test_steps_are_told(panel: pd.DataFrame) -> None:
    steps: list[str] = []
    index = Index.read(panel, indicators=INDICATORS, progress=steps.append)
    index.fit()
    index.fit()
    assert steps == [f"moments of {len(panel)} rows", "solving", "solving"]


def test_reading_does_not_import_what_only_results_need(tmp_path: Path) -> None:
    """Of a file, pandas: it takes longer than to read a million rows."""
    grunfeld_rows().to_csv(tmp_path / "rows.csv", index=False)
    code = (
        "import sys\nfrom trade_potential.index.front import Index\n"
        "assert 'numpy' not in sys.modules and 'duckdb' not in sys.modules\n"
        f"fit = Index.read({str(tmp_path / 'rows.csv')!r}, indicators=['value', 'capital']).fit()\n"
        "fit.summary()\nprint('pandas' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
