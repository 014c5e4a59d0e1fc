"""Tables of docs/calibration.md, from the stored results."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from research.calibration.code import ROOT, code_digest
from research.calibration.panels import SHAPES
from research.simulated_worlds.page import markdown
from research.simulated_worlds.worlds import RIGHT

sys.path.insert(0, str(ROOT / "docs"))  # shared with the other pages

import blocks

RESULTS = Path(__file__).parent / "results.json"
PAGE = ROOT / "docs" / "calibration.md"
COMMAND = "make calibration"
CLASSES = ("huge potential", "expansion", "reshaping")
WORLD_SIZES = {"1": "10 to 100 million", "2": "100 million to 1 billion", "3": "above 1 billion"}
PANEL_SIZES = {"0": "small", "1": "middling", "2": "large"}
INTERVALS = {"line": "line", "lasting": "lasting K", "new_year": "new year"}
FLOWS = {"directed": "world, one direction", "total": "world, both directions"}
PARTS = {"with": "lasting ratios differ", "without": "they do not"}
Row = Sequence[object]


def tables(found: dict[str, Any]) -> dict[str, str]:
    """By name."""
    asked = {name: (FLOWS[name], own) for name, own in found["structural"].items()}
    asked |= {name: (SHAPES[name].title, own) for name, own in found["chain"].items()}
    return {
        "drawn": f"{found['worlds']} worlds of each kind and up to {found['panels']} panels of "
        f"each kind; code `{found['code']}`, seed {found['seed']}.",
        "coverage": _coverage(asked),
        "coverage_by_size": _by_size(found),
        "bins": _bins(asked),
        "kinds": _kinds(found["structural"]),
        "scores": _scores(asked),
    }


def _share(own: dict[str, float]) -> str:
    return f"{100 * own['mean']:.1f} ({100 * own['error']:.1f})"


def _coverage(asked: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for title, own in asked.values():
            for part, name in PARTS.items():
                cover = own[part]["coverage"]
                yield title, name, *(_share(cover[key]["all"]) for key in INTERVALS)

    return markdown(("drawn", "worlds where", *INTERVALS.values()), rows())


def _by_size(found: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for kind, names, sizes in (
            ("structural", FLOWS, WORLD_SIZES),
            ("chain", {name: shape.title for name, shape in SHAPES.items()}, PANEL_SIZES),
        ):
            for name, title in names.items():
                cover = found[kind][name]["with"]["coverage"]
                for size, words in sizes.items():
                    if size in cover["lasting"]:
                        yield title, words, *(_share(cover[key][size]) for key in INTERVALS)

    return markdown(("drawn", "trader", *INTERVALS.values()), rows())


def _bins(asked: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for title, own in asked.values():
            for k, class_ in enumerate(CLASSES):
                held = {b["bin"]: b for b in own["with"]["bins"] if b["class"] == k}
                cells = (f"{100 * held[b]['mean']:+.0f}" if b in held else "" for b in range(10))
                yield title, class_, *cells

    heads = (f"{10 * b}-{10 * b + 10}" for b in range(10))
    return markdown(("drawn", "class", *heads), rows())


def _kinds(flows: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for name, title in FLOWS.items():
            for kind in RIGHT:
                if kind not in flows[name]:
                    continue
                own = flows[name][kind]
                gaps = [abs(b["mean"]) for b in own["bins"]]
                often = sum(abs(b["mean"]) * b["n"] for b in own["bins"])
                often /= sum(b["n"] for b in own["bins"])
                cover = _share(own["coverage"]["lasting"]["all"])
                yield (
                    title,
                    RIGHT[kind].title,
                    cover,
                    f"{100 * often:.1f}",
                    f"{100 * max(gaps):.0f}",
                )

    head = ("drawn", "ratios", "lasting K covered", "mean gap of a bin, points", "largest")
    return markdown(head, rows())


def _scores(asked: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for title, own in asked.values():
            for part, name in PARTS.items():
                held = own[part]["scores"]
                yield title, name, f"{held['brier']:.3f}", f"{held['brier_of_hard_class']:.3f}"

    return markdown(("drawn", "worlds where", "probabilities", "class alone"), rows())


def stored() -> dict[str, Any]:
    """The stored results."""
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def update(*, check: bool) -> int:
    """Write the tables, or say which would change; the exit status.

    Results of other code are results of nothing: that, too, is a difference.
    """
    found = stored()
    if found["code"] != code_digest():
        print(
            f"research/calibration: results are those of other code, run {COMMAND}", file=sys.stderr
        )
        return 1

    def settle(_: str, __: str, new: str) -> str:
        return new

    return blocks.update(PAGE, tables(found), settle, check=check, script=COMMAND)
