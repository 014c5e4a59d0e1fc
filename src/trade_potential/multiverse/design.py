"""A finite product of choices: which option each of its specifications takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from trade_potential.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Place = tuple[int, ...]


@dataclass(frozen=True)
class Design:
    """Every combination of the options of some dimensions, each with the same weight.

    Attributes:
        dimensions: Their d names.
        options: Names of the options by dimension.
        default: (d,) position of the option that the study takes.
    """

    dimensions: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    default: Place

    @property
    def shape(self) -> Place:
        """(d,) numbers of options."""
        return tuple(len(names) for names in self.options)

    def __len__(self) -> int:
        """Specifications."""
        total = 1
        for size in self.shape:
            total *= size
        return total

    def of(self, dimension: str) -> tuple[str, ...]:
        """Options of a dimension."""
        return self.options[self.dimensions.index(dimension)]

    def places(self, dimensions: Sequence[str]) -> Iterator[Place]:
        """Every combination of the options of some of the dimensions, by position."""
        return product(*(range(len(self.of(name))) for name in dimensions))

    def alone(self, dimension: str, option: int) -> Place:
        """The default specification with one choice changed."""
        at = self.dimensions.index(dimension)
        return (*self.default[:at], option, *self.default[at + 1 :])


def design_of(choices: pd.DataFrame, study: str) -> Design:
    """The design of a study.

    Args:
        choices: study_id, dimension, choice, position, is_default; in the order of the file
            dimensions, and in that of position options.
        study: Which.

    Raises:
        InputError: No choice, a dimension with less than two options, or with other than one
            default.
    """
    own = choices[choices["study_id"] == study]
    if own.empty:
        raise InputError(f"choices: none of study {study}")
    dimensions = tuple(dict.fromkeys(map(str, own["dimension"])))
    options, default = [], []
    for name in dimensions:
        rows = own[own["dimension"] == name].sort_values("position", kind="stable")
        taken = [k for k, flag in enumerate(rows["is_default"]) if flag]
        if len(rows) < 2 or len(taken) != 1 or rows["choice"].duplicated().any():
            raise InputError(
                f"choices of study {study}, dimension {name}: {len(rows)} options, {len(taken)} of "
                "them the default; two different ones are the least, and one is the default"
            )
        options.append(tuple(map(str, rows["choice"])))
        default.append(taken[0])
    return Design(dimensions, tuple(options), tuple(default))
