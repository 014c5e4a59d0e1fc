"""Installed packages: versions, licences, and which of them a build rests on."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from typing import NamedTuple

from packaging.requirements import Requirement

OWN = "trade-potential"


class Package(NamedTuple):
    """One installed distribution.

    Attributes:
        name: As the registry normalizes it.
        version: Of it.
        licence: As it says; None: it says none.
        needs: Names of the distributions that it asks for here, extras left out.
    """

    name: str
    version: str
    licence: str | None
    needs: frozenset[str]


def installed() -> dict[str, str]:
    """Version by name of every installed distribution, and of Python."""
    return {"python": platform.python_version()} | {
        _normal(found.name): found.version for found in _found()
    }


def described() -> dict[str, Package]:
    """Every installed distribution by name."""
    return {
        _normal(found.name): Package(
            _normal(found.name), found.version, _licence(found), frozenset(_needs(found))
        )
        for found in _found()
    }


def required(packages: dict[str, Package]) -> set[str]:
    """Names of what a build on DuckDB rests on: our package and all that it asks for."""
    reached: set[str] = set()
    waiting = [OWN]
    while waiting:
        name = waiting.pop()
        if name in packages and name not in reached:
            reached.add(name)
            waiting += packages[name].needs
    return reached


def _found() -> Iterator[Distribution]:
    """Each distribution once: the first on the path is the one that is imported."""
    seen: set[str] = set()
    for found in distributions():
        name = _normal(found.name) if found.name else ""
        if name and name not in seen:
            seen.add(name)
            yield found


def _normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _needs(found: Distribution) -> Iterator[str]:
    for text in found.requires or []:
        asked = Requirement(text)
        if asked.marker is None or asked.marker.evaluate({"extra": ""}):
            yield _normal(asked.name)


def _licence(found: Distribution) -> str | None:
    said = _field(found, "License-Expression") or _field(found, "License")
    if said and len(said.splitlines()) == 1 and said.upper() != "UNKNOWN":
        return str(said)
    names = [
        text.rpartition(" :: ")[2]
        for text in found.metadata.get_all("Classifier") or []
        if text.startswith("License ::")
    ]
    return "; ".join(names) or None


def _field(found: Distribution, name: str) -> str | None:
    """A field that may not be there: what brings the metadata differs in what it does then."""
    held = found.metadata.get_all(name)
    return str(held[0]) if held else None
