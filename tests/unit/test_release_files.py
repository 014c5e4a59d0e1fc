"""What a release holds so that it explains itself: comments, data package, lineage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from jsonschema import Draft4Validator
from tests.explained import KEYS, ROWS, released, texts
from tests.releases import KEYS as OTHER_KEYS
from tests.releases import marts as other_marts

from trade_potential.errors import ReleaseError
from trade_potential.release import ReleaseFolder, complaints, export, publish, restore
from trade_potential.release.csv_files import write_csv
from trade_potential.release.mart_files import Content, opened
from trade_potential.release.units import NONE, unit_of

SCHEMAS = Path(__file__).parent / "datapackage"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> ReleaseFolder:
    return released(tmp_path_factory.mktemp("releases"))[0]


@pytest.fixture(scope="module")
def package(release: ReleaseFolder) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((release.folder / "datapackage.json").read_bytes())
    return read


@pytest.fixture
def database(release: ReleaseFolder) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(release.folder / "trade_potential.duckdb"), read_only=True) as opened:
        yield opened


def test_the_files_are_those_of_the_release(release: ReleaseFolder, tmp_path: Path) -> None:
    assert complaints(release) == []
    wanted = {
        *("trade_potential.xlsx", "datapackage.json", "csv/rpt_odd.csv", "csv/dim_study.csv"),
        *("csv/dim_source.csv", "csv/rpt_answer_newest_year.csv"),
    }
    assert wanted <= release.manifest()["files"].keys()
    sums = (release.folder / "SHA256SUMS").read_text(encoding="utf-8")
    assert all(f"  {name}\n" in sums for name in wanted)
    assert "csv/fct_other.csv" not in sums
    export(release.folder.parent, "current", tmp_path / "a.tar")
    again, _ = restore(tmp_path / "other", tmp_path / "a.tar")
    assert again.manifest()["files"] == release.manifest()["files"]


def test_every_table_and_column_has_its_comment(database: duckdb.DuckDBPyConnection) -> None:
    tables = dict(database.sql("select table_name, comment from duckdb_tables()").fetchall())
    assert tables == {mart: f"What a row of {mart} is; it's one." for mart in ROWS}
    columns = database.sql("select table_name, column_name, comment from duckdb_columns()")
    found = columns.filter("comment is not null").fetchall()
    assert {(mart, name): said for mart, name, said in found} == {
        (mart, name): f"{name} of {mart}"
        for mart, sql in ROWS.items()
        for name in duckdb.sql(sql).columns
    }


def test_another_text_makes_another_database(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("trade_potential.release.share.SHARED_BYTES", 1)
    first, _ = released(tmp_path)
    same, _ = released(tmp_path, "run-2")
    other, _ = released(tmp_path, "run-3", texts("New."))
    files = [of.folder / "trade_potential.duckdb" for of in (first, same, other)]
    assert files[0].samefile(files[1])
    assert not files[0].samefile(files[2])
    with duckdb.connect(str(files[2]), read_only=True) as opened:
        said = opened.sql("select distinct comment like '%New.' from duckdb_tables()").fetchall()
    assert said == [(True,)]
    table = "csv/rpt_odd.csv"
    assert (first.folder / table).samefile(other.folder / table)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda t: t.pop("rpt_odd"), r"no description of rpt_odd, rpt_odd\.row_id, .*"),
        (lambda t: t["rpt_odd"].update(description=" \n"), r"no description of rpt_odd: write"),
        (lambda t: t["rpt_odd"]["columns"].update(note=""), r"no description of rpt_odd\.note: "),
        (
            lambda t: t["rpt_odd"].update(references=[{"columns": ["x"], "mart": "dim_study"}]),
            r"rpt_odd: refers to dim_study by x = x; .* rpt_odd\.x, dim_study\.x \(config",
        ),
        (
            lambda t: t["rpt_odd"].update(references=[{"columns": ["note"], "mart": "dim_no"}]),
            r"refers to dim_no by note = note; .* dim_no\.note \(config",
        ),
    ],
)
def test_what_is_not_described_is_refused(tmp_path: Path, change: Any, complaint: str) -> None:
    said = texts()
    change(said)
    with pytest.raises(ReleaseError, match=complaint):
        released(tmp_path, said=said)
    assert not (tmp_path / "current").exists()


def test_a_release_without_texts_has_tables_only(tmp_path: Path) -> None:
    session = duckdb.connect()
    published = publish(
        tmp_path, other_marts(connection=session), session=session, keys=OTHER_KEYS,
        run_id="run-1", about={},
    )  # fmt: skip
    files = published.release.manifest()["files"]
    assert {name for name in files if not name.startswith("marts/")} == {"trade_potential.duckdb"}


def test_the_data_package_is_one_by_the_official_schema(package: dict[str, Any]) -> None:
    Draft4Validator(json.loads((SCHEMAS / "data-package.json").read_bytes())).validate(package)
    tabular = json.loads((SCHEMAS / "tabular-data-resource.json").read_bytes())
    for resource in package["resources"]:
        if resource["profile"] == "tabular-data-resource":
            Draft4Validator(tabular).validate(resource)
        # The schema of a table asks the same of columns, key and references of Parquet.
        Draft4Validator(tabular["properties"]["schema"]).validate(resource["schema"])


def test_the_data_package_describes_every_file(
    release: ReleaseFolder, package: dict[str, Any]
) -> None:
    manifest = release.manifest()
    of = {resource["name"]: resource for resource in package["resources"]}
    assert len(of) == len(package["resources"])
    files = {name for name in manifest["files"] if name.startswith(("marts/", "csv/"))}
    assert {resource["path"] for resource in of.values()} == files
    for resource in of.values():
        said = manifest["files"][resource["path"]]
        assert resource["bytes"] == said["bytes"]
        assert resource["hash"] == f"sha256:{said['sha256']}"
        mart = resource["name"].removesuffix("_csv")
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert names == [column["name"] for column in manifest["marts"][mart]["columns"]]
        assert resource["schema"]["primaryKey"] == KEYS[mart]
    fields = {field["name"]: field for field in of["rpt_odd"]["schema"]["fields"]}
    types = {name: field["type"] for name, field in fields.items()}
    assert types == {
        "row_id": "integer", "note": "string", "is_x": "boolean", "seen_date": "date",
        "some_share": "number",
    }  # fmt: skip
    assert fields["some_share"]["unit"] == "share, 0 to 1"
    assert fields["note"] == {
        "name": "note", "type": "string", "title": "Note", "description": "note of rpt_odd",
        "unit": "none",
    }  # fmt: skip
    (key,) = of["rpt_answer_csv"]["schema"]["foreignKeys"]
    assert key["reference"] == {"resource": "dim_study_csv", "fields": ["study_id"]}
    (key,) = of["fct_other"]["schema"]["foreignKeys"]
    assert key == {
        "fields": ["source_id"],
        "reference": {"resource": "dim_source", "fields": ["source_id"]},
    }
    assert of["rpt_answer_csv"]["description"].startswith("Only the year 2020, the newest with")
    assert package["sources"] == [
        {
            "title": "A | B: Indicators", "path": "https://example.org/x", "source_id": "wb",
            "licence": "CC BY 4.0",
        }
    ]  # fmt: skip
    assert package["licenses"][0]["path"] == "DATA_LICENCE.md"


def test_units_follow_from_names() -> None:
    wanted = {
        "actual_usd": "US$", "actual_usd_mn": "million US$", "exports_pct_gdp": "% of GDP",
        "k_median_ratio": "ratio", "latitude_deg": "degrees", "n_obs": "number",
        "horizon_years": "years", "share_same_class": NONE, "usd_note": NONE,
    }  # fmt: skip
    assert {name: unit_of(name) for name in wanted} == wanted


MANIFEST = {
    "metadata": {
        "invocation_id": "run-1", "adapter_type": "duckdb", "project_name": "trade_potential",
        "generated_at": "2026-11-30T00:00:00Z", "user_id": "somebody", "env": {"X": "y"},
    },
    "nodes": {
        "model.trade_potential.rpt_odd": {
            "schema": "main", "alias": "rpt_odd", "database": "memory", "description": "a</script>",
            "root_path": "/srv/somewhere", "created_at": 1.5,
            "config": {"meta": {"token": "hunter2"}},
        },
    },
    "sources": {}, "disabled": {"x": ["/srv/somewhere"]},
    "macros": {
        "macro.dbt.x": {"package_name": "dbt"}, "macro.t.y": {"package_name": "trade_potential"},
    },
}  # fmt: skip
"""As dbt writes it, a page shorter."""


@pytest.mark.parametrize(
    ("change", "is_there"),
    [({}, True), ({"adapter_type": "spark"}, False), ({"invocation_id": "run-0"}, False)],
)
def test_lineage_is_the_page_of_dbt_of_this_run(
    tmp_path: Path, change: dict[str, str], is_there: bool
) -> None:
    metadata = {**MANIFEST["metadata"], **change}
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps({**MANIFEST, "metadata": metadata}), encoding="utf-8")
    folder = released(tmp_path / "r", dbt_manifest=file, invocation_id="run-1")[0].folder
    page = folder / "lineage.html"
    assert page.exists() == is_there
    if not is_there:
        return
    text = page.read_text(encoding="utf-8")
    assert 'INLINE DATA"' not in text
    assert '"model.trade_potential.rpt_odd"' in text
    assert "a<\\/script>" in text
    assert '"some_share": {"comment": null, "index": 5, "name": "some_share", "type": "DOUBLE"' in (
        text
    )
    assert '"macro.t.y"' in text
    for unwanted in ("/srv/somewhere", "somebody", "hunter2", "2026-11-30T00", "macro.dbt.x"):
        assert unwanted not in text


def test_a_release_without_the_manifest_of_dbt_has_no_lineage(tmp_path: Path) -> None:
    folder = released(tmp_path, dbt_manifest=tmp_path / "none.json")[0].folder
    assert not (folder / "lineage.html").exists()


def test_rows_of_a_long_csv_are_in_the_order_of_the_key(tmp_path: Path) -> None:
    """Threads read parts of a long Parquet file: which comes first is told, not left to them."""
    (tmp_path / "marts").mkdir()
    with opened() as memory:
        rows = memory.sql(
            "select range::integer as row_id, (2008 + range % 13)::integer as year, "
            "0.5::double as k_ratio, repeat('x', 300) as note from range(500000)"
        )
        rows.write_parquet(str(tmp_path / "marts" / "rpt_answer.parquet"))
        kinds = ("INTEGER", "INTEGER", "DOUBLE", "VARCHAR")
        held = {"rpt_answer": Content(tuple(zip(rows.columns, kinds, strict=True)), 500_000, 0)}
        file = write_csv(memory, tmp_path, held, {"rpt_answer": ["row_id"]})["rpt_answer"]
    lines = (tmp_path / file.path).read_text(encoding="utf-8-sig").splitlines()
    assert [int(line.split(",")[0]) for line in lines[1:]] == list(range(12, 500_000, 13))
