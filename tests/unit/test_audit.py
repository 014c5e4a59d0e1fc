"""The second computation confirms what is right, and names what is not."""

from __future__ import annotations

from dataclasses import dataclass

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

from trade_potential.audit.compare import COLUMNS, TOLERANCE, audit_gravity

MEASURED = 1e-9
"""Largest relative difference allowed on made-up panels; measured 2e-13 at worst."""

PLANTED = 1e-6
"""A hundred times the tolerance: what a wrong formula never undercuts."""

NUMBER = ["estimator", "covariance", "quantity", "term"]


@dataclass(frozen=True)
class Published:
    """Arguments of ``audit_gravity`` for one study and specification."""

    sample: pd.DataFrame
    terms: pd.DataFrame
    estimates: pd.DataFrame
    clustered: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Published:
        names = regressors_of(frame)
        sample = pd.DataFrame({"study_id": "a", "spec_id": "s", "partner_iso3": frame[ENTITY]})
        sample["year"] = frame["year"]
        for k, name in enumerate([OUTCOME, *names]):
            sample[f"v{k}"] = frame[name].astype(float)
        terms = pd.DataFrame({"spec_id": "s", "term": names, "position": range(1, len(names) + 1)})
        tables = run_gravity_models({("a", "s"): frame})
        return cls(sample, terms, tables.estimates, tables.clustered)

    def audit(self, **changed: pd.DataFrame | float) -> pd.DataFrame:
        tables = {
            "sample": self.sample,
            "terms": self.terms,
            "estimates": self.estimates,
            "clustered": self.clustered,
        }
        return audit_gravity(**(tables | changed))  # type: ignore[arg-type]


def ordinary() -> pd.DataFrame:
    return make_panel(1, sizes=unbalanced_sizes(1, 30, 8), n_terms=3, scales=(1e-3, 1e6))


def absorbed() -> pd.DataFrame:
    return ordinary().assign(x4=lambda rows: rows.groupby(ENTITY)["x1"].transform("first"))


def common_to_all() -> pd.DataFrame:
    frame = make_panel(2, sizes=[7] * 20, n_terms=2)
    return frame.assign(x3=np.log(frame["year"] - 1990.0))


def collinear() -> pd.DataFrame:
    return ordinary().assign(x4=lambda rows: rows["x1"] / 1e3 + rows["x2"])


PANELS = {
    "ordinary": ordinary(),
    "study": make_panel(3, sizes=[8] * 5, n_terms=7),
    "absorbed": absorbed(),
    "common_to_all": common_to_all(),
    "no_effects": make_panel(4, sizes=[6] * 40, n_terms=2, effect_sd=0.0),
    "single_period": make_panel(5, sizes=[1] * 30, n_terms=2),
    "single_partner": make_panel(6, sizes=[30], n_terms=2),
    "too_few_rows": make_panel(7, sizes=[2, 2], n_terms=4),
    "collinear": collinear(),
    "constant": ordinary().assign(x4=7.0),
}


@pytest.fixture(scope="module")
def published() -> Published:
    return Published.of(ordinary())


def differing(audit: pd.DataFrame) -> list[tuple[str, ...]]:
    rows = audit.loc[audit["status"] == "differs", NUMBER]
    return [tuple(row) for row in rows.itertuples(index=False)]


@pytest.mark.parametrize("name", PANELS)
def test_both_computations_agree(name: str) -> None:
    audit = Published.of(PANELS[name]).audit()
    assert list(audit.columns) == list(COLUMNS)
    assert not audit.duplicated(["study_id", "spec_id", *NUMBER]).any()
    assert differing(audit) == []
    uncertain = set(audit.loc[audit["status"] == "not_compared", "quantity"])
    # One partner: within and random are the same regression, Hausman's difference is rounding.
    assert uncertain == ({"hausman"} if name == "single_partner" else set())
    assert audit["relative_difference"].max() <= MEASURED or audit["published"].isna().all()


def test_every_coefficient_has_a_counterpart(published: Published) -> None:
    audit = published.audit()
    for table in (published.estimates, published.clustered):
        held = table[table["item"] == "coefficient"]
        for quantity in ("coefficient", "std_error"):
            kind = held["covariance"].iloc[0]
            rows = audit[(audit["quantity"] == quantity) & (audit["covariance"] == kind)]
            found = set(zip(rows["estimator"], rows["term"], strict=True))
            assert found == set(zip(held["estimator"], held["name"], strict=True))
            assert rows["recomputed"].notna().all()


