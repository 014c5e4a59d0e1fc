"""Write data.csv and certified.csv from the .dat files of NIST's Statistical Reference Datasets.

    python extract.py [folder of .dat files] [test_wpolyfit.m]

The files as NIST published them are in the Debian package gretl-data. The second argument compares
every figure with an independent copy, in the package octave-optim. Needed only to make the two CSV
files anew; tests read those.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = Path("/usr/share/gretl/data/nist")
NAMES = (
    *("NoInt1", "NoInt2", "Norris", "Pontius", "Filip"),
    *(f"Wampler{n}" for n in range(1, 6)),
)
"""Regressions on powers of one variable; Longley's is in statsmodels and is tested elsewhere."""

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
PAIR = re.compile(rf"^\s*({NUMBER})\s+({NUMBER})\s*$")
PARAMETER = re.compile(rf"^\s+B(\d+)\s+({NUMBER})\s+({NUMBER})\s*$")
RESIDUAL = re.compile(rf"^Residual\s+(\d+)\s+({NUMBER})\s+({NUMBER})\s*$")

Figures = tuple[list[tuple[str, str]], list[tuple[str, str, str]]]
"""Rows (y, x) and certified (quantity, term, value), as printed."""


def read_dat(path: Path) -> Figures:
    """The figures of one file, unconverted."""
    lines = path.read_text("ascii").splitlines()
    where = re.compile(r"Data\s+\(lines (\d+) to (\d+)\)")
    first, last = next(map(int, found.groups()) for line in lines if (found := where.search(line)))
    rows = [found.group(1, 2) for line in lines[first - 1 : last] if (found := PAIR.match(line))]
    if len(rows) != last - first + 1:
        raise ValueError(f"{path}: {len(rows)} rows in lines {first} to {last}")
    certified: list[tuple[str, str, str]] = []
    for line in lines[: first - 1]:
        if found := PARAMETER.match(line):
            term, estimate, deviation = found.groups()
            certified += [
                ("coefficient", f"b{term}", estimate),
                ("std_error", f"b{term}", deviation),
            ]
        elif found := re.match(rf"^\s+Standard Deviation\s+({NUMBER})\s*$", line):
            certified.append(("sigma", "", found.group(1)))
        elif found := re.match(rf"^\s+R-Squared\s+({NUMBER})\s*$", line):
            certified.append(("r_squared", "", found.group(1)))
        elif found := RESIDUAL.match(line):
            certified += [
                ("df_resid", "", found.group(1)),
                ("ssr", "", found.group(2)),
            ]
    return [(str(y), str(x)) for y, x in rows], certified


def compare(path: Path, figures: dict[str, Figures]) -> set[str]:
    """Names of the sets whose rows and coefficients all stand in ``path``.

    Raises:
        ValueError: A block of ``path`` belongs to none of the sets.
    """
    text = re.sub(r"\\\n|\.\.\.\n", "\n", path.read_text("latin-1"))
    blocks = {
        name: [
            [(float(a), float(b)) for a, b in re.findall(rf"({NUMBER})[ \t]+({NUMBER})", block)]
            for block in re.findall(rf"^{name} *= *\[(.*?)\]", text, re.DOTALL | re.MULTILINE)
        ]
        for name in ("data", "target")
    }
    seen: set[str] = set()
    for name, (rows, certified) in figures.items():
        values = [float(value) for quantity, _, value in certified if quantity == "coefficient"]
        errors = [float(value) for quantity, _, value in certified if quantity == "std_error"]
        target = list(zip(values, errors, strict=True))
        if not any(certified_term == "b0" for _, certified_term, _ in certified):
            target = [(0.0, 0.0), *target]
        same_data = [(float(y), float(x)) for y, x in rows] in blocks["data"]
        if same_data != (target in blocks["target"]):
            raise ValueError(f"{path}: {name} agrees in the data or in the values, not in both")
        if same_data:
            seen.add(name)
    strangers = len(blocks["target"]) - len(seen)
    if strangers:
        raise ValueError(f"{path}: {strangers} sets agree with none of ours")
    return seen


def write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(source: Path = SOURCE, other: Path | None = None) -> None:
    figures = {name: read_dat(source / f"{name}.dat") for name in NAMES}
    write(
        HERE / "data.csv",
        ("dataset", "row", "y", "x"),
        [(n, i, *pair) for n, (rows, _) in figures.items() for i, pair in enumerate(rows, start=1)],
    )
    write(
        HERE / "certified.csv",
        ("dataset", "quantity", "term", "value"),
        [(name, *row) for name, (_, certified) in figures.items() for row in certified],
    )
    if other is not None:
        seen = compare(other, figures)
        print("the same in", other.name, *sorted(seen))
        print("not in it", *sorted(set(NAMES) - seen))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
