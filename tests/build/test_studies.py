"""Studies and classes that cannot answer are refused by name, before anything is estimated."""

from __future__ import annotations

import duckdb
import pytest
from tests.build.changes import rows_added, rows_like, value_set
from tests.build.project import Project

from trade_potential.quality.complaints import of_test

pytestmark = pytest.mark.build

STUDY_SEEDS = "path:seeds/study"
RULES = (
    "classes_part_every_k_once",
    "default_specifications_are_run",
    "ecommerce_series_are_of_the_reporter",
    "index_minimum_fits_its_terms",
    "partners_are_not_the_reporter",
    "rules_of_studies",
    "scaled_specifications_have_volumes",
    "specifications_have_terms",
    "structural_studies_are_of_every_pair",
)


def _study(
    name: str,
    years: str = "2013,2020",
    *,
    reporter: str = "CHN",
    scope: str = "listed",
    scaling: str = "none,",
    spec: str = "recommended",
    source: str = "national",
) -> dict[str, str]:
    """What a row of studies has of its own; scaling and series in one."""
    values = [name, reporter, scope, *scaling.split(","), *years.split(","), spec, source]
    columns = ["study_id", "reporter_iso3", "partner_scope", "outcome_scaling", "ecommerce_series"]
    columns += ["first_year", "last_year", "default_spec_id", "trade_source"]
    return {**dict(zip(columns, values, strict=True)), "as_of_date": "2026-11-01"}


def _line(project: Project, seed: str, start: str) -> str:
    path = project.root / "seeds" / f"{seed}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    (number,) = [n for n, line in enumerate(lines, start=1) if line.startswith(start)]
    return f"seeds/{seed}.csv, line {number}, column "


EMPTY = {
    "too_early": (
        _study("too_early", "2005,2006"),
        ("KAZ", "KGZ"),
        "0 of 4 reporter-partner-years kept, 4 lost at trade_flow (no trade reported, 4 rows)",
    ),
    "no_distance": (
        _study("no_distance"),
        ("SSD",),
        "0 of 8 reporter-partner-years kept, 8 lost at regressors (no value for "
        "cbec, lncpi, lnopen, lndist, 6 rows)",
    ),
    "no_indicators": (
        _study("no_indicators"),
        ("TWN",),
        "0 of 8 country-years of index pca_11 kept, 8 lost at indicators (no value for ",
    ),
    "no_flows": (
        _study("no_flows", reporter="DEU", scope="all_reported"),
        (),
        "no pair of its countries has a flow in trade_flows in 2013-2020",
    ),
    "not_in_baci": (
        _study("not_in_baci", reporter="TWN", scope="all_reported", source="baci"),
        (),
        "no pair of its countries has a flow in world_trade in 2013-2020",
    ),
    "not_listed": (
        _study("not_listed", reporter="TWN", source="baci"),
        ("KAZ",),
        "0 of 8 reporter-partner-years kept, 8 lost at trade_flow (BACI lists no trade of TWN in "
        "the year, 8 rows)",
    ),
    "after_baci": (
        _study("after_baci", "2021,2022", reporter="VNM", source="baci"),
        ("KAZ",),
        "2 lost at trade_flow (BACI has no figures after 2020, 2 rows)",
    ),
    "reporter_without_distance": (
        _study("reporter_without_distance", "2019,2019", reporter="MNE", source="baci"),
        ("KAZ",),
        "0 of 1 reporter-partner-years kept, 1 lost at regressors (no value for ",
    ),
    "no_partners": (_study("no_partners"), (), "no partner is listed in study_partners"),
    "one_country_year": (
        _study("one_country_year", "2015,2015"),
        ("KAZ",),
        "0 of 1 reporter-partner-years kept, 1 lost at regressors (no value for cbec, 1 rows)",
    ),
}
"""By study without an answer: its row, its partners and what is told of it."""


@pytest.mark.slow(reason="a part of a build")
def test_study_without_rows_is_refused_with_the_step_that_lost_them(
    rebuilt: Project,
) -> None:
    project = rebuilt
    rows = [row for row, _, _ in EMPTY.values()]
    project.edit_seed("study/studies", rows_like("central_asia", _study("unscaled"), *rows))
    partners = {study: partners for study, (_, partners, _) in EMPTY.items()}
    partners["unscaled"] = ("KAZ", "KGZ", "UZB", "TJK", "TKM")
    listed = [f"{study},{p},1" for study, of_study in partners.items() for p in of_study]
    project.edit_seed("study/study_partners", rows_added(*listed))
    runs = [f"{study},recommended" for study in partners]
    project.edit_seed("study/study_specifications", rows_added(*runs))
    concerned = "stg_study__studies+,+int_gravity__candidates"
    left_out = ("--exclude", "test_type:generic", "test_type:unit")
    result = project.dbt("build", "-s", STUDY_SEEDS, concerned, *left_out)
    assert result.returncode != 0
    told = [line for line in result.stdout.splitlines() if "has a row in the sample" in line]
    assert len(told) == len(EMPTY), result.stdout[-6000:]
    for study, (_, _, text) in EMPTY.items():
        place = _line(project, "study/studies", f"{study},")
        (line,) = [line for line in told if f'{place}default_spec_id: "{study}, ' in line]
        assert text in line
    kept = project.query(
        "select count(*) from gravity.int_gravity__candidates "
        "where study_id = 'unscaled' and lost_step is null"
    )
    assert kept == [(40,)]


