"""Regression tables: known text, known roundings, one legend, and names that cannot break them."""

from __future__ import annotations

import dataclasses
import math
import re
import subprocess
import sys
from typing import Any

import pytest

from trade_potential.errors import InputError
from trade_potential.gravity.estimate import ESTIMATORS as ESTIMATORS_OF_GRAVITY
from trade_potential.inference import CONSTANT as CONSTANT_OF_GRAVITY
from trade_potential.regression_table import FORMATS, Coefficient, Format, Model, render
from trade_potential.regression_table import model as words
from trade_potential.regression_table.cells import Text, figure, probability

NAN, INF = math.nan, math.inf

POOLED = Model(
    title="Pooled",
    estimator="pooled",
    covariance="clustered",
    distribution="t",
    coefficients=(
        Coefficient("const", -12.3456, 4.5, 0.007),
        Coefficient("lnGDP", 1.0125, 0.0875, 1e-9),
        Coefficient("ln_dist", -0.8734, 0.2512, 0.0499),
        Coefficient("lnPgdp", 0.0421, 0.0333, 0.1),
    ),
    statistics={"n_obs": 12345, "n_entities": 152, "r_squared_within": 0.6125},
    effects={"partner": False},
)
WITHIN = Model(
    title="Within",
    estimator="within",
    covariance="clustered",
    distribution="t",
    coefficients=(
        Coefficient("const", 2.1, NAN, NAN),
        Coefficient("lnGDP", 0.7621, 0.1944, 0.0999),
        Coefficient("ln_dist", status="absorbed"),
        Coefficient("mean(lnPgdp)", 0.0000123, 0.000004, 0.003),
    ),
    statistics={"n_obs": 12345, "n_entities": 152, "r_squared_within": NAN},
    effects={"partner": True},
    tests={"hausman": 0.0001},
)
REFUSED = Model(
    title="Between",
    estimator="between",
    covariance="classical",
    distribution="normal",
    status="too_few_entities",
    reason="3 partners for 4 coefficients",
    effects={"partner": False},
)
MODELS = (POOLED, WITHIN, REFUSED)

KNOWN = """\
Exports
================================================================
                             (1)           (2)           (3)
                           Pooled        Within        Between
----------------------------------------------------------------
Status                       ok            ok          too few
                                                    entities [a]

lnGDP                      1.012***    0.762*
                          (0.088)     (0.194)
ln_dist                   -0.873**      absorbed
                          (0.251)
lnPgdp                     0.042
                          (0.033)
mean(lnPgdp)                           0.000012***
                                      (4.000e-06)
Constant                 -12.346***    2.100
                          (4.500)          (\N{EN DASH})

Partner effects              No            Yes           No

Estimator                Pooled OLS      Within        Between
Standard errors         clustered by  clustered by    classical
                           partner       partner

Observations               12,345        12,345
Groups                       152           152
R² within                  0.612            \N{EN DASH}

Hausman test (p-value)                   <0.001
================================================================
Notes: Standard errors in parentheses: clustered by partner in
(1), (2). Distribution of the p-values: Student's t in (1), (2).
Absorbed: the effects of the model leave no variation in the
regressor. \N{EN DASH} not available. * p < 0.10, ** p < 0.05,
*** p < 0.01.
[a] too few entities: 3 partners for 4 coefficients
"""


def table(models: tuple[Model, ...] = MODELS, *, kind: Format = "text", **changed: Any) -> str:
    return render(models, format=kind, **{"caption": "Exports", **changed})


def only(term: str = "x", **changed: Any) -> Model:
    """A model with one coefficient."""
    numbers: dict[str, Any] = {"estimate": 1.5, "std_error": 0.25, "p_value": 0.5, **changed}
    return Model("", "pooled", "robust", "t", (Coefficient(term, **numbers),))


def named(text: str) -> Model:
    """A model in which every name is the text."""
    coefficients = (Coefficient(text, 0.5, 0.25, 0.02), Coefficient(f"{text}2", -0.5, 0.25, 0.5))
    return Model(
        title=text,
        estimator=text,
        covariance=text,
        distribution=text,
        coefficients=coefficients,
        statistics={text: 0.5},
        status=text,
        reason=text,
        effects={text: True},
        tests={text: 0.5},
    )


# --- Known text -----------------------------------------------------------------------------------


def test_text_to_the_letter() -> None:
    assert table() == KNOWN


