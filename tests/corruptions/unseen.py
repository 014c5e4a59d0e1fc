"""Why no gate can notice a mistake: what is printed with it where it is not noticed."""

from __future__ import annotations

REVISED = "as large as what sources revise"
NO_MART = "feeds no mart, and no other input has these dates"
REASONS: dict[str, str] = {
    "fiscal years": f"half a year of growth, {REVISED}",
    "students: net instead of gross": "one vintage of one source; economies differ by more than .7",
    "degrees as share": "one vintage of one source; economies differ by more",
    "a year late": f"growth is as even as revisions are large: a year of it is {REVISED}",
    "a year early": f"growth is as even as revisions are large: a year of it is {REVISED}",
    "two countries swapped": "the two are alike, within revisions, in level and growth",
    "by a census of half of the years": f"10 % of the population are {REVISED} after a census",
    "half of the years revised by 30 %": "trade with small partners differs by 30 % between "
    "sources from year to year",
    "balance as exports": "imports of the pair are a few per cent of exports: less than sources "
    "differ by",
    "with another partner's counted in": "the other's trade is a third of this: sources differ by "
    "more, and the total of all partners moves by 1 %",
    "with a third of the hub's": "sources differ by re-exports through the hub anyway",
    "at constant prices": "prices move trade by 2 % a year: sources drift apart by more",
    "2013 and 2018 under each other's name": "trade of both years is alike",
    "agreements: two economies swapped": "agreements reach across the world: no second source of "
    "who has which",
    "agreements: counted from signature": "no second source of years",
    "trade agreements: member a year late": NO_MART,
    "trade agreements: day and month swapped": NO_MART,
    "trade agreements: members of two countries swapped": NO_MART,
    "trade agreements: all in force": NO_MART,
}
"""By a part of the name of the mistake; the first that fits."""


def reason(name: str) -> str:
    """Why a mistake of this name is not noticed; empty where none is known."""
    return next((why for part, why in REASONS.items() if part in name), "")
