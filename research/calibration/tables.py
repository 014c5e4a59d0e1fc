"""Tables of docs/calibration.md, from the stored results."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from research.calibration.measures import BINS, CUTS, WIDE_BINS
from research.calibration.panels import MEMORIES, SHAPES
from research.calibration.worlds import KINDS
from research.simulated_worlds.page import markdown
from research.simulated_worlds.worlds import RIGHT
from scipy.special import ndtri

CLASSES = ("huge potential", "expansion", "reshaping")
WORLD_SIZES = {
    "0": "below 10 million",
    "1": "10 to 100 million",
    "2": "100 million to 1 billion",
    "3": "above 1 billion",
}
PANEL_SIZES = {"0": "small", "1": "middling", "2": "large"}
INTERVALS = {
    "line": "line",
    "lasting": "lasting K",
    "new_year": "a year at random",
    "next_year": "the next year",
}
FLOWS = {"directed": "world, one direction", "total": "world, both directions"}
PARTS = {"with": "lasting ratios differ", "without": "they do not"}
NO_PROBABILITY = "short_ppml"
"""Too few partners for PPML: in the marts such rows have none."""

REMEMBERED = ("directed", "total", "short_pooled", "pooled", "ppml")
"""Of which the class of the last year is shown by what years remember."""

FEW, WIDTH = 5, 140
AIM, FIRM = 3.0, 0.9
"""Points that a bin may be off; probability from which a class is firm (var firm_from_pct)."""

UNTRIED = set(KINDS) - set(RIGHT)
Row = Sequence[object]
Part = dict[str, Any]


def tables(found: dict[str, Any]) -> dict[str, str]:
    """By name."""
    asked = {name: (FLOWS[name], own) for name, own in found["structural"].items()}
    asked |= {name: (SHAPES[name].title, own) for name, own in found["chain"].items()}
    return {
        "drawn": f"{found['worlds']} worlds of each kind and up to {found['panels']} panels of "
        f"each kind; code `{found['code']}`, seed {found['seed']}.",
        "aim": _aim(asked),
        "coverage": _coverage(asked),
        "ranges": _ranges(asked),
        "coverage_by_size": _by_size(asked),
        "bins": _bins(("drawn",), [((title,), own["with"]) for title, own in asked.values()]),
        "bins_by_kind": _bins(
            ("drawn", "ratios"),
            [
                ((FLOWS[flow], _named(flow, kind)), own[kind])
                for flow, own in found["structural"].items()
                for kind in _kinds_of(own)
            ],
        ),
        "kinds": _kinds(asked),
        "again": _again(asked),
        "firm": _firm(asked),
        "scores": _scores(asked),
    }


def _kinds_of(own: Part) -> list[str]:
    return [kind for kind in own if kind not in PARTS]


def _named(name: str, kind: str) -> str:
    return KINDS[kind].title if name in FLOWS else f"deviation {kind}"


def _sizes(name: str) -> dict[str, str]:
    return WORLD_SIZES if name in FLOWS else PANEL_SIZES


def _parts(own: Part) -> dict[str, list[Part]]:
    """Kinds of ratios together and each alone; constants of the law were not chosen on all."""
    kinds = _kinds_of(own)
    return {
        "kinds together": [own["with"]],
        "each kind": [own[kind] for kind in kinds if kind not in UNTRIED],
        "each kind not chosen on": [own[kind] for kind in kinds if kind in UNTRIED],
    }


def _share(own: dict[str, float]) -> str:
    return f"{100 * own['mean']:.1f} ({100 * own['error']:.1f})"


def _gap(own: dict[str, float]) -> str:
    return f"{100 * own['mean']:+.1f} ({100 * own['error']:.1f})"


def worst(parts: Sequence[Part], k: int) -> dict[str, float]:
    """The bin of a class that is off most."""
    found: list[dict[str, float]] = [b for part in parts for b in part["bins"] if b["class"] == k]
    return max(found, key=lambda b: abs(b["mean"]))


def _aim(asked: dict[str, Any]) -> str:
    def most(names: Iterable[str], words: str) -> str:
        parts = [part for name in names for part in _parts(asked[name][1])[words]]
        each = (f"{100 * abs(worst(parts, k)['mean']):.0f}" for k in range(3))
        return ", ".join(f"{class_} by {gap}" for class_, gap in zip(CLASSES, each, strict=True))

    def rows() -> Iterator[Row]:
        for title, own in asked.values():
            for words, parts in _parts(own).items():
                if parts:
                    yield title, words, *(_gap(worst(parts, k)) for k in range(3))

    large = [name for name in asked if name in SHAPES and SHAPES[name].partners > FEW]
    of_kinds = (
        ("worlds of a kind on which constants of the law were chosen", FLOWS, "each kind"),
        ("worlds of a kind on which none was", FLOWS, "each kind not chosen on"),
        (f"{FEW} partners, pooled", ["short_pooled"], "each kind"),
        ("60 partners", large, "each kind"),
    )
    said = [f"- {title}: {most(names, words)};" for title, names, words in of_kinds]
    together = f"- worlds of several kinds together: {most(FLOWS, 'kinds together')}."
    table = markdown(("drawn", "ratios", *CLASSES), rows())
    lines = [f"The aim, {AIM:.0f} points in every bin, is **missed**. The bin that is off most:"]
    return "\n".join([*lines, "", *said, together, "", table])


def _coverage(asked: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for title, own in asked.values():
            for part, name in PARTS.items():
                cover = own[part]["coverage"]
                yield title, name, *(_share(cover[key]["all"]) for key in INTERVALS)

    return markdown(("drawn", "worlds where", *INTERVALS.values()), rows())


def _ranges(asked: dict[str, Any]) -> str:
    """Lowest and highest of what is drawn, where there is a probability."""
    own = {name: held for name, held in asked.items() if name != NO_PROBABILITY}

    def by(over: str, key: str) -> Iterator[tuple[dict[str, float], str]]:
        for name, (title, held) in own.items():
            if over == "kinds of ratios":
                for kind in _kinds_of(held):
                    cover = held[kind]["coverage"][key]["all"]
                    yield cover, f"{title}, {_named(name, kind)}"
            elif over == "sizes of trader":
                cover = held["with"]["coverage"][key]
                for size, words in _sizes(name).items():
                    if size in cover:
                        yield cover[size], f"{title}, {words}"
            else:
                yield held["with"]["coverage"][key]["all"], title

    def rows() -> Iterator[Row]:
        for key, interval in INTERVALS.items():
            for over in ("everything drawn", "sizes of trader", "kinds of ratios"):
                found = sorted(by(over, key), key=lambda held: held[0]["mean"])
                (low, where_low), (high, where_high) = found[0], found[-1]
                yield interval, over, _share(low), where_low, _share(high), where_high

    return markdown(("interval", "over", "lowest", "where", "highest", "where"), rows())


def _by_size(asked: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for name, (title, own) in asked.items():
            cover = own["with"]["coverage"]
            for size, words in _sizes(name).items():
                if size in cover["lasting"]:
                    yield title, words, *(_share(cover[key][size]) for key in INTERVALS)

    return markdown(("drawn", "trader", *INTERVALS.values()), rows())


def _bins(heads: tuple[str, ...], parts: Sequence[tuple[Row, Part]]) -> str:
    def rows() -> Iterator[Row]:
        for words, part in parts:
            for k, class_ in enumerate(CLASSES):
                held = {b["bin"]: b for b in part["bins"] if b["class"] == k}
                cells = (f"{100 * held[b]['mean']:+.0f}" if b in held else "" for b in range(BINS))
                yield *words, class_, *cells

    return markdown((*heads, "class", *map(_bin, range(BINS))), rows())


def _bin(b: int, wide: int = 10) -> str:
    return f"{wide * b}-{wide * b + wide}"


def _kinds(asked: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for name, (title, own) in asked.items():
            for kind in _kinds_of(own):
                held = own[kind]["bins"]
                often = sum(abs(b["mean"]) * b["n"] for b in held) / sum(b["n"] for b in held)
                beyond = sum(100 * abs(b["mean"]) > AIM for b in held)
                most = [worst([own[kind]], k) for k in range(3)]
                yield (
                    title,
                    _named(name, kind),
                    _share(own[kind]["coverage"]["lasting"]["all"]),
                    f"{100 * often:.1f}",
                    f"{beyond} of {len(held)}",
                    *(f"{_gap(b)} at {_bin(int(b['bin']))}" for b in most),
                )

    beyond = f"bins off by more than {AIM:.0f}"
    head = ("drawn", "ratios", "lasting K covered", "mean gap, points", beyond, *CLASSES)
    return markdown(head, rows())


def _again(asked: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for name in REMEMBERED:
            title, own = asked[name]
            for year, held in own["with"]["again"].items():
                kind, _, memory = year.partition(" ")
                of = {b["bin"]: b for b in held}
                cells = (
                    f"{100 * of[b]['said']:.0f}, {100 * (of[b]['said'] + of[b]['mean']):.0f}"
                    if b in of
                    else ""
                    for b in range(WIDE_BINS)
                )
                observed = "as observed" if name in FLOWS else "all"
                words = f"{MEMORIES[int(memory)]}" if memory else observed
                yield title, {"random": "at random", "next": "next"}[kind], words, *cells

    heads = (_bin(b, 100 // WIDE_BINS) for b in range(WIDE_BINS))
    return markdown(("drawn", "year", "memory", *heads), rows())


def _firm(asked: dict[str, Any]) -> str:
    """How well ln K must be known for firm expansion, and what was said at most."""
    width = np.log(CUTS[1] / CUTS[0]) / (2.0 * ndtri((1.0 + FIRM) / 2.0))
    worlds = max(asked[name][1]["with"]["most_said"][1] for name in FLOWS)
    panels = {
        title: own["with"]["most_said"][1]
        for name, (title, own) in asked.items()
        if name not in FLOWS
    }
    least, most = min(panels.values()), max(panels.values())
    return textwrap.fill(
        f"From {100 * FIRM:.0f} per cent on a class is firm. Of expansion, K of {CUTS[0]} to "
        f"{CUTS[1]}, that is said only where ln K is known to a standard deviation of {width:.2f} "
        f"or less. The most that was said of it: {100 * worlds:.0f} per cent in worlds, "
        f"{100 * least:.0f} to {100 * most:.0f} in panels, where ratios hardly differ.",
        WIDTH,
    )


def _scores(asked: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for title, own in asked.values():
            for part, name in PARTS.items():
                held = own[part]["scores"]
                yield title, name, f"{held['brier']:.3f}", f"{held['brier_of_hard_class']:.3f}"

    return markdown(("drawn", "worlds where", "probabilities", "class alone"), rows())
