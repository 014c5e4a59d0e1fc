"""Checks of Python, of packages and of what may be installed beside them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from trade_potential.doctor.finding import Finding

INSTALL = "make build makes .venv from the lock; else pip install the wheel again"
VersionOf = Callable[[str], str]
FindModule = Callable[[str], object]
Which = Callable[[str], str | None]

ADAPTERS = {"dbt.adapters.duckdb": "dbt-duckdb", "dbt_trade_potential": "the plugin of the project"}
MODULES = {
    "dbt.adapters.postgres": ("builds on PostgreSQL", "uv sync --group postgres"),
    "pyspark": ("builds on Spark", "uv sync --group spark"),
}
PACKAGES = {"dbt.adapters.postgres": "dbt-postgres"}
PROGRAMS = {
    "java": ("builds on Spark", "install a Java runtime, such as default-jre-headless"),
    "psql": ("looking into PostgreSQL", "install postgresql-client"),
    "pdflatex": ("printing LaTeX tables", "install texlive-latex-recommended"),
    "chromium": ("tests of pages in a browser", "install chromium"),
}


def python_version(version: str, requires: str) -> Finding:
    """Whether Python is of a series that the package takes.

    Args:
        version: Such as 3.11.2.
        requires: Requires-Python of the package.
    """
    from packaging.specifiers import SpecifierSet

    if SpecifierSet(requires).contains(version, prereleases=True):
        return Finding("python", "ok", f"{version}, {requires} is asked for")
    return Finding(
        "python",
        "wrong",
        f"{version}, {requires} is asked for",
        "install such a Python and make the environment again",
    )


def packages(requirements: Iterable[str], version_of: VersionOf) -> Iterator[Finding]:
    """Whether every package that is needed is there, in a version that is asked for.

    Args:
        requirements: As the metadata of the package has them.
        version_of: Version of an installed package, or PackageNotFoundError.
    """
    from packaging.requirements import Requirement

    held = 0
    for text in requirements:
        needed = Requirement(text)
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            version = version_of(needed.name)
        except PackageNotFoundError:
            yield Finding("packages", "wrong", f"{needed.name} is not installed", INSTALL)
            continue
        if needed.specifier.contains(version, prereleases=True):
            held += 1
        else:
            said = f"{needed.name} {version}, asked for is {needed.specifier}"
            yield Finding("packages", "wrong", said, INSTALL)
    yield Finding("packages", "ok", f"{held} of the packages needed are there")


def locked(lock: Path, version_of: VersionOf) -> Finding:
    """Whether installed packages are those of uv.lock.

    Args:
        lock: The file.
        version_of: As for ``packages``.
    """
    if not lock.is_file():
        return Finding("uv.lock", "ok", "none here: versions are those that pip chose")
    known: dict[str, set[str]] = {}
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        if "version" in package and "editable" not in package.get("source", {}):
            known.setdefault(package["name"], set()).add(package["version"])
    others = []
    for name, versions in sorted(known.items()):
        try:
            version = version_of(name)
        except PackageNotFoundError:
            continue
        if version not in versions:
            others.append(f"{name} {version} for {', '.join(sorted(versions))}")
    if others:
        said = f"{len(others)} packages are of other versions: {'; '.join(others[:5])}"
        return Finding("uv.lock", "warning", said, "uv sync --frozen: figures were tested with it")
    return Finding("uv.lock", "ok", "installed packages are those of the lock")


def duckdb_version(version_of: VersionOf, engine: Callable[[], str]) -> Finding:
    """Whether DuckDB can be imported, and which one it is.

    Args:
        version_of: As for ``packages``.
        engine: Imports it and asks for its own version.
    """
    try:
        found, package = engine(), version_of("duckdb")
    except ImportError as error:
        return Finding("duckdb", "wrong", f"cannot be imported: {error}", INSTALL)
    if found != package:
        return Finding("duckdb", "wrong", f"engine {found} in package {package}", INSTALL)
    return Finding("duckdb", "ok", found)


def adapters(find: FindModule) -> Iterator[Finding]:
    """Whether dbt can reach DuckDB, and the plugin of the project.

    Args:
        find: The spec of a module by its name, or None, or ModuleNotFoundError.
    """
    for module, title in ADAPTERS.items():
        if _is_there(module, find):
            yield Finding("dbt adapter", "ok", title)
        else:
            yield Finding("dbt adapter", "wrong", f"{title} is not installed", INSTALL)


def options(find: FindModule, which: Which) -> Iterator[Finding]:
    """What is not needed, but some commands use.

    Args:
        find: As for ``adapters``.
        which: Path of a program, or None.
    """
    for module, (used_for, remedy) in MODULES.items():
        yield _option(PACKAGES.get(module, module), _is_there(module, find), used_for, remedy)
    for program, (used_for, remedy) in PROGRAMS.items():
        yield _option(program, which(program) is not None, used_for, remedy)


def encoding(name: str | None) -> Finding:
    """Whether what is printed can be in any language.

    Args:
        name: Of the encoding of stdout.
    """
    if re.sub("[-_]", "", (name or "").lower()) == "utf8":
        return Finding("encoding", "ok", f"{name}")
    said = f"stdout is {name or 'of no encoding'}: names in Chinese or Russian cannot be printed"
    return Finding("encoding", "warning", said, "set PYTHONUTF8=1")


def blas_threads(value: str | None) -> Finding:
    """Whether linear algebra adds up in one order.

    Args:
        value: Of the environment variable OPENBLAS_NUM_THREADS, or None.
    """
    if value is None:
        return Finding(
            "openblas", "ok", "OPENBLAS_NUM_THREADS is not set; the Makefile sets it to 1"
        )
    if value == "1":
        return Finding("openblas", "ok", "OPENBLAS_NUM_THREADS is 1")
    said = f"OPENBLAS_NUM_THREADS is {value}: last digits may differ from a published release"
    return Finding("openblas", "warning", said, "set OPENBLAS_NUM_THREADS=1 for a build")


def _option(name: str, is_there: bool, used_for: str, remedy: str) -> Finding:
    if is_there:
        return Finding(name, "ok", f"there, for {used_for}")
    return Finding(name, "warning", f"not there: no {used_for}", f"if you want that: {remedy}")


def _is_there(module: str, find: FindModule) -> bool:
    try:
        return find(module) is not None
    except ModuleNotFoundError:
        return False
