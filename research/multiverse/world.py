"""Every admissible specification of world trade: cells of a built warehouse, two processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from trade_potential.errors import TradePotentialError
from trade_potential.linalg import FloatArray
from trade_potential.multiverse.design import Design, Place
from trade_potential.multiverse.log_gravity import classes_of
from trade_potential.multiverse.world import (
    OF_CELLS,
    Asked,
    PairArray,
    checked,
    pair_rows,
    ratios_of,
)
from trade_potential.results.cells import Cells
from trade_potential.structural.world import World

LEAST_USD = 1e8
"""Pairs with so much trade or prediction of the study, both directions together, are stored."""

SAME = 1e-9
"""Of K of the default specification beside that of the build: the same fit once more."""

BROAD = ("1086", "146")
"""Agreements in the list of the WTO: the African Continental Free Trade Area, and the Global System
of Trade Preferences. Spells of no other agreement are left out. Each free trade area in which the
first stands beside others began before it, so that it is theirs; where the second stands beside
other partial agreements, the years of these are not known, and the spell stays."""

CELLS = """
    with codes as (select source_code, country_iso3 from panel.int_panel__country_codes),
    distances as (
        select
            origins.country_iso3 as exporter_iso3, destinations.country_iso3 as importer_iso3,
            ln(pairs.distance_km) as lndist_cities,
            ln(pairs.distance_capitals_km) as lndist_capitals
        from quality.gate_world_pairs as pairs
        inner join codes as origins on pairs.origin_code = origins.source_code
        inner join codes as destinations on pairs.destination_code = destinations.source_code
    ),
    narrow as (
        select
            least(firsts.country_iso3, seconds.country_iso3) as country_iso3_a,
            greatest(firsts.country_iso3, seconds.country_iso3) as country_iso3_b,
            spells.agreement_type, spells.from_year, spells.to_year
        from quality.gate_agreement_spells as spells
        inner join codes as firsts on spells.country_code_a = firsts.source_code
        inner join codes as seconds on spells.country_code_b = seconds.source_code
        where
            len(list_filter(string_split(spells.agreement_ids, ';'), one -> one not in {broad})) > 0
    )
    select
        cells.study_id, cells.spec_id, cells.exporter_iso3, cells.importer_iso3, cells.year,
        cells.trade_usd, {terms}, distances.lndist_cities, distances.lndist_capitals,
        cast(coalesce(narrow.agreement_type = 'FTA', false) as double) as free_trade_narrow,
        cast(coalesce(narrow.agreement_type = 'PSA', false) as double) as partial_narrow
    from structural.int_structural__cells as cells
    inner join distances using (exporter_iso3, importer_iso3)
    left join narrow
        on
            least(cells.exporter_iso3, cells.importer_iso3) = narrow.country_iso3_a
            and greatest(cells.exporter_iso3, cells.importer_iso3) = narrow.country_iso3_b
            and cells.year between narrow.from_year and narrow.to_year
    where cells.study_id = ? and cells.spec_id = ?
"""
LARGE = """
    select
        flows.exporter_iso3 as first_iso3, flows.importer_iso3 as second_iso3, flows.year,
        flows.k_ratio, coalesce(studies.minimum_prediction_usd, 0) as minimum_usd
    from structural.int_structural__flows as flows
    inner join seeds.studies using (study_id)
    where
        flows.study_id = ? and flows.flow = 'total' and flows.year = ?
        and flows.potential_class is not null
        and greatest(flows.actual_usd, flows.predicted_usd) >= ?
    order by first_iso3, second_iso3
"""
ADDED = ("lndist_cities", "lndist_capitals", "free_trade_narrow", "partial_narrow")


@dataclass(frozen=True)
class Job:
    """What a process works on."""

    world: World
    asked: Asked
    design: Design


JOB: list[Job] = []
"""Of this process."""


def world_of(warehouse: Path, study: str) -> World:
    """Cells of a study with every regressor that a design knows.

    Raises:
        TradePotentialError: A cell has no distance between cities or capitals, or two agreements.
    """
    with duckdb.connect(str(warehouse), read_only=True) as database:
        (spec,) = database.execute(
            "select default_spec_id from seeds.studies where study_id = ?", [study]
        ).fetchall()[0]
        terms = [term for (term,) in database.execute(
            "select term from seeds.gravity_terms where spec_id = ? order by position", [spec]
        ).fetchall()]  # fmt: skip
        slots = ", ".join(f"cells.v{k}" for k in range(1, len(terms) + 1))
        held = database.execute(
            CELLS.format(terms=slots, broad=BROAD), [study, spec]
        ).to_arrow_table()
        (n,) = database.execute(
            "select count(*) from structural.int_structural__cells "
            "where (study_id, spec_id) = (?, ?)",
            [study, spec],
        ).fetchall()[0]
    if held.num_rows != n:
        raise TradePotentialError(f"{study}: {held.num_rows} cells with all regressors, of {n}")
    names = [*(f"v{k}" for k in range(1, len(terms) + 1)), *ADDED]
    slotted = held.rename_columns(
        [f"v{names.index(name) + 1}" if name in names else name for name in held.column_names]
    )
    return Cells.of(slotted).world((study, spec), (*terms, *ADDED))


def world_rows(warehouse: Path, study: str, design: Design) -> pd.DataFrame:
    """Rows of ``pair_rows`` of the large pairs of the last year.

    Raises:
        TradePotentialError: K of the default specification is not that of the build.
    """
    world = world_of(warehouse, study)
    with duckdb.connect(str(warehouse), read_only=True) as database:
        large = database.execute(LARGE, [study, world.years[-1], LEAST_USD]).df()
        classes = database.execute(
            "select * from marts.dim_potential_class where study_id = ?", [study]
        ).df()
    at = {name: k for k, name in enumerate(world.economies)}
    one, other = (large[name].map(at).to_numpy(np.int64) for name in ("first_iso3", "second_iso3"))
    pairs: PairArray = (one, other)
    asked = Asked(pairs, float(large["minimum_usd"].iloc[0]))
    places = list(checked(design).places(OF_CELLS))
    k_ratio = np.empty((*design.shape, len(large)))
    job = Job(world, asked, design)
    with ProcessPoolExecutor(2, initializer=_begin, initargs=(job,)) as pool:
        for place, found in zip(places, pool.map(_ratios, places), strict=True):
            k_ratio[place] = found
    own = k_ratio[design.default]
    if not np.allclose(own, large["k_ratio"], rtol=SAME, atol=0.0):
        raise TradePotentialError(f"{study}: K of its options is not K of the build")
    codes = classes_of(k_ratio, classes)
    orders = dict(zip(classes["potential_class"], classes["display_order"], strict=True))
    _report(design, k_ratio)
    return pair_rows(study, design, codes, large[["first_iso3", "second_iso3", "year"]], orders)


def _begin(job: Job) -> None:
    JOB.append(job)


def _ratios(place: Place) -> FloatArray:
    job = JOB[0]
    return ratios_of(job.world, job.asked, job.design, place)


def _report(design: Design, k_ratio: FloatArray) -> None:
    """Say which specifications have no K at all."""
    silent = np.argwhere(np.isnan(k_ratio).all(axis=-1))
    for place in silent.tolist():
        named = zip(design.options, place, strict=True)
        print("no K:", ", ".join(options[k] for options, k in named))
