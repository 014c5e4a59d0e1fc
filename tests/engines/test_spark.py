"""The whole project on Spark, in a local session."""

from __future__ import annotations

import contextlib

from tests.engines.checks import Engine


class TestSpark(Engine):
    """In dbt's process, with two cores."""

    target = "spark"
    running = staticmethod(lambda: contextlib.nullcontext({"SPARK_MASTER": "local[2]"}))
