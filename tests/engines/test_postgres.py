"""The whole project on PostgreSQL."""

from __future__ import annotations

from tests.engines.checks import Engine
from tests.engines.server import postgres


class TestPostgres(Engine):
    """On a private server, as an unprivileged user."""

    target = "postgres"
    running = staticmethod(postgres)
