"""The second computation of a world estimate confirms what is right, and names what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.unit.structural_world import (
    SLOPES,
    SPEC,
    STUDY,
    TERMS,
    TYPES,
    YEARS,
    audited,
    cells,
    fitted,
    inputs,
    tables,
)

from trade_potential.audit.structural.inputs import study_cells
from trade_potential.audit.structural.left_out import predicted_without
from trade_potential.linalg import FloatArray
from trade_potential.structural.estimate import StructuralFit
from trade_potential.structural.pair_out import without_pair

MEASURED = 1e-11
"""Largest relative difference allowed where nothing is wrong; measured 5e-14."""

Published = dict[str, pd.DataFrame]


@cache
def right() -> Published:
    return tables(fitted(cells()))


def published() -> Published:
    return {name: frame.copy() for name, frame in right().items()}


def differing(found: pd.DataFrame) -> set[tuple[str, str]]:
    """Quantities and terms that the audit refuses."""
    rows = found[found["status"] == "differs"]
    return set(zip(rows["quantity"], rows["term"], strict=True))


def test_both_computations_agree() -> None:
    found = audited(published())
    assert set(found["status"]) == {"agrees"}
    assert found["relative_difference"].max() <= MEASURED
    assert not found.duplicated(["covariance", "quantity", "term"]).any()
    counts = found.set_index("quantity")["recomputed"]
    assert counts["n_obs"] == 12 * 11 * 4 - 11  # UZB exports nothing in 2016
    assert counts["n_exporter_years"] == 47
    assert counts["n_zero"] == (cells()["trade_usd"] == 0.0).sum() - 11


# Numbers changed in a table: what is named, and where it stands


def _slope(held: Published) -> None:
    rows = held["coefficients"]
    rows.loc[rows["term"] == "lndist", "coefficient"] *= 1.0001


def _effect(held: Published) -> None:
    rows = held["effects"]
    at = (rows["side"] == "exporter") & (rows["country_iso3"] == "KGZ") & (rows["year"] == 2017)
    rows.loc[at, "log_effect"] += 1e-7


def _base(held: Published) -> None:
    rows = held["effects"]
    rows["log_effect"] += np.where(rows["side"] == "exporter", 0.1, -0.1)


def _sum_beside_an_effect(held: Published) -> None:
    rows = held["effects"]
    at = (rows["side"] == "importer") & (rows["country_iso3"] == "AUT") & (rows["year"] == 2018)
    rows.loc[at, "trade_usd"] *= 1.001


def _year(held: Published) -> None:
    rows = held["pairs"]
    rows.loc[rows["year"] == 2017, "predicted_usd"] *= 1.000001


def _reverse_direction(held: Published) -> None:
    rows = held["pairs"]
    two = rows["exporter_iso3"].isin(["BRA", "CHN"]) & rows["importer_iso3"].isin(["BRA", "CHN"])
    at = rows.index[two & (rows["year"] == 2016)]
    rows.loc[at, "predicted_usd"] = rows.loc[at, "predicted_usd"].to_numpy()[::-1]


def _lost_cells(held: Published) -> None:
    rows = held["pairs"]
    held["pairs"] = rows[~((rows["exporter_iso3"] == "IND") & (rows["importer_iso3"] == "USA"))]


def _cell_twice(held: Published) -> None:
    held["pairs"] = pd.concat([held["pairs"], held["pairs"].head(1)], ignore_index=True)


def _without_distance(held: Published) -> None:
    row = held["pairs"].head(1).assign(exporter_iso3="MNE")
    held["pairs"] = pd.concat([held["pairs"], row], ignore_index=True)


def _unknown_economy(held: Published) -> None:
    row = held["pairs"].head(1).assign(exporter_iso3="ROM")
    held["pairs"] = pd.concat([held["pairs"], row], ignore_index=True)


def _effects_of_a_year_gone(held: Published) -> None:
    rows = held["effects"]
    held["effects"] = rows[~((rows["year"] == 2018) & (rows["side"] == "importer"))]


def _count(held: Published) -> None:
    held["fits"]["n_zero"] += 11


def _deviance(held: Published) -> None:
    held["fits"]["deviance"] /= 2.0


def _student(held: Published) -> None:
    rows = held["coefficients"]
    rows["p_value"] = 2.0 * stats.t.sf((rows["coefficient"] / rows["std_error"]).abs(), 65)


def _ninety_per_cent(held: Published) -> None:
    rows = held["coefficients"]
    rows["ci_high"] = rows["coefficient"] + stats.norm.ppf(0.95) * rows["std_error"]


def _no_coefficient(held: Published) -> None:
    rows = held["coefficients"]
    rows.loc[rows["term"] == "colony", ["coefficient", "std_error"]] = np.nan


EVERYWHERE = set(SLOPES)


@pytest.mark.parametrize(
    ("plant", "quantity", "terms", "place"),
    [
        (_slope, "predicted_usd", {""}, ""),
        (_slope, "coefficient", {"lndist"}, ""),
        (_effect, "log_effect", {"exporter"}, "KGZ, 2017"),
        (_base, "n_base_importers", {""}, ""),
        (_sum_beside_an_effect, "trade_usd", {"importer"}, "AUT, 2018"),
        (_year, "predicted_usd", {""}, "2017"),
        (_year, "sum_over_partners_usd", {"exporter", "importer"}, "2017"),
        (_reverse_direction, "predicted_usd", {""}, "BRA"),
        (_reverse_direction, "sum_over_partners_usd", {"exporter", "importer"}, ", 2016"),
        (_lost_cells, "predicted_usd", {""}, "IND to USA, 2015"),
        (_cell_twice, "n_unknown_rows", {"pairs"}, ""),
        (_without_distance, "predicted_usd", {""}, "MNE to "),
        (_unknown_economy, "n_unknown_rows", {"pairs"}, ""),
        (_effects_of_a_year_gone, "log_effect", {"importer", "exporter"}, "2018"),
        (_count, "n_zero", {""}, ""),
        (_deviance, "deviance", {""}, ""),
        (_student, "p_value", EVERYWHERE, ""),
        (_ninety_per_cent, "ci_high", EVERYWHERE, ""),
        (_no_coefficient, "coefficient", {"colony"}, ""),
    ],
)
def test_a_number_that_is_changed_is_named(
    plant: Callable[[Published], None], quantity: str, terms: set[str], place: str
) -> None:
    held = published()
    plant(held)
    found = audited(held)
    refused = found[(found["status"] == "differs") & (found["quantity"] == quantity)]
    refused = refused[refused["term"].isin(terms)]
    assert set(refused["term"]) == terms
    assert refused["reason"].str.contains(place, regex=False).all()


# Cells that are wrong before anything is estimated: the audit makes its own


def _a_year_late(held: pd.DataFrame) -> pd.DataFrame:
    before = held.set_index(["exporter", "importer", "year"])[list(TYPES)]
    last = held.assign(year=(held["year"] - 1).clip(lower=YEARS[0]))
    at = pd.MultiIndex.from_frame(last[["exporter", "importer", "year"]])
    held[list(TYPES)] = before.reindex(at).to_numpy()
    return held


def _shallow_as_well(held: pd.DataFrame) -> pd.DataFrame:
    held["free_trade_agreement"] = held[["free_trade_agreement", "customs_union"]].max(axis=1)
    return held


def _one_direction(held: pd.DataFrame) -> pd.DataFrame:
    held.loc[held["exporter"] > held["importer"], list(TYPES)] = 0.0
    return held


def _miles(held: pd.DataFrame) -> pd.DataFrame:
    held.loc[(held["exporter"] == "USA") | (held["importer"] == "USA"), "lndist"] -= np.log(1.609)
    return held


def _miles_one_direction(held: pd.DataFrame) -> pd.DataFrame:
    held.loc[(held["exporter"] == "USA") & (held["importer"] < "FRA"), "lndist"] -= np.log(1.609)
    return held


def _swapped(held: pd.DataFrame) -> pd.DataFrame:
    held[["language", "colony"]] = held[["colony", "language"]].to_numpy()
    return held


def _directions(held: pd.DataFrame) -> pd.DataFrame:
    held[["exporter", "importer"]] = held[["importer", "exporter"]].to_numpy()
    return held


def _scaled_first(held: pd.DataFrame) -> pd.DataFrame:
    held.loc[held["importer"] == "CHN", "trade_usd"] *= 0.3
    return held


def _thousands(held: pd.DataFrame) -> pd.DataFrame:
    held["trade_usd"] /= 1000.0
    return held


def _without_zeros(held: pd.DataFrame) -> pd.DataFrame:
    return held.drop(held.index[held["trade_usd"] == 0.0])


def _without_an_economy(held: pd.DataFrame) -> pd.DataFrame:
    return held.drop(held.index[held["exporter"] == "VNM"])


def _without_a_year(held: pd.DataFrame) -> pd.DataFrame:
    return held.drop(held.index[held["year"] == 2018])


@pytest.mark.parametrize(
    ("plant", "refused"),
    [
        (_a_year_late, {("coefficient", "free_trade_agreement"), ("score", "customs_union")}),
        (_shallow_as_well, {("coefficient", "customs_union"), ("predicted_usd", "")}),
        (_one_direction, {("coefficient", "customs_union"), ("predicted_usd", "")}),
        # A factor of all distances of an economy goes into its effects: slopes and K stay.
        (_miles, {("predicted_usd", ""), ("log_effect", "exporter"), ("log_effect", "importer")}),
        (_miles_one_direction, {("coefficient", "lndist"), ("score", "lndist")}),
        (_swapped, {("coefficient", "language"), ("coefficient", "colony")}),
        (_directions, {("sum_over_partners_usd", "exporter"), ("trade_usd", "importer")}),
        (_scaled_first, {("sum_over_partners_usd", "importer"), ("coefficient", "lndist")}),
        (_thousands, {("sum_over_partners_usd", "exporter"), ("deviance", "")}),
        (_without_zeros, {("n_obs", ""), ("n_zero", ""), ("predicted_usd", "")}),
        (_without_an_economy, {("n_exporter_years", ""), ("log_effect", "exporter")}),
        (_without_a_year, {("n_obs", ""), ("n_base_importers", ""), ("predicted_usd", "")}),
    ],
)
def test_cells_that_are_wrong_are_found(
    plant: Callable[[pd.DataFrame], pd.DataFrame], refused: set[tuple[str, str]]
) -> None:
    assert differing(audited(tables(fitted(plant(cells()))))) >= refused


# Errors by another formula


def _robust(fit: StructuralFit) -> FloatArray:
    flat = (fit.within * (fit.world.trade - fit.fitted)).reshape(len(fit.within), -1)
    return np.asarray(fit.bread @ flat @ flat.T @ fit.bread)


def _few_correction(fit: StructuralFit) -> FloatArray:
    return fit.covariance * (fit.n_pairs - 1) / fit.n_pairs


def _directed(fit: StructuralFit) -> FloatArray:
    scores = (fit.within * (fit.world.trade - fit.fitted)).sum(axis=1).reshape(len(fit.within), -1)
    return np.asarray(fit.bread @ scores @ scores.T @ fit.bread)


def _classical(fit: StructuralFit) -> FloatArray:
    return fit.bread


def _effects_kept(fit: StructuralFit) -> FloatArray:
    x = fit.world.regressors
    flat = x.reshape(len(x), -1)
    bread = np.linalg.inv((flat * fit.fitted.ravel()) @ flat.T)
    meat = np.linalg.inv(fit.bread) @ fit.covariance @ np.linalg.inv(fit.bread)
    return np.asarray(bread @ meat @ bread)


@pytest.mark.parametrize("wrong", [_robust, _few_correction, _directed, _classical, _effects_kept])
def test_errors_of_another_formula_are_found(wrong: Callable[[StructuralFit], FloatArray]) -> None:
    fit = fitted(cells())
    refused = differing(audited(tables(replace(fit, covariance=wrong(fit)))))
    assert refused >= {("std_error", term) for term in SLOPES} | {("covariance", "")}
    assert not refused & {("coefficient", term) for term in SLOPES}


def test_a_world_without_trade_has_nothing_to_compare() -> None:
    empty = fitted(cells().assign(trade_usd=0.0))
    fits = {"status": empty.status, "reason": empty.reason, "n_obs": 0, "n_zero": 0, "n_pairs": 0}
    fits |= {"n_exporter_years": 0, "n_importer_years": 0}
    key = {"study_id": STUDY, "spec_id": SPEC}
    nothing = {name: frame.head(0) for name, frame in right().items()}
    held = nothing | {"fits": pd.DataFrame([key | fits])}
    for given in (cells().assign(trade_usd=0.0), cells().assign(year=1999)):
        found = audited(held, inputs(given))
        rows = found[found["term"] != ""].set_index("quantity")
        assert rows.loc["status", "status"] == "agrees"
        assert set(found["status"]) == {"agrees"}


def test_an_estimate_that_is_refused_where_there_is_trade_is_not_confirmed() -> None:
    held = published()
    held["fits"] = held["fits"].assign(status="not_converged", reason="after 100 steps")
    for name in ("coefficients", "covariances", "effects", "pairs"):
        held[name] = held[name].head(0)
    found = audited(held).set_index("quantity")
    assert found.loc["status", "status"] == "not_compared"
    assert found.loc["status", "reason"] == "after 100 steps"


# A pair left out


def _in_sample(held: pd.DataFrame) -> None:
    held["predicted_pair_out_usd"] = held["predicted_usd"]


def _one_step(held: pd.DataFrame) -> None:
    moved = held["predicted_pair_out_usd"] / held["predicted_usd"]
    held["predicted_pair_out_usd"] = held["predicted_usd"] * moved**0.9


def _other_direction(held: pd.DataFrame) -> None:
    key = ["exporter_iso3", "importer_iso3", "year"]
    back = held.rename(columns={key[0]: key[1], key[1]: key[0]}).set_index(key)
    at = pd.MultiIndex.from_frame(held[key])
    held["predicted_pair_out_usd"] = back["predicted_pair_out_usd"].reindex(at).to_numpy()


def _one_year_alone(held: pd.DataFrame) -> None:
    held.loc[held["year"] != 2016, "predicted_pair_out_usd"] = held["predicted_usd"]


def _none(held: pd.DataFrame) -> None:
    held.loc[held["exporter_iso3"] == "KGZ", "predicted_pair_out_usd"] = np.nan


@cache
def with_pairs_left_out() -> Published:
    fit = fitted(cells())
    return tables(fit, without_pair(fit))


ALL_PAIRS = 12 * 11 // 2


def test_every_pair_left_out_is_confirmed() -> None:
    found = audited(with_pairs_left_out(), sample=ALL_PAIRS)
    left_out = found[found["quantity"] == "predicted_pair_out_usd"]
    assert len(left_out) == ALL_PAIRS
    assert set(found["status"]) == {"agrees"}


@pytest.mark.parametrize("plant", [_in_sample, _one_step, _other_direction, _one_year_alone, _none])
def test_a_pair_that_is_not_left_out_is_found(plant: Callable[[pd.DataFrame], None]) -> None:
    held = {name: frame.copy() for name, frame in with_pairs_left_out().items()}
    plant(held["pairs"])
    refused = {quantity for quantity, _ in differing(audited(held, sample=8))}
    assert refused == {"predicted_pair_out_usd"}


def test_a_refit_does_not_depend_on_where_it_starts() -> None:
    fit = fitted(cells())
    held = cells()
    two = held["exporter"].isin(["CHN", "KGZ"]) & held["importer"].isin(["CHN", "KGZ"])
    rest = fitted(held[~two])
    made = study_cells(inputs(), years=list(YEARS), terms=TERMS, index={})
    one, other = made.economies.index("CHN"), made.economies.index("KGZ")
    at = [fit.world.economies.index(code) for code in made.economies if code in fit.world.economies]
    effects = [np.full(made.is_cell.shape[:2], np.nan) for _ in range(2)]
    places = [k for k, code in enumerate(made.economies) if code in fit.world.economies]
    for held_effects, own in zip(effects, (fit.exporters, fit.importers), strict=True):
        held_effects[:, places] = own[:, at]
    found = predicted_without(
        made,
        (one, other),
        slopes=fit.coefficients,
        exporters=effects[0],
        importers=effects[1],
        bread=fit.bread,
    )
    i, j = rest.world.economies.index("CHN"), rest.world.economies.index("KGZ")
    for way, (a, b) in enumerate(((i, j), (j, i))):
        x = made.x[:, :, *((one, other), (other, one))[way]]
        expected = np.exp(rest.coefficients @ x + rest.exporters[:, a] + rest.importers[:, b])
        np.testing.assert_allclose(found[way], expected, rtol=1e-4)  # of the step at which it ends
