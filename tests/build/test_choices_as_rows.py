"""Cuts of a study, a twelfth indicator and thirteen regressors: rows, and nothing else moves."""

from __future__ import annotations

import csv

import duckdb
import pytest
from tests.build.changes import rows_added, rows_like
from tests.build.project import ROOT, Project

from trade_potential.release.noise import FLOATING, any_moved

pytestmark = [pytest.mark.build, pytest.mark.slow(reason="a whole build with a study more")]

GERMANY = {
    "study_id": "germany", "study_name": "Germany", "reporter_iso3": "DEU",
    "outcome_scaling": "none",
    "trade_source": "baci", "ecommerce_series": "", "default_spec_id": "thirteen",
    "default_estimator": "ppml", "first_year": "2016", "last_year": "2020",
}  # fmt: skip
CUTS = (
    "huge_potential,Huge,1,,0.7,false,true",
    "potential_expansion,Expansion,2,0.7,1.3,false,false",
    "potential_reshaping,Reshaping,3,1.3,,true,false",
)
IN_WORDS = (
    "classes cut elsewhere (huge_potential up to 0.7, potential_expansion below 1.3, "
    "potential_reshaping above)"
)
LINES, VINTAGE = "OW.WAIT.DAYS", "2024-01-01"
TERMS = (
    "gdp,gdp_usd,ln", "pop,population_persons,ln", "cbec,development_index,none",
    "net,internet_users_pct,ln", "cap,gdp_per_capita_ppp_intl_usd,ln",
    "open,merchandise_trade_pct_gdp,ln",
    "dist,distance_weighted_km,ln", "border,is_contiguous,none",
    "language,has_common_official_language,none",
    "y17,year_2017,none", "y18,year_2018,none", "y19,year_2019,none", "y20,year_2020,none",
)  # fmt: skip
MOVE_BY_THEMSELVES = {"dim_source", "fct_audit_results", "fct_quality_results"}
"""Marts of sources and checks, which count all rows."""
SHOWN = {
    "fct_country_year": "* exclude "
    "(indicator_count, imputed_count, source_estimate_count, later_vintage_count)",
    "rpt_answer": "* exclude (other_answers, difference_reason)",
}
"""The wide panel counts the indicators that there are, an answer what others say of it."""


