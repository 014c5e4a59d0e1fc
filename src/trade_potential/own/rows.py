"""Rows of a study in the own folder: written, read, taken out and copied elsewhere."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trade_potential.errors import InputError
from trade_potential.own.design import Design
from trade_potential.own.facts import Facts
from trade_potential.quality.own_folder import SETTINGS, OwnFolder, columns_of, settings_text

Row = dict[str, str]
Rows = dict[str, list[Row]]
CLASSES = (
    ("huge_potential", "Huge potential"),
    ("potential_expansion", "Potential expansion"),
    ("potential_reshaping", "Potential reshaping"),
)
"""Classes from the lowest K, as those of all studies are named."""
KEYS = {"own_outcomes": "series_id"}
"""Columns that name the study of a row, where it is not study_id: a series has its name."""
OF_SPECIFICATIONS = ("gravity_specifications", "gravity_terms", "gravity_term_exceptions")
"""Seeds of a specification that is a study's own: it has the name of the study."""


def rows_of(design: Design, facts: Facts) -> Rows:
    """Rows of every seed that a study takes."""
    name = design.name
    specs = [name, *design.specs[1:]] if design.index else list(design.specs)
    found: Rows = {
        "studies": [_study(design, specs[0], facts)],
        "study_specifications": [{"study_id": name, "spec_id": spec} for spec in specs],
    }
    if not design.is_all:
        found["study_partners"] = [
            {"study_id": name, "partner_iso3": code, "display_order": str(k)}
            for k, code in enumerate(design.partners, start=1)
        ]
    if design.classes:
        found["potential_classes"] = _classes(name, *design.classes)
    if design.index:
        found |= _specification(design, facts)
    if design.outcome:
        found["own_outcomes"] = [
            {column: str(value) for column, value in asdict(row).items()}
            for row in design.outcome.rows
        ]
    return found


def _study(design: Design, spec: str, facts: Facts) -> Row:
    reporter = facts.countries[design.reporter]
    partners = "every partner with data" if design.is_all else f"{len(design.partners)} partners"
    return {
        "study_id": design.name,
        "study_name": f"{reporter} and {partners}",
        "reporter_iso3": design.reporter,
        "reporter_scope": "one",
        "partner_scope": "all_reported" if design.is_all else "listed",
        "flow": design.flow,
        "outcome_scaling": "none",
        "trade_source": "own" if design.outcome else "baci",
        "ecommerce_series": design.outcome.series_id if design.outcome else "",
        "default_spec_id": spec,
        "default_estimator": design.estimator,
        "description": f"A study of one's own: {reporter} and {partners}, figures as of "
        f"{design.as_of}.",
        "first_year": str(design.years[0]),
        "last_year": str(design.years[1]),
        "as_of_date": design.as_of,
    }


def _classes(name: str, low: float, high: float) -> list[Row]:
    bounds = [("", f"{low:g}"), (f"{low:g}", f"{high:g}"), (f"{high:g}", "")]
    return [
        {
            "study_id": name, "potential_class": of, "class_label": label,
            "display_order": str(k), "k_lower": lower, "k_upper": upper,
            "is_lower_inclusive": str(k == len(CLASSES)).lower(),
            "is_upper_inclusive": str(k == 1).lower(),
        }
        for k, ((of, label), (lower, upper)) in enumerate(zip(CLASSES, bounds, strict=True), 1)
    ]  # fmt: skip


def _specification(design: Design, facts: Facts) -> Rows:
    """The first specification under the name of the study, with another index."""
    found: Rows = {}
    for seed in OF_SPECIFICATIONS:
        held = facts.records(
            f"select * exclude (is_own) from {seed} where spec_id = ?",  # noqa: S608
            [design.specs[0]],
        )
        rows = [{k: _text(v) for k, v in row.items()} | {"spec_id": design.name} for row in held]
        if rows:
            found[seed] = rows
    (first,) = found["gravity_specifications"]
    first |= {"index_spec_id": design.index, "spec_name": f"{first['spec_name']}: {design.index}"}
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def write(rows: Rows, own: OwnFolder) -> list[Path]:
    """Append rows to the files of the own folder, all of them or none.

    Raises:
        InputError: A file has columns without those of the rows, and rows of its own.
    """
    own.path.mkdir(parents=True, exist_ok=True)
    contents = {own.file(seed): _appended(seed, new, own) for seed, new in rows.items()}
    if not (own.path / SETTINGS).exists():
        contents[own.path / SETTINGS] = settings_text(bundled_studies=True)
    replace(contents)
    return list(contents)


def _appended(seed: str, new: Iterable[Row], own: OwnFolder) -> str:
    path = own.file(seed)
    held = read(path) if path.is_file() else []
    of_file = columns_of(path.read_bytes()) if path.is_file() else []
    rows = [*held, *new]
    used = {column for row in rows for column in row}
    columns = [*of_file, *(c for c in own.seeds[seed].types if c in used and c not in of_file)]
    return text_of(columns, rows)


def text_of(columns: list[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(path: Path) -> list[Row]:
    """Rows of a file of the own folder."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def replace(contents: Mapping[Path, str]) -> None:
    """Write files beside those that stand, then put each in its place."""
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    try:
        for path, text in contents.items():
            drafts[path].write_text(text, encoding="utf-8", newline="")
        for path, draft in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def is_of(study: str, seed: str) -> Callable[[Row], bool]:
    """Whether a row of a seed is that of a study alone."""
    key = "spec_id" if seed in OF_SPECIFICATIONS else KEYS.get(seed, "study_id")
    return lambda row: row.get(key) == study


def of_study(study: str, own: OwnFolder) -> Rows:
    """Own rows of a study by seed."""
    found = {
        seed: list(filter(is_of(study, seed), read(path))) for seed, path in own.files().items()
    }
    return {seed: rows for seed, rows in found.items() if rows}


def remove(study: str, own: OwnFolder) -> dict[str, int]:
    """Take the rows of a study out; the number of each seed."""
    taken = of_study(study, own)
    contents = {}
    for seed in taken:
        path = own.file(seed)
        left = [row for row in read(path) if not is_of(study, seed)(row)]
        contents[path] = text_of(columns_of(path.read_bytes()), left)
    replace(contents)
    for path in contents:
        if not read(path):
            path.unlink()
    return {seed: len(rows) for seed, rows in taken.items()}


def keep_bundled(own: OwnFolder, *, is_kept: bool) -> None:
    """Say in the settings whether the studies that come with the project are built."""
    own.path.mkdir(parents=True, exist_ok=True)
    replace({own.path / SETTINGS: settings_text(bundled_studies=is_kept)})


def export(study: str, own: OwnFolder, folder: Path) -> list[Path]:
    """Copy the rows of a study into a folder that can be an own folder elsewhere.

    Raises:
        InputError: The folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: it holds something already; name a folder that does not exist")
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        folder / f"{seed}.csv": text_of(columns_of(own.file(seed).read_bytes()), rows)
        for seed, rows in of_study(study, own).items()
    }
    contents[folder / SETTINGS] = settings_text(bundled_studies=True)
    replace(contents)
    return list(contents)
