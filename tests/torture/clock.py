"""dbt under a clock ten years slow: python -m tests.torture.clock build."""

from __future__ import annotations

import time
from datetime import timedelta

YEARS = timedelta(days=3652)


def main() -> None:
    """Set the clock back, then run dbt."""
    from dbt.cli.main import cli

    from trade_potential.release import manifest

    real = time.time
    time.time = lambda: real() - YEARS.total_seconds()

    class Past(manifest.datetime):
        @classmethod
        def now(cls, tz: object = None) -> manifest.datetime:
            return super().now(tz) - YEARS

    manifest.datetime = Past
    cli()


if __name__ == "__main__":
    main()
