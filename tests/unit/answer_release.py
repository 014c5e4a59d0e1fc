"""A release with one answer and its labels, as a build publishes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from trade_potential.release import publish

ROW: dict[str, Any] = {
    "reporter_iso3": "CHN", "partner_iso3": "KAZ", "flow": "total", "year": 2020,
    "reporter_name": "China", "partner_name": "Kazakhstan",
    "study_id": "world", "spec_id": "structural", "estimator": "ppml_structural",
    "trade_source": "baci", "class_label": "Potential expansion", "k_status_label": "K and class",
    "k_reason": None, "probability_status_label": "Probability given",
    "answer_certainty": "undecided", "lasting_class": "potential_expansion", "trade_flag": None,
    "other_answers": "china_world/recommended/mundlak 1.21 potential_reshaping",
    "difference_reason": "china_world/recommended: own regressors of the specification x 1.4",
    "band_pairs": 1005, "n_years": 13, "actual_usd": 19.7e9, "predicted_usd": 23.0e9,
    "k_ratio": 0.857, "k_median_of_band": 0.89, "k_percentile": 48.2, "k_pair_out_ratio": 0.81,
    "probability_huge": 0.44, "probability_expansion": 0.51, "probability_reshaping": 0.05,
    "k_lasting_ci_low": 0.53, "k_lasting_ci_high": 1.3, "is_unreported": False,
    "class_depends_on_own_trade": False,
}  # fmt: skip
LATER = {name: None for name, value in ROW.items() if isinstance(value, float | bool)} | {
    "year": 2021, "class_label": None, "band_pairs": None, "n_years": None,
    "answer_certainty": None, "lasting_class": None, "other_answers": None,
    "difference_reason": None,
    "k_status_label": "No K: after the last year of trade figures",
    "k_reason": "world_trade ends in 2020",
    "probability_status_label": "No probability: after the last year of trade figures",
}  # fmt: skip
NAMES = {
    "CHN": ("CN", "China", "中国", "Китай"), "KAZ": ("KZ", "Kazakhstan", "哈萨克斯坦", "Казахстан"),
    "UZB": ("UZ", "Uzbekistan", "乌兹别克斯坦", "Узбекистан"),
}  # fmt: skip
TYPES = {bool: "boolean", int: "integer", float: "double", str: "varchar"}


def released(root: Path, session: duckdb.DuckDBPyConnection) -> None:
    """Publish it."""
    columns = ", ".join(
        f"{name} {TYPES.get(type(value), 'varchar')}" for name, value in ROW.items()
    )
    session.execute(f"create table rpt_answer ({columns})")
    for row in (ROW, ROW | LATER):
        marks = ", ".join("?" for _ in row)
        session.execute(f"insert into rpt_answer values ({marks})", list(row.values()))  # noqa: S608
    session.execute("create table dim_country (country_iso3 varchar, country_iso2 varchar)")
    session.execute(
        "create table dim_label (code_kind varchar, code varchar, language varchar, label varchar)"
    )
    for code, (iso2, *names) in NAMES.items():
        session.execute("insert into dim_country values (?, ?)", [code, iso2])
        for language, name in zip(("en", "zh", "ru"), names, strict=True):
            session.execute(
                "insert into dim_label values ('country', ?, ?, ?)", [code, language, name]
            )
    keys = {
        "rpt_answer": ["reporter_iso3", "partner_iso3", "flow", "year"],
        "dim_country": ["country_iso3"], "dim_label": ["code_kind", "code", "language"],
    }  # fmt: skip
    marts = {mart: session.table(mart) for mart in keys}
    publish(root, marts, session=session, keys=keys, run_id="run", about={"target": "duckdb"})
