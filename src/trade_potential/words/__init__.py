"""Texts for people in English, Chinese and Russian, with plurals and numbers as CLDR has them.

A page, a brief and a script take their sentences from here. A text is a line of a TOML file of its
language; one that counts something has a line for every plural form of the language. No text is
made of pieces of others, because word order is another in each language.
"""

from trade_potential.words.catalogue import LANGUAGES, Words

__all__ = ["LANGUAGES", "Words"]
