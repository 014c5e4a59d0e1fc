"""Time and memory of the library beside other programs, and of the default build.

`python -m benchmarks --help`; what it gives is docs/performance.md.
"""
