"""The second computation confirms what is right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.panels import (
    ENTITY,
    OUTCOME,
    make_panel,
    regressors_of,
    run_gravity_models,
    unbalanced_sizes,
)

from trade_potential.audit.compare import COLUMNS, TOLERANCE
from trade_potential.audit.gravity import audit_gravity
from trade_potential.inference.registry import COVARIANCES, ESTIMATORS, estimators
from trade_potential.results import build
from trade_potential.results.gravity import Tables

MEASURED = 0.1
"""Difference of two computations as a share of what the condition number of a number allows: 1e-8
for all but the ill-conditioned, of which the lost digits differ between processors."""

NUMBER = ["estimator", "covariance", "quantity", "term"]


@dataclass(frozen=True)
class Published:
    """Arguments of ``audit_gravity`` for one study and specification."""

    sample: pd.DataFrame
    terms: pd.DataFrame
    specifications: pd.DataFrame
    tables: Tables

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Published:
        names = regressors_of(frame)
        sample = pd.DataFrame({"study_id": "a", "spec_id": "s", "pair_id": frame[ENTITY]})
        sample["year"] = frame["year"]
        for k, name in enumerate([OUTCOME, *names]):
            sample[f"v{k}"] = frame[name].astype(float)
        sample["full_row_count"] = len(sample)
        terms = pd.DataFrame({"spec_id": "s", "term": names, "position": range(1, len(names) + 1)})
        specifications = pd.DataFrame({"spec_id": ["s"], "confidence_level": [0.95]})
        tables = run_gravity_models({("a", "s"): frame})
        return cls(sample, terms, specifications, tables.results)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Regressors by specification."""
        return {"s": tuple(self.terms["term"])}

    def audit(self, **changed: Any) -> pd.DataFrame:
        return audit_gravity(**(vars(self) | changed))


def ordinary() -> pd.DataFrame:
    """Unbalanced, every fifth partner seen once."""
    return make_panel(1, sizes=unbalanced_sizes(1, 30, 8), n_terms=3, scales=(1e-3, 1e6))


def gaps(seed: int, *, n_terms: int = 3, kept: float = 0.6) -> pd.DataFrame:
    """Years missing at random within partners."""
    frame = make_panel(seed, sizes=[10] * 25, n_terms=n_terms)
    return frame[np.random.default_rng(seed).random(len(frame)) < kept].reset_index(drop=True)


def disconnected() -> pd.DataFrame:
    """Half of the partners seen in five years, the others in the five after them."""
    frame = make_panel(10, sizes=[5] * 20, n_terms=2)
    return frame.assign(year=frame["year"] + 5 * (frame[ENTITY] >= "E010"))


