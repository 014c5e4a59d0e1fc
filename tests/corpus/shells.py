"""Mutated files on the command line, run in this process."""

from __future__ import annotations

import contextlib
import io
import json
import math
import traceback
from pathlib import Path
from typing import Any

from tests.corpus.builds import Verdict
from tests.corpus.case import Case
from tests.corpus.commands import COMMANDS, as_csv, as_parquet, panel
from tests.corpus.judge import has_traceback

from trade_potential.cli import main

TOLERANCE = 1e-8
"""Of the same rows in another order; PPML stops its iterations at about this."""
BAD_DATA = 3


def judge_command(case: Case, folder: Path, seed: int) -> Verdict:
    """Run one case and compare with the same command on a clean file."""
    command, name = case.target.split(" ")
    clean = panel(seed)
    write = as_parquet if name.endswith(".parquet") else as_csv
    path = folder / name
    path.unlink(missing_ok=True)
    mutated = case.change(write(clean))
    if mutated is not None:
        path.write_bytes(mutated)
    code, out, err = _run(command, path)
    if has_traceback(out, err):
        return Verdict(case, f"a traceback is printed\n{out}{err}")
    if case.is_refused:
        is_one_line = code == BAD_DATA and not out and err.count("\n") == 1
        if is_one_line and all(fragment in err for fragment in case.expected):
            return Verdict(case)
        return Verdict(case, f"code {code}, expected {case.expected}\n{out[:500]}{err}")
    path.write_bytes(write(clean.drop(index=list(case.lost)).reset_index(drop=True)))
    expected_code, expected, _ = _run(command, path)
    if (code, expected_code) != (0, 0):
        return Verdict(case, f"code {code}\n{err}")
    found, wanted = json.loads(out), json.loads(expected)
    ledger = sum(loss["rows"] for loss in found["ledger"])
    if ledger != len(case.lost):
        return Verdict(case, f"the ledger counts {ledger} rows\n{out[-500:]}")
    if not _same(_numbers(found), _numbers(wanted)):
        return Verdict(case, f"other numbers\n{out[:1500]}\n{expected[:1500]}")
    return Verdict(case)


def _run(command: str, path: Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    name = "gravity" if command == "ppml" else command
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([name, str(path), *COMMANDS[command]])
        except SystemExit as stop:
            code = int(stop.code or 0)
        except Exception:  # what a shell would show
            traceback.print_exc()
            code = 1
    return code, out.getvalue(), err.getvalue()


def _numbers(document: dict[str, Any]) -> Any:
    kept = ("coefficients", "r_squared", "n_obs", "weights", "eigenvalues", "kmo")
    return {key: document[key] for key in kept if key in document}


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)
