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


WHILE_IT_BUILDS = ("test_gravity_properties.py", "test_audit.py", "test_gate_sample.py")
"""Long files that need no build: the second worker would wait for the shared one else."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what needs no build behind the first that does; expect what an engine has not."""
    from tests.refusals import ON_SQL

    first = items[0].path if items else None
    if first and first.parent.name == "build":
        later = dict.fromkeys(WHILE_IT_BUILDS, 1)
        items.sort(key=lambda item: 0 if item.path == first else later.get(item.path.name, 2))
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
