"""The columns of a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trade_potential.errors import InputError


def names_of(said: str, given: object) -> list[str]:
    """A list of names of columns, from anything of texts but a text.

    Raises:
        InputError: It is none.
    """
    if isinstance(given, Iterable) and not isinstance(given, str):
        names = list(given)
        if all(isinstance(name, str) for name in names):
            return names
    raise InputError(f"{said}: {given!r} is no list of names of columns")


@dataclass(frozen=True)
class Columns:
    """Names of columns by what they are in a model.

    Attributes:
        outcome: y >= 0.
        regressors: p of them.
        entity, time: The key of a row; each is a cluster. Without a time, None, an entity has rows
            in no order.
        effects: Sets of columns whose combinations are the levels of fixed effects, of PPML.
        weights: Positive weights; None where rows count alike.
    """

    outcome: str
    regressors: Sequence[str]
    entity: str
    time: str | None
    effects: Sequence[tuple[str, ...]] = ()
    weights: str | None = None

    @property
    def keys(self) -> list[str]:
        """The entity, the time, and columns of effects that are neither."""
        of_effects = (column for effect in self.effects for column in effect)
        times = [] if self.time is None else [self.time]
        return list(dict.fromkeys([self.entity, *times, *of_effects]))

    @property
    def numbers(self) -> list[str]:
        """The outcome, the regressors, and last the weights, if there are any."""
        weights = [] if self.weights is None else [self.weights]
        return [self.outcome, *self.regressors, *weights]

    def without_time(self) -> Columns:
        """The same, where times do not matter."""
        return replace(self, time=None)
