"""A release as a static site: pages that open from a file, ask no other host, in three languages.

``write_site`` makes ``index.html`` and the other pages in English, the same in ``zh/`` and ``ru/``,
``assets/`` (style, scripts, libraries with their licences) and ``data/`` (scripts that hand over
rows: a page opened as a file may load a script, and may not fetch).
"""

from trade_potential.site.write import write_into, write_site

__all__ = ["write_into", "write_site"]
