"""Every case of the corpus."""

from __future__ import annotations

import random
from itertools import zip_longest

from tests.corpus.case import Case, read_seeds
from tests.corpus.commands import command_cases
from tests.corpus.form import form_cases, header_cases
from tests.corpus.gate import gate_cases
from tests.corpus.harmless import harmless_cases
from tests.corpus.parquet import parquet_cases
from tests.corpus.staging import staging_cases

OF_ROWS = (form_cases, staging_cases, gate_cases, harmless_cases, parquet_cases)


def all_cases(seed: int = 0) -> list[Case]:
    """Every case, repeatable by the number `seed`; names are unique."""
    found: list[Case] = []
    for of in read_seeds():
        for generate in OF_ROWS if of.rows else (header_cases,):  # own_outcomes has no row
            found += generate(of, seed)
    found += command_cases(seed)
    names = [case.name for case in found]
    assert len(set(names)) == len(names), sorted(n for n in names if names.count(n) > 1)[:5]
    return found


def some_cases(count: int, seed: int = 0) -> list[Case]:
    """So many cases, stages and targets mixed, in as few builds as can be."""
    chance = random.Random(seed)  # noqa: S311  no secret
    by_stage: dict[str, dict[str, Case]] = {}
    cases = all_cases(seed)
    chance.shuffle(cases)
    for case in cases:
        # one case per target and stage: they fit into one build
        by_stage.setdefault(case.stage, {}).setdefault(
            case.name if case.stage == "command" else case.target, case
        )
    rounds = zip_longest(*(list(of.values()) for _, of in sorted(by_stage.items())))
    mixed = [case for turn in rounds for case in turn if case is not None]
    return mixed[:count] if count <= len(mixed) else cases[:count]
