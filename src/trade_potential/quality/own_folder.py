"""The own folder: where it lies, its settings, and the form of its files (decision 041).

A file of it has the name and columns of a seed of ``seeds/study`` or ``seeds/inputs``; its rows are
appended to those of the seed. Columns may stand in any order, and what is not needed may be left
out: it is empty.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from trade_potential.errors import InputError
from trade_potential.quality.complaints import Complaint, Told, limited, told
from trade_potential.quality.seed_files import (
    BOM,
    MAX_COMPLAINTS,
    Seed,
    complaint,
    complaints_of_file,
    declared_seeds,
)
from trade_potential.sql.render import file_literal, quoted, text_literal

ENVIRONMENT = "TRADE_POTENTIAL_OWN"
"""Names another folder than the var own_folder of dbt_project.yml."""
DEFAULT = "own"
SETTINGS = "settings.toml"
ROWS_VERSION = 1
"""Form of the rows; a folder of another one is refused."""
FOLDERS = ("seeds/study", "seeds/inputs")
"""Seeds that rows of one's own may be added to."""


@dataclass(frozen=True)
class OwnFolder:
    """A folder of rows of one's own, there or not.

    Attributes:
        project: Folder of dbt_project.yml.
        path: Where.
        label: How people know it: from the project, or the whole path where it lies elsewhere.
        bundled_studies: Whether the studies that come with the project are built, too.
        settings_complaints: What is wrong with the settings.
    """

    project: Path
    path: Path
    label: str
    bundled_studies: bool = True
    settings_complaints: tuple[Complaint, ...] = ()

    @cached_property
    def seeds(self) -> dict[str, Seed]:
        """What may be added to, by name; reading the declarations takes a second."""
        return {
            Path(file).stem: seed
            for file, seed in declared_seeds(self.project).items()
            if Path(file).parent.as_posix() in FOLDERS
        }

    def file(self, seed: str) -> Path:
        """Where the own rows of a seed lie."""
        return self.path / f"{seed}.csv"

    def files(self) -> dict[str, Path]:
        """Files by name; whether each is named as a seed, ``complaints_of_own`` tells."""
        return {path.stem: path for path in sorted(self.path.glob("*.csv"))}

    def label_of(self, seed: str) -> str:
        """How people know the file of a seed."""
        return f"{self.label}/{seed}.csv"


def located(project: Path, folder: str | None = None) -> OwnFolder:
    """The own folder of a project; one that is not there is empty.

    Args:
        project: Folder of dbt_project.yml.
        folder: The var own_folder; default: what dbt_project.yml says. The environment precedes.
    """
    named = os.environ.get(ENVIRONMENT) or folder or _of_project(project)
    path = project / named
    settings, wrong = _settings(path / SETTINGS, f"{named}/{SETTINGS}")
    return OwnFolder(project, path, named.rstrip("/"), settings, tuple(wrong))


def _of_project(project: Path) -> str:
    try:
        said = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))
        return str(said["vars"]["own_folder"])
    except (OSError, yaml.YAMLError, LookupError, TypeError):
        return DEFAULT


def _settings(path: Path, label: str) -> tuple[bool, list[Complaint]]:
    """Whether the bundled studies are built, and what is wrong with the file."""
    if not path.is_file():
        return True, []
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return True, [complaint(label, None, None, str(error), "the settings are TOML in UTF-8")]
    wrong = list(_of_settings(said, label))
    return bool(said.get("bundled_studies", True)) if not wrong else True, wrong


def _of_settings(said: dict[str, Any], label: str) -> Iterator[Complaint]:
    version = said.get("rows_version")
    if type(version) is not int or version != ROWS_VERSION:
        rule = (
            f"rows_version is {ROWS_VERSION}, the form of rows that this version of the project "
            "reads; an older project reads no newer rows"
        )
        yield complaint(label, None, "rows_version", str(version), rule)
    if not isinstance(said.get("bundled_studies", True), bool):
        rule = "bundled_studies is true or false"
        yield complaint(label, None, "bundled_studies", str(said["bundled_studies"]), rule)
    for name in said.keys() - {"rows_version", "bundled_studies"}:
        rule = "a setting is rows_version or bundled_studies"
        yield complaint(label, None, name, str(said[name]), rule)


