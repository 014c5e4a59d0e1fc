"""Trade potential made again: known values by hand, and every planted fault by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.prediction import MART, PREDICT, check_potential
from trade_potential.audit.marts.sample import Sample

YEARS = (2018, 2019, 2020)
PARTNERS = ("KAZ", "UZB", "TJK", "KGZ", "TKM")
TERMS = {"lnsize": 1, "lndist": 2}
SLOTS = 3
STUDY = {"study_id": "s", "trade_source": "national", "default_spec_id": "logs"}
LEVEL_OF_CLASS = ((0.8, "huge"), (1.2, "expansion"))

BETA: dict[str, dict[str, float]] = {
    "pooled": {"const": 1.0, "lnsize": 0.7, "lndist": -0.4},
    "between": {"const": 0.8, "lnsize": 0.9, "lndist": -0.5},
    "random": {"const": 1.1, "lnsize": 0.6, "lndist": -0.3},
    "mundlak": {
        **{"const": 0.9, "lnsize": 0.5, "lndist": -0.35},
        **{"mean(lnsize)": 0.25, "mean(lndist)": 0.1},
    },
    "ppml": {"const": 1.2, "lnsize": 0.65, "lndist": -0.45},
}
QUANTILE = {"pooled": 2.1, "between": 2.2, "random": 1.96, "mundlak": 1.96, "ppml": 1.96}


def rows(spec_id: str) -> pd.DataFrame:
    """Candidates: the last partner trades nothing in 2020."""
    random = np.random.default_rng(30)
    found = pd.DataFrame(
        [(f"CHN-{partner}", "CHN", partner, year) for partner in PARTNERS for year in YEARS],
        columns=["pair_id", "reporter_iso3", "partner_iso3", "year"],
    )
    found["v1"], found["v2"] = random.uniform(0.5, 3.0, (2, len(found)))
    found["actual_usd"] = random.uniform(0.5, 60.0, len(found))
    found.loc[len(found) - 1, "actual_usd"] = 0.0
    is_zero = found["actual_usd"] == 0.0
    return found.assign(
        study_id="s",
        spec_id=spec_id,
        reporter_code="CHN",
        partner_code=found["partner_iso3"],
        scale_kind="reported",
        imputed_share=0.5,
        is_unreported=is_zero,
        lost_step=np.where(is_zero, "logarithm", None),
        lost_reason=np.where(is_zero, "trade is zero", None),
    )


def sample(spec_id: str) -> Sample:
    transform, divisor = {"logs": ("ln", 1.0), "levels": ("none", 10.0)}[spec_id]
    run = SimpleNamespace(
        **STUDY,
        spec_id=spec_id,
        outcome_transform=transform,
        outcome_divisor_usd=divisor,
        default_estimator="mundlak",
    )
    own = rows(spec_id)
    if spec_id == "levels":  # zero trade is a row like any other
        own = own.assign(lost_step=None, lost_reason=None)
    return Sample(run=run, slots=TERMS, has_year_effects=spec_id == "levels", rows=own, said="")


def predicting(spec_id: str) -> list[str]:
    return [one for one in PREDICT if not (spec_id == "levels" and one == "between")]


def covariance(estimator: str) -> np.ndarray[Any, Any]:
    """(7, 7) of the constant, three slots and their means; nothing of a slot without term."""
    names = ["const", "lnsize", "lndist", "", "mean(lnsize)", "mean(lndist)", ""]
    root = np.random.default_rng(PREDICT.index(estimator)).normal(0.0, 0.05, (7, 7))
    has = np.array([name in BETA[estimator] for name in names])
    return np.where(np.outer(has, has), root @ root.T, np.nan)


def by_hand(spec_id: str, estimator: str) -> pd.DataFrame:
    """The rows of the mart, one after another with scalars."""
    own, is_log = sample(spec_id), spec_id == "logs" or estimator == "ppml"
    kept = own.with_zeros if estimator == "ppml" else own.estimated
    divisor, beta = own.run.outcome_divisor_usd, BETA[estimator]
    matrix = np.nan_to_num(covariance(estimator))
    found = []
    for row in kept.to_dict("records"):
        years = [
            one for one in own.estimated.to_dict("records") if one["pair_id"] == row["pair_id"]
        ]
        means = [sum(one[slot] for one in years) / len(years) for slot in ("v1", "v2")]
        x = [1.0, row["v1"], row["v2"], 0.0, *means, 0.0]
        names = ["const", "lnsize", "lndist", "", "mean(lnsize)", "mean(lndist)", ""]
        fit = sum(beta.get(name, 0.0) * value for name, value in zip(names, x, strict=True))
        error = math.sqrt(sum(x[i] * matrix[i, j] * x[j] for i in range(7) for j in range(7)))
        usd = (math.exp(fit) if is_log else fit) * divisor
        k, margin = row["actual_usd"] / usd, QUANTILE[estimator] * error
        has_ends = is_log or fit > margin
        found.append(
            {
                **{name: row[name] for name in ("reporter_iso3", "partner_iso3", "year")},
                "study_id": "s",
                "spec_id": spec_id,
                "estimator": estimator,
                "potential_class": next(
                    (name for bound, name in LEVEL_OF_CLASS if k <= bound), "reshaping"
                ),
                "estimator_status": "ok",
                "k_definition": "mean_without_effects"
                if estimator == "ppml" or spec_id == "levels"
                else "median_without_effects",
                "k_status": "ok",
                "interval_covariance": "clustered"
                if estimator != "mundlak"
                else "classical",  # five pairs for five coefficients
                "scale_kind": "reported",
                "trade_source": "national",
                "actual_usd": row["actual_usd"],
                "predicted_usd": usd,
                "k_ratio": k,
                "k_mean_ratio": k,
                "k_log_ratio": math.log(k) if k > 0.0 else None,
                "k_log_ratio_se": error if is_log else error / fit,
                "k_ratio_ci_low": None
                if not has_ends
                else k * math.exp(-margin)
                if is_log
                else row["actual_usd"] / divisor / (fit + margin),
                "k_ratio_ci_high": None
                if not has_ends
                else k * math.exp(margin)
                if is_log
                else row["actual_usd"] / divisor / (fit - margin),
                "imputed_share": 0.5,
                "is_unreported": row["is_unreported"],
                "is_default": (spec_id, estimator) == ("logs", "mundlak"),
                "is_default_study": True,
                "index_spec_id": "pca",
                "partner_year_key": f"s/{row['partner_iso3']}/{row['year']}",
                "potential_key": f"s/{spec_id}/{estimator}/CHN/{row['partner_iso3']}/{row['year']}",
            }
        )
    frame = pd.DataFrame(found)
    if (frame["k_definition"] == "median_without_effects").all():
        frame["k_mean_ratio"] = frame["k_ratio"] / frame["k_ratio"].mean()
    order = {"huge": 1, "expansion": 2, "reshaping": 3}
    frame["class_order"] = frame["potential_class"].map(order)
    frame["class_key"] = "s/" + frame["potential_class"]
    return frame.astype(dict.fromkeys(("k_log_ratio", "k_ratio_ci_low"), float))


@cache
def right() -> pd.DataFrame:
    runs = [(spec, one) for spec in ("logs", "levels") for one in predicting(spec)]
    return pd.concat([by_hand(*run) for run in runs], ignore_index=True)


def tables(mart: pd.DataFrame, **changed: pd.DataFrame) -> Gated:
    """What the check reads; estimates are those of ``BETA``."""
    coefficients, covariances = [], []
    for spec in ("logs", "levels"):
        for estimator in (*PREDICT, "within"):
            beta = BETA.get(estimator, BETA["pooled"])
            own = {"study_id": "s", "spec_id": spec, "estimator": estimator}
            for kind in ("robust" if estimator == "ppml" else "classical", "clustered"):
                coefficients += [
                    own
                    | {"covariance": kind, "term": term, "coefficient": value}
                    | {"coefficient_se": 0.1, "term_status": "ok", "estimator_status": "ok"}
                    | {"n_entities": len(PARTNERS)}
                    for term, value in beta.items()
                ]
                if estimator in PREDICT:
                    matrix = covariance(estimator)
                    cells = {f"c_{i}_{j}": matrix[i, j] for i in range(7) for j in range(i, 7)}
                    quantile = {"critical_value": QUANTILE[estimator]}
                    covariances.append(own | {"covariance": kind} | quantile | cells)
    classes = pd.DataFrame(
        [
            ("huge", None, 0.8, False, True),
            ("expansion", 0.8, 1.2, False, False),
            ("reshaping", 1.2, None, True, False),
        ],
        columns=[
            "potential_class",
            "k_lower",
            "k_upper",
            "is_lower_inclusive",
            "is_upper_inclusive",
        ],
    )
    frames = {
        MART: mart,
        "fct_gravity_coefficients": pd.DataFrame(coefficients),
        "est_gravity_covariances": pd.DataFrame(covariances),
        "stg_study__potential_classes": classes.assign(
            study_id="all", display_order=range(1, 4), class_label=classes["potential_class"]
        ),
        "stg_study__studies": pd.DataFrame(
            {"study_id": ["s"], "reporter_iso3": ["CHN"], "flow": ["total"], "last_year": [2020],
             "revises_study_id": [None], "partner_scope": ["all_reported"]}
        ),
        "stg_study__gravity_specifications": pd.DataFrame(
            {"spec_id": ["logs", "levels"], "index_spec_id": ["pca", "pca"]}
        ),
        **changed,
    }  # fmt: skip

    class Given(Gated):
        def once(self, make: Callable[..., Any]) -> Any:
            assert make.__name__ == "_samples"
            return [sample("logs"), sample("levels")]

    return Given({name: duckdb.from_df(frame) for name, frame in frames.items()})


def differing(mart: pd.DataFrame, **changed: pd.DataFrame) -> set[str]:
    (found,) = check_potential(tables(mart, **changed))
    rows = found.rows[found.rows["status"] == "differs"]
    return {name.partition(".")[2] for name in rows["quantity"]}


def test_the_rows_by_hand_agree() -> None:
    assert {one["k_ratio_ci_low"] is None for one in right().to_dict("records")} == {False}
    assert differing(right()) == set()


def _k_of_pooled(mart: pd.DataFrame) -> pd.DataFrame:
    key = ["spec_id", "partner_iso3", "year"]
    pooled = mart[mart["estimator"] == "pooled"].set_index(key)["k_ratio"]
    own = pd.Series(pooled.reindex(pd.MultiIndex.from_frame(mart[key])).to_numpy(), mart.index)
    return mart.assign(k_ratio=own.fillna(mart["k_ratio"]))


def _half_lower(mart: pd.DataFrame) -> pd.DataFrame:
    return mart.assign(k_ratio_ci_low=(mart["k_ratio_ci_low"] + mart["k_ratio"]) / 2.0)


def _variance(mart: pd.DataFrame) -> pd.DataFrame:
    return mart.assign(k_log_ratio_se=mart["k_log_ratio_se"] ** 2)


def _unsmeared(mart: pd.DataFrame) -> pd.DataFrame:
    return mart.assign(k_mean_ratio=mart["k_ratio"])


def _ends_swapped(mart: pd.DataFrame) -> pd.DataFrame:
    levels = (mart["spec_id"] == "levels") & (mart["estimator"] == "random")
    low = mart["k_ratio_ci_low"].where(~levels, mart["k_ratio_ci_high"])
    return mart.assign(k_ratio_ci_low=low)


def _ends_of_logs_in_levels(mart: pd.DataFrame) -> pd.DataFrame:
    margin = np.exp(1.96 * mart["k_log_ratio_se"])
    levels = (mart["spec_id"] == "levels") & (mart["estimator"] == "random")
    return mart.assign(
        k_ratio_ci_high=mart["k_ratio_ci_high"].where(~levels, mart["k_ratio"] * margin)
    )


def _a_row_lost(mart: pd.DataFrame) -> pd.DataFrame:
    return mart.drop(index=7)


def _an_estimator_lost(mart: pd.DataFrame) -> pd.DataFrame:
    return mart[mart["estimator"] != "random"]


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (_k_of_pooled, {"k_ratio"}),
        (_half_lower, {"k_ratio_ci_low"}),
        (_variance, {"k_log_ratio_se"}),
        (_unsmeared, {"k_mean_ratio"}),
        (_ends_swapped, {"k_ratio_ci_low"}),
        (_ends_of_logs_in_levels, {"k_ratio_ci_high"}),
        (_a_row_lost, {"rows"}),
        (_an_estimator_lost, {"rows"}),
        (lambda mart: mart.assign(scale_kind=None), {"scale_kind"}),
        (lambda mart: mart.assign(is_default=mart["estimator"] == "pooled"), {"is_default"}),
        (lambda mart: mart.assign(actual_usd=0.9 * mart["actual_usd"]), {"actual_usd"}),
        (lambda mart: mart.assign(imputed_share=0.0), {"imputed_share"}),
        (lambda mart: mart.assign(is_unreported=False), {"is_unreported"}),
        (lambda mart: mart.assign(interval_covariance="clustered"), {"interval_covariance"}),
        (lambda mart: mart.assign(potential_class="huge"), {"potential_class"}),
        (lambda mart: mart.assign(k_definition="median_without_effects"), {"k_definition"}),
        (lambda mart: mart.assign(predicted_usd=mart["predicted_usd"] / 10.0), {"predicted_usd"}),
    ],
)
def test_a_planted_fault_is_named(
    fault: Callable[[pd.DataFrame], pd.DataFrame], named: set[str]
) -> None:
    assert differing(fault(right())) == named


def test_means_of_the_pair_left_out_of_the_prediction_are_named() -> None:
    coefficients = tables(right())["fct_gravity_coefficients"].copy()
    is_mean = coefficients["term"].str.startswith("mean(")
    coefficients.loc[is_mean, "coefficient"] = 0.0
    assert {"predicted_usd", "k_ratio"} <= differing(right(), fct_gravity_coefficients=coefficients)


def test_coefficients_that_move_after_the_audit_are_named() -> None:
    coefficients = tables(right())["fct_gravity_coefficients"].copy()
    coefficients["coefficient"] *= 1.01
    assert {"predicted_usd", "k_ratio"} <= differing(right(), fct_gravity_coefficients=coefficients)
