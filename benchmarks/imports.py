"""What a build imports, roughly in its order: CPU seconds that each adds to those before it.

python -m benchmarks.imports
"""

from __future__ import annotations

import importlib
import time

STEPS = {
    "dbt and its DuckDB adapter": ("dbt.cli.main", "dbt.adapters.duckdb"),
    "pandas": ("pandas",),
    "scipy.stats": ("scipy.stats",),
    "great_expectations": ("great_expectations", "great_expectations.expectations"),
    "the rest of the library's estimators": (
        "trade_potential.gravity.warehouse_tables",
        "trade_potential.index.warehouse_tables",
        "trade_potential.ppml.warehouse_tables",
        "pyfixest.core.demean",
    ),
    "linearmodels and statsmodels": (
        "linearmodels.panel",
        "statsmodels.regression.linear_model",
        "statsmodels.stats.diagnostic",
        "statsmodels.api",
    ),
}
"""Who needs them: dbt; Python models; estimators, and the gate's library; the gate; the audit."""


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
