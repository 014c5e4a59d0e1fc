"""Keys of every type: every estimator tells the same entities, times and levels apart."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from tests.unit.test_cli import Shell, column, options

from trade_potential.cli import main
from trade_potential.ppml.columns import Columns
from trade_potential.ppml.estimate import fit_sample
from trade_potential.ppml.on_duckdb import table_sample
from trade_potential.rows import files

SAME = 1e-8
"""Both iterate until nothing moves beyond rounding."""

TYPES = {
    "bigint": "cast(9007199254740992 + n as bigint)",
    "utinyint": "cast(n as utinyint)",
    "ubigint": "cast(18446744073709551615 - n as ubigint)",
    "decimal_20": "cast(9007199254740992 + n as decimal(20, 0))",
    "decimal_38": "cast(repeat('9', 30) as decimal(38, 0)) + n",
    "decimal_cents": "cast(n as decimal(9, 2)) / 100",
    "float": "cast(n as float) / 3",
    "double": "1e16 + 2.0 * n",
    "text": "concat('it''s ', n)",
    "space": "concat('a', repeat(' ', cast(n as integer)))",
    "accent": "concat(repeat(chr(233), n // 8), repeat(concat('e', chr(769)), n % 8 + 1))",
    "bytes": "cast(concat('\\xFF\\x00', printf('\\x%02X', n)) as blob)",
    "uuid": "cast(printf('00000000-0000-0000-0000-%012d', n) as uuid)",
    "date": "date '1999-12-31' + cast(n as integer)",
    "time": "time '00:00:00' + to_microseconds(n)",
    "timestamp": "timestamp '2000-01-01' + to_microseconds(n)",
    "nanoseconds": "make_timestamp_ns(n)",
    "zoned": "timestamptz '2000-01-01 00:00:00+00' + to_hours(n)",
    "interval": "to_days(cast(n as integer))",
    "enum": "cast(concat('e', n % 8, n // 8) as of_64)",
    "list": "[n, null, 1]",
    "struct": "{'a': n, 'b': 'x'}",
    "map": "map {'a': n}",
    "json": "cast(concat('{\"a\": ', n, '}') as json)",
    "bits": "cast(n as bit)",
}
"""By name, a key made of a whole number n from 0 to 63."""

EXPORTERS, TIMES = 6, 5
COUNTED = ("status", "n_obs", "n_entities")
Documents = dict[str, dict[str, Any]]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def rows() -> pd.DataFrame:
    """Exporters, importers and pairs by number, some flows 0, a pair without any."""
    rng = np.random.default_rng(3)
    grid = pd.MultiIndex.from_product([range(EXPORTERS), range(EXPORTERS), range(TIMES)])
    frame = grid.set_names(["i", "j", "t"]).to_frame(index=False).query("i != j")
    frame["p"] = frame["i"] * EXPORTERS + frame["j"]
    frame["x"], frame["z"] = rng.normal(size=(2, len(frame)))
    size = np.exp(0.5 * frame["x"] + 0.3 * frame["i"] - 0.2 * frame["j"])
    frame["y"] = rng.poisson(size).astype(float)
    frame.loc[frame["p"] == 1, "y"] = 0.0
    frame["u"] = frame["y"] + 1.0
    return frame


def written(folder: Path, key: str, more: str = "", *, typed: str = "ijpt") -> str:
    """A Parquet file of the rows with keys of a type."""
    path = folder / "keys.parquet"
    keys = ", ".join(
        f"(select {key if name in typed else 'n'} from (select {name} as n)) as {name}"  # noqa: S608
        for name in "ijpt"
    )
    with duckdb.connect() as connection:
        codes = ", ".join(f"'e{n % 8}{n // 8}'" for n in range(64))
        connection.execute(f"create type of_64 as enum ({codes})")
        connection.register("given", rows())
        query = f"select {keys}, x, z, y, u from given {more}"  # noqa: S608
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")
    return str(path)


def arguments(**changed: str) -> list[str]:
    given = {"outcome": "y", "regressors": "x,z", "entity": "p", "time": "t", "effects": "i^t,j"}
    given |= {"estimator": "ppml,within,twoway", "covariance": "clustered"} | changed
    return [*options(**given), "--log-outcome", "--threads", "1"]


def of_keys(shell: Shell, path: str, **changed: str) -> Documents:
    return shell.documents(path, *arguments(**changed))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Documents:
    """Of keys that are small whole numbers."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        main(["gravity", written(tmp_path_factory.mktemp("keys"), "n"), *arguments()])
    return {document["estimator"]: document for document in json.loads(printed.getvalue())}


