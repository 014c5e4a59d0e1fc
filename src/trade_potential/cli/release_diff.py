"""The table of ``releases diff``: answers first, then rows and figures; noise is only counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trade_potential.cli.report_text import aligned, shown

Document = dict[str, Any]

CLASSES_SHOWN = 20
"""Answers of another class in a table; JSON has all."""
K_SHOWN = 5
FIGURES_SHOWN = 10
FIGURES_OF_ANSWER = 3
"""Figures named as causes of one answer."""
COPIES = ("fct_audit_results",)
"""Marts that hold the figures of others once more."""
TRADE = {"actual_usd": "actual trade", "predicted_usd": "predicted trade"}
ROWS = ("rows_before", "rows_after", "rows_added", "rows_removed", "rows_changed", "rows_noise")


def diff_table(document: Document) -> str:
    """The differences for people."""
    marts, noise = document["marts"], document["noise"]
    same = sum(found["status"] == "same" for found in marts.values())
    parts = [
        f"from {document['old']} to {document['new']}: {same} of {len(marts)} marts are the same\n"
        f"left out as noise: changes of a number by less than {noise['relative']:g} of it or "
        f"{noise['absolute']:g}, of a p-value by less than {noise['p_value']:g}\n",
        *_of_answers(document),
        _of_rows(marts),
        *_of_columns(marts),
        _of_figures(document["figures"]),
    ]
    return "\n".join(part for part in parts if part)


def _of_answers(document: Document) -> Iterator[str]:
    found = document["answers"]
    for name, title, most in (
        ("of_another_class", "answers of another class", CLASSES_SHOWN),
        ("of_another_k", "answers of another K in the same class", K_SHOWN),
    ):
        if not found[name]:
            continue
        default = sum(answer["is_default"] for answer in found[name])
        head = f"{title}: {len(found[name])}, by default specification and estimator: {default}\n"
        yield head + "".join(map(_answer, found[name][:most])) + _more(found[name], most)
    if document["classes"]:
        moves = [[str(m["before"]), str(m["after"]), str(m["rows"])] for m in document["classes"]]
        yield "changes of class\n" + aligned([["before", "after", "answers"], *moves])
    for name, title in (("gone", "answers that are gone"), ("new", "new answers")):
        if found[name]:
            keys = [f"  {', '.join(map(str, key.values()))}\n" for key in found[name][:K_SHOWN]]
            more = _more(found[name], K_SHOWN)
            yield f"{title}: {len(found[name])}\n{''.join(keys)}{more}"


def _more(found: list[Any], shown_ones: int) -> str:
    left = len(found) - shown_ones
    return f"  and {left} more in --format json\n" if left > 0 else ""


def _answer(answer: Document) -> str:
    text = f"  {', '.join(str(value) for value in answer['key'].values())}: "
    if answer["class_before"] != answer["class_after"]:
        text += f"{answer['class_before']} -> {answer['class_after']}, "
    if "k_before" in answer:
        was, now = (shown(answer[name]) or "none" for name in ("k_before", "k_after"))
        text += f"K {was} -> {now}" if was != now else f"K {was}"
    return f"{text.removesuffix(', ')}\n" + (
        f"    {_why(answer['why'])}\n" if answer["why"] else ""
    )


def _why(causes: list[Document]) -> str:
    said = []
    figures = [cause for cause in causes if cause["what"] == "figure"]
    for cause in causes:
        if cause["what"] == "limits":
            said.append("the limits of the classes moved")
        elif cause["what"] in TRADE:
            said.append(f"{TRADE[cause['what']]} {_percent(cause)}")
        elif cause["what"] == "coefficients":
            most = f", most {cause['largest']}"
            most += "" if cause["in_se"] is None else f" by {cause['in_se']:.2g} standard errors"
            said.append(f"coefficients of {cause['terms']} terms{most}")
    said += [
        f"{cause['figure']} of {cause['country_iso3']} {_percent(cause)}"
        for cause in figures[:FIGURES_OF_ANSWER]
    ]
    if len(figures) > FIGURES_OF_ANSWER:
        said.append(f"{len(figures) - FIGURES_OF_ANSWER} more figures")
    return "; ".join(said)


def _percent(cause: Document) -> str:
    was, now = cause["before"], cause["after"]
    if not was or now is None:
        return f"{shown(was) or 'none'} -> {shown(now) or 'none'}"
    return f"{100 * (now - was) / abs(was):+.3g} %"


def _of_rows(marts: Document) -> str:
    rows = [
        [mart, found["status"], *("" if found.get(n) is None else str(found[n]) for n in ROWS)]
        for mart, found in marts.items()
        if found["status"] != "same"
    ]
    header = ["mart", "status", "before", "after", "added", "removed", "changed", "noise"]
    return "rows\n" + aligned([header, *rows]) if rows else ""


def _of_columns(marts: Document) -> Iterator[str]:
    for what in ("columns_added", "columns_removed"):
        columns = [f"{mart}.{name}" for mart, m in marts.items() for name in m.get(what, [])]
        if columns:
            yield f"{what.replace('_', ' ')}: {', '.join(columns)}\n"


def _of_figures(figures: list[Document]) -> str:
    figures = [figure for figure in figures if figure["mart"] not in COPIES]
    if not figures:
        return ""
    rows = [
        [
            f"{figure['mart']}.{figure['column']}",
            str(figure["rows_changed"]),
            shown(figure["largest_change"]),
            shown(figure["before"]),
            shown(figure["after"]),
            ", ".join(str(value) for value in figure["key"].values()),
        ]
        for figure in figures[:FIGURES_SHOWN]
    ]
    text = (
        "figures, the largest change of each: as a share, of p-values the difference\n"
        + aligned([["figure", "rows", "change", "before", "after", "of"], *rows])
    )
    return text + _more(figures, FIGURES_SHOWN)