def _sentences(connection: duckdb.DuckDBPyConnection, test: str) -> list[str]:
    """What a test tells, joined as after a run."""
    result = connection.execute(test)
    names = [of[0] for of in result.description or []]
    rows = [
        {n: None if v is None else str(v) for n, v in zip(names, row, strict=True)}
        for row in result.fetchall()
    ]
    return of_test("", len(rows), rows).lines


def test_study_whose_default_estimator_cannot_be_had_is_refused(built: Project) -> None:
    (compiled,) = (built.root / "target" / "compiled").rglob("studies_have_an_answer.sql")
    sql = compiled.read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built.database}' as built (read_only)")
        connection.execute("attach ':memory:' as trade_potential")
        for table, source in (
            (
                "staging.stg_study__studies",
                "select *, 'seeds/study/studies.csv' as file_name, "
                "rowid + 2 as file_line from seeds.studies",
            ),
            ("staging.stg_study__gravity_specifications", "from seeds.gravity_specifications"),
            ("gravity.est_gravity_fits", "from gravity.est_gravity_fits"),
            ("marts.fct_trade_potential", "from marts.fct_trade_potential"),
        ):
            connection.execute(f"create schema if not exists trade_potential.{table.split('.')[0]}")
            connection.execute("use built")
            connection.execute(f"create table trade_potential.{table} as {source}")
        connection.execute("use trade_potential")
        assert connection.execute(sql).fetchall() == []
        # five partners are too few for correlated random effects
        connection.execute("update staging.stg_study__studies set default_estimator = 'mundlak'")
        changed = "is_default = (estimator = 'mundlak' and spec_id = 'recommended')"
        connection.execute(f"update marts.fct_trade_potential set {changed}")  # noqa: S608
        found = _sentences(connection, sql)
    assert len(found) == 2
    assert found[0].startswith(
        'seeds/study/studies.csv, line 2, column default_estimator: "central_asia, recommended, '
        "mundlak: too_few_entities (5 partners for 5 coefficients between them: 0 residual"
    )


