"""An index as JSON and as a table; docs/command-line.md is the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

import numpy as np

from trade_potential.cli.report_text import Document, json_number, ledger_rows
from trade_potential.index.fit import IndexFit
from trade_potential.index.fit_text import numbers
from trade_potential.plain_text import aligned, ledger_table, shown

SCORES_SHOWN = 20
"""Scores in a table; JSON has all."""


def _without_scores(fit: IndexFit) -> Document:
    """For JSON; what there is not is null or empty."""
    found, names = fit.estimate, fit.indicators
    adequacy, test, parts = found.adequacy, found.sphericity, found.components
    loadings = np.zeros((len(names), 0)) if parts is None else parts.loadings
    msa = np.full(len(names), np.nan) if adequacy is None else adequacy.msa
    return {
        "status": found.status,
        "reason": found.reason,
        "kmo": json_number(adequacy.kmo) if adequacy else None,
        "msa": dict(zip(names, map(json_number, msa), strict=True)),
        "bartlett": {
            "statistic": json_number(test.statistic) if test else None,
            "df": test.df if test else None,
            "p_value": json_number(test.p_value) if test else None,
        },
        "eigenvalues": [json_number(x) for x in parts.eigenvalues] if parts else [],
        "variance_shares": [json_number(x) for x in parts.variance_share] if parts else [],
        "components_kept": int(found.is_kept.sum()),
        "loadings": {
            n: [json_number(x) for x in row] for n, row in zip(names, loadings, strict=True)
        },
        "weights": dict(zip(names, map(json_number, found.weights), strict=True)),
        "scores": [],
        "ledger": ledger_rows(fit.ledger),
    }


def _score_rows(fit: IndexFit) -> Iterator[Document]:
    """Labels, score and index of each row; none without numbers."""
    for block in fit.find_scores() if fit.is_estimated else ():
        for *labels, score, index in zip(*(c.to_pylist() for c in block.columns), strict=True):
            named = dict(zip(fit.labels, labels, strict=True))
            rounded = (None if value is None else json_number(value) for value in (score, index))
            yield {**named, **dict(zip(("score", "index"), rounded, strict=True))}


def document(fit: IndexFit) -> Iterator[str]:
    """JSON in pieces: scores are as many as rows."""
    text = json.dumps(_without_scores(fit), indent=2, allow_nan=False, ensure_ascii=False)
    before, after = text.split('\n  "scores": []', 1)
    yield before + '\n  "scores": ['
    separator = "\n"
    for row in _score_rows(fit):
        line = json.dumps(row, allow_nan=False, ensure_ascii=False, default=str)
        yield f"{separator}    {line}"
        separator = ",\n"
    yield ("]" if separator == "\n" else "\n  ]") + after + "\n"


def table(fit: IndexFit) -> Iterator[str]:
    """For people, with the first scores."""
    yield numbers(fit)
    scores = list(islice(_score_rows(fit), SCORES_SHOWN))
    if scores:
        rows = [
            [*(str(row[n]) for n in fit.labels), shown(row["score"]), shown(row["index"])]
            for row in scores
        ]
        yield "\n" + aligned([[*fit.labels, "score", "index"], *rows], indent="")
        more = fit.nobs - len(scores)
        yield f"{more} more rows in --format json\n" if more else ""
    yield ledger_table(fit.ledger)
