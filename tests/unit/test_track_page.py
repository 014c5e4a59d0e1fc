"""What docs/track-record.md says is what the stored record says."""

from __future__ import annotations

import pandas as pd
import pytest
from research.track_record import page
from research.track_record.lead import Lead


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
    assert set(record["horizon_years"]) == {1, 3, 5}


def test_a_forecast_that_beats_no_change_is_called_better(record: pd.DataFrame) -> None:
    said = changed(record, "k_year_before", gain_share=0.031)
    assert "a little better than no change: its squared error is 3 % smaller" in said
    said = changed(record, "k_year_before", gain_share=-0.2)
    assert "worse than saying that nothing will change: its squared error is 20 % larger" in said


def test_a_rival_that_chance_explains_is_not_called_better(record: pd.DataFrame) -> None:
    name = page.RIVALS["gradient_boosting"]
    of = {"loss_over_k": -0.2, "gain_share": -0.1}
    (line,) = (
        line
        for line in changed(record, "gradient_boosting", loss_over_k_p_value=0.01, **of).split("\n")
        if "Rivals do better" in line
    )
    assert name in line.split("at 5 %: ")[1].split(".")[0]
    said = changed(record, "gradient_boosting", loss_over_k_p_value=0.06, **of)
    (line,) = (line for line in said.split("\n") if "Rivals do better" in line)
    assert name not in line


def test_failures_stand_before_what_stands(record: pd.DataFrame) -> None:
    said = Lead(record, page.RIVALS).text()
    assert said.startswith("**Mostly not.")
    assert said.index("K of the year itself flatters") < said.index("What stands")
