"""linearmodels, statsmodels and pyfixest on a panel, in the schema of plm.csv and gretl.csv.

Not stored: tests call ``peer_rows`` on a panel of their own. Every option that a default decides is
passed. What multiplies the bare sandwich in each peer stands in conventions.py and is tested there.

Notes on defaults that this module does not rely on, from the sources of the versions in uv.lock:

- linearmodels: ``group_debias`` is off; ``PanelOLS`` counts effects in K unless the single effect
  is nested in the clusters, and always counts both of two; the bandwidth of Driscoll and Kraay is
  floor(4 (T/100)^(2/9)); t and F have N - K degrees of freedom whatever the covariance, K with all
  effects.
- statsmodels: ``fit(cov_type=...)`` other than nonrobust switches to the normal distribution unless
  ``use_t=True``; dummies are regressors, so K counts all effects; clusters have G - 1 degrees of
  freedom, the smaller for two; ``hac-groupsum`` needs periods coded 0, 1, ... and a lag, and its
  degrees of freedom are the number of rows with an earlier year than the row before: in rows by
  entity about G - 1, in rows by year zero, never T - 1.
- pyfixest: ``ssc()`` has k_fixef="nonnested", G_df="min": two-way clusters all get the factor of
  the smaller dimension; ``fixef_rm="singleton"`` drops entities with one row; the lag of "DK" is
  floor(T^(1/4)); effects count fully in K for "DK", which has T - 1 degrees of freedom.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
import pyfixest as pf
import statsmodels.api as sm
from linearmodels.panel import BetweenOLS, PanelOLS, PooledOLS, RandomEffects
from pyfixest.demeaners import MapDemeaner
from statsmodels.stats.diagnostic import linear_reset
from tests.reference.peers.make_data import Study
from tests.reference.peers.rows import (
    COLUMNS,
    ESTIMATORS,
    Maker,
    Row,
    bandwidth,
    terms_of,
    with_means,
)

DEMEANED = 1e-13
"""pyfixest takes two-way means out by iteration; its default of 1e-6 leaves 2e-7 in variances."""


def peer_rows(frame: pd.DataFrame, study: Study, *, dataset: str = "") -> pd.DataFrame:
    """Every number of every Python peer.

    Args:
        frame: A row per entity and year, with these columns and those of ``study``, no gaps in
            the values.
        study: Names of the variables.
        dataset: Label.

    Returns:
        A frame with ``COLUMNS``.
    """
    ordered = frame.sort_values(["entity", "year"], ignore_index=True)
    found: list[Row] = [
        *linearmodels_rows(ordered, study),
        *statsmodels_rows(ordered, study),
        *pyfixest_rows(ordered, study),
    ]
    versions = {row.peer: version(row.peer) for row in found}
    return pd.DataFrame(
        [vars(row) | {"dataset": dataset, "peer_version": versions[row.peer]} for row in found],
        columns=list(COLUMNS),
    )


# --- linearmodels ---------------------------------------------------------------------------------


def _linearmodels_covariances(estimator: str, lag: int) -> dict[str, dict[str, Any]]:
    """Options of ``fit`` by covariance; between has one row per entity."""
    clustered = {"cov_type": "clustered", "group_debias": True}
    if estimator == "between":
        return {"classical": {"cov_type": "unadjusted"}, "hc1": {"cov_type": "robust"}}
    return {
        "classical": {"cov_type": "unadjusted"},
        "hc1": {"cov_type": "robust"},
        "entity": clustered | {"cluster_entity": True},
        "time": clustered | {"cluster_time": True},
        "entity_time": clustered | {"cluster_entity": True, "cluster_time": True},
        "driscoll_kraay": {"cov_type": "kernel", "kernel": "bartlett", "bandwidth": lag},
    }


def _linearmodels_model(panel: pd.DataFrame, study: Study, estimator: str) -> Any:
    y = panel[study.outcome]
    x = sm.add_constant(panel[terms_of(study, estimator)], has_constant="add")
    if estimator == "between":
        return BetweenOLS(y, x)
    if estimator in {"within", "twoway"}:
        return PanelOLS(y, x, entity_effects=True, time_effects=estimator == "twoway")
    return (RandomEffects if estimator in {"random", "mundlak"} else PooledOLS)(y, x)


def linearmodels_rows(frame: pd.DataFrame, study: Study) -> list[Row]:
    """linearmodels: ``debiased=True`` everywhere, ``group_debias=True`` for clusters.

    Random effects of unbalanced panels twice: with the harmonic mean of the lengths, as
    Stata's ``xtreg, re``, and as Baltagi and Chang (``small_sample=True``).
    """
    panel = with_means(frame, study).set_index(["entity", "year"])
    lag = bandwidth(frame["year"].nunique())
    sizes = frame.groupby("entity").size()
    rows: list[Row] = []
    for estimator in ESTIMATORS:
        model = _linearmodels_model(panel, study, estimator)
        rows += _linearmodels_fits(model, estimator, lag, {})
        if estimator in {"random", "mundlak"} and sizes.min() < sizes.max():
            rows += _linearmodels_fits(model, estimator, lag, {"small_sample": True})
    return rows


def _linearmodels_fits(model: Any, estimator: str, lag: int, extra: dict[str, Any]) -> list[Row]:
    rows: list[Row] = []
    for covariance, options in _linearmodels_covariances(estimator, lag).items():
        chosen = {"debiased": True, **options, **extra}
        result = model.fit(**chosen)
        arguments = ", ".join(f"{key}={value!r}" for key, value in chosen.items())
        call = f"{type(model).__name__}.fit({arguments})"
        make = Maker("linearmodels", estimator, covariance, call)
        rows += make.rows("std_error", result.std_errors)
        rows.append(make.row("df", "t", result.df_resid))
        if covariance == "classical":
            rows += _linearmodels_results(result, Maker("linearmodels", estimator, "", call))
    return rows


def _linearmodels_results(result: Any, make: Maker) -> list[Row]:
    """What does not depend on the covariance."""
    rows = [
        *make.rows("coefficient", result.params),
        make.row("ssr", "", result.resid_ss),
        make.row("r_squared", "", result.rsquared),
    ]
    if make.estimator in {"within", "twoway"}:
        found = result.f_pooled
        rows += make.test(
            "f_entity" if make.estimator == "within" else "f_twoway",
            statistic=found.stat,
            df=found.df,
            df_denominator=found.df_denom,
            p_value=found.pval,
        )
    if make.estimator in {"random", "mundlak"}:
        parts = result.variance_decomposition
        rows.append(make.row("sigma_u", "", np.sqrt(parts["Effects"])))
        rows.append(make.row("sigma_e", "", np.sqrt(parts["Residual"])))
        sizes = result.resids.groupby(level=0).size().reindex(result.theta.index)
        theta = pd.Series(result.theta["theta"].to_numpy(), index=[f"T={n}" for n in sizes])
        rows += make.rows("theta", theta[~theta.index.duplicated()])
    return rows


# --- statsmodels ----------------------------------------------------------------------------------


def _design(frame: pd.DataFrame, study: Study, estimator: str) -> pd.DataFrame:
    """Constant, regressors and the dummies of the effects."""
    parts = [frame[terms_of(study, estimator)]]
    if estimator in {"within", "twoway"}:
        parts.append(pd.get_dummies(frame["entity"], prefix="entity", drop_first=True, dtype=float))
    if estimator == "twoway":
        parts.append(pd.get_dummies(frame["year"], prefix="year", drop_first=True, dtype=float))
    design: pd.DataFrame = sm.add_constant(pd.concat(parts, axis=1), has_constant="add")
    return design


def _statsmodels_covariances(
    estimator: str, frame: pd.DataFrame, lag: int
) -> list[tuple[str, str, dict[str, Any]]]:
    """Covariance, name of the options and the options of ``fit``."""
    plain: list[tuple[str, str, dict[str, Any]]] = [
        ("classical", "nonrobust", {"cov_type": "nonrobust"}),
        ("hc0", "HC0", {"cov_type": "HC0"}),
        ("hc1", "HC1", {"cov_type": "HC1"}),
    ]
    if estimator == "between":
        return plain
    entity, year = (frame[name].factorize(sort=True)[0] for name in ("entity", "year"))
    for covariance, groups in {
        "entity": entity,
        "time": year,
        "entity_time": np.column_stack([entity, year]),
    }.items():
        options = {"groups": groups, "use_correction": True, "df_correction": True}
        plain.append((covariance, "cluster", {"cov_type": "cluster", "cov_kwds": options}))
    for correction in ("cluster", "hac"):
        options = {"time": year, "maxlags": lag, "use_correction": correction}
        named = f"hac-groupsum, maxlags={lag}, use_correction={correction!r}"
        chosen = {"cov_type": "hac-groupsum", "cov_kwds": options}
        plain.append(("driscoll_kraay", named, chosen))
    return plain


def statsmodels_rows(frame: pd.DataFrame, study: Study) -> list[Row]:
    """statsmodels: least squares with dummies for the effects, ``use_t=True``."""
    lag = bandwidth(frame["year"].nunique())
    rows: list[Row] = []
    for estimator in ("pooled", "between", "within", "twoway"):
        used = frame
        if estimator == "between":
            used = frame.groupby("entity", as_index=False).mean()
        model = sm.OLS(used[study.outcome], _design(used, study, estimator))
        terms = terms_of(study, estimator)
        # The constant of dummies is that of the first entity: no number of a panel estimator.
        terms += ["const"] if estimator in {"pooled", "between"} else []
        for covariance, name, options in _statsmodels_covariances(estimator, used, lag):
            with warnings.catch_warnings():
                # A covariance over fewer clusters than regressors has no full rank.
                warnings.simplefilter("ignore")
                result = model.fit(use_t=True, **options)
                errors = result.bse[terms]
            make = Maker("statsmodels", estimator, covariance, f"OLS.fit({name}, use_t=True)")
            rows += make.rows("std_error", errors)
            df = getattr(result, "df_resid_inference", None) or result.df_resid
            rows.append(make.row("df", "t", df))
            if covariance == "classical":
                plain = Maker("statsmodels", estimator, "", make.option)
                rows += plain.rows("coefficient", result.params[terms])
                rows.append(plain.row("ssr", "", result.ssr))
            if estimator == "pooled" and covariance in {"classical", "entity"}:
                rows += _reset(result, make, options)
    return rows


def _reset(result: Any, make: Maker, options: Mapping[str, Any]) -> list[Row]:
    test = linear_reset(result, power=3, use_f=True, **options)
    option = f"linear_reset(power=3, use_f=True, cov_type={options['cov_type']!r})"
    return Maker(make.peer, make.estimator, make.covariance, option).test(
        "reset",
        statistic=float(test.statistic),
        df=float(test.df_num),
        df_denominator=float(test.df_denom),
        p_value=float(test.pvalue),
    )


# --- pyfixest -------------------------------------------------------------------------------------


def _pyfixest_covariances(
    estimator: str, lag: int
) -> list[tuple[str, str, Any, dict[str, Any] | None]]:
    """Covariance, its G_df, and ``vcov`` and ``vcov_kwargs`` of ``feols``."""
    plain: list[tuple[str, str, Any, dict[str, Any] | None]] = [
        ("classical", "conventional", "iid", None),
        ("hc1", "conventional", "hetero", None),
    ]
    if estimator == "between":
        return plain
    both = {"CRV1": "entity + year"}
    panel = {"time_id": "year", "panel_id": "entity", "lag": lag}
    return [
        *plain,
        ("entity", "conventional", {"CRV1": "entity"}, None),
        ("time", "conventional", {"CRV1": "year"}, None),
        ("entity_time", "conventional", both, None),
        ("entity_time", "min", both, None),
        ("driscoll_kraay", "conventional", "DK", panel),
    ]


def pyfixest_rows(frame: pd.DataFrame, study: Study) -> list[Row]:
    """pyfixest: effects absorbed, ``fixef_rm="none"``, the small-sample settings spelled out."""
    lag = bandwidth(frame["year"].nunique())
    rows: list[Row] = []
    for estimator in ("pooled", "between", "within", "twoway"):
        used = frame
        if estimator == "between":
            used = frame.groupby("entity", as_index=False).mean()
        effects = {"within": " | entity", "twoway": " | entity + year"}.get(estimator, "")
        formula = f"{study.outcome} ~ {' + '.join(terms_of(study, estimator))}{effects}"
        for covariance, count, vcov, options in _pyfixest_covariances(estimator, lag):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # its use of pandas
                fit = pf.feols(
                    formula,
                    used,
                    vcov=vcov,
                    vcov_kwargs=options,
                    ssc=pf.ssc(k_adj=True, k_fixef="nonnested", G_adj=True, G_df=count),
                    fixef_rm="none",
                    demeaner=MapDemeaner(fixef_tol=DEMEANED),
                )
            named = vcov if options is None else f"{vcov}, lag={options['lag']}"
            call = f"feols(vcov={named}, ssc(k_fixef='nonnested', G_df={count!r}))"
            make = Maker("pyfixest", estimator, covariance, call)
            rows += make.rows("std_error", fit.se())
            rows.append(make.row("df", "t", fit._df_t))
            if covariance == "classical":
                rows += Maker("pyfixest", estimator, "", call).rows("coefficient", fit.coef())
    return rows