@pytest.mark.parametrize("type_", TYPES)
def test_keys_of_every_type(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, expected: Documents, type_: str
) -> None:
    """The numbers of small whole keys, but for the order of the rows; of a table and of a view."""
    path = written(shell.folder, TYPES[type_])
    for limit in (files.ORDERED_ROWS, 1):
        monkeypatch.setattr(files, "ORDERED_ROWS", limit)
        found = of_keys(shell, path)
        assert list(found) == list(expected)
        for name, document in expected.items():
            ours = found[name]
            assert {key: ours[key] for key in COUNTED} == {key: document[key] for key in COUNTED}
            for number in ("estimate", "std_error"):
                theirs = column(document, number)
                np.testing.assert_allclose(column(ours, number), theirs, rtol=SAME)
        assert len(found["ppml"]["ledger"]) == len(expected["ppml"]["ledger"]) > 0


def test_wide_decimals_as_effects_beside_statsmodels(shell: Shell) -> None:
    """Exporters and importers from 2^53 up, which floating-point numbers cannot tell apart."""
    frame = rows()
    names = {name: frame[name].map("id {}".format) for name in "ij"}
    dummies = [pd.get_dummies(names[name], drop_first=True, dtype=float) for name in "ij"]
    design = pd.concat([sm.add_constant(frame[["x", "z"]]), *dummies], axis=1)
    design.columns = [str(k) for k in range(design.shape[1])]
    model = sm.GLM(frame["y"], design, family=sm.families.Poisson())
    theirs = model.fit(tol=1e-14, maxiter=100)
    path = written(shell.folder, TYPES["decimal_20"])
    given = arguments(estimator="ppml", effects="i,j", covariance="classical")
    ours = shell.document("gravity", path, *given)
    np.testing.assert_allclose(column(ours, "estimate"), theirs.params.iloc[1:3], rtol=SAME)
    np.testing.assert_allclose(column(ours, "std_error"), theirs.bse.iloc[1:3], rtol=1e-6)


def test_messages_name_a_key_to_the_last_digit(shell: Shell) -> None:
    path = written(shell.folder, TYPES["decimal_20"])
    found = shell.document("gravity", path, *arguments(estimator="ppml", effects="p"))
    pair = 9007199254740992 + 1
    assert [row["reason"] for row in found["ledger"][:TIMES]] == [
        f"p, t = ({pair}, {9007199254740992 + t}): every outcome of p ({pair}) is 0"
        for t in range(TIMES)
    ]


def test_missing_keys_leave_whole_numbers_whole(shell: Shell) -> None:
    """A column of integers with a hole is one of floating-point numbers to pandas."""
    given = {"estimator": "ppml,within", "effects": "i,j"}
    holes = TYPES["bigint"].replace("n as", "nullif(n, 2) as")
    found = of_keys(shell, written(shell.folder, holes), **given)
    kept = "where i <> 2 and j <> 2 and p <> 2 and t <> 2"
    expected = of_keys(shell, written(shell.folder, "n", kept), **given)
    for name, document in expected.items():
        np.testing.assert_allclose(
            column(found[name], "estimate"), column(document, "estimate"), rtol=SAME
        )
        lost = {row["reason"] for row in found[name]["ledger"]} - {
            row["reason"] for row in document["ledger"]
        }
        assert {reason.split()[0] for reason in lost} == {"no"}


@pytest.mark.parametrize(
    ("key", "entities", "lost"),
    [
        ("if(n = 3, 'a', if(n = 4, 'a ', cast(n as varchar)))", 30, 0),
        ("if(n = 3, chr(233), if(n = 4, concat('e', chr(769)), cast(n as varchar)))", 30, 0),
        ("if(n = 3, ' ', cast(n as varchar))", 29, TIMES),
        ("if(n = 3, 'NaN', cast(n as varchar))::double", 29, TIMES),
        ("if(n = 3, 'inf', cast(n as varchar))::double", 30, 0),
        ("if(n = 3, cast('' as blob), encode(cast(n as varchar)))", 29, TIMES),
    ],
)
def test_what_is_one_entity_and_what_is_none(
    shell: Shell, key: str, entities: int, lost: int
) -> None:
    path = written(shell.folder, key, typed="p")
    found = of_keys(shell, path, effects="j", outcome="u")
    for document in found.values():
        assert document["n_entities"] == entities
        assert sum(row["rows"] for row in document["ledger"]) == lost


