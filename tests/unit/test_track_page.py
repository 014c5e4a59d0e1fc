"""What docs/track-record.md says is what the stored record says."""

from __future__ import annotations

import pandas as pd
import pytest
from research.track_record import page
from research.track_record.lead import Lead

from trade_potential.track.rows import MIN_FLOWS


@pytest.fixture
def record() -> pd.DataFrame:
    return pd.read_csv(page.RECORDS, keep_default_na=False, na_values=[""])


def changed(record: pd.DataFrame, predictor: str, **columns: float) -> str:
    """The first sentences, with other numbers of the world over five years."""
    own = (record["study_id"] == "world") & (record["predictor"] == predictor)
    own &= (record["horizon_years"] == 5) & (record["group_id"] == "with_class")
    own &= record["first_cut_off_year"] < record["last_cut_off_year"]
    assert own.sum() == 1
    for column, value in columns.items():
        record.loc[own, column] = value
    return Lead(record, page.RIVALS).text()


def test_the_page_shows_the_stored_record() -> None:
    assert page.update(check=True) == 0


def test_no_row_is_stored_that_was_not_finished(record: pd.DataFrame) -> None:
    rests_on = record[["input_digest", "code_digest", "sql_digest"]]
    assert rests_on.map(lambda text: len(str(text)) == 32).all(axis=None)
    assert set(record["study_id"]) == {"central_asia", "china_world", "world"}
    assert set(record["horizon_years"]) == {0, 1, 3, 5}


def test_a_share_that_is_not_given_says_why(record: pd.DataFrame) -> None:
    of_k = record["predictor"].str.startswith("k_")
    assert (record["direction_share"].notna() == (record["direction_status"] == "ok")).all()
    assert ((record["direction_status"] != "not_defined") == of_k).all()
    of_interval = record["predictor"].str.startswith("interval")
    assert (record["coverage_share"].notna() == (record["coverage_status"] == "ok")).all()
    assert ((record["coverage_status"] != "not_defined") == of_interval).all()
    assert record.loc[record["direction_share"].notna(), "n"].min() >= MIN_FLOWS
    assert record.loc[record["coverage_share"].notna(), "n"].min() >= MIN_FLOWS
    assert set(record["coverage_status"]) >= {"no_interval", "few_flows", "ok"}


def line_of(said: str, begins: str) -> str:
    (line,) = (line for line in said.split("\n") if begins in line)
    return line


def test_the_page_leads_with_worlds_that_keep_the_order_of_years(record: pd.DataFrame) -> None:
    ordered = "placebo_ordered_year_before"
    of = {"slope_se": 0.001}
    changed(record, "k_year_before", slope=-0.1, slope_se=0.01)
    said = changed(record, ordered, slope=-0.11, **of)
    first = said.split("\n")[0]
    assert "lower by 0.110 (standard error 0.001)" in first
    assert "The difference is not significant (p = 0.320)" in first
    assert "show as large a slope" in said
    assert "That is even more (p < 0.001)" in changed(record, ordered, slope=-0.2, **of)
    said = changed(record, ordered, slope=-0.02, **of)
    assert "Of the slope 80 % is left (p < 0.001)" in said
    assert "80 % of that slope is more than worlds whose lasting ratios never change show" in said
    assert "What does not stand" not in said


def test_shuffled_worlds_are_not_said_to_be_regression_to_the_mean(record: pd.DataFrame) -> None:
    line = line_of(changed(record, "placebo_year_before", rejected_share=0.07), "flatters")
    assert "by construction" in line
    assert "told from 0 at 5 % in 7 % of them" in line


def test_the_bounds_are_those_of_the_page_on_k(record: pd.DataFrame) -> None:
    line = line_of(Lead(record, page.RIVALS).text(), "between two bounds")
    table = (page.PAGE.parent / "reading-k.md").read_text(encoding="utf-8")
    rows = [row.split(" | ") for row in table.split("\n") if "| the year before |" in row]
    assert len(rows) == 3
    for row in rows:
        assert f"{row[5].strip(' |')} where {row[2]} is observed" in line


def test_a_direction_stands_beside_what_chance_gives(record: pd.DataFrame) -> None:
    of = {"direction_share": 0.55, "direction_chance_share": 0.51}
    said = changed(record, "k_year_before", faster_share=0.44, **of).split("\n")[0]
    assert "55 of 100 flows went the way it told; by chance 51 would have, and 56 if" in said
    assert "slower than the mean" in said
    said = changed(record, "k_year_before", faster_share=0.53).split("\n")[0]
    assert "and 53 if one had said of all that they will grow faster" in said


def test_k_is_judged_beside_the_mean_of_past_growth(record: pd.DataFrame) -> None:
    of = {"rmse": 1.0, "loss_over_k": 0.02}
    said = changed(record, "mean_growth", loss_over_k_p_value=0.3, **of)
    line = line_of(said, "As a forecast")
    assert "its squared error is 2.0 % smaller (p = 0.300, not significant" in line
    said = changed(record, "mean_growth", loss_over_k_p_value=0.03, **of)
    assert "2.0 % smaller (p = 0.030, " in line_of(said, "As a forecast")
    assert "no change" not in said.split("\n")[0]


def test_a_rival_that_chance_explains_is_not_called_better(record: pd.DataFrame) -> None:
    name = page.RIVALS["gradient_boosting"]
    of = {"loss_over_k": -0.2, "gain_share": -0.1, "gain_within_share": 0.123}
    for p, rank in ((0.01, "smaller squared errors have: "), (0.06, "is not significant for: ")):
        said = changed(record, "gradient_boosting", loss_over_k_p_value=p, **of)
        line = line_of(said, "**Rivals.**")
        part = line.split(rank)[1].split(";")[0]
        assert f"{name} (12.3 %, p = {p:.3f}, " in part
        assert line.count(f"{name} (") == 1
    said = changed(record, "gradient_boosting", gain_share=0.05, loss_over_no_change_p_value=0.2)
    better = line_of(said, "**Rivals.**").split("Better than no change: ")[1]
    assert f"{name} (by 5.0 %, p = 0.200, not significant" in better


def test_failures_stand_before_what_stands(record: pd.DataFrame) -> None:
    said = Lead(record, page.RIVALS).text()
    assert said.startswith("**Mostly not.")
    assert said.index("K of the year itself flatters") < said.index("What stands")
