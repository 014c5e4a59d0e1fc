"""Whether intervals cover and probabilities are frequencies, with the error of counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from trade_potential.linalg import FloatArray, IntArray

CUTS = (0.8, 1.2)
BOUNDS = ((None, CUTS[0]), CUTS, (CUTS[1], None))
LEVEL = 0.9
BINS, WIDE_BINS = 10, 5
FEWEST = 200
"""Pairs of a bin below which its frequency is not shown."""


@dataclass(frozen=True)
class Asked:
    """P pairs of drawn worlds beside what was said of them.

    Attributes:
        world: (P,) number of the world, whose pairs share errors.
        size: (P,) band of size of trader.
        rank: (P,) probability, as said, of a lasting ratio below the true one.
        rank_of_year: (P,) of K of a new year below that of a year drawn at random.
        rank_of_next: (P,) below that of the next year, which remembers those before it.
        rank_of_line: (P,) of a line below the true one.
        said: (P, 3) probabilities of the classes.
        true: (P,) class.
        again: (P,) probability, as said, that a new year has the class of the last one.
        came: (P, 2) whether a year drawn at random, and the next, had it.
        memory: (P,) band of the correlation of a year with the next.
    """

    world: IntArray
    size: IntArray
    rank: FloatArray
    rank_of_year: FloatArray
    rank_of_next: FloatArray
    rank_of_line: FloatArray
    said: FloatArray
    true: IntArray
    again: FloatArray
    came: FloatArray
    memory: IntArray

    @classmethod
    def joined(cls, parts: Sequence[Asked]) -> Asked:
        """All of them; the worlds of different parts are different ones."""
        held = {f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)}
        first = np.cumsum([0, *(int(part.world.max(initial=-1)) + 1 for part in parts)])
        held["world"] = np.concatenate(
            [part.world + k for part, k in zip(parts, first[:-1], strict=True)]
        )
        return cls(**held)

    def of(self, which: FloatArray) -> Asked:
        """Some of the pairs."""
        return Asked(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


def mean_of(values: FloatArray, world: IntArray) -> dict[str, float]:
    """Mean and its error; pairs of one world are not independent."""
    mean = float(values.mean())
    sums = np.bincount(world, values - mean)
    worlds = len(np.unique(world))
    error = np.sqrt((sums**2).sum() * worlds / max(worlds - 1, 1)) / len(values)
    return {"mean": mean, "error": float(error), "n": len(values)}


def coverage(rank: FloatArray, world: IntArray) -> dict[str, float]:
    """Of the interval of ``LEVEL``."""
    tail = (1.0 - LEVEL) / 2.0
    known = np.isfinite(rank)
    inside = (rank >= tail) & (rank <= 1.0 - tail)
    return mean_of(inside[known].astype(float), world[known])


def coverages(asked: Asked) -> dict[str, Any]:
    """Of the intervals, over all pairs and by size of trader."""
    ranks = {
        "line": asked.rank_of_line,
        "lasting": asked.rank,
        "new_year": asked.rank_of_year,
        "next_year": asked.rank_of_next,
    }
    bands = {"all": np.ones(len(asked.size), dtype=bool)}
    bands |= {str(k): asked.size == k for k in np.unique(asked.size).tolist()}
    return {
        name: {band: coverage(rank[of], asked.world[of]) for band, of in bands.items()}
        for name, rank in ranks.items()
    }


def bins(asked: Asked) -> list[dict[str, float]]:
    """Frequency less probability by class and bin of the probability."""
    found = []
    for k in range(3):
        p, hit = asked.said[:, k], (asked.true == k).astype(float)
        place = np.minimum((p * BINS).astype(int), BINS - 1)
        for b in range(BINS):
            of = place == b
            if of.sum() >= FEWEST:
                gap = mean_of(hit[of] - p[of], asked.world[of])
                found.append({"class": k, "bin": b, "said": float(p[of].mean()), **gap})
    return found


def again(asked: Asked) -> dict[str, list[dict[str, float]]]:
    """Frequency less probability of the class of the last year: at random, next, and by memory."""
    place = np.minimum((asked.again * WIDE_BINS).astype(int), WIDE_BINS - 1)
    every = np.ones(len(place), dtype=bool)
    of_kind = {"random": (0, every), "next": (1, every)}
    memories = np.unique(asked.memory).tolist()
    for k in memories if len(memories) > 1 else []:
        of_kind[f"next {k}"] = 1, asked.memory == k
    found: dict[str, list[dict[str, float]]] = {}
    for name, (year, which) in of_kind.items():
        found[name] = []
        for b in range(WIDE_BINS):
            of = which & (place == b)
            if of.sum() >= FEWEST:
                said = asked.again[of]
                gap = mean_of(asked.came[of, year] - said, asked.world[of])
                found[name].append({"bin": b, "said": float(said.mean()), **gap})
    return found


def scores(asked: Asked) -> dict[str, float]:
    """Brier score of the probabilities, and of a class that is taken for certain."""
    hit = np.eye(3)[asked.true]
    sure = np.eye(3)[asked.said.argmax(axis=1)]
    return {
        "brier": float(((asked.said - hit) ** 2).sum(axis=1).mean()),
        "brier_of_hard_class": float(((sure - hit) ** 2).sum(axis=1).mean()),
    }


def described(asked: Asked) -> dict[str, Any]:
    """Everything about some worlds."""
    return {
        "coverage": coverages(asked),
        "bins": bins(asked),
        "again": again(asked),
        "most_said": asked.said.max(axis=0).tolist(),
        "scores": scores(asked),
    }
