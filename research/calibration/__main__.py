"""Draw worlds and panels with known lasting ratios; compare what is said with what is true.

Writes research/calibration/results.json and, from it, the tables between <!-- name --> and
<!-- end --> of docs/calibration.md. With --check nothing is drawn: the exit status is 1 where the
page does not show the stored results.

Usage: python -m research.calibration [--check] [--worlds N] [--panels N]
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from research.calibration import page
from research.calibration.code import code_digest
from research.calibration.measures import Asked, described
from research.calibration.panels import SHAPES, SPREADS
from research.calibration.panels import asked as panel_asked
from research.calibration.worlds import FLOWS, KINDS
from research.calibration.worlds import asked as world_asked
from research.simulated_worlds.geography import observed_world
from research.simulated_worlds.laws import Laws
from research.simulated_worlds.worlds import RIGHT

from trade_potential.linalg import one_thread
from trade_potential.structural.estimate import fit_world

SEED, DIGITS = 3701, 4
"""The constants of the laws were chosen on what seed 37 draws, and are scored on other draws."""

WORLDS, PANELS = 150, 2000
"""Of each kind."""
WORKERS = 2
"""Each has its own worlds; results do not depend on how many there are."""


def worlds_of(kind: str, number: int) -> dict[str, Asked]:
    """Worlds of a kind, joined."""
    with one_thread():
        world = observed_world()
        fitted = fit_world(world).fitted
        laws = Laws.of(world.trade, fitted, world.is_used)
        draws = (
            world_asked(
                kind, world, fitted, laws, np.random.default_rng([SEED, list(KINDS).index(kind), k])
            )
            for k in range(number)
        )
        held = [found for found in draws if found]
    return {flow: Asked.joined([found[flow] for found in held]) for flow in FLOWS}


def panels_of(shape: str, spread: float, number: int) -> Asked:
    """Panels of a shape, joined."""
    with one_thread():
        place = list(SHAPES).index(shape), SPREADS.index(spread)
        draws = (
            panel_asked(SHAPES[shape], np.random.default_rng([SEED, *place, k]), spread)
            for k in range(number)
        )
        return Asked.joined([found for found in draws if found])


def calibrated(worlds: int, panels: int) -> dict[str, Any]:
    """Everything that the page shows."""
    results: dict[str, Any] = {"seed": SEED, "worlds": worlds, "panels": panels}
    asked = [(name, spread) for name in SHAPES for spread in SPREADS]
    with ProcessPoolExecutor(WORKERS) as pool:
        drawn = dict(zip(KINDS, pool.map(partial(worlds_of, number=worlds), KINDS), strict=True))
        of_panels = pool.map(
            panels_of,
            *zip(*asked, strict=True),
            [panels // SHAPES[name].share for name, _ in asked],
        )
        held = dict(zip(asked, of_panels, strict=True))
    results["structural"] = {
        flow: _both({kind: drawn[kind][flow] for kind in KINDS}, "none", set(RIGHT))
        for flow in FLOWS
    }
    results["chain"] = {
        name: _both(
            {str(spread): held[name, spread] for spread in SPREADS},
            str(SPREADS[0]),
            set(map(str, SPREADS)),
        )
        for name in SHAPES
    }
    return results


def _both(kinds: dict[str, Asked], without: str, together: set[str]) -> dict[str, Any]:
    """With lasting ratios, kinds ``together``; without; and each kind."""
    mixed = together - {without}
    with_shocks = Asked.joined([own for kind, own in kinds.items() if kind in mixed])
    found = {"with": described(with_shocks), "without": described(kinds[without])}
    return found | {kind: described(own) for kind, own in kinds.items() if kind != without}


def _rounded(value: Any) -> Any:
    """To ``DIGITS`` significant digits: the rest depends on the processor. NaN is null."""
    if isinstance(value, dict):
        return {key: _rounded(own) for key, own in value.items()}
    if isinstance(value, list):
        return [_rounded(own) for own in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if np.isfinite(value) else None
    return value


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="draw nothing, fail on a difference")
    parser.add_argument("--worlds", type=int, default=WORLDS, help="of each kind")
    parser.add_argument("--panels", type=int, default=PANELS, help="of each kind and deviation")
    arguments = parser.parse_args()
    if not arguments.check:
        results = _rounded(calibrated(arguments.worlds, arguments.panels))
        results["code"] = code_digest()
        page.RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return page.update(check=arguments.check)


if __name__ == "__main__":
    sys.exit(main())
