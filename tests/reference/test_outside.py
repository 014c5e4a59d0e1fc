"""Printed numbers of other people's studies."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from tests.reference.outside import page
from tests.reference.outside.outside import HERE, Case, Figure, Model, cases, figures

MODELS = [(case, model) for case in cases() for model in case.models]


@pytest.mark.parametrize(
    ("case", "model"),
    [pair for pair in MODELS if pair[0].data],
    ids=lambda item: item.name if isinstance(item, Case) else item.place,
)
def test_prints_are_reproduced(case: Case, model: Model) -> None:
    found = figures(case, model)
    assert len(found) == sum(len(text.split()) for text in model.printed.values())
    assert page.unexplained([(case, model, found)]) == []


def test_every_case_says_where_it_comes_from() -> None:
    for case in cases():
        assert case.source
        assert bool(case.data and case.data_source) != bool(case.get), case.name
    held = {case.data for case in cases()}
    assert {file.name for file in (HERE / "data").iterdir()} <= held


def test_without_data_the_print_stands_alone() -> None:
    case, model = next(pair for pair in MODELS if not pair[0].data)
    found = figures(case, model)
    assert all(math.isnan(figure.ours) for figure in found)
    text = page.outside([(case, model, found)])
    assert "Not here; to get them" in text
    assert model.printed["fta"].split()[1] in text


def test_a_wrong_print_is_noticed() -> None:
    case = next(case for case in cases() if case.name == "ships")
    wrong = replace(case.models[0], printed={"op_75_79": "1.468832 .1737218", "n_obs": "35"})
    found = page.unexplained([(case, wrong, figures(case, wrong))])
    assert [line.split(" | ")[2].split(":")[0] for line in found] == ["op_75_79", "n_obs"]
    said = replace(wrong, differs={"op_75_79": "a slip", "n_obs": "another"})
    assert page.unexplained([(case, said, figures(case, said))]) == []


def test_a_separated_row_too_many_is_noticed() -> None:
    case = next(case for case in cases() if case.name == "separation")
    model = case.models[0]
    other = replace(model, rows=model.rows.replace("select *", "select * replace (0 as separated)"))
    assert page.unexplained([(case, model, figures(case, model))]) == []
    assert len(page.unexplained([(case, other, figures(case, other))])) == 1


@pytest.mark.parametrize(
    ("printed", "ours", "digits", "of"),
    [
        (".0658", 0.06578, 3, 3),
        ("0.1907", 0.19072, 4, 4),
        ("0.1907", 0.19080, 3, 4),
        ("28152", 28152.0, 5, 5),
        ("-11.2831", 11.2831, 0, 6),
        ("1.0", float("nan"), 0, 2),
    ],
)
def test_digits(printed: str, ours: float, digits: int, of: int) -> None:
    found = Figure.beside("x", printed, ours)
    assert (found.digits, found.of) == (digits, of)
