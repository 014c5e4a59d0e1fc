"""Run every admissible specification of the studies that have choices: make multiverse.

Counts of a study whose figures, choices, code and SQL are unchanged are kept. The next build reads
what is written here into fct_multiverse.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from research.multiverse.scratch import COMPILED, ROOT, figures_of
from research.multiverse.world import world_rows

from trade_potential.errors import TradePotentialError
from trade_potential.multiverse.design import Design, design_of
from trade_potential.multiverse.log_gravity import classes_of, ratios
from trade_potential.multiverse.rows import COLUMNS, Codes, option_rows
from trade_potential.multiverse.shares import variance_shares
from trade_potential.multiverse.world import COLUMNS as PAIR_COLUMNS
from trade_potential.multiverse.world import DIMENSIONS as OF_WORLD

WAREHOUSE = ROOT / "warehouse" / "trade_potential.duckdb"
SEEDS = ROOT / "seeds" / "multiverse"
CHOICES, COUNTS, PAIRS, RUNS = (
    SEEDS / f"{name}.csv"
    for name in ("specification_choices", "option_counts", "pair_shares", "multiverse_runs")
)
SQL = {"log_gravity": "marts/fct_multiverse.sql", "world": "multiverse/int_multiverse__world.sql"}
"""Where compiled SQL holds the digest of its kind."""

ROUNDING = 1e-12
"""Sums of thousands of zeros and ones in another order."""

ONLY_YEAR = {"china_world": 2020}
"""Of this study one year is stored, the last that the world has as well: of all years the counts
would be ten times as many."""


def main() -> int:
    """Run what has changed, and write the counts and what they rest on."""
    choices = pd.read_csv(CHOICES)
    designs = {study: design_of(choices, study) for study in sorted(set(choices["study_id"]))}
    rests = _rests_on()
    rests = rests[rests["study_id"].isin(designs)]
    held = pd.read_csv(RUNS, dtype=str)
    kept = set(held.merge(rests)["study_id"])
    asked = [study for study in designs if study not in kept]
    worlds = [study for study in asked if designs[study].dimensions == OF_WORLD]
    panels = [study for study in asked if study not in worlds]
    with ProcessPoolExecutor(max_workers=2) as pool:
        found = dict(zip(panels, pool.map(_study, panels), strict=True))
    _write(COUNTS, COLUMNS, kept, [rows for rows, _ in found.values()])
    _write(PAIRS, PAIR_COLUMNS, kept, [_world(study, designs[study]) for study in worlds])
    sizes = {study: len(design) for study, design in designs.items()}
    rests = rests.assign(n_specifications=rests["study_id"].map(sizes))
    rests.to_csv(RUNS, index=False, lineterminator="\n")
    for study, (_, seconds) in found.items():
        print(f"{study}: {sizes[study]} specifications in {seconds:.0f} seconds of one core")
    print(f"kept: {', '.join(sorted(kept)) or 'none'}; make build reads what has been written")
    return 0


def _write(path: Path, columns: Sequence[str], kept: set[str], new: list[pd.DataFrame]) -> None:
    """Rows of studies that are kept, and new ones."""
    held = pd.read_csv(path)
    parts = [part for part in (held[held["study_id"].isin(kept)], *new) if len(part)]
    written = pd.concat(parts) if parts else held.head(0)
    written = written[list(columns)].sort_values("study_id", kind="stable")
    written.to_csv(path, index=False, lineterminator="\n")


def _rests_on() -> pd.DataFrame:
    """Digests of the build by study: of figures, code and SQL."""
    of = {}
    for kind, name in SQL.items():
        found = re.search(r"sql_digest = '([0-9a-f]{32})'", (COMPILED / name).read_text("utf-8"))
        if found is None:
            raise TradePotentialError(f"{name} holds no digest: run make build first")
        of[kind] = found.group(1)
    with duckdb.connect(str(WAREHOUSE), read_only=True) as database:
        found_rests: pd.DataFrame = database.execute(
            "select digests.*, case when reporter_scope = 'one' then ? else ? end as sql_digest "
            "from multiverse.est_multiverse_digests as digests "
            "inner join seeds.studies using (study_id) order by study_id",
            [of["log_gravity"], of["world"]],
        ).df()
    return found_rests


def _world(study: str, design: Design) -> pd.DataFrame:
    """Rows of a study of world trade."""
    began = os.times()
    rows = world_rows(WAREHOUSE, study, design)
    ended = os.times()
    seconds = ended.children_user + ended.user - began.children_user - began.user
    print(
        f"{study}: {len(design)} specifications of {len(rows)} pairs, {seconds:.0f} seconds of CPU"
    )
    return rows


def _study(study: str) -> tuple[pd.DataFrame, float]:
    """Rows of one study, and the seconds of a core that they took."""
    began = time.process_time()
    design = design_of(pd.read_csv(CHOICES), study)
    with duckdb.connect(str(WAREHOUSE), read_only=True) as database:
        own = database.execute(
            "select partner_iso3, year from marts.fct_trade_potential "
            "where study_id = ? and is_default order by all",
            [study],
        ).df()
        classes = database.execute(
            "select * from marts.dim_potential_class where study_id = ?", [study]
        ).df()
    own = own[own["year"] == ONLY_YEAR[study]] if study in ONLY_YEAR else own
    keys = pd.MultiIndex.from_frame(own)
    model, figures = figures_of(Path(WAREHOUSE), study, design)
    k_ratio = ratios(figures, model, design, keys)
    orders = dict(zip(classes["potential_class"], classes["display_order"], strict=True))
    codes = classes_of(k_ratio, classes)
    rows = option_rows(study, design, k_ratio, codes, keys, orders)
    _confirm(rows, design, codes)
    return rows, time.process_time() - began


def _confirm(rows: pd.DataFrame, design: Design, codes: Codes) -> None:
    """Raise where the total shares that follow from the counts are not those of the classes."""
    exact = variance_shares((codes == codes[design.default]).astype(float))
    unexplained = np.nan_to_num(exact.total) * exact.variance
    for name, expected in zip(design.dimensions, unexplained, strict=True):
        own = rows[rows["dimension"] == name]
        switched = (own["n_switched"] / own["n_switches"]).to_numpy()
        found = switched.reshape(-1, len(design.of(name))).mean(axis=1) / 2.0
        if np.abs(found - expected).max() > ROUNDING:
            raise TradePotentialError(f"{name}: counts and classes differ in shares of variance")


if __name__ == "__main__":
    sys.exit(main())
