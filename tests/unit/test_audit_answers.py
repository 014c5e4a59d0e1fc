"""Answers are computed again from all cells, and what is wrong in one row is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.unit.structural_world import (
    SPEC,
    STUDY,
    YEARS,
    cells,
    fitted,
    inputs,
    tables,
)

from trade_potential.audit.structural.answers import (
    FLOWS,
    LASTING,
    METHODS,
    NEW_YEAR,
    OF_LAW,
    SAID,
    STATUSES,
    Class,
    classes_of,
)
from trade_potential.audit.structural.models import audit_answers
from trade_potential.structural.pair_out import without_pair

CLASSES = (
    Class("huge_potential", -np.inf, 0.8, has_lower=False, has_upper=True),
    Class("potential_expansion", 0.8, 1.2, has_lower=False, has_upper=False),
    Class("potential_reshaping", 1.2, np.inf, has_lower=True, has_upper=False),
)
MINIMUM_USD = 1e6
OF_CLASSES = {
    "name": "potential_class",
    "lower": "k_lower",
    "upper": "k_upper",
    "has_lower": "is_lower_inclusive",
    "has_upper": "is_upper_inclusive",
}


@cache
def pairs() -> pd.DataFrame:
    fit = fitted(cells())
    return tables(fit, without_pair(fit))["pairs"]


@cache
def lasting() -> pd.DataFrame:
    """Directed and total pairs with made-up numbers; one has no law, and one no row."""
    directed = pairs()[["exporter_iso3", "importer_iso3"]].drop_duplicates()
    total = directed[directed["exporter_iso3"] < directed["importer_iso3"]]
    found = pd.concat([directed.assign(flow="directed"), total.assign(flow="total")])
    names = [*LASTING, *OF_LAW, *NEW_YEAR]
    numbers = np.random.default_rng(16).random((len(found), len(names)))
    found[names] = numbers
    found["lasting_class"] = [CLASSES[int(3 * number)].name for number in numbers[:, 0]]
    two = (found["exporter_iso3"] == "CHN") & (found["importer_iso3"] == "KAZ")
    found["probability_status"] = np.where(two, "no_trade_in_sample", "ok")
    found[list(OF_LAW + NEW_YEAR)] = found[list(OF_LAW + NEW_YEAR)].mask(two)
    is_left_out = (found["exporter_iso3"] == "CHN") & (found["importer_iso3"] == "VNM")
    return found[~is_left_out].assign(study_id=STUDY, spec_id=SPEC)


def ledger() -> pd.DataFrame:
    """Montenegro has no distance, Romania neither; UZB exports nothing in 2016."""
    rows = [("all", code, year) for code in ("MNE", "ROU") for year in YEARS]
    found = pd.DataFrame([*rows, ("exporters", "UZB", 2016)])
    found.columns = pd.Index(["lost_to", "partner_code", "year"])
    return found.assign(
        study_id=STUDY, spec_id=SPEC, spec_kind="structural", reporter_code=None
    ).astype({"reporter_code": "string"})


@cache
def right() -> pd.DataFrame:
    """What rpt_answer says, row by row and by the ranks of pandas."""
    key = ["exporter_iso3", "importer_iso3", "year"]
    trade = cells().rename(columns={"exporter": key[0], "importer": key[1]})
    published = pairs().merge(trade[[*key, "trade_usd"]], on=key)
    amounts = {
        "trade_usd": "actual_usd",
        "predicted_usd": "predicted_usd",
        "predicted_pair_out_usd": "predicted_pair_out_usd",
    }
    published = published[[*key, *amounts, "pair_out_method"]].rename(columns=amounts)
    published["is_unreported"] = published["actual_usd"] == 0.0
    names = {"exporter_iso3": "reporter_iso3", "importer_iso3": "partner_iso3"}
    back = {"importer_iso3": "reporter_iso3", "exporter_iso3": "partner_iso3"}
    views = [published.rename(columns=names), published.rename(columns=back)]
    seen = ["reporter_iso3", "partner_iso3", "year"]
    by = pd.concat(views).groupby(seen)
    total = by[list(amounts.values())].sum(min_count=1)
    total["is_unreported"] = by["is_unreported"].any()
    total["pair_out_method"] = by["pair_out_method"].agg(lambda both: min(both, key=METHODS.index))
    total = total.reset_index()
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
    found = _with_lasting(found.assign(study_id=STUDY, spec_id=SPEC, **_bands(found)))
    found["lasting_class"] = found["lasting_class"].mask(low)
    return _with_certainty(found, low)


def _with_certainty(
    found: pd.DataFrame, low: pd.Series, firm: float = 0.9, leaning: float = 0.6
) -> pd.DataFrame:
    """Firm from 90 per cent on, leaning from 60."""
    names = list(OF_LAW + NEW_YEAR)
    found[names] = found[names].mask(low)
    said = found["probability_status"]
    said = said.mask(low & said.notna(), "below_minimum_prediction")
    found["probability_status"] = said.fillna("high_leverage")
    own = zip([one.name for one in CLASSES], OF_LAW[:3], NEW_YEAR, strict=True)
    chance, new_year = pd.Series(np.nan, found.index), pd.Series(np.nan, found.index)
    for class_, lasting_name, new_name in own:
        of = found["potential_class"] == class_
        chance, new_year = chance.mask(of, found[lasting_name]), new_year.mask(of, found[new_name])
    stays = ~found["class_depends_on_own_trade"].fillna(True).astype(bool)
    sure = np.select(
        [(chance >= firm) & stays, chance >= leaning], ["firm", "leaning"], "undecided"
    )
    found["answer_certainty"] = pd.Series(sure, found.index).where(chance.notna(), None)
    return found.assign(new_year_probability=new_year).drop(columns=list(NEW_YEAR))


def _with_lasting(found: pd.DataFrame) -> pd.DataFrame:
    one, other = found["reporter_iso3"], found["partner_iso3"]
    is_turned = (found["flow"] == "imports") | ((found["flow"] == "total") & (one > other))
    keys = pd.DataFrame(
        {
            "flow": found["flow"].where(found["flow"] == "total", "directed"),
            "exporter_iso3": one.where(~is_turned, other),
            "importer_iso3": other.where(~is_turned, one),
        }
    )
    names = [*LASTING, *OF_LAW, *NEW_YEAR, "lasting_class", "probability_status"]
    joined = keys.merge(lasting().drop(columns=["study_id", "spec_id"]), on=[*keys], how="left")
    return found.assign(**{name: joined[name].to_numpy() for name in names})


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


def audited(
    given: pd.DataFrame, lost: pd.DataFrame | None = None, published: pd.DataFrame | None = None
) -> pd.DataFrame:
    held = inputs()
    study = {"study_id": STUDY, "first_year": YEARS[0], "last_year": YEARS[-1]}
    study |= {"default_spec_id": SPEC, "minimum_prediction_usd": MINIMUM_USD}
    classes = pd.DataFrame([asdict(one) for one in CLASSES]).rename(columns=OF_CLASSES)
    frames = {
        "pairs": pairs() if published is None else published,
        "lasting": lasting(),
        "answers": given,
        "ledger": ledger() if lost is None else lost,
        "studies": pd.DataFrame([study]),
        "study_specifications": pd.DataFrame([{"study_id": STUDY, "spec_id": SPEC}]),
        "gravity_specifications": pd.DataFrame([{"spec_id": SPEC, "model_kind": "structural"}]),
        "classes": classes.replace([-np.inf, np.inf], np.nan).assign(
            study_id="all", display_order=range(3)
        ),
    }
    with duckdb.connect() as memory:
        at = {name: memory.from_arrow(pa.Table.from_pandas(frames[name])) for name in frames}
        names = ("world_trade", "countries", "country_code_mappings")
        return audit_answers(
            inputs={name: memory.from_arrow(getattr(held, name)) for name in names},
            study={name: at[name] for name in frames if name.endswith(("studies", "ifications"))},
            published={name: at[name] for name in ("pairs", "lasting")},
            potential_classes=at["classes"],
            answers=at["answers"],
            ledger=at["ledger"],
        )


def test_every_answer_is_confirmed() -> None:
    found = audited(right())
    assert set(found["status"]) == {"agrees"}
    assert len(found) == 32
    assert not found.duplicated(["quantity", "term"]).any()
    statuses = right()["k_status"].value_counts()
    assert set(statuses.index) == set(STATUSES)
    assert right()["class_depends_on_own_trade"].any()
    assert set(right()["answer_certainty"].dropna()) == {"firm", "leaning", "undecided"}
    assert set(right()["probability_status"]) == set(SAID)


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


def _a_lasting_class_of_a_small_pair(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(lasting_class=_with_lasting(held)["lasting_class"])


def _lasting_seen_from_the_partner(held: pd.DataFrame) -> pd.DataFrame:
    seen = _with_lasting(_sides(held))
    names = ["k_lasting_median", "lasting_class"]
    is_there = held["k_lasting_median"].notna()
    return held.assign(**{name: seen[name].where(is_there, held[name]) for name in names})


def _reported(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(is_unreported=False)


def _one_step(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(pair_out_method="leverage")


def _exchanged(held: pd.DataFrame) -> pd.DataFrame:
    huge, expansion = held["probability_huge"], held["probability_expansion"]
    return held.assign(probability_huge=expansion, probability_expansion=huge)


def _firm_though_the_pair_decides(held: pd.DataFrame) -> pd.DataFrame:
    small = held["probability_status"] == "below_minimum_prediction"
    free = _with_lasting(held.assign(class_depends_on_own_trade=False))
    free = _with_certainty(free, small)
    return held.assign(answer_certainty=free["answer_certainty"])


def _firm_from_half(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(answer_certainty=held["answer_certainty"].replace("undecided", "leaning"))


def _sure_of_every_class(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(answer_certainty=held["answer_certainty"].fillna("undecided"))


def _ends_exchanged(held: pd.DataFrame) -> pd.DataFrame:
    low, high = held["k_new_year_ci_low"], held["k_new_year_ci_high"]
    return held.assign(k_new_year_ci_low=high, k_new_year_ci_high=low)


def _new_year_as_what_lasts(held: pd.DataFrame) -> pd.DataFrame:
    return held.assign(new_year_probability=held["probability_huge"])


def _said_of_small_pairs(held: pd.DataFrame) -> pd.DataFrame:
    said = held["probability_status"].replace("below_minimum_prediction", "ok")
    return held.assign(probability_status=said)


def _no_leverage(held: pd.DataFrame) -> pd.DataFrame:
    said = held["probability_status"].replace("high_leverage", "no_trade_in_sample")
    return held.assign(probability_status=said)


@pytest.mark.parametrize(
    ("plant", "quantity", "place"),
    [
        (_exchanged, "probability_huge", ""),
        (_exchanged, "probability_expansion", ""),
        (_firm_though_the_pair_decides, "answer_certainty", ""),
        (_firm_from_half, "answer_certainty", ""),
        (_sure_of_every_class, "answer_certainty", ""),
        (_ends_exchanged, "k_new_year_ci_low", ""),
        (_new_year_as_what_lasts, "new_year_probability", ""),
        (_said_of_small_pairs, "probability_status", ""),
        (_no_leverage, "probability_status", "CHN with VNM"),
        (_a_lasting_class_of_a_small_pair, "lasting_class", ", "),
        (_lasting_seen_from_the_partner, "k_lasting_median", "ports, "),
        (_lasting_seen_from_the_partner, "lasting_class", "ports, "),
        (_reported, "is_unreported", ""),
        (_one_step, "pair_out_method", ""),
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


def _refused(found: pd.DataFrame) -> dict[str, str]:
    rows = found[(found["status"] == "differs") & (found["term"] == "fct_row_ledger")]
    return dict(zip(rows["quantity"], rows["reason"], strict=True))


def test_what_is_lost_without_a_name_is_named() -> None:
    assert _refused(audited(right(), ledger().iloc[1:])) == {"n_lost": "all, MNE, 2015"}
    no_side = audited(right(), ledger().assign(lost_to="all"))
    assert _refused(no_side) == {
        "n_lost": "exporters, UZB, 2016",
        "n_unknown_rows": "all, UZB, 2016",
    }
    two = (pairs()["exporter_iso3"] == "CHN") & (pairs()["importer_iso3"] == "KGZ")
    held = audited(right(), published=pairs()[~two])
    assert _refused(held) == {"n_lost": "pair, CHN, KGZ, 2015"}


def test_a_loss_that_is_none_is_named() -> None:
    row = ledger().head(1)
    twice = pd.concat([ledger(), row])
    assert _refused(audited(right(), twice)).keys() == {"n_unknown_rows"}
    kept = pd.concat([ledger(), row.assign(partner_code="DEU")])
    assert _refused(audited(right(), kept)) == {"n_unknown_rows": "all, DEU, 2015"}
