"""The tables and sentences of docs/how-sure.md from a few rows; every status has its reason."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from tests.panels import ROOT

sys.path.append(str(Path(__file__).resolve().parents[2] / "docs"))

import how_sure

KAZ = how_sure.Sure(
    "KAZ", 2020, 1.2, "potential_reshaping", 0.24, 0.65, 0.11, "undecided", 0.33, 1.63, 0.15, "ok",
    None, None, None,
)  # fmt: skip
TKM = replace(KAZ, partner="TKM", certainty="firm", huge=0.0, expansion=0.05, reshaping=0.95)
SMALL = replace(
    KAZ, partner="NRU", potential_class=None, huge=None, expansion=None, reshaping=None,
    certainty=None, low=None, high=None, new_year=None, status="below_minimum_prediction",
)  # fmt: skip


def test_a_row_says_how_sure_its_class_is_or_why_that_is_not_known() -> None:
    _, _, kaz, nru = how_sure.table([KAZ, SMALL]).splitlines()
    assert kaz == ("| KAZ 2020 | 1.20 | reshaping | 24 | 65 | 11 | undecided | 0.33 to 1.63 | 15 |")
    assert nru == "| NRU 2020 | 1.20 |  |  |  |  | below_minimum_prediction |  |  |"


def test_the_choice_of_a_specification_has_columns_where_it_is_known() -> None:
    row = replace(KAZ, share_same_class=0.55, most_influential_choice="estimator")
    other = replace(row, most_influential_choice="left_out")
    header, _, kaz, words = how_sure.table([row, other]).splitlines()
    assert header.endswith("| same class elsewhere, % | what moves it most |")
    assert kaz.endswith("| 55 | estimator |")
    assert words.endswith("| 55 | an indicator left out |")


def test_every_choice_is_a_word_or_has_words() -> None:
    rows = csv.DictReader(
        (ROOT / "seeds/multiverse/specification_choices.csv").open(encoding="utf-8")
    )
    names = {row["dimension"] for row in rows}
    assert {name for name in names if "_" in name} | {"ties", "zeros"} <= set(how_sure.CHOICES)
    assert set(how_sure.CHOICES) <= names


def test_sentences_name_who_is_firm_and_count_the_others() -> None:
    firm = replace(TKM, is_robust=True)
    firm = replace(firm, other_class="huge_potential", other_certainty="firm")
    held = how_sure.sentences([KAZ], [replace(TKM, partner="KAZ")], [firm, KAZ], 0.698)
    first, second, third, fourth, fifth = held.splitlines()
    assert first.startswith("1. Of China's 2 largest partners in 2020, 1 have a firm class")
    assert "0 lean to their class and 1 are undecided" in first
    assert "(reshaping) TKM; firmly near it (expansion) none; that class" in second
    assert second.endswith("more than 69 %.")
    assert "1 of the 1 that it knows have another class" in third
    assert "1 of the firm ones (TKM)" in third
    assert "0 are firm by the model of China's trade" in fourth
    assert "another class (none)" in fourth
    assert "with 15 to 15 %, and 1 of the 1 keep it" in fifth
    assert fifth.endswith("(TKM).")


def accepted(mart: str, column: str) -> list[str]:
    models = yaml.safe_load((ROOT / "models" / "marts" / f"{mart}.yml").read_text())["models"]
    (own,) = [one for one in models[0]["columns"] if one["name"] == column]
    tests: list[dict[str, Any]] = [one for one in own["data_tests"] if isinstance(one, dict)]
    values: list[str] = tests[0]["accepted_values"]["arguments"]["values"]
    return values


def test_every_status_has_a_reason_on_the_page() -> None:
    known = {"ok", *how_sure.REASONS}
    of_panels = accepted("fct_trade_potential", "probability_status")
    assert set(of_panels) == known - {"below_minimum_prediction"}
    page = how_sure.PAGE.read_text(encoding="utf-8")
    assert all(f"| `{status}` | {reason} |" in page for status, reason in how_sure.REASONS.items())


def test_the_largest_partners_stand_beside_the_other_model() -> None:
    row = replace(KAZ, other_class="huge_potential", other_certainty="firm")
    header, _, kaz, alone = how_sure.table([row, KAZ], with_other=True).splitlines()
    assert header.endswith("| by China's trade alone |")
    assert kaz.endswith("| 15 | huge firm |")
    assert alone.endswith("| 15 |  |")


def test_shares_are_cut_so_that_no_limit_is_said_of_less() -> None:
    shares = (0.8999, 0.9, 0.29, None)
    assert [how_sure.percent(share) for share in shares] == ["89", "90", "29", ""]


def test_what_was_said_of_a_year_stands_beside_what_came() -> None:
    *_, row = how_sure.next_year([(3, 1200, 0.351, 0.667)]).splitlines()
    assert row == "| 30 to 40 | 1,200 | 35 | 67 |"
