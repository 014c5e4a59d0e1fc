"""The public names: what there is, that it is there, and that importing the package is free."""

from __future__ import annotations

import subprocess
import sys

import pytest

import trade_potential

PUBLIC = ["Index", "InputError", "Panel", "Release", "Study", "table"]
HEAVY = ["numpy", "pandas", "duckdb", "scipy", "pyarrow"]


def test_the_public_names() -> None:
    assert trade_potential.__all__ == PUBLIC
    assert dir(trade_potential) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_a_docstring_and_its_own_name(name: str) -> None:
    found = getattr(trade_potential, name)
    assert found.__name__ == name
    assert found.__doc__


def test_what_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'panels'"):
        _ = trade_potential.panels


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, trade_potential; print(sorted({set(HEAVY)!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
