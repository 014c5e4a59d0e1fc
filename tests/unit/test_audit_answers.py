"""Answers are computed again from all cells, and what is wrong in one row is named."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.unit.structural_world import (
    SPEC,
    STUDY,
    TERMS,
    YEARS,
    cells,
    fitted,
    inputs,
    tables,
)

from trade_potential.audit.structural.answers import (
    FLOWS,
    STATUSES,
    Class,
    answers_of,
    classes_of,
    confirm_answers,
)
from trade_potential.audit.structural.cells import Cells
from trade_potential.audit.structural.findings import Findings
from trade_potential.audit.structural.inputs import study_cells
from trade_potential.audit.structural.published import cell_places
from trade_potential.linalg import FloatArray
from trade_potential.structural.pair_out import without_pair

CLASSES = (
    Class("huge_potential", -np.inf, 0.8, has_lower=False, has_upper=True),
    Class("potential_expansion", 0.8, 1.2, has_lower=False, has_upper=False),
    Class("potential_reshaping", 1.2, np.inf, has_lower=True, has_upper=False),
)
MINIMUM_USD = 1e6


@cache
def world() -> tuple[Cells, dict[str, FloatArray]]:
    fit = fitted(cells())
    made = study_cells(inputs(), years=list(YEARS), terms=TERMS, index={})
    rows = pa.Table.from_pandas(tables(fit, without_pair(fit))["pairs"], preserve_index=False)
    places = cell_places(rows, made)
    return made, answers_of(
        made,
        places.laid(rows["predicted_usd"]),
        places.laid(rows["predicted_pair_out_usd"]),
        classes=CLASSES,
        minimum_usd=MINIMUM_USD,
    )


@cache
def right() -> pd.DataFrame:
    """What rpt_answer says, row by row and by the ranks of pandas."""
    fit, key = fitted(cells()), ["exporter_iso3", "importer_iso3", "year"]
    held = cells().rename(columns={"exporter": key[0], "importer": key[1]})
    pairs = tables(fit, without_pair(fit))["pairs"].merge(held[[*key, "trade_usd"]], on=key)
    amounts = {
        "trade_usd": "actual_usd",
        "predicted_usd": "predicted_usd",
        "predicted_pair_out_usd": "predicted_pair_out_usd",
    }
    pairs = pairs[[*key, *amounts]].rename(columns=amounts)
    names = {"exporter_iso3": "reporter_iso3", "importer_iso3": "partner_iso3"}
    back = {"importer_iso3": "reporter_iso3", "exporter_iso3": "partner_iso3"}
    views = [pairs.rename(columns=names), pairs.rename(columns=back)]
    seen = ["reporter_iso3", "partner_iso3", "year"]
    total = pd.concat(views).groupby(seen, as_index=False).sum(min_count=1)
    found = pd.concat(
        frame.assign(flow=flow) for flow, frame in zip(FLOWS, (*views, total), strict=True)
    )
    two_way = total.set_index(seen)["predicted_usd"].rename("two_way_usd")
    found = found.merge(two_way, left_on=seen, right_index=True)
    k = found["k_ratio"] = found["actual_usd"] / found["predicted_usd"]
    out = found["k_pair_out_ratio"] = found["actual_usd"] / found["predicted_pair_out_usd"]
    low = found.pop("two_way_usd") < MINIMUM_USD
    found["k_status"] = np.select([found["actual_usd"] == 0.0, low], STATUSES[1:], STATUSES[0])
    for name, ratio in (("potential_class", k), ("out_class", out)):
        edges = [ratio <= 0.8, ratio < 1.2, ratio >= 1.2]
        class_ = pd.Series(np.select(edges, [one.name for one in CLASSES], ""), found.index)
        found[name] = class_.where((found["k_status"] == "ok") & (class_ != ""), None)
    other = found["potential_class"] != found["out_class"]
    known = found["potential_class"].notna() & found.pop("out_class").notna()
    found["class_depends_on_own_trade"] = other.astype("boolean").mask(~known)
    by = found.groupby(["flow", "year"])["potential_class"]
    same = found.groupby(["flow", "year", "potential_class"])["k_ratio"].transform("size")
    found["class_share"] = same / by.transform("count")
    return found.assign(study_id=STUDY, spec_id=SPEC, **_bands(found))


def _bands(found: pd.DataFrame) -> dict[str, pd.Series]:
    """Twenty bands of a flow and year, a total counted once."""
    one, other = found["reporter_iso3"], found["partner_iso3"]
    is_first = (found["flow"] == "exports") | ((found["flow"] == "total") & (one < other))
    first = one.where(is_first, other)
    last = other.where(first == one, one)
    flow = found["flow"].where(found["flow"] == "total", "directed")
    keys = pd.DataFrame({"flow": flow, "year": found["year"], "first": first, "last": last})
    sorted_by = ["predicted_usd", "first", "last"]
    held = keys.assign(predicted_usd=found["predicted_usd"], k_ratio=found["k_ratio"])
    once = held.drop_duplicates([*keys]).sort_values(sorted_by)
    group = once.groupby(["flow", "year"])
    place, count = group.cumcount(), group["k_ratio"].transform("size")
    # the first bands of ntile have one pair more
    large, rest = count // 20 + 1, count % 20
    in_large = place < large * rest
    later = rest + (place - large * rest) // (count // 20).clip(lower=1)
    once["size_band"] = np.where(in_large, place // large, later) + 1
    of_band = once.groupby(["flow", "year", "size_band"])["k_ratio"]
    once["band_pairs"] = of_band.transform("size")
    once["k_median_of_band"] = of_band.transform("median")
    once["k_percentile"] = 100.0 * (of_band.rank() - 0.5) / once["band_pairs"]
    names = ["size_band", "band_pairs", "k_median_of_band", "k_percentile"]
    joined = keys.merge(once[[*keys, *names]], on=[*keys], how="left")
    return {name: pd.Series(joined[name].to_numpy(), found.index) for name in names}


def audited(given: pd.DataFrame) -> pd.DataFrame:
    made, recomputed = world()
    found = Findings(STUDY, SPEC)
    table = pa.Table.from_pandas(given, preserve_index=False)
    confirm_answers(found, made, recomputed, table, CLASSES)
    return found.frame()


def test_every_answer_is_confirmed() -> None:
    found = audited(right())
    assert set(found["status"]) == {"agrees"}
    assert len(found) == 14
    statuses = right()["k_status"].value_counts()
    assert set(statuses.index) == set(STATUSES)
    assert right()["class_depends_on_own_trade"].any()


def test_bounds_belong_to_the_class_that_says_so() -> None:
    k = np.array([0.0, 0.8, np.nextafter(0.8, 1.0), 1.0, np.nextafter(1.2, 1.0), 1.2, np.nan])
    np.testing.assert_array_equal(classes_of(k, CLASSES), [0, 0, 1, 1, 1, 2, np.nan])


def _at(held: pd.DataFrame, flow: str) -> pd.Series:
    two = (held["reporter_iso3"] == "CHN") & (held["partner_iso3"] == "KGZ")
    return two & (held["flow"] == flow) & (held["year"] == 2017)


def _k(held: pd.DataFrame) -> pd.DataFrame:
    held.loc[_at(held, "total"), "k_ratio"] *= 1.0 + 1e-9
    return held


def _class(held: pd.DataFrame) -> pd.DataFrame:
    held.loc[_at(held, "exports"), "potential_class"] = "potential_expansion"
    return held


def _status(held: pd.DataFrame) -> pd.DataFrame:
    held.loc[_at(held, "exports"), "k_status"] = "no_recorded_trade"
    return held


def _mean_of_ratios(held: pd.DataFrame) -> pd.DataFrame:
    seen = ["reporter_iso3", "partner_iso3", "year"]
    directed = held[held["flow"] != "total"].groupby(seen)["k_ratio"].mean()
    of_total = held["flow"] == "total"
    at = pd.MultiIndex.from_frame(held.loc[of_total, seen])
    held.loc[of_total, "k_ratio"] = directed.reindex(at).to_numpy()
    return held


def _sides(held: pd.DataFrame) -> pd.DataFrame:
    other = {"exports": "imports", "imports": "exports", "total": "total"}
    return held.assign(flow=held["flow"].map(other))


def _percentile_with_itself(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(k_percentile=held["k_percentile"] + 50.0 / held["band_pairs"])


def _share_of_all(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(class_share=held["class_share"] * 0.9)


def _in_sample(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(k_pair_out_ratio=held["k_ratio"])


def _never_depends(held: pd.DataFrame) -> pd.DataFrame:
    depends = held["class_depends_on_own_trade"]
    return held.assign(class_depends_on_own_trade=depends.where(depends.isna(), False))


def _a_row_gone(held: pd.DataFrame) -> pd.DataFrame:
    return held[~_at(held, "imports")]


def _a_row_twice(held: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([held, held[_at(held, "imports")]])


@pytest.mark.parametrize(
    ("plant", "quantity", "place"),
    [
        (_k, "k_ratio", "total, 2017"),
        (_class, "potential_class", "CHN with KGZ, exports, 2017"),
        (_status, "k_status", "CHN with KGZ, exports, 2017"),
        (_mean_of_ratios, "k_ratio", ", total, "),
        (_sides, "actual_usd", "ports, "),
        (_percentile_with_itself, "k_percentile", ""),
        (_share_of_all, "class_share", ""),
        (_in_sample, "k_pair_out_ratio", ""),
        (_never_depends, "class_depends_on_own_trade", ""),
        (_a_row_gone, "k_ratio", "CHN with KGZ, imports, 2017"),
        (_a_row_twice, "n_unknown_rows", ""),
    ],
)
def test_an_answer_that_is_wrong_is_named(
    plant: Callable[[pd.DataFrame], pd.DataFrame], quantity: str, place: str
) -> None:
    found = audited(plant(right().copy()))
    refused = found[found["status"] == "differs"].set_index("quantity")["reason"]
    assert place in refused[quantity]
