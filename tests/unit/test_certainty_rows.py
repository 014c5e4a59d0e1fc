"""Where too little is known of a pair there is a reason, and no number."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

import trade_potential.results.gravity_lasting as made
from trade_potential.linalg import FloatArray
from trade_potential.results.gravity_lasting import LastingRow, lasting_rows

KEY = {"study_id": "s", "spec_id": "a"}
NUMBERS = [
    field.name
    for field in fields(LastingRow)
    if field.name.startswith(("probability_", "new_year_", "k_"))
    and field.name != "probability_status"
]
CLASSES = pd.DataFrame(
    {
        "study_id": "s",
        "potential_class": ["huge_potential", "potential_expansion", "potential_reshaping"],
        "k_lower": [None, 0.8, 1.2],
        "k_upper": [0.8, 1.2, None],
    }
)


def sample(pairs: int, years: int = 8, slots: int = 2) -> pd.DataFrame:
    """Rows of pairs P00, P01, ... whose trade follows two regressors, ratios and noise."""
    rng = np.random.default_rng(5)
    pair, year = np.repeat(np.arange(pairs), years), np.tile(np.arange(2010, 2010 + years), pairs)
    x = rng.standard_normal((pairs, slots))[pair] + 0.4 * rng.standard_normal((len(pair), slots))
    u, e = 0.5 * rng.standard_normal(pairs)[pair], 0.2 * rng.standard_normal(len(pair))
    usd = np.exp(1.0 + x.sum(axis=1) + u + e)
    values = {f"v{k}": x[:, k - 1] for k in range(1, slots + 1)}
    rows = pd.DataFrame({"pair_id": [f"P{k:02d}" for k in pair], "year": year, **KEY, **values})
    held = {"actual_usd": usd, "outcome_divisor_usd": 1.0, "outcome_transform": "ln", "v0": 1.0}
    return rows.assign(**held)


def line(rows: pd.DataFrame, slots: int) -> FloatArray:
    used = rows[rows["actual_usd"] > 0.0]
    x = used[[f"v{k}" for k in range(1, slots + 1)]].to_numpy()
    design = np.column_stack([np.ones(len(x)), x])
    return np.asarray(np.linalg.lstsq(design, np.log(used["actual_usd"].to_numpy()))[0])


def answered(
    rows: pd.DataFrame,
    estimator: str = "pooled",
    losses: pd.DataFrame | None = None,
    theta: dict[int, float] | None = None,
    classes: pd.DataFrame = CLASSES,
) -> pd.DataFrame:
    slots = sum(name[:1] == "v" for name in rows) - 1
    slopes = line(rows, slots)
    of_means = {f"g{k}": [np.nan] for k in range(1, slots + 1)}
    fit = {f"b{k}": [value] for k, value in enumerate(slopes)} | of_means
    key = {name: [value] for name, value in KEY.items()}
    terms = pd.DataFrame({"spec_id": "a", "term": [f"x{k}" for k in range(1, slots + 1)]})
    nothing = pd.DataFrame(columns=[*KEY, "estimator", "pair_id", "year"])
    return lasting_rows(
        sample=rows,
        fits=pd.DataFrame({**key, "estimator": [estimator], **fit}),
        weights=pd.DataFrame(
            [(*KEY.values(), estimator, size, value) for size, value in (theta or {}).items()],
            columns=[*KEY, "estimator", "group_size", "theta"],
        ),
        losses=nothing if losses is None else losses,
        terms=terms.assign(position=range(1, slots + 1)),
        specifications=pd.DataFrame({"spec_id": ["a"], "confidence_level": [0.9]}),
        classes=classes,
    )


def without_trade(rows: pd.DataFrame, pair: str, years_left: int) -> pd.DataFrame:
    """PPML keeps years without trade; the others have no row of them."""
    silent = (rows["pair_id"] == pair) & (rows["year"] >= 2010 + years_left)
    return rows.assign(
        actual_usd=rows["actual_usd"].mask(silent, 0.0), v0=rows["v0"].mask(silent, np.nan)
    )


def test_every_row_of_a_panel_that_can_be_told_has_all_numbers() -> None:
    found = answered(sample(5))
    assert set(found["probability_status"]) == {"ok"}
    assert len(found) == 40
    assert found[NUMBERS].notna().all().all()
    chances = found[["probability_huge", "probability_expansion", "probability_reshaping"]]
    assert chances.sum(axis=1).to_numpy() == pytest.approx(np.ones(40), abs=1e-12)
    # what lasts is the same in every year
    of_pairs = found.groupby("pair_id")[NUMBERS]
    assert (of_pairs.transform("first") == found[NUMBERS]).all().all()


def test_four_partners_are_too_few() -> None:
    found = answered(sample(4))
    assert set(found["probability_status"]) == {"few_pairs"}
    assert found[[*NUMBERS, "log_k_change"]].isna().all().all()


@pytest.mark.parametrize(("pairs", "status"), [(6, "few_pairs"), (7, "ok")])
def test_ppml_needs_more_than_twice_its_coefficients(pairs: int, status: str) -> None:
    found = answered(sample(pairs), "ppml")
    assert set(found["probability_status"]) == {status}
    assert found[NUMBERS].isna().all().all() == (status != "ok")


@pytest.mark.parametrize(
    ("years_left", "status"), [(0, "no_trade_in_sample"), (2, "few_years"), (3, "ok")]
)
def test_a_pair_with_too_few_years_has_a_reason_and_the_others_have_numbers(
    years_left: int, status: str
) -> None:
    found = answered(without_trade(sample(20), "P03", years_left), "ppml")
    own = found["pair_id"] == "P03"
    assert set(found.loc[own, "probability_status"]) == {status}
    assert found.loc[own, NUMBERS].isna().all().all() == (status != "ok")
    assert set(found.loc[~own, "probability_status"]) == {"ok"}
    assert found.loc[~own, NUMBERS].notna().all().all()


def test_a_regressor_that_one_pair_alone_moves_is_not_known_without_it() -> None:
    rows = sample(8)
    rows.loc[rows["pair_id"] != "P02", "v2"] = 0.0
    found = answered(rows)
    own = found["pair_id"] == "P02"
    assert set(found.loc[own, "probability_status"]) == {"high_leverage"}
    assert found.loc[own, [*NUMBERS, "log_k_change"]].isna().all().all()
    assert set(found.loc[~own, "probability_status"]) == {"ok"}


def test_what_lasts_is_not_asked_of_levels() -> None:
    found = answered(sample(8).assign(outcome_transform="none"))
    assert set(found["probability_status"]) == {"additive_model"}
    assert found[NUMBERS].isna().all().all()


def test_years_without_scatter_tell_no_noise() -> None:
    rows = sample(8)
    exact = np.exp(1.0 + rows["v1"] + rows["v2"] + rows["pair_id"].str[1:].astype(float) / 10.0)
    # one row less than effects and slopes
    one_year = rows.assign(actual_usd=exact)[rows["year"] == 2010]
    found = answered(one_year)
    assert set(found["probability_status"]) == {"no_noise"}
    assert found[NUMBERS].isna().all().all()


def test_rows_that_ppml_could_not_use_say_so() -> None:
    rows = sample(10)
    lost = rows.loc[[3], [*KEY, "pair_id", "year"]].assign(estimator="ppml")
    found = answered(rows, "ppml", lost)
    is_lost = (found["pair_id"] == "P00") & (found["year"] == 2013)
    assert set(found.loc[is_lost, "probability_status"]) == {"not_in_estimate"}
    assert found.loc[is_lost, NUMBERS].isna().all().all()
    assert set(found.loc[~is_lost, "probability_status"]) == {"ok"}


def test_more_years_than_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "LARGEST", 8 * 8**2 - 1)
    found = answered(sample(8))
    assert set(found["probability_status"]) == {"too_large"}
    assert found[NUMBERS].isna().all().all()


def test_probabilities_are_of_the_cuts_of_the_study() -> None:
    rows = sample(8)
    wide = CLASSES.assign(k_lower=[None, 0.5, 2.0], k_upper=[0.5, 2.0, None])
    own = answered(rows)
    beside = answered(rows, classes=pd.concat([wide.assign(study_id="t"), CLASSES]))
    pd.testing.assert_frame_equal(own, beside)
    other = answered(rows, classes=wide)
    assert (other["probability_expansion"] > own["probability_expansion"]).all()
    pd.testing.assert_series_equal(other["k_lasting_median"], own["k_lasting_median"])
