"""Printed figures of the reference study beside the marts, by every replication that runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.dimensions import class_of
from trade_potential.audit.marts.figures import records
from trade_potential.audit.marts.gated import PLACE, Gated
from trade_potential.audit.marts.panel import panel_of
from trade_potential.audit.marts.printed import CELL, SLACK, printed
from trade_potential.audit.marts.rebuilt import rebuilt

KEY = ["replication_id", *CELL]

SIGNIFICANT = 0.05
"""Level of the printed decisions."""

SAME_FIGURES = 1e-11
"""Of fingerprints: some 2,000 additions in another order."""


def check_replication(gated: Gated) -> Iterator[Compared]:
    """Every printed figure by every replication."""
    mart = "rpt_replication"
    yield compared(mart, gated[mart], replication(gated), key=KEY, by=[])


def replications(gated: Gated) -> pd.DataFrame:
    """Replications whose specifications all run.

    Returns:
        Rows of the seed, and other_series: which of their figures are not those that the print was
        compared with; missing where all are.
    """
    rows = gated["stg_study__replications"]
    specifications = gated["stg_study__gravity_specifications"]
    runs = gated["stg_study__study_specifications"].merge(specifications, on="spec_id")
    runs = runs[runs["model_kind"] == "panel"]
    gravity = set(zip(runs["study_id"], runs["spec_id"], strict=True))
    index = set(zip(runs["study_id"], runs["index_spec_id"], strict=True))
    is_run = [
        (row.study_id, row.index_spec_id) in index
        and (row.study_id, row.spec_id) in gravity
        and (row.k_study_id, row.k_spec_id) in gravity
        for row in records(rows)
    ]
    rows = rows[np.array(is_run, dtype=bool)]  # an empty list would name columns
    return rows.assign(other_series=rows["replication_id"].map(_other_series(gated, rows)))


def _series(gated: Gated, replication: pd.Series) -> pd.DataFrame:
    """Figures that a replication reads: series_kind, series_of, series, place, year, number."""
    panel = panel_of(gated)
    found = []
    trade = panel.outcomes.melt(
        ["study_id", "partner_code", "year"],
        ["exports_usd", "imports_usd", "ecommerce_share"],
        "series",
        "number",
    ).dropna(subset=["number"])
    trade = trade.rename(columns={"partner_code": "place"})
    for study in dict.fromkeys([replication["study_id"], replication["k_study_id"]]):
        own = trade[trade["study_id"] == study]
        found.append(own.assign(series_kind="trade", series_of=study))
    names = {"variable": "series", "country_iso3": "place", "variable_value": "number"}
    for study, kind, spec in dict.fromkeys(
        [
            (replication["study_id"], "index", replication["index_spec_id"]),
            (replication["study_id"], "gravity", replication["spec_id"]),
            (replication["k_study_id"], "gravity", replication["k_spec_id"]),
        ]
    ):
        rows = panel.variables
        own = rows[
            (rows["study_id"] == study) & (rows["spec_kind"] == kind) & (rows["spec_id"] == spec)
        ].rename(columns=names)
        found.append(own.assign(series_kind=kind, series_of=spec))
    series = pd.concat(found, ignore_index=True)
    series = series.merge(
        gated["stg_study__studies"][["study_id", "first_year", "last_year"]], on="study_id"
    )
    is_own = series["year"].between(series["first_year"], series["last_year"])
    return pd.DataFrame(series[is_own])


def _other_series(gated: Gated, runs: pd.DataFrame) -> dict[Any, str]:
    """By replication the series that are not those recorded, in words.

    A series is the sum of sign(x) ln(1 + |x|) times the place of x in it, by place and year.
    """
    key = ["replication_id", "series_kind", "series_of", "series"]
    recorded = gated["stg_published__replication_figures"]
    recorded = recorded[[*key, "row_count", "fingerprint"]]
    found = [recorded.iloc[:0]]
    for _, run in runs.iterrows():
        series = _series(gated, run).sort_values(["place", "year", "number"], kind="stable")
        groups = series.groupby(["series_kind", "series_of", "series"])
        number = series["number"]
        weighted = np.sign(number) * np.log1p(number.abs()) * (groups.cumcount() + 1)
        sums = weighted.groupby([series[name] for name in key[1:]]).agg(["size", "sum"])
        sums.columns = pd.Index(["row_count", "fingerprint"])
        found.append(sums.reset_index().assign(replication_id=run["replication_id"]))
    both = pd.concat(found).merge(recorded, on=key, how="outer", suffixes=("", "_recorded"))
    gap = (both["fingerprint"] - both["fingerprint_recorded"]).abs()
    is_recorded = (both["row_count"] == both["row_count_recorded"]) & (
        gap <= SAME_FIGURES * both["fingerprint_recorded"].abs()
    )
    others = both[~is_recorded]
    others = others.assign(words=others["series"] + " of " + others["series_of"])
    words = others[["replication_id", "words"]].drop_duplicates().sort_values("words")
    return words.groupby("replication_id")["words"].agg(", ".join).to_dict()


def ruled(gated: Gated) -> pd.DataFrame:
    """Printed figures with what is compared, and the tolerance in the unit of the figure."""
    figures = printed(gated)
    rules = {
        (row.exhibit, row.row_label, row.column_label): row
        for row in records(gated["stg_published__replication_rules"])
    }
    values: dict[Any, float] = figures.set_index(CELL)["printed_value"].to_dict()
    rows = []
    for cell in figures[CELL].itertuples(index=False, name=None):
        exhibit, row, column = cell
        places = [(row, column), (row, "*"), ("*", column), ("*", "*")]
        rule = next((rules[exhibit, *at] for at in places if (exhibit, *at) in rules), None)
        unit = np.nan if rule is None else _unit(rule.tolerance_unit, cell, values)
        rows.append(
            {
                "pattern": None if rule is None else rule.pattern,
                "tolerance_reason": None if rule is None else rule.tolerance_reason,
                "tolerance": np.nan if rule is None else rule.tolerance * unit,
            }
        )
    columns = ["pattern", "tolerance_reason", "tolerance"]
    return figures.join(pd.DataFrame(rows, index=figures.index, columns=columns))


def _unit(
    kind: str, cell: tuple[str, str, str], values: dict[tuple[str, str, str], float]
) -> float:
    """Size of a tolerance of 1: a standard error of a difference follows Hausman (1978)."""
    if kind == "absolute":
        return 1.0
    if kind == "relative":
        return abs(values[cell])
    row, column = cell[1:]
    error = values.get(("random_effects", row, "standard_error"), np.nan)
    gap = values.get(("hausman", row, "difference_se"), np.nan)
    if np.isnan(gap):
        return np.nan
    return {"fixed": float(np.hypot(error, gap)), "difference": gap}.get(column, error)


def replication(gated: Gated) -> pd.DataFrame:
    """Rows of rpt_replication."""
    runs = gated.once(replications)
    rows = runs[["replication_id", "other_series"]].merge(ruled(gated), how="cross")
    rows = rows.merge(rebuilt(gated, runs), on=KEY, how="left")
    rows["difference"] = rows["rebuilt_value"] - rows["printed_value"]
    rows["status"] = _statuses(rows, gated["stg_published__printed_classes"])
    reasons = _reasons(rows, gated["stg_published__replication_reasons"])
    names = gated["stg_published__printed_classes"].set_index("display_order")["potential_class"]
    order = rows["rebuilt_value"].where(rows["exhibit"] == "k_class")
    return rows.assign(**reasons, rebuilt_text=order.map(names)).drop(
        columns=["other_series", "rounding", "decimals", *PLACE], errors="ignore"
    )


def _statuses(rows: pd.DataFrame, rule: pd.DataFrame) -> pd.Series:
    """How near a rebuilt figure is: the first of these that holds."""
    ours, theirs, gap = rows["rebuilt_value"], rows["printed_value"], rows["difference"].abs()
    by = [rows["replication_id"], rows["exhibit"], rows["column_label"]]
    of_index = rows["exhibit"] == "index"
    ranks = [
        side.fillna(-np.inf).groupby(by).rank(method="min", ascending=False)
        for side in (theirs, ours)
    ]
    of_k = rows["exhibit"] == "k"
    classes = [class_of(side.where(of_k), rule) for side in (theirs, ours)]
    patterns = {
        "sign": np.sign(theirs) == np.sign(ours),
        "rank": of_index & (ranks[0] == ranks[1]),
        "class": classes[0].notna() & (classes[0] == classes[1]),
        "decision": theirs.notna()
        & ours.notna()
        & ((theirs < SIGNIFICANT) == (ours < SIGNIFICANT)),
    }
    follows = np.zeros(len(rows), dtype=bool)
    for name, holds in patterns.items():
        follows |= np.asarray((rows["pattern"] == name) & holds)
    chosen = np.select(
        [
            rows["other_series"].notna(),
            (theirs.isna() & ours.isna()) | (gap <= rows["rounding"] * SLACK),
            gap <= rows["tolerance"] * SLACK,
            follows,
        ],
        ["not_comparable", "exact_to_print", "within_tolerance", "pattern_only"],
        "not_reproducible",
    )
    return pd.Series(chosen, index=rows.index)


def _reasons(rows: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """Why a figure differs and what would settle it: the most special reason that is recorded."""
    recorded = {
        (row.replication_id, row.exhibit, row.row_label, row.column_label, row.status): row
        for row in records(reasons)
    }
    why: list[object] = []
    settled: list[object] = []
    for row in records(rows):
        found = None
        if row.status == "not_comparable":
            why.append(f"other figures than those compared with the print: {row.other_series}")
            settled.append(None)
            continue
        if row.status != "exact_to_print":
            own = row.replication_id, row.exhibit
            places = (
                (*own, one, other, status)
                for one in (row.row_label, "*")
                for other in (row.column_label, "*")
                for status in (row.status, "*")
            )
            found = next((recorded[place] for place in places if place in recorded), None)
        why.append(None if found is None else found.why)
        settled.append(None if found is None else found.settled_by)
    return pd.DataFrame({"why": why, "settled_by": settled}, index=rows.index, dtype="object")
