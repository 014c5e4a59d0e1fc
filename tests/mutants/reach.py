"""Which nodes a changed file can reach: a build of those and all below shows what a whole one does.

dbt knows of its own files (``state:modified``, macros included), but not of the library: there the
imports of its modules tell which Python models run a changed one.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

PACKAGES = ("trade_potential", "dbt_trade_potential")
NAMED = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:[.]\w+)+")


def selection(root: Path, file: str) -> list[str]:
    """Arguments of ``dbt build`` for all that a change of ``file`` reaches; none: everything."""
    if file.startswith("src/") and file.endswith(".py"):
        nodes = [
            f"{path.stem}+"
            for path in sorted((root / "python_models").rglob("*.py"))
            if file in library_of(root, path)
        ]
        return ["--select", *nodes] if nodes else []
    if file == "dbt_project.yml":
        return []
    return ["--select", "state:modified+"]


def library_of(root: Path, model: Path) -> set[str]:
    """Files of the library that a Python model imports, directly or not."""
    found: set[str] = set()
    rest = [model]
    while rest:
        for name in _modules(rest.pop()):
            for file in _files(root, name):
                if (path := str(file.relative_to(root))) not in found:
                    found.add(path)
                    rest.append(file)
    return found


@cache
def _modules(path: Path) -> frozenset[str]:
    """Modules and names that a file imports; texts such as module:function count as well."""
    names: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not _is_for_types(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.update(NAMED.findall(node.value))
    return frozenset(name for name in names if name.split(".")[0] in PACKAGES)


def _is_for_types(node: ast.stmt) -> bool:
    """Whether nothing of it is run: ``if TYPE_CHECKING``."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _files(root: Path, name: str) -> list[Path]:
    """The module of a dotted name, or of its front where the rest is a name in it, and packages.

    Not the outermost package, which imports its public names when they are asked for.
    """
    parts = name.split(".")
    at = [root.joinpath("src", *parts[:k]) for k in range(2, len(parts) + 1)]
    paths = [path for one in at for path in (one.with_suffix(".py"), one / "__init__.py")]
    return [path for path in paths if path.exists()]
