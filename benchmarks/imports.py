"""What a build imports, in its order: CPU seconds that each adds to those before it.

python -m benchmarks.imports
"""

from __future__ import annotations

import importlib
import time

STEPS = {
    "dbt and its DuckDB adapter": ("dbt.cli.main", "dbt.adapters.duckdb"),
    "pandas": ("pandas",),
    "great_expectations": ("great_expectations", "great_expectations.expectations"),
    "scipy.stats": ("scipy.stats",),
    "the rest of the library's estimators": (
        "trade_potential.gravity.tables",
        "trade_potential.index.tables",
        "trade_potential.ppml.tables",
        "pyfixest.core.demean",
    ),
    "linearmodels and statsmodels": (
        "linearmodels.panel",
        "statsmodels.regression.linear_model",
        "statsmodels.stats.diagnostic",
        "statsmodels.api",
    ),
}
"""Who needs them: dbt; every Python model; the gate; the estimators; the audit."""


def main() -> None:
    """One line per step: name, tab, seconds."""
    print(f"Python itself\t{time.process_time():.3f}")
    for name, modules in STEPS.items():
        started = time.process_time()
        for module in modules:
            try:
                importlib.import_module(module)
            except ModuleNotFoundError:
                continue  # the library may do without it by now
        print(f"{name}\t{time.process_time() - started:.3f}")


if __name__ == "__main__":
    main()