def test_an_entity_that_numpy_would_shorten(shell: Shell) -> None:
    """It takes a text with NUL characters at the end for the text without them."""
    path = written(shell.folder, "if(n = 3, concat('a', chr(0)), concat('a', n))", typed="p")
    complaint = shell.complaint(3, "gravity", path, *arguments(estimator="within,ppml"))
    assert "entity 'a\\x00': a key ends in no NUL character" in complaint


@pytest.mark.parametrize("type_", ["float", "double"])
@pytest.mark.parametrize("limit", [1, files.ORDERED_ROWS])
def test_minus_zero_is_zero(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, type_: str, limit: int
) -> None:
    """A table that DuckDB has sorted has no minus zero, a view has."""
    monkeypatch.setattr(files, "ORDERED_ROWS", limit)
    frame = pd.DataFrame({"p": [0.0, -0.0, 1.0, 1.0, 2.0, 2.0], "t": [1, 2] * 3})
    frame["y"], frame["x"] = [1.0, 3.0, 2.0, 2.0, 5.0, 1.0], [1.0, 2.0, 1.0, 4.0, 1.0, 3.0]
    frame["p"] = frame["p"].astype("float32" if type_ == "float" else "float64")
    path = str(shell.folder / "zeros.parquet")
    frame.to_parquet(path)
    given = {"entity": "p", "effects": "p", "regressors": "x"}
    for document in of_keys(shell, path, **given).values():
        assert document["n_entities"] == 3
    frame.assign(t=1).iloc[:2].to_parquet(path)
    twice = options(**{"outcome": "y", "regressors": "x", "entity": "p", "time": "t"})
    complaint = shell.complaint(3, "gravity", path, *twice)
    assert "more than one row for p, t = (0.0, 1)" in complaint


def test_truth_as_a_level(shell: Shell) -> None:
    documents = [
        of_keys(shell, written(shell.folder, key), entity="x", time="z", effects="i,t")
        for key in ("n % 2 = 0", "cast(n % 2 = 0 as varchar)", "n % 2")
    ]
    for name, document in documents[0].items():
        for other in documents[1:]:
            expected = column(other[name], "estimate")
            np.testing.assert_allclose(column(document, "estimate"), expected, rtol=SAME)


@pytest.mark.parametrize("type_", ["hugeint", "uhugeint"])
def test_integers_of_128_bits(type_: str) -> None:
    """They cannot stand in Parquet, but in a table."""
    frame = rows()
    fits = []
    with duckdb.connect() as connection:
        connection.register("given", frame)
        for key in ("{}", f"cast('1{'0' * 30}' as {type_}) + cast({{}} as {type_})"):
            keys = ", ".join(f"{key.format(name)} as k{k}" for k, name in enumerate("ptij"))
            connection.execute(
                f"create or replace temporary view typed as select {keys}, y as v0, x as v1 "  # noqa: S608
                "from given"
            )
            columns = Columns("y", ["x"], "p", "t", [("i", "t"), ("j",)])
            fits.append(fit_sample(table_sample(connection, "typed", columns)))
    small, large = fits
    assert large.n_entities == small.n_entities
    np.testing.assert_allclose(large.coefficients, small.coefficients, rtol=SAME)


def test_ids_of_an_index(shell: Shell) -> None:
    """Labels by the same rule: JSON has no infinity, and bytes no name."""
    path = str(shell.folder / "ids.parquet")
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select n as whole, if(n = 3, 'inf'::double, n / 2) as half, "  # noqa: S608
            "encode(concat('k', n)) as bytes, [n] as list, n * 1.0 as a, cos(n) as b "
            f"from range(5) as given (n)) to '{path}'"
        )
    given = ("--indicators", "a,b", "--id", "whole,half,bytes,list", "--format", "json")
    scores = shell.document("index", path, *given)["scores"]
    assert [row["whole"] for row in scores] == [0, 1, 2, 3, 4]
    assert [row["half"] for row in scores] == ["0.0", "0.5", "1.0", "inf", "2.0"]
    assert [scores[0]["bytes"], scores[0]["list"]] == ["k0", "[0]"]
