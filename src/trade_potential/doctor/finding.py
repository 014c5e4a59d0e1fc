"""What a check says, and what stands around it so that none can end the command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

State = Literal["ok", "warning", "wrong"]


class Finding(NamedTuple):
    """One line of the doctor.

    Attributes:
        check: What was looked at.
        state: ok; warning, something works less well or an option is not there; wrong.
        said: What was found.
        remedy: What to do, in one line; empty where nothing is to be done.
    """

    check: str
    state: State
    said: str
    remedy: str = ""


Check = Callable[[], Finding | Iterable[Finding]]


def guarded(name: str, check: Check) -> list[Finding]:
    """The findings of a check; one that fails itself is found to be wrong.

    Args:
        name: What it looks at.
        check: Takes nothing, so that all it needs was given before.
    """
    try:
        found = check()
        return [found] if isinstance(found, Finding) else list(found)
    except Exception as error:  # a doctor that dies helps nobody
        said = " ".join(f"{type(error).__name__}: {error}".split())
        return [Finding(name, "wrong", f"the check itself failed: {said}", "report this line")]
