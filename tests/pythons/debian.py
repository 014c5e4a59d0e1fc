"""CPython of a newer Debian than the machine's, unpacked into a folder of its own.

Nothing is installed and nobody needs to be root: apt verifies the packages by the signature of
their suite and keeps its lists in the folder. The C library of that suite lies beside the
interpreter, whose loader is called by name, so that the machine's own may be older.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

SUITE = "forky"
MIRROR = "http://deb.debian.org/debian"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
OF_PYTHON = ("python{0}", "python{0}-minimal", "libpython{0}-minimal", "libpython{0}-stdlib")
LIBRARIES = (
    "libc6",
    "libbz2-1.0",
    "libexpat1",
    "libffi8",
    "libgcc-s1",
    "liblzma5",
    "libncursesw6",
    "libreadline8t64",
    "libsqlite3-0",
    "libssl3t64",
    "libstdc++6",
    "libtinfo6",
    "libuuid1",
    "libzstd1",
    "zlib1g",
)
"""What modules of the standard library and wheels load."""

WRAPPER = """#!/bin/sh
exec "{loader}" --library-path "{libraries}" --argv0 "$0" "{program}" "$@"
"""


def fetch(version: str, folder: Path) -> str:
    """Make ``folder/usr/bin/pythonX.Y``; returns why it cannot be had, or nothing."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb") or not KEYRING.exists():
        return "this machine has no apt with Debian's keys"
    shutil.rmtree(folder, ignore_errors=True)
    packages = folder / "packages"
    for part in ("lists/partial", "cache/archives/partial", "packages"):
        (folder / part).mkdir(parents=True)
    (folder / "sources.list").write_text(f"deb [signed-by={KEYRING}] {MIRROR} {SUITE} main\n")
    (folder / "status").touch()
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",  # the folder may be closed to apt's own user
    }
    lines = [f'{name} "{value}";\n' for name, value in settings.items()]
    (folder / "apt.conf").write_text("".join(lines))
    apt = {**os.environ, "APT_CONFIG": str(folder / "apt.conf")}
    names = [*(name.format(version) for name in OF_PYTHON), *LIBRARIES]
    for command in (["apt-get", "update", "-qq"], ["apt-get", "download", "-qq", *names]):
        said = subprocess.run(
            command, cwd=packages, env=apt, capture_output=True, text=True, check=False
        )
        if said.returncode:
            return " ".join(said.stderr.split())[-300:]
    for package in packages.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    _wrap(folder, folder / "usr" / "bin" / f"python{version}")
    return ""


def _wrap(folder: Path, program: Path) -> None:
    """Put a script in the place of the interpreter that starts it with its own C library."""
    libraries = next((folder / "usr" / "lib").glob("*-linux-gnu*"))
    loader = next(libraries.glob("ld-linux*.so*"))
    real = program.rename(program.with_name(f"{program.name}.real"))
    program.write_text(WRAPPER.format(loader=loader, libraries=libraries, program=real))
    program.chmod(0o755)
