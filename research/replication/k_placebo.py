"""How well the search would fit residuals that mean nothing.

The implied residuals change places among the partners of a year, so that they still sum to zero by
year, and the whole search of the first family is repeated. The predictions of the regressions do
not depend on the printed K; only the target does.
"""

from __future__ import annotations

import numpy as np
from evidence import PARTNERS, YEARS, Evidence
from k_fits import FAMILIES, Fits, choices
from page import fixed, markdown
from regressors import regressors

DRAWS = 500
SEED = 20


def _shuffled(
    residuals: np.ndarray, years: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Residuals in another order within each year."""
    mixed = residuals.copy()
    for year in YEARS:
        of_year = np.flatnonzero(years == year)
        mixed[of_year] = residuals[generator.permutation(of_year)]
    return mixed


def tables(evidence: Evidence) -> dict[str, str]:
    """Tables of the page by name."""
    candidates = regressors(evidence)
    fits = Fits(evidence, candidates, FAMILIES[0])
    by_size: dict[int, list[tuple[int, ...]]] = {}
    for choice in choices(candidates, fits, FAMILIES[0]):
        by_size.setdefault(len(choice), []).append(choice)
    predicted = np.vstack([fits.predicted(alike) for size, alike in by_size.items() if size > 0])
    years = np.tile(YEARS, len(PARTNERS))[fits.with_k]
    generator = np.random.default_rng(SEED)
    residuals = fits.trade - fits.target
    squares = (predicted**2).sum(axis=1)

    def best(target: np.ndarray) -> float:
        left = squares - 2 * predicted @ target + target @ target
        return float(np.sqrt(left.min() / len(target)))

    drawn = [best(fits.trade - _shuffled(residuals, years, generator)) for _ in range(DRAWS)]
    low, middle = np.min(drawn), np.median(drawn)
    spread = float(np.sqrt((residuals**2).mean()))
    rows = [
        ["rms of the implied residuals themselves", fixed(spread, 2)],
        ["best rms, printed K", fixed(best(fits.target), 2)],
        [f"best rms, least of {DRAWS} shuffled", fixed(low, 2)],
        [f"best rms, median of {DRAWS} shuffled", fixed(middle, 2)],
    ]
    return {"k_placebo": markdown(["", "bn US$"], rows)}