def test_too_few_partners_are_confirmed_by_the_refusal_of_the_library() -> None:
    audit = Published.of(PANELS["study"]).audit().set_index(NUMBER)
    between = audit.loc[("between", "", "status", "")]
    assert between["status"] == "agrees"
    assert "-3 residual degrees of freedom" in between["reason"]
    assert "linearmodels refuses" in between["reason"]
    random = audit.loc[("random", "classical", "coefficient", "x1")]
    assert random["reference"] == "linearmodels.PooledOLS"
    assert "linearmodels refuses" in random["reason"]


@pytest.mark.parametrize(
    ("table", "item", "column", "at", "expected"),
    [
        ("estimates", "coefficient", "value", ("within", "x2"), ("classical", "coefficient", "x2")),
        (
            "estimates",
            "coefficient",
            "std_error",
            ("random", "x1"),
            ("classical", "std_error", "x1"),
        ),
        (
            "clustered",
            "coefficient",
            "std_error",
            ("pooled", "x3"),
            ("clustered", "std_error", "x3"),
        ),
        ("estimates", "diagnostic", "value", ("random", "sigma_u"), ("", "sigma_u", "")),
        ("estimates", "test", "statistic", ("", "hausman"), ("", "hausman", "")),
        ("estimates", "test", "statistic", ("", "breusch_pagan_lm"), ("", "breusch_pagan_lm", "")),
        ("estimates", "test", "statistic", ("", "f_effects"), ("", "f_effects", "")),
    ],
)
def test_a_planted_difference_is_named(
    published: Published,
    table: str,
    item: str,
    column: str,
    at: tuple[str, str],
    expected: tuple[str, ...],
) -> None:
    frame: pd.DataFrame = getattr(published, table).copy()
    rows = (
        (frame["item"] == item)
        & (frame["estimator"].fillna("") == at[0])
        & (frame["name"].fillna("") == at[1])
    )
    assert rows.sum() == 1
    # A coefficient is compared with its standard error where that is larger.
    error = frame.loc[rows, "std_error"].fillna(0.0) if column == "value" else 0.0
    frame.loc[rows, column] += PLANTED * np.maximum(frame.loc[rows, column].abs(), error)
    audit = published.audit(**{table: frame})
    assert differing(audit) == [(at[0], *expected)]
    found = audit.loc[audit["status"] == "differs", "relative_difference"].item()
    assert found == pytest.approx(PLANTED, rel=1e-2)


def test_a_missing_counterpart_is_reported(published: Published) -> None:
    estimates = published.estimates
    is_x1 = (estimates["name"] == "x1") & (estimates["estimator"] == "pooled")
    lost = estimates[~(is_x1 & (estimates["item"] == "coefficient"))]
    assert differing(published.audit(estimates=lost)) == [
        ("pooled", "classical", "coefficient", "x1"),
        ("pooled", "classical", "std_error", "x1"),
    ]
    added = estimates[is_x1 & (estimates["item"] == "coefficient")].assign(name="x9")
    audit = published.audit(estimates=pd.concat([estimates, added]))
    assert differing(audit) == [
        ("pooled", "classical", "coefficient", "x9"),
        ("pooled", "classical", "std_error", "x9"),
    ]
    assert set(audit.loc[audit["status"] == "differs", "reason"]) == {
        "no counterpart is recomputed"
    }


def test_numbers_without_rows_and_rows_without_numbers_differ(published: Published) -> None:
    for changed in ({"sample": published.sample.iloc[:0]}, {"estimates": published.estimates[:0]}):
        audit = published.audit(**changed)
        assert (audit["status"] == "differs").sum() > 50


def test_a_lost_row_is_noticed(published: Published) -> None:
    audit = published.audit(sample=published.sample.iloc[1:])
    assert ("pooled", "", "df_resid", "") in differing(audit)


def test_the_order_of_rows_does_not_matter(published: Published) -> None:
    shuffled = {
        name: getattr(published, name).sample(frac=1.0, random_state=1)
        for name in ("sample", "terms", "estimates", "clustered")
    }
    pd.testing.assert_frame_equal(published.audit(**shuffled), published.audit())


def test_too_many_rows_are_not_compared_and_say_so(published: Published) -> None:
    audit = published.audit(max_rows=len(published.sample) - 1)
    assert set(audit["status"]) == {"not_compared"}
    assert "rows, more than" in audit["reason"].iloc[0]
    assert len(audit) == len(published.audit())


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
    empty = published.estimates.head(4).assign(
        estimator=["pooled", "between", "within", "random"], item="estimator", status="no_rows"
    )
    audit = published.audit(
        sample=published.sample.iloc[:0], estimates=empty, clustered=published.clustered[:0]
    )
    assert audit["status"].tolist() == ["agrees"] * 4
    assert set(audit["reason"]) == {"the sample has no rows"}
