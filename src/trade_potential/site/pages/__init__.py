"""The pages of the site, in the order of its navigation.

A page is a template ``templates/<name>.html.j2``, its texts ``words/<language>/site_<name>.toml``
and a function that takes a Source and the Words of a language and gives what the template shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from trade_potential.site.pages import (
    downloads,
    glossary,
    method,
    models,
    overview,
    plain,
    quality,
    replication,
    robustness,
    track,
    vintages,
)
from trade_potential.site.source import Source
from trade_potential.words import Words


class Page(NamedTuple):
    """One page.

    Attributes:
        name: Of its file, its template and its texts.
        context: What the template shows.
        scripts: In assets/, in the order in which they run; without them it needs none.
    """

    name: str
    context: Callable[[Source, Words], dict[str, Any]]
    scripts: tuple[str, ...] = ()


D3, PLOT, TOPOJSON = (
    f"vendor/{name}" for name in ("d3.min.js", "plot.umd.min.js", "topojson-client.min.js")
)
OWN = "assets/site.js"

PAGES = (
    Page("index", overview.context, (D3, TOPOJSON, OWN, "assets/overview.js")),
    Page("choose", plain.context, (D3, OWN, "assets/choose.js")),
    Page("partner", plain.context, (D3, PLOT, OWN, "assets/partner.js")),
    Page("track", track.context, (OWN,)),
    Page("quality", quality.context, (OWN,)),
    Page("models", models.context, (OWN,)),
    Page("robustness", robustness.context, (OWN,)),
    Page("replication", replication.context, (OWN,)),
    Page("vintages", vintages.context, (OWN,)),
    Page("method", method.context, (OWN,)),
    Page("glossary", glossary.context, (OWN,)),
    Page("downloads", downloads.context, (OWN,)),
)
