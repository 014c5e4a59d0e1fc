"""The code whose results are stored, as a digest: after a change run ``make calibration``."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    *("inference/mixture.py", "inference/serial.py"),
    *("gravity/lasting.py", "gravity/pair_years.py"),
    *(f"structural/{name}.py" for name in ("class_law", "year_noise", "lasting", "dispersion")),
)
"""Of the library: what turns estimates into probabilities."""
HARNESS = ("measures.py", "panels.py", "worlds.py", "__main__.py")
DRAWN_BY = ("laws.py", "worlds.py")
"""Of ``research.simulated_worlds``: how ratios and years scatter."""


def code_digest() -> str:
    """SHA-256 over names and texts, the first sixteen digits."""
    library, here = ROOT / "src" / "trade_potential", Path(__file__).parent
    simulated = here.parent / "simulated_worlds"
    paths = [*(library / name for name in FILES), *(here / name for name in HARNESS)]
    paths += [simulated / name for name in DRAWN_BY]
    held = hashlib.sha256()
    for path in sorted(paths):
        held.update(path.relative_to(ROOT).as_posix().encode())
        held.update(path.read_bytes())
    return held.hexdigest()[:16]
