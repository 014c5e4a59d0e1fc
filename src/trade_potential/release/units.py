"""Units of columns: the suffix of a name says it (house rule of names)."""

from __future__ import annotations

NONE = "none"
UNITS = {
    "usd": "US$",
    "usd_mn": "million US$",
    "usd_bn": "thousand million US$",
    "pct": "%",
    "pct_gdp": "% of GDP",
    "share": "share, 0 to 1",
    "probability": "probability, 0 to 1",
    "percentile": "percentile, 0 to 100",
    "ratio": "ratio",
    "median_ratio": "ratio",
    "log": "natural logarithm",
    "log_se": "natural logarithm",
    "index": "index",
    "score": "score",
    "deg": "degrees",
    "km": "km",
    "year": "calendar year",
    "years": "years",
    "count": "number",
    "rows": "number",
    "persons": "persons",
    "per_100": "per 100 persons",
    "per_million": "per million persons",
    "date": "date",
}
"""By suffix of the name. The longest that fits counts."""
COUNTS = "n_"
"""Beginning of a name that counts something."""


def unit_of(column: str) -> str:
    """The unit of a column; "none" where its name tells none."""
    parts = column.split("_")
    for start in range(len(parts)):
        suffix = "_".join(parts[start:])
        if suffix in UNITS:
            return UNITS[suffix]
    return "number" if column.startswith(COUNTS) else NONE
