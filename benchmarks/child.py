"""One job by one Python program, in this process: what is measured.

python -m benchmarks.child JOB PROGRAM FILE ANSWER MEMORY_LIMIT
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Compute, then write one estimate a line."""
    job, program, data, answer, memory_limit = arguments
    module = importlib.import_module(f"benchmarks.programs.run_{program}")
    estimates = module.JOBS[job](Path(data), memory_limit)
    lines = [f"{name}\t{float(value)!r}\n" for name, value in estimates.items()]
    Path(answer).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
