"""The world of a build is verified, also where its estimates are those of the build before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from tests.build.project import ROOT, Project

from trade_potential.audit.structural import models

pytestmark = pytest.mark.build

PART = "est_structural_fits est_structural_pairs est_audit_structural"


@pytest.mark.slow(reason="the world is estimated again")
def test_a_kept_estimate_that_is_damaged_is_refused_and_made_anew(rebuilt: Project) -> None:
    with duckdb.connect(rebuilt.database) as warehouse:
        warehouse.execute(
            "update structural.est_structural_pairs set predicted_usd = predicted_usd * 1.000001 "
            "where spec_id = 'structural' and year = 2019 "
            "and exporter_iso3 = 'CHN' and importer_iso3 = 'KGZ'"
        )
    damaged = rebuilt.dbt("build", "-s", *PART.split())
    assert damaged.returncode == 1
    assert "Kept the estimate of world, structural of " in damaged.stdout
    assert "Rejected by structural_audit_agrees" in damaged.stdout
    assert "CHN to KGZ, 2019" in damaged.stdout
    anew = rebuilt.dbt("build", "--full-refresh", "-s", *PART.split())
    assert anew.returncode == 0, anew.stdout
    assert "Kept the estimate" not in anew.stdout


def test_a_build_compares_the_world_in_every_number(built: Project) -> None:
    rows = built.query(
        "select quantity, count(*) from marts.fct_audit_results "
        "where estimator = 'ppml_structural' and status = 'agrees' group by quantity"
    )
    counts: dict[Any, Any] = dict(rows)
    assert counts["predicted_usd"] == 2 + 1  # two specifications, and the answers
    assert counts["score"] == counts["coefficient"] == counts["std_error"] == 7 + 8
    assert counts["predicted_pair_out_usd"] == models.PAIRS_LEFT_OUT + 1
    assert counts["k_lasting"] == 2  # of both flows
    assert counts["k_lasting_median"] == counts["lasting_class"] == 2 + 1  # and repeated
    assert counts["k_percentile"] == counts["potential_class"] == 1
    assert counts["n_lost"] == 2
    assert built.query(
        "select count(*) from marts.fct_audit_results "
        "where estimator = 'ppml_structural' and status <> 'agrees'"
    ) == [(0,)]


def test_a_structural_study_without_an_answer_is_refused(built: Project) -> None:
    (compiled,) = (built.root / "target" / "compiled").rglob(
        "structural_studies_have_an_answer.sql"
    )
    with duckdb.connect() as memory:
        memory.execute("attach ':memory:' as trade_potential")
        memory.execute("use trade_potential")
        for schema, table, columns in (
            (
                "staging",
                "stg_study__studies",
                "'world' study_id, 'a' default_spec_id, "
                "'seeds/study/studies.csv' file_name, 5 file_line",
            ),
            (
                "structural",
                "est_structural_fits",
                "'world' study_id, 'a' spec_id, 'no_rows' status, 'none is left' reason",
            ),
            ("structural", "est_structural_pairs", "'world' study_id, 'a' spec_id"),
        ):
            memory.execute(f"create schema if not exists {schema}")
            memory.execute(f"create table {schema}.{table} as select {columns}")
        test = compiled.read_text(encoding="utf-8")
        assert memory.execute(test).fetchall() == []
        memory.execute("delete from structural.est_structural_pairs")
        (told,) = memory.execute(test).fetchall()
    assert told[:5] == (
        "seeds/study/studies.csv",
        5,
        "world",
        "default_spec_id",
        "world, a: no_rows (none is left)",
    )


@pytest.mark.slow(reason="thirty pairs of the world are left out again")
def test_thirty_pairs_left_out_are_confirmed(
    built: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "PAIRS_LEFT_OUT", 30)
    adapter: dict[str, Any] = {}
    code = (ROOT / "python_models" / "audit" / "est_audit_structural.py").read_text("utf-8")
    exec(compile(code, "est_audit_structural.py", "exec"), adapter)  # noqa: S102
    with duckdb.connect(built.database, read_only=True) as session:
        tables = "select table_name, table_schema from information_schema.tables"
        schemas = dict(session.execute(tables).fetchall())
        dbt = SimpleNamespace(
            config=lambda **_: None,
            ref=lambda name: session.sql(f"from {schemas[name]}.{name}"),
        )
        found = adapter["model"](dbt, session)
    left_out = found[found["quantity"] == "predicted_pair_out_usd"]
    assert len(left_out) == 30
    assert set(found["status"]) == {"agrees"}
