"""Which published marts an input feeds: by the references of the models, as dbt reads them."""

from __future__ import annotations

import re
from pathlib import Path

REFERENCE = re.compile(r"""ref\(\s*["'](\w+)["']\s*\)""")
OF_SOME = re.compile(r"""ref\(\s*'(\w+)' ~ name\s*\)""")  # in a loop over quoted names
QUOTED = re.compile(r"'(\w+)'")
FOLDERS = ("models", "python_models")


def _read(text: str) -> set[str]:
    looped = {prefix + name for prefix in OF_SOME.findall(text) for name in QUOTED.findall(text)}
    return {*REFERENCE.findall(text), *looped}


def marts_fed(project: Path, file: str) -> set[str]:
    """Marts below the gated rows of an input; none where nothing reads these."""
    models = {
        path.stem: (path, _read(path.read_text("utf-8")))
        for folder in FOLDERS
        for path in (project / folder).rglob("*")
        if path.suffix in (".sql", ".py")
    }
    below = {f"gate_{file}"} & set(models)
    while True:
        further = {name for name, (_, reads) in models.items() if reads & below} - below
        if not further:
            break
        below |= further
    return {name for name in below if models[name][0].parent.name == "marts"}
