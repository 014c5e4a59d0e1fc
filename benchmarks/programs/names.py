"""How an estimate is called, so that programs can be compared."""

from __future__ import annotations

from collections.abc import Iterable

Estimates = dict[str, float]


def named(kind: str, terms: Iterable[str], values: Iterable[float]) -> Estimates:
    """Numbers of terms under names such as ``pooled coefficient ln_distance``."""
    return {f"{kind} {term}": float(v) for term, v in zip(terms, values, strict=True)}
