"""A case with the data that a user has got: python -m tests.reference.outside CASE FILE."""

from __future__ import annotations

import sys
from dataclasses import replace

from tests.reference.outside.outside import cases, figures
from tests.reference.outside.page import outside, unexplained


def run(name: str, file: str) -> int:
    """Print the figures of a case; the exit code is 1 if one is another than the print."""
    case = next((case for case in cases() if case.name == name), None)
    if case is None:
        print(f"no case {name}; known are {', '.join(c.name for c in cases())}", file=sys.stderr)
        return 2
    own = replace(case, data=file, data_source=file)
    found = [(own, model, figures(own, model, file)) for model in own.models]
    print(outside(found))
    return 1 if unexplained(found) else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(run(*sys.argv[1:]))
