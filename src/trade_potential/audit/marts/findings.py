"""What was found out about the reference study, each with its number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.gated import PLACE, Gated
from trade_potential.audit.marts.panel import panel_of
from trade_potential.audit.marts.replication import replications

AS_PRINTED = "study_printed"
AS_STATED = "study_stated"
"""Replications: as the study was computed, and as its text says."""

SLACK = 1e-9
"""Rounding of a number that equals its threshold, as a share of it."""

FIRST_TRY = {"kmo": 0.77, "correlation": 0.75}
"""Numbers of a first try, which the findings are about."""

DESCRIBED = {
    "openness_is_exact": ("lnopen", ("mean", "sd", "min", "max")),
    "internet_use_is_near_exact": ("lnnet", ("mean", "sd", "min", "max")),
    "population_has_exact_ends": ("lnpop", ("min", "max")),
    "income_has_exact_ends": ("lnPgdp", ("min", "max")),
    "distance_moves_with_oil": ("lndist", ("mean", "sd", "min", "max")),
}
"""Row and columns of the printed descriptives by finding."""

CHECKED = {
    "index_agrees_with_descriptives": "index_and_descriptives",
    "intervals_are_normal": "interval_is_normal",
}
"""Check of rpt_printed_consistency by finding."""


def check_findings(gated: Gated) -> Iterator[Compared]:
    """Every finding with its number and verdict."""
    mart = "rpt_replication_findings"
    yield compared(mart, gated[mart], findings(gated), key=["finding_id"], by=[])


def findings(gated: Gated) -> pd.DataFrame:
    """Rows of rpt_replication_findings; none where no replication runs."""
    runs = gated.once(replications)
    rows = gated["stg_published__replication_findings"].drop(columns=PLACE, errors="ignore")
    if runs.empty:
        return rows.iloc[:0].assign(measured_value=np.nan, verdict=None)
    number = rows["finding_id"].map(measures(gated, runs)).astype(float)
    threshold = rows["threshold"]
    holds = np.where(
        rows["comparison"] == "<=",
        number <= threshold * (1.0 + SLACK),
        number >= threshold * (1.0 - SLACK),
    )
    verdict = np.where(number.isna(), "not_measured", np.where(holds, "confirmed", "refuted"))
    return rows.assign(measured_value=number, verdict=verdict)


def measures(gated: Gated, runs: pd.DataFrame) -> dict[str, float]:
    """Number by finding; NaN or none where it cannot be had."""
    figures = gated["rpt_replication"]
    figures = figures[figures["status"] != "not_comparable"]
    figures = figures.assign(distance=figures["difference"].abs())
    own = figures[figures["replication_id"] == AS_PRINTED]
    stated = figures[figures["replication_id"] == AS_STATED]
    index = own.loc[own["exhibit"] == "index", "distance"]
    kmo = stated.loc[stated["row_label"] == "kmo", "rebuilt_value"]
    weights = own["row_label"].str.startswith("component_weight")
    stated_index = stated[stated["exhibit"] == "index"]
    prices = [_described(rows, "lncpi", None) for rows in (own, stated)]
    slopes = own[
        (own["exhibit"] == "random_effects")
        & (own["column_label"] == "coefficient")
        & (own["row_label"] != "_cons")
    ]
    k = own[(own["exhibit"] == "k") & own["printed_value"].notna()]
    found = {
        "index_is_a_formula": _count(index, index <= 0.001),
        "index_deviates_little": index.max(),
        "kmo_of_three_variables": own.loc[own["row_label"] == "kmo", "distance"].max(),
        "kmo_of_eleven_indicators": (kmo - FIRST_TRY["kmo"]).abs().max(),
        "shares_became_weights": own.loc[weights, "distance"].max(),
        "index_correlation_of_first_try": abs(
            _correlation(stated_index["printed_value"], stated_index["rebuilt_value"])
            - FIRST_TRY["correlation"]
        ),
        "price_index_mixes_bases": prices[0] / prices[1],
        "outcome_is_goods_trade": _count(slopes, _follows(slopes, slopes["rebuilt_value"])),
        "f_test_has_the_printed_df": _f_test(own, "df", "df_denominator"),
        "f_statistic_is_rebuilt": _f_test(own, "statistic"),
        "k_is_of_a_regression_in_levels": _correlation(k["printed_value"], k["rebuilt_value"]),
    }
    checks = gated["rpt_printed_consistency"]
    for finding, name in CHECKED.items():
        of_check = checks.loc[checks["check_name"] == name, "is_consistent"]
        found[finding] = _count(of_check, ~of_check.astype(bool))
    found |= _outside(gated, own, stated)
    for finding, (row, columns) in DESCRIBED.items():
        found[finding] = _described(own, row, columns)
    comparable = runs[(runs["replication_id"] == AS_PRINTED) & runs["other_series"].isna()]
    for _, run in comparable.iterrows():
        found |= _of_run(gated, run, slopes)
    return found


def _outside(gated: Gated, own: pd.DataFrame, stated: pd.DataFrame) -> dict[str, float]:
    """Editions and years by who is first: outside ranks beside the printed and the stated index."""
    rows = gated["gate_ecommerce_measures"]
    rows = rows[rows["measure"] == "unctad_b2c_rank"].assign(year=rows["year"].astype("str"))
    ranks = rows.pivot_table(index="year", columns="country_iso3", values="measured_value")
    ranks = ranks.reindex(columns=["KAZ", "UZB"])
    agrees = ranks["KAZ"] < ranks["UZB"]
    first, ahead = (
        frame[frame["exhibit"] == "index"].pivot_table(
            index="column_label", columns="row_label", values=name
        )
        for frame, name in ((own, "printed_value"), (stated, "rebuilt_value"))
    )
    first, ahead = (
        side[side.index.isin(ranks.index)].reindex(columns=side.columns.union(["KAZ", "UZB"]))
        for side in (first, ahead)
    )
    is_first = first["UZB"] == first.max(axis=1)
    late = is_first & agrees.reindex(first.index) & (first.index >= "2017")
    is_ahead = (ahead["KAZ"] > ahead["UZB"]) & agrees.reindex(ahead.index)
    return {
        "outside_kaz_above_uzb": _count(ranks, agrees),
        "print_uzb_first": _count(first, is_first),
        "print_uzb_first_against_outside": _count(first, late),
        "stated_index_kaz_above_uzb": _count(ahead, is_ahead),
    }


def _count(rows: pd.DataFrame | pd.Series, holds: pd.Series) -> float:
    """How many; NaN where there are no rows to count."""
    return float(holds.sum()) if len(rows) else np.nan


def _correlation(one: pd.Series, other: pd.Series) -> float:
    known = np.asarray(one.notna() & other.notna())
    if known.sum() < 2:
        return np.nan
    return float(np.corrcoef(one[known].astype(float), other[known].astype(float))[0, 1])


def _described(rows: pd.DataFrame, row: str, columns: tuple[str, ...] | None) -> float:
    """Largest distance of the descriptives of a term; without columns all but the rows."""
    own = rows[(rows["exhibit"] == "descriptives") & (rows["row_label"] == row)]
    is_named = own["column_label"] != "n_obs"
    if columns is not None:
        is_named = own["column_label"].isin(columns)
    return float(own.loc[is_named, "distance"].max())


def _f_test(rows: pd.DataFrame, *columns: str) -> float:
    own = (rows["exhibit"] == "f_test") & rows["column_label"].isin(columns)
    return float(rows.loc[own, "distance"].max())


def _follows(slopes: pd.DataFrame, ours: pd.Series) -> pd.Series:
    """Whether a slope has the printed sign and lies within the tolerance of the print."""
    printed = slopes["printed_value"]
    is_near = (ours - printed).abs() <= slopes["tolerance"]
    return pd.Series(is_near & (np.sign(printed) == np.sign(ours)), index=slopes.index)


def _of_run(gated: Gated, run: pd.Series, slopes: pd.DataFrame) -> dict[str, float]:
    """What rests on the replication as it was computed, where its figures are the recorded ones."""
    rows = gated["fct_gravity_coefficients"]
    rows = rows[rows["study_id"] == run["study_id"]]
    own = rows[rows["spec_id"] == run["spec_id"]]
    both = own[own["estimator"] == "random"].merge(
        own[own["estimator"] == "pooled"], on=["covariance", "term"]
    )
    scaled = rows[
        (rows["spec_id"] == "recommended")
        & (rows["estimator"] == "pooled")
        & (rows["covariance"] == "classical")
    ].set_index("term")["coefficient"]
    scaled_slopes = slopes[slopes["row_label"].isin(scaled.index)]
    ecommerce = scaled_slopes["row_label"].map(scaled)
    potential = gated["fct_trade_potential"]
    potential = potential[
        (potential["study_id"] == run["study_id"])
        & (potential["spec_id"] == run["spec_id"])
        & (potential["estimator"] == "pooled")
    ]
    cells = _printed_k(gated, run)
    logs = potential.merge(cells, on=["partner_iso3", "year"])
    logs = logs[logs["printed_k"].notna()]
    known = cells[cells["printed_k"].notna()]
    residual = known["trade"] - known["trade"] / known["printed_k"]
    shares = {
        key: (residual.groupby(known[key]).sum().abs() / known["trade"].groupby(known[key]).sum())
        for key in ("year", "partner_iso3")
    }
    is_empty_alike = cells["printed_k"].notna() == cells["is_published"]
    return {
        "random_effects_are_pooled": (both["coefficient_x"] - both["coefficient_y"]).abs().max(),
        "outcome_is_not_ecommerce": _count(scaled_slopes, _follows(scaled_slopes, ecommerce)),
        "k_is_not_of_the_log_model": _correlation(logs["printed_k"], logs["k_ratio"]),
        "k_has_year_effects": shares["year"].max(),
        "k_has_no_partner_effects": shares["partner_iso3"].max(),
        "k_leaves_out_unpublished_rows": _count(cells, is_empty_alike),
    }


def _printed_k(gated: Gated, run: pd.Series) -> pd.DataFrame:
    """partner_iso3, year, printed_k, trade in US$, and whether internet use is published."""
    panel = panel_of(gated)
    figures = gated["stg_published__printed_figures"]
    figures = figures[figures["exhibit"] == "k"]
    cells = pd.DataFrame(
        {
            "partner_iso3": figures["row_label"],
            "year": figures["column_label"].astype(int),
            "printed_k": figures["printed_value"],
        }
    )
    trade = panel.outcomes[panel.outcomes["study_id"] == run["study_id"]]
    trade = trade[["partner_iso3", "year", "goods_trade_usd"]]
    rows = panel.variables
    published = rows[
        (rows["study_id"] == run["k_study_id"])
        & (rows["spec_kind"] == "gravity")
        & (rows["spec_id"] == run["k_spec_id"])
        & (rows["variable"] == "internet_users_published_pct")
    ]
    at = set(zip(published["country_iso3"], published["year"], strict=True))
    cells = cells.merge(trade.rename(columns={"goods_trade_usd": "trade"}))
    places = zip(cells["partner_iso3"], cells["year"], strict=True)
    return cells.assign(is_published=[place in at for place in places])
