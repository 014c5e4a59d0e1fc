"""What a study of one's own is asked to be, and why it cannot be: one line a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from trade_potential.errors import InputError
from trade_potential.outcome import Outcome
from trade_potential.own.facts import Facts

FLOWS = ("total", "exports", "imports")
ESTIMATORS = ("ppml", "pooled", "random", "mundlak", "between")
"""Of one reporter, what K may rest on."""
OF_MEANS = ("mundlak", "between")
"""Estimators with a coefficient of every regressor's mean over the years: each takes a partner."""
DEFAULT_SPEC = "year_effects"
NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
YEARS = re.compile(r"([0-9]{4})-([0-9]{4})")
LARGEST = re.compile(r"largest:(.*)", re.DOTALL)
LARGEST_BOUND = 100.0
"""Bounds of K are ratios: the seeds allow up to 100."""
LEAST_PARTNERS = 3
"""Fewer partners tell nothing of distance and border."""


@dataclass(frozen=True)
class Asked:
    """A study as people ask for it; texts as on the command line.

    Attributes:
        name: study_id.
        reporter: ISO3 code.
        partners: Codes separated by commas, a group, largest:N, or all.
        years: First-last.
        flow: total, exports or imports.
        classes: Two bounds of K separated by a comma; empty: those of the project.
        as_of: Date YYYY-MM-DD; empty: that of the newest figures.
        spec: Gravity specifications separated by commas, what people see first at the front.
        index: Specification of the index in the place of that of the first specification.
        estimator: What K rests on.
        outcome: A series of one's own in the place of trade.
    """

    name: str
    reporter: str
    partners: str
    years: str
    flow: str = "total"
    classes: str = ""
    as_of: str = ""
    spec: str = DEFAULT_SPEC
    index: str = ""
    estimator: str = "ppml"
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Design:
    """A study that can be: what was asked, in values."""

    name: str
    reporter: str
    partners: tuple[str, ...]
    is_all: bool
    years: tuple[int, int]
    flow: str
    classes: tuple[float, float] | None
    as_of: str
    specs: tuple[str, ...]
    index: str
    estimator: str
    outcome: Outcome | None


def designed(asked: Asked, facts: Facts, *, is_new: bool = True) -> Design:
    """The study that is asked for.

    Args:
        asked: What.
        facts: Of the project.
        is_new: Whether its name must be free.

    Raises:
        InputError: One line for each reason why it cannot be.
    """
    specs = tuple(part.strip() for part in asked.spec.split(","))
    years, classes = _years(asked.years), _classes(asked.classes)
    wrong = [
        *_of_name(asked.name, facts, is_new),
        *_of_country("reporter", asked.reporter, facts),
        *_of_choice("flow", asked.flow, FLOWS),
        *_of_choice("estimator", asked.estimator, ESTIMATORS),
        *_of_specs(specs, asked.index, facts),
        *_of_years(asked.years, years, facts),
        *_of_classes(asked.classes, classes),
        *_of_date(asked.as_of),
        *_of_codes(asked, facts),
    ]
    if not wrong:
        wrong = list(_of_effects(specs, years, facts))
    if wrong:
        raise InputError("\n".join(wrong))
    partners = _partners(asked, years, facts)
    return Design(
        name=asked.name, reporter=asked.reporter, partners=partners,
        is_all=asked.partners.strip() == "all", years=years, flow=asked.flow, classes=classes,
        as_of=asked.as_of or facts.newest_vintage, specs=specs, index=asked.index,
        estimator=asked.estimator, outcome=asked.outcome,
    )  # fmt: skip


def nearest(text: str, facts: Facts) -> str:
    """Countries whose code or name is nearest to a text."""
    by_name = {name.lower(): code for code, name in facts.countries.items()}
    names = get_close_matches(text.lower(), by_name, n=3, cutoff=0.7)
    named = [name for name in by_name if len(text) > 3 and text.lower() in name]
    codes = get_close_matches(text.upper(), facts.countries, n=3, cutoff=0.6)
    found = dict.fromkeys([*(by_name[name] for name in (*names, *named)), *codes])
    said = ", ".join(f"{code} {facts.countries[code]}" for code in list(found)[:3])
    return f"nearest: {said}" if said else "codes are those of ISO 3166, such as VNM"


