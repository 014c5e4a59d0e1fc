"""The command line: gravity models and indices of anyone's own table, without dbt."""

from __future__ import annotations

import os
import sys

from trade_potential.cli.parser import parser
from trade_potential.cli.session import BAD_ARGUMENTS, BAD_DATA, OK, check_output
from trade_potential.errors import InputError


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code; see docs/command-line.md."""
    args = parser().parse_args(argv)
    args.check(args)
    check_output(args)
    try:
        return int(args.run(args))
    except InputError as error:
        print(f"{args.parser.prog}: error: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_DATA
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        print(f"{args.parser.prog}: error: {error}", file=sys.stderr)
        return BAD_ARGUMENTS
