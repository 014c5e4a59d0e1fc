"""A command of the user's that hears how a build has ended: mail, a webhook, a pager.

The project itself talks to no network. What the command does, and whether it ends, changes nothing
of the result.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import tempfile
from typing import IO, Any

COMMAND = "TRADE_POTENTIAL_ON_RELEASE"
"""Environment variable with the command. No var of dbt: addresses of webhooks are secrets, and
vars stand in the manifest."""
LIMIT_SECONDS = 30.0
"""The command may send a message; what takes longer it starts in the background."""
TOLD_BYTES = 200
"""Of what the command says when it fails."""


def notify(said: dict[str, Any], *, limit_seconds: float = LIMIT_SECONDS) -> str | None:
    """Run the command with a document as JSON on its standard input.

    It is split as a shell would split it and run without one.

    Returns:
        What went wrong, in a sentence; None where nothing did, or there is no command.
    """
    text = os.environ.get(COMMAND, "").strip()
    if not text:
        return None
    try:
        words = shlex.split(text)
    except ValueError as error:
        return f"{COMMAND} was not run: {error}"
    # Files and no pipes: whoever does not read, or leaves a child behind, must not hold us up.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as heard:
        given.write(json.dumps(said, ensure_ascii=False, default=str).encode())
        given.seek(0)
        return _run(words, given, heard, limit_seconds)


def _run(words: list[str], given: IO[bytes], heard: IO[bytes], limit_seconds: float) -> str | None:
    try:
        process = subprocess.Popen(  # noqa: S603 (no shell; the command is the user's own)
            words, stdin=given, stdout=heard, stderr=heard, start_new_session=True
        )
    except (OSError, ValueError) as error:
        return f"{COMMAND}: {words[0]} cannot be run: {error}"
    try:
        code = process.wait(limit_seconds)
    except subprocess.TimeoutExpired:
        return f"{COMMAND}: {words[0]} took more than {limit_seconds:g} s and was ended"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code == 0:
        return None
    heard.seek(0)
    tail = " ".join(heard.read()[-TOLD_BYTES:].decode(errors="replace").split())
    return f"{COMMAND}: {words[0]} ended with {code}{f': {tail}' if tail else ''}"
