"""Reports for people from the marts that other checks make again: names, rounding, rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.labels import ANSWER, REPORT_NOTE, in_words, one_key
from trade_potential.audit.marts.outcomes import ecommerce_shares
from trade_potential.audit.marts.prediction import PREDICT

PAIR_YEAR = ["reporter_iso3", "partner_iso3", "year"]
RUN = ["study_id", "spec_id"]
REPORT = "rpt_trade_potential"
REFERENCE = "pandas on verified marts"
SAME = 0.0
"""Of a report: the same doubles, rounded once more."""

MILLIONS = {"actual_usd": "actual_usd_mn", "predicted_usd": "predicted_usd_mn"}
RATIOS = (
    *("k_ratio", "k_ratio_ci_low", "k_ratio_ci_high", "development_index", "imputed_share"),
    *("probability_huge", "probability_expansion", "probability_reshaping"),
    *("k_lasting_ci_low", "k_lasting_ci_high", "new_year_probability"),
)
STRUCTURAL = {
    "k_ratio": "structural_k_ratio",
    "k_median_of_band": "structural_k_median",
    "k_percentile": "structural_k_percentile",
    "k_pair_out_ratio": "structural_k_pair_out_ratio",
}


def rounded(values: Any, decimals: int) -> Any:
    """Halves away from zero; what is 1e12 or more stays as it is."""
    numbers = np.asarray(values, dtype=float)
    unit = 10.0**decimals
    found = np.sign(numbers) * np.floor(np.abs(numbers) * unit + 0.5) / unit
    return np.where(np.abs(numbers) < 1e12, found, numbers)


def check_reports(gated: Gated) -> Iterator[Compared]:
    """Every column of both versions of the report of potential."""
    again = report(gated)
    for mart in (REPORT, f"{REPORT}_v1"):
        columns = gated.columns(mart)
        yield compared(
            mart,
            gated[mart],
            again[columns],
            key=["study_id", *PAIR_YEAR],
            by=["study_id"],
            tolerance=SAME,
            reference=REFERENCE,
        )


def report(gated: Gated) -> pd.DataFrame:
    """The report with the columns of its second version."""
    rows = gated["fct_trade_potential"]
    rows = rows[rows["is_default"].astype(bool) & rows["potential_class"].notna()]
    # the report has that of the structural class
    rows = rows.drop(columns="class_depends_on_own_trade")
    rows = rows.merge(
        gated["stg_study__studies"][["study_id", "study_name", "flow"]], on="study_id"
    )
    names = gated["gate_countries"].set_index("country_iso3")
    rows["reporter_name"] = rows["reporter_iso3"].map(names["country_name"])
    rows["partner_name"] = rows["partner_iso3"].map(names["country_name"])
    for column in ("un_region", "income_group"):
        rows[column] = rows["partner_iso3"].map(names[column])
    rows = _with_index(gated, rows)
    shares = ecommerce_shares(gated)[["study_id", "year", "ecommerce_share"]]
    rows = rows.merge(shares, on=["study_id", "year"], how="left")
    answers = _answers(gated, rows)
    rows = rows.merge(answers, on=[*PAIR_YEAR, "flow"], how="left")
    of_answers = answers.columns.difference([*PAIR_YEAR, "flow"])
    rows[of_answers] = rows[of_answers].mask(rows["trade_source"] == "own")
    reasons = gated.part(
        "rpt_answer_differences", *RUN, "estimator", *PAIR_YEAR, "difference_reason"
    )
    rows = rows.merge(reasons, on=[*RUN, "estimator", *PAIR_YEAR], how="left")
    rows["class_label"] = _labels(gated, rows["study_id"], rows["potential_class"])
    for column in ("un_region", "income_group", "estimator", "estimator_status"):
        rows[f"{column}_label"] = in_words(gated, rows[column])
    rows["probability_status_label"] = in_words(gated, rows["probability_status"])
    rows["structural_k_status_label"] = in_words(
        gated, rows["structural_k_status"], kind="k_status"
    )
    rows["reading_note"] = REPORT_NOTE
    rows["answer_key"] = one_key(rows, ANSWER)
    rows["structural_class_label"] = _labels(
        gated, rows["structural_study"], rows["structural_class"]
    )
    share = rows["ecommerce_share"].where(rows["scale_kind"].notna(), 1.0)
    for column, name in MILLIONS.items():
        rows[name] = rounded(rows[column] / 1e6, 3)
        rows[f"structural_{name}"] = rounded(rows[f"structural_{column}"] * share / 1e6, 3)
    for column in RATIOS:
        rows[column] = rounded(rows[column], 3)
    for column in STRUCTURAL.values():
        rows[column] = rounded(rows[column], 1 if column.endswith("percentile") else 3)
    return rows


def _labels(gated: Gated, study: pd.Series, name: pd.Series) -> pd.Series:
    """Labels of classes, each by the rows of its study; missing without a class."""
    rows = gated["stg_study__potential_classes"]
    found = pd.Series(np.nan, index=name.index, dtype="object")
    for one, of_study in name.groupby(study):
        labels = cuts_of(rows, str(one)).set_index("potential_class")["class_label"]
        found[of_study.index] = of_study.map(labels)
    return found


def _with_index(gated: Gated, rows: pd.DataFrame) -> pd.DataFrame:
    specifications = gated["stg_study__gravity_specifications"][["spec_id", "index_spec_id"]]
    columns = ("index_rank", "development_index", "missing_indicators")
    indices = gated.part(
        "fct_development_index", "study_id", "index_spec_id", "country_iso3", "year", *columns
    )
    rows = rows.drop(columns="index_spec_id")
    return rows.merge(specifications, on="spec_id", how="left").merge(
        indices.rename(columns={"country_iso3": "partner_iso3"}),
        on=["study_id", "index_spec_id", "partner_iso3", "year"],
        how="left",
    )


def _answers(gated: Gated, rows: pd.DataFrame) -> pd.DataFrame:
    """Answers of the reporters of a report, under the names they have there."""
    renamed = {name: f"structural_{name}" for name in (*MILLIONS, "k_status")}
    renamed |= {"potential_class": "structural_class", "study_id": "structural_study", **STRUCTURAL}
    reporters = ", ".join(
        "'" + code.replace("'", "''") + "'" for code in rows["reporter_iso3"].unique()
    )
    answers = gated.part(
        "rpt_answer",
        *(*PAIR_YEAR, "flow", *renamed, "class_depends_on_own_trade"),
        where=f"reporter_iso3 in ({reporters or 'null'})",
    )
    return answers.rename(columns=renamed)


def check_comparison(gated: Gated) -> Iterator[Compared]:
    """K and class of a pair and year by every estimator, side by side."""
    key = [*RUN, *PAIR_YEAR]
    rows = gated["fct_trade_potential"]
    by = rows.groupby(key, sort=False)
    again = by.agg(
        trade_source=("trade_source", "first"),
        actual_usd=("actual_usd", "first"),
        estimator_count=("estimator", "size"),
        class_count=("potential_class", "nunique"),
    )
    for estimator in PREDICT:
        own = rows[rows["estimator"] == estimator].set_index(key)
        for column in ("k_ratio", "k_mean_ratio"):
            again[f"{estimator}_{column}"] = own[column]
        again[f"{estimator}_class"] = own["potential_class"]
    yield compared(
        "rpt_estimator_comparison",
        gated["rpt_estimator_comparison"],
        again.reset_index(),
        key=key,
        tolerance=SAME,
        reference=REFERENCE,
    )
