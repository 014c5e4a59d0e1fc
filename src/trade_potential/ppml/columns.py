"""The columns of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Columns:
    """Names of columns by what they are in a model.

    Attributes:
        outcome: y >= 0.
        regressors: p of them.
        entity, time: The key of a row; each is a cluster.
        effects: Sets of columns whose combinations are the levels of fixed effects.
        weights: Positive weights; None where rows count alike.
    """

    outcome: str
    regressors: Sequence[str]
    entity: str
    time: str
    effects: Sequence[tuple[str, ...]] = ()
    weights: str | None = None

    @property
    def keys(self) -> list[str]:
        """The entity, the time, and columns of effects that are neither."""
        of_effects = (column for effect in self.effects for column in effect)
        return list(dict.fromkeys([self.entity, self.time, *of_effects]))

    @property
    def numbers(self) -> list[str]:
        """The outcome, the regressors, and last the weights, if there are any."""
        weights = [] if self.weights is None else [self.weights]
        return [self.outcome, *self.regressors, *weights]
