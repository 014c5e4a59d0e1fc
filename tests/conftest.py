"""Settings of all tests."""

import os

# Small systems: BLAS threads wait longer than they compute, more so where tests run side by side.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

pytest_plugins = ("tests.costs",)

# The same examples in every run, and as long as a slow machine needs.
settings.register_profile("reproducible", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("reproducible")
