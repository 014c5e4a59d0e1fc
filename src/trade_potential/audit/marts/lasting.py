"""How sure a class of a panel is, again: probabilities, intervals, K without the pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.dimensions import class_of
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.law import Laws, Rows, laws, year_noise
from trade_potential.audit.marts.prediction import (
    CONSTANT,
    KEY,
    MART,
    OF_LAWS,
    PREDICT,
    RUN,
)
from trade_potential.audit.marts.sample import Sample, samples_of

Floats = npt.NDArray[np.float64]
Noises = dict[tuple[tuple[str, ...], bytes], tuple[float, Floats] | None]
"""Scatter of years by the rows with trade that tell it: alike for estimators that use the same."""

FEWEST_PAIRS, FEWEST_YEARS, LARGEST = 5, 3, 50_000_000
CLASSES = {
    "huge": "huge_potential",
    "expansion": "potential_expansion",
    "reshaping": "potential_reshaping",
}

TAIL = 1e-3
"""A number below this share of the largest of its column is compared with that share: a probability
that small is a tail, which moves by many times what moves the middle of its law."""


def check_lasting(gated: Gated) -> Iterator[Compared]:
    """Every row of every estimator; of a sample of pairs nothing, for the law is one of all."""
    coefficients = dict(iter(gated["fct_gravity_coefficients"].groupby([*RUN, "estimator"])))
    lost = gated["est_gravity_losses"]
    specifications = gated["stg_study__gravity_specifications"].set_index("spec_id")
    weights = gated["est_gravity_weights"]
    found, told = [], []
    for sample in samples_of(gated):
        noises: Noises = {}
        for estimator in PREDICT:
            own = coefficients.get((sample.run.study_id, sample.run.spec_id, estimator))
            if own is None or (estimator == "between" and sample.has_year_effects) or sample.said:
                continue
            weight, gone = (frame[_is_of(frame, sample, estimator)] for frame in (weights, lost))
            level = float(specifications.loc[sample.run.spec_id, "confidence_level"])
            bounds = _bounds(gated, sample.run.study_id)
            # two threads wait for each other longer than matrices of this size take
            with threadpool_limits(limits=1, user_api="blas"):
                found.append(
                    _of_estimator(sample, estimator, own, weight, gone, bounds, level, noises)
                )
            told.append((sample.run.study_id, sample.run.spec_id))
    columns = [*KEY, *OF_LAWS]
    made = [pd.DataFrame(columns=[*KEY, *_COLUMNS]), *found]
    again = _with_classes(gated, pd.concat(made, ignore_index=True))
    published = gated.part(MART, *columns)
    runs = pd.MultiIndex.from_frame(published[RUN])
    is_told = runs.isin(list(dict.fromkeys(told))) if told else np.zeros(len(published), dtype=bool)
    one = compared(
        f"{MART} in laws",
        published[is_told].reset_index(drop=True),
        again[columns],
        key=KEY,
        by=[*RUN, "estimator"],
        small=TAIL,
    )
    yield replace(one, mart=MART)


def _is_of(frame: pd.DataFrame, sample: Sample, estimator: str) -> pd.Series:
    run = (frame["study_id"] == sample.run.study_id) & (frame["spec_id"] == sample.run.spec_id)
    found: pd.Series = run & (frame["estimator"] == estimator)
    return found


def _of_estimator(
    sample: Sample,
    estimator: str,
    coefficients: pd.DataFrame,
    weights: pd.DataFrame,
    lost: pd.DataFrame,
    bounds: Mapping[str, tuple[float, float]],
    level: float,
    noises: Noises,
) -> pd.DataFrame:
    is_ppml = estimator == "ppml"
    rows = sample.with_zeros if is_ppml else sample.estimated
    rows = rows.sort_values(["pair_id", "year"]).reset_index(drop=True)
    values = coefficients.drop_duplicates("term").set_index("term")["coefficient"]
    made = rows[["reporter_iso3", "partner_iso3", "year", "pair_id"]].assign(
        study_id=sample.run.study_id, spec_id=sample.run.spec_id, estimator=estimator
    )
    gone = set(zip(lost["pair_id"], lost["year"], strict=True))
    keys = zip(rows["pair_id"], rows["year"], strict=True)
    is_lost = np.array([key in gone for key in keys], dtype=bool)
    kept = rows[~is_lost]
    theta = dict(zip(weights["group_size"], weights["theta"], strict=True))
    found = columns_of(sample, estimator, kept, values, theta, bounds, level, noises)
    table = pd.concat(
        [made[is_lost].assign(probability_status="not_in_estimate"), made[~is_lost].assign(**found)]
    )
    return table.reindex(columns=[*made, *_COLUMNS])


_PLAIN = ("k_lasting_median", "k_lasting_ci_low", "k_lasting_ci_high", "k_new_year_ci_low")
_COLUMNS = (
    *("probability_status", "gained", *_PLAIN, "k_new_year_ci_high"),
    *(f"probability_{name}" for name in CLASSES),
    *(f"new_year_probability_{name}" for name in CLASSES),
)


def columns_of(
    sample: Sample,
    estimator: str,
    rows: pd.DataFrame,
    values: pd.Series,
    theta: Mapping[int, float],
    bounds: Mapping[str, tuple[float, float]],
    level: float,
    noises: Noises,
) -> dict[str, Any]:
    """Columns of the rows of an estimate."""
    is_ppml = estimator == "ppml"
    pairs, place = np.unique(rows["pair_id"].to_numpy(dtype=object), return_inverse=True)
    usd = rows["actual_usd"].to_numpy(dtype=float)
    years = np.array([(usd[place == k] > 0.0).sum() for k in range(len(pairs))])
    status = np.where(
        years >= FEWEST_YEARS, "ok", np.where(years > 0, "few_years", "no_trade_in_sample")
    )
    status = status.astype(object)
    most = max((int((place == k).sum()) for k in range(len(pairs))), default=0)
    if not is_ppml and sample.run.outcome_transform == "none":
        return {"probability_status": "additive_model"}
    if len(pairs) < FEWEST_PAIRS or (is_ppml and len(pairs) <= 2 * int(values.notna().sum())):
        return {"probability_status": "few_pairs"}
    if len(pairs) * most**2 > LARGEST:
        return {"probability_status": "too_large"}
    trading = years[place] > 0
    law = _law(sample, estimator, rows[trading], values, theta, noises)
    if law is None:
        return {"probability_status": "no_noise"}
    codes = np.unique(place[trading])
    status[codes[~law.is_determined]] = "high_leverage"
    is_ok = status[place] == "ok"
    tail = (1.0 - level) / 2.0
    of_pairs = {
        "k_lasting_median": law.lasting.quantile(0.5),
        "k_lasting_ci_low": law.lasting.quantile(tail),
        "k_lasting_ci_high": law.lasting.quantile(1.0 - tail),
        "k_new_year_ci_low": law.new_year.quantile(tail),
        "k_new_year_ci_high": law.new_year.quantile(1.0 - tail),
    }
    for name, (low, high) in bounds.items():
        of_pairs[f"probability_{name}"] = law.lasting.between(low, high)
        of_pairs[f"new_year_probability_{name}"] = law.new_year.between(low, high)
    gained = np.full(len(rows), np.nan)
    gained[trading] = law.gained
    found: dict[str, Any] = {"probability_status": status[place], "gained": gained}
    for name, own in of_pairs.items():
        laid = np.full(len(pairs), np.nan)
        laid[codes] = own
        found[name] = np.where(is_ok, laid[place], np.nan)
    return found


def _bounds(gated: Gated, study: str) -> dict[str, tuple[float, float]]:
    """Ends of the classes of a study that have a column."""
    rows = cuts_of(gated["stg_study__potential_classes"], study)
    low = rows.set_index("potential_class")["k_lower"].astype(float).fillna(0.0)
    high = rows.set_index("potential_class")["k_upper"].astype(float).fillna(np.inf)
    return {
        name: (float(low[id_]), float(high[id_])) for name, id_ in CLASSES.items() if id_ in low
    }


def _law(
    sample: Sample,
    estimator: str,
    frame: pd.DataFrame,
    values: pd.Series,
    theta: Mapping[int, float],
    noises: Noises,
) -> Laws | None:
    """Of the rows of pairs with trade."""
    outcome = frame["actual_usd"].to_numpy(dtype=float) / float(sample.run.outcome_divisor_usd)
    year = frame["year"].to_numpy(dtype=float)
    names = frame["pair_id"].to_numpy(dtype=object)
    blocks = _parts(names)
    terms = {name: frame[f"v{slot}"].to_numpy(dtype=float) for name, slot in sample.slots.items()}
    varying = [x for x in terms.values() if np.ptp(x) > 1e-12 * max(np.abs(x).max(), 1.0)]
    has = outcome > 0.0
    of_traded = _parts(names[has])
    traded = tuple(names[has]), year[has].tobytes()
    if traded not in noises:
        noises[traded] = year_noise(
            Rows(of_traded, year[has]),
            np.log(outcome[has]),
            np.column_stack([(x - x.mean())[has] / x.std() for x in varying]),
        )
    noise = noises[traded]
    if noise is None:
        return None
    fitted, columns = np.full(len(year), float(values[CONSTANT])), [np.ones(len(year))]
    place = np.repeat(np.arange(len(blocks)), [len(own) for own in blocks])
    means = {
        f"mean({name})": (np.bincount(place, x) / np.bincount(place))[place]
        for name, x in terms.items()
    }
    for name, x in {**terms, **means}.items():
        if not pd.isna(values.get(name, np.nan)):
            fitted = fitted + values[name] * x
            columns.append((x - x.mean()) / x.std())
    design = np.column_stack(columns)
    if estimator == "ppml":
        predicted = np.exp(fitted)
        errors, weights = outcome / predicted - 1.0, design * predicted[:, None]
        information = [weights[own].T @ design[own] for own in blocks]
    else:
        errors, weights, information = np.log(outcome) - fitted, np.zeros_like(design), []
        for own in blocks:
            n = len(own)
            if estimator == "between":
                off = np.full((n, n), 1.0 / n) / np.sqrt(n)
            else:
                off = np.eye(n) - theta.get(n, 0.0) / n
            weights[own] = off.T @ off @ design[own]
            information.append(design[own].T @ weights[own])
    rows = Rows(blocks, year)
    return laws(rows, design, weights, information, errors, noise, is_ratio=estimator == "ppml")


def _parts(names: npt.NDArray[np.object_]) -> list[npt.NDArray[np.int64]]:
    """Places of each pair in sorted names."""
    first = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    return np.split(np.arange(len(names)), first[1:])


def _with_classes(gated: Gated, made: pd.DataFrame) -> pd.DataFrame:
    """What follows from K and its class, which are compared elsewhere."""
    rows = made.merge(gated.part(MART, *KEY, "k_ratio", "potential_class"), on=KEY, how="left")
    out = rows["k_ratio"] * np.exp(rows["gained"].astype(float))
    own, without = rows["potential_class"], pd.Series(np.nan, index=rows.index, dtype="object")
    for study, of_study in out.groupby(rows["study_id"]):
        cuts = cuts_of(gated["stg_study__potential_classes"], str(study))
        without[of_study.index] = class_of(of_study, cuts)
    known = out.notna() & own.notna()
    depends = (own != without).where(known)
    place = {id_: name for name, id_ in CLASSES.items()}
    chance = {prefix: np.full(len(rows), np.nan) for prefix in ("", "new_year_")}
    for prefix, values in chance.items():
        for id_, name in place.items():
            of = np.asarray(own == id_)
            values[of] = rows[f"{prefix}probability_{name}"].to_numpy(dtype=float)[of]
    firm, leaning = (pct / 100.0 for pct in gated.sure_pct)
    stays = np.asarray(depends == False)  # noqa: E712
    sure = np.where(
        (chance[""] >= firm) & stays,
        "firm",
        np.where(chance[""] >= leaning, "leaning", "undecided"),
    ).astype(object)
    sure[np.isnan(chance[""])] = None
    return rows.assign(
        k_pair_out_ratio=out,
        class_depends_on_own_trade=depends,
        answer_certainty=sure,
        new_year_probability=chance["new_year_"],
    )
