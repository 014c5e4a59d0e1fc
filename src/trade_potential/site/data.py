"""Rows that pages load: one script for the world, one for each reporter, study and country."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trade_potential.site.answers import ANSWER, CERTAINTIES, CODES, reporters, typical
from trade_potential.site.source import Source
from trade_potential.words import LANGUAGES

STUDIES = "fct_trade_potential"


def write_data(folder: Path, source: Source, shapes: Path) -> None:
    """Write every script of rows.

    Args:
        folder: ``data`` of the site; made here.
        source: The release that is shown.
        shapes: TopoJSON of the economies.
    """
    folder.mkdir(parents=True)
    _hand_over(folder, "world", json.dumps(world(source), ensure_ascii=False))
    _hand_over(folder, "shapes", shapes.read_text(encoding="utf-8"))
    for language in LANGUAGES:
        held = json.dumps(labels(source, language), ensure_ascii=False)
        _hand_over(folder, f"labels.{language}", held)
    for found in (reporters(source), countries(source), studies(source)):
        for name, text in found:
            _hand_over(folder, name, text)


def handed_over(name: str, held: Any) -> str:
    """A script that hands something to the page."""
    text = json.dumps(held, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _script(name, text)


def _script(name: str, text: str) -> str:
    return f"TP.receive({json.dumps(name)},{text});\n"


def _hand_over(folder: Path, name: str, text: str) -> None:
    """Write JSON as a script."""
    file = folder / f"{name}.js"
    file.parent.mkdir(exist_ok=True)
    file.write_text(_script(name, text), encoding="utf-8")


def world(source: Source) -> dict[str, Any]:
    """What every page knows: release, economies, years, codes, sources, the default choice."""
    answers = source.release.mart(ANSWER)
    reporters = answers.project("reporter_iso3").distinct().order("all").fetchall()
    newest = answers.filter("k_ratio is not null").aggregate("max(year)").fetchone()
    sources = source.rows("dim_source")
    return {
        "release": source.release.id,
        "published": source.release.published_at.date().isoformat(),
        "reporters": [code for (code,) in reporters],
        "economies": {
            row["country_iso3"]: [
                row["un_region"], row["income_group"], row["longitude_deg"], row["latitude_deg"],
            ]
            for row in source.rows("dim_country")
        },
        "years": [y for (y,) in answers.project("year").distinct().order("all").fetchall()],
        "newest": newest[0] if newest else None,
        "typical": typical(source),
        "indexed": _codes(source, "fct_development_index", "country_iso3"),
        "own_studies": _codes(source, STUDIES, "reporter_iso3"),
        "codes": {letter: code for code, letter in CODES.items()},
        "certainties": {letter: code for code, letter in CERTAINTIES.items()},
        "sources": {of["source_id"]: [of["title"], of["vintage"], of["url"]] for of in sources},
        "indicators": {
            row["indicator"]: [row["unit"], row["source_id"], row["indicator_code"]]
            for row in source.rows("dim_indicator")
        },
    }  # fmt: skip


def _codes(source: Source, mart: str, column: str) -> list[str]:
    return [
        of
        for (of,) in source.release.mart(mart).project(column).distinct().order(column).fetchall()
    ]


def labels(source: Source, language: str) -> dict[str, dict[str, str]]:
    """What codes are called, by kind."""
    found: dict[str, dict[str, str]] = {}
    for row in source.rows("dim_label", where=f"language = '{language}'"):
        found.setdefault(row["code_kind"], {})[row["code"]] = row["label"]
    return found


def countries(source: Source) -> Iterator[tuple[str, str]]:
    """Index and indicators of each country, by study."""
    held: dict[str, dict[str, Any]] = {}
    for row in source.rows("fct_development_index"):
        of = held.setdefault(row["country_iso3"], {}).setdefault(row["study_id"], {"index": {}})
        of["index"].setdefault(row["index_spec_id"], []).append(
            [row["year"], _short(row["development_index"]), row["index_rank"],
             _short(row["imputed_share"])]
        )  # fmt: skip
    figures = source.release.mart("fct_country_indicator").project(
        "country_iso3, study_id, indicator, year, indicator_value, "
        "coalesce(fill_method, ''), is_estimate"
    )
    for country, study, indicator, year, value, filled, is_estimate in figures.order(
        "all"
    ).fetchall():
        if study not in held.get(country, {}):
            continue
        of = held[country][study].setdefault("figures", {}).setdefault(indicator, [])
        of.append([year, _short(value), filled or ("estimate" if is_estimate else "")])
    for country, found in held.items():
        text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        yield f"country/{country}", text


def studies(source: Source) -> Iterator[tuple[str, str]]:
    """Answers of studies of one reporter, by study, specification and estimator."""
    rows = source.release.mart(STUDIES)
    order = "reporter_iso3, study_id, spec_id, estimator, is_default desc, partner_iso3, year"
    found = rows.order(order).project(
        "reporter_iso3, study_id, spec_id, estimator, is_default, partner_iso3, year, "
        "potential_class, k_status, answer_certainty, k_ratio, k_ratio_ci_low, k_ratio_ci_high, "
        "probability_huge, probability_expansion, probability_reshaping, actual_usd / 1e6, "
        "predicted_usd / 1e6, imputed_share"
    )
    held: dict[str, dict[str, Any]] = {}
    for reporter, study, spec, estimator, is_default, *rest in found.fetchall():
        name = f"{study}/{spec}/{estimator}"
        of = held.setdefault(reporter, {}).setdefault(name, {"default": is_default, "rows": []})
        of["rows"].append([_short(value) if isinstance(value, float) else value for value in rest])
    for reporter, said in held.items():
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        yield f"study/{reporter}", text


def _short(value: float | None) -> float | None:
    """Seven digits: more than a page prints."""
    return None if value is None else float(f"{value:.7g}")
