"""Folders with names that mean something in SQL or in a pattern, and files that cannot be read."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from trade_potential.engines.seeds import read_seed
from trade_potential.quality.parquet_files import complaint_of_parquet
from trade_potential.sql.render import file_literal

ODD = ("Cote d'Ivoire", 'say "x"', "[a-c]", "a*", "what?", "100%s $HOME", "{{ none() }}", "ñ 哈 🙂")


@pytest.fixture(params=ODD)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    path.mkdir()
    return path


def test_a_path_is_one_file_whatever_it_holds(folder: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(f"x\n{name}\n", encoding="utf-8")
    sql = f"select * from read_csv({file_literal(folder / 'a.csv')}, header = true)"  # noqa: S608
    assert duckdb.sql(sql).fetchall() == [("a.csv",)]


def test_a_seed_is_read_for_every_engine(folder: Path) -> None:
    (folder / "s.csv").write_text("a,b\n1,x\n2,\n", encoding="utf-8")
    with duckdb.connect() as memory:
        rows = read_seed(memory, folder / "s.csv", types={"a": "integer", "b": "varchar"})
        assert rows.fetchall() == [(1, "x", 2), (2, None, 3)]


def test_parquet_files_that_cannot_be_read(folder: Path) -> None:
    good = folder / "good.parquet"
    duckdb.sql("select i, md5(i::varchar) as h from range(1000) t(i)").write_parquet(str(good))
    assert complaint_of_parquet(str(good)) == ""
    content = good.read_bytes()
    for name, wrong in {
        "cut off": content[: len(content) // 2],
        "text": b"year,value\n2015,1\n",
        "empty": b"",
        "no footer": content[:-100] + b"x" * 92 + content[-8:],
    }.items():
        path = folder / f"{name}.parquet"
        path.write_bytes(wrong)
        assert "no readable Parquet file" in complaint_of_parquet(str(path)), name
    assert complaint_of_parquet(str(folder)) == "it cannot be opened: Is a directory"
    missing = str(folder / "none.parquet")
    assert complaint_of_parquet(missing) == "it cannot be opened: No such file or directory"
