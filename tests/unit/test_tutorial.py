"""The tutorial prints what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tutorial import OF_A_BUILD, SECTIONS, said_and_printed


@pytest.mark.parametrize("title", [title for title in SECTIONS if title != OF_A_BUILD])
def test_blocks_print_what_stands_below_them(
    title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said, printed = said_and_printed(title)
    assert printed == said
    assert printed


def test_the_section_of_a_build_is_there() -> None:
    assert OF_A_BUILD in SECTIONS
