"""What is tried: a program of somebody else, how its version is asked, and its command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path("tests/readers/programs")
JDBC = Path("/usr/share/java/postgresql.jar")
ROWS = "select reporter_iso3, flow, k_ratio, is_firm from trade_potential.rpt_answer"
TOLD = "select col_description('trade_potential.rpt_answer'::regclass, 5)"
R_VERSION = "cat(R.version.string)"
R_DRIVER = "cat('RPostgreSQL', format(packageVersion('RPostgreSQL')))"
SUPERSET_VERSION = "from importlib.metadata import version as v; print(v('apache-superset'))"
SUPERSET = os.environ.get("SUPERSET_PYTHON", "python of superset")
NODE_MODULES = os.environ.get("READERS_NODE_MODULES", "folder of node_modules")
FILES_PYTHON = os.environ.get("READERS_PYTHON", sys.executable)


@dataclass(frozen=True)
class Trial:
    """One reader.

    Attributes:
        title: What it is.
        version: Command that prints its version in one line.
        command: Command that reads; names in braces are places of this run.
        needs: Files without which it is not installed.
        shown: Places of this machine in the page, by what stands there instead.
    """

    title: str
    version: tuple[str, ...]
    command: tuple[str, ...]
    needs: tuple[Path, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()

    def is_installed(self) -> bool:
        """Whether its version can be asked."""
        if not shutil.which(self.version[0]) or not all(path.exists() for path in self.needs):
            return False
        return subprocess.run(self.version, capture_output=True, check=False).returncode == 0


_PYTHON = ((SUPERSET, "superset/bin/python"), (FILES_PYTHON, "python"))
_ADDRESS = "postgresql://analyst@{host}:{port}/{database}"
_DUCKDB = "duckdb:///{release}/trade_potential.duckdb?access_mode=read_only"
_ODBC = "Driver={{PostgreSQL Unicode}};Server={host};Port={port};Database={database};Uid=analyst"
_MARTS = "{release}/marts"

TRIALS = (
    Trial("psql", ("psql", "--version"), ("sh", "-c", f'psql -U analyst -c "{ROWS}" -c "{TOLD}"')),
    Trial(
        "Superset, PostgreSQL",
        (SUPERSET, "-c", SUPERSET_VERSION),
        (SUPERSET, f"{HERE}/read_superset.py", _ADDRESS, "trade_potential"),
        shown=_PYTHON,
    ),
    Trial(
        "Superset, DuckDB file",
        (SUPERSET, "-c", SUPERSET_VERSION),
        (SUPERSET, f"{HERE}/read_superset.py", _DUCKDB, "main"),
        shown=_PYTHON,
    ),
    Trial(
        "JDBC (DBeaver's way)",
        ("java", "--version"),
        ("java", "-cp", str(JDBC), f"{HERE}/Columns.java",
         "jdbc:postgresql://{host}:{port}/{database}?user=analyst"),
        needs=(JDBC,),
    ),
    Trial(
        "ODBC (the way of Excel and others)",
        ("isql", "--version"),
        ("sh", "-c", f'echo "{ROWS}" | isql -b -d, -k "{_ODBC}"'),
    ),
    Trial(
        "LibreOffice, XLSX",
        ("soffice", "--version"),
        ("sh", "-c", "soffice --headless --convert-to csv --outdir {files}/out {files}/answer.xlsx"
         " > /dev/null 2>&1; cat {files}/out/answer.csv"),
    ),
    Trial(
        "LibreOffice, CSV",
        ("soffice", "--version"),
        ("sh", "-c", "soffice --headless --infilter=CSV:44,34,76,1 --convert-to html"
         " --outdir {files}/out {files}/answer.csv > /dev/null 2>&1;"
         " grep -c '<tr>\\|<tr ' {files}/out/answer.html"),
    ),
    Trial(
        "R, CSV",
        ("Rscript", "-e", R_VERSION),
        ("Rscript", f"{HERE}/read_csv.R", "{files}/answer.csv"),
    ),
    Trial(
        "R, PostgreSQL",
        ("Rscript", "-e", R_DRIVER),
        ("Rscript", f"{HERE}/read_postgres.R"),
    ),
    Trial(
        "Python",
        (FILES_PYTHON, "--version"),
        (FILES_PYTHON, f"{HERE}/read_files.py", "{release}"),
        shown=_PYTHON,
    ),
    Trial(
        "JavaScript",
        ("node", "--version"),
        ("node", f"{HERE}/read.mjs", NODE_MODULES, "{release}/trade_potential.duckdb",
         f"{_MARTS}/rpt_answer.parquet", "{files}/answer_snappy.parquet"),
        needs=(Path(NODE_MODULES) / "node_modules",),
        shown=((NODE_MODULES, "js"),),
    ),
)  # fmt: skip
