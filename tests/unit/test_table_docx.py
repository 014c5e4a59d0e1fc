"""Tables of Word: the numbers and notes of the other formats, the same bytes every time."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from tests.unit.test_cli import Shell, grunfeld_rows, options
from tests.unit.test_regression_table import MODELS, POOLED, REFUSED

import trade_potential as tp
from trade_potential.errors import InputError
from trade_potential.regression_table import Coefficient, Model, document, render
from trade_potential.regression_table.cells import Figure
from trade_potential.regression_table.word import figure_text

CAPTION = "Gravity of <trade> & \x01 control \ufffe"


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def cells(found: Document) -> dict[str, list[str]]:
    return {row.cells[0].text: [c.text for c in row.cells[1:]] for row in found.tables[0].rows}


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def test_numbers_words_and_notes() -> None:
    found = opened(document(MODELS, caption=CAPTION, label="tab:gravity", outcome="trade"))
    held = cells(found)
    assert held["lnGDP"] == ["1.012***\n(0.088)", "0.762*\n(0.194)", ""]
    assert held["ln_dist"][:2] == ["\N{MINUS SIGN}0.873**\n(0.251)", "absorbed"]
    assert held["Observations"][:2] == ["12,345", "12,345"]
    assert held["Status"][2] == "too few entitiesa"
    texts = [paragraph.text for paragraph in found.paragraphs]
    assert texts[0] == "Gravity of <trade> & ? control ?"
    markdown = render(MODELS, format="text", outcome="trade")
    for sentence in ("Dependent variable: trade.", "Standard errors in parentheses:"):
        assert sentence in texts[1]
        assert sentence in " ".join(markdown.split())
    assert texts[1].endswith("* p < 0.10, ** p < 0.05, *** p < 0.01.")
    assert texts[2] == "a too few entities: 3 partners for 4 coefficients"


def test_layout_that_word_needs() -> None:
    found = opened(document(MODELS, caption="c", label="tab:x-1"))
    table = found.tables[0]
    heads = [row for row in table.rows if row._tr.find(f".//{qn('w:tblHeader')}") is not None]
    assert [[c.text for c in row.cells] for row in heads] == [
        ["", "(1)", "(2)", "(3)"], ["", "Pooled", "Within", "Between"],
    ]  # fmt: skip
    assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)
    stop = table.rows[4].cells[1].paragraphs[0].paragraph_format.tab_stops[0]
    assert stop.alignment.name == "DECIMAL"
    names = [child.tag for child in table._tbl.tblPr]
    assert names.index(qn("w:tblBorders")) < names.index(qn("w:tblLayout"))
    marks = found.element.findall(f".//{qn('w:bookmarkStart')}")
    assert [mark.get(qn("w:name")) for mark in marks] == ["tab_x_1"]
    assert found.paragraphs[0].paragraph_format.keep_with_next
    assert found.paragraphs[0].style is not None
    assert found.paragraphs[0].style.name == "Caption"


def test_many_models_lie_on_their_side() -> None:
    few, many = (opened(document([POOLED] * count)).sections[0] for count in (3, 6))
    assert few.page_width < few.page_height
    assert many.page_width > many.page_height


def test_bytes_do_not_tell_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first = document(MODELS, caption="c")
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert document(MODELS, caption="c") == first
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.testzip() is None
    about = opened(first).core_properties
    assert (about.title, about.author, about.created.year) == ("c", "", 1980)


def test_a_figure_has_a_true_minus_and_a_power() -> None:
    assert figure_text(Figure(True, "1", "25", 7, "**")) == "\N{MINUS SIGN}1.25×10^7**"  # noqa: RUF001
    assert figure_text(Figure(False, "0", "1", in_brackets=True)) == "(0.1)"


def test_bad_input() -> None:
    with pytest.raises(InputError, match="at least one model"):
        document([])
    with pytest.raises(InputError, match="label"):
        document([POOLED], label="1 x")
    twice = Model("m", "pooled", "robust", "t", (Coefficient("a"), Coefficient("a")))
    with pytest.raises(InputError, match="more than once"):
        document([twice])
    assert cells(opened(document([REFUSED])))["Status"] == ["too few entitiesa"]


def test_the_front_door_gives_bytes() -> None:
    with tp.Panel.read(
        grunfeld_rows(), outcome="invest", regressors=["value", "capital"], entity="firm",
        time="year",
    ) as panel:  # fmt: skip
        fits = panel.fits(["pooled", "within"])
    data = tp.table(fits, "docx", caption="Grunfeld", digits=2, labels={"value": "Firm value"})
    assert isinstance(data, bytes)
    found = opened(data)
    assert found.paragraphs[0].text == "Grunfeld"
    assert cells(found)["Firm value"] == ["0.12***\n(0.01)", "0.11***\n(0.01)"]
    assert isinstance(tp.table(fits), str)


def test_commands_write_a_file_and_ask_for_its_name(shell: Shell) -> None:
    panel = grunfeld_rows()
    target = shell.folder / "fit.docx"
    asked = options(format="docx")
    assert shell.run("gravity", panel, *asked, "--output", str(target)) == (0, "", "")
    assert "value" in cells(docx.Document(str(target)))
    code, out, err = shell.run("gravity", panel, *asked)
    assert (code, out) == (2, "")
    assert "--format docx needs --output FILE" in err
    assert err.count("\n") == 1
