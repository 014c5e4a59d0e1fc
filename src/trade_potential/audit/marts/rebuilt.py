"""What the marts, which are compared themselves, have for every printed figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.marts.dimensions import class_of
from trade_potential.audit.marts.figures import Tables, records

Numbers = list[tuple[str, str, str, Any]]
"""Exhibit, row, column and number."""

DESCRIPTIVES = {
    "n_obs": "n_obs",
    "mean": "value_mean",
    "sd": "value_sd",
    "min": "value_min",
    "max": "value_max",
}
MODELS = {
    "coefficient": "coefficient",
    "standard_error": "coefficient_se",
    "t_statistic": "statistic",
    "p_value": "p_value",
    "ci_low": "coefficient_ci_low",
    "ci_high": "coefficient_ci_high",
}
"""Column of a mart by column of the print."""


def rebuilt(gated: Tables, runs: pd.DataFrame) -> pd.DataFrame:
    """replication_id, exhibit, row_label, column_label and rebuilt_value of every run."""
    columns = ["exhibit", "row_label", "column_label", "rebuilt_value"]
    found = [pd.DataFrame(columns=["replication_id", *columns])]
    for run in records(runs):
        numbers = [*_of_index(gated, run), *_of_models(gated, run), *_of_k(gated, run)]
        rows = pd.DataFrame(numbers, columns=columns)
        found.append(rows.assign(replication_id=run.replication_id))
    return pd.concat(found, ignore_index=True).astype({"rebuilt_value": "float64"})


def _part(gated: Tables, mart: str, **keys: str) -> pd.DataFrame:
    rows = gated[mart]
    for name, value in keys.items():
        rows = rows[rows[name] == value]
    return rows


def _of_index(gated: Tables, run: Any) -> Numbers:
    """The index, and its diagnostics."""
    own = {"study_id": run.study_id, "index_spec_id": run.index_spec_id}
    scores = _part(gated, "fct_development_index", **own)
    found: Numbers = [
        ("index", row.country_iso3, str(row.year), row.development_index) for row in records(scores)
    ]
    numbers = _part(gated, "fct_index_diagnostics", **own).groupby("diagnostic")
    for row in records(_part(gated, "fct_index_diagnostics", **own)):
        if row.diagnostic == "kmo":
            found.append(("index_diagnostics", "kmo", "value", row.diagnostic_value))
        if row.diagnostic == "bartlett_chi2":
            found.append(("index_diagnostics", "bartlett_p_value", "value", row.p_value))
    if "is_kept" in numbers.groups:
        kept = numbers.get_group("is_kept")["diagnostic_value"].sum()
        found.append(("index_diagnostics", "component_count", "value", kept))
    weights = _part(gated, "fct_index_weights", weight_kind="component_weight", **own)
    for row in records(weights):
        name = f"component_weight_{int(row.component)}"
        found.append(("index_diagnostics", name, "value", row.weight_value))
    if len(weights):
        share = 100.0 * weights["weight_value"].sum()
        found.append(("index_diagnostics", "cumulative_share_pct", "value", share))
    return found


def _of_models(gated: Tables, run: Any) -> Numbers:
    """Descriptives, coefficients, the two tests and the fit."""
    own = {"study_id": run.study_id, "spec_id": run.spec_id}
    found: Numbers = [
        ("descriptives", row["term"], label, row[column])
        for row in _part(gated, "fct_gravity_descriptives", **own).to_dict("records")
        for label, column in DESCRIPTIVES.items()
    ]
    slopes = _part(gated, "fct_gravity_coefficients", **own)
    slopes = slopes.assign(row_label=slopes["term"].replace("const", "_cons"))

    def of(estimator: str, covariance: str) -> pd.DataFrame:
        is_own = (slopes["estimator"] == estimator) & (slopes["covariance"] == covariance)
        return slopes[is_own].set_index("row_label")

    found += [
        ("random_effects", str(name), label, row[column])
        for name, row in of(run.estimator, run.covariance).iterrows()
        for label, column in MODELS.items()
    ]
    fixed, random = of("within", "classical"), of("random", "classical")
    for name in fixed.index.intersection(random.index):
        one, other = fixed.loc[name], random.loc[name]
        variance = one["coefficient_se"] ** 2 - other["coefficient_se"] ** 2
        columns = {
            "fixed": one["coefficient"],
            "random": other["coefficient"],
            "difference": one["coefficient"] - other["coefficient"],
            "difference_se": np.sqrt(variance) if variance > 0.0 else np.nan,
        }
        found += [("hausman", name, label, value) for label, value in columns.items()]
    found += [
        ("f_test", row["test"], label, row[label])
        for row in _part(gated, "fct_gravity_tests", test="f_effects", **own).to_dict("records")
        for label in ("statistic", "df", "df_denominator", "p_value")
    ]
    fit = _part(gated, "fct_gravity_diagnostics", diagnostic="r_squared", **own)
    fit = fit.loc[fit["estimator"] == run.estimator, "diagnostic_value"]
    return [*found, *(("random_effects", "r_squared", "value", value) for value in fit)]


def _of_k(gated: Tables, run: Any) -> Numbers:
    """K and its class by the rule of the study, as the number of the class."""
    k = _part(
        gated,
        "fct_trade_potential",
        study_id=run.k_study_id,
        spec_id=run.k_spec_id,
        estimator=run.k_estimator,
    )
    rule = gated["stg_published__printed_classes"]
    order = class_of(k["k_ratio"], rule).map(rule.set_index("potential_class")["display_order"])
    places = list(zip(k["partner_iso3"], k["year"].astype(str), strict=True))
    found: Numbers = [("k", *at, value) for at, value in zip(places, k["k_ratio"], strict=True)]
    of_class = zip(places, order, strict=True)
    return [*found, *(("k_class", *at, value) for at, value in of_class if not pd.isna(value))]
