"""Every format can be read by what reads that format, and holds the same numbers."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.unit.test_cli import (
    COEFFICIENT_KEYS,
    CSV_COLUMNS,
    GRAVITY_KEYS,
    REPEATED,
    Shell,
    assert_same_document,
    column,
    grunfeld_rows,
    options,
)

SEVERAL = "pooled,within,twoway,random,mundlak"
COLUMNS = 1 + SEVERAL.count(",") + 1
WORDS = ("value", "capital", "mean(value)", "Constant", "Observations", "Firm", "Year")
"""What stands in the first column of a table of several models, underscores aside."""

SHOWN = 6e-4
"""Regression tables show three decimals."""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def panel() -> pd.DataFrame:
    return grunfeld_rows()


def test_table_and_csv(shell: Shell, panel: pd.DataFrame) -> None:
    code, out, err = shell.run("gravity", panel, *options(format="table"), "--tests", "--progress")
    assert code == 0
    for text in ("random", "sigma_u", "theta_min", "R2", "hausman_robust", "rows lost: none"):
        assert text in out
    assert [line.split("] ")[1].split()[0] for line in err.splitlines()] == [
        "reading",
        "moments",
        "solving",
        "tests",
        "done",
    ]
    target = shell.folder / "fit.csv"
    quiet = ("--progress", "--quiet", "--output", str(target))
    assert shell.run("gravity", panel, *options(format="csv"), *quiet) == (0, "", "")
    assert list(pd.read_csv(target).columns) == CSV_COLUMNS


def test_json_of_several_models_is_a_list_in_their_order(shell: Shell, panel: pd.DataFrame) -> None:
    documents = shell.documents(panel, *options(estimator="random,pooled,within"), "--tests")
    assert list(documents) == ["random", "pooled", "within"]
    assert {tuple(document) for document in documents.values()} == {tuple(GRAVITY_KEYS)}
    for name, document in documents.items():
        alone = shell.document("gravity", panel, *options(estimator=name), "--tests")
        assert_same_document(alone, document)
    assert [documents[name]["effects"] for name in documents] == [[], [], ["firm"]]
    assert [documents[name]["distribution"] for name in documents] == ["normal", "t", "t"]
    assert [documents[name]["df"] for name in documents] == [None, 197, 188]


def test_csv_of_several_models(shell: Shell, panel: pd.DataFrame) -> None:
    code, out, err = shell.run("gravity", panel, *options(estimator=SEVERAL, format="csv"))
    assert (code, err) == (0, "")
    table = pd.read_csv(io.StringIO(out))
    assert list(table.columns) == ["estimator", *CSV_COLUMNS]
    assert list(table["estimator"].unique()) == SEVERAL.split(",")
    documents = shell.documents(panel, *options(estimator=SEVERAL))
    for name, document in documents.items():
        mine = table[table["estimator"] == name]
        assert mine["term"].tolist() == column(document, "term")
        for key in COEFFICIENT_KEYS[1:]:
            np.testing.assert_allclose(mine[key], column(document, key), rtol=REPEATED)


class Cells(HTMLParser):
    """Text of the cells of every row."""

    def __init__(self) -> None:
        """No row yet."""
        super().__init__()
        self.rows: list[list[str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1] += [""] * int(dict(attrs).get("colspan") or 1)
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def cells_of(text: str, kind: str) -> list[list[str]]:
    """Rows of a regression table, plain text in the cells."""
    if kind == "html":
        page = Cells()
        page.feed(text)
        page.close()
        assert not page.open
        assert text.startswith("<!DOCTYPE html>")
        rows = page.rows
    elif kind == "markdown":
        lines = [line for line in text.splitlines() if line.startswith("|")]
        assert re.fullmatch(r"\|[-: |]+\|", lines[1])
        rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line != lines[1]]
    else:
        entered: list[str] = []
        for what, name in re.findall(r"\\(begin|end)\{(.*?)\}", text):
            assert what == "begin" or entered.pop() == name
            entered += [name] * (what == "begin")
        assert not entered
        body = text.partition("\\toprule\n")[2].partition("\\bottomrule")[0]
        lines = [line for line in body.splitlines() if line.endswith(r"\\")]
        rows = [re.split(r"(?<!\\)&", line.removesuffix(r"\\")) for line in lines]
        assert text.count("{") == text.count("}")
    clean = r"\\phantom\{0*\}|\\[rl]lap|\^\{\**\}|[\\{}$*\u2007]"
    return [[re.sub(clean, "", cell).strip() for cell in row] for row in rows]


@pytest.mark.parametrize("kind", ["html", "markdown", "latex"])
def test_tables_of_several_models(shell: Shell, panel: pd.DataFrame, kind: str) -> None:
    arguments = options(estimator=SEVERAL, covariance="clustered")
    code, out, err = shell.run("gravity", panel, *arguments, "--format", kind)
    assert (code, err) == (0, "")
    rows = cells_of(out, kind)
    assert {len(row) for row in rows} <= {COLUMNS, 1}
    named = {row[0]: row[1:] for row in rows}
    for word in WORDS:
        assert any(name.startswith(word) for name in named), word
    documents = shell.documents(panel, *arguments)
    for k, document in enumerate(documents.values()):
        for row in document["coefficients"]:
            if row["term"] == "const":
                continue
            shown = named[row["term"]][k].split("(")[0].replace("\N{MINUS SIGN}", "-")
            assert float(shown) == pytest.approx(row["estimate"], abs=SHOWN)
    assert [cell.replace(",", "") for cell in named["Observations"]] == ["200"] * 5


def test_text_table_of_several_models(shell: Shell, panel: pd.DataFrame) -> None:
    code, out, err = shell.run(
        "gravity", panel, *options(estimator="pooled,twoway", format="table")
    )
    assert (code, err) == (0, "")
    assert re.search(r"^Firm effects +No +Yes$", out, re.MULTILINE)
    assert re.search(r"^Year effects +No +Yes$", out, re.MULTILINE)
    assert re.search(r"^value +0\.116\*\*\* +0\.118\*\*\*$", out, re.MULTILINE)


def test_absorbed_and_refused_models_are_shown(shell: Shell, panel: pd.DataFrame) -> None:
    trend = panel.assign(capital=np.sqrt(panel["year"] - 1900.0))
    document = shell.document("gravity", trend, *options(estimator="twoway"))
    assert document["absorbed"] == ["capital"]
    assert column(document, "term") == ["const", "value"]
    assert "capital does not vary within partners beside" in document["reason"]
    arguments = options(estimator="between,twoway", format="markdown")
    code, out, err = shell.run("gravity", trend, *arguments)
    assert (code, err) == (0, "")
    assert re.search(r"capital *\| *omitted *\| *absorbed", out)
    assert "capital does not vary between partners" in out


def test_output_file_holds_what_stdout_would(shell: Shell, panel: pd.DataFrame) -> None:
    for kind in ("json", "csv", "table", "html", "markdown", "latex"):
        target = shell.folder / f"fit.{kind}"
        arguments = options(estimator="pooled,ppml", format=kind)
        code, printed, _ = shell.run("gravity", panel, *arguments, "--log-outcome")
        written = ("--log-outcome", "--output", str(target))
        assert shell.run("gravity", panel, *arguments, *written) == (code, "", "")
        text = target.read_text("utf-8")
        number = r"-?\d+\.\d+(e-?\d+)?"  # the last of fifteen digits may differ between runs
        assert re.sub(number, "", text) == re.sub(number, "", printed)
        assert printed.endswith("\n")
    found = json.loads((shell.folder / "fit.json").read_text("utf-8"))
    assert_same_document(
        found,
        list(shell.documents(panel, *options(estimator="pooled,ppml"), "--log-outcome").values()),
    )