@pytest.fixture(scope="module")
def refused(built: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """A project with a defect per rule between the study seeds, and what dbt said."""
    project = built.built_copy(tmp_path_factory.mktemp("studies") / "project")

    def overlap(header: list[str], rows: list[list[str]]) -> None:
        rows[1][header.index("k_lower")] = "0.7"

    project.edit_seed("study/potential_classes", overlap)
    project.edit_seed("study/study_partners", rows_added("central_asia,CHN,6"))
    project.edit_seed(
        "study/index_specifications", value_set("min_terms", "12", index_spec_id="pca_11")
    )
    project.edit_seed(
        "study/index_specifications", value_set("min_terms", "2", index_spec_id="study_printed")
    )
    studies = (
        _study("never_run"),
        _study("german", reporter="DEU", scaling="ecommerce_share,100ec_extended"),
        _study("no_series", scaling="ecommerce_share,"),
        _study("unscaled", spec="no_terms"),
        _study("reconciled", scaling="ecommerce_share,100ec_extended", source="baci"),
        _study("scaled_by_the_model", scaling="none,100ec_extended", source="baci"),
        _study("of_few_pairs", spec="structural", source="baci"),
    )
    project.edit_seed("study/studies", rows_like("central_asia", *studies))
    spec = {"spec_id": "no_terms", "outcome_scaling": "ecommerce_share"}
    project.edit_seed("study/gravity_specifications", rows_like("recommended", spec))
    runs = ("german,recommended", "no_series,recommended", "unscaled,no_terms")
    runs += ("scaled_by_the_model,no_terms", "of_few_pairs,structural")
    runs += ("german,structural_index",)
    project.edit_seed("study/study_specifications", rows_added(*runs))
    result = project.dbt("build", "-s", STUDY_SEEDS, *RULES)
    assert result.returncode != 0
    return project, result.stdout


@pytest.mark.parametrize(
    ("seed", "start", "told"),
    [
        (
            "potential_classes",
            "all,potential_expansion,",
            'k_lower: "0.7" (rule: a class begins where',
        ),
        ("study_partners", "central_asia,CHN", 'partner_iso3: "central_asia, CHN" (rule: a part'),
        ("studies", "never_run,", 'default_spec_id: "recommended" (rule: the default spec'),
        ("studies", "german,", 'holds 100ec_2012 of CHN for reporter DEU" (rule: every volume'),
        ("studies", "no_series,", 'ecommerce_series: "" (rule: a study whose outcome is scaled'),
        ("study_specifications", "unscaled,", 'spec_id: "unscaled, no_terms" (rule: a spec'),
        ("studies", "reconciled,", 'trade_source: "baci" (rule: a share of a country\'s own trade'),
        ("study_specifications", "scaled_by_the_model,no_terms", "no_terms of trade_source baci"),
        ("index_specifications", "pca_11,", 'min_terms: "pca_11, 12 of 11, zscore" (rule: the min'),
        (
            "index_specifications",
            "study_printed,",
            '"study_printed, 2 of 3, minmax" (rule: the min',
        ),
        ("gravity_specifications", "no_terms,", 'spec_id: "no_terms" (rule: the specification has'),
        (
            "study_specifications",
            "of_few_pairs,structural",
            'structural: one, listed, total, baci, none, structural" (rule: a structural spec',
        ),
        (
            "study_specifications",
            "german,structural_index",
            'index: one, listed, total, national, ecommerce_share, recommended" (rule: a struct',
        ),
    ],
)
def test_rule_between_study_seeds_names_file_line_and_value(
    refused: tuple[Project, str], seed: str, start: str, told: str
) -> None:
    project, output = refused
    place = _line(project, f"study/{seed}", start)
    assert [line for line in output.splitlines() if place in line and told in line], output[-6000:]
    assert "Traceback" not in output


CLASSES = {
    "as they are": ("low,1,,0.8,f,t", "mid,2,0.8,1.2,f,f", "high,3,1.2,,t,f"),
    "in another order": ("high,3,1.2,,t,f", "low,1,,0.8,f,t", "mid,2,0.8,1.2,f,f"),
    "one for all": ("all,1,,,f,f",),
    "overlap": ("low,1,,0.8,f,t", "mid,2,0.7,1.2,f,f", "high,3,1.2,,t,f"),
    "gap": ("low,1,,0.8,f,t", "mid,2,0.9,1.2,f,f", "high,3,1.2,,t,f"),
    "missing class": ("low,1,,0.8,f,t", "high,3,1.2,,t,f"),
    "no lowest": ("mid,2,0.8,1.2,f,f", "high,3,1.2,,t,f"),
    "no highest": ("low,1,,0.8,f,t", "mid,2,0.8,1.2,f,f"),
    "limit in both": ("low,1,,0.8,f,t", "mid,2,0.8,1.2,t,f", "high,3,1.2,,t,f"),
    "limit in neither": ("low,1,,0.8,f,f", "mid,2,0.8,1.2,f,f", "high,3,1.2,,t,f"),
    "order": ("low,2,,0.8,f,t", "mid,1,0.8,1.2,f,f", "high,3,1.2,,t,f"),
    "two lowest": ("low,1,,0.8,f,t", "mid,2,,1.2,f,f", "high,3,1.2,,t,f"),
    "two highest": ("low,1,,0.8,f,t", "mid,2,0.8,,f,f", "high,3,1.2,,t,f"),
    "none": (),
}
TOLD = {
    "overlap": ['line 3, column k_lower: "0.7" (rule: a class begins where', "these overlap"],
    "gap": ['line 3, column k_lower: "0.9" (rule: a class begins where', "here is a gap"],
    "missing class": ['line 3, column k_lower: "1.2" (rule: a class begins', "here is a gap"],
    "no lowest": ['line 2, column k_lower: "0.8" (rule: the lowest class has no k_lower)'],
    "no highest": ['line 3, column k_upper: "1.2" (rule: the highest class has no k_upper)'],
    "limit in both": ['line 3, column is_lower_inclusive: "true"', "to both"],
    "limit in neither": ['line 3, column is_lower_inclusive: "false"', "to neither"],
    "order": ['line 3, column display_order: "1" (rule: the order is that of the limits)'],
    "two lowest": ['line 3, column k_lower: "" (rule: only the lowest class has no k_lower)'],
    "two highest": ['line 3, column k_upper: "" (rule: only the highest class has no k_upper)'],
    "none": ['"no row of study all" (rule: studies without cuts of their own have'],
}
"""By set of classes that is refused: what the one complaint says."""


@pytest.mark.parametrize("case", CLASSES)
def test_classes_part_every_k_once(refused: tuple[Project, str], case: str) -> None:
    project, _ = refused
    (compiled,) = (project.root / "target" / "compiled").rglob("classes_part_every_k_once.sql")
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as trade_potential")
        connection.execute("create schema trade_potential.staging")
        connection.execute(
            "create table trade_potential.staging.stg_study__potential_classes "
            "(study_id varchar, potential_class varchar, display_order integer, "
            "k_lower double, k_upper double, "
            "is_lower_inclusive boolean, is_upper_inclusive boolean, file_line bigint, "
            "file_name varchar)"
        )
        for line, row in enumerate(CLASSES[case], start=2):
            values = [value or None for value in row.split(",")]
            connection.execute(
                "insert into trade_potential.staging.stg_study__potential_classes "
                "values ('all', ?, ?, ?, ?, ?, ?, ?, 'seeds/study/potential_classes.csv')",
                [*values, line],
            )
        found = _sentences(connection, compiled.read_text(encoding="utf-8"))
    assert len(found) == (case in TOLD), found
    for fragment in TOLD.get(case, ()):
        assert fragment in found[0]
