"""A Python of a version: installed, kept by pyenv, or taken from Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.pythons.debian import SUITE, fetch

WHO = "import sys; print('.'.join(map(str, sys.version_info[:3])))"


@dataclass(frozen=True)
class Found:
    """A program, None where there is none, and where it comes from in words."""

    program: Path | None
    words: str


def installed(version: str) -> Iterator[Path]:
    """Places where a Python of the version may lie, the likeliest first."""
    name = f"python{version}"
    yield Path(sys.base_prefix) / "bin" / name
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)


def says(program: Path) -> str:
    """Version of a Python, like 3.14.2; empty where it does not run."""
    try:
        said = subprocess.run([program, "-c", WHO], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""


def find(version: str, folder: Path) -> Found:
    """A Python of the version; where none is installed Debian's is unpacked into the folder."""
    for program in installed(version):
        full = says(program)
        if full.startswith(f"{version}."):
            return Found(program, f"{full}, {program}")
    problem = ""
    fetched = folder / "debian" / "usr" / "bin" / f"python{version}"
    if not says(fetched):
        print(f"== Python {version}: not installed, asking Debian {SUITE}", flush=True)
        problem = fetch(version, folder / "debian")
    if says(fetched):
        return Found(fetched, f"{says(fetched)} of Debian {SUITE}")
    return Found(None, f"neither installed nor to be had from Debian {SUITE}: {problem}")
