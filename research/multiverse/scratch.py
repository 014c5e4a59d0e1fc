"""Figures of a study under every fill rule and vintage: SQL of the models on a copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from trade_potential.errors import InputError, TradePotentialError
from trade_potential.multiverse.design import Design
from trade_potential.multiverse.log_gravity import Figures, Model

ROOT = Path(__file__).resolve().parents[2]
COMPILED = ROOT / "target" / "compiled" / "trade_potential" / "models"

MODELS = (
    "panel/int_panel__vintages",
    "panel/int_panel__values",
    "panel/int_panel__variables",
    "index/int_index__candidates",
    "gravity/int_gravity__candidates",
)
"""From the figures to the rows of an index and of a gravity model, in order."""

FILLS = {
    "as_ruled": "",
    "carry_only": """
        update seeds.imputation_rules as rules
        set max_years = lines.max_years
        from seeds.imputation_rules as lines
        where
            rules.indicator_code = lines.indicator_code
            and rules.method = 'carry_forward' and lines.method = 'linear_between';
        delete from seeds.imputation_rules where method = 'linear_between'
    """,
    "line_between": """
        insert into seeds.imputation_rules (indicator_code, method, reason, max_years)
        select distinct indicator_code, 'linear_between', 'multiverse', 5
        from seeds.imputation_rules
        where indicator_code not in
            (select indicator_code from seeds.imputation_rules where method = 'linear_between')
    """,
}
"""What each option of the fill rule changes of the rules."""

ONLY_THIS = (
    "delete from panel.int_panel__runs where (study_id, spec_id) <> (?, ?)",
    "delete from panel.int_panel__study_specs where study_id <> ? or spec_id not in (?, ?)",
    "delete from panel.int_panel__spec_variables where study_id <> ? or spec_id not in (?, ?)",
)

PLACEHOLDER = """
    create or replace table indices.int_index__scores as
    select
        study_id, ? as index_spec_id, country_iso3, year,
        0.5 as development_index, 0.0 as imputed_share
    from panel.int_panel__country_years
    where country_iso3 is not null
"""
"""The rows of the gravity model are complete but for the index, which comes later."""


@contextmanager
def copied(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a warehouse, of the same name: views name their database."""
    with tempfile.TemporaryDirectory(prefix="multiverse-") as folder:
        copy = Path(folder) / warehouse.name
        shutil.copy(warehouse, copy)
        with duckdb.connect(str(copy)) as database:
            yield database


def model_of(database: duckdb.DuckDBPyConnection, study: str) -> tuple[str, str, Model]:
    """Default specification of a study, its index, and their terms."""
    spec, index = database.execute(
        """
        select specifications.spec_id, specifications.index_spec_id
        from seeds.studies
        inner join seeds.gravity_specifications as specifications
            on studies.default_spec_id = specifications.spec_id
        where studies.study_id = ?
        """,
        [study],
    ).fetchall()[0]
    terms = database.execute(
        "select term, variable from seeds.gravity_terms where spec_id = ? order by position", [spec]
    ).fetchall()
    indicators = database.execute(
        "select variable from seeds.index_terms where index_spec_id = ? order by position", [index]
    ).fetchall()
    (anchor,) = database.execute(
        "select anchor_variable from seeds.index_specifications where index_spec_id = ?", [index]
    ).fetchall()[0]
    by_variable = {variable: term for term, variable in terms}
    return (
        spec,
        index,
        Model(
            terms=tuple(term for term, _ in terms),
            index_term=by_variable["development_index"],
            indicators=tuple(name for (name,) in indicators),
            anchor=anchor,
        ),
    )


def figures_of(
    warehouse: Path, study: str, design: Design
) -> tuple[Model, dict[tuple[str, str], Figures]]:
    """Rows by fill rule and vintage.

    Args:
        warehouse: A built one; it is only read.
        study: Of one reporter.
        design: Its choices; an option of the vintage is a date.

    Raises:
        InputError: There is no such fill rule.
        TradePotentialError: The models have not been compiled.
    """
    lacking = [name for name in MODELS if not (COMPILED / f"{name}.sql").exists()]
    if lacking:
        raise TradePotentialError(f"{COMPILED}: no {', '.join(lacking)}; run make build first")
    if odd := [fill for fill in design.of("fill") if fill not in FILLS]:
        raise InputError(f"fill {', '.join(odd)}: none of {', '.join(FILLS)}")
    found = {}
    with copied(warehouse) as database:
        spec, index, model = model_of(database, study)
        both = [study, spec, index]
        for statement, said in zip(ONLY_THIS, ([study, spec], both, both), strict=True):
            database.execute(statement, said)
        database.execute(PLACEHOLDER, [index])
        for fill in design.of("fill"):
            database.execute("begin")
            database.execute(FILLS[fill] or "select 1")
            for vintage in design.of("vintage"):
                database.execute(
                    "update seeds.studies set as_of_date = ? where study_id = ?", [vintage, study]
                )
                for name in MODELS:
                    sql = (COMPILED / f"{name}.sql").read_text(encoding="utf-8")
                    folder, table = name.split("/")
                    schema = "indices" if folder == "index" else folder
                    database.execute(f"create or replace table {schema}.{table} as {sql}")
                found[fill, vintage] = _figures(database, model)
            database.execute("rollback")
    return model, found


def _figures(database: duckdb.DuckDBPyConnection, model: Model) -> Figures:
    slots = {term: f"v{k}" for k, term in enumerate(model.terms, start=1)}
    terms = ", ".join(
        f'candidates.{slots[t]} as "{t}"' for t in model.terms if t != model.index_term
    )
    panel = database.execute(
        f"""
        select
            candidates.partner_iso3, candidates.year, candidates.actual_usd as scaled_usd,
            outcomes.goods_trade_usd, {terms}
        from gravity.int_gravity__candidates as candidates
        inner join panel.int_panel__outcomes as outcomes
            using (study_id, reporter_code, partner_code, year)
        where candidates.lost_step is null
        order by all
        """  # noqa: S608
    ).df()
    names = ", ".join(f'v{k} as "{name}"' for k, name in enumerate(model.indicators, start=1))
    indicators = database.execute(
        f"""
        select country_iso3, year, {names}
        from indices.int_index__candidates
        where lost_step is null and not is_partial
        order by all
        """  # noqa: S608
    ).df()
    return Figures(panel, indicators)
