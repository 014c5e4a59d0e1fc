"""Builds that read Parquet files and tables instead of seeds: equal answers, refusals by name."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.build.project import Project

from trade_potential.release import current_id

pytestmark = [pytest.mark.build, pytest.mark.slow(reason="a build of its own, of other inputs")]

INPUTS = {
    "trade_flows": {"parquet": "data/flows"},
    "country_pairs": {"parquet": "data/it's pairs"},
    "exchange_rates": {"table": "lake.main.rates"},
    "agreement_spells": {"parquet": "data/spells"},
}


def _write(seeds: Project, root: Path) -> None:
    """The inputs outside: by year and flow, in two files, in another database, by type."""
    data = root / "data"
    pairs = data / "it's pairs"
    (pairs / "more").mkdir(parents=True)
    with duckdb.connect() as lake:
        lake.execute(f"attach '{seeds.database}' as built (read_only)")
        lake.execute(
            f"copy (select * replace (cast(year as bigint) as year) from built.seeds.trade_flows) "  # noqa: S608
            f"to '{data}/flows' (format parquet, partition_by (year, flow))"
        )
        for number, name in enumerate(("a", "more/b")):
            path = str(pairs / f"{name}.parquet").replace("'", "''")
            lake.execute(
                "copy (select * from built.seeds.country_pairs "  # noqa: S608
                f"where rowid % 2 = {number}) to '{path}' (format parquet)"
            )
        lake.execute(
            f"copy (from '{root}/inputs/world/agreement_spells.parquet') to '{data}/spells' "
            "(format parquet, partition_by (agreement_type))"
        )
        lake.execute(f"attach '{data}/lake.duckdb' as lake")
        lake.execute(
            "create table lake.main.rates as select * replace (cast(lcu_per_usd as "
            "decimal(30, 17)) as lcu_per_usd) from built.seeds.exchange_rates"
        )


def _attached(root: Path) -> None:
    """The profile names the other database, as whoever reads a table of one does."""
    profiles = root / "profiles" / "profiles.yml"
    text = profiles.read_text(encoding="utf-8")
    attach = "attach: [{path: data/lake.duckdb, alias: lake, read_only: true}]"
    duckdb_output = "      type: duckdb\n"
    assert duckdb_output in text
    text = text.replace(duckdb_output, f"{duckdb_output}      {attach}\n")
    profiles.write_text(text, encoding="utf-8")


def _vars(**more: object) -> tuple[str, str]:
    return "--vars", json.dumps({"inputs": INPUTS, **more})


def _reading_outside(built: Project, root: Path, *, whole_world: bool = False) -> Project:
    """A project, never built, with inputs outside the seeds and the files of the world."""
    project = Project.copied_to(root, whole_world=whole_world)
    _write(built, root)
    _attached(root)
    parsed = project.dbt("parse", *_vars())
    assert parsed.returncode == 0, parsed.stdout
    return project


@pytest.fixture(scope="module")
def outside(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Such a project, whose world is small."""
    return _reading_outside(built, tmp_path_factory.mktemp("outside") / "project")


def test_the_same_rows_give_the_same_marts(built: Project, tmp_path: Path) -> None:
    project = _reading_outside(built, tmp_path / "project", whole_world=True)
    # The pairs are sampled, the profile is that of all rows. Orchestrators select all by fqn:*.
    result = project.dbt("build", "--select", "fqn:*", *_vars(gate_max_rows=5000))
    assert result.returncode == 0, result.stdout[-5000:]
    assert not (project.root / "target" / "complaints.json").exists()
    assert current_id(project.root / "release") is not None
    wanted, found = built.mart_sums(), project.mart_sums()
    assert found.keys() == wanted.keys()
    # What the gate looked at is another, and the audit of the marts holds its figures. What is
    # stored rests on the first twelve digits of figures, and stands.
    looked_at = {"fct_quality_results", "fct_audit_results"}
    assert {mart for mart in wanted if found[mart] != wanted[mart]} == looked_at
    assert project.query("select distinct status from marts.fct_multiverse") == [("ok",)]
    # Of the others each says the same: from CSV the last bit of a figure may be another.
    said = "select study_id, spec_id, estimator, covariance, quantity, reference, status"
    others = (
        f"{said} from marts.fct_audit_results where quantity not like 'fct_quality_results.%' "
        "and quantity not like 'fct_track_record.%'"
    )
    assert sorted(map(str, project.query(others))) == sorted(map(str, built.query(others)))
    places = dict(project.query("select distinct suite, file from marts.fct_quality_results"))
    assert places["trade_flows"] == f"{project.root}/data/flows/**/*.parquet"
    assert places["country_pairs"] == f"{project.root}/data/it's pairs/**/*.parquet"
    assert places["exchange_rates"] == "table lake.main.rates"
    assert places["agreement_spells"] == f"{project.root}/data/spells/**/*.parquet"
    assert places["world_trade"] == "inputs/world/world_trade.parquet"
    assert places["oil_prices"] == "seeds/inputs/oil_prices.csv"
    assert f"{project.root}/data/flows/" in result.stdout  # a warning names its file
    sampled = project.query(
        "select suite, min(rows_checked) < min(rows_total), min(rows_total) "
        "from marts.fct_quality_results where observed like '%a sample: %' group by suite "
        "order by suite"
    )
    assert sampled == [("observations", True, 65190), ("trade_flows", True, 7198)]