def _of_name(name: str, facts: Facts, is_new: bool) -> Iterator[str]:
    if not NAME.fullmatch(name) or name == "all":
        yield (
            f"name {name!r}: a study is named in small letters, digits and _, from 2 to 41 of them"
            " and a letter first, such as vietnam_asean; all is taken"
        )
    elif is_new and name in facts.studies:
        whose = "a study of your own" if facts.studies[name] else "a bundled study"
        yield (
            f"name {name}: {whose} is called so; take another, such as {name}_2"
            + (f", or trade-potential study remove {name}" if facts.studies[name] else "")
        )


def _of_country(what: str, code: str, facts: Facts) -> Iterator[str]:
    if code not in facts.countries:
        yield f"{what} {code!r}: no country has this ISO3 code; {nearest(code, facts)}"


def _of_choice(what: str, value: str, known: Sequence[str]) -> Iterator[str]:
    if value not in known:
        yield f"{what} {value!r}: it is one of {', '.join(known)}"


def _of_specs(specs: Sequence[str], index: str, facts: Facts) -> Iterator[str]:
    kinds = dict(facts.rows("select spec_id, model_kind from gravity_specifications order by 1"))
    panel = [spec for spec, kind in kinds.items() if kind == "panel"]
    for spec in specs:
        if spec not in kinds:
            near = get_close_matches(spec, panel, n=1) or panel
            yield f"spec {spec!r}: there is no such gravity specification; {_such_as(near)}"
        elif kinds[spec] != "panel":
            yield (
                f"spec {spec}: it is {kinds[spec]}, of every pair of economies, and a study of one "
                f"reporter takes a panel; {_such_as(panel)}"
            )
    for spec in {spec for spec in specs if specs.count(spec) > 1}:
        yield f"spec {spec}: it is named twice; name each once"
    indices = [name for (name,) in facts.rows("select index_spec_id from index_specifications")]
    if index and index not in indices:
        near = get_close_matches(index, indices, n=1) or indices
        yield f"index {index!r}: there is no such index; {_such_as(near)}"


def _such_as(names: Sequence[str]) -> str:
    return f"there is {', '.join(names)}"


def _years(text: str) -> tuple[int, int]:
    found = YEARS.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _of_years(text: str, years: tuple[int, int], facts: Facts) -> Iterator[str]:
    first, last = facts.trade_years
    if years == (0, 0):
        yield f"years {text!r}: they are written first-last, such as {last - 10}-{last}"
    elif years[0] > years[1]:
        yield f"years {text}: the first is after the last; write {years[1]}-{years[0]}"
    elif years[0] < first or years[1] > last:
        common = (max(years[0], first), min(years[1], last))
        right = (
            f"take {common[0]}-{common[1]}" if common[0] <= common[1] else "none of them is there"
        )
        yield f"years {text}: {facts.measured} is known of {first}-{last}; {right}"


def _of_effects(specs: Sequence[str], years: tuple[int, int], facts: Facts) -> Iterator[str]:
    """Year effects are variables: a year without one would share its level with another."""
    for spec in specs:
        ((low, high),) = facts.rows(
            "select min(base_year), max(base_year) from gravity_terms inner join variables using"
            " (variable) where spec_id = ? and derivation = 'is_base_year'", [spec],
        )  # fmt: skip
        if low is not None and (years[0] < low - 1 or years[1] > high):
            yield (
                f"years {years[0]}-{years[1]}: spec {spec} has effects of the years {low}-{high}; "
                f"take years of {low - 1}-{high}, or --spec total_trade"
            )


def _classes(text: str) -> tuple[float, float] | None:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return low, high


