"""What is different between two releases: answers and why, rows and figures."""

from __future__ import annotations

from collections import Counter
from typing import Any

from trade_potential.errors import ReleaseError
from trade_potential.release.answers import answers
from trade_potential.release.layout import ReleaseFolder
from trade_potential.release.noise import rule
from trade_potential.release.pair import Pairs
from trade_potential.release.verify import complaints


def compare(old: ReleaseFolder, new: ReleaseFolder) -> dict[str, Any]:
    """Differences from one release to another, as ``releases diff --format json`` writes them.

    Rows are matched by the key of the mart. What differs by less than ``noise`` says is counted in
    ``rows_noise`` and otherwise left out (``release.noise``). A figure is a column of
    floating-point numbers; its change is relative, that of a p-value the difference, null where
    one side has no number.

    Raises:
        ReleaseError: One of them is not as it was published.
    """
    for release in (old, new):
        wrong = complaints(release)
        if wrong:
            raise ReleaseError(f"{release.release_id} is damaged: {'; '.join(wrong)}")
    import duckdb

    with duckdb.connect() as memory:
        return _compare(Pairs(memory, old, new), old, new)


def _compare(pairs: Pairs, old: ReleaseFolder, new: ReleaseFolder) -> dict[str, Any]:
    before, after = old.manifest()["marts"], new.manifest()["marts"]
    marts: dict[str, Any] = {}
    figures: list[dict[str, Any]] = []
    for mart in sorted(before.keys() | after.keys()):
        counted: dict[str, Any] = {
            "rows_before": before[mart]["rows"] if mart in before else None,
            "rows_after": after[mart]["rows"] if mart in after else None,
        }
        marts[mart] = counted
        if mart not in pairs.shared:
            counted["status"] = "added" if mart in after else "removed"
            continue
        pair = pairs[mart]
        if pair.is_same:
            counted |= {"status": "same", "rows_added": 0, "rows_removed": 0}
            counted |= {"rows_changed": 0, "rows_noise": 0}
            continue
        counted |= pair.columns()
        if not pair.is_comparable:
            counted["status"] = "other key"
            continue
        counted |= pair.rows()
        moved = ("columns_added", "columns_removed", "rows_added", "rows_removed", "rows_changed")
        # Other bytes can hold the same rows: another version of the writer.
        counted["status"] = "changed" if any(counted[name] for name in moved) else "same"
        figures += pair.figures()
    figures.sort(key=lambda f: (-(f["largest_change"] or 0.0), f["mart"], f["column"]))
    found = answers(pairs)
    moves = Counter((a["class_before"], a["class_after"]) for a in found["of_another_class"])
    return {
        "old": old.release_id,
        "new": new.release_id,
        "answers": found,
        "classes": [
            {"before": was, "after": now, "rows": rows}
            for (was, now), rows in sorted(moves.items(), key=str)
        ],
        "marts": marts,
        "figures": figures,
        "noise": rule(),
    }
