"""Draw worlds with known lasting ratios and see what each method recovers.

Writes research/simulated_worlds/results.json and, from it, the tables between <!-- name --> and
<!-- end --> of docs/reading-k.md and docs/decisions/028-lasting.md. With --check the worlds are not
drawn: the exit status is 1 where a page does not show the stored results.

Usage: python -m research.simulated_worlds [--check] [--draws N]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np
from research.simulated_worlds import page
from research.simulated_worlds.candidates import CANDIDATES
from research.simulated_worlds.dominance import dominance
from research.simulated_worlds.geography import observed_world
from research.simulated_worlds.growth import growth
from research.simulated_worlds.laws import Laws
from research.simulated_worlds.methods import answers
from research.simulated_worlds.observed import described
from research.simulated_worlds.realism import realism
from research.simulated_worlds.scores import scores
from research.simulated_worlds.worlds import VARIANTS

from trade_potential.linalg import one_thread

SEED, DRAWS, DIGITS = 14, 3, 6
COMPARED = ("none", "half", "lognormal", "gamma", "all_shocks")
"""Worlds in which the ways to the lasting ratio are compared."""
OBSERVED_LIKE = "lognormal"
"""The kind of world that looks most like the observed one; realism is that of its last draw."""


def simulated(draws: int) -> dict[str, Any]:
    """Results of every world, means over the draws."""
    world = observed_world()
    found = answers(world)
    laws = Laws.of(world.trade, found.fit.fitted, world.is_used)
    results: dict[str, Any] = {
        "seed": SEED,
        "draws": draws,
        "laws": {name: np.asarray(value).tolist() for name, value in vars(laws).items()},
        "slope": float(found.fit.coefficients[world.terms.index("lndist")]),
        "observed": described(world, found),
        "worlds": {},
        "candidates": {},
        "growth": {},
        "dominance": {},
        "realism": {"observed": realism(world.trade, found.fit.fitted, world.is_used)},
    }
    for number, (name, variant) in enumerate(VARIANTS.items()):
        held: dict[str, list[Any]] = {"worlds": [], "candidates": [], "growth": [], "dominance": []}
        for draw in range(draws):
            rng = np.random.default_rng([SEED, number, draw])
            truth = variant.truth(world, found.fit.fitted, laws, rng, results["slope"])
            drawn = truth.drawn(laws, rng)
            own = answers(drawn)
            ratio, size = truth.of_pairs(own.one, own.other)
            held["worlds"].append(
                {key: scores(way, ratio, size) for key, way in own.by_method.items()}
            )
            if name in COMPARED:
                ways = {key: way(drawn, own) for key, (_, way) in CANDIDATES.items()}
                held["candidates"].append(
                    {key: scores(way, ratio, size) for key, way in ways.items()}
                )
            if name == OBSERVED_LIKE:
                held["growth"].append(growth(drawn, own))
                expected = truth.expected.mean(axis=0)
                held["dominance"].append(dominance(own, expected, ratio))
                results["realism"]["simulated"] = realism(
                    drawn.trade, truth.expected, drawn.is_used
                )
        for of, rows in held.items():
            if rows:
                results[of][name] = _mean(rows)
        print(f"{variant.title}: {draws} worlds", file=sys.stderr)
    return results


def _mean(rows: list[Any]) -> Any:
    """Means of numbers in equal dictionaries."""
    if isinstance(rows[0], dict):
        return {key: _mean([row[key] for row in rows]) for key in rows[0]}
    return float(np.mean(rows))


def _rounded(value: Any) -> Any:
    """To ``DIGITS`` significant digits: the rest depends on the processor. NaN is null."""
    if isinstance(value, dict):
        return {key: _rounded(own) for key, own in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, int):
        return value
    if isinstance(value, Iterable):
        return [_rounded(own) for own in value]
    return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None


def _text(value: Any) -> str:
    """JSON with a line for each group of numbers."""
    if not (isinstance(value, dict) and any(isinstance(own, dict) for own in value.values())):
        return json.dumps(value)
    rows = [f"{json.dumps(key)}: {_text(own)}" for key, own in value.items()]
    return "{\n" + ",\n".join(rows) + "\n}"


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="draw nothing, fail on a difference")
    parser.add_argument("--draws", type=int, default=DRAWS, help="worlds of each kind")
    arguments = parser.parse_args()
    if not arguments.check:
        with one_thread():
            results = _rounded(simulated(arguments.draws))
        page.RESULTS.write_text(_text(results) + "\n", encoding="utf-8")
    return page.update(check=arguments.check)


if __name__ == "__main__":
    sys.exit(main())
