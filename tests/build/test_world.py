"""A study of every reporter with every partner: the entity of the panel is the pair."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from tests.build.project import Project
from tests.build.world import TERMS, add_world

pytestmark = [pytest.mark.build, pytest.mark.rare(reason="a whole build of a larger panel")]


@pytest.fixture(scope="module")
def world(built: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, pd.DataFrame]:
    project = Project.copied_to(tmp_path_factory.mktemp("world") / "project", parsed=built)
    panel = add_world(project)
    result = project.build()
    assert result.returncode == 0, result.stdout[-5000:]
    return project, panel


def test_every_pair_and_year_with_trade_is_in_the_sample(
    world: tuple[Project, pd.DataFrame],
) -> None:
    project, panel = world
    kept = project.query(
        "select reporter_iso3, partner_iso3, year from gravity.int_gravity__sample "
        "where study_id = 'made_up_world' and reporter_iso3 <> 'CHN' order by all"
    )
    keys = panel[["reporter_code", "partner_code", "year"]].sort_values(
        ["reporter_code", "partner_code", "year"]
    )
    assert kept == list(keys.itertuples(index=False, name=None))
    entities, pairs = project.query(
        "select count(distinct pair_id), count(distinct (reporter_iso3, partner_iso3)) "
        "from gravity.int_gravity__sample where study_id = 'made_up_world'"
    )[0]
    assert entities == pairs > 132


def _rows(project: Project, panel: pd.DataFrame) -> pd.DataFrame:
    """What the models should see: the made-up rows, and China's exports as the sample has them."""
    china = pd.DataFrame(
        project.query(
            "select v0, v1, v2, v3, v4, pair_id from gravity.int_gravity__sample "
            "where study_id = 'made_up_world' and reporter_iso3 = 'CHN'"
        ),
        columns=["y", *TERMS, "pair"],
    )
    made_up = panel.assign(
        y=np.log(panel["trade_usd"]), pair=panel["reporter_code"] + "-" + panel["partner_code"]
    )
    return pd.concat([made_up[china.columns], china], ignore_index=True)


def _published(project: Project, estimator: str) -> dict[object, tuple[float, float]]:
    return {
        term: (coefficient, se)
        for name, term, coefficient, se in project.query(
            "select estimator, term, coefficient, coefficient_se "
            "from marts.fct_gravity_coefficients "
            "where study_id = 'made_up_world' and covariance = 'clustered'"
        )
        if name == estimator
    }


def test_pooled_coefficients_are_those_of_statsmodels_on_the_figures(
    world: tuple[Project, pd.DataFrame],
) -> None:
    project, panel = world
    rows = _rows(project, panel)
    design = sm.add_constant(rows[list(TERMS)])
    groups = rows["pair"].factorize()[0]
    expected = sm.OLS(rows["y"], design).fit(cov_type="cluster", cov_kwds={"groups": groups})
    found = _published(project, "pooled")
    for term in TERMS:
        assert found[term][0] == pytest.approx(expected.params[term], rel=1e-8)
        assert found[term][1] == pytest.approx(expected.bse[term], rel=1e-8)


def test_within_coefficients_come_from_deviations_from_the_means_of_the_pair(
    world: tuple[Project, pd.DataFrame],
) -> None:
    project, panel = world
    rows = _rows(project, panel)
    varying = ["lngdp_exporter", "lngdp_importer"]
    within = rows[["y", *varying]] - rows.groupby("pair")[["y", *varying]].transform("mean")
    expected = sm.OLS(within["y"], within[varying]).fit()
    found = _published(project, "within")
    for term in varying:
        assert found[term][0] == pytest.approx(expected.params[term], rel=1e-8)


def test_the_other_studies_do_not_notice(
    world: tuple[Project, pd.DataFrame], built: Project
) -> None:
    project, _ = world
    question = (
        "select * from marts.fct_trade_potential where study_id in "
        "('central_asia', 'china_world', 'central_asia_newest') order by all"
    )
    assert project.query(question) == built.query(question)


def test_k_of_a_pair_is_that_of_its_own_direction(world: tuple[Project, pd.DataFrame]) -> None:
    project, panel = world
    actual = {
        (row.reporter_code, row.partner_code, row.year): row.trade_usd
        for row in panel.itertuples(index=False)
    }
    for reporter, partner, year, usd, k, predicted in project.query(
        "select reporter_iso3, partner_iso3, year, actual_usd, k_ratio, predicted_usd "
        "from marts.fct_trade_potential where study_id = 'made_up_world' and estimator = 'pooled' "
        "and reporter_iso3 <> 'CHN'"
    ):
        assert usd == pytest.approx(actual[reporter, partner, year], rel=1e-12)
        assert k == pytest.approx(float(str(usd)) / float(str(predicted)), rel=1e-12)
