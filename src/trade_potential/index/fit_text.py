"""An index as plain text and as HTML; the command line prints the text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.plain_text import aligned, ledger_table, shown, verdict

if TYPE_CHECKING:
    from trade_potential.index.fit import IndexFit

Rows = list[list[str]]


def summary(fit: IndexFit) -> str:
    """Everything but the scores."""
    return numbers(fit) + ledger_table(fit.ledger)


def numbers(fit: IndexFit) -> str:
    """Status and tests, and if there are any, components and weights."""
    text = "".join(f"{name.ljust(10)}  {value}\n" for name, value in _head(fit))
    return text + "".join("\n" + aligned(rows, indent="") for rows in _tables(fit))


def html(fit: IndexFit) -> str:
    """The same for notebooks, rows lost included."""
    lost = [["step", "reason", "rows"], *([x.step, x.reason, str(x.rows)] for x in fit.ledger)]
    tables = [["", ""], *_head(fit)], *_tables(fit), *([lost] if fit.ledger else [])
    return "".join(map(_html_table, tables))


def _head(fit: IndexFit) -> Rows:
    found = fit.estimate
    head = [*verdict(fit.status, fit.reason), ["N", str(fit.nobs)]]
    if found.adequacy and found.sphericity:
        test = found.sphericity
        said = f"chi2({test.df}) = {shown(test.statistic)}, p = {shown(test.p_value)}"
        head += [["KMO", shown(found.adequacy.kmo)], ["Bartlett", said]]
    return head


def _tables(fit: IndexFit) -> list[Rows]:
    """Components, and indicators with weight, MSA and loadings of what is kept; none if refused."""
    if not fit.is_estimated:
        return []
    parts, is_kept = fit.components, fit.estimate.is_kept
    shares = zip(parts.eigenvalues, parts.variance_share, is_kept, strict=True)
    components = [
        [str(k), shown(value), shown(share), "yes" if kept else "no"]
        for k, (value, share, kept) in enumerate(shares, start=1)
    ]
    kept, adequacy = np.flatnonzero(is_kept), fit.estimate.adequacy
    msa = np.full(len(is_kept), np.nan) if adequacy is None else adequacy.msa
    indicators = [
        [name, shown(weight), shown(own), *(shown(x) for x in loadings[kept])]
        for name, weight, own, loadings in zip(
            fit.indicators, fit.estimate.weights, msa, parts.loadings, strict=True
        )
    ]
    return [
        [["component", "eigenvalue", "variance_share", "kept"], *components],
        [["variable", "weight", "MSA", *(f"loading {k + 1}" for k in kept)], *indicators],
    ]


def _html_table(rows: Rows) -> str:
    head, *body = (
        "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"
        for row, tag in zip(rows, ["th", *["td"] * (len(rows) - 1)], strict=True)
    )
    return f"<table><thead>{head}</thead><tbody>{''.join(body)}</tbody></table>\n"