def settings_text(*, bundled_studies: bool) -> str:
    """Content of the settings."""
    return (
        f"rows_version = {ROWS_VERSION}\n"
        f"bundled_studies = {str(bundled_studies).lower()}"
        "  # false: only studies of one's own are built\n"
    )


def complaints_of_own(own: OwnFolder) -> Told:
    """What is wrong with the form of the folder: settings, names of files, headers and cells."""
    parts = [limited(own.settings_complaints, MAX_COMPLAINTS, own.label)]
    if not own.path.exists():
        return told(parts)
    for name, path in own.files().items():
        if name not in own.seeds:
            near = get_close_matches(name, own.seeds, n=3) or sorted(own.seeds)
            rule = f"a file of the own folder is named as a seed, such as {', '.join(near)}"
            parts.append(_one(complaint(own.label_of(name), None, None, path.name, rule)))
            continue
        found = list(_of_file(path.read_bytes(), own.seeds[name], own.label_of(name)))
        parts.append(limited(found, MAX_COMPLAINTS, own.label_of(name)))
    has_study = own.file("studies").is_file() and own.file("studies").read_bytes().count(b"\n") > 1
    if not own.bundled_studies and not has_study:
        rule = "without the bundled studies there is one of one's own: trade-potential study new"
        settings = f"{own.label}/{SETTINGS}"
        parts.append(_one(complaint(settings, None, "bundled_studies", "false", rule)))
    return told(parts)


def _one(found: Complaint) -> Told:
    return limited([found], 1, "")


def _of_file(content: bytes, seed: Seed, label: str) -> Iterator[Complaint]:
    """As of a seed, but columns that are no part of the key may be missing."""
    header = columns_of(content)
    types = {name: kind for name, kind in seed.types.items() if name in header or name in seed.key}
    unknown = next((name for name in header if name not in seed.types), None)
    if unknown is not None:
        near = get_close_matches(unknown, seed.types, n=1)
        rule = f"the header holds columns of {seed.file}" + (f", such as {near[0]}" if near else "")
        yield complaint(label, 1, unknown or "(no name)", "the column is unknown", rule)
        return
    yield from complaints_of_file(content, Seed(label, types, seed.key, may_be_empty=True))


def columns_of(content: bytes) -> list[str]:
    """Names in the header of a CSV file."""
    first = content.removeprefix(BOM).split(b"\n", 1)[0]
    return [name.strip('"') for name in first.decode("utf-8", "replace").strip().split(",")]


def rows_sql(path: Path, types: Mapping[str, str], more: str = "") -> str:
    """A query of the rows of a CSV file whose form is right, in their order.

    Args:
        path: Of a seed, or of its own rows.
        types: Declared type by column; a column that the header lacks is null.
        more: Columns beside these.
    """
    header = columns_of(path.read_bytes())
    read = ", ".join(f"{text_literal(column)}: 'VARCHAR'" for column in header)
    values = ", ".join(
        f"cast({quoted(column) if column in header else 'null'} as {kind}) as {quoted(column)}"
        for column, kind in types.items()
    )
    return (
        f"select {values}{more} from read_csv({file_literal(path)}, columns = {{{read}}},"  # noqa: S608
        " header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"')"
    )


def _for_macros(project: str, folder: str) -> dict[str, Any]:
    """What macros ask of the folder: settings, and by seed where its rows are."""
    own = located(Path(project), folder)
    files = {
        name: {"label": own.label_of(name), "path": str(path.resolve())}
        for name, path in own.files().items()
    }
    return {"bundled_studies": own.bundled_studies, "files": files}


def _rows_for_macros(path: str, types: Mapping[str, str]) -> str:
    return rows_sql(Path(path), types)


FUNCTIONS: dict[str, Callable[..., Any]] = {"own_folder": _for_macros, "own_rows": _rows_for_macros}
"""What macros ask (macro library)."""


def followed_files(project: Path, folder: str | None = None) -> dict[str, Path]:
    """Files that a build follows, by their whole path: they are no part of the project's commit."""
    own = located(project, folder)
    paths = [*own.files().values(), own.path / SETTINGS]
    return {str(path.resolve()): path.resolve() for path in paths if path.is_file()}


def ready(own: OwnFolder) -> None:
    """Refuse a folder whose form is wrong, before anything reads it.

    Raises:
        InputError: With one line per complaint.
    """
    wrong = complaints_of_own(own).lines
    if wrong:
        raise InputError("\n".join(wrong))
