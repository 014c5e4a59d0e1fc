"""World estimates of the last build are kept, and verified like new ones."""

from __future__ import annotations

import duckdb
import pytest
from tests.build.project import Project

pytestmark = pytest.mark.build

PART = "est_structural_fits est_structural_pairs est_audit_structural"


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
