"""The tables of docs/answers.md from a few rows."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "docs"))

import answers

ANSWER = (
    "KGZ", 2019, 1.648, "potential_reshaping", 86.1, 2.14, None, None, True, 1.94, 0.154,
)  # fmt: skip
OTHERS = [
    ("KGZ", 2019, "central_asia recommended", 0.68, "huge_potential", False, -0.88, "index x 0.4"),
    ("KGZ", 2019, "china_world recommended", 2.73, "potential_reshaping", True, 0.5, None),
    ("KGZ", 2018, "central_asia recommended", 0.9, "potential_expansion", False, -0.4, "index x 2"),
]


def test_an_answer_stands_before_every_specification() -> None:
    header, _, row = answers.classes([ANSWER], OTHERS).splitlines()
    assert header.endswith("| lasting | central_asia recommended | china_world recommended |")
    assert row == (
        "| CHN-KGZ 2019 | **1.65 reshaping** | 1.94 | 0.15 | 86 | 2.14 * |   "
        "| 0.68 huge | 2.73 reshaping |"
    )


def test_only_differences_of_this_pair_and_year_have_a_reason() -> None:
    _, _, row = answers.reasons([ANSWER], OTHERS).splitlines()
    assert row == (
        "| CHN-KGZ 2019 | central_asia recommended | reshaping 1.65 | huge 0.68 | index x 0.4 |"
    )