def _rewrite(path: Path, columns: str) -> None:
    with duckdb.connect() as lake:
        quoted = str(path).replace("'", "''")
        source = f"read_parquet('{quoted}', hive_partitioning = false)"
        lake.execute(f"create table rows as select {columns} from {source}")  # noqa: S608
        lake.execute(f"copy rows to '{quoted}' (format parquet)")


def _widen(path: Path, column: str) -> None:
    """Store a number as a decimal that DuckDB would misread as a float."""
    table = pq.read_table(path)
    wide = table[column].cast(pa.decimal256(60, 20))
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, wide), path)


def _flows(project: Project, year: int, flow: str) -> Path:
    (path,) = (project.root / "data" / "flows" / f"year={year}" / f"flow={flow}").glob("*.parquet")
    return path


def _rates(project: Project, change: str) -> None:
    with duckdb.connect(project.root / "data" / "lake.duckdb") as lake:
        lake.execute(change)


def _row(path: Path, partner: str) -> int:
    with duckdb.connect() as lake:
        found = lake.execute(
            "select file_row_number + 1 from read_parquet(?) where partner_code = ?",
            [str(path), partner],
        ).fetchone()
    assert found
    return int(found[0])


def _assert_named(output: str, *complaints: tuple[str, ...]) -> None:
    lines = output.splitlines()
    unnamed = [c for c in complaints if not any(all(part in line for part in c) for line in lines)]
    assert unnamed == [], output[-6000:]
    assert "Traceback" not in output


def test_columns_types_and_values_are_refused_before_anything_is_run(
    outside: Project, tmp_path: Path
) -> None:
    project = outside.built_copy(tmp_path / "project")
    exports = _flows(project, 2015, "export")
    whole = exports.read_bytes()
    exports.write_bytes(whole[:-1])
    result = project.dbt("build", *_vars())
    assert result.returncode == 2
    _assert_named(result.stdout, (f'{exports}: "no readable Parquet file', "(rule: every file"))
    assert project.mart_count() == 0
    exports.write_bytes(whole)
    row = _row(exports, "KAZ")
    _rewrite(exports, "* replace (if(partner_code = 'KAZ', 'inf', trade_usd) as trade_usd)")
    wrong_year = exports.parents[1].rename(exports.parents[2] / "year=20156000000")
    wrong_place = wrong_year / exports.parent.name / exports.name
    imports = _flows(project, 2016, "import")
    _rewrite(imports, "* exclude (valuation), cast(trade_usd as varchar) as tradeusd")
    pairs = project.root / "data" / "it's pairs" / "a.parquet"
    _rewrite(pairs, "* replace (cast(distance_km as varchar) as distance_km)")
    more_pairs = project.root / "data" / "it's pairs" / "more" / "b.parquet"
    _widen(more_pairs, "distance_km")
    _rates(project, "alter table rates alter year type bigint")
    _rates(project, "update rates set year = 20150000000 where year = 2015")
    result = project.dbt("build", *_vars())
    assert result.returncode == 2
    _assert_named(
        result.stdout,
        (f"{imports}, column valuation: ", "the column is missing", "(rule: "),
        (f"{imports}, column tradeusd: ", "the column is unknown", "(rule: "),
        (f"{pairs}, column distance_km: ", "VARCHAR", "(rule: the type of a number is"),
        (f"{more_pairs}, column distance_km: ", "DECIMAL(60,20)", "at most 38 digits"),
        ("table lake.main.rates, key CHN, 20150000000, column year: ", "(rule: a whole number"),
    )
    assert project.mart_count() == 0
    _rewrite(imports, "* exclude (tradeusd), 'CIF' as valuation")
    result = project.dbt("build", *_vars())
    assert result.returncode == 2
    _assert_named(
        result.stdout,
        (f"{wrong_place}, row {row}, column trade_usd: ", "inf", "(rule: a number is finite"),
        (f"{wrong_place}, row 1, column year: ", "20156000000", "(rule: a whole number"),
    )
    listed = json.loads((project.root / "target" / "complaints.json").read_text())["complaints"]
    of_file = [of for of in listed if of["file"] == str(wrong_place)]
    assert {(of["row"], of["column"], of["value"]) for of in of_file} >= {
        (row, "trade_usd", "inf"),
        (1, "year", "20156000000"),
    }
    assert project.mart_count() == 0


