"""Typed table of what lasts of the ratio to the prediction of each estimator of a panel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.gravity.lasting import ChainLaw, Line, law_of_panel
from trade_potential.gravity.pair_years import FEW_YEARS, PairRows, YearNoise, year_noise
from trade_potential.inference.mixture import Bounds
from trade_potential.inference.registry import ESTIMATORS, Estimator, EstimatorSpec
from trade_potential.linalg import FloatArray, one_thread
from trade_potential.results.build import terms_by_spec
from trade_potential.results.gravity import KEYS
from trade_potential.results.typed import Int32, frame_of

LEAST_PAIRS = 5
"""Fewer partners were not tried (docs/calibration.md)."""

PAIRS_A_COEFFICIENT = 2
"""PPML needs more partners than so many times its coefficients: with five, intervals of 90 per cent
cover 84."""

LARGEST = 50_000_000
"""Numbers of the correlations of all years of all pairs: half a gigabyte."""

CLASSES = ("huge_potential", "potential_expansion", "potential_reshaping")


@dataclass(frozen=True, kw_only=True)
class LastingRow:
    """One row of K; ``gravity.lasting`` says what the numbers of its pair are.

    ``probability_status``: ok; additive_model, a regression in levels, whose ratio does not last;
    few_pairs, few_years, no_trade_in_sample; not_in_estimate, which PPML could not use;
    high_leverage, the other pairs do not determine the
    line; no_noise, the years leave no residual; too_large. ``log_k_change``: what ln K gains by the
    line without its pair.
    """

    estimator: str
    pair_id: str
    year: Int32
    probability_status: str
    log_k_change: float | None = None
    probability_huge: float | None = None
    probability_expansion: float | None = None
    probability_reshaping: float | None = None
    new_year_probability_huge: float | None = None
    new_year_probability_expansion: float | None = None
    new_year_probability_reshaping: float | None = None
    k_lasting_median: float | None = None
    k_lasting_ci_low: float | None = None
    k_lasting_ci_high: float | None = None
    k_new_year_ci_low: float | None = None
    k_new_year_ci_high: float | None = None


def lasting_rows(
    *,
    sample: pd.DataFrame,
    fits: pd.DataFrame,
    weights: pd.DataFrame,
    losses: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    classes: pd.DataFrame,
) -> pd.DataFrame:
    """One row a pair and year of every estimator that predicts.

    Args:
        sample: Rows of int_gravity__ppml_sample.
        fits: Rows of est_gravity_fits.
        weights: Rows of est_gravity_weights.
        losses: Rows of est_gravity_losses.
        terms: spec_id, term, position.
        specifications: spec_id, confidence_level.
        classes: study_id, potential_class, k_lower, k_upper; missing where there is no bound.
    """
    named = terms_by_spec(terms)
    levels = dict(zip(specifications["spec_id"], specifications["confidence_level"], strict=True))
    bounds = {str(study): _bounds(own) for study, own in classes.groupby("study_id")}
    of_run = {(str(a), str(b)): rows for (a, b), rows in sample.groupby([*KEYS])}
    lost = {
        key: set(zip(own["pair_id"], own["year"], strict=True))
        for key, own in losses[losses["estimator"] == "ppml"].groupby([*KEYS])
    }
    found: dict[tuple[str, str], list[LastingRow]] = {}
    noises: dict[tuple[str, str], dict[bytes, YearNoise | None]] = {key: {} for key in of_run}
    with one_thread():
        for record in fits.to_dict("records"):
            fit = {str(name): value for name, value in record.items()}
            key = (str(fit["study_id"]), str(fit["spec_id"]))
            spec = ESTIMATORS[fit["estimator"]]
            if not spec.predicts or pd.isna(fit["b0"]) or key not in of_run:
                continue
            rows = of_run[key]
            if spec.family == "ppml":
                at = zip(rows["pair_id"], rows["year"], strict=True)
                is_lost = np.array([place in lost.get(key, ()) for place in at], dtype=bool)
                found.setdefault(key, []).extend(_not_estimated(rows[is_lost]))
                is_used = ~is_lost
            else:
                is_used = rows["v0"].notna().to_numpy()
            own = weights[
                (weights["study_id"] == key[0])
                & (weights["spec_id"] == key[1])
                & (weights["estimator"] == fit["estimator"])
            ]
            theta = dict(zip(own["group_size"], own["theta"], strict=True))
            panel = _Panel(
                rows[is_used].sort_values(["pair_id", "year"]),
                fit,
                spec,
                named[key[1]],
                theta,
                (is_used & (rows["actual_usd"] > 0.0).to_numpy()).tobytes(),
                noises[key],
            )
            found.setdefault(key, []).extend(
                panel.answered(bounds.get(key[0], {}), float(levels[key[1]]))
            )
    return frame_of(LastingRow, found, keys=KEYS)


def _not_estimated(rows: pd.DataFrame) -> Iterator[LastingRow]:
    """Rows that PPML could not use."""
    for pair_id, year in zip(rows["pair_id"], rows["year"], strict=True):
        said = {"estimator": "ppml", "pair_id": pair_id, "year": int(year)}
        yield LastingRow(**said, probability_status="not_in_estimate")


def _bounds(classes: pd.DataFrame) -> dict[str, tuple[float | None, float | None]]:
    def bound(value: Any) -> float | None:
        return None if pd.isna(value) else float(value)

    ends = zip(classes["k_lower"], classes["k_upper"], strict=True)
    held = [(bound(low), bound(high)) for low, high in ends]
    return dict(zip(classes["potential_class"], held, strict=True))


@dataclass(frozen=True)
class _Panel:
    """Rows of one estimator on one sample, sorted by pair and year.

    ``traded`` says which rows of the sample it uses that have trade: years scatter alike for all
    estimators that use the same, and ``noises`` keeps by how much.
    """

    frame: pd.DataFrame
    fit: dict[str, Any]
    spec: EstimatorSpec
    terms: Sequence[str]
    theta: dict[int, float]
    traded: bytes
    noises: dict[bytes, YearNoise | None]

    @property
    def is_ratio(self) -> bool:
        return self.spec.link == "log"

    def answered(
        self, bounds: dict[str, tuple[float | None, float | None]], level: float
    ) -> Iterator[LastingRow]:
        """Every row, with its law or why it has none."""
        estimator: Estimator = self.spec.name
        keys = list(zip(self.frame["pair_id"], self.frame["year"], strict=True))
        pair = np.unique(self.frame["pair_id"].to_numpy(dtype=object), return_inverse=True)[1]
        traded = self.frame["actual_usd"].to_numpy(dtype=float) > 0.0
        years = np.bincount(pair, traded)
        status = np.where(
            years == 0, "no_trade_in_sample", np.where(years < FEW_YEARS, "few_years", "")
        )
        refused = self._refused(len(years))
        columns: dict[str, FloatArray] = {}
        change = np.full(len(pair), np.nan)
        if not refused:
            held = years[pair] > 0
            law = self._law(pair, traded, held)
            if law is None:
                refused = "no_noise"
            else:
                some = np.unique(pair[held])
                status[some[~law.is_determined]] = "high_leverage"
                columns = _columns(law, bounds, level, some, len(years))
                change[held] = law.log_change
        said = [refused or str(one) or "ok" for one in status]
        of_pairs = [
            {name: _known(values[g]) for name, values in columns.items()} if one == "ok" else {}
            for g, one in enumerate(said)
        ]
        for k, (pair_id, year) in enumerate(keys):
            yield LastingRow(
                estimator=estimator,
                pair_id=pair_id,
                year=int(year),
                probability_status=said[pair[k]],
                log_k_change=_known(change[k]),
                **of_pairs[pair[k]],
            )

    def _refused(self, pairs: int) -> str:
        if not self.is_ratio and (self.frame["outcome_transform"] == "none").any():
            return "additive_model"
        coefficients = sum(
            not pd.isna(self.fit[name])
            for name in self.fit
            if name[:1] in "bg" and name[1:].isdigit()
        )
        if pairs < LEAST_PAIRS or (self.is_ratio and pairs <= PAIRS_A_COEFFICIENT * coefficients):
            return "few_pairs"
        longest = int(self.frame.groupby("pair_id").size().max())
        return "too_large" if pairs * longest**2 > LARGEST else ""

    def _law(self, pair: Any, traded: Any, held: Any) -> ChainLaw | None:
        slots = range(1, len(self.terms) + 1)
        x = self.frame[[f"v{k}" for k in slots]].to_numpy(dtype=float)[held]
        usd = self.frame["actual_usd"].to_numpy(dtype=float)[held]
        outcome = usd / self.frame["outcome_divisor_usd"].to_numpy(dtype=float)[held]
        codes = np.unique(pair[held], return_inverse=True)[1]
        year = self.frame["year"].to_numpy(dtype=np.int64)[held]
        rows, has = PairRows(codes, year), traded[held]
        logs = np.log(np.where(has, outcome, 1.0))
        spread = x.std(axis=0)
        varies = spread > 1e-12 * np.maximum(np.abs(x).max(axis=0), 1.0)
        z = (x[:, varies] - x[:, varies].mean(axis=0)) / spread[varies]
        if self.traded not in self.noises:
            of_traded = PairRows(codes[has], year[has])
            self.noises[self.traded] = year_noise(of_traded, logs[has], z[has])
        noise = self.noises[self.traded]
        if noise is None:
            return None
        columns, fitted = [np.ones(len(x))], np.full(len(x), float(self.fit["b0"]))
        for letter, values in (("b", x), ("g", rows.means(x)[codes])):
            for k in slots:
                if not pd.isna(self.fit[f"{letter}{k}"]):
                    own = values[:, k - 1]
                    fitted += self.fit[f"{letter}{k}"] * own
                    columns.append((own - own.mean()) / own.std())
        design = np.column_stack(columns)
        if self.is_ratio:
            mean = np.exp(fitted)
            line, errors = Line.ppml(rows, design, mean), outcome / mean - 1.0
        elif self.spec.unit == "entity":
            line, errors = Line.between(rows, design), logs - fitted
        else:
            theta = np.array([self.theta.get(int(n), 0.0) for n in rows.n])
            line, errors = Line.least_squares(rows, design, theta), logs - fitted
        return law_of_panel(rows, line, errors, noise, is_ratio=self.is_ratio)


def _columns(
    law: ChainLaw,
    bounds: dict[str, tuple[float | None, float | None]],
    level: float,
    some: Any,
    pairs: int,
) -> dict[str, FloatArray]:
    """(G,) columns by name; NaN of pairs without law."""
    held: Bounds = list(bounds.values())
    tail = (1.0 - level) / 2.0
    found = {
        "k_lasting_median": law.lasting.quantile(0.5),
        "k_lasting_ci_low": law.lasting.quantile(tail),
        "k_lasting_ci_high": law.lasting.quantile(1.0 - tail),
        "k_new_year_ci_low": law.new_year.quantile(tail),
        "k_new_year_ci_high": law.new_year.quantile(1.0 - tail),
    }
    for prefix, of in (("probability_", law.lasting), ("new_year_probability_", law.new_year)):
        chances = dict(zip(bounds, of.probabilities(held), strict=True))
        for name in CLASSES:
            if name in chances:
                found[prefix + name.replace("potential_", "").replace("_potential", "")] = chances[
                    name
                ]

    def placed(values: FloatArray) -> FloatArray:
        of_all = np.full(pairs, np.nan)
        of_all[some] = values
        return of_all

    return {name: placed(values) for name, values in found.items()}


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
