"""Regression tables of any number and any text: nothing breaks them, nothing gets lost."""

from __future__ import annotations

import re
import shutil
import string
import subprocess
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import mistune
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.test_regression_table import MODELS, named, only, table

from trade_potential.regression_table import FORMATS, escape, render
from trade_potential.regression_table.cells import Figure, figure

# --- Any number -----------------------------------------------------------------------------------


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 6))
def test_rounding_is_close_and_never_to_zero(value: float, digits: int) -> None:
    found = figure(value, digits=digits)
    assert isinstance(found, Figure)
    power = Decimal(10) ** (found.exponent or 0)
    shown, exact = Decimal(found.digits.replace(",", "")) * power, abs(Decimal(repr(value)))
    assert (shown == 0) == (exact == 0)
    assert abs(shown - exact) <= power * Decimal(10) ** -len(found.fraction) / 2


# --- Any text -------------------------------------------------------------------------------------

ASCII = "".join(map(chr, range(32, 127)))
NASTY = [
    ASCII,
    "[2em] *first",
    "a--b---c ''q'' ``r`` ,, \u2013- ?` !`",
    r"\end{tabular*}\input{/etc/passwd}",
    "$x^2$ & y_1 % no # comment",
    f"{escape.LETTERS} \u2264 \u2265 \u00d7 \u00b2 \u00b3 \u2212 \u2013 \u2014",
    "Côte d'Ivoire, Türkiye, España",
    "<script>alert('x')</script>",
    "a | b || `c|d`",
    "line\nbreak\n\nand\ttab \x1b[31m \x00",
    "http://example.org www.example.org **b** _i_ ~~s~~ &amp; [l](u) ![i](u)",
    "",
]
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(ASCII, max_size=40), st.text(max_size=40))


def any_text(test: Callable[[str], None]) -> Callable[[], None]:
    """Run a test on each nasty text and on many others."""
    for text in NASTY:
        test = example(text)(test)
    return given(TEXTS)(test)


CODES = {code: c for c, code in escape.LATEX.items()} | {"{}": ""}
TOKEN = re.compile("|".join(re.escape(code) for code in sorted(CODES, key=len, reverse=True)))
TEX_ACTIVE = set('\\{}$&#^_~%`"[]*<>|')


def balance(text: str) -> list[int]:
    """Depth of braces after each; escaped braces do not count."""
    depths = [0]
    for brace in re.findall("[{}]", re.sub(r"\\[{}]", "", text)):
        depths.append(depths[-1] + (1 if brace == "{" else -1))
    return depths


@pytest.mark.parametrize(
    ("escaped", "text", "expected"),
    [
        (escape.latex, "a_b & 5%", r"a\_b \& 5\%"),
        (escape.latex, "$x^2$ #{~}", r"\$x\textasciicircum{}2\$ \#\{\textasciitilde{}\}"),
        (escape.latex, "\\x--y", r"\textbackslash{}x-{}-y"),
        (escape.html, "<a href='x'>&\"", "&lt;a href=&#x27;x&#x27;&gt;&amp;&quot;"),
        (escape.markdown, "a_b|`c` http://d", r"a\_b\|\`c\` http\://d"),
        (escape.clean, " a\n\tb\x00 ", "a b?"),
    ],
)
def test_escapes_to_the_letter(escaped: Callable[[str], str], text: str, expected: str) -> None:
    assert escaped(text) == expected


@any_text
def test_latex_prints_what_was_given(text: str) -> None:
    code = escape.latex(text)
    assert TOKEN.sub(lambda found: CODES[found[0]], code) == escape.clean(text)
    assert not set(TOKEN.sub("", code)) & TEX_ACTIVE
    assert not any(a == b and a in "-'," for a, b in pairwise(code))


@any_text
def test_latex_table_keeps_its_shape(text: str) -> None:
    models = [named(text), only(text or "x"), named(f"{text} {text}")]
    code = render(models, format="latex", caption=text, outcome=text, labels={"x": text})
    depths = balance(code)
    assert min(depths) == depths[-1] == 0
    body = code.partition("\\toprule\n")[2].partition("\\bottomrule\n")[0]
    rows = [line for line in body.splitlines() if line not in (r"\midrule", r"\addlinespace")]
    for row in rows:
        assert row.endswith(r" \\")
        assert len(re.findall(r"(?<!\\)&", row)) == len(models)
        assert not re.match(r"\s*[\[*]", row)
    entered: list[str] = []
    for what, name in re.findall(r"\\(begin|end)\{(.*?)\}", code):
        assert what == "begin" or entered.pop() == name
        entered += [name] * (what == "begin")
    assert not entered
    assert "\n\n" not in code


