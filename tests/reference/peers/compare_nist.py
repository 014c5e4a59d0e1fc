"""Digits of NIST's certified regressions: the command line, statsmodels by QR and by pinv."""

from __future__ import annotations

import io
import json
import tempfile
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import statsmodels.api as sm
from tests.reference.nist.verify import correct_digits
from tests.reference.test_gravity_nist import DEGREES, certified, polynomial

from trade_potential.cli import main

Digits = tuple[float, float]
"""Of the worst coefficient and the worst standard error."""


@dataclass(frozen=True)
class NistRow:
    """A set.

    Attributes:
        ours: None where ours refuses (--strict).
        qr, pinv: statsmodels by method.
    """

    name: str
    ours: Digits | None
    qr: Digits
    pinv: Digits


def _digits(name: str, coefficients: Any, errors: Any) -> Digits:
    return (
        correct_digits(coefficients, certified(name, "coefficient")),
        correct_digits(errors, certified(name, "std_error")),
    )


def _ours(name: str, folder: Path) -> Digits | None:
    frame = polynomial(name)
    path = folder / f"{name}.csv"
    frame.to_csv(path, index=False)
    names = ",".join(column for column in frame.columns if column.startswith("x"))
    arguments = ["gravity", str(path), "--outcome", "y", "--regressors", names]
    arguments += ["--entity", "entity", "--time", "time", "--estimator", "pooled"]
    with redirect_stdout(io.StringIO()) as text:
        main([*arguments, "--format", "json", "--strict"])
    rows = json.loads(text.getvalue())["coefficients"]
    if not rows:
        return None
    return _digits(name, [row["estimate"] for row in rows], [row["std_error"] for row in rows])


def compare_nist() -> list[NistRow]:
    """Every set with a constant."""
    found = []
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a singular design: what is measured here
        for name in DEGREES:
            frame = polynomial(name)
            model = sm.OLS(frame["y"].to_numpy(), sm.add_constant(frame.iloc[:, 3:].to_numpy()))
            qr, pinv = (model.fit(method=method) for method in ("qr", "pinv"))
            found.append(
                NistRow(
                    name=name,
                    ours=_ours(name, Path(folder)),
                    qr=_digits(name, qr.params, qr.bse),
                    pinv=_digits(name, pinv.params, pinv.bse),
                )
            )
    return found
