"""Marts of the gravity models beside the estimates that other audits verify: nothing moves."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import Gated

FIT = ["study_id", "spec_id", "estimator"]
STRUCTURAL = "ppml_structural"
REFERENCE = "verified estimates"
SAME = 0.0
"""Of what a mart repeats: every digit."""

OF_EVERY_FIT = ("n_obs", "n_entities")
BY_PRESENCE = {
    "df_resid": ("df_resid", "r_squared"),
    "n_rows": (
        *("n_rows", "n_absorbed", "ssr", "r_squared_within", "r_squared_between"),
        *("r_squared_overall", "sigma_u", "sigma_e", "condition_number"),
    ),
    "n_zeros": ("n_zeros", "deviance", "log_likelihood", "pseudo_r_squared"),
}
"""Diagnostics that an estimator has where it has a number of a kind, also those without value."""

OF_STRUCTURAL = {
    "n_pairs": "n_entities",
    "n_zero": "n_zeros",
    **{
        name: name
        for name in (
            *("n_obs", "deviance", "n_exporter_years", "n_importer_years", "n_refitted_pairs"),
            *("iterations", "largest_score", "deviance_r_squared"),
        )
    },
}
"""Diagnostic by column of the structural fits."""


def check_coefficients(gated: Gated) -> Iterator[Compared]:
    """Coefficients of every estimator with their standard errors and intervals."""
    fits = gated["est_gravity_fits"][[*FIT, "status", "n_obs", "n_entities"]]
    own = gated["est_gravity_coefficients"].merge(
        fits.rename(columns={"status": "estimator_status"}), on=FIT
    )
    sizes = gated["est_structural_fits"][[*FIT[:2], "status", "n_obs", "n_pairs"]]
    world = gated["est_structural_coefficients"].merge(sizes, on=FIT[:2])
    names = {"std_error": "coefficient_se", "ci_low": "coefficient_ci_low"}
    names |= {"ci_high": "coefficient_ci_high", "n_pairs": "n_entities"}
    names |= {"status": "estimator_status"}
    world = world.rename(columns=names).assign(estimator=STRUCTURAL, correction="G/(G-1)", df=None)
    columns = gated.columns("fct_gravity_coefficients")
    again = pd.concat([own, world.astype({"df": float})], ignore_index=True)
    again["distribution"] = again["df"].isna().map({True: "normal", False: "t"})
    yield compared(
        "fct_gravity_coefficients",
        gated["fct_gravity_coefficients"],
        again[columns],
        key=[*FIT, "covariance", "term"],
        by=FIT,
        tolerance=SAME,
        reference=REFERENCE,
    )


def check_tests(gated: Gated) -> Iterator[Compared]:
    """Specification tests, and the decision that follows from the p-value."""
    again = gated["est_gravity_tests"].copy()
    decided = (again["p_value"] < again["significance_level"]).map({True: "reject", False: "keep"})
    again["decision"] = decided.where(again["p_value"].notna(), "none")
    yield compared(
        "fct_gravity_tests",
        gated["fct_gravity_tests"],
        again[gated.columns("fct_gravity_tests")],
        key=[*FIT[:2], "test", "estimator", "covariance"],
        by=FIT[:2],
        tolerance=SAME,
        reference=REFERENCE,
    )


def check_diagnostics(gated: Gated) -> Iterator[Compared]:
    """Sizes, fit, variance components and weights as rows."""
    fits = gated["est_gravity_fits"]
    has = pd.Series(data=True, index=fits.index)
    parts = [_rows(fits, name, name, has) for name in OF_EVERY_FIT]
    for presence, names in BY_PRESENCE.items():
        parts += [_rows(fits, name, name, fits[presence].notna()) for name in names]
    told = fits[[*FIT, "status", "reason"]]
    weights = gated["est_gravity_weights"].merge(told, on=FIT)
    parts.append(_rows(weights, "theta", "theta", weights["group_size"].notna(), "group_size"))
    gaps = gated["est_gravity_covariances"][[*FIT, "first_order_gap"]].merge(told, on=FIT)
    parts.append(_rows(gaps, "first_order_gap", "first_order_gap", gaps["first_order_gap"].notna()))
    world = gated["est_structural_fits"].assign(estimator=STRUCTURAL)
    parts += [_rows(world, one, name, world[one].notna()) for one, name in OF_STRUCTURAL.items()]
    yield compared(
        "fct_gravity_diagnostics",
        gated["fct_gravity_diagnostics"],
        pd.concat(parts, ignore_index=True),
        key=[*FIT, "diagnostic", "group_size"],
        by=FIT,
        tolerance=SAME,
        reference=REFERENCE,
    )


def _rows(
    frame: pd.DataFrame, column: str, name: str, has: pd.Series, group: str = ""
) -> pd.DataFrame:
    rows = frame[has]
    return pd.DataFrame(
        {
            **{key: rows[key] for key in FIT},
            "estimator_status": rows["status"],
            "reason": rows["reason"],
            "diagnostic": name,
            "group_size": rows[group].astype(float) if group else float("nan"),
            "diagnostic_value": rows[column].astype(float),
        }
    )