def common_to_all(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame.assign(**{name: np.log(frame["year"] - 1990.0)})


def of_partner_and_year() -> pd.DataFrame:
    """A regressor that two-way effects absorb and one-way effects do not."""
    frame = gaps(17)
    by_year = frame.groupby("year")["x1"].transform("mean")
    return frame.assign(x4=by_year + frame.groupby(ENTITY)["x2"].transform("mean"))


def experience() -> pd.DataFrame:
    """Years in work beside dummies of years: one and the same thing within a partner only."""
    frame = make_panel(18, sizes=[6] * 25, n_terms=1)
    years = frame["year"]
    begin = frame.groupby(ENTITY)["x1"].transform("first").round(1)
    return frame.assign(
        x2=years - 1990.0 + begin, **{f"x{k}": years == 1998 + k for k in range(3, 7)}
    )


PANELS = {
    "ordinary": ordinary(),
    "study": make_panel(3, sizes=[8] * 5, n_terms=7),
    "absorbed": ordinary().assign(x4=lambda rows: rows.groupby(ENTITY)["x1"].transform("first")),
    "common_to_all": common_to_all(make_panel(2, sizes=[7] * 20, n_terms=2), "x3"),
    "common_with_gaps": common_to_all(gaps(11), "x4"),
    "of_partner_and_year": of_partner_and_year(),
    "experience": experience(),
    "gaps": gaps(9),
    "disconnected": disconnected(),
    "no_effects": make_panel(4, sizes=[6] * 40, n_terms=2, effect_sd=0.0),
    "single_period": make_panel(5, sizes=[1] * 30, n_terms=2),
    "single_partner": make_panel(6, sizes=[30], n_terms=2),
    "two_years": make_panel(13, sizes=[2] * 40, n_terms=3),
    "few_partners": make_panel(16, sizes=[10] * 6, n_terms=3),
    "too_few_rows": make_panel(7, sizes=[2, 2], n_terms=4),
    "collinear": ordinary().assign(x4=lambda rows: rows["x1"] / 1e3 + rows["x2"]),
    "constant": ordinary().assign(x4=7.0),
}

UNCERTAIN = {
    # One partner: within and random are the same regression, Hausman's difference is rounding.
    "single_partner": {"hausman"},
    # The scores of all years add up to zero: with one or two years little else is left.
    "single_period": {"driscoll_kraay"},
    "two_years": {"driscoll_kraay"},
}


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.of(ordinary())


def differing(audit: pd.DataFrame) -> list[tuple[str, ...]]:
    rows = audit.loc[audit["status"] == "differs", NUMBER]
    return [tuple(row) for row in rows.itertuples(index=False)]


IN_HASTE = ("few_partners", "no_effects", "ordinary", "single_partner", "single_period", "study")


@pytest.mark.parametrize(
    "name",
    [
        *IN_HASTE,
        *(
            pytest.param(name, marks=pytest.mark.slow(reason="both computations of every model"))
            for name in PANELS
            if name not in IN_HASTE
        ),
    ],
)
def test_both_computations_agree(name: str) -> None:
    audit = Published.of(PANELS[name]).audit()
    assert list(audit.columns) == list(COLUMNS)
    assert not audit.duplicated(["study_id", "spec_id", *NUMBER]).any()
    assert differing(audit) == []
    rows = audit[audit["status"] == "not_compared"]
    uncertain = set(rows["covariance"].where(rows["estimator"] != "", rows["quantity"]))
    assert uncertain == UNCERTAIN.get(name, set())
    assert (audit["relative_difference"] / audit["tolerance"]).max() <= MEASURED


def test_every_estimator_and_covariance_has_a_counterpart() -> None:
    audit = Published.of(PANELS["gaps"]).audit()
    held = audit[audit["recomputed"].notna()]
    for estimator in estimators("least_squares"):
        for kind in COVARIANCES:
            rows = held[(held["estimator"] == estimator) & (held["covariance"] == kind)]
            if kind not in ESTIMATORS[estimator].covariances:
                assert rows.empty
                continue
            found = set(rows["quantity"])
            assert {"coefficient", "std_error", "p_value", "ci_high"} <= found
            # Two-way clustered covariances need not be positive definite: then there is no test.
            assert "joint_significance" in found or kind == "clustered_twoway"
    assert {
        "f_effects",
        "f_time_effects",
        "breusch_pagan_lm",
        "hausman",
        "mundlak",
        "hausman_robust",
        "reset",
    } <= set(held["quantity"])


def test_too_few_partners_are_confirmed_by_the_refusal_of_the_library() -> None:
    audit = Published.of(PANELS["study"]).audit().set_index(NUMBER)
    between = audit.loc[("between", "", "status", "too_few_entities")]
    assert between["status"] == "agrees"
    assert "-3 residual degrees of freedom" in between["reason"]
    assert "linearmodels refuses" in between["reason"]
    random = audit.loc[("random", "classical", "coefficient", "x1")]
    assert random["reference"] == "linearmodels.PooledOLS"
    assert "linearmodels refuses" in random["reason"]
    assert audit.loc[("mundlak", "", "status", "too_few_entities"), "status"] == "agrees"


def test_another_status_differs() -> None:
    made = Published.of(PANELS["study"])
    fits = made.tables.fits.copy()
    fits.loc[fits["estimator"] == "mundlak", "status"] = "rank_deficient"
    assert differing(made.audit(tables=replace(made.tables, fits=fits))) == [
        ("mundlak", "", "status", "rank_deficient"),
        ("mundlak", "", "status", "too_few_entities"),
    ]


def test_a_negative_variance_is_missing_in_both() -> None:
    frame = gaps(41, kept=0.35)
    audit = Published.of(frame).audit()
    rows = audit[(audit["quantity"] == "std_error") & audit["published"].isna()]
    assert set(rows["covariance"]) == {"clustered_twoway"}
    assert rows["recomputed"].isna().all()
    assert set(rows["status"]) == {"agrees"}


def test_numbers_without_rows_and_rows_without_numbers_differ(published: Published) -> None:
    nothing = Tables.of({}, max_terms=published.tables.max_terms)
    for changed in ({"sample": published.sample.iloc[:0]}, {"tables": nothing}):
        audit = published.audit(**changed)
        assert (audit["status"] == "differs").sum() > 50


def test_a_lost_row_is_noticed(published: Published) -> None:
    lost = published.sample.iloc[1:].assign(full_row_count=len(published.sample) - 1)
    audit = published.audit(sample=lost)
    assert ("pooled", "", "df_resid", "") in differing(audit)


def test_the_order_of_rows_does_not_matter(published: Published) -> None:
    def mixed(frames: dict[str, Any]) -> dict[str, Any]:
        return {
            name: frame.sample(frac=1.0, random_state=1)
            for name, frame in frames.items()
            if isinstance(frame, pd.DataFrame)
        }

    tables = replace(published.tables, **mixed(vars(published.tables)))
    shuffled = {**mixed(vars(published)), "tables": tables}
    pd.testing.assert_frame_equal(published.audit(**shuffled), published.audit())


@pytest.mark.parametrize("apart", [1e-2, 1e-3, 1e-4, 3e-5])
def test_tolerance_follows_the_condition_number(apart: float) -> None:
    noise = np.random.default_rng(8).normal(size=len(ordinary()))
    frame = ordinary().assign(x4=lambda rows: rows["x1"] / rows["x1"].std() + apart * noise)
    audit = Published.of(frame).audit()
    assert differing(audit) == []
    at = (audit["estimator"] == "pooled") & (audit["quantity"] == "coefficient")
    tolerance = audit.loc[at, "tolerance"].max()
    assert (tolerance > TOLERANCE) == (apart < 1e-2)
    lost = audit.loc[audit["status"] == "not_compared", "reason"]
    assert lost.str.contains("leaves no digits to compare").all()


def test_a_run_without_rows_is_confirmed(published: Published) -> None:
    runs = pd.DataFrame({"study_id": ["a"], "spec_id": ["s"]})
    none = pd.DataFrame(columns=["study_id", "spec_id"])
    given = (none, none, published.terms, published.specifications, runs)
    fits = build.fits(*given, max_terms=3)
    empty = replace(Tables.of({}, max_terms=3), fits=fits).without(estimators("ppml"))
    audit = published.audit(sample=published.sample.iloc[:0], tables=empty)
    assert audit["status"].tolist() == ["agrees"] * 3 * len(estimators("least_squares"))
    assert set(audit.loc[audit["quantity"] == "status", "reason"]) == {"the sample has no rows"}