class Page(HTMLParser):
    """Checks nesting; collects columns of each row and the text of each row header."""

    def __init__(self) -> None:
        """Start outside of any element."""
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.widths: list[int] = []
        self.headers: list[str] = []
        self.is_header = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        assert set(given) <= {"class", "id", "scope", "colspan", "lang", "charset", "name"} | {
            "content"
        }
        if tag == "tr":
            self.widths.append(0)
        if tag in ("td", "th"):
            self.widths[-1] += int(given.get("colspan") or 1)
            assert (tag == "th") == ("scope" in given)
        self.is_header = given.get("scope") == "row"
        if self.is_header:
            self.headers.append("")
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.is_header = False

    def handle_data(self, data: str) -> None:
        if self.is_header:
            self.headers[-1] += data


@any_text
def test_html_table_is_well_formed_and_says_what_was_given(text: str) -> None:
    models = [named(text), only("x")]
    code = render(models, format="html", caption=text, outcome=text, standalone=True)
    page = Page()
    page.feed(code)
    page.close()
    assert not page.open
    assert set(page.widths) == {3}
    assert page.headers[1:3] == [escape.clean(text), escape.clean(f"{text}2")]
    assert not page.tags & {"script", "link", "img", "iframe"}
    style = code.partition("<style>")[2].partition("</style>")[0]
    assert style
    assert not re.search(r"url\(|@import|//", style)


def text_of(node: dict[str, Any]) -> str:
    """Text of a node of mistune's tree; anything but text is an error."""
    assert node["type"] in ("text", "table_cell", "table_head", "table_row"), node
    return node.get("raw", "") + "".join(map(text_of, node.get("children", [])))


@any_text
def test_markdown_prints_what_was_given(text: str) -> None:
    code = render([named(text), only("x")], format="markdown")
    tree: Any = mistune.create_markdown(renderer="ast", plugins=["table", "strikethrough", "url"])(
        code
    )
    grid = next(node for node in tree if node["type"] == "table")
    head, body = grid["children"]
    rows = [head["children"], *(row["children"] for row in body["children"])]
    assert {len(row) for row in rows} == {3}
    found = [text_of(row[0]) for row in rows]
    assert escape.clean(text) in found
    assert escape.clean(f"{text}2") in found


@any_text
def test_text_is_aligned_and_free_of_control_characters(text: str) -> None:
    code = render([named(text), only("x")], format="text", caption=text)
    assert all(c == "\n" or c.isprintable() or ord(c) > 127 for c in code)
    rules = {line for line in code.splitlines() if re.fullmatch("={20,}|-{20,}", line)}
    assert len({len(line) for line in rules}) <= 1 or set(text) & set("-=")
    assert all(line == line.rstrip(" ") for line in code.splitlines())


def test_half_a_surrogate_pair_can_be_written() -> None:
    for kind in FORMATS:
        render([named("a\ud800b")], format=kind).encode()


def test_wide_characters_stay_in_their_column() -> None:
    lines = render([only("中国")], format="text").splitlines()
    latin = render([only("abcd")], format="text").splitlines()
    assert [line.replace("中国", "abcd") for line in lines] == latin


# --- pdflatex -------------------------------------------------------------------------------------

needs_latex = pytest.mark.skipif(
    not shutil.which("pdflatex"), reason="pdflatex is not installed (texlive-latex-recommended)"
)


def compiled(source: str, folder: Path) -> str:
    """The log of pdflatex, which must end well."""
    (folder / "table.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error"]
    done = subprocess.run(
        [*command, "table.tex"], cwd=folder, capture_output=True, check=False, timeout=120
    )
    log = done.stdout.decode("latin-1")
    assert done.returncode == 0, log[-2000:]
    assert (folder / "table.pdf").read_bytes().startswith(b"%PDF")
    return log


@needs_latex
def test_snippet_with_nasty_names_compiles(tmp_path: Path) -> None:
    models = [named(text) for text in NASTY]
    snippet = render(models, format="latex", caption=ASCII, outcome=ASCII, label="tab:x_1")
    head = "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n"
    log = compiled(f"{head}\\ref{{tab:x_1}}\n{snippet}\\end{{document}}\n", tmp_path)
    assert "Missing character" not in log


@needs_latex
@pytest.mark.parametrize("n_models", [1, 3, 7])
def test_document_compiles_and_the_page_holds_it(n_models: int, tmp_path: Path) -> None:
    models = (MODELS * 3)[:n_models]
    log = compiled(table(models, kind="latex", standalone=True), tmp_path)
    assert "Overfull" not in log


def test_specials_of_latex_are_all_known() -> None:
    assert set(escape.LATEX) >= TEX_ACTIVE
    harmless = set(string.ascii_letters + string.digits + " !'()+,-./:;=?@")
    assert set(ASCII) <= harmless | set(escape.LATEX)
