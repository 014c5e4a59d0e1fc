"""What DuckDB may take: what is let through, it takes as it is meant."""

from __future__ import annotations

import duckdb
import pytest

from trade_potential.errors import InputError
from trade_potential.limits import MAX_THREADS, memory_limit, threads


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [("512MB", 512e6), ("1.5 GB", 1.5e9), ("4gib", 4 * 2**30), ("64MiB", 64 * 2**20)],
)
def test_duckdb_takes_a_limit_as_it_is_meant(text: str, bytes_: float) -> None:
    with duckdb.connect(config={"memory_limit": memory_limit(text)}) as memory:
        (shown,) = memory.execute("select current_setting('memory_limit')").fetchone() or ("",)
    number, unit = shown.split(" ")
    size = {"GiB": 2**30, "MiB": 2**20}[unit]
    assert 0.0 <= bytes_ - float(number) * size < 0.1 * size  # DuckDB cuts off after one decimal


@pytest.mark.parametrize("text", ["-4GB", "-1", "none"])
def test_what_duckdb_takes_for_no_limit_is_refused(text: str) -> None:
    with duckdb.connect(config={"memory_limit": text}) as memory:
        assert memory.execute("select 1").fetchone() == (1,)
    with pytest.raises(InputError, match="no amount of memory"):
        memory_limit(text)


def test_threads_up_to_the_bound() -> None:
    assert [threads(str(number)) for number in (1, MAX_THREADS)] == [1, MAX_THREADS]
