"""Markdown tables of the page docs/validation.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import ceil, floor, isnan, log10, sqrt

from tests.reference.outside import page
from tests.reference.peers import compare, compare_nist, compare_ppml, compare_tests, published
from tests.reference.peers.compare import PEERS, Cell
from tests.reference.peers.comparison import Comparison
from tests.reference.peers.make_data import STUDIES
from tests.reference.peers.stored import all_rows, components, panels

SMALLEST = -12
"""Power of ten of the smallest bound: below it is rounding."""

LETTERS = {
    "effects": "a",
    "slopes": "b",
    "years": "c",
    "means": "d",
    "components": "e",
    "wald": "g",
    "auxiliary": "h",
    "absolute": "i",
    "scale": "k",
    "shared": "l",
    "groups": "m",
}
FAILS, REFUSES = "f", "j"
NONE = "\N{EN DASH}"
WORDS = {
    "bare": "nothing multiplied",
    "groups": "N/(N-K) for G/(G-1) (N-1)/(N-K)",
    "parts": "g/(g-1) of the parts",
    "lag": "number of lags",
    "effects": "all effects count in K",
    "slopes": "K counts slopes only",
    "years": "T/(T-1) (N-1)/(N-K)",
    "components": "other variance of the effects",
}


def bound(gap: float) -> str:
    """The next power of ten above a difference."""
    power = SMALLEST if gap == 0.0 else max(SMALLEST, ceil(log10(gap)))
    return f"< 1e-{-power:02d}" if power < 0 else f"{gap:.1e}"


def marked(text: str, letters: Iterable[str]) -> str:
    """Text with the letters of its footnotes."""
    joined = " ".join(letters)
    return f"{text}\N{NO-BREAK SPACE}<sup>{joined}</sup>" if joined else text


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def letters_of(reasons: Iterable[str]) -> list[str]:
    """Letters of conventions."""
    return [LETTERS[reason] for reason in reasons]


def broken(dataset: str) -> set[tuple[str, str]]:
    """Peers and estimators that end in an error."""
    rows = all_rows(dataset)
    failed = rows[(rows["quantity"] == "error") & (rows["covariance"] == "")]
    return set(zip(failed["peer"], failed["estimator"], strict=True))


def panel_table(dataset: str, found: list[Cell]) -> str:
    """A row for each estimator and covariance."""
    shown = compare.shown(found)
    rows = []
    for estimator, name in compare.rows_of_page():
        line = [f"**{estimator}**, {name}" if name == "coefficients" else f"{estimator}, {name}"]
        for peer in PEERS:
            cell = shown.get((dataset, estimator, name, peer))
            if cell is not None:
                line.append(marked(bound(cell.gap), letters_of(cell.reasons)))
            else:
                line.append(
                    marked("fails", FAILS) if (peer, estimator) in broken(dataset) else NONE
                )
        rows.append(line)
    return table(["Estimator, covariance", *PEERS], rows)


def summary(found: list[Cell]) -> str:
    """Cells of each peer by what joins them to ours."""
    shown = compare.shown(found)
    offered = len(compare.rows_of_page()) * len(STUDIES)
    rows = []
    for peer in PEERS:
        own = [cell for key, cell in shown.items() if key[3] == peer]
        versions = {str(v) for d in STUDIES for v in _versions(d, peer)}
        other = [cell for cell in own if "components" in cell.reasons]
        scaled = [cell for cell in own if cell.factor != 1.0 and cell not in other]
        counts = [len(own) - len(scaled) - len(other), len(scaled), len(other), offered - len(own)]
        worst = bound(max(cell.gap for cell in own))
        rows.append([f"{peer} {', '.join(sorted(versions))}", *map(str, counts), worst])
    head = ["Peer", "equal as given", "equal after a factor", "equal at its variance components"]
    return table([*head, "not offered", "largest difference"], rows)


def _versions(dataset: str, peer: str) -> list[str]:
    rows = all_rows(dataset)
    return sorted(set(rows[rows["peer"] == peer]["peer_version"]))


def ratios(found: list[Cell]) -> str:
    """Standard errors of the peers over ours, by the formulas."""
    groups: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for cell in compare.shown(found).values():
        if cell.factor != 1.0:
            key = (" ".join(letters_of(cell.reasons)), cell.estimator, cell.covariance)
            groups.setdefault(key, {}).setdefault(cell.peer, []).append(f"{cell.factor:.4f}")
    rows = []
    for (letters, estimator, covariance), peers in sorted(groups.items()):
        for values in sorted(set(map(tuple, peers.values()))):
            named = ", ".join(peer for peer in PEERS if tuple(peers.get(peer, ())) == values)
            rows.append([letters, f"{estimator}, {covariance}", named, *values])
    for estimator in ("pooled", "within"):
        named = f"{estimator}, driscoll_kraay"
        values = [f"{_xtscc(dataset, estimator):.4f}" for dataset in STUDIES]
        rows.append(["c", named, "Stata xtscc (read, not run)", *values])
    panels_of = [dataset.replace("_", ", ") for dataset in STUDIES]
    return table(["", "Estimator, covariance", "Peers", *panels_of], rows)


def _xtscc(dataset: str, estimator: str) -> float:
    """T/(T-1) (N-1)/(N-K), K without entity effects, over N / df_resid."""
    fit = compare.numbers_of(dataset, estimator).fit
    n, k, t = fit.n_rows, len(fit.coefficients), panels()[dataset]["year"].nunique()
    return sqrt(t / (t - 1) * (n - 1) / (n - k) * fit.df_resid / n)


def other_calls(found: list[Cell]) -> str:
    """What the tables above leave out, by call."""
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[Cell]] = {}
    for cell in found:
        if not cell.is_shown:
            option = re.sub(
                r"^\w+\.?\w*\(debiased.*small_sample.*", "small_sample=True", cell.option
            )
            option = re.sub(r"(--unbalanced=\w+) --robust", r"\1", option)
            reasons = tuple(r for r in cell.reasons if r != "components" or len(cell.reasons) == 1)
            key = (cell.peer, option, cell.covariance, reasons)
            if reasons in {("components",), ()}:
                key = (cell.peer, option, "all given", reasons)
            groups.setdefault(key, []).append(cell)
    rows = []
    for (peer, option, covariance, reasons), cells in groups.items():
        gaps = [cell.gap for cell in cells]
        low, high = min(cell.raw[0] for cell in cells), max(cell.raw[1] for cell in cells)
        gap = "no factor" if isnan(gaps[0]) else bound(max(gaps))
        why = "; ".join(WORDS[reason] for reason in reasons) or "nothing"
        ratio = f"{low:.3f} to {high:.3f}"
        rows.append([peer, f"`{option}`", covariance, why, str(len(cells)), ratio, gap])
    head = ["Peer", "Call", "Covariance", "What differs", "Cells", "Theirs over ours"]
    return table([*head, "After the factor"], rows)


def variance_components(found: list[Cell]) -> str:
    """Sigma_u by estimate of it, and what hangs on it."""
    names = {"baltagi_chang": "--unbalanced=bc", "stata sa": "--unbalanced=stata"}
    rows = []
    for dataset in STUDIES:
        if compare.is_balanced(dataset):
            continue
        parts = components(dataset)
        own = f"{parts['random', 'harmonic'][0]:.5g}"
        rows.append([dataset, "ours, gretl, linearmodels", own, "1", "1", bound(0.0)])
        for kind, option in names.items():
            at = {
                cell.covariance: cell
                for cell in found
                if (cell.dataset, cell.estimator) == (dataset, "random") and option in cell.option
            }
            spread = [at[name].raw for name in ("coefficients", "classical")]
            spans = [f"{low:.4f} to {high:.4f}" for low, high in spread]
            who = "plm, gretl `bc`, linearmodels `small_sample`"
            who = who if kind == "baltagi_chang" else "gretl `stata`"
            worst = bound(max(cell.gap for cell in at.values()))
            rows.append([dataset, who, f"{parts['random', kind][0]:.5g}", *spans, worst])
    head = ["Panel", "Who", "sigma_u", "coefficients over ours", "classical errors over ours"]
    return table([*head, "ours at this sigma_u"], rows)


def tests_table(cells: list[compare_tests.TestCell]) -> str:
    """Statistics of ours and how far the peers are."""
    rows = []
    for name in compare_tests.TESTS:
        for dataset in STUDIES:
            test = compare_tests.ours_of(dataset)[name]
            law = f"chi2({test.df:.0f})"
            if not isnan(test.df_denominator):
                law = f"F({test.df:.0f}, {test.df_denominator:.0f})"
            law = law if test.status == "ok" else "no p-value"
            line = [name, dataset.replace("_", ", "), f"{test.statistic:.5g}<br>{law}"]
            found = {c.peer: c for c in cells if (c.test, c.dataset) == (name, dataset)}
            for peers in (("linearmodels",), ("statsmodels",), ("gretl",), ("plm", "lmtest")):
                cell = next((found[peer] for peer in peers if peer in found), None)
                line.append(NONE if cell is None else _tested(cell))
            if (name in ("mundlak", "hausman_robust")) and ("plm", "mundlak") in broken(dataset):
                line[-1] = marked("fails", FAILS)
            rows.append(line)
    peers = ["linearmodels", "statsmodels", "gretl", "R (plm; reset: lmtest)"]
    return table(["Test", "Panel", "Ours", *peers], rows)


def _tested(cell: compare_tests.TestCell) -> str:
    if cell.refusal:
        return marked("refuses", REFUSES)
    raw = f"{cell.theirs:.5g}<br>" if cell.rule else ""
    return raw + marked(bound(cell.gap), letters_of(cell.rule))


def ppml_table(cells: list[compare_ppml.PpmlCell]) -> str:
    """PPML by model and covariance."""
    rows = []
    for cell in cells:
        low, high = cell.raw
        ratio = f"{low:.4f}" if high - low < 1e-6 else f"{low:.4f} to {high:.4f}"
        rows.append(
            [
                cell.effects,
                cell.covariance,
                bound(max(cell.glm, cell.glm_error)),
                bound(cell.default),
                marked(bound(cell.default_error), "n"),
                marked(bound(max(cell.tight, cell.tight_error)), letters_of(cell.reasons)),
                ratio,
            ]
        )
    head = [
        "Effects",
        "Covariance",
        "statsmodels GLM",
        "fepois: b",
        "fepois: s.e.",
        "fepois, tight",
    ]
    return table([*head, "s.e. of fepois over ours"], rows)


def published_table(comparison: Comparison) -> str:
    """Printed columns."""
    rows = []
    for item, found in comparison.published:
        good = sum(same for *_, same in found)
        names = ", ".join(dict.fromkeys(n.removeprefix("s.e. of ") for n, *_ in found))
        said = f"{good} of {len(found)}"
        what = names if item.figures else f"errors of {names}"
        number = str(1 + list(published.SOURCES).index(item.source))
        rows.append([published.SAMPLES[item.sample][0], item.estimator, what, said, f"[{number}]"])
    lines = [f"- [{k}] {text}." for k, text in enumerate(published.SOURCES.values(), start=1)]
    head = ["Panel", "Estimator", "Figures", "Reproduced to print", "Source"]
    return table(head, rows) + "\n" + "\n".join(lines) + "\n"


def nist_table(found: list[compare_nist.NistRow]) -> str:
    """Whole digits of coefficients and standard errors, as many as the bounds have at most."""
    rows = []
    for row in found:
        pairs = [row.ours, row.qr, row.pinv]
        digits = [
            ("refuses", "refuses")
            if pair is None
            else tuple(str(min(-SMALLEST, max(0, floor(d)))) for d in pair)
            for pair in pairs
        ]
        rows.append([row.name, *(text for pair in digits for text in pair)])
    head = [f"{who}: {what}" for who in ("ours", "qr", "pinv") for what in ("b", "s.e.")]
    return table(["Set", *head], rows)


def tables(comparison: Comparison) -> dict[str, str]:
    """Every table by the name of its place in the page."""
    found = comparison.cells
    return {name: panel_table(name, found) for name in STUDIES} | {
        "summary": summary(found),
        "ratios": ratios(found),
        "other_calls": other_calls(found),
        "components": variance_components(found),
        "tests": tests_table(comparison.tests),
        "ppml": ppml_table(comparison.ppml),
        "published": published_table(comparison),
        "outside": page.outside(comparison.outside),
        "nist": nist_table(comparison.nist),
    }
