"""What a record is made of, read from a built warehouse."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from trade_potential.structural.world import Codes, World
from trade_potential.track.world import Economies, economies_of

GDP, TRADE_PCT_GDP = "NY.GDP.MKTP.CD", "TG.VAL.TOTL.GD.ZS"

# Every year of the input, whatever years the study has: K of a year asks for no other.
CELLS = """
    with flows as (
        select
            exporters.country_iso3 as exporter_iso3,
            importers.country_iso3 as importer_iso3,
            flows.year,
            sum(flows.trade_usd) as trade_usd
        from quality.gate_world_trade as flows
        inner join panel.int_panel__country_codes as exporters
            on flows.exporter_code = exporters.source_code
        inner join panel.int_panel__country_codes as importers
            on flows.importer_code = importers.source_code
        group by all
    ),

    terms as (
        select * from structural.int_structural__pair_terms
        where spec_id = ? and missing_terms is null
    ),

    economies as (
        select exporter_iso3 as country_iso3, year from flows
        union
        select importer_iso3, year from flows
    )

    select
        terms.exporter_iso3,
        terms.importer_iso3,
        exporters.year,
        coalesce(flows.trade_usd, 0.0) as trade_usd,
        terms.* exclude (spec_id, exporter_iso3, importer_iso3, missing_terms, agreement_depth)
    from economies as exporters
    inner join economies as importers
        on exporters.year = importers.year and exporters.country_iso3 <> importers.country_iso3
    left join structural.int_structural__agreements as agreements
        on
            least(exporters.country_iso3, importers.country_iso3) = agreements.country_iso3_a
            and greatest(exporters.country_iso3, importers.country_iso3) = agreements.country_iso3_b
            and exporters.year = agreements.year
    inner join terms
        on
            exporters.country_iso3 = terms.exporter_iso3
            and importers.country_iso3 = terms.importer_iso3
            and coalesce(agreements.agreement_depth, 0) = terms.agreement_depth
    left join flows
        on
            exporters.country_iso3 = flows.exporter_iso3
            and importers.country_iso3 = flows.importer_iso3
            and exporters.year = flows.year
"""

# Of the earliest vintage, the nearest to most cut-offs: the newest begins later.
INDICATOR = """
    select codes.country_iso3, observations.year, observations.observed_value
    from panel.int_panel__observations as observations
    inner join panel.int_panel__country_codes as codes
        on observations.country_code = codes.source_code
    where
        observations.indicator_code = $indicator
        and observations.vintage_date = (
            select min(vintage_date) from panel.int_panel__observations
            where indicator_code = $indicator
        )
    order by codes.country_iso3, observations.year
"""

# Of both directions, as the chain has it: unknown where one is missing.
NATIONAL_TRADE = """
    select
        partners.country_iso3 as partner_iso3,
        flows.year,
        sum(flows.exports_usd + flows.imports_usd) as trade_usd
    from panel.int_panel__flows as flows
    inner join panel.int_panel__country_codes as partners
        on flows.partner_code = partners.source_code
    where
        flows.trade_source = 'national'
        and flows.reporter_code = ?
        and flows.exports_usd + flows.imports_usd is not null
    group by partners.country_iso3, flows.year
    order by partners.country_iso3, flows.year
"""

STUDIES = """
    select
        studies.*,
        specifications.model_kind,
        specifications.confidence_level
    from staging.stg_study__studies as studies
    inner join staging.stg_study__gravity_specifications as specifications
        on studies.default_spec_id = specifications.spec_id
    where
        studies.revises_study_id is null
        and (specifications.model_kind = 'structural' or studies.reporter_scope = 'one')
    order by studies.study_id
"""


def studies_of(warehouse: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Rows of the studies that have a record, with the kind of their model."""
    found: list[dict[str, Any]] = warehouse.sql(STUDIES).df().to_dict("records")
    return found


def world_of(warehouse: duckdb.DuckDBPyConnection, spec_id: str) -> World:
    """Every year of world trade, with the terms of a structural specification."""
    (terms,) = warehouse.execute(
        "select count(*) from staging.stg_study__gravity_terms where spec_id = ?", [spec_id]
    ).fetchall()[0]
    cells = warehouse.execute(CELLS, [spec_id]).df()
    return World.of(
        exporter=Codes.of(cells["exporter_iso3"].tolist()),
        importer=Codes.of(cells["importer_iso3"].tolist()),
        year=cells["year"].to_numpy(),
        trade=cells["trade_usd"].to_numpy(),
        regressors={f"v{k}": cells[f"v{k}"].to_numpy(float) for k in range(1, terms + 1)},
    )


def economies(warehouse: duckdb.DuckDBPyConnection, world: World) -> Economies:
    """Regions, GDP and openness of the economies of a world."""
    figures = {
        "gdp": indicator(warehouse, GDP),
        "trade_pct_gdp": indicator(warehouse, TRADE_PCT_GDP),
    }
    return economies_of(world.economies, world.years, regions=regions(warehouse), figures=figures)


def regions(warehouse: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Region by economy, of those that have one."""
    return dict(
        warehouse.sql(
            "select country_iso3, un_region from quality.gate_countries where un_region is not null"
        ).fetchall()
    )


def indicator(warehouse: duckdb.DuckDBPyConnection, code: str) -> list[tuple[str, int, float]]:
    """Economy, year and value."""
    return warehouse.execute(INDICATOR, {"indicator": code}).fetchall()


def national_trade(warehouse: duckdb.DuckDBPyConnection, reporter: str) -> pd.DataFrame:
    """partner_iso3, year, trade_usd: exports and imports of a reporter, as it reports them."""
    return warehouse.execute(NATIONAL_TRADE, [reporter]).df()


def class_bounds(warehouse: duckdb.DuckDBPyConnection, study: str) -> tuple[float, float]:
    """Where the lowest class of K of a study ends, and the highest begins."""
    low, high = warehouse.execute(
        "select min(k_upper), max(k_lower) from panel.int_panel__classes where study_id = ?",
        [study],
    ).fetchall()[0]
    return float(low), float(high)
