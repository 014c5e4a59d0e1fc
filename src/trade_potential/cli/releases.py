"""The command releases: what builds have published or held, and what people do with it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.cli import release_care, release_postgres, release_status
from trade_potential.cli.release_diff import diff_table
from trade_potential.cli.release_document import root_of, steps, write_document
from trade_potential.cli.session import BAD_DATA, OK
from trade_potential.errors import ReleaseError
from trade_potential.plain_text import aligned

if TYPE_CHECKING:
    from trade_potential.release import ReleaseFolder

EXAMPLES = """examples of releases:
  trade-potential releases list
  trade-potential releases diff 000011-5d41402a current --format json
  trade-potential releases verify && trade-potential releases rollback
  trade-potential releases reproduce current
  trade-potential releases accept 000012-1f2e3d4c --reason 'GDP of 2025 is out'
  trade-potential releases pin current --reason 'report of 2026'
  trade-potential releases export current release.tar
  trade-potential releases restore release.tar
  PGHOST=db.example PGDATABASE=bi trade-potential releases to-postgres
  trade-potential releases status --max-age-hours 30
"""


def add_arguments(sub: argparse.ArgumentParser) -> None:
    """The commands below releases."""
    commands = sub.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, text: str, run: Any) -> argparse.ArgumentParser:
        leaf: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
        leaf.add_argument(
            "--release-path", default="release", metavar="DIR", help="default release"
        )
        leaf.add_argument("--format", choices=("table", "json"), default="table")
        leaf.add_argument("--output", metavar="FILE", help="write there instead of to stdout")
        leaf.set_defaults(run=run, check=lambda _: None, parser=leaf)
        return leaf

    command("list", "List releases and what is held, oldest first.", _list)
    leaf = command("diff", "Show what is different from release A to release B.", _diff)
    leaf.add_argument("old", metavar="A", help="id of a release or of what is held, or current")
    leaf.add_argument("new", metavar="B", help="id of a release or of what is held, or current")
    leaf = command("verify", "Check files, checksums and rows of one or all releases.", _verify)
    leaf.add_argument("release", metavar="ID", nargs="?", help="id or current (default: all)")
    leaf.add_argument(
        "--allowed-signers",
        metavar="FILE",
        help="ask for a signature of one of these keys (default: TRADE_POTENTIAL_ALLOWED_SIGNERS)",
    )
    leaf = command("reproduce", "Build a release again and compare its marts.", _reproduce)
    leaf.add_argument("release", metavar="ID", help="id of a release, or current")
    leaf.add_argument(
        "--from", dest="project", default=".", metavar="DIR",
        help="checkout whose history has the commit of the release (default: here)",
    )  # fmt: skip
    leaf = command("rollback", "Verify a release and make it current.", _roll_back)
    leaf.add_argument(
        "release", metavar="ID", nargs="?", help="default: the one before the current"
    )
    release_care.add_arguments(command)
    release_postgres.add_arguments(command)
    release_status.add_arguments(command)


def _list(args: argparse.Namespace) -> int:
    from trade_potential.release import candidates, current_id, left_alone, pinned, released

    root = root_of(args)
    current, pins = current_id(root), pinned(root)
    listed = [
        {
            **_entry(release),
            "is_current": release.release_id == current,
            "is_pinned": release.release_id in pins,
            "pin_reason": pins.get(release.release_id, {}).get("reason"),
        }
        for release in released(root)
    ]
    listed += [
        {**_entry(candidate), "is_current": False, "is_pinned": False, "pin_reason": None}
        | {"status": release_care.state_of(root, candidate)}
        for candidate in candidates(root)
    ]
    header = ["release", "current", "status", "published at (UTC)", "code", "marts", "rows", "MB"]
    rows = [
        [
            entry["release_id"],
            "yes" if entry["is_current"] else "",
            f"{entry['status']}, pinned" if entry["is_pinned"] else entry["status"],
            str(entry.get("published_at", ""))[:19].replace("T", " "),
            _code(entry.get("code")),
            str(entry.get("marts", "")),
            str(entry.get("rows", "")),
            f"{entry['bytes'] / 1e6:.1f}" if "bytes" in entry else "",
        ]
        for entry in listed
    ]
    text = aligned([header, *rows], indent="") if rows else "no release\n"
    others = left_alone(root)
    listed += [
        {"release_id": None, "is_current": False, "status": "left_alone", "reason": line}
        for line in others
    ]
    write_document(args, listed, text + "".join(f"{line}\n" for line in others))
    return OK


def _entry(release: ReleaseFolder) -> dict[str, Any]:
    """What the list says of a release or a candidate."""
    try:
        said = release.manifest()
        return {
            "release_id": release.release_id,
            "status": "published",
            "published_at": said["published_at"],
            "run_id": said["run_id"],
            "code": said.get("code"),
            "marts": len(said["marts"]),
            "rows": sum(mart["rows"] for mart in said["marts"].values()),
            "bytes": sum(file["bytes"] for file in said["files"].values()),
            "accepted": (said.get("exit_gate") or {}).get("accepted"),
        }
    except (ReleaseError, KeyError, TypeError, AttributeError):
        return {"release_id": release.release_id, "status": "damaged"}


def _code(code: dict[str, Any] | None) -> str:
    """Commit or version in a word; a star where files differ from the commit."""
    if not code:
        return ""
    if "git_commit" in code:
        return f"{code['git_commit'][:8]}{'*' if code['git_dirty'] else ''}"
    return str(code.get("package_version") or "")


def _diff(args: argparse.Namespace) -> int:
    from trade_potential.release import compare
    from trade_potential.release.layout import find

    root = root_of(args)
    old, new = (find(root, name, or_held=True) for name in (args.old, args.new))
    document = compare(old, new)
    write_document(args, document, diff_table(document))
    return OK


def _verify(args: argparse.Namespace) -> int:
    from trade_potential.release import complaints, left_alone, released, verify_all
    from trade_potential.release.layout import find
    from trade_potential.release.signature import SIGNERS, signature_of

    root = root_of(args)
    signers = args.allowed_signers or os.environ.get(SIGNERS)
    allowed = Path(signers) if signers else None
    others = []
    if args.release is None:
        with steps() as say:
            found = verify_all(root, allowed, say)
        others, known = left_alone(root), released(root)
    else:
        known = [find(root, args.release, or_held=True)]
        found = {known[0].release_id: complaints(known[0], allowed)}
    signed = {release.release_id: signature_of(release.folder, allowed)[0] for release in known}
    lines = [
        f"{name}: {'damaged' if wrong else 'ok'}"
        + (f", {signed[name]}\n" if name in signed and not wrong else "\n")
        + "".join(f"  {line}\n" for line in wrong)
        for name, wrong in found.items()
    ]
    document = {**found, "signatures": signed, **({"left_alone": others} if others else {})}
    write_document(args, document, "".join([*lines, *(f"{line}\n" for line in others)]))
    return BAD_DATA if any(found.values()) else OK


def _roll_back(args: argparse.Namespace) -> int:
    from trade_potential.release import roll_back

    release, notes = roll_back(root_of(args), args.release)
    document = {"current": release.release_id, "notes": notes}
    text = "".join(f"{note}\n" for note in notes) + f"current is {release.release_id}\n"
    write_document(args, document, text)
    return OK


def _reproduce(args: argparse.Namespace) -> int:
    from trade_potential.release.layout import find
    from trade_potential.release.reproduce import reproduce

    with steps() as say:
        found = reproduce(find(root_of(args), args.release), Path(args.project), say=say)
    document = {
        "release_id": found.release_id,
        "is_same": found.is_same,
        "marts": found.marts,
        "database": found.database,
        "notes": found.notes,
    }
    differing = [f"{name}: {held}" for name, held in found.marts.items() if held != "identical"]
    counted = f"{len(found.marts) - len(differing)} of {len(found.marts)} files of marts"
    lines = [f"{found.release_id}: {counted} are identical, DuckDB file: {found.database}"]
    write_document(
        args, document, "".join(f"{line}\n" for line in [*lines, *differing, *found.notes])
    )
    return OK if found.is_same else BAD_DATA
