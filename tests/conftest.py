"""Settings of all tests."""

from hypothesis import settings

# The same examples in every run, and as long as a slow machine needs.
settings.register_profile("reproducible", derandomize=True, deadline=None, max_examples=25)
settings.load_profile("reproducible")
