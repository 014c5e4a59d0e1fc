"""Typed tables of world trade with exporter-year and importer-year effects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from trade_potential.inference.left_out import ABSORBED, OMITTED
from trade_potential.inference.wald import FEW_CLUSTERS, Inference, too_few
from trade_potential.linalg import one_thread
from trade_potential.results.build import terms_by_spec
from trade_potential.results.cells import CELL, Cells
from trade_potential.results.gravity import KEYS
from trade_potential.results.kept import digests_of
from trade_potential.results.structural_rows import (
    PAIRS,
    TEXT,
    CoefficientRow,
    CovarianceRow,
    EffectRow,
    FitRow,
)
from trade_potential.results.typed import frame_of
from trade_potential.structural.estimate import StructuralFit, fit_world
from trade_potential.structural.pair_out import METHODS, PairOut, without_pair
from trade_potential.structural.world import SIDES, World

if TYPE_CHECKING:
    import duckdb

Key = tuple[str, str]
COVARIANCE = "clustered"
NO_ROWS = "no cell of the study is left: the row ledger tells why"


@dataclass(frozen=True)
class Solved:
    """One specification of one study, solved.

    ``given``: every cell and regressor, with or without an effect or coefficient. ``pair_out``: of
    the default specification of a study alone.
    """

    given: World
    fit: StructuralFit
    pair_out: PairOut | None
    confidence_level: float
    input_digest: str


@dataclass(frozen=True)
class Structural:
    """The tables of all studies."""

    solved: dict[Key, Solved]

    @cached_property
    def fits(self) -> pd.DataFrame:
        """One row a specification."""
        return frame_of(
            FitRow, {key: [_fit_row(one)] for key, one in self.solved.items()}, keys=KEYS
        )

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """One row a regressor."""
        return self._frame(CoefficientRow, _coefficient_rows)

    @cached_property
    def covariances(self) -> pd.DataFrame:
        """One row a pair of coefficients."""
        return self._frame(CovarianceRow, _covariance_rows)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """One row an exporter-year or importer-year."""
        return self._frame(EffectRow, _effect_rows)

    @cached_property
    def pairs(self) -> pa.Table:
        """One row a cell: predictions in US$, with and without the pair itself; texts by code."""
        parts = [_pairs(key, one) for key, one in self.solved.items() if one.fit.is_estimated]
        return pa.concat_tables(parts) if parts else PAIRS.empty_table()

    def _frame(self, kind: type[Any], rows: Callable[[Solved], Iterator[Any]]) -> pd.DataFrame:
        held = {key: list(rows(one)) for key, one in self.solved.items() if one.fit.is_estimated}
        return frame_of(kind, held, keys=KEYS)


def structural(
    cells: duckdb.DuckDBPyRelation,
    *,
    runs: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    studies: pd.DataFrame,
) -> Structural:
    """The tables of every run; what models of one process ask for again is not solved again.

    Args:
        cells: study_id, spec_id, exporter_iso3, importer_iso3, year, trade_usd, v1, v2, ...
        runs: study_id, spec_id of what is to be answered; without cells by the status no_rows.
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.
        studies: study_id, default_spec_id.

    Raises:
        InputError: See ``World.of``; or positions of terms have a gap.
    """
    settings = {"terms": terms, "specifications": specifications, "studies": studies}
    digests = digests_of(cells, runs=runs, settings=rests_on(settings))
    with LOCK:
        rest = [key for key, digest in digests.items() if _digest_of(key) != digest]
        if rest:
            SOLVED.update(_solve_all(cells, rest, digests, **settings))
        return Structural({key: SOLVED[key] for key in digests})


RESTS_ON = {
    "terms": ["spec_id", "term", "position"],
    "specifications": ["spec_id", "confidence_level"],
    "studies": ["study_id", "default_spec_id"],
    "classes": ["study_id", "potential_class", "display_order", "k_lower", "k_upper"],
}
"""Columns of settings that numbers rest on: others, such as descriptions, may change."""


def rests_on(settings: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The settings without what no number rests on."""
    return {name: frame[RESTS_ON[name]] for name, frame in settings.items()}


LOCK, SOLVED = Lock(), dict[Key, Solved]()
"""The models of a build run in threads of one process: the first solves, the others wait."""


def _digest_of(key: Key) -> str | None:
    return SOLVED[key].input_digest if key in SOLVED else None


