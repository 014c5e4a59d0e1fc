"""Answers of a build against what they are made of, computed again without the project's SQL."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.build.project import Project

pytestmark = pytest.mark.build

ROUNDING = 1e-9
"""Relative: logarithms and sums of a few hundred numbers, each known to 1e-12 or better."""
BANDS = 20


def frame(project: Project, query: str) -> pd.DataFrame:
    """Rows of a query on the built warehouse."""
    with duckdb.connect(project.database, read_only=True) as connection:
        return connection.execute(query).df()


def test_one_query_answers_any_pair_by_flow(built: Project) -> None:
    found = frame(
        built,
        "select * from marts.rpt_answer where year = 2019 and (reporter_iso3, partner_iso3) in "
        "(('VNM', 'DEU'), ('KAZ', 'UZB'), ('BRA', 'CHN'))",
    )
    assert len(found) == 3 * 3
    assert set(found["k_status"]) == {"ok"}
    told = ["k_ratio", "k_percentile", "k_pair_out_ratio", "k_lasting_median", "lasting_class"]
    assert found[[*told, "potential_class", "class_share"]].notna().all(axis=None)
    for _, flows in found.set_index("flow").groupby("reporter_iso3"):
        both = flows.loc[["exports", "imports"], ["actual_usd", "predicted_usd"]].sum()
        total = flows.loc["total"]
        assert total["k_ratio"] == pytest.approx(both["actual_usd"] / both["predicted_usd"])


def test_places_among_like_pairs_are_those_of_sorted_flows(built: Project) -> None:
    flows = frame(
        built,
        "select reporter_iso3, partner_iso3, k_status, potential_class, predicted_usd, k_ratio, "
        "size_band, band_pairs, k_median_of_band, k_percentile, class_share "
        "from marts.rpt_answer where year = 2019 and flow = 'exports' and k_ratio is not null",
    ).sort_values(["predicted_usd", "reporter_iso3", "partner_iso3"], ignore_index=True)
    sizes = [len(part) for part in np.array_split(np.arange(len(flows)), BANDS)]
    assert list(flows["size_band"]) == list(np.repeat(np.arange(1, BANDS + 1), sizes))
    bands = flows.groupby("size_band")["k_ratio"]
    assert list(flows["band_pairs"]) == list(bands.transform("size"))
    assert np.allclose(flows["k_median_of_band"], bands.transform("median"), rtol=ROUNDING)
    below, up_to = bands.rank(method="min") - 1, bands.rank(method="max")
    middle = 50 * (below + up_to) / flows["band_pairs"]
    assert np.allclose(flows["k_percentile"], middle, rtol=ROUNDING)
    classed = flows.dropna(subset="potential_class")
    assert set(classed["k_status"]) == {"ok"}
    shares = classed["potential_class"].map(classed["potential_class"].value_counts(normalize=True))
    assert np.allclose(classed["class_share"], shares, rtol=ROUNDING)


def test_expected_effects_are_least_squares_by_year_and_side(built: Project) -> None:
    effects = frame(
        built,
        "select effects.*, gdp_per_capita_ppp_intl_usd as income, population_persons as size "
        "from marts.fct_country_effects as effects left join marts.fct_country_year "
        "using (study_id, country_iso3, year)",
    )
    known = effects.dropna(subset=["income", "size"])
    assert effects.loc[effects.index.difference(known.index), "log_effect_expected"].isna().all()
    for _, year in known.groupby(["spec_id", "side", "year"]):
        x = np.column_stack([np.ones(len(year)), np.log(year[["income", "size"]])])
        slopes = np.linalg.lstsq(x, year["log_effect"], rcond=None)[0]
        assert np.allclose(year["log_effect_expected"], x @ slopes, rtol=0, atol=1e-8)
    above = np.exp(known["log_effect"] - known["log_effect_expected"])
    assert np.allclose(known["beyond_size_ratio"], above, rtol=ROUNDING)


def test_parts_of_a_difference_are_measured(built: Project) -> None:
    """Of the total of Central Asia with China: what each part is said to be, from other marts."""
    others = frame(
        built,
        "select differences.*, goods_trade_usd, potential.k_ratio / k_mean_ratio as smearing "
        "from marts.rpt_answer_differences as differences "
        "inner join panel.int_panel__outcomes "
        "using (study_id, reporter_iso3, partner_iso3, year) "
        "inner join marts.fct_trade_potential as potential "
        "using (study_id, spec_id, estimator, reporter_iso3, partner_iso3, year) "
        "where study_id = 'central_asia' and differences.is_default",
    )
    answers = frame(
        built,
        "select * from marts.rpt_answer where reporter_iso3 = 'CHN' and partner_iso3 in "
        "('KAZ', 'KGZ', 'TJK', 'TKM', 'UZB') and predicted_usd is not null",
    ).set_index(["flow", "partner_iso3", "year"])
    effects = frame(
        built,
        "select * from marts.fct_country_effects inner join marts.dim_study using (study_id) "
        "where spec_id = default_spec_id",
    ).set_index(["side", "country_iso3", "year"])
    costs, rest = {}, {}
    assert len(others) == 40
    for row in others.itertuples():
        at = row.partner_iso3, row.year
        total = answers.loc["total", *at]
        assert row.k_ratio == total["k_ratio"]
        assert row.trade_source_log == pytest.approx(
            np.log(row.goods_trade_usd / total["actual_usd"]), abs=ROUNDING
        )
        assert row.mean_for_median_log == pytest.approx(np.log(row.smearing), abs=ROUNDING)
        own = np.log(total["predicted_usd"] / total["predicted_pair_out_usd"])
        assert row.own_trade_log == pytest.approx(own, abs=ROUNDING)
        log_costs = 0.0
        for flow, side, part in [
            ("exports", "importer", row.partner_imports_log),
            ("imports", "exporter", row.partner_exports_log),
        ]:
            way = answers.loc[flow, *at]
            share = way["predicted_usd"] / total["predicted_usd"]
            partner = effects.loc[side, *at]
            pull = np.log(way["predicted_usd"] / way["predicted_pair_out_usd"])
            assert part == pytest.approx(
                share * (np.log(partner["beyond_size_ratio"]) - pull), abs=ROUNDING
            )
            other_side = "exporter" if side == "importer" else "importer"
            both = partner["log_effect"] + effects.loc[other_side, "CHN", row.year]["log_effect"]
            log_costs += share * (np.log(way["predicted_usd"]) - both)
        costs[at] = log_costs
        rest[at] = row.difference_log - row.trade_source_log - row.mean_for_median_log - own
        rest[at] -= row.partner_imports_log + row.partner_exports_log
    centred = pd.Series(costs) - pd.Series(costs).groupby(level=1).transform("mean")
    level = pd.Series(rest).groupby(level=1).transform("mean")
    others = others.set_index(["partner_iso3", "year"])
    assert np.allclose(others["trade_costs_log"], centred[others.index], atol=ROUNDING)
    assert np.allclose(others["year_level_log"], level[others.index], atol=ROUNDING)


def test_years_after_the_last_have_a_reason_and_no_number(built: Project) -> None:
    found = frame(
        built,
        "select distinct year, k_status, k_reason, count(k_ratio) over () as numbers "
        "from marts.rpt_answer where year > 2020",
    )
    assert set(found["year"]) == {2021, 2022}
    assert set(found["k_status"]) == {"after_last_trade_year"}
    assert set(found["k_reason"]) == {"world_trade ends in 2020"}
    assert set(found["numbers"]) == {0}


def test_a_share_scales_the_amounts_and_leaves_k(built: Project) -> None:
    found = frame(
        built,
        "select * from marts.rpt_trade_potential where study_id = 'central_asia'",
    )
    assert (found["scale_kind"].notna()).all()
    amounts = found["structural_actual_usd_mn"] / found["structural_predicted_usd_mn"]
    # amounts are printed to 1,000 US$, K to three decimals
    assert np.allclose(amounts, found["structural_k_ratio"], rtol=1e-3, atol=1e-3)
    unscaled = frame(
        built,
        "select partner_iso3, year, actual_usd / 1e6 as trade from marts.rpt_answer "
        "where reporter_iso3 = 'CHN' and flow = 'total'",
    )
    joined = found.merge(unscaled, on=["partner_iso3", "year"])
    assert (joined["structural_actual_usd_mn"] < 0.8 * joined["trade"]).all()


def test_version_1_has_the_columns_and_rows_of_the_release_before(built: Project) -> None:
    old, new = (
        frame(built, f"select * from marts.{name} order by all")  # noqa: S608
        for name in ("rpt_trade_potential_v1", "rpt_trade_potential")
    )
    assert len(old.columns) == 22
    assert not [name for name in old.columns if "structural" in name]
    pd.testing.assert_frame_equal(
        old, new[list(old.columns)].sort_values(list(old.columns), ignore_index=True)
    )
