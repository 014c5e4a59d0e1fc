"""An index as JSON and as a table; docs/command-line.md is the contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from trade_potential.cli.report_text import (
    Document,
    aligned,
    json_number,
    ledger_rows,
    ledger_table,
    shown,
    verdict,
)
from trade_potential.index.estimate import IndexEstimate
from trade_potential.rows.files import Loss

SCORES_SHOWN = 20
"""Scores in a table; JSON has all."""


@dataclass(frozen=True)
class IndexReport:
    """An index as the command line shows it.

    Attributes:
        estimate: With its status; may be without numbers.
        labels: Names of the id columns, or row.
        scores: Labels, score and index of each row; read once.
        ledger: Rows lost.
    """

    estimate: IndexEstimate
    labels: list[str]
    scores: Iterable[tuple[Any, ...]]
    ledger: list[Loss]

    def document(self) -> Document:
        """For JSON, without the scores."""
        found = self.estimate
        names = found.correlation.variables
        adequacy, test, parts = found.adequacy, found.sphericity, found.components
        loadings = np.zeros((len(names), 0)) if parts is None else parts.loadings
        msa = np.full(len(names), np.nan) if adequacy is None else adequacy.msa
        return {
            "status": found.status,
            "reason": found.reason,
            "kmo": json_number(adequacy.kmo) if adequacy else None,
            "msa": dict(zip(names, map(json_number, msa), strict=True)),
            "bartlett": {
                "statistic": json_number(test.chi2) if test else None,
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
            "ledger": ledger_rows(self.ledger),
        }

    def _score_rows(self) -> Iterator[Document]:
        for *labels, score, index in self.scores:
            named = dict(zip(self.labels, labels, strict=True))
            rounded = (None if value is None else json_number(value) for value in (score, index))
            yield {**named, **dict(zip(("score", "index"), rounded, strict=True))}

    def json(self) -> Iterator[str]:
        """The document in pieces: scores are as many as rows."""
        text = json.dumps(self.document(), indent=2, allow_nan=False, ensure_ascii=False)
        before, after = text.split('\n  "scores": []', 1)
        yield before + '\n  "scores": ['
        separator = "\n"
        for row in self._score_rows():
            line = json.dumps(row, allow_nan=False, ensure_ascii=False, default=str)
            yield f"{separator}    {line}"
            separator = ",\n"
        yield ("]" if separator == "\n" else "\n  ]") + after + "\n"

    def table(self) -> Iterator[str]:
        """For people, with the first scores."""
        found, parts = self.estimate, self.estimate.components
        head = [*verdict(found.status, found.reason), ["N", str(found.correlation.n_rows)]]
        if found.adequacy and found.sphericity:
            test = found.sphericity
            chi2 = f"chi2({test.df}) = {shown(test.chi2)}, p = {shown(test.p_value)}"
            head += [["KMO", shown(found.adequacy.kmo)], ["Bartlett", chi2]]
        yield "".join(f"{name.ljust(10)}  {value}\n" for name, value in head)
        if parts is not None:
            shares = zip(parts.eigenvalues, parts.variance_share, found.is_kept, strict=True)
            rows = [
                [str(k), shown(value), shown(share), "yes" if kept else "no"]
                for k, (value, share, kept) in enumerate(shares, start=1)
            ]
            names = ["component", "eigenvalue", "variance_share", "kept"]
            yield "\n" + aligned([names, *rows], indent="")
            kept = np.flatnonzero(found.is_kept)
            msa = found.adequacy.msa if found.adequacy else np.full(len(found.weights), np.nan)
            rows = [
                [name, shown(weight), shown(own), *(shown(x) for x in loadings[kept])]
                for name, weight, own, loadings in zip(
                    found.correlation.variables, found.weights, msa, parts.loadings, strict=True
                )
            ]
            names = ["variable", "weight", "MSA", *(f"loading {k + 1}" for k in kept)]
            yield "\n" + aligned([names, *rows], indent="")
        scores = list(islice(self._score_rows(), SCORES_SHOWN))
        if scores:
            rows = [
                [*(str(row[n]) for n in self.labels), shown(row["score"]), shown(row["index"])]
                for row in scores
            ]
            yield "\n" + aligned([[*self.labels, "score", "index"], *rows], indent="")
            more = found.correlation.n_rows - len(scores)
            yield f"{more} more rows in --format json\n" if more else ""
        yield ledger_table(self.ledger)