def _solve_all(
    cells: duckdb.DuckDBPyRelation,
    keys: list[Key],
    digests: dict[Key, str],
    *,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    studies: pd.DataFrame,
) -> Iterator[tuple[Key, Solved]]:
    of_runs = terms[terms["spec_id"].isin([spec for _, spec in keys])]
    named = terms_by_spec(of_runs)
    slots = [f"v{k}" for k in range(1, max(map(len, named.values()), default=0) + 1)]
    columns = ", ".join([*KEYS, *CELL, "year", "trade_usd", *slots])
    held = Cells.of(cells.project(columns).to_arrow_table())
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    defaults = set(zip(studies["study_id"], studies["default_spec_id"], strict=True))
    for key in keys:
        world = held.world(key, named.get(key[1], ()))
        with one_thread():
            fit = fit_world(world)
            pair_out = without_pair(fit) if key in defaults and fit.is_estimated else None
        yield key, Solved(world, fit, pair_out, float(levels[key[1]]), digests[key])


def _fit_row(one: Solved) -> FitRow:
    fit = one.fit
    numbers: dict[str, Any] = {}
    if fit.is_estimated:
        numbers = {
            "iterations": fit.iterations,
            "largest_score": fit.score,
            "deviance": fit.deviance,
            "deviance_r_squared": fit.deviance_r_squared,
            "n_refitted_pairs": one.pair_out.n_refitted if one.pair_out else None,
        }
    return FitRow(
        status=fit.status,
        reason=NO_ROWS if fit.status == "no_rows" else fit.reason or None,
        n_obs=fit.n_obs,
        n_zero=fit.n_zeros,
        n_pairs=fit.n_pairs,
        n_exporter_years=fit.n_exporter_years,
        n_importer_years=fit.n_importer_years,
        **numbers,
    )


def _coefficient_rows(one: Solved) -> Iterator[CoefficientRow]:
    fit = one.fit
    found = Inference.of(
        fit.coefficients, fit.covariance, df=np.inf, confidence_level=one.confidence_level
    )
    few = too_few(fit.n_pairs, "pairs", len(fit.coefficients))
    for position, term in enumerate(one.given.terms, start=1):
        said: dict[str, Any] = {"term": term, "position": position, "covariance": COVARIANCE}
        if term not in fit.world.terms:
            status = ABSORBED if term in fit.absorbed else OMITTED
            yield CoefficientRow(**said, term_status=status, reason=fit.reason)
            continue
        k = fit.world.terms.index(term)
        yield CoefficientRow(
            **said,
            term_status=FEW_CLUSTERS if few else "ok",
            reason=few or None,
            coefficient=found.estimate[k],
            std_error=found.std_error[k],
            statistic=found.statistic[k],
            p_value=found.p_value[k],
            ci_low=found.ci_low[k],
            ci_high=found.ci_high[k],
        )


def _covariance_rows(one: Solved) -> Iterator[CovarianceRow]:
    fit = one.fit
    for j, first in enumerate(fit.world.terms):
        for k, second in enumerate(fit.world.terms):
            value = float(fit.covariance[j, k])
            yield CovarianceRow(term_1=first, term_2=second, covariance_value=value)


def _effect_rows(one: Solved) -> Iterator[EffectRow]:
    fit = one.fit
    effects = {"exporter": fit.exporters, "importer": fit.importers}
    lost, totals = one.given.without_trade(), dict(zip(SIDES, fit.world.totals(), strict=True))
    for side in SIDES:
        has = fit.world.has(side)
        for t, k in np.argwhere(has | lost[side]).tolist():
            is_base = side == "importer" and bool(fit.base[t, k])
            yield EffectRow(
                side=side,
                country_iso3=fit.world.economies[k],
                year=fit.world.years[t],
                status="no_trade" if not has[t, k] else "base" if is_base else "ok",
                log_effect=float(effects[side][t, k]) if has[t, k] else None,
                trade_usd=float(totals[side][t, k]),
            )


def _pairs(key: Key, one: Solved) -> pa.Table:
    world, out = one.fit.world, one.pair_out
    used = world.is_used
    t, exporter, importer = np.nonzero(used)
    none = pa.nulls(len(t))

    def text(codes: npt.NDArray[np.integer[Any]], names: Sequence[str]) -> pa.DictionaryArray:
        values = pa.array(list(names), type=pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), values)

    own = np.zeros(len(t), dtype=np.int64)
    columns = {
        "study_id": text(own, [key[0]]),
        "spec_id": text(own, [key[1]]),
        "exporter_iso3": text(exporter, world.economies),
        "importer_iso3": text(importer, world.economies),
        "year": pa.array(np.array(world.years, dtype=np.int32)[t]),
        "predicted_usd": pa.array(one.fit.fitted[used]),
        "predicted_pair_out_usd": (
            pa.array(out.predicted[used], from_pandas=True) if out else none.cast(pa.float64())
        ),
        "pair_out_method": text(out.method[used], METHODS) if out else none.cast(TEXT),
    }
    return pa.table(columns, schema=PAIRS)
