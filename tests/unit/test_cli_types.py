"""Columns of Parquet of every type: read to the last digit, or refused by name."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.test_cli import Shell, assert_same_document, options

from trade_potential.rows import files

N = 24
NUMBERS: list[int] = [k * k % 7 for k in range(N)]
"""Small enough for every type; halves where a type has them."""

TYPES: dict[str, pa.DataType] = {
    **{f"int{bits}": getattr(pa, f"int{bits}")() for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": getattr(pa, f"uint{bits}")() for bits in (8, 16, 32, 64)},
    **{f"float{bits}": getattr(pa, f"float{bits}")() for bits in (16, 32, 64)},
    "decimal32": pa.decimal32(9, 2),
    "decimal64": pa.decimal64(18, 4),
    "decimal128": pa.decimal128(38, 10),
    "decimal256": pa.decimal256(38, 10),
}
HALVES = ("float", "decimal")
WIDE = pa.decimal256(39, 5)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def written(folder: Path, columns: dict[str, Any], **settings: Any) -> str:
    """A Parquet file of a panel and further columns."""
    panel = {"i": [k // 4 for k in range(N)], "t": [k % 4 for k in range(N)]}
    numbers = {"y": [1.0 + k % 5 for k in range(N)], "x": [0.5 * k**2 % 11 for k in range(N)]}
    path = folder / "types.parquet"
    pq.write_table(pa.table({**panel, **numbers, **columns}), path, **settings)
    return str(path)


def given(**changed: str) -> list[str]:
    names = {"outcome": "y", "regressors": "x,v", "entity": "i", "time": "t"}
    chosen = {"estimator": "pooled,ppml", **names, **changed}
    return [*options(**chosen), "--log-outcome", "--threads", "1"]


@pytest.mark.parametrize(
    ("type_", "as_integers"),
    [*((name, False) for name in TYPES), ("decimal32", True), ("decimal64", True)],
)
def test_numbers(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, type_: str, as_integers: bool
) -> None:
    """Decimals stand in Parquet as bytes or, if short, as whole numbers."""
    values = [Decimal(k) / (2 if type_.startswith(HALVES) else 1) for k in NUMBERS]
    exact = np.array(values, dtype=float)
    expected = shell.documents(written(shell.folder, {"v": exact}), *given())
    given_as = values if type_.startswith("decimal") else exact.astype(type_)
    typed = pa.array(given_as, TYPES[type_])
    path = written(shell.folder, {"v": typed}, store_decimal_as_integer=as_integers)
    for limit in (files.ORDERED_ROWS, 1):
        monkeypatch.setattr(files, "ORDERED_ROWS", limit)
        assert_same_document(shell.documents(path, *given()), expected)


def test_whole_numbers_of_64_bits(shell: Shell) -> None:
    """Without a sign: above 2^63."""
    unsigned = pa.array([2**64 - 1 - k * 2**40 for k in NUMBERS], pa.uint64())
    floats = pa.array([float(2**64 - 1 - k * 2**40) for k in NUMBERS])
    found, expected = (
        shell.documents(written(shell.folder, {"v": v}), *given(estimator="pooled,within"))
        for v in (unsigned, floats)
    )
    assert_same_document(found, expected)


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        (pa.date32(), "DATE"),
        (pa.time64("us"), "TIME"),
        (pa.timestamp("ns"), "TIMESTAMP_NS"),
        (pa.timestamp("us", tz="UTC"), "TIMESTAMP WITH TIME ZONE"),
        (pa.binary(), "BLOB"),
        (pa.list_(pa.int64()), "BIGINT[]"),
        (pa.struct([("a", pa.int64())]), "STRUCT(a BIGINT)"),
        (WIDE, "DECIMAL(39,5)"),
        (pa.list_(WIDE), "DECIMAL(39,5)"),
        (pa.struct([("a", pa.int64()), ("b", WIDE)]), "DECIMAL(39,5)"),
        (pa.map_(pa.string(), WIDE), "DECIMAL(39,5)"),
    ],
)
@pytest.mark.parametrize("command", ["gravity", "index"])
def test_what_is_no_number(shell: Shell, type_: pa.DataType, said: str, command: str) -> None:
    path = written(shell.folder, {"w": pa.array([1] * N), "v": pa.nulls(N, type_)})
    index = ["--indicators", "x,v"]
    arguments = given() if command == "gravity" else index
    complaint = shell.complaint(3, command, path, *arguments)
    assert f"types.parquet: column v is of type {said}" in complaint
    rule = "a decimal has at most 38 digits" if "DECIMAL" in said else "not a number"
    assert rule in complaint


@pytest.mark.parametrize("estimator", ["ppml", "within"])
@pytest.mark.parametrize("role", ["outcome", "regressors", "entity", "time", "weights"])
def test_wide_decimals_in_every_role(shell: Shell, role: str, estimator: str) -> None:
    """DuckDB reads 2.13861 as 1.5e17, and whole numbers as floats that collide as keys."""
    path = written(shell.folder, {"v": pa.array([Decimal(k + 1) for k in range(N)], WIDE)})
    names = {"regressors": "x", "estimator": estimator, role: "v"}
    complaint = shell.complaint(3, "gravity", path, *given(**names))
    assert "column v is of type DECIMAL(39,5); a decimal has at most 38 digits" in complaint


def test_wide_decimals_as_effects_and_ids(shell: Shell) -> None:
    path = written(shell.folder, {"v": pa.array([Decimal(k) for k in range(N)], WIDE)})
    effects = given(regressors="x", estimator="ppml", effects="i,v")
    ids = ["--indicators", "x,y", "--id", "v"]
    for command, arguments in (("gravity", effects), ("index", ids)):
        complaint = shell.complaint(3, command, path, *arguments)
        assert "column v is of type DECIMAL(39,5); a decimal has at most 38 digits" in complaint


def test_wide_decimals_that_nobody_asks_for(shell: Shell) -> None:
    plain = written(shell.folder, {"v": pa.array([0.5 * k for k in NUMBERS])})
    expected = shell.documents(plain, *given())
    wide = pa.array([Decimal(k) for k in NUMBERS], WIDE)
    nested = pa.array([{"a": None}] * N, pa.struct([("a", WIDE)]))
    columns = {"deep": nested, "wide": wide, "v": pa.array([0.5 * k for k in NUMBERS])}
    assert_same_document(shell.documents(written(shell.folder, columns), *given()), expected)


def test_times_of_96_bits(shell: Shell) -> None:
    """As Spark and Impala wrote them: no number, but a key."""
    stamps = pa.array([k * 10**15 for k in range(N)], pa.timestamp("ns"))
    settings = {"use_deprecated_int96_timestamps": True}
    path = written(shell.folder, {"v": stamps}, **settings)
    assert "TIMESTAMP, not a number" in shell.complaint(3, "gravity", path, *given())
    found = shell.documents(path, *given(regressors="x", time="v", estimator="twoway,ppml"))
    assert [document["n_obs"] for document in found.values()] == [N, N]