def _subscriptions() -> dict[tuple[str, str], float]:
    """Broadband subscriptions of the newest vintage, by economy and year."""
    with (ROOT / "seeds/inputs/observations.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["indicator_code"] == "IT.NET.BBND.P2"]
    newest = max(row["vintage_date"] for row in rows)
    return {
        (row["country_code"], row["year"]): float(row["observed_value"])
        for row in rows
        if row["vintage_date"] == newest
    }


def with_choices(project: Project) -> None:
    """Germany with cuts of its own, an index of twelve indicators, and thirteen regressors."""
    values = {key: 1000.0 / (1.0 + value) for key, value in _subscriptions().items()}
    years = sorted({year for _, year in values})
    project.edit_seed(
        "inputs/indicators",
        rows_like("IT.NET.BBND.P2", {
            "indicator_code": LINES, "indicator": "waiting_days", "unit": "days",
            "direction": "lower is more developed", "value_max": "1000.0",
        }),
    )  # fmt: skip
    counts = {"value_count": len(values), "economy_count": len({who for who, _ in values}),
              "first_year": years[0], "last_year": years[-1], "withdrawn_count": 0}  # fmt: skip
    project.edit_seed(
        "inputs/observation_vintages",
        rows_like("IT.NET.BBND.P2", {
            "indicator_code": LINES, "vintage_date": VINTAGE,
            **{name: str(value) for name, value in counts.items()},
        }),
    )  # fmt: skip
    project.edit_seed(
        "inputs/observations",
        rows_added(*(f"{LINES},{who},{year},{VINTAGE},{value:.6f},false"
                     for (who, year), value in values.items())),
    )  # fmt: skip
    project.edit_seed(
        "study/variables",
        rows_like("fixed_broadband_per_100", {
            "variable": "waiting_days_per_head", "derivation": "per_head",
            "indicator_code": LINES, "unit": "days", "divisor": "0.000001",
        }),
    )  # fmt: skip
    with (ROOT / "seeds/study/index_terms.csv").open(encoding="utf-8", newline="") as file:
        eleven = [row for row in csv.reader(file) if row[0] == "pca_11"]
    project.edit_seed(
        "study/index_specifications",
        rows_like("pca_11", {"index_spec_id": "pca_12", "min_terms": "12"}),
    )
    project.edit_seed(
        "study/index_terms",
        lambda _, rows: rows.extend(
            [["pca_12", *row[1:]] for row in eleven]
            + [["pca_12", "waiting_days_per_head", "ln", "", "12", "-1", ""]]
        ),
    )
    project.edit_seed(
        "study/gravity_specifications",
        rows_like("total_trade", {"spec_id": "thirteen", "index_spec_id": "pca_12"}),
    )
    project.edit_seed(
        "study/gravity_terms",
        rows_added(*(f"thirteen,{term},partner,{k},1.0," for k, term in enumerate(TERMS, 1))),
    )
    project.edit_seed("study/studies", rows_like("china_world", GERMANY))
    project.edit_seed("study/study_specifications", rows_added("germany,thirteen"))
    project.edit_seed("study/potential_classes", rows_added(*(f"germany,{row}" for row in CUTS)))


@pytest.fixture(scope="module")
def chosen(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = built.built_copy(tmp_path_factory.mktemp("choices") / "project")
    with_choices(project)
    result = project.build()
    assert result.returncode == 0, result.stdout[-6000:]
    return project


def _others(project: Project) -> dict[str, list[tuple[object, ...]]]:
    """Rows of every mart, but those of Germany."""
    columns = project.query(
        "select table_name, list(column_name) from information_schema.columns "
        "where table_schema = 'marts' group by all order by all"
    )
    found = {}
    for mart, names in columns:
        assert isinstance(mart, str) and isinstance(names, list)  # noqa: PT018
        if mart in MOVE_BY_THEMSELVES:
            continue
        key = {"dim_specification": "spec_id", "dim_specification_v1": "spec_id",
               "dim_index_specification": "index_spec_id", "dim_indicator": "indicator_code",
               "fct_country_indicator": "indicator_code"}.get(mart)  # fmt: skip
        where = "study_id is distinct from 'germany'" if "study_id" in names else "true"
        if key:
            where += f" and {key} not in ('thirteen', 'pca_12', '{LINES}')"
        shown = SHOWN.get(mart, "*")
        found[mart] = project.query(
            f"select count(*), sum(hash(t)) from (select {shown} from marts.{mart} where {where}) t"  # noqa: S608
        )
    return found


def _beyond_noise(before: Project, after: Project, mart: str) -> list[tuple[object, ...]]:
    """How many rows of the studies before moved by more than the noise of a release."""
    with duckdb.connect() as connection:
        for name, project in (("before", before), ("after", after)):
            connection.execute(f"attach '{project.database}' as {name} (read_only)")
        columns = connection.execute(f"describe before.marts.{mart}").fetchall()
        kinds = {str(column): str(kind) for column, kind, *_ in columns}
        on = [name for name, kind in kinds.items() if kind not in FLOATING and "reason" not in name]
        same = " and ".join(f'old."{name}" is not distinct from new."{name}"' for name in on)
        numbers = [(name, kind) for name, kind in kinds.items() if kind in FLOATING]
        found = connection.execute(
            f"select count(*) from before.marts.{mart} as old "  # noqa: S608
            f"left join after.marts.{mart} as new on {same} "
            f"where new.study_id is null or {any_moved(numbers)}"
        )
        return found.fetchall()


def test_nothing_else_moves_by_a_digit(built: Project, chosen: Project) -> None:
    before, after = _others(built), _others(chosen)
    assert before.keys() == after.keys()
    moved = {mart for mart in before if before[mart] != after[mart]}
    # sums of threads: a build of the same rows differs in the last digits of these
    assert moved <= {
        "fct_gravity_coefficients", "fct_gravity_tests", "fct_gravity_diagnostics"
    }  # fmt: skip
    for mart in moved:
        assert _beyond_noise(built, chosen, mart) == [(0,)]
    digests = "select study_id, input_digest from {} where study_id <> 'germany' order by all"
    for name in ("multiverse.est_multiverse_digests", "track.est_track_digests"):
        sql = digests.format(name)
        assert built.query(sql) == chosen.query(sql) != []


def test_the_audit_agrees_with_all_of_it(chosen: Project) -> None:
    assert chosen.query(
        "select count(*) > 100, bool_and(status = 'agrees') from marts.fct_audit_results "
        "where study_id = 'germany'"
    ) == [(True, True)]
    assert chosen.query(
        "select count(*) > 20, bool_and(not is_imputed or fill_method is not null) "  # noqa: S608
        f"from marts.fct_country_indicator where indicator_code = '{LINES}'"
    ) == [(True, True)]


def test_germany_has_thirteen_slopes_and_an_index_of_twelve(chosen: Project) -> None:
    slopes = chosen.query(
        "select count(*), count(*) filter (term_status = 'ok') >= 13 "
        "from marts.fct_gravity_coefficients where study_id = 'germany' "
        "and estimator = 'ppml' and covariance = 'clustered'"
    )
    assert slopes == [(14, True)]
    weights = chosen.query(
        "select count(distinct variable) from marts.fct_index_weights where study_id = 'germany'"
    )
    assert weights == [(12,)]
    signs = chosen.query(
        "select term from (select unnest(string_split(term_definitions, ', ')) as term "
        "from marts.dim_index_specification where index_spec_id = 'pca_12') "
        "where term like '%waiting%'"
    )
    assert signs == [("-ln(waiting_days_per_head)",)]


def test_germany_is_cut_where_it_says_and_the_others_where_they_were(chosen: Project) -> None:
    for study, low, high in (("germany", 0.7, 1.3), ("china_world", 0.8, 1.2), ("world", 0.8, 1.2)):
        assert chosen.query(
            "select k_upper, k_lower from marts.dim_potential_class "  # noqa: S608
            f"where study_id = '{study}' order by display_order"
        ) == [(low, None), (high, low), (None, high)]
    rows = chosen.query(
        "select k_ratio, potential_class, probability_huge from marts.fct_trade_potential "
        "where study_id = 'germany' and is_default and k_status = 'ok'"
    )
    assert len(rows) > 50
    for k, name, _ in rows:
        assert isinstance(k, float)
        assert name == (
            "huge_potential" if k <= 0.7 else "potential_reshaping" if k >= 1.3
            else "potential_expansion"
        )  # fmt: skip
    assert any(0.7 < k <= 0.8 for k, *_ in rows if isinstance(k, float))
    labels = chosen.query(
        "select distinct class_label from marts.rpt_trade_potential where study_id = 'germany'"
    )
    assert {label for (label,) in labels} <= {"Huge", "Expansion", "Reshaping"}


def test_a_reason_says_that_another_study_cuts_elsewhere(chosen: Project) -> None:
    told = chosen.query(
        f"select count(*) > 50, bool_and(starts_with(difference_reason, '{IN_WORDS}')) "  # noqa: S608
        "from marts.rpt_answer_differences where study_id = 'germany' and classes_agree is not null"
    )
    assert told == [(True, True)]
    silent = chosen.query(
        "select count(*) from marts.rpt_answer_differences "
        "where study_id <> 'germany' and difference_reason like 'classes cut elsewhere%'"
    )
    assert silent == [(0,)]
