"""The report for people: one HTML file that asks nothing of any host, from a template.

Values of bad inputs are on it: Jinja escapes all of them, and a policy in the page lets no script
run but the one whose checksum it names, nothing load, and no form be sent.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trade_potential.quality.complaints import printable
from trade_potential.reports.report import Acknowledgement, Check, Report, by_file
from trade_potential.reports.sentences import counted, helps

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

HERE = Path(__file__).parent
LONGEST = 2000
"""Signs of a value that are shown."""
PLACE = r"(?:[^;]*?, )?(?:line|row) [\d?]+|key"
"""Of a refused row, as quality/gate_row.py says it before the key."""
BETWEEN = re.compile(rf"; (?=(?:{PLACE}): )")
SAID = re.compile(rf"({PLACE}): (.*)", re.DOTALL)


class Said(NamedTuple):
    """What a warning says of a row, and who has looked into it.

    Attributes:
        place: Of the row; of rows that are not listed, `like`.
        text: Key and value; of rows that are not listed, the pattern.
        by: The acknowledgement; None: it is news.
    """

    place: str
    text: str
    by: Acknowledgement | None


def page(report: Report) -> str:
    """The page as text; equal reports give equal text."""
    style, script = (_read(name) for name in ("page.css", "page.js"))
    return _template().render(
        report=report, style=style, script=script,
        style_digest=_digest(style), script_digest=_digest(script),
        refused=[(file, helps(file, report), rows) for file, rows in by_file(report.complaints)],
        warned=by_file(report.warned),
        errors=_of_inputs(report.errors),
        news=_of_inputs(report.news),
        known=_of_inputs(of for of in report.known if of not in report.news),
        passed=_of_inputs(report.passed),
        said={of.check_id: said(of, report.acknowledged) for of in report.checks if not of.passed},
    )  # fmt: skip


def said(check: Check, acknowledged: Iterable[Acknowledgement]) -> list[Said]:
    """Rows that break a rule, as far as they are listed, and acknowledgements of the others."""
    patterns = [of for of in acknowledged if of.check_id == check.check_id]
    found, used = [], set()
    for text in BETWEEN.split(check.failing_keys) if check.failing_keys else ():
        match = SAID.fullmatch(text)
        place, value = match.groups() if match else ("", text)
        by = next((of for of in patterns if fnmatchcase(value, of.row_pattern)), None)
        used.add(by)
        found.append(Said(place, value, by))
    return found + [Said("like", of.row_pattern, of) for of in patterns if of not in used]


def _of_inputs(checks: Iterable[Check]) -> list[tuple[str, str, list[Check]]]:
    """Checks by input: its name, its file and its checks."""
    ordered = sorted(checks, key=lambda of: (of.suite, of.file, of.check_id))
    groups = groupby(ordered, key=lambda of: (of.suite, of.file))
    return [(suite, file, list(found)) for (suite, file), found in groups]


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["shown"] = lambda value: printable(str(value), LONGEST)
    made.filters["marked"] = _marked
    made.filters["breakable"] = _breakable
    made.filters["number"] = lambda value: f"{value:,}"
    made.globals["counted"] = counted
    return made.get_template("page.html.j2")


def _marked(text: str) -> Markup:
    """A text of this package, what stands between backticks as code."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"`(.*?)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped)


def _breakable(text: str) -> Markup:
    """A sentence that names paths and releases: a line may end behind a slash, and not in an id."""
    from markupsafe import Markup, escape

    kept = re.sub(r"(\d{6,}-[0-9a-f]{8})", r'<span class="whole">\1</span>', str(escape(text)))
    return Markup(re.sub(r"(?<!<)/", "/<wbr>", kept))  # noqa: S704 (escaped)


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """As a content security policy names what may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
