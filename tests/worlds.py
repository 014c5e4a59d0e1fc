"""Worlds for tests: made-up cells, and those of inputs/world."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from trade_potential.structural.world import Codes, World

INPUTS = Path(__file__).resolve().parents[1] / "inputs" / "world"
KEY = ["exporter", "importer", "year"]
TERMS = ("lndist", "is_contiguous", "has_free_trade_agreement")


def made_up(n: int = 9, years: int = 3, *, seed: int = 5, zeros: float = 0.3) -> pd.DataFrame:
    """Cells of n economies of very different size; ``zeros`` is the share without trade.

    An economy of each world trades with few others, so that a pair can be most of its trade.
    """
    rng = np.random.default_rng(seed)
    names = [f"E{k:02d}" for k in range(n)]
    place = rng.uniform(0.0, 10.0, (n, 2))
    size = rng.normal(0.0, 2.0, (2, n))
    rows = []
    for year in range(2010, 2010 + years):
        moved = size + rng.normal(0.0, 0.3, (2, n))
        for i, j in np.argwhere(~np.eye(n, dtype=bool)).tolist():
            lndist = float(np.log(np.hypot(*(place[i] - place[j])) + 0.3))
            near = float(lndist < 0.8)
            agreed = float((i * j + year) % 4 == 0)
            mean = np.exp(3.0 + moved[0, i] + moved[1, j] - lndist + 0.5 * near + 0.3 * agreed)
            trade = mean * rng.gamma(0.7, 1 / 0.7) * (rng.uniform() > zeros)
            rows.append((names[i], names[j], year, trade, lndist, near, agreed))
    return pd.DataFrame(rows, columns=[*KEY, "trade", *TERMS])


def world_of(cells: pd.DataFrame, terms: tuple[str, ...] = TERMS) -> World:
    """The world of cells: exporter, importer, year, trade and the terms."""
    return World.of(
        exporter=Codes.of(cells["exporter"].to_numpy(dtype=str)),
        importer=Codes.of(cells["importer"].to_numpy(dtype=str)),
        year=cells["year"].to_numpy(dtype=np.int64),
        trade=cells["trade"].to_numpy(dtype=float),
        regressors={term: cells[term].to_numpy(dtype=float) for term in terms},
    )


def by_cell(world: World, values: Any) -> pd.Series:
    """(T, n, n) values of the cells used, by exporter, importer and year."""
    t, one, other = np.nonzero(world.is_used)
    names = np.array(world.economies)
    keys = [names[one], names[other], np.array(world.years)[t]]
    return pd.Series(values[world.is_used], index=pd.MultiIndex.from_arrays(keys, names=KEY))


REAL_TERMS = (
    "lndist",
    "is_contiguous",
    "has_common_official_language",
    "had_colonial_tie",
    "has_customs_union",
    "has_free_trade_agreement",
    "has_partial_agreement",
)


@cache
def real_cells(first_year: int = 2008, last_year: int = 2020) -> pd.DataFrame:
    """Every ordered pair of economies with trade and distance, zeros where no trade is listed."""
    trade, pairs, spells = (
        str(INPUTS / f"{name}.parquet")
        for name in ("world_trade", "world_pairs", "agreement_spells")
    )
    return duckdb.execute(
        """
        with trade as (
            select exporter_code, importer_code, year, trade_usd from read_parquet($trade)
            where year between $first_year and $last_year
        ),
        pairs as (
            select *, ln(distance_weighted_km) as lndist from read_parquet($pairs)
            where distance_weighted_km is not null and origin_code <> destination_code
        ),
        named as (
            select exporter_code as code from trade
            intersect select importer_code from trade intersect select origin_code from pairs
        ),
        spells as (
            select country_code_a as a, country_code_b as b, * from read_parquet($spells)
            union all
            select country_code_b as a, country_code_a as b, * from read_parquet($spells)
        )
        select
            origin_code as exporter, destination_code as importer, years.year,
            coalesce(trade_usd, 0.0) as trade, lndist,
            cast(is_contiguous as double) as is_contiguous,
            cast(has_common_official_language as double) as has_common_official_language,
            cast(had_colonial_tie as double) as had_colonial_tie,
            cast(coalesce(agreement_type = 'CU', false) as double) as has_customs_union,
            cast(coalesce(agreement_type = 'FTA', false) as double) as has_free_trade_agreement,
            cast(coalesce(agreement_type = 'PSA', false) as double) as has_partial_agreement
        from pairs cross join (select distinct year from trade) as years
        left join trade on exporter_code = origin_code and importer_code = destination_code
            and trade.year = years.year
        left join spells on a = origin_code and b = destination_code
            and years.year between from_year and to_year
        where origin_code in (from named) and destination_code in (from named)
        order by years.year, origin_code, destination_code
        """,
        {
            "trade": trade,
            "pairs": pairs,
            "spells": spells,
            "first_year": first_year,
            "last_year": last_year,
        },
    ).df()
