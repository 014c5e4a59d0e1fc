"""User text made safe for each format: it prints as it was given and can do nothing else."""

from __future__ import annotations

import re
import unicodedata
from html import escape

GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau"
GREEK += " upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
LETTERS = "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"

LATEX: dict[str, str] = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    '"': r"{\char34}",  # active in some languages of babel
    "[": "{[}",  # after \\ these would be an option of the line end
    "]": "{]}",
    "*": "{*}",
    **{c: f"\\{c}" for c in "&%$#_{}"},
    **{c: f"\\ensuremath{{\\{n}}}" for c, n in zip(LETTERS, GREEK.split(), strict=True)},
    "\N{MINUS SIGN}": r"\ensuremath{-}",
    "\N{MULTIPLICATION SIGN}": r"\ensuremath{\times}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "²": r"\ensuremath{^{2}}",
    "³": r"\ensuremath{^{3}}",
    "\N{EN DASH}": r"\textendash{}",
    "\N{EM DASH}": r"\textemdash{}",
}
"""What pdflatex cannot print as it stands. Latin accents it can; other scripts need LuaLaTeX."""

LIGATURES = re.compile(r"([-',])(?=\1)")
"""Characters that TeX joins with a second of their kind."""

MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
AUTOLINK = re.compile(r"(?i)\b(https?|ftp)(?=://)|\b(www)(?=\.)")
"""GitHub links a bare address; a backslash before the punctuation stops it."""


def clean(text: str) -> str:
    """Text on one line: white space is one space; a control character or half a pair is ``?``."""
    line = " ".join(text.split())
    return "".join("?" if unicodedata.category(c) in ("Cc", "Cs") else c for c in line)


def latex(text: str) -> str:
    """For the running text of LaTeX."""
    joined = LIGATURES.sub(lambda found: f"{found[1]}\0", clean(text))
    return "".join(LATEX.get(c, c) for c in joined).replace("\0", "{}")


def html(text: str) -> str:
    """For the content or a quoted attribute of HTML."""
    return escape(clean(text))


def markdown(text: str) -> str:
    """For a paragraph or a cell of GitHub-flavoured Markdown."""
    return AUTOLINK.sub(r"\g<0>\\", MARKDOWN.sub(r"\\\1", clean(text)))


def columns(text: str) -> int:
    """Columns that a terminal takes: two for a wide character, none for an accent on its own."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
