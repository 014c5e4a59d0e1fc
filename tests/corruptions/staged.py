"""Tests of the declarations, which a build runs before the gate: keys, values, codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from tests.corruptions.kinds.form import Frames

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
        for column in entry["columns"]:
            for test in column.get("data_tests", ()):
                yield from self._of_column(name, column["name"], test, rows, now, changed)

    def _of_column(
        self, name: str, column: str, test: Any, rows: pd.DataFrame, now: Frames, changed: Frames
    ) -> Iterator[str]:
        values = rows[column].dropna().astype("str")
        values = values[values != ""].drop_duplicates()
        said, (kind, given) = "", _as_pair(test)
        if kind == "value_is_one_of" and name in changed:
            known, said = set(given["values"]), "one of the listed values"
        elif kind == "country_is_known" and {name, "countries"} & set(changed):
            known = {
                *now["countries"]["country_iso3"],
                *now["country_code_mappings"]["source_code"],
            }
            said = "the code is known"
        elif (
            kind == "key_is_known"
            and (to := REFERRED.search(given["to"]))
            and {name, to[1]} & set(changed)
        ):
            known, said = set(now[to[1]][given["field"]].astype("str")), f"a key of {to[1]}"
        lost = values[~values.isin(known)] if said else values.iloc[:0]
        if len(lost):
            yield f"{name}, column {column}: {lost.iloc[0]} (rule: {said})"


def _as_pair(test: Any) -> tuple[str, Any]:
    if isinstance(test, str):
        return test, {}
    ((kind, given),) = test.items()
    return str(kind), given.get("arguments", {})
