"""Tests of the declarations, which a build runs before the gate: keys, values, codes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from tests.corruptions.kinds.form import Frames
from tests.declared import rules_of

YAMLS = ("seeds/inputs/_inputs__seeds.yml", "inputs/world/_world__sources.yml")
STUDY = "seeds/study/_study__seeds.yml"
REFERRED = re.compile(r"ref\('stg_inputs__(\w+)'\)")


class Staged:
    """What the tests of the declarations say of inputs, and of the rows of studies beside them."""

    def __init__(self, project: Path) -> None:
        """Read the declarations of inputs and studies."""
        inputs = [yaml.safe_load((project / path).read_text("utf-8")) for path in YAMLS]
        self._inputs = {
            entry["name"]: entry
            for entry in [*inputs[0]["seeds"], *inputs[1]["sources"][0]["tables"]]
        }
        study = yaml.safe_load((project / STUDY).read_text("utf-8"))["seeds"]
        self._studies = {entry["name"]: entry for entry in study}
        self._rows = {
            name: pd.read_csv(project / "seeds" / "study" / f"{name}.csv", keep_default_na=False)
            for name in self._studies
        }

    def refused(self, frames: Frames, changed: Mapping[str, pd.DataFrame]) -> list[str]:
        """What is refused of the changed inputs, and of all that look something up in them."""
        now = {**frames, **changed}
        found: list[str] = []
        for name, entry in self._inputs.items():
            found += self._of(name, entry, now[name], now, changed)
        for name, entry in self._studies.items():
            found += self._of(name, entry, self._rows[name], now, changed)
        return found

    def _of(
        self, name: str, entry: Any, rows: pd.DataFrame, now: Frames, changed: Frames
    ) -> Iterator[str]:
        if name in changed:
            key = entry["config"]["meta"]["key"]
            if rows.duplicated(key).any():
                first = rows.loc[rows.duplicated(key), key].iloc[0]
                yield f"{name}: {', '.join(map(str, first))} (rule: the key is unique)"
        rules = rules_of(entry)
        if name in changed:
            for column, listed in rules.one_of.items():
                yield from _lost(
                    name, rows, column, set(map(str, listed)), "one of the listed values"
                )
        if {name, "countries"} & set(changed):
            codes = {
                *now["countries"]["country_iso3"],
                *now["country_code_mappings"]["source_code"],
            }
            for column in rules.countries:
                yield from _lost(name, rows, column, codes, "the code is known")
        for column, parent in rules.known.items():
            to = REFERRED.search(parent["to"])
            if to and {name, to[1]} & set(changed):
                keys = set(now[to[1]][parent["field"]].astype("str"))
                yield from _lost(name, rows, column, keys, f"a key of {to[1]}")


def _lost(
    name: str, rows: pd.DataFrame, column: str, known: Collection[Any], said: str
) -> Iterator[str]:
    """The first value of a column that is not known."""
    values = rows[column].dropna().astype("str")
    values = values[values != ""].drop_duplicates()
    lost = values[~values.isin(known)]
    if len(lost):
        yield f"{name}, column {column}: {lost.iloc[0]} (rule: {said})"
