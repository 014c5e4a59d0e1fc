"""What the command study says to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trade_potential.plain_text import aligned

if TYPE_CHECKING:
    from trade_potential.own.coverage import Coverage
    from trade_potential.own.rows import Rows

SHOWN = 45
"""Partners that a table shows; the rest is counted."""


def coverage_text(found: Coverage, name: str) -> str:
    """What a study rests on: by partner, year and indicator."""
    usable = set(found.usable)
    rows = [["partner", "name", "years", "trade, mn US$", "distance", "lacks"]]
    rows += [
        [
            row["partner"],
            row["name"][:28],
            str(row["years_with_trade"]),
            f"{row['trade_usd'] / 1e6:,.0f}",
            "yes" if row["has_distance"] else "no",
            ", ".join([*row["lacks_regressors"], *row["lacks_of_index"]]),
        ]
        for row in found.partners[:SHOWN]
    ]
    text = f"{name}: {len(usable)} of {len(found.partners)} partners have trade, a distance and "
    text += "figures of every regressor\n\n" + aligned(rows)
    if len(found.partners) > SHOWN:
        text += f"  and {len(found.partners) - SHOWN} partners more in --format json\n"
    rows = [["year", "partners with trade", "figures there"]]
    rows += [
        [
            str(row["year"]),
            str(row["partners_with_trade"]),
            "" if row["figures_share"] is None else f"{row['figures_share']:.0%}",
        ]
        for row in found.years
    ]
    text += "\n" + aligned(rows)
    rows = [["indicator", "used in", "partners", "partner-years", "of"]]
    rows += [
        [
            row["indicator"], row["used_in"], str(row["partners"]), str(row["partner_years"]),
            str(row["of_partner_years"]),
        ]
        for row in found.indicators
    ]  # fmt: skip
    text += "\n" + aligned(rows)
    lost = [row["partner"] for row in found.partners if row["partner"] not in usable]
    if lost:
        text += f"\nwithout an answer: {', '.join(lost)}\n"
    return text


def list_text(studies: Sequence[Mapping[str, Any]]) -> str:
    """One line a study."""
    rows = [["study", "whose", "reporter", "partners", "years", "flow", "specification", "K by"]]
    rows += [
        [
            study["study_id"],
            "yours" if study["is_own"] else "bundled",
            study["reporter_iso3"] or "every",
            str(study["partners"]) if study["partner_scope"] == "listed" else "all",
            f"{study['first_year']}-{study['last_year']}",
            study["flow"],
            study["default_spec_id"],
            study["default_estimator"],
        ]
        for study in studies
    ]
    return aligned(rows, indent="")


def groups_text(groups: Mapping[str, Sequence[str]]) -> str:
    """One line a group."""
    return "".join(f"{name} ({len(codes)}): {', '.join(codes)}\n" for name, codes in groups.items())


def rows_text(rows: Rows) -> str:
    """Rows by seed."""
    text = ""
    for seed, held in rows.items():
        text += f"{seed}\n"
        if len(held) == 1:
            text += "".join(f"  {column}: {value}\n" for column, value in held[0].items() if value)
        else:
            columns = [c for c in held[0] if any(row[c] for row in held)]
            text += aligned([columns, *([row[c] for c in columns] for row in held)])
    return f"{text}\n"
