"""Tables of the pages, from the stored results."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from research.simulated_worlds.candidates import CANDIDATES
from research.simulated_worlds.dominance import METHODS as DOMINANCE_METHODS
from research.simulated_worlds.geography import ROOT
from research.simulated_worlds.worlds import BOTH, RIGHT, VARIANTS, WRONG

sys.path.insert(0, str(ROOT / "docs"))  # shared with the other pages

import blocks

RESULTS = ROOT / "research" / "simulated_worlds" / "results.json"
COMMAND = "python -m research.simulated_worlds"
METHODS = {
    "year": "K of a year",
    "year_out": "K of a year, pair left out",
    "years": "K of all years",
    "years_out": "K of all years, pair left out",
    "lasting": "lasting ratio",
    "log_gravity": "log gravity of one reporter",
}
CLASSES = ("huge potential", "expansion", "reshaping")
BANDS = {"1": "10 to 100 million", "2": "100 million to 1 billion", "3": "above 1 billion"}
ALL = {"all": "all with a class", **BANDS}
WHEN = {"0": "the first year", "1": "the year before"}
SHOWN = ("year", "years", "lasting", "log_gravity")
Row = Sequence[object]


def markdown(header: Sequence[str], rows: Iterator[Row]) -> str:
    """A Markdown table: texts to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    right = [all(row[k][-1:].isdigit() or not row[k] for row in cells) for k in range(len(header))]
    rule = ["---:" if is_number else "---" for is_number in right]
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(header), rule, *cells])


def percent(share: float) -> str:
    """Whole per cent."""
    return f"{100.0 * share:.0f}"


def number(value: float | None, digits: int = 2) -> str:
    """With that many decimals; empty where there is none."""
    return "" if value is None else f"{value:.{digits}f}"


