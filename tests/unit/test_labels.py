"""Labels of codes: names of countries are those of the CLDR, each label in its own script."""

from __future__ import annotations

import csv
import re

import pytest
from research.country_labels import COLUMNS, KIND, rows
from tests.panels import ROOT

LABELS = list(csv.DictReader((ROOT / "seeds/study/labels.csv").open(encoding="utf-8")))
SCRIPT = {"zh": r"[\u4e00-\u9fff]", "ru": r"[\u0400-\u04ff]", "en": r"[A-Za-z]"}


def test_names_of_countries_are_those_of_the_cldr() -> None:
    held = [tuple(row[name] for name in COLUMNS) for row in LABELS if row["code_kind"] == KIND]
    assert held == list(rows())
    assert len(held) > 400


@pytest.mark.parametrize("language", SCRIPT)
def test_a_label_is_in_the_script_of_its_language(language: str) -> None:
    own = [row["label"] for row in LABELS if row["language"] == language]
    assert [label for label in own if not re.search(SCRIPT[language], label)] == []
    assert [label for label in own if label != label.strip() or "_" in label] == []


def test_within_a_kind_no_two_codes_have_one_label() -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for row in LABELS:
        key = (row["code_kind"], row["language"], row["label"])
        assert seen.setdefault(key, row["code"]) == row["code"], key