def test_latex_rows_to_the_letter() -> None:
    lines = table(kind="latex").splitlines()
    assert r"\caption{Exports}" in lines
    assert r" & Pooled & Within & Between \\" in lines
    assert (
        r"ln\_dist & \phantom{0}\llap{$-$}0.873\rlap{$^{**}$} & absorbed & \\"
        "\n"
        r" & \phantom{0}\llap{(}0.251\rlap{)} &  & \\"
    ) in "\n".join(lines)
    assert r" &  & \llap{(}$4.000\times10^{-6}$\rlap{)} & \\" in lines
    assert r"Observations & 12,345 & 12,345 & \\" in lines


def test_markdown_rows_to_the_letter() -> None:
    squeezed = [re.sub(" +", " ", line) for line in table(kind="markdown").splitlines()]
    assert squeezed[:2] == ["**Exports**", ""]
    assert squeezed[2] == "| | (1) Pooled | (2) Within | (3) Between |"
    assert re.fullmatch(r"\|:-+ (\|:-+: ){3}\|", squeezed[3])
    assert r"| ln\_dist | -0.873\*\* | absorbed | |" in squeezed
    assert r"| | (0.251) | | |" in squeezed


def test_html_row_to_the_letter() -> None:
    row = (
        '<tr><th scope="row">ln_dist</th><td>\u2007<span class="before">&minus;</span>0.873'
        '<span class="after">**</span><br>\u2007<span class="before">(</span>0.251'
        '<span class="after">)</span></td><td>absorbed</td><td></td></tr>'
    )
    assert row in table(kind="html").splitlines()


def test_documents() -> None:
    assert table(kind="latex", standalone=True).startswith("\\documentclass{article}\n")
    assert "\\usepackage{booktabs}\n" in table(kind="latex", standalone=True)
    assert table(kind="html", standalone=True).startswith("<!DOCTYPE html>\n<html lang")
    for text in (table(kind="latex", label="tab:x"), table(kind="latex", standalone=True)):
        assert (r"\label{tab:x}" in text) == (r"\documentclass" not in text)
    assert '<table class="regression-table" id="tab:x">' in table(kind="html", label="tab:x")


# --- Numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1.0125, 3, "1.012"),  # half to even ...
        (1.0135, 3, "1.014"),
        (1.0015, 3, "1.002"),  # ... of the number as printed: its binary value is below the half
        (2.5, 0, "2"),
        (3.5, 0, "4"),
        (0.0, 3, "0.000"),
        (-0.0, 3, "0.000"),
        (-0.25, 1, "-0.2"),
        (0.0005, 3, "0.00050"),  # half to even would be 0.000
        (0.0006, 3, "0.001"),
        (-0.00021, 3, "-0.00021"),
        (0.0000123, 3, "0.000012"),
        (0.00000123, 3, "1.230e-6"),
        (5e-324, 3, "5.000e-324"),  # the smallest float
        (12345.6789, 3, "12,345.679"),
        (99999.9999, 3, "100,000.000"),
        (100000.0, 3, "1.000e5"),
        (-1.7976931348623157e308, 3, "-1.798e308"),  # the largest
        (9.9999e7, 3, "1.000e8"),
    ],
)
def test_rounding(value: float, digits: int, expected: str) -> None:
    found = figure(value, digits=digits)
    assert found is not None
    power = "" if found.exponent is None else f"e{found.exponent}"
    assert f"{'-' if found.is_negative else ''}{found.digits}{power}" == expected


@pytest.mark.parametrize("value", [NAN, INF, -INF])
@pytest.mark.parametrize("kind", FORMATS)
def test_no_number(value: float, kind: Format) -> None:
    mark = r"\textendash{}" if kind == "latex" else "\N{EN DASH}"
    text = render([only(estimate=value, p_value=0.001)], format=kind)
    body, _, notes = text.partition("Notes:")
    assert mark in body
    assert "***" not in body
    assert f"{mark} not available." in notes
    assert "nan" not in text.lower()
    assert f"({mark})" in render([only(std_error=value)], format=kind)
    assert "not available" not in render([only()], format=kind)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "<0.001"), (0.00099, "<0.001"), (0.001, "0.001"), (0.0625, "0.062"), (NAN, "\u2013")],
)
def test_p_values(value: float, expected: str) -> None:
    assert probability(value, digits=3) == Text(expected)


# --- Stars ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p_value", "stars"),
    [(0.0099, "***"), (0.01, "**"), (0.0499, "**"), (0.05, "*"), (0.0999, "*"), (0.1, ""), (1, "")],
)
def test_a_level_itself_earns_nothing(p_value: float, stars: str) -> None:
    assert words.stars_of(p_value) == stars
    assert f" 1.500{stars}\n" in render([only(p_value=p_value)], format="text")


