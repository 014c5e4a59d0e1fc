"""The command site: the pages of a release, in a folder of one's own."""

from __future__ import annotations

import argparse
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from trade_potential.cli.release_document import steps, write_document
from trade_potential.cli.session import OK
from trade_potential.errors import InputError, ReleaseError

if TYPE_CHECKING:
    from trade_potential.release.front import Release

EXAMPLES = """examples of site:
  trade-potential site
  trade-potential site --to /srv/www/trade-potential
"""
MARK = "assets/site.js"
"""A folder that has it is a site, and may be written anew."""


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """From which release, and where to."""
    sub.add_argument("--release-path", default="release", metavar="DIR", help="default release")
    sub.add_argument(
        "--to", default="build/site", metavar="DIR",
        help="folder that is written, and replaced where it holds a site (default build/site)",
    )  # fmt: skip
    sub.add_argument("--format", choices=("table", "json"), default="table")
    sub.set_defaults(run=run, check=lambda _: None, parser=sub, output=None)


def run(args: argparse.Namespace) -> int:
    """Write the site of the current release.

    Raises:
        InputError: The folder is there and is no site.
    """
    from trade_potential.release.front import Release
    from trade_potential.site import write_site
    from trade_potential.site.source import Source

    target = Path(args.to)
    if target.exists() and not (target / MARK).is_file():
        raise InputError(f"{target}: is there and holds no site; name another folder with --to")
    with ExitStack() as held:
        release = held.enter_context(Release.current(args.release_path))
        earlier = _before(release, args.release_path)
        if earlier is not None:
            held.enter_context(earlier)
        held.enter_context(steps())("pages", "")
        draft = target.with_name(f".{target.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        write_site(draft, Source(release, earlier))
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    page = target / "index.html"
    said = {"release_id": release.id, "page": str(page)}
    write_document(args, said, f"{page}\n")
    return OK


def _before(release: Release, path: str) -> Release | None:
    """The release that was current before; None where it is gone."""
    from trade_potential.release.front import Release

    name = release.manifest.get("previous_release_id")
    try:
        return Release.of(name, path) if name else None
    except ReleaseError:
        return None
