"""One line that says where a command is: rewritten on a terminal, else a line for each phase."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Protocol, TextIO

CLEAR = "\r\x1b[K"
PAUSE_SECONDS = 0.1
"""Between two states of the line: a terminal far away is not flooded."""


class Say(Protocol):
    """Tells a phase, and what of it is at work."""

    def __call__(self, phase: str, detail: str = "", /) -> None:
        """Say it."""


def silent(phase: str, detail: str = "", /) -> None:
    """Say nothing."""


class Progress:
    """The line of one command.

    Attributes:
        is_live: Whether the line is rewritten, because somebody looks at a terminal.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        """Begin to count seconds; nothing is written yet."""
        self._stream = stream or sys.stderr
        self._began = time.monotonic()
        self._shown = 0.0
        self._phase = ""
        self.is_live = self._stream.isatty()

    @property
    def seconds(self) -> int:
        """Since the command began."""
        return int(time.monotonic() - self._began)

    def show(self, phase: str, detail: str = "") -> None:
        """Say the phase and what of it is at work; a phase that is new is always said."""
        is_new, self._phase = phase != self._phase, phase
        now = time.monotonic()
        if self.is_live and (is_new or now - self._shown >= PAUSE_SECONDS):
            self._shown = now
            text = f"{self.seconds:4d} s  {phase}{': ' if detail else ''}{detail}"
            self._write(CLEAR + text[: shutil.get_terminal_size().columns - 1])
        elif is_new and not self.is_live:
            self._write(f"{self.seconds:4d} s  {phase}\n")

    def end(self) -> None:
        """Leave no line behind on a terminal."""
        if self.is_live:
            self._write(CLEAR)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
