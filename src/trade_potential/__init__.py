"""Gravity models, development indices and releases of trade potential.

``Panel`` fits models to anyone's rows, ``table`` shows them side by side, ``Index`` condenses
indicators, ``Release`` reads what a build has published, ``Study`` makes a study of one's own. What
goes wrong with data on purpose is an ``InputError``. Each is imported when it is first used:
docs/api.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trade_potential.errors import InputError
    from trade_potential.index.front import Index
    from trade_potential.own.front import Study
    from trade_potential.panel.panel import Panel
    from trade_potential.panel.tables import table
    from trade_potential.release.front import Release

__all__ = ["Index", "InputError", "Panel", "Release", "Study", "table"]

_MODULES = {
    "Index": "index.front",
    "InputError": "errors",
    "Panel": "panel.panel",
    "Release": "release.front",
    "Study": "own.front",
    "table": "panel.tables",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
