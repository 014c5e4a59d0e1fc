"""Files of the library through which a panel file passes on the command line.

`python -m benchmarks.walk` lists them in the order of the first call, as a profiler sees them; with
`--tests` the tests of the specification are asked for, too.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.columns import ROOT

LIBRARY = ROOT / "src" / "trade_potential"
ARGUMENTS = (
    "--outcome=y", "--regressors=x1,x2", "--entity=entity", "--time=year",
    "--estimator=random", "--covariance=clustered",
)  # fmt: skip
PANEL = "entity,year,y,x1,x2\n" + "".join(
    f"e{i},{2000 + t},{i + t * t % 5},{(3 * i + 7 * t * t) % 11},{i * i % 7}\n"
    for i in range(20)
    for t in range(6)
)
"""Any panel would do: no number of it is shown."""


def main(arguments: list[str]) -> int:
    """Print the files, how many functions of each were called, and the totals."""
    called: dict[str, set[str]] = {}

    def profile(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        is_class = code.co_name == code.co_qualname and code.co_name.lstrip("_")[:1].isupper()
        if event == "call" and not code.co_name.startswith("<") and not is_class:
            path = Path(code.co_filename)
            if path.is_relative_to(LIBRARY):
                called.setdefault(str(path.relative_to(LIBRARY)), set()).add(code.co_qualname)

    sys.setprofile(profile)
    threading.setprofile(profile)
    from trade_potential.cli import main as command_line

    with tempfile.TemporaryDirectory() as folder:
        panel = Path(folder) / "panel.csv"
        panel.write_text(PANEL, encoding="utf-8")
        exit_code = command_line(["gravity", str(panel), *ARGUMENTS, *arguments])
    sys.setprofile(None)
    threading.setprofile(None)
    for name, functions in called.items():
        print(f"{len(functions):>4}  {name}", file=sys.stderr)
    loaded = sum(name.startswith("trade_potential") for name in sys.modules)
    n_functions = sum(map(len, called.values()))
    print(f"{len(called)} files, {n_functions} functions, {loaded} modules loaded", file=sys.stderr)
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
