"""Samples of the panel models: outcome and terms of every row, and why a row is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.marts.candidates import panel_runs
from trade_potential.audit.marts.figures import records
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.panel import panel_of

PAIR = ["reporter_code", "partner_code"]
ROW = ["study_id", "spec_id", "pair_id", "year"]
INDEX = "development_index"
ZERO = "trade is zero"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Rows that a panel specification of a study could have.

    Attributes:
        run: Row of the study and the specification.
        slots: Slot of each term: v1, v2, ...
        has_year_effects: Whether a term stands for a year.
        rows: Columns of ``int_gravity__candidates``, v0 the outcome.
        said: Which pairs are compared where not all are.
    """

    run: Any
    slots: Mapping[str, int]
    has_year_effects: bool
    rows: pd.DataFrame
    said: str

    @property
    def estimated(self) -> pd.DataFrame:
        """Rows of the estimators on logarithms and in levels."""
        return self.rows[self.rows["lost_step"].isna()]

    @property
    def with_zeros(self) -> pd.DataFrame:
        """Rows of PPML: also those without trade."""
        is_zero = self.rows["lost_reason"].fillna("").str.startswith(ZERO)
        return self.rows[self.rows["lost_step"].isna() | is_zero]


def transformed(values: Any, kind: str, divisor: float = 1.0, floor: float = np.nan) -> Floats:
    """Values as they enter a specification; NaN where they are undefined.

    A floor raises the value first; then it is divided and, of ln and ln1p, its logarithm taken.
    """
    numbers = np.asarray(values, dtype=float)
    raised = np.fmax(numbers, floor) + 0.0 * numbers  # a floor makes no value of a missing one
    found: Floats = raised / divisor
    if kind == "ln":
        found = np.log(np.where(raised > 0.0, found, np.nan))
    elif kind == "ln1p":
        found = np.log1p(np.where(numbers > -1.0, found, np.nan))
    return found


def whole_pairs(rows: pd.DataFrame, limit: int) -> tuple[npt.NDArray[np.bool_], str]:
    """Which rows are compared: all, or whole pairs in the order of the md5 of their codes.

    Args:
        rows: ``PAIR``.
        limit: Rows up to which all are.
    """
    if len(rows) <= limit:
        return np.ones(len(rows), dtype=bool), ""
    codes, names = pd.factorize(rows[PAIR[0]] + "-" + rows[PAIR[1]])
    order = np.argsort([md5(name.encode(), usedforsecurity=False).hexdigest() for name in names])
    fits = np.cumsum(np.bincount(codes)[order]) <= limit
    kept = np.isin(codes, order[fits])
    return kept, f"sample of {fits.sum()} pairs, {kept.sum()} of {len(rows)} rows"


def samples_of(gated: Gated) -> list[Sample]:
    """One per study and panel specification that it runs, made once for all who ask."""
    return gated.once(_samples)


def _samples(gated: Gated) -> list[Sample]:
    panel = panel_of(gated)
    scores = gated.part(
        "fct_development_index",
        *("study_id", "index_spec_id", "country_iso3", "year", INDEX, "imputed_share"),
    )
    variables = panel.variables
    variables = variables[variables["spec_kind"] == "gravity"]
    by_run = dict(iter(variables.groupby(["study_id", "spec_id"])))
    outcomes = panel.outcomes
    found = []
    for run in records(panel_runs(gated)):
        rows = outcomes[outcomes["study_id"] == run.study_id]
        kept, said = whole_pairs(rows, gated.max_rows)
        known = dict(
            iter(by_run.get((run.study_id, run.spec_id), variables.iloc[:0]).groupby("variable"))
        )
        of_index = (scores["study_id"] == run.study_id) & (
            scores["index_spec_id"] == run.index_spec_id
        )
        known[INDEX] = scores[of_index].rename(
            columns={INDEX: "variable_value", "imputed_share": "is_imputed"}
        )
        found.append(_of_run(gated, run, rows[kept].reset_index(drop=True), known, said))
    return found


