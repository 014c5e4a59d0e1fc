"""The rooms of the library: what each may import. A new room says so here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
LIBRARY = SRC / "trade_potential"

GROUND = {
    *("apart", "errors", "limits", "linalg", "plain_text", "precision", "progress", "row_sums"),
    "study_rows",
}
"""Modules that stand alone: every room may use them, and they each other."""

SHARED = {"sql": set(), "rows": {"sql"}, "inference": set(), "regression_table": {"inference"}}
MODELS = {name: {"inference", "rows", "sql"} for name in ("gravity", "index", "ppml")}
ROOMS: dict[str, set[str]] = {
    **SHARED,
    **MODELS,
    "structural": {"inference"},
    "track": {"structural"},
    "multiverse": {"gravity", "index", "inference", "ppml", "rows", "structural"},
    "results": {"gravity", "index", "inference", "ppml", "sql", "structural"},
    "panel": {*SHARED, "gravity", "ppml"},
    "audit": {"gravity", "inference", "results", "rows"},
    "quality": {"rows", "sql"},
    "own": {"outcome", "quality", "rehearsal", "sql"},
    "reports": {"quality"},
    "rehearsal": {"reports", "quality", "sql"},
    "release": {"reports", "quality", "sql"},
    "served": {"release", "sql"},
    "outcome": set(),
    "words": set(),
    "site": {"release", "sql", "words"},
    "warehouse": set(),
    "engines": {"quality", "sql"},
    "explain": {"inference", "release", "sql"},
    "doctor": {"release", "warehouse"},
    "cli": {
        *SHARED,
        *MODELS,
        "outcome",
        "own",
        "panel",
        "rehearsal",
        "results",
        "release",
        "served",
        "site",
        "words",
        "explain",
        "doctor",
    },
}
"""What a room may import beside itself and the ground: nothing that stands above it, no sibling."""

SECOND_COMPUTATION = {
    "gravity.estimate": {"ESTIMATED"},
    "gravity.moments": {"MEAN_OF"},
    "gravity.specification_tests": {"NEGATIVE_TOLERANCE"},
    "gravity.time_effects": {"ABSORBED_TWOWAY"},
    "inference.wald": {"RANK_TOLERANCE", "too_few"},
    "linalg": {"COLLINEARITY_TOLERANCE", "FloatArray", "IntArray", "one_thread"},
    "precision": {"is_constant", "rounding"},
    "results.build": {"terms_by_spec"},
    "results.gravity": {"Tables", "slots_of"},
    "results.ppml": {"PAIR", "PPML_EFFECTS", "PUBLISHED", "YEAR", "ppml_rows"},
}
"""What the audit takes of code that computes: names, thresholds, the shape of tables, by decision
006. ``sampled`` runs the first computation, on a sample."""


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Modules and names that a file imports, wherever it does; "" for a module itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its room"
            yield from ((node.module or "", name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            yield from ((name.name, "") for name in node.names)


def own(path: Path) -> Iterator[tuple[str, str]]:
    """Modules of the library, without its name, and names that a file imports."""
    for module, name in imports(path):
        if module == "trade_potential":
            yield name, ""
        elif module.startswith("trade_potential."):
            yield module.removeprefix("trade_potential."), name


def files_of(room: str) -> list[Path]:
    folder = LIBRARY / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def test_every_room_is_known() -> None:
    found = {
        path.stem for path in LIBRARY.iterdir() if path.suffix == ".py" or any(path.glob("*.py"))
    }
    assert found - {"__init__"} == {*ROOMS, *GROUND}


@pytest.mark.parametrize("room", [*ROOMS, *sorted(GROUND)])
def test_a_room_imports_what_it_may(room: str) -> None:
    allowed = {room, *GROUND, *ROOMS.get(room, ())}
    for path in files_of(room):
        wrong = {module for module, _ in own(path) if module.partition(".")[0] not in allowed}
        assert not wrong, f"{path.relative_to(SRC)} imports {', '.join(sorted(wrong))}"


def test_only_the_engines_and_the_plugin_import_dbt() -> None:
    for path in LIBRARY.rglob("*.py"):
        if "engines" not in path.parts:
            roots = {module.partition(".")[0] for module, _ in imports(path)}
            assert not roots & {"dbt", "dbt_common", "dbt_trade_potential"}, path


def test_the_audit_takes_no_formula_of_what_it_audits() -> None:
    for path in files_of("audit"):
        if path.stem == "sampled":
            continue
        taken = {
            f"{module}.{name}"
            for module, name in own(path)
            if module.partition(".")[0] in {*MODELS, *GROUND, "results"} - {"errors"}
            or module in ("inference.wald", "inference.distributions")
            if name not in SECOND_COMPUTATION.get(module, ())
        }
        assert not taken, f"{path.name}: {', '.join(sorted(taken))}"


def test_the_second_computation_of_ppml_shares_types_alone() -> None:
    path = LIBRARY / "audit" / "ppml_solution.py"
    assert {f"{module}.{name}" for module, name in own(path)} == {
        "errors.InputError",
        "inference.CONSTANT",
        "linalg.FloatArray",
    }


def test_the_second_computation_of_the_world_shares_types_alone() -> None:
    taken = {
        f"{module}.{name}"
        for path in sorted((LIBRARY / "audit" / "structural").glob("*.py"))
        for module, name in own(path)
        if not module.startswith("audit.structural")
    }
    assert taken == {
        "audit.compare.COLUMNS",
        "audit.cuts.cuts_of",
        "audit.published.Record",
        "errors.InputError",
        "linalg.FloatArray",
        "linalg.IntArray",
        "linalg.one_thread",
    }


def test_the_second_computation_of_the_marts_shares_nothing() -> None:
    taken = {
        f"{module}.{name}"
        for path in sorted((LIBRARY / "audit" / "marts").rglob("*.py"))
        for module, name in own(path)
        if not module.startswith("audit.marts.")
    }
    cuts = {"ALL", "cuts_in_words", "cuts_of", "in_digits"}
    assert taken == {"errors.InputError", *(f"audit.cuts.{name}" for name in cuts)}
