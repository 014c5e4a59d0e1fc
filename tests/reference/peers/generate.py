"""Run R and gretl on the panels and write plm.csv and gretl.csv.

    python -m tests.reference.peers.generate

Needs, on Debian or Ubuntu: ``apt-get install --no-install-recommends gretl r-base-core r-cran-plm
r-cran-lmtest r-cran-sandwich``. Tests read the CSV files and need none of this.

Both files have the columns of ``COLUMNS``; README.md says what they hold.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.reference.peers import make_data
from tests.reference.peers.rows import COLUMNS

HERE = Path(__file__).resolve().parent
TOOLS = {"Rscript": "r-base-core", "gretlcli": "gretl"}
R_PACKAGES = {"plm": "r-cran-plm", "lmtest": "r-cran-lmtest", "sandwich": "r-cran-sandwich"}
MISSING = {"NA", "NaN", "nan", "-nan"}
CHATTER = "Hausman test matrix is not positive definite"
"""What gretl writes between the rows, even with --quiet."""

Row = dict[str, str]


def missing_tools() -> list[str]:
    """Debian packages of what is not installed."""
    absent = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if "r-base-core" in absent:
        return [*absent, *R_PACKAGES.values()]
    for name, package in R_PACKAGES.items():
        found = subprocess.run(
            ["Rscript", "-e", f"quit(status = !requireNamespace('{name}', quietly = TRUE))"],
            check=False,
            capture_output=True,
        )
        absent += [package] if found.returncode else []
    return absent


def run_plm(folder: Path, target: Path) -> list[Row]:
    """Rows of plm.R."""
    subprocess.run(["Rscript", str(HERE / "plm.R"), str(folder), str(target)], check=True)
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def run_gretl(folder: Path, target: Path) -> list[Row]:
    """Rows of gretl.inp."""
    version = subprocess.run(["gretlcli", "--version"], check=True, capture_output=True, text=True)
    release = version.stdout.split("\n", 1)[0].rsplit(" ", 1)[-1]
    subprocess.run(
        ["gretlcli", "-b", "-q", str(HERE / "gretl.inp")],
        check=True,
        env=os.environ | {"PEERS_DATA": str(folder), "PEERS_OUT": str(target)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    names = [name for name in COLUMNS if not name.startswith("peer")]
    rows: list[Row] = []
    with target.open(encoding="utf-8", newline="") as file:
        for line in file:
            if line.strip() == CHATTER:
                continue
            values = line.rstrip("\n").split("\t")
            rows.append(dict(zip(names, values, strict=True)))
            rows[-1] |= {"peer": "gretl", "peer_version": release}
    return rows


def write(path: Path, rows: Iterable[Row]) -> int:
    """Write rows in the order they came; return their number."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            value = "" if row["value"] in MISSING else f"{float(row['value']):.15g}"
            if (value == "") != (row["quantity"] == "error"):
                raise ValueError(f"{path.name}: {row} has {row['value']!r} for a value")
            writer.writerow(row | {"value": value})
            count += 1
    return count


def main() -> int:
    if absent := missing_tools():
        print("missing: apt-get install --no-install-recommends", *absent, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_data.main(folder)
        for path in sorted(folder.glob("*.csv")):
            stored = make_data.DATA / path.name
            if stored.read_bytes() != path.read_bytes():
                raise ValueError(f"{stored} is not what make_data.py writes")
        for run, target in ((run_plm, "plm.csv"), (run_gretl, "gretl.csv")):
            rows = run(folder, folder / f"{target}.tsv")
            print(target, write(HERE / target, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
