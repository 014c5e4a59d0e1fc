"""Rows of a study of two partners, as a build would store them.

The numbers are made here by formulas of their own, so that an explanation has something to meet.
"""

from __future__ import annotations

import math
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
STUDY = {"study_id": "small", "spec_id": "plain", "estimator": "mundlak"}
PARTNERS, YEARS = ("KAZ", "UZB"), (2019, 2020)
POPULATION = {"KAZ": 18.7e6, "UZB": 34.2e6}
INDEX = {("KAZ", 2019): (80.0, 3.0), ("KAZ", 2020): (86.0, 3.2),
         ("UZB", 2019): (70.0, 2.1), ("UZB", 2020): (71.0, 2.6)}  # fmt: skip
B = {"const": 2.0, "lnpop": 1.1, "cbec": 0.7, "mean(lnpop)": 0.2, "mean(cbec)": -0.1}
GOODS = {("KAZ", 2019): 9e9, ("KAZ", 2020): 8e9, ("UZB", 2019): 5e9, ("UZB", 2020): 3e9}
SHARE = 0.4
MARTS_OF_CLASSES = [
    ("huge_potential", None, 0.8, False, True), ("potential_expansion", 0.8, 1.2, False, False),
    ("potential_reshaping", 1.2, None, True, False),
]  # fmt: skip
NAMES = {"CHN": "China", "KAZ": "Kazakhstan", "UZB": "Uzbekistan", "NRU": "Nauru"}


def class_of(k: float) -> str:
    return MARTS_OF_CLASSES[0 if k <= 0.8 else 1 if k < 1.2 else 2][0]


def dimensions() -> Rows:
    """Studies, specifications, estimators, classes and names."""
    world = {"study_id": "world", "default_spec_id": "structural", "flow": "total",
             "default_estimator": "ppml_structural", "outcome_scaling": "none", "first_year": 2019,
             "last_year": 2020, "minimum_prediction_usd": 1e7,
             "is_default_study": True}  # fmt: skip
    small = world | {"study_id": "small", "default_spec_id": "plain", "flow": "total",
                     "default_estimator": "mundlak", "outcome_scaling": "ecommerce_share",
                     "minimum_prediction_usd": None}  # fmt: skip
    return {
        "dim_study": [world, small],
        "dim_specification": [
            {"spec_id": "plain", "index_spec_id": "idx", "method": "log_linear",
             "outcome_scaling": "as_study", "outcome_divisor_usd": 1.0, "confidence_level": 0.95,
             "term_definitions":
             "lnpop = ln(population_persons / 10000), cbec = development_index"},
            {"spec_id": "structural", "index_spec_id": None, "method": "structural",
             "outcome_scaling": "as_study", "outcome_divisor_usd": 1.0, "confidence_level": 0.95,
             "term_definitions": "lndist = ln(distance_weighted_km)"},
        ],
        "dim_index_specification": [
            {"index_spec_id": "idx", "method": "pca", "normalisation": "zscore",
             "term_definitions": "ln1p(users_pct), roads_score"}
        ],
        "dim_estimator": [
            {"estimator": "mundlak", "link": "identity", "gives_k": True},
            {"estimator": "within", "link": "identity", "gives_k": False},
            {"estimator": "ppml_structural", "link": "log", "gives_k": True},
        ],
        "dim_potential_class": [
            {"study_id": study, "potential_class": name, "display_order": k, "k_lower": low,
             "k_upper": high, "is_lower_inclusive": with_low, "is_upper_inclusive": with_high}
            for study in ("small", "world")
            for k, (name, low, high, with_low, with_high) in enumerate(MARTS_OF_CLASSES)
        ],
        "dim_indicator": [
            {"indicator_code": "U", "indicator": "users_pct", "unit": "%", "source_id": "wb"},
            {"indicator_code": "R", "indicator": "roads_score", "unit": "1-5", "source_id": "wb"},
        ],
        "dim_country": [{"country_iso3": code, "country_iso2": code[:2]} for code in NAMES],
        "dim_label": [{"code_kind": "country", "code": code, "language": "en", "label": name}
                      for code, name in NAMES.items()],
    }  # fmt: skip


