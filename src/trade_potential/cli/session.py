"""What every command needs: steps on stderr, errors by the names of options, a place to write."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from trade_potential.errors import InputError, LimitError, MemoryLimitError

OK, BAD_ARGUMENTS, BAD_DATA, DEGENERATE, ATTENTION = 0, 2, 3, 4, 5
"""Exit codes."""


class Progress:
    """Steps with the seconds since the start, on stderr."""

    def __init__(self, args: argparse.Namespace) -> None:
        """Shown on a terminal, or forced, or never."""
        self._start = time.perf_counter()
        self._is_shown = not args.quiet and (args.progress or sys.stderr.isatty())

    def __call__(self, step: str) -> None:
        """Say that a step begins."""
        if self._is_shown:
            print(f"[{time.perf_counter() - self._start:7.1f} s] {step}", file=sys.stderr)


@contextmanager
def told(args: argparse.Namespace) -> Iterator[None]:
    """Turn errors of limits into those of the options of that name."""
    try:
        yield
    except LimitError as error:
        args.parser.error(str(error))
    except MemoryLimitError as error:
        said = f"{args.file}: {args.memory_limit} is too little memory; raise --memory-limit"
        raise InputError(said) from error


def check_output(args: argparse.Namespace) -> None:
    """End before anything is computed where --output could not be written."""
    if args.output:
        file = Path(args.output)
        if file.is_dir():
            args.parser.error(f"--output {file}: it is a folder")
        if not file.parent.is_dir():
            args.parser.error(f"--output {file}: there is no folder {file.parent}")
        for name, value in vars(args).items():
            if name != "output" and isinstance(value, str) and _is_same(value, file):
                args.parser.error(f"--output {file}: is read as {value}, and would be overwritten")


def check_word(args: argparse.Namespace) -> None:
    """End before anything is computed where a file of Word has no place to go."""
    if args.format == "docx" and not args.output:
        args.parser.error("--format docx needs --output FILE: a file of Word is no text")


def write_bytes(args: argparse.Namespace, data: bytes) -> None:
    """Write a file that is no text to --output."""
    Path(args.output).write_bytes(data)


def _is_same(read: str, file: Path) -> bool:
    """Whether a file is the one that is read, or one of those that a pattern names."""
    try:
        path = Path(read)
        paths = [path, *path.parent.glob(path.name)] if set(path.name) & set("*?[") else [path]
        return any(one.is_file() and file.exists() and file.samefile(one) for one in paths)
    except (OSError, ValueError):  # an argument that is no path
        return False


def write(args: argparse.Namespace, pieces: Iterable[str]) -> None:
    """Write to --output or stdout."""
    stdout = nullcontext(sys.stdout)
    with Path(args.output).open("w", encoding="utf-8") if args.output else stdout as file:
        file.writelines(pieces)
        file.flush()