def _of_run(
    gated: Gated, run: Any, outcomes: pd.DataFrame, known: dict[Any, pd.DataFrame], said: str
) -> Sample:
    terms = gated["stg_study__gravity_terms"]
    terms = terms[terms["spec_id"] == run.spec_id].sort_values("position")
    kinds = gated["stg_study__variables"].set_index("variable")["variable_kind"]
    rows = outcomes.assign(spec_id=run.spec_id, outcome_transform=run.outcome_transform)
    rows["outcome_divisor_usd"] = float(run.outcome_divisor_usd)
    is_scaled = run.outcome_scaling == "ecommerce_share"
    usd = rows["goods_trade_usd"].astype(float)
    rows["actual_usd"] = usd * rows["ecommerce_share"] if is_scaled else usd
    rows["scale_kind"] = rows["ecommerce_quote_kind"] if is_scaled else None
    rows["v0"] = transformed(rows["actual_usd"], run.outcome_transform, run.outcome_divisor_usd)
    missing, undefined = (np.full(len(rows), "", dtype=object) for _ in range(2))
    filled = np.zeros(len(rows))
    for term, values, imputed in _terms(gated, run, rows, terms, known, kinds):
        value = transformed(values, term.transform, term.divisor, _floor(term.floor_value))
        rows[f"v{term.position}"] = value
        filled += np.nan_to_num(imputed)
        for names, is_so in (
            (missing, np.isnan(values)),
            (undefined, ~np.isnan(values) & np.isnan(value)),
        ):
            names[is_so] += np.where(names[is_so] == "", "", ", ") + term.term
    rows["imputed_share"] = filled / max(len(terms), 1)
    step, reason = _lost(rows, missing, undefined)
    return Sample(
        run=run,
        slots=dict(zip(terms["term"], terms["position"], strict=True)),
        has_year_effects=bool((terms["variable"].map(kinds) == "year").any()),
        rows=rows.assign(lost_step=step, lost_reason=reason),
        said=said,
    )


def _floor(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)


def _terms(
    gated: Gated,
    run: Any,
    rows: pd.DataFrame,
    terms: pd.DataFrame,
    known: dict[Any, pd.DataFrame],
    kinds: pd.Series,
) -> Iterator[tuple[Any, Floats, Floats]]:
    """Each term with its values, and 1 where they were filled, the share of an index."""
    exceptions = gated["stg_study__gravity_term_exceptions"]
    exceptions = exceptions[exceptions["spec_id"] == run.spec_id]
    for term in records(terms):
        country = rows["reporter_iso3" if term.side == "reporter" else "partner_iso3"]
        values, imputed = (np.full(len(rows), np.nan) for _ in range(2))
        variables = pd.Series(term.variable, rows.index, dtype=object)
        for exception in records(exceptions[exceptions["term"] == term.term]):
            variables[country == exception.country_iso3] = exception.variable
        for variable in variables.unique():
            at = np.flatnonzero(variables == variable)
            names = ["country_iso3", "year"]
            asked = pd.DataFrame({"country_iso3": country, "year": rows["year"]}).iloc[at]
            if kinds.get(variable) == "pair":
                names.append("reporter_iso3")
                asked = asked.assign(reporter_iso3=rows["reporter_iso3"].iloc[at])
            held = known.get(variable)
            if held is not None:
                held = held.dropna(subset=names)[[*names, "variable_value", "is_imputed"]]
                both = asked.merge(held, on=names, how="left", validate="m:1")
                values[at] = both["variable_value"].astype(float)
                imputed[at] = both["is_imputed"].astype(float)
        yield term, values, imputed


def _lost(rows: pd.DataFrame, missing: Any, undefined: Any) -> tuple[pd.Series, pd.Series]:
    """First step that loses a row, and its reason; nothing for a row of the sample."""
    no_trade = rows["trade_missing_reason"].astype(object)
    no_scale = rows["ecommerce_missing_reason"].astype(object)
    is_zero = (rows["outcome_transform"] == "ln") & (rows["actual_usd"] == 0.0)
    unlisted = np.where(rows["is_unreported"].astype(bool), f"{ZERO}: BACI lists no flow", ZERO)
    steps: list[tuple[Any, str, Any]] = [
        (rows["pair_id"].isna(), "country_code", "the code stands for no country of today"),
        (rows["goods_trade_usd"].isna(), "trade_flow", no_trade),
        (rows["actual_usd"].isna(), "ecommerce_scale", no_scale),
        (rows["actual_usd"] < 0.0, "trade_flow", "trade is negative"),
        (missing != "", "regressors", "no value for " + missing),
        (undefined != "", "logarithm", "no logarithm of " + undefined),
        (is_zero, "logarithm", unlisted),
    ]
    step, reason = (np.full(len(rows), None, dtype=object) for _ in range(2))
    for is_so, name, why in reversed(steps):
        step = np.where(is_so, name, step)
        reason = np.where(is_so, why, reason)
    return pd.Series(step, rows.index), pd.Series(reason, rows.index)
