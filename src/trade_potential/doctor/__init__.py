"""What is wrong with an installation and with a checkout of the project; no network is asked."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Mapping
from importlib import metadata, util
from pathlib import Path

from trade_potential import warehouse as usual
from trade_potential.doctor import installation, machine, project
from trade_potential.doctor.finding import Check, Finding, guarded

__all__ = ["Finding", "examined"]

PACKAGE = "trade-potential"


def examined(
    folder: Path, release_path: str, environment: Mapping[str, str] = os.environ
) -> list[Finding]:
    """All findings, in order; nothing is changed, and no check ends the others.

    Args:
        folder: Where a checkout may be.
        release_path: Folder of the releases, by itself or in the folder.
        environment: Variables of the process.
    """
    root = folder / release_path
    file = folder / (environment.get("TRADE_POTENTIAL_DUCKDB") or usual.DEFAULT)
    limit = environment.get("TRADE_POTENTIAL_MEMORY_LIMIT") or "4GB"
    is_project = project.is_project(folder)
    checks: dict[str, Check] = {
        "python": lambda: installation.python_version(
            platform.python_version(), metadata.metadata(PACKAGE)["Requires-Python"]
        ),
        "packages": lambda: installation.packages(
            metadata.requires(PACKAGE) or [], metadata.version
        ),
        "duckdb": lambda: installation.duckdb_version(metadata.version, _engine),
        "dbt adapter": lambda: installation.adapters(util.find_spec),
        "encoding": lambda: installation.encoding(sys.stdout.encoding),
        "openblas": lambda: installation.blas_threads(environment.get("OPENBLAS_NUM_THREADS")),
        "disk": lambda: machine.disk(folder.absolute(), shutil.disk_usage(folder).free),
        "memory": lambda: machine.memory(machine.available_memory(), limit),
        "temporary": machine.temporary,
        "project": lambda: project.files(folder),
        "releases": lambda: project.releases(root),
    }
    if is_project:
        checks |= {
            "uv.lock": lambda: installation.locked(folder / "uv.lock", metadata.version),
            "profiles": lambda: project.profiles(folder, environment),
            "warehouse": lambda: project.warehouse(file),
            "permissions": lambda: machine.writable(
                [file.parent, root, folder / "target", folder / "logs"]
            ),
        }
    checks["options"] = lambda: installation.options(util.find_spec, shutil.which)
    return [found for name, check in checks.items() for found in guarded(name, check)]


def _engine() -> str:
    import duckdb

    return str(duckdb.__version__)
