"""What dbt and dbt-duckdb load of ours before they run anything."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
import yaml
from dbt_common.exceptions import DbtRuntimeError
from tests.panels import ROOT

import dbt_trade_potential
from dbt import selected_resources
from dbt_trade_potential import SeedFiles
from dbt_trade_potential.on_duckdb import Plugin

OFF = {"autoinstall_known_extensions": False}


def connecting(path: str, config: dict[str, Any], **more: Any) -> None:
    """What dbt-duckdb asks the plugin before it connects."""
    credentials: Any = SimpleNamespace(path=path, **{"extensions": None, "attach": None, **more})
    Plugin("on_duckdb", {}).update_connection_config(credentials, config)


def test_the_profile_loads_the_plugin_and_fetches_no_extension() -> None:
    profile = yaml.safe_load((ROOT / "profiles" / "profiles.yml").read_text(encoding="utf-8"))
    output = profile["trade_potential"]["outputs"]["duckdb"]
    assert output["plugins"] == [{"module": Plugin.__module__}]
    assert output["config_options"] == OFF


def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    path = tmp_path / "it's" / "deep" / "x.duckdb"
    for _ in range(2):
        connecting(str(path), OFF)
    duckdb.connect(path).close()
    assert path.is_file()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "sub" / "x.duckdb"
    with pytest.raises(DbtRuntimeError, match=r"its folder .*/file/sub cannot be made: Not a dir"):
        connecting(str(path), OFF)


def test_a_folder_that_duckdb_cannot_write_in_is_named_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "why?" / "x.duckdb"
    with pytest.raises(DbtRuntimeError, match=r"x\.duckdb: .* path has a \?, such as .*/why\?"):
        connecting(str(path), OFF)
    assert not list(tmp_path.iterdir())


def test_a_database_in_memory_needs_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    connecting(":memory:", OFF)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "extension"),
    [("md:flows", "motherduck"), ("ducklake:a.ducklake", "ducklake"), ("sqlite:a.db", "sqlite_sc")],
)
def test_no_extension_is_fetched_for_a_database(
    path: str, extension: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # where extensions are installed
    with pytest.raises(
        DbtRuntimeError, match=f"TRADE_POTENTIAL_DUCKDB.* its extension {extension}"
    ):
        connecting(path, OFF)
    attached = [SimpleNamespace(path=path)]
    with pytest.raises(DbtRuntimeError, match=f"attach .* is {path}: .* its extension {extension}"):
        connecting(":memory:", OFF, attach=attached)
    # Who names extensions in the profile, or switches them on, has asked for them.
    connecting(":memory:", OFF, attach=attached, extensions=[extension])
    connecting(path, {})


def test_sql_can_ask_whether_a_file_is_readable(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no Parquet", encoding="utf-8")
    with duckdb.connect() as connection:
        Plugin("on_duckdb", {}).configure_connection(connection)
        cursor = connection.cursor()  # as dbt-duckdb gives each thread one
        found = cursor.execute(
            "select complaint_of_parquet(file) from glob(?)", [f"{tmp_path}/*"]
        ).fetchall()
    assert ["no readable Parquet file" in text for (text,) in found] == [True]


def test_refused_seeds_are_listed_for_machines_and_the_list_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # Not those of a command that another test has run in this process.
    monkeypatch.setattr(dbt_trade_potential, "get_flags", lambda: SimpleNamespace(WHICH="build"))
    folder = tmp_path / "seeds" / "inputs"
    folder.mkdir(parents=True)
    declared = (
        "seeds:\n  - {name: years, config: {meta: {key: [year]}, column_types: {year: integer}}}\n"
    )
    (folder / "_inputs.yml").write_text(declared, encoding="utf-8")
    (folder / "years.csv").write_text("year\n2015\n2015.6\n", encoding="utf-8")
    with pytest.raises(DbtRuntimeError, match=r'years\.csv, line 3, column year: "2015\.6" \(rule'):
        SeedFiles("trade_potential")
    path = tmp_path / "target" / "complaints.json"
    (listed,) = json.loads(path.read_text(encoding="utf-8"))["complaints"]
    rule = listed.pop("rule")
    assert listed == {
        "file": "seeds/inputs/years.csv", "row": 3, "key": None, "column": "year",
        "value": "2015.6",
    }  # fmt: skip
    assert rule.startswith("a whole number is written in digits")
    (folder / "years.csv").write_text("year\n2015\n", encoding="utf-8")
    SeedFiles("trade_potential")
    assert not path.exists()


def test_no_selection_is_left_of_the_command_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(dbt_trade_potential, "get_flags", lambda: SimpleNamespace(WHICH="build"))
    monkeypatch.setattr(selected_resources, "SELECTED_RESOURCES", ["model.x.y"])
    SeedFiles("trade_potential")
    assert selected_resources.SELECTED_RESOURCES == []
