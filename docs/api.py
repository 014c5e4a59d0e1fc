"""Write docs/api.md, the page of the public names, from their docstrings.

Usage: python docs/api.py [--check]
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import trade_potential as tp
from trade_potential import errors
from trade_potential.index.fit import IndexFit
from trade_potential.panel.fit import Fit

PAGE = Path(__file__).with_suffix(".md")
HEAD = """# Python

    import trade_potential as tp

The public names, made from their docstrings by `docs/api.py`; [the tutorial](tutorial.md) shows
them at work. Other modules may change without notice. `import trade_potential` takes a few
milliseconds: each name is imported when it is first used.
"""
DOCUMENTED: dict[str, Any] = {
    "tp.Panel": tp.Panel,
    "Fit": Fit,
    "tp.table": tp.table,
    "tp.Index": tp.Index,
    "IndexFit": IndexFit,
    "tp.Release": tp.Release,
    "tp.Study": tp.Study,
    "tp.InputError": tp.InputError,
    "LimitError": errors.LimitError,
    "MemoryLimitError": errors.MemoryLimitError,
    "NotEstimatedError": errors.NotEstimatedError,
}
SECTION = re.compile(r"^(Args|Attributes|Raises|Returns|Yields):(?: (.*))?$")
ENTRY = re.compile(r"^ {4}(?P<names>\w+(, \w+)*): (?P<text>.*)$")


def described(found: Any) -> Iterator[str]:
    """Lines of a docstring in Markdown: sections in bold, their entries as lists."""
    text = inspect.cleandoc(found.__doc__ or "")
    section = ""
    for line in text.replace("``", "`").splitlines():
        start, entry = SECTION.match(line), ENTRY.match(line)
        if start:
            section = start[1]
            yield f"*{section}* {start[2] or ''}".rstrip()
            yield ""
        elif section and entry and section != "Returns":
            names = ", ".join(f"`{name}`" for name in entry["names"].split(", "))
            yield f"- {names}: {entry['text']}"
        elif section and not line.startswith(" ") and line:
            section = ""
            yield line
        else:
            yield f"  {line.strip()}" if section and section != "Returns" and line else line.strip()


def members(of: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties with a docstring, its own first, then those it inherits."""
    seen: set[str] = set()
    for owner in of.__mro__:
        if not owner.__module__.startswith("trade_potential"):
            continue
        for name, found in vars(owner).items():
            if name.startswith("_") or name in seen or not getattr(found, "__doc__", None):
                continue
            if isinstance(found, property | cached_property | classmethod | staticmethod) or (
                inspect.isfunction(found)
            ):
                seen.add(name)
                yield name, found


def signature(name: str, found: Any) -> str:
    """A call as users write it, without types; the name alone of a property."""
    if isinstance(found, property | cached_property):
        return name
    function = getattr(found, "__func__", found)
    parameters = [
        part.replace(annotation=inspect.Parameter.empty)
        for key, part in inspect.signature(function).parameters.items()
        if key not in ("self", "cls")
    ]
    plain = inspect.Signature(parameters)
    return name + re.sub(r"<function ([\w.<>]+) at \w+>", "...", str(plain))


def page() -> str:
    """The page."""
    lines = [HEAD]
    for name, found in DOCUMENTED.items():
        is_class = inspect.isclass(found)
        lines += [f"## {name}", ""]
        if not is_class:
            lines += [f"`{signature(name, found)}`", ""]
        lines += [*described(found), ""]
        for member, part in members(found) if is_class and not issubclass(found, Exception) else ():
            front = f"{name}." if isinstance(part, classmethod | staticmethod) else "."
            lines += [f"### `{front}{signature(member, part)}`", "", *described(part), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def main() -> int:
    """Command line."""
    made = page()
    if sys.argv[1:] == ["--check"]:
        if made != PAGE.read_text(encoding="utf-8"):
            print("docstrings have changed, run docs/api.py", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
