"""Regressors that get no coefficient from PPML, by the rule of ``inference.left_out``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trade_potential.inference.left_out import COMBINATION, CONSTANT_REGRESSOR, LeftOut
from trade_potential.linalg import COLLINEARITY_TOLERANCE, FloatArray, collinear_columns
from trade_potential.ppml.levels import blocks, gram
from trade_potential.ppml.sample import Sample


@dataclass(frozen=True)
class Redundant:
    """Regressors that say nothing new: without variation, or combinations of those before them."""

    flat: tuple[str, ...]
    dependent: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.flat, *self.dependent)

    @classmethod
    def of(cls, terms: tuple[str, ...], values: FloatArray, spread: FloatArray) -> Redundant:
        """Read them off (N, p) standardised regressors, with or without effects.

        Without variation is one of whose variance the effects leave nothing.
        """
        return cls.of_products(terms, gram(values, np.ones(len(values))), spread, len(values))

    @classmethod
    def of_rows(cls, sample: Sample) -> Redundant:
        """Those of all rows, whatever the effects; never more than a column of them is copied."""
        scales = [sample.select([term]).standardised()[1:] for term in sample.terms]
        mean, spread = (np.concatenate(parts) for parts in zip(*scales, strict=True))
        unit = np.where(spread > 0.0, spread, np.inf)
        products = np.zeros((len(sample.terms),) * 2)
        for rows in blocks(len(sample)):
            block = (sample.regressors[rows] - mean) / unit
            products += block.T @ block
        return cls.of_products(sample.terms, products, spread, len(sample))

    @classmethod
    def of_products(
        cls, terms: tuple[str, ...], products: FloatArray, spread: FloatArray, n_rows: int
    ) -> Redundant:
        """Read them off (p, p) products of standardised regressors."""
        left = np.diag(products) / max(n_rows, 1)
        is_flat = (spread == 0.0) | (left < COLLINEARITY_TOLERANCE)
        varying = np.flatnonzero(~is_flat)
        found = collinear_columns(products[np.ix_(varying, varying)])
        return cls(
            tuple(term for term, flat in zip(terms, is_flat, strict=True) if flat),
            tuple(terms[varying[k]] for k in found),
        )


def left_out(
    found: Redundant,
    given: Sample,
    less_effects: Callable[[Sample], FloatArray],
    *,
    is_separated: bool,
) -> LeftOut:
    """Sort what the rows kept find by what all rows say of it.

    Args:
        found: On the rows kept, less their effects.
        given: All rows.
        less_effects: Standardised regressors of a sample less its effects.
        is_separated: Whether rows were dropped that separate.
    """
    if not found.terms:
        return LeftOut()
    plain = beside = found
    if given.effects or is_separated:
        plain = Redundant.of_rows(given)
    if is_separated:
        values = less_effects(given)
        beside = Redundant.of(given.terms, values, np.ones(len(given.terms)))
    rest = tuple(term for term in found.terms if term not in plain.terms)
    sets = ", ".join(effect.name for effect in given.effects)
    sets = sets.replace("{", "{{").replace("}", "}}")

    def of(terms: tuple[str, ...], those: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(term for term in terms if term in those)

    infinite = tuple(term for term in rest if term not in beside.terms)
    return (
        LeftOut()
        .adding("omitted", of(plain.flat, found.terms), CONSTANT_REGRESSOR)
        .adding("omitted", of(plain.dependent, found.terms), COMBINATION)
        .adding("absorbed", of(rest, beside.flat), f"the effects of {sets} absorb {{}}")
        .adding("absorbed", of(rest, beside.dependent), f"{COMBINATION} and the effects")
        .adding("separated", infinite, "only separated rows tell the coefficient of {}: infinite")
    )
