"""A structural answer beside the rows of a study, stored as a release or as a warehouse."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from tests.unit.explained_rows import (
    NAMES,
    Rows,
    class_of,
    dimensions,
    index_rows,
    model_rows,
    trade_rows,
)

from trade_potential.release import publish


def world_rows() -> Rows:
    """One pair both ways, and one without recorded trade."""
    own = {"study_id": "world", "spec_id": "structural"}
    slope, distance = -0.75, {"KAZ": 8.3, "NRU": 9.0}
    effects = {("exporter", "CHN"): 33.0, ("importer", "CHN"): -0.5, ("exporter", "KAZ"): 29.0,
               ("importer", "KAZ"): -4.0, ("exporter", "NRU"): 20.0,
               ("importer", "NRU"): -14.0}  # fmt: skip
    traded = {("CHN", "KAZ"): 1e10, ("KAZ", "CHN"): 9e9}
    rows: Rows = {
        "fct_country_effects": [
            {**own, "side": side, "country_iso3": code, "year": 2020, "log_effect": value,
             "trade_usd": 1e11} for (side, code), value in effects.items()
        ],
        "fct_gravity_coefficients": [
            {**own, "estimator": "ppml_structural", "covariance": "clustered", "term": "lndist",
             "term_status": "ok", "reason": None, "coefficient": slope, "distribution": "normal",
             "df": None}
        ],
        "int_panel__country_codes": [{"source_code": code, "country_iso3": code} for code in NAMES],
        "gate_world_trade": [
            {"exporter_code": one, "importer_code": other, "year": 2020, "trade_usd": usd,
             "source_id": "cepii_baci"} for (one, other), usd in traded.items()
        ],
    }  # fmt: skip
    for name in ("int_structural__cells", "est_structural_pairs", "int_structural__pair_years"):
        rows[name] = []
    answers = []
    for partner, far in distance.items():
        found = {}
        for flow, ends in {"exports": ("CHN", partner), "imports": (partner, "CHN")}.items():
            usd = traded.get(ends, 0.0)
            log = effects["exporter", ends[0]] + effects["importer", ends[1]] + slope * far
            found[flow] = (usd, math.exp(log))
            key = {"exporter_iso3": ends[0], "importer_iso3": ends[1], "year": 2020}
            rows["int_structural__cells"].append({**own, **key, "v1": far})
            rows["est_structural_pairs"].append({**own, **key, "predicted_usd": math.exp(log)})
            rows["int_structural__pair_years"].append({**key, "trade_usd": usd})
        found["total"] = tuple(map(sum, zip(*found.values(), strict=True)))
        answers += [_answer(partner, flow, *pair) for flow, pair in found.items()]
    rows["rpt_answer"] = answers
    later = {name: None for name, value in answers[0].items() if isinstance(value, float | bool)}
    rows["rpt_answer"] += [
        answers[0] | later | {"year": 2021, "flow": "total", "potential_class": None,
                              "k_status": "after_last_trade_year", "k_status_label": "No K",
                              "k_reason": "world_trade ends in 2020"}
    ]  # fmt: skip
    return rows


def _answer(partner: str, flow: str, actual: float, predicted: float) -> dict[str, Any]:
    k = actual / predicted
    has_class = actual > 0
    return {
        "reporter_iso3": "CHN", "partner_iso3": partner, "flow": flow, "year": 2020,
        "study_id": "world", "spec_id": "structural", "estimator": "ppml_structural",
        "trade_source": "baci", "actual_usd": actual, "predicted_usd": predicted, "k_ratio": k,
        "k_status": "ok" if has_class else "no_recorded_trade", "k_status_label": "said so",
        "k_reason": None, "potential_class": class_of(k) if has_class else None,
        "size_band": 1 if has_class else 2, "band_pairs": 1, "k_percentile": 50.0,
        "k_median_of_band": k, "class_share": 1.0, "predicted_pair_out_usd": 2 * predicted,
        "k_pair_out_ratio": k / 2, "pair_out_method": "leverage", "lasting_class": None,
        "class_depends_on_own_trade": class_of(k / 2) != class_of(k) if has_class else None,
        "probability_status": "ok" if has_class else "no_recorded_trade",
        "probability_status_label": "said so", "answer_certainty": "leaning",
        **{f"probability_{name}": share if has_class else None for name, share in
           {"huge": 0.2, "expansion": 0.5, "reshaping": 0.3}.items()},
        **dict.fromkeys(("k_lasting_median", "k_lasting_ci_low", "k_lasting_ci_high",
           "new_year_probability", "k_new_year_ci_low", "k_new_year_ci_high"), 1.0),
        "is_unreported": not has_class,
    }  # fmt: skip


def rows() -> Rows:
    """All tables."""
    of_index, index = index_rows()
    found: Rows = {}
    for part in (dimensions(), of_index, trade_rows(), model_rows(index), world_rows()):
        for name, held in part.items():
            found[name] = [*found.get(name, []), *held]
    return found


def warehouse(file: Path, tables: Rows) -> Path:
    """A database with marts and models."""
    with duckdb.connect(str(file)) as session:
        session.execute("create schema marts; create schema models")
        for name, held in tables.items():
            _table(session, f"{'marts' if is_mart(name) else 'models'}.{name}", held)
    return file


def released(root: Path, tables: Rows) -> Path:
    """A release of the marts alone."""
    with duckdb.connect() as session:
        keys = {}
        for name, held in tables.items():
            if is_mart(name):
                _table(session, name, [{"row_key": k, **row} for k, row in enumerate(held)])
                keys[name] = ["row_key"]
        marts = {name: session.table(name) for name in keys}
        publish(root, marts, session=session, keys=keys, run_id="run", about={"target": "duckdb"})
    return root


def is_mart(name: str) -> bool:
    return name.startswith(("fct_", "dim_", "rpt_"))


def _table(session: duckdb.DuckDBPyConnection, name: str, held: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame(held).astype(object)
    frame = frame.where(frame.notna(), None).infer_objects()
    session.register("held", frame)
    session.execute(f"create table {name} as select * from held")  # noqa: S608
    session.unregister("held")