def test_keys_and_codes_are_refused_by_file_and_row(outside: Project, tmp_path: Path) -> None:
    project = outside.built_copy(tmp_path / "project")
    exports, imports = _flows(project, 2015, "export"), _flows(project, 2015, "import")
    row = _row(exports, "KAZ")
    _rewrite(exports, "* replace (if(partner_code = 'KAZ', 'QQQ', partner_code) as partner_code)")
    _rewrite(imports, "* replace (if(partner_code = 'KAZ', null, trade_usd) as trade_usd)")
    pairs = project.root / "data" / "it's pairs"
    shutil.copy(pairs / "a.parquet", pairs / "z.parquet")
    _rates(project, "insert into rates from rates where year = 2015")
    result = project.dbt("build", *_vars())
    assert result.returncode == 1
    listed = json.loads((project.root / "target" / "complaints.json").read_text())["complaints"]
    assert {
        "file": str(exports), "row": row, "key": "CHN, QQQ, export, 2015",
        "column": "partner_code", "value": "QQQ",
        "rule": "the code is a country_iso3 of seeds/inputs/countries.csv or a source_code of "
        "seeds/inputs/country_code_mappings.csv",
    } in listed  # fmt: skip
    assert len([of for of in listed if of["file"] == "table lake.main.rates"]) == 1
    _assert_named(
        result.stdout,
        (f'{exports}, row {row}, column partner_code: "QQQ"', "(rule: the code is"),
        (f"{imports}, row {_row(imports, 'KAZ')}, column trade_usd: ", "(rule: the value is"),
        (f"{pairs}/z.parquet, row 1, column reporter_code, partner_code: ", "the key is unique"),
        ("table lake.main.rates, key CHN, 2015, column country_code, year: ", "key is unique"),
    )
    told = re.findall(r"z\.parquet, row (\d+),", result.stdout)
    assert told == [str(place) for place in range(1, 51)]  # of 112 copies
    assert project.mart_count() == 0


def test_the_gate_refuses_by_file_and_row_what_its_sample_holds(
    outside: Project, tmp_path: Path
) -> None:
    project = outside.built_copy(tmp_path / "project")
    exports = _flows(project, 2015, "export")
    row = _row(exports, "KAZ")
    _rewrite(exports, "* replace (if(partner_code = 'KAZ', -7, trade_usd) as trade_usd)")
    _rates(project, "update rates set lcu_per_usd = 0 where year = 2015")
    (unions,) = (project.root / "data" / "spells" / "agreement_type=CU").glob("*.parquet")
    _rewrite(unions, "* replace (from_year - 1 as to_year)")
    result = project.dbt("build", *_vars(gate_max_rows=1000))
    assert result.returncode == 1
    _assert_named(
        result.stdout,
        (f"{exports}, row {row}, column trade_usd: CHN, KAZ, export, 2015 = -7", "(rule: trade"),
        ("table lake.main.rates, key, column lcu_per_usd: CHN, 2015 = 0", "(rule: 0 < rate"),
        (f"{unions}, row 1, column spell_years: ", " = 0; ", "(rule: a spell ends no earlier"),
    )
    listed = json.loads((project.root / "target" / "complaints.json").read_text())["complaints"]
    shown = {(of["file"], of["row"], of["key"], of["value"]) for of in listed}
    assert (str(exports), row, "CHN, KAZ, export, 2015", "-7") in shown
    assert ("table lake.main.rates", None, "CHN, 2015", "0") in shown
    assert project.mart_count() == 0


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (
            {"trade_flow": {"parquet": "x"}},
            "names trade_flow, which is none of acknowledged_warnings, agreement_spells, ",
        ),
        ({"trade_flows": {"parquet": "data/none"}}, "data/none/**/*.parquet, and there is no such"),
        ({"trade_flows": {"table": "seeds.none"}}, "table is seeds.none, and there is none"),
        (
            {"trade_flows": {"parquet": "https://example.org/a.parquet"}},
            "its extension httpfs, which is not installed, and fetches none (config_options: ",
        ),
    ],
)
def test_what_cannot_be_had_is_named(
    inputs: dict[str, object],
    said: str,
    outside: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # where DuckDB has its extensions
    result = outside.dbt("build", "--vars", json.dumps({"inputs": inputs}))
    assert result.returncode == 2
    assert "the var inputs " in result.stdout
    assert said in result.stdout
    assert "Traceback" not in result.stdout
