"""Trade potential again: prediction, smearing, K, its interval and its class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.dimensions import class_of
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.labels import default_studies, of_classes, one_key
from trade_potential.audit.marts.sample import Sample, samples_of
from trade_potential.audit.marts.samples import said_of, where_kept

Floats = npt.NDArray[np.float64]
RUN = ["study_id", "spec_id"]
KEY = [*RUN, "estimator", "reporter_iso3", "partner_iso3", "year"]
MART = "fct_trade_potential"

PREDICT = ("pooled", "between", "random", "mundlak", "ppml")
"""Estimators without effects of pairs; between sees no years, and predicts none with effects."""

OF_LAWS = (
    *("probability_status", "answer_certainty", "k_pair_out_ratio", "class_depends_on_own_trade"),
    *("probability_huge", "probability_expansion", "probability_reshaping", "new_year_probability"),
    *("k_lasting_median", "k_lasting_ci_low", "k_lasting_ci_high"),
    *("k_new_year_ci_low", "k_new_year_ci_high"),
)
"""Columns that ``lasting`` makes again."""

CONSTANT = "const"

ROUNDED = ("k_log_ratio_se", "k_ratio_ci_low", "k_ratio_ci_high")
"""Columns that rest on a standard error."""

ROUNDING = 16.0 * float(np.finfo(float).eps)
"""Relative error of a sum of products, in units of the sum of their sizes: where a covariance has
large entries of both signs, x'Vx is what little is left of them."""


def check_potential(gated: Gated) -> Iterator[Compared]:
    """Every row of every estimator by its own coefficients and covariance."""
    coefficients = gated["fct_gravity_coefficients"]
    fits = dict(iter(coefficients.groupby([*RUN, "estimator"])))
    errors = gated["est_gravity_covariances"].set_index([*RUN, "estimator", "covariance"])
    classes = gated["stg_study__potential_classes"]
    found = []
    for sample in samples_of(gated):
        for estimator in PREDICT:
            own = fits.get((sample.run.study_id, sample.run.spec_id, estimator))
            if own is None or (estimator == "between" and sample.has_year_effects):
                continue
            factor = _whole_factor(gated, sample, estimator) if sample.said else None
            cuts = cuts_of(classes, sample.run.study_id)
            found.append(_of_estimator(sample, estimator, own, errors, cuts, factor))
    columns = [name for name in gated.columns(MART) if name not in OF_LAWS]
    noises = [f"noise_{name}" for name in ROUNDED]
    again = pd.concat([pd.DataFrame(columns=[*columns, *noises]), *found], ignore_index=True)
    again = _with_keys(gated, again)
    where = where_kept(samples_of(gated), "reporter_iso3 || '-' || partner_iso3")
    yield compared(
        MART,
        gated.part(MART, *columns, where=where),
        again[columns],
        key=KEY,
        by=[*RUN, "estimator"],
        noise={
            name: np.nan_to_num(again[f"noise_{name}"].to_numpy(dtype=float)) for name in ROUNDED
        },
        said=said_of(samples_of(gated)),
    )


