"""Writes the site."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.release.front import Release
from trade_potential.site.data import handed_over, write_data
from trade_potential.site.pages import PAGES, Page
from trade_potential.site.source import Source
from trade_potential.words import LANGUAGES, Words

if TYPE_CHECKING:
    from jinja2 import Environment

    from trade_potential.release.layout import ReleaseFolder

HERE = Path(__file__).parent
SITE = "site"
"""Its folder in a release."""
NEEDED = {
    *("dim_country", "dim_indicator", "dim_label", "dim_source", "fct_country_indicator"),
    *("fct_audit_results", "fct_development_index", "fct_quality_results", "fct_row_ledger"),
    *("dim_study", "fct_gravity_coefficients", "fct_gravity_tests", "fct_index_diagnostics"),
    *("rpt_class_robustness", "rpt_printed_consistency", "rpt_replication"),
    *("rpt_replication_findings", "rpt_vintage_sensitivity"),
    *("fct_track_record", "fct_trade_potential", "rpt_answer"),
}
"""Marts without which there is no site."""
SHAPES = "countries-110m.json"
SCRIPTS = ("site_script.", "units.")
"""Of texts that scripts use."""
FIRST = next(iter(LANGUAGES))
"""Its pages lie at the top, those of each other language in a folder of its own."""


def write_into(new: ReleaseFolder, before: ReleaseFolder | None) -> None:
    """Write the site of a release into its folder, as a part of it.

    Args:
        new: Of the release, still being written.
        before: The release that is current; None: there is none, or it cannot be read.
    """
    with ExitStack() as held:
        release = held.enter_context(Release(new))
        earlier = Release(before) if before is not None and before.is_proven() else None
        if earlier is not None:
            held.enter_context(earlier)
        if set(release.marts) >= NEEDED:
            write_site(new.folder / SITE, Source(release, earlier))


def write_site(folder: Path, source: Source) -> None:
    """Write every page in every language, with all that they load.

    Args:
        folder: Of the site; made here.
        source: The release that is shown.
    """
    folder.mkdir(parents=True)
    for part in ("assets", "vendor"):
        shutil.copytree(HERE / part, folder / part, ignore=shutil.ignore_patterns(SHAPES))
    write_data(folder / "data", source, HERE / "vendor" / SHAPES)
    for language in LANGUAGES:
        words = Words(language)
        texts = handed_over(
            f"texts.{language}", {k: words.texts[k] for k in words.texts if k.startswith(SCRIPTS)}
        )
        (folder / "data" / f"texts.{language}.js").write_text(texts, encoding="utf-8")
        inside = folder if language == FIRST else folder / language
        inside.mkdir(exist_ok=True)
        for page in PAGES:
            (inside / f"{page.name}.html").write_text(
                _rendered(page, source, words), encoding="utf-8"
            )


def _rendered(page: Page, source: Source, words: Words) -> str:
    """A page as text."""
    up = "" if words.language == FIRST else "../"
    return (
        _environment()
        .get_template(f"{page.name}.html.j2")
        .render(
            page=page, pages=PAGES, words=words, t=words.text, languages=LANGUAGES, up=up,
            others={
                code: (up if code == FIRST else f"{up}{code}/") + f"{page.name}.html"
                for code in LANGUAGES
            },
            release_id=source.release.id, published_at=source.release.published_at,
            **page.context(source, words),
        )
    )  # fmt: skip


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
