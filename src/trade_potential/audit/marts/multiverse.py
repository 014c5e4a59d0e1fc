"""Shares of specifications and which choice moves a class, again: from the stored counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import Gated

KEY = ["study_id", "partner_iso3", "year"]
OPTION = [*KEY, "dimension", "choice"]
SHARES = ("huge", "expansion", "reshaping")
COLUMN_OF = {"huge_potential": "huge", "potential_expansion": "expansion",
             "potential_reshaping": "reshaping"}  # fmt: skip
DIGITS = 12
"""Digits from which shares count as equal."""


def check_multiverse(gated: Gated) -> Iterator[Compared]:
    """Both marts; whether a row is stale is told by digests, which are not made again here."""
    multiverse = gated["fct_multiverse"]
    again = _options(gated, multiverse)
    yield compared("fct_multiverse", multiverse, again, key=OPTION, by=("study_id",))
    robustness = gated["rpt_class_robustness"]
    made = _robustness(gated, multiverse)
    limits = robustness.set_index(KEY)["robust_least_share"]
    least = limits.reindex(pd.MultiIndex.from_frame(made[KEY])).to_numpy(float)
    share = made["share_same_class"].to_numpy(float)
    verdict = pd.Series(np.round(share, DIGITS) >= least, index=made.index, dtype="object")
    made = made.assign(is_robust=verdict.where(made["share_same_class"].notna(), None))
    yield compared("rpt_class_robustness", robustness, made, key=KEY, by=("study_id",))


def _options(gated: Gated, published: pd.DataFrame) -> pd.DataFrame:
    """``fct_multiverse`` but the status, from stored rows."""
    counts = gated["stg_multiverse__option_counts"].drop(columns="file_line", errors="ignore")
    choices = gated["stg_multiverse__specification_choices"]
    choices = choices[["study_id", "dimension", "choice", "position", "is_default"]]
    studies = gated["stg_study__studies"]
    studies = studies[studies["reporter_scope"] == "one"]
    own = counts.merge(choices, on=["study_id", "dimension", "choice"]).merge(
        studies[["study_id", "reporter_iso3", "default_spec_id"]], on="study_id"
    )
    own = own.merge(published[[*OPTION, "status"]], on=OPTION)
    is_ok = (own["status"] == "ok").to_numpy()
    n = own["n_specifications"].to_numpy(float)
    of = {name: own[f"n_{name}"].to_numpy(float) for name in SHARES}
    shares = {f"{name}_share": np.where(is_ok, of[name] / n, np.nan) for name in SHARES}
    rest = (n - sum(of.values())) / n
    k_ratio = np.where(is_ok, own["k_ratio_alone"].to_numpy(float), np.nan)
    classes = gated["dim_potential_class"]
    return pd.DataFrame(
        {
            **{name: own[name] for name in OPTION},
            "spec_id": own["default_spec_id"],
            "reporter_iso3": own["reporter_iso3"],
            "potential_class_alone": [_class_of(value, classes) for value in k_ratio],
            "choice_position": own["position"],
            "specification_count": np.where(is_ok, n, np.nan),
            **shares,
            "without_class_share": np.where(is_ok, rest, np.nan),
            "switched_share": np.where(is_ok, own["n_switched"] / own["n_switches"], np.nan),
            "k_ratio_alone": k_ratio,
            "is_default_choice": own["is_default"],
        }
    )


def _class_of(value: float, classes: pd.DataFrame) -> str | None:
    if not value > 0.0:
        return None
    for row in classes.to_dict("records"):
        low, high = row["k_lower"], row["k_upper"]
        above = pd.isna(low) or value > low or (row["is_lower_inclusive"] and value == low)
        below = pd.isna(high) or value < high or (row["is_upper_inclusive"] and value == high)
        if above and below:
            return str(row["potential_class"])
    return None


def _robustness(gated: Gated, multiverse: pd.DataFrame) -> pd.DataFrame:
    """``rpt_class_robustness`` of the default rows of studies with choices."""
    potential = gated["fct_trade_potential"]
    studies = set(gated["stg_multiverse__specification_choices"]["study_id"])
    own = potential[potential["is_default"] & potential["study_id"].isin(studies)]
    own = own[[*KEY, "spec_id", "reporter_iso3", "potential_class"]]
    held = dict(iter(multiverse.groupby(KEY, sort=False)))
    rows = [
        _of_row(str(row.potential_class), held.get((row.study_id, row.partner_iso3, row.year)))
        for row in own.itertuples()
    ]
    columns = (
        *("most_influential_choice", "status", "specification_count", "share_same_class"),
        *("first_order_share", "total_share"),
    )
    found = pd.DataFrame(rows, index=own.index, columns=list(columns))
    return pd.concat([own, found], axis=1)


def _of_row(own_class: str, options: pd.DataFrame | None) -> dict[str, Any]:
    if options is None:
        return {"status": "not_computed"}
    status = str(options["status"].iloc[0])
    if status != "ok" or own_class not in COLUMN_OF:
        return {"status": status}
    best: tuple[float, str, float] = (-1.0, "", 0.0)
    share, exact, count = 0.0, 0.0, 0
    for name in sorted(set(options["dimension"])):
        rows = options[options["dimension"] == name]
        same = rows[f"{COLUMN_OF[own_class]}_share"].to_numpy(float)
        share, count = float(same.mean()), int(rows["specification_count"].sum())
        left = float(rows["switched_share"].mean()) / 2.0
        if round(left, DIGITS) > best[0]:
            best = (round(left, DIGITS), name, float(same.var()))
            exact = left
    found = {
        "status": "ok",
        "specification_count": count,
        "share_same_class": share,
    }
    variance = share * (1.0 - share)
    if variance > 0.0:
        found |= {
            "most_influential_choice": best[1],
            "first_order_share": best[2] / variance,
            "total_share": exact / variance,
        }
    return found