def _with_keys(gated: Gated, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with what joins them to others, each as one column, and the order of the class."""
    studies = gated["stg_study__studies"]
    specifications = gated["stg_study__gravity_specifications"].set_index("spec_id")
    classes = of_classes(gated, rows)
    return rows.assign(
        class_order=classes["class_order"],
        class_key=classes["class_key"],
        index_spec_id=rows["spec_id"].map(specifications["index_spec_id"]),
        is_default_study=rows["study_id"].isin(default_studies(studies)),
        partner_year_key=one_key(rows, ["study_id", "partner_iso3", "year"]),
        potential_key=one_key(rows, KEY),
    )


def _whole_factor(gated: Gated, sample: Sample, estimator: str) -> float:
    """Mean of all K, which is the smearing factor of a log model: a part of the pairs lacks it."""
    rows = gated.part(MART, *RUN, "estimator", "k_ratio")
    run = (rows["study_id"] == sample.run.study_id) & (rows["spec_id"] == sample.run.spec_id)
    return float(rows.loc[run & (rows["estimator"] == estimator), "k_ratio"].mean())


def _of_estimator(
    sample: Sample,
    estimator: str,
    coefficients: pd.DataFrame,
    errors: pd.DataFrame,
    classes: pd.DataFrame,
    factor: float | None,
) -> pd.DataFrame:
    """Rows of the mart of one estimator; ``factor`` is that of all rows where these are a part."""
    run, is_ppml = sample.run, estimator == "ppml"
    rows = sample.with_zeros if is_ppml else sample.estimated
    by_kind = dict(iter(coefficients.groupby("covariance")))
    clustered = by_kind["clustered"]
    is_usable = (clustered["term_status"] == "ok").any()
    kind = "clustered"
    if not is_usable or clustered["n_entities"].iloc[0] <= clustered["coefficient"].count():
        kind = "robust" if is_ppml else "classical"
    values = by_kind[kind].set_index("term")["coefficient"].fillna(0.0)
    names, design = _design(sample, rows)
    beta = np.array([values.get(name, 0.0) for name in names])
    fitted = design @ beta
    stored = errors.loc[[(run.study_id, run.spec_id, estimator, kind)]].iloc[0]
    matrix = _matrix(stored, sample.slots, names)
    variance = np.einsum("ij,jk,ik->i", design, matrix, design)
    error = np.sqrt(np.maximum(variance, 0.0))
    sizes = np.einsum("ij,jk,ik->i", np.abs(design), np.abs(matrix), np.abs(design))
    lost = np.sqrt(np.maximum(variance, 0.0) + ROUNDING * sizes) - error
    is_log = is_ppml or run.outcome_transform == "ln"
    is_median = is_log and not is_ppml
    usd = (np.exp(fitted) if is_log else fitted) * float(run.outcome_divisor_usd)
    actual = rows["actual_usd"].to_numpy(dtype=float)
    k = np.divide(actual, usd, out=np.full(len(usd), np.nan), where=usd != 0.0)
    if not is_median:
        factor = 1.0
    elif factor is None:
        factor = float(k.mean()) if len(k) else 1.0
    quantile = float(stored["critical_value"])
    margin = quantile * error
    if is_log:
        scale = np.ones(len(rows))
        ends = np.exp(-margin), np.exp(margin)
        of_ends = np.expm1(quantile * lost)
    else:
        scale = np.where(fitted == 0.0, np.nan, fitted)
        # K at the far end of the predicted trade is the near end of K
        least = np.where(fitted > margin, fitted - margin, np.nan)
        ends = fitted / (least + 2.0 * margin), fitted / least
        of_ends = quantile * lost / least
    low, high = k * ends[0], k * ends[1]
    is_positive = usd > 0.0
    has_log = is_positive & (k > 0.0)
    status = coefficients["estimator_status"].iloc[0]
    return rows[["reporter_iso3", "partner_iso3", "year", "scale_kind"]].assign(
        study_id=run.study_id,
        spec_id=run.spec_id,
        estimator=estimator,
        potential_class=class_of(pd.Series(np.where(is_positive, k, np.nan)), classes).to_numpy(),
        estimator_status=status,
        k_definition="median_without_effects" if is_median else "mean_without_effects",
        k_status=np.where(is_positive, "ok", "prediction_not_positive"),
        interval_covariance=kind,
        trade_source=run.trade_source,
        actual_usd=actual,
        predicted_usd=usd,
        k_ratio=k,
        k_mean_ratio=k / factor,
        k_log_ratio=np.log(np.where(has_log, k, np.nan)),
        k_log_ratio_se=np.where(is_positive, error / scale, np.nan),
        k_ratio_ci_low=low,
        k_ratio_ci_high=high,
        imputed_share=rows["imputed_share"].astype(float),
        is_unreported=rows["is_unreported"].astype(bool),
        noise_k_log_ratio_se=lost / np.abs(scale),
        noise_k_ratio_ci_low=np.abs(low) * of_ends,
        noise_k_ratio_ci_high=np.abs(high) * of_ends,
        is_default=run.spec_id == run.default_spec_id and estimator == run.default_estimator,
    )


def _design(sample: Sample, rows: pd.DataFrame) -> tuple[list[str], Floats]:
    """(N, 1 + 2 K) constant, terms and their means over the years of the pair; 0 where undefined.

    The means are those of the rows that the estimate rests on.
    """
    slots = [f"v{slot}" for slot in sample.slots.values()]
    own = rows[slots].to_numpy(dtype=float)
    means = sample.estimated.groupby("pair_id")[slots].mean().reindex(rows["pair_id"])
    names = [CONSTANT, *sample.slots, *(f"mean({term})" for term in sample.slots)]
    design = np.column_stack([np.ones(len(rows)), own, means.to_numpy(dtype=float)])
    return names, np.nan_to_num(design)


def _matrix(stored: pd.Series, slots: Mapping[str, int], names: list[str]) -> Floats:
    """Covariance of the coefficients by name; 0 of those without one."""
    width = max(int(name.rsplit("_", 1)[1]) for name in stored.index if name[:3] == "c_0")
    of_terms = list(slots.values())
    places = [0, *of_terms, *(width // 2 + slot for slot in of_terms)]
    found = np.zeros((len(names), len(names)))
    for i, one in enumerate(places):
        for j, other in enumerate(places):
            value = stored[f"c_{min(one, other)}_{max(one, other)}"]
            found[i, j] = 0.0 if pd.isna(value) else float(value)
    return found
