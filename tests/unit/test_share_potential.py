"""K by shares in its second computation: by hand, and laws that no formula may break."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.audit_world import frame

from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.shares import share_potential

COLUMNS = "series_id reporter_iso3 partner_iso3 year value_usd"
CUTS = (
    ("huge_potential", None, 0.8, False, True),
    ("potential_expansion", 0.8, 1.2, False, False),
    ("potential_reshaping", 1.2, None, True, False),
)


def gated(
    outcome: dict[tuple[str, int], float],
    mu: dict[tuple[str, str, int], float],
    *,
    flow: str = "exports",
    listed: tuple[str, ...] = (),
    cuts: Sequence[tuple[object, ...]] = (),
) -> Gated:
    """Tables of a study of Germany with an own outcome, and of a structural one."""
    tables = {
        "gate_own_outcomes": frame(
            COLUMNS, *(("own", "DEU", p, y, value) for (p, y), value in outcome.items())
        ),
        "est_structural_pairs": frame(
            "study_id spec_id exporter_iso3 importer_iso3 year predicted_usd",
            *(("world", "structural", *key, value) for key, value in mu.items()),
        ),
        "stg_study__studies": frame(
            "study_id reporter_iso3 partner_scope trade_source ecommerce_series flow "
            "default_spec_id first_year last_year",
            ("world", None, "all_reported", "baci", None, "total", "structural", 2000, 2020),
            (
                *("s", "DEU", "listed" if listed else "all_reported", "own", "own", flow, "base"),
                *(2018, 2019),
            ),
        ),
        "stg_study__study_partners": frame("study_id partner_iso3", *(("s", p) for p in listed)),
        "stg_study__gravity_specifications": frame(
            "spec_id model_kind", ("base", "panel"), ("structural", "structural")
        ),
        "stg_study__potential_classes": frame(
            "study_id display_order class_label potential_class k_lower k_upper is_lower_inclusive "
            "is_upper_inclusive",
            *(("all", k, row[0], *row) for k, row in enumerate(CUTS)),
            *(("s", k, row[0], *row) for k, row in enumerate(cuts)),
        ),
        "fct_share_potential": frame("study_id"),
    }
    return Gated({name: duckdb.from_df(rows) for name, rows in tables.items()})


OUTCOME = {("AUT", 2019): 30.0, ("BEL", 2019): 10.0, ("CHE", 2019): 0.0, ("DNK", 2019): 60.0}
MU = {("DEU", "AUT", 2019): 100.0, ("DEU", "BEL", 2019): 50.0, ("DEU", "CHE", 2019): 50.0}


def shown(rows: pd.DataFrame) -> dict[tuple[str, int], tuple[str, float, str]]:
    rows = rows.astype(object).where(rows.notna(), None)
    return {
        (row.partner_iso3, row.year): (row.k_status, row.share_k, row.potential_class)
        for row in rows.itertuples()
    }


def test_shares_by_hand() -> None:
    """30 + 10 + 0 with predictions of 100 + 50 + 50; Denmark has none and is in no sum."""
    assert shown(share_potential(gated(OUTCOME, MU))) == {
        ("AUT", 2019): ("ok", 1.5, "potential_reshaping"),
        ("BEL", 2019): ("ok", 1.0, "potential_expansion"),
        ("CHE", 2019): ("no_recorded_trade", 0.0, None),
        ("DNK", 2019): ("no_prediction", None, None),
    }


def test_classes_are_cut_as_the_study_says() -> None:
    of_study = [("low", None, 1.2, False, True), ("high", 1.2, None, False, False)]
    found = shown(share_potential(gated(OUTCOME, MU, cuts=of_study)))
    assert [class_ for *_, class_ in found.values()] == ["high", "low", None, None]


def test_listed_partners_alone_make_the_sums() -> None:
    found = shown(share_potential(gated(OUTCOME, MU, listed=("AUT", "BEL"))))
    assert found == {
        ("AUT", 2019): ("ok", pytest.approx(0.75 / (100 / 150)), "potential_expansion"),
        ("BEL", 2019): ("ok", pytest.approx(0.25 / (50 / 150)), "huge_potential"),
    }


def test_imports_and_totals_have_their_own_predictions() -> None:
    outcome = {("AUT", 2019): 1.0, ("BEL", 2019): 1.0}
    mu = MU | {("AUT", "DEU", 2019): 300.0, ("BEL", "DEU", 2019): 100.0}
    for flow, share in (("imports", 300 / 400), ("total", 400 / 550)):
        found = shown(share_potential(gated(outcome, mu, flow=flow)))
        assert found["AUT", 2019][1] == pytest.approx(0.5 / share)


def test_one_partner_and_no_outcome_have_a_status() -> None:
    rows = share_potential(gated({("AUT", 2019): 5.0, ("DNK", 2019): 1.0}, MU))
    assert shown(rows)["AUT", 2019] == ("one_partner", None, None)
    rows = share_potential(gated({("AUT", 2019): 0.0, ("BEL", 2019): 0.0}, MU))
    assert {status for status, *_ in shown(rows).values()} == {"no_outcome"}


def test_years_outside_the_study_are_not_measured() -> None:
    rows = share_potential(gated({("AUT", 2019): 1.0, ("AUT", 2020): 1.0}, MU))
    assert rows["year"].tolist() == [2019]


amounts = st.floats(1.0, 1e9)


@given(
    st.lists(st.tuples(amounts, amounts), min_size=2, max_size=6),
    st.floats(1e-3, 1e3),
    st.floats(1e-3, 1e3),
)
@settings(max_examples=30, deadline=None)
def test_levels_cancel_and_the_weighted_mean_is_one(
    pairs: list[tuple[float, float]], of_outcome: float, of_mu: float
) -> None:
    codes = ("AUT", "BEL", "CHE", "DNK", "FRA", "GBR")[: len(pairs)]
    outcome = {(code, 2019): e for code, (e, _) in zip(codes, pairs, strict=True)}
    mu = {("DEU", code, 2019): m for code, (_, m) in zip(codes, pairs, strict=True)}
    rows = share_potential(gated(outcome, mu)).set_index("partner_iso3")
    assert (rows["share_k"] * rows["predicted_share"]).sum() == pytest.approx(1.0, rel=1e-9)
    scaled = share_potential(
        gated(
            {key: of_outcome * value for key, value in outcome.items()},
            {key: of_mu * value for key, value in mu.items()},
        )
    ).set_index("partner_iso3")
    assert scaled["share_k"].to_numpy() == pytest.approx(rows["share_k"].to_numpy(), rel=1e-9)