def index_rows() -> tuple[Rows, dict[tuple[str, int], float]]:
    """An index of one kept component, and its values."""
    loadings, eigenvalue = {"users_pct": 0.9, "roads_score": 0.8}, 1.45
    weights = {name: load / math.sqrt(eigenvalue) for name, load in loadings.items()}
    made = {key: (math.log1p(users), roads) for key, (users, roads) in INDEX.items()}
    columns = list(zip(*made.values(), strict=True))
    scaling = {name: (sum(column) / 4, max(column) - min(column))
               for name, column in zip(weights, columns, strict=True)}  # fmt: skip
    scores = {
        key: sum(weights[n] * (v - scaling[n][0]) / scaling[n][1]
                 for n, v in zip(weights, values, strict=True))
        for key, values in made.items()
    }  # fmt: skip
    low, high = min(scores.values()), max(scores.values())
    index = {key: (score - low) / (high - low) for key, score in scores.items()}
    own = {"study_id": "small", "index_spec_id": "idx"}
    kinds = [("weight", name, None, value) for name, value in weights.items()]
    kinds += [("loading", name, 1, value) for name, value in loadings.items()]
    kinds += [("component_weight", None, 1, 1.0)]
    rows: Rows = {
        "fct_index_weights": [
            {**own, "weight_kind": kind, "variable": name, "component": component,
             "weight_value": value, "variable_location": scaling.get(name, (None, None))[0],
             "variable_scale": scaling.get(name, (None, None))[1]}
            for kind, name, component, value in kinds
        ],
        "fct_index_diagnostics": [
            {**own, "diagnostic": "eigenvalue", "component": 1, "diagnostic_value": eigenvalue}
        ],
        "fct_development_index": [
            {**own, "country_iso3": code, "year": year, "composite_score": scores[code, year],
             "development_index": index[code, year], "missing_indicators": None,
             "imputed_share": 0.0,
             "index_rank": 1 + sum(index[p, year] > index[code, year] for p in PARTNERS)}
            for code, year in INDEX
        ],
        "fct_country_indicator": [
            {"study_id": "small", "country_iso3": code, "year": year, "indicator_code": kind,
             "indicator": name, "indicator_value": value, "fill_method": None}
            for (code, year), values in INDEX.items()
            for kind, name, value in zip("UR", loadings, values, strict=True)
        ],
        "int_index__sample": [
            {**own, "country_iso3": code, "year": year, "v1": values[0], "v2": values[1]}
            for (code, year), values in made.items()
        ],
        "int_panel__values": [
            {"study_id": "small", "spec_kind": kind, "spec_id": spec, "country_iso3": code,
             "year": year, "indicator_code": indicator, "indicator_value": value,
             "value_method": "observed", "source_year": year, "vintage_date": "2026-07-01"}
            for (code, year), values in INDEX.items()
            for kind, spec, indicator, value in (
                ("index", "idx", "U", values[0]), ("index", "idx", "R", values[1]),
                ("gravity", "plain", "SP.POP.TOTL", POPULATION[code]),
            )
        ],
        "int_panel__variables": [
            {"study_id": "small", "spec_kind": kind, "spec_id": spec, "country_iso3": code,
             "reporter_iso3": None, "year": year, "variable": name, "variable_value": value}
            for (code, year), values in INDEX.items()
            for kind, spec, name, value in (
                ("index", "idx", "users_pct", values[0]),
                ("index", "idx", "roads_score", values[1]),
                ("gravity", "plain", "population_persons", POPULATION[code]),
            )
        ],
        "stg_study__variables": [
            {"variable": "population_persons", "variable_kind": "country", "derivation": "level",
             "indicator_code": "SP.POP.TOTL", "unit": "persons", "divisor": 1.0, "base_year": None,
             "benchmark": None, "pair_figure": None}
        ],
        "stg_study__gravity_term_exceptions": [
            {"spec_id": "other", "term": "t", "country_iso3": "KAZ", "variable": "x"}
        ],
    }  # fmt: skip
    return rows, index


def trade_rows() -> Rows:
    """Recorded flows, exchange rate and e-commerce volume of the study."""
    volume, rate = 2e12, 6.0
    total = volume / SHARE / rate
    rows: Rows = {"int_panel__outcomes": [], "gate_trade_flows": []}
    for (code, year), goods in GOODS.items():
        flows = {"export": 0.7 * goods, "import": 0.3 * goods}
        rows["int_panel__outcomes"].append(
            {"study_id": "small", "reporter_code": "CHN", "reporter_iso3": "CHN", "year": year,
             "partner_code": code, "partner_iso3": code, "trade_source": "national",
             "exports_usd": flows["export"], "imports_usd": flows["import"],
             "ecommerce_share": SHARE, "goods_trade_usd": sum(flows.values())}
        )  # fmt: skip
        rows["gate_trade_flows"] += [
            {"reporter_code": "CHN", "partner_code": code, "year": year, "flow": flow,
             "valuation": "FOB", "source_id": "imf", "trade_usd": usd}
            for flow, usd in flows.items()
        ]  # fmt: skip
    for name, each in {
        "int_panel__ecommerce_shares": {
            "study_id": "small", "country_code": "CHN", "currency": "CNY", "quote_id": "q",
            "quote_kind": "reported", "lineage": "press", "ecommerce_volume": volume,
            "total_trade": total * rate, "ecommerce_share": SHARE},
        "gate_ecommerce_volumes": {"quote_id": "q", "volume_tn": 2.0, "source_id": "press"},
        "gate_exchange_rates": {"currency": "CNY", "lcu_per_usd": rate},
        "gate_total_trade": {"country_code": "CHN", "flow": "export", "trade_usd": total},
    }.items():  # fmt: skip
        rows[name] = [{**each, "year": year} for year in YEARS]
    return rows


