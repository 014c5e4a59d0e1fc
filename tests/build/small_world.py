"""World inputs for builds whose test is of something else: thirty economies, five years."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import duckdb

from trade_potential.release.disk import checksum

ECONOMIES = (
    "AUS, BLR, BRA, CHL, CHN, DEU, FRA, GBR, HKG, IND, IRN, ITA, JPN, KAZ, KGZ, "
    "KOR, MEX, NLD, OMN, PAK, PAN, RUS, SGP, TJK, TKM, TUR, USA, UZB, VNM, ZAF"
)
"""Large and small, near and far, oil, copper and re-exports; some pairs of them have no trade."""
YEARS = range(2016, 2021)
SOURCE = Path(__file__).resolve().parents[2] / "inputs" / "world"
COUNTRY_COLUMNS = {  # world_observations stay: the gate compares their medians by vintage
    "world_trade": ("exporter_code", "importer_code"),
    "world_pairs": ("origin_code", "destination_code"),
    "agreement_spells": ("country_code_a", "country_code_b"),
}


@cache
def _files() -> dict[str, bytes]:
    """The small files by name, made of the large ones; the same in every process."""
    made: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as memory:
        for name, columns in COUNTRY_COLUMNS.items():
            rows = memory.read_parquet(str(SOURCE / f"{name}.parquet"))
            rows = rows.filter(
                " and ".join(f"contains('{ECONOMIES}', {column})" for column in columns)
            )
            if name == "world_trade":
                rows = rows.filter(f"year between {YEARS[0]} and {YEARS[-1]}")
            path = Path(folder) / f"{name}.parquet"
            rows.write_parquet(str(path), compression="zstd")
            made[path.name] = path.read_bytes()
        others = (SOURCE / "SHA256SUMS").read_text(encoding="utf-8").splitlines(keepends=True)
        sums = [line for line in others if line.split()[1] not in made]
        sums += [f"{checksum(Path(folder) / name)}  {name}\n" for name in made]
    return made | {"SHA256SUMS": "".join(sums).encode()}


def shrink(root: Path) -> None:
    """Put the small files in place of those of a copy of the project."""
    for name, content in _files().items():
        (root / "inputs" / "world" / name).write_bytes(content)
