"""What the gate saw is what is used, and what changes while a build runs is not published."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import duckdb
import pytest
from tests.build.project import Project

from trade_potential.release import current_id, released
from trade_potential.release.reproduce import reproduce
from trade_potential.sql.render import text_literal

pytestmark = pytest.mark.build

WORLD = "inputs/world/agreement_spells.parquet"
SWAP = "copy (select * replace ({change}) from {rows}) to {file} (format parquet)"


def _copied(project: Project, seed: str) -> Path:
    """A seed as a Parquet file."""
    path = project.root / "data" / f"{seed}.parquet"
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(project.database, read_only=True) as built:
        built.sql(f"select * from seeds.{seed}").write_parquet(str(path))  # noqa: S608 (names of ours)
    return path


def _swapped(path: Path, change: str) -> None:
    """Other figures in the place of a file."""
    rows = duckdb.read_parquet(str(path))
    other = rows.select(f"* replace ({change})")
    other.write_parquet(f"{path}.new")
    Path(f"{path}.new").replace(path)


@pytest.mark.slow(reason="a part of a build")
def test_rows_that_were_loaded_stay_though_their_file_is_swapped(rebuilt: Project) -> None:
    rates = _copied(rebuilt, "exchange_rates")
    given = json.dumps({"inputs": {"exchange_rates": {"parquet": "data/*.parquet"}}})
    names = ["stg_inputs__exchange_rates", "gate_exchange_rates"]
    names += ["stg_inputs__agreement_spells", "gate_agreement_spells"]
    result = rebuilt.dbt("run", "--select", *names, "--vars", given)
    assert result.returncode == 0, result.stdout
    schemas = ["staging", "quality"] * 2
    asked = [f"from {schema}.{of} order by all" for schema, of in zip(schemas, names, strict=True)]
    before = [rebuilt.query(sql) for sql in asked]
    assert all(before)
    _swapped(rates, "lcu_per_usd * 2 as lcu_per_usd")
    _swapped(rebuilt.root / WORLD, "'PSA' as agreement_type")
    assert [rebuilt.query(sql) for sql in asked] == before


@pytest.mark.rare(reason="a whole build of other inputs; test_inputs_build.py has one")
def test_what_is_swapped_after_the_gate_is_not_published(built: Project, tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project")
    (project.root / "data").mkdir()
    with duckdb.connect(project.root / "data" / "lake.duckdb") as lake:
        lake.execute(f"attach {text_literal(str(built.database))} as built (read_only)")
        lake.execute("create table rates as from built.seeds.exchange_rates")
        flows = project.root / "data" / "flows.parquet"
        lake.sql("from built.seeds.trade_flows").write_parquet(str(flows))
    profile = project.root / "profiles" / "profiles.yml"
    text = profile.read_text(encoding="utf-8")
    attach = "      type: duckdb\n      attach: [{path: data/lake.duckdb, alias: lake}]\n"
    profile.write_text(text.replace("      type: duckdb\n", attach), encoding="utf-8")
    # The gate has judged its inputs when its own hook runs.
    hooks = [
        SWAP.format(change="trade_usd * 2 as trade_usd", rows="staging.stg_inputs__trade_flows",
                    file=text_literal(str(flows))),
        "update lake.main.rates set lcu_per_usd = lcu_per_usd * 2 where year = 2015",
        SWAP.format(change="'PSA' as agreement_type",
                    rows=f"read_parquet({text_literal(str(project.root / WORLD))})",
                    file=text_literal(str(project.root / WORLD))),
    ]  # fmt: skip
    settings = project.root / "dbt_project.yml"
    text = settings.read_text(encoding="utf-8")
    after = [{"sql": sql, "transaction": False} for sql in hooks]
    gate = f"gate_results: {{+post-hook: {json.dumps(after)}}}"
    swap = f"    quality:\n      +schema: quality\n      {gate}\n"
    settings.write_text(text.replace("    quality: {+schema: quality}\n", swap), encoding="utf-8")
    inputs = {"trade_flows": {"parquet": "data/flows.parquet"},
              "exchange_rates": {"table": "lake.main.rates"}}  # fmt: skip
    result = project.dbt("build", "--vars", json.dumps({"inputs": inputs}))
    assert result.returncode == 1, result.stdout[-5000:]
    said = result.stdout.partition("Rejected by release_is_published")[2]
    assert f"{flows}: has changed since the run began" in said
    assert f"{WORLD}: has changed since the run began" in said
    assert "table lake.main.rates: held 26 rows with the checksum " in said
    assert "table lake.main.rates: the 26 rows that were loaded are not the 26 rows there" in said
    assert "Traceback" not in result.stdout
    assert released(project.root / "release") == []
    assert current_id(project.root / "release") is None
    # Everything below the gate has the figures that it saw.
    with duckdb.connect(project.database, read_only=True) as found:
        found.execute(f"attach {text_literal(str(built.database))} as built (read_only)")
        asked = "select count(*) from (from {0}quality.gate_{1} except from {2}quality.gate_{1})"
        for name in ("trade_flows", "exchange_rates"):
            sql = asked.format("", name, "built.")
            assert found.sql(sql).fetchall() == [(0,)], name


@pytest.mark.rare(reason="two whole builds; tests/unit/test_release_reproduce.py builds again, too")
def test_a_release_is_built_again_byte_by_byte(built: Project, tmp_path: Path) -> None:
    project = Project.copied_to(tmp_path / "project", parsed=built)
    (project.root / ".gitignore").write_text("/warehouse/\n/target/\n/logs/\n/release/\n", "utf-8")
    named = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    for arguments in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "one")):
        subprocess.run(["git", *named, *arguments], cwd=project.root, check=True)
    result = project.build()
    assert result.returncode == 0, result.stdout[-5000:]
    found = reproduce(released(project.root / "release")[-1], project.root)
    assert found.is_same, found
    assert found.database in ("identical", "same_tables")