def model_rows(index: dict[tuple[str, int], float]) -> Rows:
    """Regressors, coefficients, predictions and K."""
    x = {key: (math.log(POPULATION[key[0]] / 1e4), index[key]) for key in INDEX}
    means = {code: [sum(x[code, year][k] for year in YEARS) / 2 for k in (0, 1)]
             for code in PARTNERS}  # fmt: skip
    logs = {
        (code, year): B["const"] + B["lnpop"] * values[0] + B["cbec"] * values[1]
        + B["mean(lnpop)"] * means[code][0] + B["mean(cbec)"] * means[code][1] + 9.0
        for (code, year), values in x.items()
    }  # fmt: skip
    coefficients = {**B, "const": B["const"] + 9.0}
    actual = {key: SHARE * goods for key, goods in GOODS.items()}
    smearing = sum(actual[key] / math.exp(log) for key, log in logs.items()) / len(logs)
    error, quantile = 0.1, 1.959963984540054
    own = {"study_id": "small", "spec_id": "plain"}
    pair = {code: {"reporter_iso3": "CHN", "partner_iso3": code} for code in PARTNERS}
    rows: Rows = {
        "fct_gravity_coefficients": [
            {**STUDY, "covariance": "clustered", "term": term, "term_status": "ok", "reason": None,
             "coefficient": value, "distribution": "normal", "df": None}
            for term, value in coefficients.items()
        ],
        "fct_gravity_diagnostics": [
            {**STUDY, "estimator": name, "diagnostic": "n_obs", "estimator_status": "ok",
             "reason": None} for name in ("mundlak", "within")
        ],
        "int_gravity__sample": [
            {**own, **pair[code], "pair_id": f"CHN-{code}", "year": year, "v1": values[0],
             "v2": values[1]} for (code, year), values in x.items()
        ],
        "int_gravity__pair_means": [
            {**own, "pair_id": f"CHN-{code}", "m1": held[0] - 1.0, "m2": held[1]}
            for code, held in means.items()
        ],
        "int_gravity__origins": [{**own, "o1": 1.0, "o2": 0.0}],
        "int_gravity__fitted": [
            {**STUDY, **pair[code], "year": year, "predicted_outcome": log}
            for (code, year), log in logs.items()
        ],
        "est_gravity_covariances": [
            {**STUDY, "covariance": "clustered",
             **{f"c_{i}_{j}": error**2 if i == j == 0 else None
                for i in range(43) for j in range(i, 43)}}
        ],
        "fct_row_ledger": [
            {"study_id": "small", "spec_kind": "gravity", "spec_id": "plain", "year": 2020,
             "partner_iso3": "NRU", "step": "regressors", "reason": "no value for cbec"}
        ],
        "fct_country_year": [
            {"study_id": "small", "country_iso3": code, "year": year,
             "population_persons": POPULATION[code]} for code, year in INDEX
        ],
    }  # fmt: skip
    rows["int_gravity__ppml_sample"] = rows["int_gravity__sample"]
    rows["fct_trade_potential"] = []
    for (code, year), log in logs.items():
        k = actual[code, year] / math.exp(log)
        rows["fct_trade_potential"].append(
            {**STUDY, **pair[code], "year": year, "index_spec_id": "idx", "estimator_status": "ok",
             "k_definition": "median_without_effects", "k_status": "ok", "trade_source": "national",
             "interval_covariance": "clustered", "probability_status": "ok",
             "answer_certainty": "leaning", "actual_usd": actual[code, year],
             "predicted_usd": math.exp(log), "k_ratio": k, "k_mean_ratio": k / smearing,
             "k_log_ratio": math.log(k), "k_log_ratio_se": error,
             "k_ratio_ci_low": k * math.exp(-quantile * error),
             "k_ratio_ci_high": k * math.exp(quantile * error), "potential_class": class_of(k),
             "k_pair_out_ratio": 0.5, "class_depends_on_own_trade":
             class_of(0.5) != class_of(k), "probability_huge": 0.25, "probability_expansion": 0.5,
             "probability_reshaping": 0.25, "k_lasting_median": 1.0, "k_lasting_ci_low": 0.5,
             "k_lasting_ci_high": 2.0, "new_year_probability": 0.4, "k_new_year_ci_low": 0.4,
             "k_new_year_ci_high": 2.5}
        )  # fmt: skip
    return rows
