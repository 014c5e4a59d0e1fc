"""Our specification tests beside those of the peers, after the rule that joins the two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

import pandas as pd
from tests.reference.peers.compare import at_components, case_of, is_balanced, numbers_of
from tests.reference.peers.make_data import STUDIES
from tests.reference.peers.stored import all_rows, components, panels

from trade_potential.gravity.specification_tests import hausman
from trade_potential.inference.test_result import TestResult

TESTS = (
    "f_effects",
    "f_time_effects",
    "breusch_pagan_lm",
    "hausman",
    "mundlak",
    "hausman_robust",
    "reset",
)
PEERS = ("linearmodels", "statsmodels", "gretl", "plm", "lmtest")


@dataclass(frozen=True)
class Source:
    """Where a peer gives a test.

    Attributes:
        test, peer: Ours and who.
        term, estimator, covariance: Of the peer's row.
        option: Part of its option, in which ``regressors`` stands for what names the same ones.
        note: Its note, if that tells two calls apart.
        rule: Name of the convention that differs, empty if none does.
    """

    test: str
    peer: str
    term: str
    estimator: str
    covariance: str = ""
    option: str = ""
    note: str | None = None
    rule: str = ""


SOURCES = (
    Source("f_effects", "linearmodels", "f_entity", "within"),
    Source("f_effects", "gretl", "f_entity", "within", note=""),
    Source("f_effects", "plm", "f_entity", "within", option="pFtest(w, p_same)"),
    Source("f_time_effects", "gretl", "wald_time_given_entity", "twoway", rule="wald"),
    Source("f_time_effects", "plm", "f_time_given_entity", "twoway"),
    Source("breusch_pagan_lm", "gretl", "breusch_pagan_lm", "random"),
    Source("breusch_pagan_lm", "plm", "breusch_pagan_lm", "pooled"),
    Source("hausman", "gretl", "hausman", "random", "classical"),
    Source("hausman", "plm", "hausman", "random", "classical", rule="absolute"),
    Source("mundlak", "gretl", "hausman_auxiliary", "random", "classical", rule="auxiliary"),
    Source("mundlak", "plm", "mundlak", "mundlak", "classical"),
    Source("hausman_robust", "gretl", "hausman_auxiliary", "random", "entity"),
    Source("hausman_robust", "plm", "mundlak", "mundlak", "entity"),
    Source("reset", "statsmodels", "reset", "pooled", "classical"),
    Source("reset", "gretl", "reset", "pooled", "classical"),
    Source("reset", "lmtest", "reset", "pooled", "classical"),
)


@dataclass(frozen=True)
class TestCell:
    """A test of a peer on a panel.

    Attributes:
        gap: Relative difference of the statistics after the rule; NaN where the peer refuses.
        p_gap: Absolute difference of the p-values; NaN where one has none or another law.
        ours, theirs: Statistics as given.
        rule: As in ``Source``, and ``components`` in front where the variance of the effects is
            estimated in another way.
        refusal: What the peer says instead.
    """

    __test__ = False  # not a pytest class

    dataset: str
    test: str
    peer: str
    gap: float
    p_gap: float
    ours: float
    theirs: float
    rule: tuple[str, ...]
    refusal: str = ""


def ours_of(dataset: str) -> dict[str, TestResult]:
    """Our tests by name."""
    return case_of(dataset).tests


def _matching(dataset: str, source: Source) -> pd.DataFrame:
    rows = all_rows(dataset)
    named = "p_varying" if STUDIES[dataset].fixed else "p"
    option = source.option.replace("p_same", named)
    kept = (rows["peer"] == source.peer) & (rows["term"] == source.term)
    kept &= (rows["estimator"] == source.estimator) & (rows["covariance"] == source.covariance)
    kept &= ~rows["option"].str.contains("--unbalanced=", regex=False)
    kept &= rows["option"].str.contains(option, regex=False)
    if source.note is not None:
        kept &= rows["note"] == source.note
    return rows[kept]


def _rules(dataset: str, result: TestResult) -> dict[str, Callable[[float], float]]:
    """Their statistic in our terms by rule."""
    n_rows = len(panels()[dataset])
    k = len(numbers_of(dataset, "mundlak").fit.coefficients)
    return {
        "": lambda value: value,
        "wald": lambda value: value / result.df,
        "auxiliary": lambda value: value * (n_rows - k) / n_rows,
        "absolute": lambda value: value if result.statistic >= 0.0 else -value,
    }


def compare_tests(dataset: str, ours: dict[str, TestResult] | None = None) -> list[TestCell]:
    """Every test of every peer on a panel; ``ours`` stands in for our own."""
    found = []
    results = ours or ours_of(dataset)
    for source in SOURCES:
        rows = _matching(dataset, source)
        if rows.empty:
            continue
        result = results[source.test]
        refused = rows[rows["quantity"] == "error"]
        if len(refused):
            said = str(refused["note"].iloc[0])
            blank = (dataset, source.test, source.peer, nan, nan, result.statistic, nan, ())
            found.append(TestCell(*blank, said))
            continue
        values = rows.set_index("quantity")["value"]
        if values.index.has_duplicates:
            raise LookupError(f"{dataset} {source}: several calls")
        found.append(_compared(dataset, source, result, values))
    return found


def _compared(dataset: str, source: Source, result: TestResult, values: pd.Series) -> TestCell:
    rules: tuple[str, ...] = (source.rule,) if source.rule else ()
    compared = result
    if source.rule == "absolute":
        rules = ("absolute",) if result.statistic < 0.0 else ()
        if not is_balanced(dataset):  # plm has the variance components of Baltagi and Chang
            parts = components(dataset)["random", "baltagi_chang"]
            outer = at_components(dataset, "random", *parts)
            compared = hausman(case_of(dataset).fits["within"], outer)
            rules = ("components", *(["absolute"] if compared.statistic < 0.0 else []))
    convert = _rules(dataset, compared)[source.rule]
    theirs = float(values["statistic"])
    has_law = source.rule in {"", "absolute"} and compared.status == "ok"
    return TestCell(
        dataset=dataset,
        test=source.test,
        peer=source.peer,
        gap=abs(convert(theirs) / compared.statistic - 1.0),
        p_gap=abs(float(values["p_value"]) - compared.p_value) if has_law else nan,
        ours=result.statistic,
        theirs=theirs,
        rule=rules,
    )
