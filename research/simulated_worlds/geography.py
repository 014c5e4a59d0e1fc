"""The world that is simulated: real economies, distances, ties, agreements and trade."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np

from trade_potential.structural.world import Codes, World

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ROOT / "inputs" / "world"
YEARS = range(2008, 2021)
TERMS = (
    *("lndist", "is_contiguous", "has_common_official_language", "had_colonial_tie"),
    *("has_customs_union", "has_free_trade_agreement", "has_partial_agreement"),
)

CELLS = """
    with trade as (
        select * from read_parquet('{inputs}/world_trade.parquet')
    ),

    economies as (
        select exporter_code as code from trade
        union
        select importer_code from trade
    ),

    cells as (
        select origin_code, destination_code, cast(years.year as integer) as year, pairs.*
        from read_parquet('{inputs}/world_pairs.parquet') as pairs
        cross join range({first}, {last}) as years(year)
        where
            origin_code in (select code from economies)
            and destination_code in (select code from economies)
            and origin_code <> destination_code
            and distance_weighted_km is not null
    ),

    agreements as (
        -- CU, FTA, PSA: the first is the deepest
        select
            cells.origin_code,
            cells.destination_code,
            cells.year,
            min(spells.agreement_type) as type
        from cells
        inner join read_parquet('{inputs}/agreement_spells.parquet') as spells
            on
                spells.country_code_a = least(cells.origin_code, cells.destination_code)
                and spells.country_code_b = greatest(cells.origin_code, cells.destination_code)
                and cells.year between spells.from_year and spells.to_year
        group by all
    )

    select
        cells.origin_code,
        cells.destination_code,
        cells.year,
        coalesce(trade.trade_usd, 0.0) as trade_usd,
        ln(cells.distance_weighted_km) as lndist,
        cast(cells.is_contiguous as double) as is_contiguous,
        cast(cells.has_common_official_language as double) as has_common_official_language,
        cast(cells.had_colonial_tie as double) as had_colonial_tie,
        cast(coalesce(agreements.type = 'CU', false) as double) as has_customs_union,
        cast(coalesce(agreements.type = 'FTA', false) as double) as has_free_trade_agreement,
        cast(coalesce(agreements.type = 'PSA', false) as double) as has_partial_agreement
    from cells
    left join agreements using (origin_code, destination_code, year)
    left join trade
        on
            trade.exporter_code = cells.origin_code
            and trade.importer_code = cells.destination_code
            and trade.year = cells.year
    order by all
"""


def observed_world(inputs: Path = INPUTS) -> World:
    """Every ordered pair of economies with a distance, in US$; no listed trade is 0."""
    with duckdb.connect() as connection:
        cells = connection.sql(
            CELLS.format(inputs=inputs, first=YEARS.start, last=YEARS.stop)
        ).fetchnumpy()
    return World.of(
        exporter=Codes.of(cells["origin_code"]),
        importer=Codes.of(cells["destination_code"]),
        year=cells["year"].astype(np.int64),
        trade=cells["trade_usd"],
        regressors={term: cells[term] for term in TERMS},
    ).with_effects()
