"""Settings of all tests."""

import os
import sys
from collections.abc import Iterator

# Small systems: BLAS threads wait longer than they compute, more so where tests run side by side.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from trade_potential.errors import InputError

# pyspark, where installed, ends a process whose main module has no file: a worker of xdist is one.
vars(sys.modules["__main__"]).setdefault("__file__", __file__)

pytest_plugins = ("tests.costs",)

# The same examples in every run, and as long as a slow machine needs.
settings.register_profile("reproducible", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("reproducible")


@pytest.fixture(scope="module", params=["sql", "blocks"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every case of the panels of tests by the SQL of the warehouse and by blocks of rows."""
    from tests.panels import on_engine

    with on_engine(request.param) as name:
        yield name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the refusals of the engine that has not all."""
    from tests.refusals import ON_SQL

    for item in items:
        values = getattr(getattr(item, "callspec", None), "params", {})
        if values.get("engine") != "sql":
            continue
        name = f"{item.path.name}::{getattr(item, 'originalname', '')}"
        given = item.name.partition("[sql-")[2].rstrip("]")
        for case in (name, f"{name}[{given}]", *(f"{name}[{part}]" for part in given.split("-"))):
            if case in ON_SQL:
                # The command line says it instead of raising.
                said = pytest.RaisesExc((InputError, AssertionError), match=ON_SQL[case])
                item.add_marker(pytest.mark.xfail(raises=said, strict=True, reason=ON_SQL[case]))
