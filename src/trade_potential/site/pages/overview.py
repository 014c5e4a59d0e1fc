"""The first page: what it says of the usual reporter without a script, and what has changed."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Row, Source
from trade_potential.sql.render import text_literal
from trade_potential.words import Words

ANSWER, REPORTER, FLOW = "rpt_answer", "CHN", "total"
MOST = 25
"""Rows of a table that is there without a script, and of changes."""
NONE = "\u2013"
TONES = (
    ("huge", "huge_potential"),
    ("expansion", "potential_expansion"),
    ("reshaping", "potential_reshaping"),
)


def context(source: Source, words: Words) -> dict[str, Any]:
    """Answer and ranking of the usual reporter, and classes that moved since the last release."""
    names = labels(source, words)
    rows = _newest(source)
    classed = [row for row in rows if row["potential_class"]]
    return {
        "tones": TONES,
        "classes": names["potential_class"],
        "answer": _answer(classed, names, words),
        "heads": [
            words.text(f"site_script.column_{name}")
            for name in ("partner", "k", "code", "actual", "predicted")
        ],
        "first": [
            [
                names["country"].get(row["partner_iso3"], row["partner_iso3"]),
                words.ratio(row["k_ratio"]),
                names["potential_class"][row["potential_class"]],
                words.money(row["actual_usd"]),
                words.money(row["predicted_usd"]),
            ]
            for row in classed[:MOST]
        ],
        "changes": _changes(source, names, words),
    }


def labels(source: Source, words: Words) -> dict[str, dict[str, str]]:
    """What codes are called in the language, by kind."""
    found: dict[str, dict[str, str]] = {}
    language = text_literal(words.language)
    for row in source.rows("dim_label", where=f"language = {language}"):
        found.setdefault(row["code_kind"], {})[row["code"]] = row["label"]
    return found


def _newest(source: Source) -> list[Row]:
    """Answers of the usual reporter in the newest year that has any, the lowest K first."""
    where = f"reporter_iso3 = '{REPORTER}' and flow = '{FLOW}'"
    rows = source.release.mart(ANSWER).filter(f"{where} and k_ratio is not null")
    found = rows.aggregate("max(year)").fetchone()
    if not found or found[0] is None:
        return []
    return source.rows(
        ANSWER, where=f"{where} and year = {found[0]}", order="k_ratio, partner_iso3"
    )


def _answer(classed: list[Row], names: dict[str, dict[str, str]], words: Words) -> str:
    if not classed:
        return words.text("site_index.nothing")
    counts = {tone: sum(row["potential_class"] == code for row in classed) for tone, code in TONES}
    return words.text(
        "site_script.answer",
        reporter=names["country"].get(REPORTER, REPORTER),
        flow=names["flow"].get(FLOW, FLOW),
        year=str(classed[0]["year"]),
        n=len(classed),
        firm=sum(row["answer_certainty"] == "firm" for row in classed),
        **counts,
    )


def _changes(
    source: Source, names: dict[str, dict[str, str]], words: Words
) -> dict[str, Any] | None:
    """Classes of total trade that are another than in the release before; None: there is none."""
    if source.before is None or ANSWER not in source.before.marts:
        return None
    columns = "reporter_iso3, partner_iso3, year, k_ratio, potential_class"
    now, then = (
        {
            row[:3]: row[3:]
            for row in of.mart(ANSWER).filter(f"flow = '{FLOW}'").project(columns).fetchall()
        }
        for of in (source.release, source.before)
    )
    moved = [
        (key, then[key], now[key])
        for key in sorted(now.keys() & then.keys())
        if then[key][1] != now[key][1]
    ]
    called, classes = names["country"], names["potential_class"]

    def shown(said: tuple[float | None, str | None]) -> list[str]:
        k, of = said
        return [NONE if k is None else words.ratio(k), classes.get(of or "", NONE)]

    return {
        "before": source.before.id,
        "count": len(moved),
        "heads": [
            words.text(f"site_index.change_{name}")
            for name in ("reporter", "partner", "year", "k_before", "before", "k_now", "now")
        ],
        "rows": [
            [*(called.get(of, of) for of in key[:2]), str(key[2]), *shown(old), *shown(new)]
            for key, old, new in moved[:MOST]
        ],
    }  # fmt: skip
