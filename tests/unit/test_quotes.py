"""Short series beside their notes, parts, the press and other years: every column on real rows."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.unit.test_gate import Frames, read_inputs

from trade_potential.quality.quotes import QUOTES
from trade_potential.quality.suites_quotes import QUOTE_CHECKS


@pytest.fixture(scope="module")
def inputs() -> Frames:
    return read_inputs()


def column(frames: Frames, name: str, of: str) -> pd.Series:
    return QUOTES[name][of](frames)


def changed(frames: Frames, name: str, where: dict[str, object], **values: object) -> Frames:
    """The inputs with some values of some rows of one of them."""
    frame = frames[name].copy()
    rows = pd.concat([frame[key] == value for key, value in where.items()], axis=1).all(axis=1)
    assert rows.any()
    frame.loc[rows, list(values)] = list(values.values())
    return {**frames, name: frame}


@pytest.mark.parametrize("check", QUOTE_CHECKS, ids=lambda check: check.check_id)
def test_real_rows_keep_every_rule_and_some_are_judged(inputs: Frames, check: object) -> None:
    values = column(inputs, check.suite, check.columns[0])  # type: ignore[attr-defined]
    settings = check.settings  # type: ignore[attr-defined]
    if "min_value" in settings:
        assert values.notna().any()
        assert values.dropna().between(settings["min_value"], settings["max_value"]).all()
    else:
        assert values.isna().all()


def test_a_volume_is_told_by_its_note_its_share_and_its_lineage(inputs: Frames) -> None:
    rows = inputs["ecommerce_volumes"]["quote_id"] == "100ec_2020"
    assert inputs["ecommerce_volumes"].loc[rows, "note"].tolist() == [
        "12.5, +19.05%, 38.86% of trade"
    ]
    frames = changed(inputs, "ecommerce_volumes", {"quote_id": "100ec_2020"}, volume_tn=9.75)
    assert column(frames, "ecommerce_volumes", "quoted_ratio")[rows].tolist() == [0.78]
    # 38.86 % of 32.16 trillion
    share = column(frames, "ecommerce_volumes", "stated_share_ratio")[rows]
    assert share.tolist() == pytest.approx([9.75 / (0.3886 * 32.16)])
    frames = changed(inputs, "ecommerce_volumes", {"quote_id": "100ec_2016"}, volume_tn=7.6)
    assert column(frames, "ecommerce_volumes", "quotes_ratio").max() == pytest.approx(7.6 / 6.7)
    frames = changed(inputs, "ecommerce_volumes", {"quote_id": "100ec_2017"}, volume_tn=6.3)
    assert column(frames, "ecommerce_volumes", "part_share").max() == 1.0


def test_a_note_of_another_year_or_country_is_told(inputs: Frames) -> None:
    frames = changed(inputs, "trade_notes", {"country_code": "KAZ"}, country_code="UKR", year=2011)
    assert column(frames, "trade_notes", "country_in_reason").tolist() == [1.0, 0.0, 1.0]
    assert column(frames, "trade_notes", "year_of_reason").tolist() == [1.0, 0.0, 1.0]
    frames = changed(inputs, "trade_notes", {"country_code": "KAZ"}, reason="too low")
    assert column(frames, "trade_notes", "country_in_reason").isna().tolist() == [
        False,
        True,
        False,
    ]


def test_flows_of_the_press_are_those_of_the_totals(inputs: Frames) -> None:
    press = inputs["total_trade_press"]
    swapped = press.assign(
        exports_rmb_tn=press["imports_rmb_tn"], imports_rmb_tn=press["exports_rmb_tn"]
    )
    frames = {**inputs, "total_trade_press": swapped}
    assert column(frames, "total_trade_press", "exports_gap_share").min() > 0.15
    assert column(frames, "total_trade_press", "imports_gap_share").max() < -0.15


@pytest.mark.parametrize(
    ("name", "figure", "where"),
    [
        ("exchange_rates", "lcu_per_usd", {}),
        ("total_trade", "trade_usd", {"flow": "export"}),
        ("oil_prices", "price_usd_per_barrel", {"benchmark": "brent_nominal"}),
    ],
)
def test_a_year_under_the_name_of_another_too_is_told(
    inputs: Frames, name: str, figure: str, where: dict[str, object]
) -> None:
    frame = inputs[name]
    for key, value in where.items():
        frame = frame[frame[key] == value]
    value = frame.loc[frame["year"] == 2014, figure].iloc[0]
    frames = changed(inputs, name, {**where, "year": 2015}, **{figure: value})
    told = column(frames, name, "same_as_year").dropna()
    assert told.tolist() == ["2014"]
    assert frames[name].loc[told.index, "year"].tolist() == [2015]
