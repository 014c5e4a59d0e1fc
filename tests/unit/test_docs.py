"""What the pages name exists: commands, options, targets of make, nodes of dbt, files, headings."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from trade_potential.cli.parser import parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"```.*?\n(.*?)```|`([^`\n]+)`|^ {4}(\S[^\n]*)$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
NODE = re.compile(r"\b(?:stg|gate|int|est|dim|fct|rpt)_[a-z0-9_]*[a-z0-9](?![\w<*])")
FOLDERS = "docs|inputs|macros|models|python_models|seeds|src|tests|benchmarks|profiles"
FILE = re.compile(rf"(?<![\w/<>.-])(?:{FOLDERS})/[\w.*/-]*[\w*](?![\w<])")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def _code(page: Path) -> list[str]:
    """Lines of code of a page: of blocks, spans and indented lines."""
    return [
        line.strip()
        for block, span, indented in CODE.findall(page.read_text(encoding="utf-8"))
        for line in (block or span or indented).replace("\\\n", " ").splitlines()
    ]


def _commands(page: Path, program: str) -> Iterator[list[str]]:
    """Words behind a program, wherever a line of code calls it."""
    for line in _code(page):
        if ": error: " in line:  # said by the program, not to it
            continue
        for call in re.split(r"&&|;|\|", line.removeprefix("$ ")):
            words = [*re.sub(r"(^|\s)#.*", "", call).split(maxsplit=1), ""][:2]
            if words[0] == program and words[1].count('"') % 2 == words[1].count("'") % 2 == 0:
                yield shlex.split(words[1])


def _leaves(of: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Commands below a parser."""
    return {
        name: leaf
        for action in of._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, leaf in action.choices.items()
    }


@pages
def test_targets_of_make_exist(page: Path) -> None:
    made = set(re.findall(r"^([a-z][a-z -]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    targets = {target for line in made for target in line.split()}
    for words in _commands(page, "make"):
        with_value = [k + 1 for k, word in enumerate(words) if word in ("-C", "-f")]
        named = {w for k, w in enumerate(words) if w[0] != "-" and k not in with_value}
        assert {word for word in named if "=" not in word} - targets == set(), words


@pages
def test_commands_and_options_exist(page: Path) -> None:
    for words in _commands(page, "trade-potential"):
        found = parser()
        while words and (below := _leaves(found)):
            if words[0].startswith("-"):
                break
            assert words[0] in below, f"trade-potential has no command {words[0]}"
            found = below[words.pop(0)]
        options = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert options - set(found._option_string_actions) == set(), found.prog


@pages
def test_modules_that_are_run_exist(page: Path) -> None:
    for name in re.findall(r"python -m ([\w.]+)", page.read_text(encoding="utf-8")):
        assert find_spec(name), name


@pages
def test_nodes_exist(page: Path) -> None:
    folders = ("models", "python_models", "seeds", "macros", "tests")
    known = {path.stem for folder in folders for path in (ROOT / folder).rglob("*.*")}
    known |= set(yaml.safe_load((ROOT / "dbt_project.yml").read_text("utf-8"))["vars"])
    named = {name for line in _code(page) for name in NODE.findall(line)}
    assert named - known == set()


@pages
def test_files_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in {name for line in _code(page) for name in FILE.findall(line)}:
        assert any(ROOT.glob(name)), name
    for link in LINK.findall(text):
        path, _, heading = link.partition("#")
        if "://" in path:
            continue
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if heading:
            titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert heading in anchors, link
