"""Every economy and pair without a cell is lost by name, and nothing else is."""

from __future__ import annotations

from typing import Any

import numpy as np

from trade_potential.audit.structural.cells import Cells
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.inputs import Inputs, Places

Lost = tuple[str, str | None, str, int]
"""To what, exporter of a pair, economy or importer, year: as fct_row_ledger has them."""

REFERENCE = "numpy on the gated inputs and the cells"


def lost_rows(inputs: Inputs, cells: Cells) -> set[Lost]:
    """What has no cell: an economy at all or on one side, a pair of two that have others.

    Every country counts, and every code of the trade that stands for none.
    """
    iso3 = Places(inputs).iso3
    codes = set(iso3.values())
    for side in ("exporter_code", "importer_code"):
        codes |= {
            code for code in inputs.world_trade[side].unique().to_pylist() if code not in iso3
        }
    place = {code: at for at, code in enumerate(cells.economies)}
    exports, imports = (np.any(cells.is_cell, axis=axis) for axis in (2, 1))
    found: set[Lost] = set()
    for t, year in enumerate(cells.years):
        for code in codes:
            at = place.get(code)
            sides = (False, False) if at is None else (exports[t, at], imports[t, at])
            if not any(sides):
                found.add(("all", None, code, year))
            elif not all(sides):
                found.add(("importers" if sides[0] else "exporters", None, code, year))
        pairs = exports[t][:, None] & imports[t] & ~cells.is_cell[t]
        np.fill_diagonal(pairs, val=False)
        for i, j in zip(*np.nonzero(pairs), strict=True):
            found.add(("pair", cells.economies[i], cells.economies[j], year))
    return found


def confirm_lost(found: Findings, inputs: Inputs, cells: Cells, ledger: Any) -> None:
    """Count the rows that are lost, and those of the ledger that are not.

    Args:
        found: Takes the rows.
        inputs: Gated.
        cells: What is in.
        ledger: Arrow table, rows of fct_row_ledger of the specification.
    """
    expected = lost_rows(inputs, cells)
    columns = ("lost_to", "reporter_code", "partner_code", "year")
    rows = list(zip(*(ledger[name].to_pylist() for name in columns), strict=True))
    right = expected & set(rows)
    for quantity, wrong, published, recomputed in (
        ("n_lost", expected - right, len(right), len(expected)),
        ("n_unknown_rows", set(rows) - right, len(rows) - len(right), 0),
    ):
        first = min(wrong, key=str, default=None)
        found.number(
            quantity,
            float(published),
            float(recomputed),
            term="fct_row_ledger",
            tolerance=0.0,
            reference=REFERENCE,
            reason="" if first is None else ", ".join(str(part) for part in first if part),
        )
