"""Does a class stand under other choices, and which choice moves it?"""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Source
from trade_potential.words import Words

MART = "rpt_class_robustness"
NONE = "\u2013"


def context(source: Source, words: Words) -> dict[str, Any]:
    """By study: how many answers stand, and what moves those that do not."""
    rows = source.release.mart(MART).filter("status = 'ok' and share_same_class is not null")
    studies = rows.aggregate(
        "study_id, count(*) as n, count(*) filter (is_robust) as robust, "
        "avg(share_same_class) as same, median(specification_count) as specifications, "
        "any_value(robust_least_share) as least"
    ).order("study_id")
    choices = rows.filter("not is_robust and most_influential_choice is not null").aggregate(
        "study_id, most_influential_choice, count(*) as n, avg(total_share) as total"
    )
    order = "study_id, n desc, most_influential_choice"
    found = studies.fetchall()
    return {
        "said": [
            words.text(
                "site_robustness.said", study=study, n=n, robust=robust, least=words.percent(least),
            )
            for study, n, robust, _, _, least in found
        ],
        "studies": [
            [
                study, words.number(n), words.number(specifications), words.number(robust),
                words.percent(robust / n), words.percent(same),
            ]
            for study, n, robust, same, specifications, _ in found
        ],
        "choices": [
            [
                study, choice.replace("_", " "), words.number(n),
                NONE if total is None else words.percent(total),
            ]
            for study, choice, n, total in choices.order(order).fetchall()
        ],
    }  # fmt: skip
