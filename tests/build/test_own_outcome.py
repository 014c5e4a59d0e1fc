"""Studies whose outcome is a series of one's own, read from a synthetic workbook and a table."""

from __future__ import annotations

import pytest
from tests import synthetic_outcome
from tests.build.changes import rows_added, rows_like, value_set
from tests.build.project import Project

from trade_potential.outcome import read_outcome
from trade_potential.outcome.series import SEED

pytestmark = pytest.mark.build

LISTED = ("FRA", "GBR", "ITA", "KAZ", "KOR", "RUS", "TUR", "USA", "UZB", "VNM", "POL")
"""Partners of the second study; Poland is not in the small world."""
GIVEN = {
    (partner, year): 1000.0 * (k + 1) * (year - 2010) * (1 + (k * year) % 5)
    for k, partner in enumerate((*LISTED, "IND"))
    for year in range(2016, 2021)
}
"""Two chapters of trade each; India is not among the listed."""


def with_own_studies(project: Project) -> None:
    """Write both series by the reader, and the rows of two studies that have them."""
    folder, seed = project.root, project.root / SEED
    book = synthetic_outcome.german_workbook(folder / "own.xlsx", as_text=False)
    read = read_outcome(
        book, reporter="DEU", name="parcels", project=folder, unit="Mio. USD", skip=["Insgesamt"]
    )
    read.write(seed)
    lines = [
        f"{partner},{year},{chapter},{value * share}\n"
        for (partner, year), value in GIVEN.items()
        for chapter, share in (("42", 0.25), ("61", 0.75), ("84", 99.0))
    ]
    table = folder / "chapters.csv"
    table.write_text("partner,year,product,value\n" + "".join(lines), encoding="utf-8")
    chapters = {"name": "parcel_lens", "products": ["42", "61"]}
    read_outcome(table, reporter="CHN", project=folder, **chapters).write(seed)
    common = {"trade_source": "own", "outcome_scaling": "none", "default_spec_id": "year_effects"}
    own = {
        **{"study_id": "own_parcels", "reporter_iso3": "DEU", "ecommerce_series": "parcels"},
        **{"partner_scope": "all_reported", "first_year": "2016", "last_year": "2020"},
        **{"flow": "total", "default_estimator": "pooled"},
    }
    lens = {
        **own,
        **{"study_id": "own_lens", "reporter_iso3": "CHN", "ecommerce_series": "parcel_lens"},
        **{"partner_scope": "listed", "flow": "exports"},
    }
    project.edit_seed("study/studies", rows_like("china_world", common | own, common | lens))
    runs = ("own_parcels,year_effects", "own_lens,year_effects")
    project.edit_seed("study/study_specifications", rows_added(*runs))
    partners = [f"own_lens,{partner},{k}" for k, partner in enumerate(LISTED, start=1)]
    project.edit_seed("study/study_partners", rows_added(*partners))


@pytest.mark.rare(reason="a whole build; test_two_studies.py has own outcomes, too")
def test_studies_of_ones_own_outcomes(unbuilt: Project) -> None:
    project = unbuilt
    with_own_studies(project)
    result = project.build()
    assert result.returncode == 0, result.stdout[-5000:]
    _the_outcome_is_the_series(project)
    _shares_are_those_by_hand(project)
    _other_studies_do_not_see_it(project)


def _the_outcome_is_the_series(project: Project) -> None:
    series = synthetic_outcome.series()
    found = project.query(
        "select distinct partner_iso3, year, actual_usd from marts.fct_trade_potential "
        "where study_id = 'own_parcels'"
    )
    assert len(found) > 50
    for partner, year, usd in found:
        assert usd == pytest.approx(series[str(partner), int(str(year))], rel=1e-9)
    lost = project.query(
        "select partner_code, year from marts.fct_row_ledger where study_id = 'own_parcels' "
        "and reason = 'no figure in the series of one''s own'"
    )
    assert lost == [(synthetic_outcome.HOLE, 2020)]


def _shares_are_those_by_hand(project: Project) -> None:
    parcels = {
        ("own_parcels", p, y): v for (p, y), v in synthetic_outcome.series().items() if y >= 2016
    }
    lens = {("own_lens", p, y): v for (p, y), v in GIVEN.items() if p in LISTED}
    given = parcels | lens
    mu = {
        (study, partner, year): usd
        for study, partner, year, usd in project.query(
            "select case reporter_iso3 when 'DEU' then 'own_parcels' else 'own_lens' end, "
            "partner_iso3, year, predicted_usd from marts.rpt_answer where predicted_usd > 0 "
            "and (reporter_iso3 = 'DEU' and flow = 'total' "
            "or reporter_iso3 = 'CHN' and flow = 'exports')"
        )
    }
    found = project.query(
        "select study_id, partner_iso3, year, k_status, partner_count, share_k "
        "from marts.fct_share_potential"
    )
    assert {row[:3] for row in found} == set(given)
    assert {row[3] for row in found} == {"ok", "no_prediction"}
    for *key, status, count, share_k in found:
        study, _, year = key
        both = [k for k in given if k in mu and (k[0], k[2]) == (study, year)]
        assert count == len(both) > 5
        assert (status == "ok") == (tuple(key) in mu)
        if status == "ok":
            e, m = (sum(float(str(of[k])) for k in both) for of in (given, mu))
            by_hand = given[tuple(key)] / e / (float(str(mu[tuple(key)])) / m)
            assert share_k == pytest.approx(by_hand, rel=1e-9)


def _other_studies_do_not_see_it(project: Project) -> None:
    own = "study_id like 'own_%'"
    for mart, columns in (
        ("rpt_answer_differences", "*"),
        ("rpt_trade_potential where structural_k_ratio is not null and", "*"),
    ):
        clause = mart if " where " in mart else f"{mart} where"
        assert project.query(f"select {columns} from marts.{clause} {own}") == []  # noqa: S608


@pytest.mark.slow(reason="a part of a build")
def test_what_a_study_of_its_own_outcome_lacks_is_named(unbuilt: Project) -> None:
    project = unbuilt
    with_own_studies(project)
    project.edit_seed("study/studies", value_set("ecommerce_series", "none", study_id="own_lens"))
    project.edit_seed("inputs/own_outcomes", value_set("value_usd", "1e14", partner_iso3="POL"))
    result = project.dbt("build", "-s", "+gate_has_no_errors", "+series_of_studies")
    assert result.returncode != 0
    assert (
        'column ecommerce_series: "none of own_lens" (rule: the series stands in' in result.stdout
    )
    assert "own_outcomes.csv, line " in result.stdout
    assert "(rule: a figure is 0 to 1e13 US$" in result.stdout
