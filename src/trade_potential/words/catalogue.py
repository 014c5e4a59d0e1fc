"""The texts of one language, and its numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = {"en": "English", "zh": "中文", "ru": "Русский"}
"""By code of ISO 639-1: what speakers call it. The first is the one that others are made from."""
SLOT = re.compile(r"\{(\w+)\}")
COUNT = "n"
"""The value whose plural form a text has."""
SCALES = {"zh": (1e8, 1e4)}
"""Large and small unit of money where they are not thousands of millions and millions."""
Text = str | dict[str, str]


class Words:
    """Texts, numbers and dates of a language."""

    def __init__(self, language: str) -> None:
        """Read the texts of a language.

        Args:
            language: Of ``LANGUAGES``.
        """
        from babel import Locale

        self.language = language
        self.locale = Locale.parse(language)
        self.texts = read(language)

    def text(self, key: str, **values: object) -> str:
        """The text of a key, with values in its slots.

        Args:
            key: File and path in it, such as ``site.overview.title``.
            values: By slot: texts as they are, numbers as ``number`` writes them; ``n`` chooses
                the plural form.

        Raises:
            KeyError: There is no such text, or a slot has no value.
        """
        held = self.texts[key]
        if isinstance(held, dict):
            count = values[COUNT]
            if not isinstance(count, int):
                raise TypeError(f"{key}: {COUNT} is {count!r}, and counts nothing")
            held = held[self.locale.plural_form(abs(count))]
        shown = {
            name: self.number(value)
            if isinstance(value, int | float) and not isinstance(value, bool)
            else str(value)
            for name, value in values.items()
        }
        return SLOT.sub(lambda slot: shown[slot.group(1)], held)

    def number(self, value: float, digits: int = 0) -> str:
        """A number with that many digits behind its point."""
        from babel.numbers import format_decimal

        return str(format_decimal(value, _pattern(digits), locale=self.locale))

    def ratio(self, value: float) -> str:
        """A ratio such as K: two digits behind the point, of a small one its first two."""
        from babel.numbers import format_decimal

        if value >= 0.095 or value == 0:
            return self.number(value, 2)
        return str(format_decimal(value, "@@", locale=self.locale))

    def percent(self, share: float, digits: int = 0) -> str:
        """A share of 1 as per cent."""
        from babel.numbers import format_percent

        sign = str(format_percent(0, locale=self.locale)).replace("0", "")
        return self.number(share * 100.0, digits) + sign

    def money(self, usd: float) -> str:
        """US dollars in the units that people of the language count in."""
        large, small = SCALES.get(self.language, (1e9, 1e6))
        for unit, name in ((large, "large"), (small, "small")):
            if abs(usd) >= unit:
                return self.text(f"units.{name}_usd", amount=self.number(usd / unit, 1))
        return self.text("units.usd", amount=self.number(usd))

    def date(self, day: dt.date) -> str:
        """A day as people write it."""
        from babel.dates import format_date

        return str(format_date(day, "long", locale=self.locale))

    def under(self, prefix: str) -> dict[str, Text]:
        """Texts whose key begins with a prefix and a point, by what follows: for a script."""
        start = prefix + "."
        return {k.removeprefix(start): v for k, v in self.texts.items() if k.startswith(start)}


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


@cache
def read(language: str) -> dict[str, Text]:
    """All texts of a language by key, from every file of its folder."""
    import tomllib

    found: dict[str, Text] = {}
    for file in sorted((HERE / language).glob("*.toml")):
        held = tomllib.loads(file.read_text(encoding="utf-8"))
        found.update(_flat(file.stem, held))
    return found


def _flat(prefix: str, held: Mapping[str, Any]) -> dict[str, Text]:
    found: dict[str, Text] = {}
    for name, value in held.items():
        key = f"{prefix}.{name}"
        if not isinstance(value, dict):
            found[key] = str(value)
        elif "other" in value:
            found[key] = {form: str(text) for form, text in value.items()}
        else:
            found.update(_flat(key, value))
    return found
