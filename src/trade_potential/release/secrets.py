"""Values that look like secrets, cut from what a release says of its run."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

CUT = "(cut: looks secret)"
NAME = re.compile(
    r"pass(wd|word|phrase|code)?$|^pw(d)?$|[_-]pw(d)?$|secret|token|credential|private|api_?key|"
    r"access_?key|account_?key|signing_?key|(^|[_-])(key|auth|sas|pat)$|authorization|cookie",
    re.IGNORECASE,
)
"""Names of settings whose values are secrets."""
PARTS = re.compile(
    r"(?P<user>(?<=://)[^/?#\s@]+(?=@))"
    r"|(?P<query>(?<=[?&;])[^=&;#\s]*(?:signature|sig|token|secret|key|password|credential)"
    r"[^=&;#\s]*=[^&;#\s]+)"
    r"|(?P<setting>\b\w*(?:password|passwd|pwd|secret|token|accountkey|api_?key)\s*[=:]\s*[^\s;&,]+)"
    r"|(?P<form>AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|eyJ[\w-]+[.]eyJ[\w-]+[.][\w-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*)",
    re.IGNORECASE | re.DOTALL,
)
"""Parts of texts: who logs in to a URL, what signs one, a setting within a text, known forms."""
ENVIRONMENT = "DBT_ENV_SECRET"
"""How dbt names variables of the environment whose values it hides."""


def without_secrets(value: Any) -> Any:
    """A value of JSON in which every value that looks secret is cut."""
    if isinstance(value, Mapping):
        return {
            name: CUT if NAME.search(str(name)) and held else without_secrets(held)
            for name, held in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(held) for held in value]
    return _cut(value) if isinstance(value, str) else value


def is_cut(value: Any) -> bool:
    """Whether something was cut anywhere in a value."""
    if isinstance(value, Mapping):
        return any(map(is_cut, value.values()))
    if isinstance(value, list | tuple):
        return any(map(is_cut, value))
    return isinstance(value, str) and CUT in value


def _cut(text: str) -> str:
    for name, secret in os.environ.items():
        if name.startswith(ENVIRONMENT) and secret:
            text = text.replace(secret, CUT)
    return PARTS.sub(CUT, text)
