"""The tutorial prints what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tutorial import BLOCK, OF_A_BUILD, OF_STUDIES, SECTIONS, refreshed, said_and_printed

TYPED = """
```sh
for n in 1 22 333 4444; do echo "after $n s"; done
echo refused >&2
```

```text
{said}
```

```python
word = "kept"
```

```python
print(word)
```

```text
kept
```
"""


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


def test_a_page_is_refreshed_and_keeps_what_it_leaves_out() -> None:
    whole = "\n".join(["after ... s"] * 4 + ["refused"])
    folded = "after ... s\n...\nrefused"
    assert refreshed(TYPED.format(said="old")) == TYPED.format(said=whole)
    assert refreshed(TYPED.format(said="old\n...\nold")) == TYPED.format(said=folded)


def test_a_page_whose_commands_fail_is_not_refreshed() -> None:
    page = "```sh\necho reasons; exit 3\n```\n\n```text\n{said}\n```"
    with pytest.raises(RuntimeError, match="exit code 3 of echo reasons; exit 3\nreasons"):
        refreshed(page.format(said="built"))
    refused = page.format(said="x: error: reasons")
    assert refreshed(refused) == page.format(said="reasons")
    with pytest.raises(RuntimeError, match="exit code 0"):
        refreshed(refused.replace("exit 3", "exit 0"))


def test_every_command_of_the_page_of_studies_has_its_output() -> None:
    commands = list(BLOCK.finditer(OF_STUDIES.read_text("utf-8")))
    assert all(block["said"] for block in commands if block["language"] == "sh")
    assert len(commands) > 10
