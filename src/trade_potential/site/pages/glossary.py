"""Terms and what they mean here."""

from __future__ import annotations

from typing import Any

from trade_potential.site.source import Source
from trade_potential.words import Words

TERMS = (
    "k", "prediction", "huge", "expansion", "reshaping", "lasting", "interval", "probability",
    "certainty", "pair_out", "percentile", "typical", "gravity", "ppml", "index", "filled",
    "vintage", "release", "study", "specification", "estimator", "reporter", "flow",
)  # fmt: skip
"""In the order in which they build on each other."""


def context(_: Source, words: Words) -> dict[str, Any]:
    """Term and meaning."""
    return {
        "terms": [
            (name, words.text(f"site_glossary.{name}.term"), words.text(f"site_glossary.{name}.is"))
            for name in TERMS
        ]
    }
