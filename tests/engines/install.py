"""What an engine needs beside its Python packages: ``python -m tests.engines.install postgres``.

Installed from Debian's packages where it is missing and the machine lets us, else named.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from tests.engines.server import OLDEST, binaries

JAVA = 17


def java() -> bool:
    """Whether the Java that Spark would take is new enough."""
    home = os.environ.get("JAVA_HOME")
    program = f"{home}/bin/java" if home else shutil.which("java")
    if not program:
        return False
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', said.stderr)
    return bool(version) and int(version[1]) >= JAVA


def chromium() -> bool:
    """Whether a browser is there that tests can drive."""
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


NEEDS = {
    "postgres": (lambda: binaries() is not None, "postgresql", f"PostgreSQL {OLDEST} or newer"),
    "chromium": (chromium, "chromium", "Chromium"),
    "java": (java, "default-jre-headless", f"Java {JAVA} or newer"),
}


def main(name: str) -> int:
    """0 where it is there in the end."""
    there, package, title = NEEDS[name]
    if not there() and os.getuid() == 0 and shutil.which("apt-get"):
        print(f"installing {package}")
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "check": False}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(
            ["apt-get", "install", "-qq", "--no-install-recommends", package],
            stdout=subprocess.DEVNULL,
            **quiet,
        )
    if there():
        return 0
    print(f"error: {title} is missing: apt-get install {package}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
