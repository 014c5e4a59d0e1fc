"""Lines of dbt's log from a Python model."""

from __future__ import annotations

from dbt.events.types import JinjaLogInfo
from dbt_common.events.contextvars import get_node_info
from dbt_common.events.functions import fire_event


def say(text: str) -> None:
    """Write a line as log(text, info=true) of a macro does."""
    fire_event(JinjaLogInfo(msg=text, node_info=get_node_info()))
