"""What a release says beside its marts: statement, packages, licence of the figures."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import duckdb
import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from tests.panels import ROOT

from trade_potential.release import ReleaseFolder, complaints, publish
from trade_potential.release.disk import checksum
from trade_potential.release.manifest import versions
from trade_potential.release.packages import Package, required
from trade_potential.release.provenance import begin, look_again, note_inputs
from trade_potential.release.secrets import CUT

SOURCES = """
    select
        'wb' as source_id, 'Indicators' as title, 'A | B' as publisher, 'CC BY 4.0' as licence,
        'A (2020), <i>Indicators</i>' as citation, 'not stated by the source' as url,
        'per observation' as vintage, 'not stated by the source' as retrieved,
        cast(null as varchar) as inputs
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> ReleaseFolder:
    """A release of one mart, of a project of three files and a table elsewhere."""
    project = tmp_path_factory.mktemp("project")
    for name in ("models/m.sql", "seeds/s.csv", "uv.lock"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(name, encoding="utf-8")
    run = begin("run-1", project, {"token": "x", "releases_kept": 3})
    tables = {"exchange_rates": ["table lake.main.rates", 26, "1-2-3-4"]}
    note_inputs("run-1", {}, tables)
    look_again("run-1", tables, {})
    about = {"target": "duckdb", "vars": run.variables, "versions": versions(), "code": run.code}
    published = publish(
        project / "release", {"dim_source": duckdb.sql(SOURCES)},
        session=duckdb.default_connection(), keys={"dim_source": ["source_id"]},
        run_id="run-1", about=about, run=run,
    )  # fmt: skip
    return published.release


@pytest.fixture(scope="module")
def said(release: ReleaseFolder) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((release.folder / "provenance.json").read_bytes())
    return read


def test_the_release_verifies_with_its_papers(release: ReleaseFolder) -> None:
    assert complaints(release) == []
    listed = (release.folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert {line.split("  ")[1] for line in listed} == {
        "DATA_LICENCE.md",
        "manifest.json",
        "marts/dim_source.parquet",
        "provenance.json",
        "sbom.cdx.json",
        "trade_potential.duckdb",
    }


def test_the_statement_is_one_that_others_read(said: dict[str, Any]) -> None:
    read = json_format.ParseDict(said, statement_pb2.Statement())
    Statement.copy_from_pb(read).validate()
    assert read.type == "https://in-toto.io/Statement/v1"
    assert read.predicate_type == "https://slsa.dev/provenance/v1"
    predicate = json_format.ParseDict(said["predicate"], provenance_pb2.Provenance())
    assert predicate.build_definition.build_type
    assert predicate.run_details.metadata.invocation_id == "run-1"
    times = predicate.run_details.metadata
    assert times.started_on.ToDatetime() <= times.finished_on.ToDatetime()


def test_the_subjects_are_the_released_files(release: ReleaseFolder, said: dict[str, Any]) -> None:
    subjects = {of["name"]: of["digest"] for of in said["subject"]}
    there = {
        path.relative_to(release.folder).as_posix()
        for path in release.folder.rglob("*")
        if path.is_file()
    }
    # The statement cannot hold its own checksum, and the list of checksums holds that of all.
    assert subjects.keys() == there - {"provenance.json", "SHA256SUMS"}
    for name, digest in subjects.items():
        assert digest == {"sha256": checksum(release.folder / name)}


def test_the_dependencies_are_what_the_run_began_from(said: dict[str, Any]) -> None:
    definition = said["predicate"]["buildDefinition"]
    of = {held["name"]: held for held in definition["resolvedDependencies"]}
    assert of["seeds/s.csv"]["annotations"] == {"kind": "seed", "bytes": 11}
    assert of["uv.lock"]["annotations"]["kind"] == "lock"
    assert of["models/m.sql"]["annotations"]["kind"] == "code"
    assert of["table lake.main.rates"] == {
        "name": "table lake.main.rates",
        "digest": {"rowsMd5Sum": "1-2-3-4"},
        "annotations": {"kind": "input", "input": "exchange_rates", "rows": 26},
    }
    assert any(name.startswith("installed:trade_potential/") for name in of)
    assert definition["externalParameters"] == {
        "command": "dbt build",
        "target": "duckdb",
        "vars": {"token": CUT, "releases_kept": 3},
    }


def test_manifest_and_statement_say_the_same(release: ReleaseFolder, said: dict[str, Any]) -> None:
    manifest = release.manifest()
    subjects = {of["name"]: of["digest"]["sha256"] for of in said["subject"]}
    del subjects["manifest.json"]
    assert {name: of["sha256"] for name, of in manifest["files"].items()} == subjects
    assert manifest["vars"] == said["predicate"]["buildDefinition"]["externalParameters"]["vars"]
    finished = said["predicate"]["runDetails"]["metadata"]["finishedOn"]
    assert datetime.fromisoformat(manifest["published_at"]) <= datetime.fromisoformat(finished)


def test_the_packages_are_a_valid_bill_of_materials(release: ReleaseFolder) -> None:
    text = (release.folder / "sbom.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    assert bill["metadata"]["component"]["name"] == "trade-potential"
    of = {held["name"]: held for held in bill["components"]}
    for name in ("duckdb", "numpy", "dbt-core", "statsmodels"):
        assert of[name]["version"] == versions()[name]
        assert of[name]["purl"] == f"pkg:pypi/{name}@{versions()[name]}"
        assert of[name]["scope"] == "required"
    assert of["pytest"]["scope"] == "optional"
    asked = {held["ref"]: held.get("dependsOn", []) for held in bill["dependencies"]}
    assert f"numpy@{versions()['numpy']}" in asked[f"pandas@{versions()['pandas']}"]


def test_what_is_required_is_reached_through_what_is_asked_for() -> None:
    asks = {"trade-potential": {"a"}, "a": {"b", "absent"}, "b": {"a"}, "c": {"a"}}
    packages = {n: Package(n, "1", None, frozenset(needs)) for n, needs in asks.items()}
    assert required(packages) == {"trade-potential", "a", "b"}


def test_the_licence_is_written_from_the_sources(release: ReleaseFolder) -> None:
    text = (release.folder / "DATA_LICENCE.md").read_text(encoding="utf-8")
    assert text.endswith(
        "## Indicators\n\nA \\| B (wb)\n\n- Licence: CC BY 4.0\n"
        "- Cite as: A (2020), \\<i\\>Indicators\\</i\\>\n- Page: not stated by the source\n"
        "- Vintage: per observation\n- Read from: not stated by the source\n- Inputs: none\n"
    )


def test_every_input_that_names_a_source_counts_for_it() -> None:
    declared = yaml.safe_load((ROOT / "seeds/inputs/_inputs__seeds.yml").read_text("utf-8"))
    world = yaml.safe_load((ROOT / "inputs/world/_world__sources.yml").read_text("utf-8"))
    tables = declared["seeds"] + world["sources"][0]["tables"]
    wanted = {
        table["name"]
        for table in tables
        if any(column["name"] == "source_id" for column in table["columns"])
    }
    sql = (ROOT / "models/marts/dim_source.sql").read_text("utf-8")
    listed = sql.partition("[")[2].partition("]")[0]
    found = {name.strip(" '") for name in listed.replace("\n", "").split(",") if name.strip()}
    assert found == wanted - {"sources", "indicators"}
