"""Generated files: an unbalanced panel of bilateral trade, and a table of indicators.

Everything is drawn in chunks of a fixed number of pairs, each from a Philox stream of its own,
keyed by (seed, chunk): values depend on the seed and the number of rows alone, whatever the threads
or the memory, and 1e8 rows need no more memory than 1e6.

The panel. Units trade with each other, every ordered pair of two units once: 1e6 rows are about the
countries of the world over 26 years; with more rows units are regions or firms. A pair enters in
the first year or later, leaves in the last year or earlier, and misses some years between. GDPs
grow at the unit's own rate; distance comes from places on a torus; near pairs are neighbours, and
some units share a language; an agreement starts in some year, sooner among near pairs, and lowers
the tariff. Trade is

    ln_trade = constant + slopes x regressors + pair effect + year effect + noise,

the pair effect being higher where an agreement is ever made: random effects are wrong, and
Hausman's test says so. `trade` is exp(ln_trade), or 0 below what is reported: about a third of the
rows, and all rows of some pairs. `ln_trade` is the flow before that, so that linear models use
every row.

The indicators. Eleven columns of three common factors and noise.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.columns import CONSTANT, INDICATORS, KEYS, REGRESSORS, VARYING, YEARS

Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FIRST_YEAR = 1998
PAIRS_PER_CHUNK = 40_000
ROWS_PER_CHUNK = 500_000
"""Of the table of indicators."""

LEAST_YEARS = 16
"""Rows per pair that are fewer than there will be (some 18): enough pairs for any seed."""

SLOPES = dict(
    zip(REGRESSORS, (0.9, 0.7, -0.2, -0.03, 0.35, -1.0, 0.4, 0.3), strict=True),
)
LEVEL = -0.5
REPORTED = 15.0
"""Least trade that is reported, in the unit of `trade`."""

FACTORS = 3


@dataclass(frozen=True)
class _Units:
    """What belongs to a unit: (U, 26) by year, (U,) otherwise."""

    ln_gdp: Array
    development: Array
    place: Array
    language: IntArray

    @classmethod
    def of(cls, count: int, seed: int) -> _Units:
        draw = _stream(seed, 0)
        level = draw.normal(8.0, 1.4, (count, 1))
        growth = draw.normal(0.03, 0.015, (count, 1))
        shocks = draw.normal(0.0, 0.03, (count, YEARS)).cumsum(axis=1)
        ln_gdp = level + growth * np.arange(YEARS) + shocks
        drift = draw.normal(0.0, 0.1, (count, YEARS)).cumsum(axis=1)
        return cls(
            ln_gdp=ln_gdp,
            development=draw.normal(0.0, 1.0, (count, 1)) + drift,
            place=draw.random((count, 2)),
            language=draw.integers(0, 12, count),
        )


def _stream(seed: int, chunk: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=[seed, chunk]))


def units_of(rows: int) -> int:
    """Units whose pairs surely have so many rows."""
    pairs = rows / LEAST_YEARS + 50
    return int(np.ceil((1.0 + np.sqrt(1.0 + 4.0 * pairs)) / 2.0))


def _present(draw: np.random.Generator, pairs: int) -> npt.NDArray[np.bool_]:
    """(pairs, 26) in which years a pair has a row: at least one."""
    early = draw.random(pairs) < 0.6
    entry = np.where(early, 0, draw.integers(1, YEARS - 4, pairs))
    stays = draw.random(pairs) < 0.7
    leaves = np.minimum(entry + draw.integers(0, YEARS, pairs), YEARS - 1)
    last = np.where(stays, YEARS - 1, leaves)
    years = np.arange(YEARS)
    inside = (years >= entry[:, None]) & (years <= last[:, None])
    kept = draw.random((pairs, YEARS)) > 0.05
    kept[np.arange(pairs), entry] = True
    return inside & kept


def _panel_chunk(units: _Units, first: int, pairs: int, seed: int) -> dict[str, npt.NDArray]:  # type: ignore[type-arg]
    """All rows of the pairs first, first + 1, ..."""
    draw = _stream(seed, 1 + first // PAIRS_PER_CHUNK)
    count = len(units.language)
    number = first + np.arange(pairs)
    exporter, rest = np.divmod(number, count - 1)
    importer = rest + (rest >= exporter)
    present = _present(draw, pairs)
    of, year = np.nonzero(present)

    apart = np.abs(units.place[exporter] - units.place[importer])
    distance = 0.01 + np.hypot(*np.minimum(apart, 1.0 - apart).T)
    ln_distance = np.log(18_000.0 * distance)
    contiguous = distance < 0.06
    language = units.language[exporter] == units.language[importer]
    start = draw.integers(0, YEARS, pairs)
    makes = draw.random(pairs) < 0.7 * np.exp(-2.5 * distance)
    effect = draw.normal(0.0, 0.8, pairs) + 0.5 * makes

    e, i = exporter[of], importer[of]
    agreement = makes[of] & (year >= start[of])
    tariff = draw.normal(9.0, 3.0, len(of)) - 0.2 * year - 4.0 * agreement
    values = {
        "ln_gdp_exporter": units.ln_gdp[e, year],
        "ln_gdp_importer": units.ln_gdp[i, year],
        "development_gap": np.abs(units.development[e, year] - units.development[i, year]),
        "tariff_pct": np.maximum(tariff, 0.0),
        "has_agreement": agreement.astype(float),
        "ln_distance": ln_distance[of],
        "is_contiguous": contiguous[of].astype(float),
        "is_language_shared": language[of].astype(float),
    }
    ln_trade = LEVEL + effect[of] + 0.3 * np.sin(0.7 * year) + draw.normal(0.0, 0.6, len(of))
    for name, slope in SLOPES.items():
        ln_trade += slope * values[name]
    trade = np.exp(ln_trade)
    trade[trade < REPORTED] = 0.0
    keys = {"exporter": e, "importer": i, "pair": number[of], "year": FIRST_YEAR + year}
    return {**keys, "trade": trade, "ln_trade": ln_trade, **values}


def panel_chunks(rows: int, seed: int) -> Iterator[pa.Table]:
    """The panel in the order of pair and year, in pieces."""
    count = units_of(rows)
    units = _Units.of(count, seed)
    left, pairs = rows, count * (count - 1)
    for first in range(0, pairs, PAIRS_PER_CHUNK):
        found = _panel_chunk(units, first, min(PAIRS_PER_CHUNK, pairs - first), seed)
        table = pa.table({name: column[:left] for name, column in found.items()})
        left -= len(table)
        yield table
        if left == 0:
            return
    raise RuntimeError(f"{pairs} pairs have {left} rows too few")


def index_chunks(rows: int, seed: int) -> Iterator[pa.Table]:
    """The table of indicators, in pieces."""
    loadings = _stream(seed, 0).normal(0.4, 0.6, (FACTORS, len(INDICATORS)))
    scales = np.exp(np.linspace(-2.0, 6.0, len(INDICATORS)))
    for number, first in enumerate(range(0, rows, ROWS_PER_CHUNK), start=1):
        size = min(ROWS_PER_CHUNK, rows - first)
        draw = _stream(seed, number)
        common = draw.standard_normal((size, FACTORS)) @ loadings
        values = scales * (5.0 + common + 0.7 * draw.standard_normal(common.shape))
        yield pa.table(dict(zip(INDICATORS, values.T, strict=True)))


REPEATING = [*KEYS, "ln_gdp_exporter", "ln_gdp_importer", "has_agreement", *CONSTANT]
"""Columns that Parquet stores by dictionary; the others have a value of their own in every row."""

assert set(REPEATING) - set(KEYS) <= {*VARYING, *CONSTANT}  # noqa: S101


def write(kind: str, rows: int, seed: int, target: Path) -> None:
    """Write a file whole, or none under its name.

    Raises:
        ValueError: Fewer than 1,000 rows.
    """
    if rows < 1_000:
        raise ValueError(f"{rows} rows: at least 1000 are needed")
    chunks = panel_chunks(rows, seed) if kind == "panel" else index_chunks(rows, seed)
    partial = target.with_suffix(".partial")
    writer: pq.ParquetWriter | None = None
    for table in chunks:
        if writer is None:
            dictionary = REPEATING if kind == "panel" else False
            writer = pq.ParquetWriter(partial, table.schema, use_dictionary=dictionary)
        writer.write_table(table)
    if writer is not None:
        writer.close()
    partial.replace(target)


def main() -> None:
    """Command line: python -m benchmarks.data panel 1000000 1 panel.parquet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.data", description=main.__doc__)
    parser.add_argument("kind", choices=("panel", "index"))
    parser.add_argument("rows", type=lambda text: int(float(text)))
    parser.add_argument("seed", type=int)
    parser.add_argument("target", type=Path)
    args = parser.parse_args()
    write(args.kind, args.rows, args.seed, args.target)


if __name__ == "__main__":
    main()
