"""Shares of specifications and which choice moves a class, again: from the stored counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.cuts import cuts_of
from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import PLACE, Gated

Floats = npt.NDArray[np.float64]

KEY = ["study_id", "partner_iso3", "year"]
PAIR = ["study_id", "reporter_iso3", "partner_iso3", "year"]
OPTION = [*KEY, "dimension", "choice"]
SHARES = ("huge", "expansion", "reshaping")
COLUMN_OF = {"huge_potential": "huge", "potential_expansion": "expansion",
             "potential_reshaping": "reshaping"}  # fmt: skip
STALE = "figures, choices or code have changed since: make multiverse"
ONE_YEAR = "make multiverse stores one year of this study"
SMALLER = "a smaller pair than make multiverse stores"
DIGITS = 12
"""Digits from which shares count as equal."""


def check_multiverse(gated: Gated) -> Iterator[Compared]:
    """Both marts; whether a row is stale is told by digests, which are not made again here."""
    multiverse = gated["fct_multiverse"]
    again = _options(gated, multiverse)
    yield compared("fct_multiverse", multiverse, again, key=OPTION, by=("study_id",))
    robustness = gated["rpt_class_robustness"]
    parts = [_robustness(gated, multiverse).assign(kind="log_gravity")]
    if len(_of_every_reporter(gated)):
        parts.append(_world(gated, robustness).assign(kind="world"))
    made = pd.concat(parts, ignore_index=True)
    limits = robustness.set_index(PAIR)["robust_least_share"]
    least = limits.reindex(pd.MultiIndex.from_frame(made[PAIR])).to_numpy(float)
    share = made["share_same_class"].to_numpy(float)
    verdict = pd.Series(np.round(share, DIGITS) >= least, index=made.index, dtype="object")
    made = made.assign(is_robust=verdict.where(made["share_same_class"].notna(), None))
    yield compared("rpt_class_robustness", robustness, made, key=PAIR, by=("study_id",))


def _options(gated: Gated, published: pd.DataFrame) -> pd.DataFrame:
    """``fct_multiverse`` but the status, from stored rows."""
    counts = gated["stg_multiverse__option_counts"].drop(columns=PLACE, errors="ignore")
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
    classes = gated["stg_study__potential_classes"]
    alone = np.full(len(own), None, dtype=object)
    for study in own["study_id"].unique():
        at = (own["study_id"] == study).to_numpy()
        alone[at] = _classes_of(k_ratio[at], cuts_of(classes, str(study)))
    return pd.DataFrame(
        {
            **{name: own[name] for name in OPTION},
            "spec_id": own["default_spec_id"],
            "reporter_iso3": own["reporter_iso3"],
            "potential_class_alone": list(alone),
            "choice_position": own["position"],
            "specification_count": np.where(is_ok, n, np.nan),
            **shares,
            "without_class_share": np.where(is_ok, rest, np.nan),
            "switched_share": np.where(is_ok, own["n_switched"] / own["n_switches"], np.nan),
            "k_ratio_alone": k_ratio,
            "is_default_choice": own["is_default"],
        }
    )


def _classes_of(values: Floats, classes: pd.DataFrame) -> list[str | None]:
    """Class of each K; none where it is missing."""
    found = np.full(len(values), None, dtype=object)
    for row in classes.to_dict("records"):
        low, high = row["k_lower"], row["k_upper"]
        inside = values > 0.0
        if not pd.isna(low):
            inside &= (values > low) | ((values == low) & row["is_lower_inclusive"])
        if not pd.isna(high):
            inside &= (values < high) | ((values == high) & row["is_upper_inclusive"])
        found[inside] = row["potential_class"]
    return list(found)


def _robustness(gated: Gated, multiverse: pd.DataFrame) -> pd.DataFrame:
    """``rpt_class_robustness`` of the default rows of studies with choices, but the verdict."""
    potential = gated["fct_trade_potential"]
    studies = set(gated["stg_multiverse__specification_choices"]["study_id"])
    own = potential[potential["is_default"] & potential["study_id"].isin(studies)]
    own = own[[*KEY, "spec_id", "reporter_iso3", "potential_class"]]
    options = multiverse.drop(columns=["spec_id", "reporter_iso3"]).merge(own, on=KEY)
    options = options.sort_values(OPTION, ignore_index=True)  # means have one order
    same = np.full(len(options), np.nan)
    for name, column in COLUMN_OF.items():
        is_own = (options["potential_class"] == name).to_numpy()
        same[is_own] = options[f"{column}_share"].to_numpy(float)[is_own]
    grouped = options.assign(same=same).groupby([*KEY, "dimension"], sort=True)
    found = pd.DataFrame(
        {
            "status": grouped["status"].first(),
            "share_same_class": grouped["same"].mean(),
            "explained": grouped["same"].var(ddof=0),
            "left": grouped["switched_share"].mean() / 2.0,
            "specification_count": grouped["specification_count"].sum(min_count=1),
        }
    ).reset_index()
    order = found.assign(size=-found["left"].round(DIGITS)).sort_values(
        [*KEY, "size", "dimension"], kind="stable"
    )
    first = order.drop_duplicates(KEY)
    share = first["share_same_class"]
    variance = (share * (1.0 - share)).where(share * (1.0 - share) > 0.0)
    first = first.assign(
        most_influential_choice=first["dimension"].where(variance.notna(), None),
        first_order_share=first["explained"] / variance,
        total_share=first["left"] / variance,
    ).drop(columns=["dimension", "explained", "left", "size"])
    made = own.merge(first, on=KEY, how="left")
    status = made["status"].fillna("not_computed")
    why = {"stale": STALE, "not_computed": ONE_YEAR}
    return made.assign(status=status, reason=status.map(why))


def _of_every_reporter(gated: Gated) -> pd.DataFrame:
    """Studies of every pair whose choices are listed, and their last year."""
    studies = gated["stg_study__studies"]
    own = studies.loc[studies["reporter_scope"] != "one", ["study_id", "last_year"]]
    return own[own["study_id"].isin(gated["stg_multiverse__specification_choices"]["study_id"])]


def _world(gated: Gated, published: pd.DataFrame) -> pd.DataFrame:
    """Rows of world trade but the verdict: both sides of every total with a class."""
    choices = gated["stg_multiverse__specification_choices"]
    own = _of_every_reporter(gated)
    answers = gated.part(
        "rpt_answer", *PAIR, "spec_id", "potential_class",
        where="flow = 'total' and potential_class is not null and year in "
        f"({', '.join(str(year) for year in sorted({0, *own['last_year']}))})",
    )  # fmt: skip
    asked = answers.merge(own, left_on=["study_id", "year"], right_on=["study_id", "last_year"])
    asked = asked.drop(columns="last_year")
    one, other = asked["reporter_iso3"], asked["partner_iso3"]
    asked = asked.assign(
        first_iso3=one.where(one < other, other), second_iso3=other.where(one < other, one)
    )
    stored = gated["stg_multiverse__pair_shares"].drop(columns=PLACE, errors="ignore")
    ends_key = ["study_id", "first_iso3", "second_iso3", "year"]
    asked = asked.merge(stored, on=ends_key, how="left")
    is_stored = asked["n_specifications"].notna().to_numpy()
    statuses = published.set_index(PAIR)["status"]
    status = statuses.reindex(pd.MultiIndex.from_frame(asked[PAIR])).to_numpy(dtype=object)
    is_ok = is_stored & (status == "ok")
    n = np.where(is_ok, asked["n_specifications"].to_numpy(float), np.nan)
    counts = np.full(len(asked), np.nan)
    for name, column in COLUMN_OF.items():
        is_own = (asked["potential_class"] == name).to_numpy()
        counts[is_own] = asked[f"n_{column}"].to_numpy(float)[is_own]
    share = counts / n
    variance = np.where((share > 0.0) & (share < 1.0), share * (1.0 - share), np.nan)
    options = choices[choices["study_id"].isin(own["study_id"])]
    sizes = options.groupby("dimension")["choice"].nunique().sort_index()
    # (d, m): the mean over options of the squared share, and half the mean share of switches
    held = {
        part: np.array([asked[f"{name}_{part}"].to_numpy(float) for name in sizes.index])
        for part in ("squares", "switched")
    }
    size = sizes.to_numpy(float)[:, None]
    first = size * held["squares"] / n**2 - share**2
    left = held["switched"] / size / n / 2.0
    best = np.argmax(np.nan_to_num(np.round(left, DIGITS)), axis=0)
    at = np.arange(len(asked))
    names = sizes.index.to_numpy(dtype=object)[best]
    stored_as = np.where(is_ok, "ok", "stale")
    said = pd.Series(np.where(is_stored, stored_as, "not_computed"), index=asked.index)
    return asked[[*PAIR, "spec_id", "potential_class"]].assign(
        status=said,
        reason=said.map({"stale": STALE, "not_computed": SMALLER}),
        specification_count=n,
        share_same_class=share,
        most_influential_choice=pd.Series(names, index=asked.index).where(~np.isnan(variance)),
        first_order_share=first[best, at] / variance,
        total_share=left[best, at] / variance,
    )