def _of_classes(text: str, found: tuple[float, float] | None) -> Iterator[str]:
    if not text:
        return
    if found is None:
        yield f"classes {text!r}: two numbers, lower bound first, such as 0.8,1.2"
    elif found[1] > LARGEST_BOUND or min(found) >= 10:
        yield (
            f"classes {text}: bounds are of K = actual / predicted trade, a ratio and not per cent;"
            f" write {found[0] / 100:g},{found[1] / 100:g}"
        )
    elif not 0 < found[0] < found[1]:
        right = "above 0" if min(found) <= 0 else f"write {found[1]:g},{found[0]:g}"
        yield f"classes {text}: the first bound is below the second, and both above 0; {right}"


def _of_date(text: str) -> Iterator[str]:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.min
    if found is not None and not 1990 <= found.year <= 2026:
        yield f"as-of {text!r}: a date of 1990 to 2026 is written YYYY-MM-DD, such as 2023-12-31"


def _codes(text: str, facts: Facts) -> list[str]:
    """Codes of a list; the members of groups that it names."""
    parts = [part.strip() for part in text.split(",")]
    return [code for part in parts for code in facts.groups.get(part, [part])]


def _of_codes(asked: Asked, facts: Facts) -> Iterator[str]:
    if asked.partners.strip() == "all" or LARGEST.fullmatch(asked.partners.strip()):
        return
    parts = [part.strip() for part in asked.partners.split(",")]
    for part in parts:
        if part in facts.groups or part in facts.countries:
            continue
        if part.upper() == part:
            yield from _of_country("partner", part, facts)
            continue
        known = [*facts.groups, "all", "largest:40"]
        near = get_close_matches(part, known, n=3, cutoff=0.5)
        groups = f"groups are {', '.join(near or facts.groups)}"
        yield f"partner {part!r}: neither a country nor a group; {nearest(part, facts)}; {groups}"
    codes = [part for part in parts if part in facts.countries]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"partner {code}: it is named twice; name each partner once"
    if asked.reporter in codes:
        yield f"partner {asked.reporter}: it is the reporter; a partner is another country"


def _partners(asked: Asked, years: tuple[int, int], facts: Facts) -> tuple[str, ...]:
    """Partners of a study, of a group without the reporter.

    Raises:
        InputError: There are none, or too few.
    """
    trading = facts.partners_of(asked.reporter, years, asked.flow)
    if not trading:
        raise InputError(
            f"reporter {asked.reporter}: {facts.measured} has no flow of it with a known "
            f"distance in {asked.years}; {_large(facts)}"
        )
    largest = LARGEST.fullmatch(asked.partners.strip())
    if asked.partners.strip() == "all":
        found = list(trading)
    elif largest:
        if not re.fullmatch("[1-9][0-9]{0,3}", largest[1]):
            raise InputError(
                f"partners {asked.partners}: a number of partners follows, such as largest:40"
            )
        found = list(trading)[: int(largest[1])]
        if len(found) < int(largest[1]):
            raise InputError(
                f"partners {asked.partners}: {asked.reporter} trades with {len(found)} economies "
                f"of known distance in {asked.years}; take largest:{len(found)} or all"
            )
    else:
        found = [c for c in dict.fromkeys(_codes(asked.partners, facts)) if c != asked.reporter]
    if len(set(found) & set(trading)) < LEAST_PARTNERS:
        said = ", ".join(code for code in found if code not in trading)
        raise InputError(
            f"partners {asked.partners}: {len(set(found) & set(trading))} of them trade with "
            f"{asked.reporter} in {asked.years} at a known distance, and a study needs "
            f"{LEAST_PARTNERS}" + (f"; without: {said}" if said else "")
        )
    return tuple(found)


def _large(facts: Facts) -> str:
    codes = facts.rows("select count(distinct exporter) from trade")[0][0]
    return f"{codes} economies have one, such as KAZ, VNM, DEU"
