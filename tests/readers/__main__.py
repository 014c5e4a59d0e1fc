"""Read a small release by every reader that is installed: ``make readers``.

Writes what each was told and said into docs/bi.md. A reader that is not installed keeps what stands
there of the last time.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.engines.server import postgres
from tests.readers.example import published, sheets
from tests.readers.trials import TRIALS, Trial

from trade_potential.served.load import to_postgres

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))  # shared with the pages

import blocks

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "bi.md"
RECORD = Path(__file__).with_name("record.json")
SECONDS = 240
NOISE = ("Loaded your LOCAL", "Warning: failed to launch javaldx")
"""Lines that say nothing of the data."""


def tried(trial: Trial, places: dict[str, str], environment: dict[str, str]) -> dict[str, str]:
    """What a reader was told and said."""
    version = subprocess.run(trial.version, capture_output=True, text=True, check=True).stdout
    command = [part.format(**places) for part in trial.command]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=SECONDS,
        env={**os.environ, **environment},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{trial.title}: {done.stdout}{done.stderr}")
    shown = [
        (places["release"].removeprefix("/"), "srv/release/current"),
        (places["files"], "files"),
        (f"{places['host']}:{places['port']}", "db.example:5432"),
        (places["host"], "db.example"),
        (places["port"], "5432"),
        *trial.shown,
    ]
    plain = command[2] if command[:2] == ["sh", "-c"] else shlex.join(command)
    lines = [line for line in done.stdout.splitlines() if not line.startswith(NOISE)]
    said = {
        "version": version.splitlines()[0].strip(),
        "on": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": plain,
        "output": "\n".join(line.rstrip() for line in lines).strip("\n"),
    }
    for there, name in shown:
        said = {key: text.replace(there, name) for key, text in said.items()}
    return said


def page(record: dict[str, dict[str, str]]) -> str:
    """The record as Markdown, in the order of the trials."""
    parts = []
    for trial in TRIALS:
        said = record.get(trial.title)
        if said is None:
            parts.append(f"### {trial.title}\n\nNot installed where this page was written.")
            continue
        told = f"$ {said['command']}\n{said['output']}"
        parts.append(
            f"### {trial.title}\n\n{said['version']}, {said['on']}\n\n```text\n{told}\n```"
        )
    return "\n\n".join(parts)


def main() -> int:
    """Try all, then write the page; 1 where one fails that is installed."""
    record = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    failed = False
    with tempfile.TemporaryDirectory() as folder, postgres(listens=True) as environment:
        os.environ.update(environment)
        release = published(Path(folder) / "release")
        sheets(Path(folder), release)
        to_postgres(release.parent, "current", name="trade_potential", reader="trade_reader")
        analyst = "create role analyst login in role trade_reader"
        subprocess.run(["psql", "-q", "-c", analyst], check=True)
        places = {
            "host": environment["PGHOST"],
            "port": environment["PGPORT"],
            "database": environment["PGDATABASE"],
            "release": str(release),
            "files": folder,
        }
        for trial in TRIALS:
            if not trial.is_installed():
                print(f"{trial.title}: not installed")
                continue
            try:
                record[trial.title] = tried(trial, places, {"PGUSER": "analyst"})
                print(f"{trial.title}: read")
            except (RuntimeError, subprocess.SubprocessError) as error:
                failed = True
                print(f"{trial.title}: FAILED: {error}", file=sys.stderr)
        for path in (release.parent, *release.parent.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)  # releases are read-only
    RECORD.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    blocks.update(PAGE, {"readers": page(record)}, lambda *held: held[2], check=False, script="")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