@pytest.mark.parametrize("kind", FORMATS)
def test_legend_and_stars_are_the_same_constants(
    kind: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = render([only(p_value=0.2)], format=kind)
    assert "0.05" in before
    assert not re.search(r"1\.500\D*[*+]", before.partition("Notes:")[0])
    monkeypatch.setattr(words, "STARS", ((0.005, "++"), (0.25, "+")))
    after = render([only(p_value=0.2)], format=kind)
    plain = re.sub(r"[\\${}^]|</?i>", "", after.replace("&lt;", "<").replace(" ", ""))
    assert "+p<0.25,++p<0.005." in plain
    assert "***" not in plain
    assert "1.500" in plain
    assert re.search(r'1\.500(rlap|<spanclass="after">)?\+', plain)


# --- Rows and notes -------------------------------------------------------------------------------


def test_terms_in_order_of_appearance_and_the_constant_last() -> None:
    one = Model("", "", "", "", tuple(Coefficient(n, 1, 1, 1) for n in ("const", "b", "a")))
    two = Model("", "", "", "", tuple(Coefficient(n, 1, 1, 1) for n in ("c", "const", "a")))
    lines = render([one, two], format="text", labels={"a": "first letter"}).splitlines()
    names = [line.split("  ")[0] for line in lines if line[:1].isalpha() and "1.000" in line]
    assert names == ["b", "first letter", "c", "Constant"]


def test_words_of_the_project() -> None:
    assert set(ESTIMATORS_OF_GRAVITY) <= set(words.ESTIMATORS)
    assert words.CONSTANT == CONSTANT_OF_GRAVITY
    text = render(
        [dataclasses.replace(only(), covariance="clustered_twoway")],
        format="markdown",
        entity="{firm}",
        time="quarter",
        outcome="ln_y",
    )
    assert r"clustered by \{firm\} and quarter" in text
    assert r"Dependent variable: ln\_y." in text


def test_effects_begin_with_a_capital_of_english_only() -> None:
    model = dataclasses.replace(
        only(), effects={"firm": True, "\N{GREEK SMALL LETTER BETA}": False}
    )
    text = render([model], format="text")
    assert re.search("^Firm effects +Yes$", text, re.MULTILINE)
    assert re.search("^\N{GREEK SMALL LETTER BETA} effects +No$", text, re.MULTILINE)


def test_columns_of_the_notes() -> None:
    kinds = ["robust", "robust", "robust", "classical", "robust", "classical"]
    models = [dataclasses.replace(only(), covariance=kind) for kind in kinds]
    notes = " ".join(render(models, format="text").split())
    assert "in parentheses: robust in (1) to (3), (5); classical in (4), (6)." in notes
    assert "Distribution of the p-values: Student's t." in notes


@pytest.mark.parametrize("kind", FORMATS)
def test_a_model_without_numbers_says_why(kind: Format) -> None:
    twice = (REFUSED, POOLED, REFUSED)
    text = table(twice, kind=kind)
    assert text.count("3 partners for 4 coefficients") == 1
    assert len(re.findall(r"too\s+few", text)) == 3
    assert "Status" not in table((POOLED,), kind=kind)


def test_a_reason_without_a_status_is_a_footnote_too() -> None:
    text = table((dataclasses.replace(POOLED, reason="one term left out"),))
    assert "ok [a]" in text
    assert text.endswith("[a] one term left out\n")


@pytest.mark.parametrize(
    ("models", "settings", "complaint"),
    [
        ((), {}, "at least one model"),
        ((POOLED,), {"digits": -1}, "digits: -1"),
        ((POOLED,), {"digits": 11}, "digits: 11"),
        ((POOLED,), {"label": "a b"}, "label: 'a b'"),
        ((POOLED,), {"label": "a}\\input{x"}, "label"),
        ((POOLED,), {"label": 'a"onclick="'}, "label"),
        ((POOLED,), {"kind": "docx"}, "format: 'docx' is not one of text, markdown"),
        ((POOLED, Model("T", "", "", "", (only("x").coefficients * 2))), {}, r"\(2\) T: .*: x"),
    ],
)
def test_refused(models: tuple[Model, ...], settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        table(models, **settings)


def test_only_the_standard_library_is_imported() -> None:
    code = (
        "import sys; before = {m.split('.')[0] for m in sys.modules};"
        "import trade_potential.regression_table;"
        "after = {m.split('.')[0] for m in sys.modules};"
        "print(sorted(after - before - sys.stdlib_module_names))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['trade_potential']"
