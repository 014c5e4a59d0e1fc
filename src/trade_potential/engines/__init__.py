"""The warehouse on PostgreSQL and Spark: SQL translated on its way, Python models run beside it.

Nothing here is imported by a build on DuckDB; the packages it needs are the dependency groups
``postgres`` and ``spark`` (docs/engines.md).
"""
