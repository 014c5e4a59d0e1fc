"""The typed tables of world trade, as the models of the warehouse ask for them."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.worlds import TERMS, made_up

from trade_potential.errors import InputError
from trade_potential.results import structural as results
from trade_potential.results.structural import Structural, structural
from trade_potential.results.structural_rows import PAIRS

RUNS = [("world", "plain"), ("world", "other"), ("empty", "plain")]


def asked(cells: pd.DataFrame, **changed: Any) -> Structural:
    """The tables of two specifications of a world and of one without rows."""
    slots = {term: f"v{k}" for k, term in enumerate(TERMS, start=1)}
    rows = cells.rename(columns={**slots, "trade": "trade_usd"})
    rows = rows.rename(columns={"exporter": "exporter_iso3", "importer": "importer_iso3"})
    stacked = pd.concat([rows.assign(spec_id="plain"), rows.assign(spec_id="other")])  # noqa: F841
    with duckdb.connect() as connection:
        held = connection.sql("select 'world' as study_id, *, null::double as v4 from stacked")
        given: dict[str, Any] = {
            "runs": pd.DataFrame(RUNS, columns=["study_id", "spec_id"]),
            "terms": pd.DataFrame(
                [("plain", term, k) for k, term in enumerate(TERMS, start=1)]
                + [("other", TERMS[0], 1), ("panel", "x", 9)],
                columns=["spec_id", "term", "position"],
            ),
            "specifications": pd.DataFrame(
                {"spec_id": ["plain", "other"], "confidence_level": [0.95, 0.9]}
            ),
            "studies": pd.DataFrame({"study_id": ["world"], "default_spec_id": ["plain"]}),
        }
        return structural(held, **(given | changed))


@pytest.fixture(scope="module")
def found() -> Structural:
    return asked(made_up())


def of(frame: pd.DataFrame, spec_id: str) -> pd.DataFrame:
    return frame[(frame["study_id"] == "world") & (frame["spec_id"] == spec_id)]


def test_every_run_is_answered(found: Structural) -> None:
    fits = found.fits.set_index(["study_id", "spec_id"])
    assert fits["status"].to_dict() == {
        ("empty", "plain"): "no_rows",
        ("world", "other"): "ok",
        ("world", "plain"): "ok",
    }
    assert fits.loc[("empty", "plain"), "reason"] == results.NO_ROWS
    assert pd.isna(fits.loc[("empty", "plain"), "deviance"])
    assert fits.loc[("world", "plain"), "n_obs"] == 3 * 9 * 8
    assert fits.loc[("world", "plain"), "n_refitted_pairs"] > 0
    assert pd.isna(fits.loc[("world", "other"), "n_refitted_pairs"])


def test_coefficients_are_those_of_the_fit(found: Structural) -> None:
    fit = found.solved["world", "plain"].fit
    own = of(found.coefficients, "plain")
    assert own["term"].tolist() == list(TERMS)
    assert own["position"].tolist() == [1, 2, 3]
    assert np.array_equal(own["coefficient"], fit.coefficients)
    assert np.allclose(own["std_error"] ** 2, np.diag(fit.covariance), rtol=1e-14)
    width = (own["ci_high"] - own["ci_low"]) / own["std_error"]
    assert np.allclose(width, 2.0 * 1.959963984540054)
    other = of(found.coefficients, "other")
    assert np.allclose((other["ci_high"] - other["ci_low"]) / other["std_error"], 2 * 1.644853627)
    values = of(found.covariances, "plain").pivot_table(
        index="term_1", columns="term_2", values="covariance_value"
    )
    assert np.array_equal(values.loc[list(TERMS), list(TERMS)], fit.covariance)


def test_effects_and_terms_make_the_predictions(found: Structural) -> None:
    effects = of(found.effects, "plain").set_index(["side", "country_iso3", "year"])
    pairs = of(found.pairs.to_pandas(), "plain")
    cells = made_up().set_index(["exporter", "importer", "year"])
    slopes = of(found.coefficients, "plain").set_index("term")["coefficient"]
    linear = cells[list(TERMS)] @ slopes.loc[list(TERMS)]
    for row in pairs.sample(20, random_state=1).to_dict("records"):
        total = linear[row["exporter_iso3"], row["importer_iso3"], row["year"]]
        for side in ("exporter", "importer"):
            total += effects["log_effect"][side, row[f"{side}_iso3"], row["year"]]
        assert np.exp(total) == pytest.approx(row["predicted_usd"], rel=1e-9)
    base = effects[effects["status"] == "base"]
    assert (base["log_effect"] == 0.0).all()
    assert base.index.get_level_values("year").tolist() == [2010, 2011, 2012]
    sums = pairs.groupby(["exporter_iso3", "year"], observed=True)["predicted_usd"].sum()
    trade = effects["trade_usd"]["exporter"]
    assert np.allclose(sums, trade.loc[sums.index], rtol=1e-10)


def test_pairs_are_left_out_for_the_default_specification_alone(found: Structural) -> None:
    pairs = found.pairs
    assert pairs.schema == PAIRS
    held = pairs.to_pandas()
    for _, part in held.groupby("spec_id", observed=True):
        keys = part[["year", "exporter_iso3", "importer_iso3"]].to_numpy().tolist()
        assert keys == sorted(keys)
    assert of(held, "plain")["predicted_pair_out_usd"].notna().all()
    assert of(held, "other")["predicted_pair_out_usd"].isna().all()
    assert of(held, "other")["pair_out_method"].isna().all()


def test_an_economy_without_trade_is_a_row_without_an_effect() -> None:
    cells = made_up()
    silent = (cells["exporter"] == "E07") & (cells["year"] == 2012)
    effects = of(asked(cells.assign(trade=cells["trade"] * ~silent)).effects, "plain")
    lost = effects[effects["status"] == "no_trade"]
    assert lost[["side", "country_iso3", "year"]].to_numpy().tolist() == [["exporter", "E07", 2012]]
    assert lost["log_effect"].isna().all()
    assert (lost["trade_usd"] == 0.0).all()


def test_a_regressor_without_a_coefficient_is_a_row_with_its_reason() -> None:
    own = of(asked(made_up().assign(is_contiguous=1.0)).coefficients, "plain").set_index("term")
    assert own.loc["is_contiguous", "term_status"] == "omitted"
    assert "does not vary" in own.loc["is_contiguous", "reason"]
    assert pd.isna(own.loc["is_contiguous", "coefficient"])
    assert own["term_status"].tolist() == ["ok", "omitted", "ok"]


def test_no_estimate_leaves_empty_tables_of_the_same_types(found: Structural) -> None:
    none = asked(made_up().assign(trade=0.0))
    assert set(none.fits["status"]) == {"all_zero", "no_rows"}
    for name in ("coefficients", "covariances", "effects"):
        assert getattr(none, name).empty
        assert getattr(none, name).dtypes.equals(getattr(found, name).dtypes)
    assert none.pairs.schema == found.pairs.schema
    assert none.pairs.num_rows == 0


def test_models_that_ask_for_the_same_are_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = asked(made_up(seed=8))
    monkeypatch.setattr(results, "fit_world", lambda _: pytest.fail("solved again"))
    again = asked(made_up(seed=8))
    assert all(again.solved[key] is one for key, one in first.solved.items())


def test_bad_cells_are_named() -> None:
    cells = made_up()
    cells.loc[3, "trade"] = -5.0
    with pytest.raises(InputError, match="E00-E04 2010: trade is negative"):
        asked(cells)
