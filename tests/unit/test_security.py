"""What a build trusts: hashes of packages, no secrets in files, no network, no vars run as SQL."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from dbt_common.clients.jinja import get_environment
from dbt_common.exceptions.macros import MacroReturn
from tests.panels import ROOT

NETWORK = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "asyncio", "xmlrpc"}
NETWORK |= {"requests", "urllib3", "httpx", "aiohttp", "fsspec", "webbrowser"}
HARMLESS = "'(?:|localhost|trade_potential)'"
"""Defaults that open nothing: this machine, and the name of the project."""
SECRET = re.compile(r"user|pass|token|secret|key|account|credential|host|private", re.IGNORECASE)


def test_every_locked_package_has_hashes() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    for package in lock["package"]:
        if package["source"] == {"editable": "."}:
            continue
        assert set(package["source"]) == {"registry"}, package["name"]
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, package["name"]
        for file in files:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file.get("hash", "")), file


def test_make_installs_what_is_locked_and_nothing_else() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (sync,) = re.findall(r"(?m)^UV_SYNC := (.*)$", makefile)
    assert "--frozen" in sync
    assert re.findall(r"(?m)pip install.*$", makefile) == [
        "pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)"
    ]


def test_profiles_hold_no_secret() -> None:
    profiles = yaml.safe_load((ROOT / "profiles" / "profiles.yml").read_text(encoding="utf-8"))
    outputs = {
        f"{profile}.{target}": settings
        for profile, held in profiles.items()
        for target, settings in held["outputs"].items()
    }
    assert outputs
    for name, settings in outputs.items():
        for key, value in settings.items():
            if SECRET.search(key):  # a default that says something would be the secret
                told = re.fullmatch(rf"\{{\{{ env_var\('\w+'(?:, {HARMLESS})?\) \}}\}}", str(value))
                assert told or value == "localhost", name
            assert "://" not in str(value), name


def test_the_library_imports_nothing_that_talks_to_a_network() -> None:
    for folder in ("src", "python_models"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
                assert not {name.split(".")[0] for name in names} & NETWORK, path


def test_a_build_on_duckdb_imports_no_other_engine() -> None:
    engines = {
        "sqlglot",
        "psycopg2",
        "pyspark",
        "trade_potential.engines",
        "trade_potential.served",
    }
    called_by_hand = {"engines", "served", "release_postgres.py"}
    for folder in ("src/trade_potential", "src/dbt_trade_potential", "python_models"):
        for path in (ROOT / folder).rglob("*.py"):
            if called_by_hand & set(path.relative_to(ROOT / folder).parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
                assert not [name for name in names if name.startswith(tuple(engines))], path


def test_vars_stand_in_sql_only_as_whole_numbers() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("macros", "models", "src", "tests/data", "tests/generic")
        for path in (ROOT / folder).rglob("*.sql")
        if re.search(r"\bvar\(", path.read_text(encoding="utf-8"))
    }
    # plan_release quotes its plan; test_security_build.py sends it quotes and semicolons. input
    # writes paths as literals and tables as identifiers: test_input_macro.py. report_release hands
    # a folder to Python, and so do report_gate and own_rows.
    macros = ("check_vars", "plan_release", "input", "report_release", "report_gate", "own_rows")
    assert found == {f"macros/{name}.sql" for name in macros}


class Refused(Exception):  # noqa: N818 (as dbt's)
    """In the place of dbt's compilation error."""


def _whole_number(value: Any) -> Any:
    """What the macro returns for a value of a var, as dbt renders it."""

    def give(found: Any) -> None:
        raise MacroReturn(found)

    def refuse(text: str) -> None:
        raise Refused(text)

    def called(name: str, *arguments: Any) -> Any:
        try:
            return getattr(template.module, f"dbt_macro__{name}")(*arguments)
        except MacroReturn as returned:
            return returned.value

    context = {
        "var": lambda _: value,
        "return": give,
        "tojson": lambda held, default: json.dumps(held) or default,
        "exceptions": SimpleNamespace(raise_compiler_error=refuse),
        "whole_numbers": lambda: called("whole_numbers"),
        "refuse_var": lambda *arguments: called("refuse_var", *arguments),
    }
    source = (ROOT / "macros" / "check_vars.sql").read_text(encoding="utf-8")
    template: Any = get_environment(None).from_string(source, globals=context)
    return called("whole_number", "max_terms")


@pytest.mark.parametrize("value", [1, 100])
def test_whole_numbers_pass(value: int) -> None:
    assert _whole_number(value) == value


@pytest.mark.parametrize("value", ["1; drop schema marts", "5", 0, 101, -1, 1.5, True, None, [1]])
def test_anything_else_is_refused_with_the_name_of_the_var(value: Any) -> None:
    with pytest.raises(Refused, match=r"var max_terms is .*, not a whole number from 1 to"):
        _whole_number(value)


def test_workflows_may_only_read() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {"contents": "read"}, Path(path).name
