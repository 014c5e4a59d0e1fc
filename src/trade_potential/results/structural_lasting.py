"""Typed tables of the lasting ratios of world trade, and of the laws behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from trade_potential.inference.mixture import Bounds
from trade_potential.linalg import FloatArray
from trade_potential.results.gravity import KEYS
from trade_potential.results.structural import Solved, structural
from trade_potential.results.typed import Int32, frame_of
from trade_potential.structural.class_law import ClassLaw, laws_of_world
from trade_potential.structural.dispersion import EDGES_USD
from trade_potential.structural.lasting import Flow, lasting_of_world
from trade_potential.structural.world import BoolArray

if TYPE_CHECKING:
    import duckdb

FLOWS = ("directed", "total")

OF_CLASS = {
    "probability_huge": "huge_potential",
    "probability_expansion": "potential_expansion",
    "probability_reshaping": "potential_reshaping",
}
"""Columns with the probability of one class; null where the project has no such class."""

OF_NEW_YEAR = {f"new_year_{name}": id_ for name, id_ in OF_CLASS.items()}
"""The same of K of one more year."""

LASTING = pa.schema(
    {
        "study_id": pa.string(),
        "spec_id": pa.string(),
        "flow": pa.string(),
        "exporter_iso3": pa.string(),
        "importer_iso3": pa.string(),
        "lasting_class": pa.string(),
        "n_years": pa.int32(),
        "effective_years": pa.float64(),
        "gamma_shape": pa.float64(),
        "gamma_rate": pa.float64(),
        "k_lasting": pa.float64(),
        "benchmark_variance": pa.float64(),
        "probability_status": pa.string(),
        **dict.fromkeys([*OF_CLASS, *OF_NEW_YEAR], pa.float64()),
        "k_line_log_se": pa.float64(),
        "k_lasting_median": pa.float64(),
        "k_lasting_ci_low": pa.float64(),
        "k_lasting_ci_high": pa.float64(),
        "k_new_year_ci_low": pa.float64(),
        "k_new_year_ci_high": pa.float64(),
    }
)


@dataclass(frozen=True, kw_only=True)
class DispersionRow:
    """The laws of one flow in one band of size; ``structural.dispersion`` says what they are.

    ``n_pairs`` and alpha are of pairs whose prediction is in the band, the rest of pairs whose
    trade is: the same edges for both.
    """

    flow: str
    band: Int32
    size_from_usd: float
    size_to_usd: float | None
    n_pairs: int
    alpha: float
    alpha_method: str
    n_trading_pairs: int
    level_usd: float
    phi_usd: float
    rho: float
    noise_method: str


def lasting_table(
    cells: duckdb.DuckDBPyRelation, *, classes: pd.DataFrame, **settings: pd.DataFrame
) -> pa.Table:
    """One row a pair: directed flows, and totals with the two economies in alphabetical order.

    Only for specifications with predictions without the pair. A pair without one has no row, nor
    has a world of one year, whose noise cannot be told from what lasts.

    Args:
        cells: As ``structural``, with its ``settings``.
        classes: study_id, potential_class, display_order, k_lower, k_upper; missing where there is
            no bound.
        settings: Frames.
    """
    solved = structural(cells, **settings).solved
    ordered = classes.sort_values("display_order")
    # a pair whose law is not known has no deviation, and null in its row
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [
            _rows(key, one, name, flow, law, ordered[ordered["study_id"] == key[0]])
            for key, one in solved.items()
            for name, flow, law in _laws(one)
        ]
    return pa.concat_tables(parts) if parts else LASTING.empty_table()


def dispersion_table(cells: duckdb.DuckDBPyRelation, **settings: pd.DataFrame) -> pd.DataFrame:
    """One row a flow and band of size; arguments as ``structural``."""
    rows = {
        key: [row for name, flow in _flows(one) for row in _bands(name, flow)]
        for key, one in structural(cells, **settings).solved.items()
    }
    return frame_of(DispersionRow, rows, keys=KEYS)


def _flows(one: Solved) -> Iterator[tuple[str, Flow]]:
    if one.pair_out is not None:
        found = lasting_of_world(one.fit.world.trade, one.fit.fitted, one.pair_out.predicted)
        yield from zip(FLOWS, found, strict=True)


def _laws(one: Solved) -> Iterator[tuple[str, Flow, ClassLaw]]:
    if one.pair_out is not None:
        out = one.pair_out.predicted
        found = lasting_of_world(one.fit.world.trade, one.fit.fitted, out)
        yield from zip(FLOWS, found, laws_of_world(one.fit, out, found), strict=True)


def _rows(
    key: tuple[str, str],
    one: Solved,
    name: str,
    flow: Flow,
    class_law: ClassLaw,
    classes: pd.DataFrame,
) -> pa.Table:
    law = flow.lasting
    bounds = [
        (None if pd.isna(low) else float(low), None if pd.isna(high) else float(high))
        for low, high in zip(classes["k_lower"], classes["k_upper"], strict=True)
    ]
    known = np.isfinite(law.mean)
    ids = classes["potential_class"].to_numpy(dtype=object)
    names = np.array(one.fit.world.economies, dtype=object)
    columns: dict[str, Any] = {
        **{column: [value] * int(known.sum()) for column, value in zip(KEYS, key, strict=True)},
        "flow": [name] * int(known.sum()),
        "exporter_iso3": names[flow.one[known]],
        "importer_iso3": names[flow.other[known]],
        "n_years": law.n_years[known].astype(np.int32),
        "effective_years": law.effective_years[known],
        "gamma_shape": law.shape[known],
        "gamma_rate": law.rate[known],
        "k_lasting": law.mean[known],
        "benchmark_variance": law.benchmark_variance[known],
        **_of_class_law(class_law, bounds, ids, one.confidence_level, known),
    }
    empty = pa.nulls(int(known.sum()), pa.float64())
    filled = {name: empty if values is None else values for name, values in columns.items()}
    return pa.table({name: filled[name] for name in LASTING.names}, schema=LASTING)


def _of_class_law(
    law: ClassLaw, bounds: Bounds, ids: Any, level: float, of: BoolArray
) -> dict[str, Any]:
    """Columns of some pairs; null where the law is not known."""
    tail = (1.0 - level) / 2.0

    def column(values: FloatArray) -> pa.Array:
        return pa.array(np.where(law.is_known, values, np.nan)[of], from_pandas=True)

    of_lasting, of_new_year = (of.probabilities(bounds) for of in (law.lasting, law.new_year))
    lasting = dict(zip(ids, of_lasting, strict=True))
    new_year = dict(zip(ids, of_new_year, strict=True))
    chances = [(OF_CLASS, lasting), (OF_NEW_YEAR, new_year)]
    best = np.where(law.is_known, ids[of_lasting.argmax(axis=0)], None)
    return {
        "lasting_class": pa.array(best[of], pa.string()),
        "probability_status": np.where(law.is_known, "ok", "no_trade_in_sample")[of],
        **{
            name: column(held[id_]) if id_ in held else None
            for names, held in chances
            for name, id_ in names.items()
        },
        "k_line_log_se": column(np.sqrt(law.line_variance)),
        "k_lasting_median": column(law.lasting.quantile(0.5)),
        "k_lasting_ci_low": column(law.lasting.quantile(tail)),
        "k_lasting_ci_high": column(law.lasting.quantile(1.0 - tail)),
        "k_new_year_ci_low": column(law.new_year.quantile(tail)),
        "k_new_year_ci_high": column(law.new_year.quantile(1.0 - tail)),
    }


def _bands(name: str, flow: Flow) -> Iterator[DispersionRow]:
    noise, spread = flow.lasting.noise, flow.lasting.spread
    for k, (low, high) in enumerate(zip((0.0, *EDGES_USD), (*EDGES_USD, None), strict=True)):
        yield DispersionRow(
            flow=name,
            band=k + 1,
            size_from_usd=low,
            size_to_usd=high,
            n_pairs=int(spread.n_pairs[k]),
            alpha=float(spread.alpha[k]),
            alpha_method=spread.methods[k],
            n_trading_pairs=int(noise.n_pairs[k]),
            level_usd=float(noise.level_usd[k]),
            phi_usd=float(noise.phi[k]),
            rho=float(noise.rho[k]),
            noise_method=noise.methods[k],
        )
