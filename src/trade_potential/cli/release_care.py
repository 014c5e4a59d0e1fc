"""Commands of releases with which people decide: accept and reject, pin and unpin, take away."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.cli.release_document import root_of, write_document
from trade_potential.cli.session import OK

if TYPE_CHECKING:
    from trade_potential.release import ReleaseFolder

Add = Callable[[str, str, Any], argparse.ArgumentParser]


def add_arguments(command: Add) -> None:
    """The commands."""
    leaf = command("accept", "Publish what is held beyond a limit of the exit gate.", _accept)
    leaf.add_argument("release", metavar="ID", help="id of what is held")
    leaf.add_argument("--reason", required=True, type=_text, help="why it may be published")
    leaf.add_argument("--by", type=_text, metavar="NAME", help="who says so (default: this user)")
    leaf = command("reject", "Remove what is held; the current release stays.", _reject)
    leaf.add_argument("release", metavar="ID", help="id of what is held")
    leaf = command("pin", "Keep a release, however many follow.", _pin)
    leaf.add_argument("release", metavar="ID", help="id of a release, or current")
    leaf.add_argument("--reason", default="", help="why it stays")
    leaf = command("unpin", "Let a pinned release go when it is old.", _unpin)
    leaf.add_argument("release", metavar="ID", help="id of a release, or current")
    leaf = command("export", "Verify a release and write it into one file (tar).", _export)
    leaf.add_argument("release", metavar="ID", help="id of a release, or current")
    leaf.add_argument("file", metavar="FILE", help="the archive; it must not be there")
    leaf = command(
        "restore",
        "Check an archive and make a release of it; it is pinned, current stays.",
        _restore,
    )
    leaf.add_argument("file", metavar="FILE", help="what export has written")


def _text(text: str) -> str:
    """A text that says something, on one line."""
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError("needs a text on one line")
    return text.strip()


def state_of(root: Path, candidate: ReleaseFolder) -> str:
    """Of a candidate: held, or outdated where it was compared with another release."""
    from trade_potential.release.held import is_outdated

    return "outdated" if is_outdated(root, candidate) else "held"


def _accept(args: argparse.Namespace) -> int:
    from trade_potential.release import accept
    from trade_potential.release.status import PUBLISHED, result, tell

    root = root_of(args)
    release, notes = accept(root, args.release, reason=args.reason, by=args.by)
    said = release.manifest()
    accepted = said["exit_gate"]["accepted"]
    message = f"accepted by {accepted['by']}: {accepted['reason']}"
    notes += tell(
        root,
        result(PUBLISHED, run_id=said["run_id"], release_id=release.release_id, message=message),
    )
    document = {"current": release.release_id, "accepted": accepted, "notes": notes}
    return _said(args, document, f"current is {release.release_id}, {message}")


def _reject(args: argparse.Namespace) -> int:
    from trade_potential.release import current_id, reject
    from trade_potential.release.held import find_held, user
    from trade_potential.release.status import REJECTED, result, tell

    root = root_of(args)
    run_id = find_held(root, args.release).manifest().get("run_id")
    notes = reject(root, args.release)
    said = result(REJECTED, run_id=run_id, release_id=args.release, message=f"by {user()}")
    notes += tell(root, said)
    document = {"rejected": args.release, "current": current_id(root), "notes": notes}
    return _said(args, document, f"rejected {args.release}; current is {document['current']}")


def _pin(args: argparse.Namespace) -> int:
    from trade_potential.release import pin, pinned

    root = root_of(args)
    name = pin(root, args.release, args.reason)
    return _said(args, {"pinned": name, **pinned(root)[name]}, f"pinned {name}")


def _unpin(args: argparse.Namespace) -> int:
    from trade_potential.release import unpin

    name = unpin(root_of(args), args.release)
    return _said(args, {"unpinned": name}, f"unpinned {name}")


def _export(args: argparse.Namespace) -> int:
    from trade_potential.release import export

    file = Path(args.file)
    name = export(root_of(args), args.release, file).release_id
    size = file.stat().st_size
    document = {"exported": name, "file": str(file), "bytes": size}
    return _said(args, document, f"exported {name} to {file}: {size / 1e6:.1f} MB")


def _restore(args: argparse.Namespace) -> int:
    from trade_potential.release import restore

    release, notes = restore(Path(args.release_path), Path(args.file))
    document = {"restored": release.release_id, "file": args.file, "notes": notes}
    return _said(args, document, f"restored {release.release_id}, which is pinned")


def _said(args: argparse.Namespace, document: dict[str, Any], text: str) -> int:
    """Write what was done, after what was found of killed processes."""
    lines = [*document.get("notes", []), text]
    write_document(args, document, "".join(f"{line}\n" for line in lines))
    return OK
