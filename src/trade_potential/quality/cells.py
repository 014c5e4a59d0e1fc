"""How a value of a declared type is written in a seed."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date

LARGEST_INTEGER = 2**31 - 1
_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

RULES = {
    "integer": "a whole number is written in digits, such as 2015, and below 2147483648",
    "double": "a number is finite and written with a point, such as 1234.5 or 1.2e9",
    "boolean": "the value is true or false",
    "date": "a date of the calendar is written YYYY-MM-DD",
    "quotes": 'a quote opens and closes a whole value on its line and is doubled ("") inside',
    "invisible": "text holds no control, invisible or replacement character",
    "edges": "text has no space at its ends",
    "composed": "text is composed Unicode (NFC)",
    "once": "text is encoded once (UTF-8 read as Latin-1 and saved again shows as here)",
}


def rule_broken(cell: str, type_: str) -> str | None:
    """The rule that a value breaks; None if it keeps all, or is empty.

    Args:
        cell: The value, without the quotes of the file.
        type_: varchar, integer, double, boolean or date; any other type has no rule.
    """
    if not cell:
        return None
    if type_ == "varchar":
        return _of_text(cell)
    is_written_well = _KINDS.get(type_)
    return RULES[type_] if is_written_well and not is_written_well(cell) else None


def _is_integer(cell: str) -> bool:
    return bool(_INTEGER.fullmatch(cell)) and len(cell) < 12 and abs(int(cell)) <= LARGEST_INTEGER


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell)) and math.isfinite(float(cell))


def _is_date(cell: str) -> bool:
    if not _ISO_DATE.fullmatch(cell):
        return False
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


_KINDS: dict[str, Callable[[str], bool]] = {
    "integer": _is_integer,
    "double": _is_number,
    "boolean": lambda cell: cell.lower() in ("true", "false"),
    "date": _is_date,
}


def _of_text(cell: str) -> str | None:
    if cell.isascii():
        if not cell.isprintable():
            return RULES["invisible"]
        return RULES["edges"] if cell != cell.strip() else None
    if any(c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in cell):
        return RULES["invisible"]
    if cell != cell.strip():
        return RULES["edges"]
    if not unicodedata.is_normalized("NFC", cell):
        return RULES["composed"]
    return RULES["once"] if _is_encoded_twice(cell) else None


def _is_encoded_twice(cell: str) -> bool:
    for encoding in ("cp1252", "latin-1"):
        try:
            cell.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False
