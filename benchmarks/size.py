"""Lines by area, and nodes of the graph that dbt parsed last: `python -m benchmarks.size`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from benchmarks.columns import ROOT

PRODUCT = ("src", "models", "macros", "python_models")
"""What is counted as the product: its Python, SQL and YAML."""

LIBRARY = "src/trade_potential"
BESIDE = {
    "seeds": "yml",
    "tests": "py",
    "tests/data": "sql",
    "tests/generic": "sql",
    "benchmarks": "py",
    "docs": "py",
    "research": "py",
}


def lines_of(folder: Path, suffixes: tuple[str, ...]) -> Counter[str]:
    """Lines by the folder below ``folder`` in which they are; those of its own files by ''."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.suffix in suffixes:
            room = path.relative_to(folder).parts[:-1]
            found[room[0] if room else ""] += path.read_bytes().count(b"\n")
    return found


def lines_by_area() -> dict[str, int]:
    """Rooms of the library, the other folders of the product by language, their sum, the rest."""
    product = {area: lines_of(ROOT / area, (".py", ".sql", ".yml")) for area in PRODUCT}
    found = {
        f"{LIBRARY}/{room}": n
        for room, n in sorted(lines_of(ROOT / LIBRARY, (".py", ".sql", ".yml")).items())
    }
    found |= {f"src/{room}": n for room, n in product["src"].items() if room != "trade_potential"}
    for area in PRODUCT[1:]:
        for suffix in (".sql", ".yml", ".py"):
            if n := lines_of(ROOT / area, (suffix,)).total():
                found[f"{area}, {suffix[1:]}"] = n
    found["the product"] = sum(counted.total() for counted in product.values())
    for area, suffix in BESIDE.items():
        found[f"{area}, {suffix}"] = lines_of(ROOT / area, (f".{suffix}",)).total()
    return found


def graph() -> dict[str, int]:
    """Nodes by kind, models also by materialisation, and the edges between nodes and sources."""
    parsed = json.loads((ROOT / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes = list(parsed["nodes"].values())
    kinds = Counter(node["resource_type"] for node in nodes)
    kinds["unit_test"] = len(parsed["unit_tests"])
    total = kinds.total()
    models = [node for node in nodes if node["resource_type"] == "model"]
    kinds.update(
        f"model, {'Python' if node['language'] == 'python' else node['config']['materialized']}"
        for node in models
    )
    edges = sum(len(set(node["depends_on"].get("nodes", ()))) for node in nodes)
    return {"nodes": total, **dict(sorted(kinds.items())), "edges": edges}


if __name__ == "__main__":
    for measured in (lines_by_area(), graph()):
        for name, count in measured.items():
            print(f"{count:>7,}  {name}")
