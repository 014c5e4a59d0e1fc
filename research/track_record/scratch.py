"""The chain of a study of one reporter as it would have run at the end of a year.

A copy of the warehouse loses every figure after the year, and its studies see vintages as of a year
later; then dbt runs the models of the project from the panel to K on the copy. No fill, index or
slope can know what came later: it is not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pandas as pd

from trade_potential.errors import TradePotentialError

ROOT = Path(__file__).resolve().parents[2]

LAST_NODE = "fct_trade_potential"
NODES = (
    *(f"{part},+{LAST_NODE}" for part in ("panel", "index", "gravity")),
    LAST_NODE,
    "dim_study",
)
"""From the panel to K; what they read above stands in the copy."""

TABLES = """
    select format('delete from "{}"."{}" where year > ?', table_schema, table_name)
    from information_schema.columns as columns
    inner join information_schema.tables as tables using (table_schema, table_name)
    where
        columns.column_name = 'year'
        and columns.table_schema in ('seeds', 'staging')
        and tables.table_type = 'BASE TABLE'
"""

OTHERS = (
    "delete from seeds.study_partners where study_id not in (select study_id from seeds.studies)",
    "delete from seeds.study_specifications where (study_id, spec_id) not in "
    "(select (study_id, default_spec_id) from seeds.studies)",
)
"""What else of other studies and specifications would be run."""

LAST_YEAR = """
    with used as (
        select
            vintages.study_id,
            1 - avg(cast(vintages.is_after_as_of as integer)) as as_of_share
        from panel.int_panel__vintages as vintages
        inner join marts.dim_study as studies using (study_id)
        inner join panel.int_panel__runs as runs
            on studies.study_id = runs.study_id and studies.default_spec_id = runs.spec_id
        where
            (vintages.spec_kind = 'gravity' and vintages.spec_id = runs.spec_id)
            or (vintages.spec_kind = 'index' and vintages.spec_id = runs.index_spec_id)
        group by vintages.study_id
    )

    select
        potential.study_id,
        potential.partner_iso3,
        potential.year,
        potential.actual_usd,
        potential.predicted_usd,
        potential.k_ratio_ci_low,
        potential.k_ratio_ci_high,
        used.as_of_share
    from marts.fct_trade_potential as potential
    inner join used using (study_id)
    where potential.is_default and potential.year = ? and potential.k_ratio is not null
    order by potential.study_id, potential.partner_iso3
"""


def chain_at(warehouse: Path, year: int, studies: list[str], target: Path) -> pd.DataFrame:
    """K of a year by the chains of studies that end with it: rows of ``LAST_YEAR``.

    Args:
        warehouse: A built one; it is only read.
        year: The last whose figures are known.
        studies: Which have the year among theirs.
        target: Folder in which dbt keeps what it has read of the project from one run to the next.

    Raises:
        TradePotentialError: dbt failed; the message is its last lines.
    """
    with tempfile.TemporaryDirectory(prefix="track-record-") as folder:
        copy = Path(folder) / warehouse.name  # of the same name: views name their database
        shutil.copy(warehouse, copy)
        with duckdb.connect(str(copy)) as database:
            _cut(database, year, studies)
        _run(copy, Path(folder), target)
        with duckdb.connect(str(copy), read_only=True) as database:
            return database.execute(LAST_YEAR, [year]).df()


def _cut(database: duckdb.DuckDBPyConnection, year: int, studies: list[str]) -> None:
    for (statement,) in database.execute(TABLES).fetchall():
        database.execute(statement, [year])
    database.execute("delete from seeds.observation_vintages where first_year > ?", [year])
    database.execute("delete from seeds.studies where not list_contains(?, study_id)", [studies])
    for others in OTHERS:
        database.execute(others)
    known_by = f"{year + 1}-12-31"
    database.execute("update seeds.studies set last_year = ?, as_of_date = ?", [year, known_by])


def _run(copy: Path, folder: Path, target: Path) -> None:
    command = [
        *(str(Path(sys.executable).parent / "dbt"), "--quiet", "--log-path", str(folder / "logs")),
        *("run", "--target-path", str(target), "--select", *NODES),
    ]
    environment = os.environ | {"TRADE_POTENTIAL_DUCKDB": str(copy)}
    done = subprocess.run(  # noqa: S603 (no shell, and no argument is a user's)
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
        raise TradePotentialError(f"the chain until a year could not be run:\n{said}")


FOLDERS = ("panel", "index", "gravity", "structural")
"""Folders of models whose SQL a record may rest on; what they read is digested as figures."""

OF_BOTH = ("int_panel__country_codes", "int_panel__observations")
LAST = {
    "chain": ("int_gravity__fitted", "int_panel__flows", "int_panel__vintages", *OF_BOTH),
    "world": ("int_structural__agreements", "int_structural__pair_terms", *OF_BOTH),
}
"""Models that the record of a kind of study is made from."""


def sql_digest(kind: str) -> str:
    """As macro track_sql makes it: md5 of the checksums that dbt has of the models and their past.

    Raises:
        TradePotentialError: dbt has not read the project yet.
    """
    manifest = ROOT / "target" / "manifest.json"
    if not manifest.exists():
        raise TradePotentialError("target/manifest.json is missing: run make build first")
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    models = {
        name: node
        for name, node in nodes.items()
        if node["resource_type"] == "model" and node["fqn"][1] in FOLDERS
    }
    asked = [name for name, node in models.items() if node["name"] in LAST[kind]]
    held = set()
    while asked:
        node = models[asked.pop()]
        line = f"{node['name']}={node['checksum']['checksum']}"
        if line not in held:
            held.add(line)
            asked += [name for name in node["depends_on"]["nodes"] if name in models]
    return hashlib.md5("|".join(sorted(held)).encode(), usedforsecurity=False).hexdigest()
