"""Texts of every language: the same keys, slots and plural forms, and numbers as CLDR has them."""

import datetime as dt

import pytest

from trade_potential.words import LANGUAGES, Words
from trade_potential.words.catalogue import SLOT, Text

FIRST, *OTHERS = LANGUAGES
EVERY = tuple(LANGUAGES)


def forms(text: Text) -> list[str]:
    return list(text.values()) if isinstance(text, dict) else [text]


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_texts_of_the_first_one(language: str) -> None:
    ours, first = Words(language).texts, Words(FIRST).texts
    assert sorted(ours) == sorted(first)
    for key, text in first.items():
        slots = {frozenset(SLOT.findall(form)) for form in forms(text)}
        assert {frozenset(SLOT.findall(form)) for form in forms(ours[key])} == slots, key
        assert isinstance(ours[key], dict) == isinstance(text, dict), key


@pytest.mark.parametrize("language", EVERY)
def test_a_text_that_counts_has_each_plural_form_of_its_language(language: str) -> None:
    words = Words(language)
    asked = {words.locale.plural_form(count) for count in range(200)} | {"other"}
    for key, text in words.texts.items():
        assert all(form.strip() for form in forms(text)), key
        if isinstance(text, dict):
            assert set(text) == asked, key


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        ("en", {1: "1 year", 2: "2 years", 1000: "1,000 years"}),
        ("zh", {1: "1 年", 2: "2 年"}),
        ("ru", {1: "1 год", 3: "3 года", 5: "5 лет", 11: "11 лет", 21: "21 год"}),
    ],
)
def test_plurals(language: str, counts: dict[int, str]) -> None:
    words = Words(language)
    assert {n: words.text("units.years", n=n) for n in counts} == counts


def test_numbers_are_written_as_people_do() -> None:
    en, zh, ru = (Words(language) for language in EVERY)
    assert en.money(19.74e9) == "US$ 19.7 billion"
    assert zh.money(19.74e9) == "197.4 亿美元"
    assert ru.money(1.5e6) == "1,5 млн долл. США"
    assert en.ratio(0.856) == "0.86"
    assert en.ratio(0.0123) == "0.012"
    assert en.ratio(0.0000024) == "0.0000024"
    assert ru.percent(0.445) == "44\xa0%"
    assert en.percent(0.445, 1) == "44.5%"
    assert zh.date(dt.date(2026, 11, 5)) == "2026年11月5日"


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        Words("en").text("units.usd")
    with pytest.raises(TypeError, match="counts nothing"):
        Words("en").text("units.years", n="many")
