"""Freeze K at every cut-off, score it on what came after, and store the record.

Writes seeds/track/frozen_ratios.csv (K of the last year of each chain),
seeds/track/track_records.csv and, from it, the tables of docs/track-record.md. What is stored and
rests on unchanged figures and code is kept. With --check nothing is computed: the exit status is 1
where a page does not show the stored record, or the record rests on other figures or code.

Usage: python -m research.track_record [--check] [--warehouse FILE]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from research.track_record import page
from research.track_record.figures import (
    GDP,
    class_bounds,
    economies,
    indicator,
    national_trade,
    regions,
    studies_of,
    world_of,
)
from research.track_record.scratch import ROOT, chain_at, sql_digest

from trade_potential.track.chain import flows_of_chain
from trade_potential.track.digests import OF_SPECIFICATIONS, READS, code, digest_rows
from trade_potential.track.placebo import Standing, placebo, placebo_rows
from trade_potential.track.record import HORIZONS, track_record
from trade_potential.track.rows import TrackRow
from trade_potential.track.world import fits_by_year, flows_of_world, year_alone

WAREHOUSE = ROOT / "warehouse" / "trade_potential.duckdb"
FROZEN = ROOT / "seeds" / "track" / "frozen_ratios.csv"
RECORDS = ROOT / "seeds" / "track" / "track_records.csv"
SEED, DRAWS = 16, 100
DIGITS = "%.12g"
"""Of stored numbers: the second computation is compared at 1e-8."""

FROZEN_COLUMNS = (
    *("study_id", "partner_iso3", "year", "actual_usd", "predicted_usd", "k_ratio_ci_low"),
    *("k_ratio_ci_high", "as_of_share", "input_digest", "code_digest", "sql_digest"),
)
RESTS_ON = ("input_digest", "code_digest", "sql_digest")
COUNTS = ("n_draws", "n_forecasts", "n_forecast_cut_offs")

BEGAN = time.monotonic()


def said(message: str) -> None:
    """Progress, with the seconds since the start."""
    print(f"{time.monotonic() - BEGAN:6.0f} s  {message}", flush=True)


def digests(warehouse: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """What a record rests on, as the build computes it."""
    names = sorted({*(name for held in READS.values() for name in held), *OF_SPECIFICATIONS})
    schemas = {"gate": "quality", "int": "panel", "stg": "staging"}
    return digest_rows(
        {name: warehouse.sql(f"from {schemas[name.split('_')[0]]}.{name}") for name in names}
    )


def frozen_ratios(
    warehouse: Path, studies: list[dict[str, Any]], inputs: dict[tuple[str, int], str]
) -> pd.DataFrame:
    """K of the last year of chains that end in each year of their study.

    Stored ones are kept where they rest on the same; all are returned as they are stored, which is
    what others will read.
    """
    stored = _stored(FROZEN, FROZEN_COLUMNS)
    now = {"code_digest": code("frozen"), "sql_digest": sql_digest("chain")}
    asked: dict[int, list[str]] = {}
    kept = []
    for study in studies:
        name = study["study_id"]
        for year in range(int(study["first_year"]), int(study["last_year"]) + 1):
            own = stored[(stored["study_id"] == name) & (stored["year"] == year)]
            rests = now | {"input_digest": inputs[name, year]}
            if len(own) and all((own[key] == value).all() for key, value in rests.items()):
                kept.append(own)
            else:
                asked.setdefault(year, []).append(name)
    with tempfile.TemporaryDirectory(prefix="track-record-") as target:
        for year, names in sorted(asked.items()):
            made = chain_at(warehouse, year, names, Path(target))
            made["input_digest"] = [inputs[name, year] for name in made["study_id"]]
            said(f"{year}: {len(made)} K of {', '.join(names)} frozen")
            kept.append(made.assign(**now))
            _store(kept)  # a run that is ended goes on from here
    _store(kept)
    return _stored(FROZEN, FROZEN_COLUMNS)


def _store(kept: list[pd.DataFrame]) -> None:
    if not any(len(one) for one in kept):
        return  # a seed holds a row at least
    found = pd.concat(kept)[[*FROZEN_COLUMNS]]
    found = found.sort_values(["study_id", "year", "partner_iso3"], ignore_index=True)
    found.to_csv(FROZEN, index=False, float_format=DIGITS)


def record_of_chain(
    warehouse: duckdb.DuckDBPyConnection, study: dict[str, Any], frozen: pd.DataFrame
) -> list[TrackRow]:
    """Rows of a study of one reporter."""
    gdp = {(economy, year): value for economy, year, value in indicator(warehouse, GDP)}
    flows = flows_of_chain(
        frozen[frozen["study_id"] == study["study_id"]],
        national_trade(warehouse, study["reporter_iso3"]),
        reporter=study["reporter_iso3"],
        gdp=gdp,
        groups=regions(warehouse),
        bounds=class_bounds(warehouse, study["study_id"]),
        confidence_level=float(study["confidence_level"]),
    )
    return told(study["study_id"], track_record(flows))


def told(study: str, rows: Iterable[TrackRow]) -> list[TrackRow]:
    """The rows; each horizon is said when it begins to be scored."""
    found: list[TrackRow] = []
    for row in rows:
        if not found or found[-1].horizon_years != row.horizon_years:
            said(f"{study}: forecasts over years: {row.horizon_years}")
        found.append(row)
    return found


def record_of_world(warehouse: duckdb.DuckDBPyConnection, study: dict[str, Any]) -> list[TrackRow]:
    """Rows of the study of every pair, and its placebos."""
    world = world_of(warehouse, study["default_spec_id"])
    fitted, floor = fits_by_year(world), float(study["minimum_prediction_usd"])
    said(f"{study['study_id']}: {len(fitted)} years estimated")
    bounds = class_bounds(warehouse, study["study_id"])
    flows = flows_of_world(world, economies(warehouse, world), fitted, floor=floor, bounds=bounds)
    rows = told(study["study_id"], track_record(flows))
    years = range(len(world.years))
    standing = Standing.of([year_alone(world, t) for t in years], fitted)
    for is_ordered in (True, False):
        said(f"{study['study_id']}: worlds drawn, {'ordered' if is_ordered else 'shuffled'}")
        found = placebo(
            standing,
            is_ordered=is_ordered,
            horizon=max(HORIZONS),
            draws=DRAWS,
            floor=floor,
            seed=SEED,
        )
        if found:
            span = (world.years[0], world.years[-1])
            rows += placebo_rows(found, max(HORIZONS), span)
    return rows


def records(path: Path) -> None:
    """Compute and store what does not rest on the figures and code at hand."""
    with duckdb.connect(str(path), read_only=True) as warehouse:
        studies, rests = studies_of(warehouse), digests(warehouse)
    inputs = {
        (str(row.study_id), int(row.through_year)): str(row.input_digest)
        for row in rests.itertuples()
    }
    of_code = dict(zip(rests["study_id"], rests["code_digest"], strict=True))
    chains = [study for study in studies if study["model_kind"] != "structural"]
    frozen = frozen_ratios(path, chains, inputs)
    stored, old = _stored(RECORDS, ("study_id", "through_year", *RESTS_ON)), stale(path)
    held = {name: rows for name, rows in stored.groupby("study_id") if name not in old}
    for study in studies:
        name, is_world = study["study_id"], study["model_kind"] == "structural"
        if name in held:
            said(f"{name}: unchanged")
            continue
        with duckdb.connect(str(path), read_only=True) as warehouse:
            rows = (
                record_of_world(warehouse, study)
                if is_world
                else record_of_chain(warehouse, study, frozen)
            )
        made = pd.DataFrame(
            [asdict(row) for row in rows], columns=[f.name for f in fields(TrackRow)]
        )
        made.insert(0, "study_id", name)
        through = made["last_cut_off_year"] + made["horizon_years"]
        through = through.where(
            ~made["predictor"].str.startswith("placebo"), made["last_cut_off_year"]
        )
        made["through_year"] = through
        made["input_digest"] = [inputs[name, year] for year in through]
        made["code_digest"] = of_code[name]
        made["sql_digest"] = sql_digest("world" if is_world else "chain")
        said(f"{name}: {len(made)} rows")
        held[name] = made
        _store_records(held)  # a run that is ended goes on from here
    _store_records(held)


def _store_records(held: dict[str, pd.DataFrame]) -> None:
    found = pd.concat([held[name] for name in sorted(held)])
    found.astype(dict.fromkeys(COUNTS, "Int64")).to_csv(RECORDS, index=False, float_format=DIGITS)


def stale(path: Path) -> list[str]:
    """Studies whose stored record does not rest on the figures and code at hand."""
    stored = _stored(RECORDS, ("study_id", "through_year", *RESTS_ON))
    with duckdb.connect(str(path), read_only=True) as warehouse:
        now, studies = digests(warehouse), studies_of(warehouse)
    kinds = {
        study["study_id"]: "world" if study["model_kind"] == "structural" else "chain"
        for study in studies
    }
    now["sql_digest"] = [sql_digest(kinds[name]) for name in now["study_id"]]
    merged = stored.merge(now, on=["study_id", "through_year"], how="left", suffixes=("", "_now"))
    other = merged[[*RESTS_ON]].to_numpy() != merged[[f"{k}_now" for k in RESTS_ON]].to_numpy()
    return sorted(
        {*merged.loc[other.any(axis=1), "study_id"], *(kinds.keys() - {*stored["study_id"]})}
    )


def _stored(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame(columns=[*columns])
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def main() -> int:
    """Store the record and its tables, or compare them; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m research.track_record")
    parser.add_argument("--check", action="store_true", help="compute nothing, only compare")
    parser.add_argument("--warehouse", type=Path, default=WAREHOUSE, help="a built warehouse")
    asked = parser.parse_args()
    if not asked.check:
        RECORDS.parent.mkdir(exist_ok=True)
        records(asked.warehouse)
        said(f"done, {time.process_time():.0f} CPU s and those of the chains")
    elif old := stale(asked.warehouse):
        print(
            "the track record rests on other figures or code, run make track-record: "
            + ", ".join(old),
            file=sys.stderr,
        )
        return 1
    return page.update(check=asked.check)


if __name__ == "__main__":
    sys.exit(main())
