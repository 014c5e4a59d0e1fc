"""What a stored track record rests on: figures up to a year, the rows of its study, and code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from trade_potential.errors import InputError

if TYPE_CHECKING:
    import duckdb

LIBRARY = Path(__file__).resolve().parents[1]

CHAIN = ("results.build", "results.index", "results.row_weights", "inference.registry")
ROOTS = {
    "world": ("track.placebo", "track.record", "track.world"),
    "chain": (*CHAIN, "track.chain", "track.record"),
    "frozen": CHAIN,  # K of a chain, before anything is scored
}
"""Modules that the record of a kind of study comes from; with all that they import, its code."""

IMPORTED = re.compile(
    r"from (?P<of>trade_potential[.\w]*) import (?P<names>\([^)]*\)|[^\n]*)"
    r"|\"(?P<text>trade_potential[.\w]+)[\":]"
)
"""Modules that a text imports, or names in a registry."""

OF_BOTH = (
    "gate_countries",
    "gate_country_code_mappings",
    "int_panel__observations",
    "stg_study__studies",
)
READS = {
    "world": (*OF_BOTH, "gate_agreement_spells", "gate_world_pairs", "gate_world_trade"),
    "chain": (
        *OF_BOTH,
        *("gate_country_pairs", "gate_ecommerce_volumes", "gate_exchange_rates"),
        *("gate_observation_vintages", "gate_oil_prices", "gate_total_trade", "gate_trade_flows"),
        *(
            "stg_study__ecommerce_series",
            "stg_study__imputation_rules",
            "stg_study__study_partners",
        ),
    ),
}
"""Tables that the record of a kind of study is made from, beside the rows of its specification."""

OF_SPECIFICATIONS = (
    *("stg_study__gravity_specifications", "stg_study__gravity_terms", "stg_study__index_terms"),
    *("stg_study__index_specifications", "stg_study__variables", "stg_study__vintage_overrides"),
    "stg_study__potential_classes",
)

NO_NUMBER = ("file_name", "file_line", "description", "study_name", "spec_name")
"""Columns on which no number rests."""

PACKAGES = ("duckdb",)
"""Whose versions decide what a digest is; of others only last digits depend."""

COLUMNS = ("study_id", "study_kind", "through_year", "input_digest", "code_digest")


def digest_rows(tables: Mapping[str, duckdb.DuckDBPyRelation]) -> pd.DataFrame:
    """``COLUMNS``: one row a study and year up to which figures are read.

    A digest is that of all figures of its year and before; rows that have no year count in all.

    Args:
        tables: Those of ``READS`` and ``OF_SPECIFICATIONS`` by name. Of those with a column
            study_id the rows of the study count.
    """
    sums = {name: _sums(table) for name, table in tables.items()}
    years = sorted({key[1] for held in sums.values() for key in held if key[1] is not None})
    studies, specifications = (
        tables[f"stg_study__{name}"].df() for name in ("studies", "gravity_specifications")
    )
    found = []
    for study, kind in sorted(kinds_of(studies, specifications).items()):
        own = {name: sums[name] for name in sorted((*READS[kind], *OF_SPECIFICATIONS))}
        held = hashlib.sha256(repr(_of(own, study, None)).encode())
        for year in years:
            held.update(repr((year, _of(own, study, year))).encode())
            found.append((study, kind, year, held.hexdigest()[:32], code(kind)))
    frame = pd.DataFrame(found, columns=[*COLUMNS])
    return frame.astype(dict.fromkeys(COLUMNS, "str") | {"through_year": "Int32"})


def kinds_of(studies: pd.DataFrame, specifications: pd.DataFrame) -> dict[str, str]:
    """Studies that have a record: of every pair, and of one reporter unless they repeat one."""
    kinds = dict(zip(specifications["spec_id"], specifications["model_kind"], strict=True))
    found = {}
    for row in studies[studies["revises_study_id"].isna()].itertuples():
        if kinds.get(row.default_spec_id) == "structural":
            found[str(row.study_id)] = "world"
        elif row.reporter_scope == "one":
            found[str(row.study_id)] = "chain"
    return found


Sums = dict[tuple[str | None, int | None], tuple[int, int]]


def _sums(table: duckdb.DuckDBPyRelation) -> Sums:
    """Number of rows and sum of their hashes, by study and year where a table has them.

    Values are hashed as text: engines give the same figure in different types.
    """
    names = sorted(set(table.columns) - set(NO_NUMBER))
    by = {name: name if name in names else "null" for name in ("study_id", "year")}
    texts = ", ".join(f"coalesce(cast(\"{name}\" as varchar), '-')" for name in names)
    rows = table.aggregate(
        f"{by['study_id']}, {by['year']}, count(*), sum(hash(concat_ws(chr(31), {texts})))",
        ", ".join(name for name in by.values() if name != "null"),
    ).fetchall()
    return {(study, year): (count, int(total or 0)) for study, year, count, total in rows}


def _of(sums: Mapping[str, Sums], study: str, year: int | None) -> list[tuple[str, int, int]]:
    """Counts and sums of a study and year, its own rows and those of none."""
    return [
        (name, *held[key])
        for name, held in sums.items()
        for key in ((None, year), (study, year))
        if key in held
    ]


@cache
def code(kind: str) -> str:
    """Digest of the code that the record of a kind of study comes from."""
    files = modules(ROOTS[kind])
    if kind != "world":
        files |= {*(LIBRARY / "sql").glob("*.sql")}  # of the models of the chain
    held = hashlib.sha256(repr([version(name) for name in PACKAGES]).encode())
    for path in sorted(files):
        held.update(path.relative_to(LIBRARY).as_posix().encode())
        held.update(path.read_bytes())
    return held.hexdigest()[:32]


def modules(roots: Iterable[str]) -> set[Path]:
    """Files of modules of the library and of all that they import.

    Raises:
        InputError: A root is no module.
    """
    found: set[Path] = set()
    asked = [f"{LIBRARY.name}.{root}" for root in roots]
    for name in asked:
        if _file(name) is None:
            raise InputError(f"{name} is no module")
    while asked:
        path = _file(asked.pop())
        if path is None or path in found:
            continue
        found.add(path)
        for of, names, text in IMPORTED.findall(path.read_text(encoding="utf-8")):
            asked += [text] if text else [of, *(f"{of}.{n}" for n in re.findall(r"\w+", names))]
    return found


def _file(name: str) -> Path | None:
    at = LIBRARY.parent / name.replace(".", "/")
    return next((p for p in (at.with_suffix(".py"), at / "__init__.py") if p.exists()), None)