def tables(found: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Tables by page and name."""
    return {
        "docs/reading-k.md": {
            "observed_classes": _observed_classes(found["observed"]["methods"]),
            "own_pair": _own_pair(found["observed"]["own_pair"]),
            "examples": _examples(found["observed"]["examples"]),
            "growth": _growth(found["observed"]["growth"], found["growth"]["lognormal"]),
            "realism": _realism(found["realism"]),
            "no_shocks": _no_shocks(found["worlds"]["none"]),
            "dominance": _dominance(found["dominance"]["lognormal"]),
            "recovery": _recovery(found["worlds"]),
            "wrong_models": _wrong_models(found["worlds"]),
            "could_be": _could_be(found),
        },
        "docs/decisions/028-lasting.md": {
            "candidates": _candidates(found["candidates"]),
            "adding_up": _adding_up(found["observed"]["adding_up"]),
        },
    }


def _observed_classes(methods: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for key in ("year", "year_out", "lasting"):
            for band, name in ALL.items():
                own = methods[key][band]
                share = [percent(own[f"share_{c}"]) for c in range(3)]
                sure = percent(_sure(own)) if key == "lasting" else ""
                yield METHODS[key], name, own["n"], number(own["median"]), *share, sure

    header = ("of", "predicted US$ a year", "pairs", "median", *(f"{c}, %" for c in CLASSES))
    return markdown((*header, "held with 90 % or more, %"), rows())


def _own_pair(bands: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for band, name in ALL.items():
            own = bands[band]
            moved = (number(own[key], 3) for key in ("median", "q95", "largest"))
            yield name, *moved, number(100.0 * own["changed"], 1)

    header = ("predicted US$ a year", "median change of ln K", "95 %", "largest")
    return markdown((*header, "another class, %"), rows())


def _examples(found: list[dict[str, Any]]) -> str:
    def rows() -> Iterator[Row]:
        for own in found:
            ks = (number(own[key]) for key in ("exports", "imports", "total", "pair_out"))
            last = number(own["lasting"]), CLASSES[own["class"]], percent(own["probability"])
            yield own["partner"], percent(own["import_share"]), *ks, *last

    header = ("partner", "imports in trade, %", "K of exports", "of imports", "of both")
    return markdown((*header, "pair left out", "lasting", "class", "probability, %"), rows())


def _growth(seen: dict[str, Any], drawn: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for floor in seen:
            for lag, own in seen[floor].items():
                when = {"0": "the first year", "1": "the year before"}.get(
                    lag, f"{lag} years before"
                )
                of = floor if floor == "all pairs" else f"{floor} or more"
                own_slope = number(own["slope"]), number(own["error"], 3), own["n"]
                yield of, when, *own_slope, number(drawn[floor][lag]["slope"])

    header = ("predicted US$ a year", "K of", "slope", "standard error", "rows")
    return markdown((*header, "slope where ratios never change"), rows())


def _dominance(found: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for share, ways in found.items():
            cells = [
                number(ways[key][part]) for part in ("slope", "error") for key in DOMINANCE_METHODS
            ]
            yield percent(float(share)), percent(ways["pairs"]["n"] / 100.0), *cells

    names = [METHODS[key] for key in DOMINANCE_METHODS]
    header = [f"{part}, {name}" for part in ("slope", "error") for name in names]
    return markdown(("largest share from, %", "pairs", *header), rows())


def _realism(found: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for seen, drawn in zip(found["observed"], found["simulated"], strict=True):
            for name, own in (("observed", seen), ("simulated", drawn)):
                ks = (number(k, 3) for k in own["quantiles"])
                yield f"{own['from'] / 1e6:g}", name, *ks, percent(own["zeros"])

    header = ("predicted from, million US$", "world", "K: 5 %", "25 %", "50 %", "75 %", "95 %")
    return markdown((*header, "zeros, %"), rows())


def _no_shocks(methods: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for key, method in METHODS.items():
            cells = [percent(methods[key][b][f"share_{c}"]) for b in ALL for c in (0, 2)]
            yield method, *cells

    header = [f"{CLASSES[c]}, {name}" for name in ALL.values() for c in (0, 2)]
    return markdown(("%", *header), rows())


def _recovery(worlds: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for world in list(RIGHT)[1:]:
            for key, method in METHODS.items():
                held = [worlds[world][key][band] for band in BANDS]
                parts = [(number(own["correlation"]), number(own["rmse"])) for own in held]
                cells = [" / ".join(part) for part in parts]
                yield (
                    VARIANTS[world].title,
                    method,
                    *cells,
                    *(percent(own["right"]) for own in held),
                )

    first = [f"correlation / error, {name}" for name in BANDS.values()]
    return markdown(("world", "of", *first, *(f"right, %, {b}" for b in BANDS.values())), rows())


def _wrong_models(worlds: dict[str, Any]) -> str:
    """Without shocks: shares that are false; with shocks: classes that are right."""

    def rows() -> Iterator[Row]:
        for alone, shocked in zip(("none", *WRONG), ("lognormal", *BOTH), strict=True):
            own = worlds[alone]
            false = [percent(own[key]["all"]["false"]) for key in SHOWN]
            right = [percent(worlds[shocked][key]["all"]["right"]) for key in SHOWN]
            yield _missed(alone), *false, percent(_sure(own["lasting"]["all"])), *right

    false = [f"false potential, {METHODS[key]}" for key in SHOWN]
    right = [f"right with shocks, {METHODS[key]}" for key in SHOWN]
    sure = "false with 90 % or more, lasting ratio"
    return markdown(("% of pairs; the model lacks", *false, sure, *right), rows())


def _could_be(found: dict[str, Any]) -> str:
    """Squared width of ln K without shocks, per cent of the observed one."""
    seen = found["observed"]["methods"]

    def rows() -> Iterator[Row]:
        for world in ("none", *WRONG):
            cells = [
                percent((found["worlds"][world][key][band]["iqr"] / seen[key][band]["iqr"]) ** 2)
                for key in ("year", "lasting")
                for band in BANDS
            ]
            yield _missed(world), *cells

    names = [f"{METHODS[key]}, {name}" for key in ("year", "lasting") for name in BANDS.values()]
    return markdown(("%; the model lacks", *names), rows())


def _missed(world: str) -> str:
    return "nothing" if world == "none" else VARIANTS[world].title.removesuffix(", no shocks")


def _sure(own: dict[str, float]) -> float:
    """Share held as huge potential or reshaping with ``SURE`` probability or more."""
    return own["sure_0"] + own["sure_2"]


def _candidates(found: dict[str, Any]) -> str:
    def rows() -> Iterator[Row]:
        for world, ways in found.items():
            for key, (title, _) in CANDIDATES.items():
                own = ways[key]["all"]
                largest = ways[key]["3"]
                yield (
                    VARIANTS[world].title,
                    title,
                    *(number(own[part], 3) for part in ("rmse", "brier", "log_score")),
                    percent(own["right"]),
                    percent(own["expected_right"]),
                    *(number(largest[part], 3) for part in ("rmse", "brier", "log_score")),
                )

    header = ("world", "way", "error of ln u", "Brier", "log score", "right, %", "said right, %")
    return markdown((*header, *(f"{part}, above 1 billion" for part in header[2:5])), rows())


def _adding_up(found: list[dict[str, Any]]) -> str:
    def rows() -> Iterator[Row]:
        for own in found:
            yield f"{own['from'] / 1e6:g}", own["n"], number(own["with"]), number(own["without"])

    header = ("predicted from, million US$ a year", "flows", "trade over prediction")
    return markdown((*header, "over prediction without the pair"), rows())


def update(*, check: bool) -> int:
    """Write the tables into the pages, or only say which would change; the exit status."""
    found = tables(json.loads(RESULTS.read_text(encoding="utf-8")))
    status = 0
    for name, own in found.items():
        place = ROOT / name
        status |= blocks.update(place, own, lambda _, __, new: new, check=check, script=COMMAND)
    return status
