"""The command line: gravity models and indices of anyone's own table, without dbt."""

from __future__ import annotations

import sys

from trade_potential.cli import streams
from trade_potential.cli.parser import parser
from trade_potential.cli.session import BAD_ARGUMENTS, BAD_DATA, OK, check_output
from trade_potential.errors import InputError


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code; see docs/command-line.md."""
    streams.prepare()
    args = parser().parse_args(argv)
    args.check(args)
    check_output(args)
    if streams.is_closed() and not args.output:
        print(f"{args.parser.prog}: error: {streams.CLOSED}", file=sys.stderr)
        return BAD_ARGUMENTS
    try:
        code = int(args.run(args))
        streams.finish()
        return code
    except InputError as error:
        print(f"{args.parser.prog}: error: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_DATA
    except BrokenPipeError:  # the reader, such as head, has seen enough
        streams.abandon()
        return OK
    except OSError as error:
        streams.abandon()
        print(f"{args.parser.prog}: error: {error}", file=sys.stderr)
        return BAD_ARGUMENTS
