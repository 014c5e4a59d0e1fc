"""How far the answers, coefficients and indices of a new release are from those before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from trade_potential.release.answers import ANSWERS, CLASS, K, moved_terms
from trade_potential.release.layout import ReleaseFolder
from trade_potential.release.mart_files import parquet_files, rows_of
from trade_potential.release.noise import any_moved, moved
from trade_potential.release.pair import IS_THERE, Pair, Pairs
from trade_potential.sql.render import quoted

if TYPE_CHECKING:
    import duckdb

ANSWER_MARTS = (ANSWERS, "rpt_answer")
ACTUAL = "actual_usd"
INDEX = "fct_development_index"
KEPT_ROWS = (
    *ANSWER_MARTS,
    "fct_country_indicator",
    "fct_country_year",
    INDEX,
    "fct_gravity_coefficients",
    "rpt_estimator_comparison",
    "rpt_trade_potential",
    "rpt_trade_potential_v1",
)
"""Marts whose rows come and go with studies, specifications and years only. Of the ledger, of
checks and of explained differences rows go whenever figures are better."""
CHECKS = ("fct_audit_results", "fct_quality_results")
"""Marts that say how the others were checked: new checks move no published number."""
GROUP = ("study_id", "spec_id", "estimator")
TENTH, DOUBLED = math.log(1.1), math.log(2)
"""Changes of K, in log points."""
ROW_RELATIVE = 1e-3
"""Share of a figure by which a row counts as moved: nobody reads further digits, and other
processors and packages reach no more of them where a search ends early."""


class Measured(NamedTuple):
    """One measure of what moved.

    Attributes:
        measure: Name, as in release_limits.
        mart: Where it was measured.
        study_id: Study; None: all.
        spec_id: Specification, of the index where the mart is of indices; None: all.
        estimator: Estimator; None: all.
        value: A share, a number, or infinite where a number came, went or changed its sign.
        rows: How many count as moved.
        of_rows: How many there are.
        example: The row that moved most: key, before, after.
    """

    measure: str
    mart: str
    study_id: str | None
    spec_id: str | None
    estimator: str | None
    value: float
    rows: int
    of_rows: int
    example: dict[str, Any] | None = None


def answers_moved(
    memory: duckdb.DuckDBPyConnection, pairs: Pairs, old: ReleaseFolder, new: ReleaseFolder
) -> tuple[list[Measured], set[str]]:
    """Answers of another class or K, and the studies whose recorded trade has moved."""
    found: list[Measured] = []
    studies: set[str] = set()
    for mart in ANSWER_MARTS:
        pair = pairs.comparable(mart)
        if pair is None or pair.is_same or not {"study_id", K} <= set(pair.shared):
            continue
        _collect(memory, pair)
        group = [name for name in GROUP if name in pair.shared]
        # Those with a class: of the others nothing is measured.
        classed = f"where {CLASS} is not null" if CLASS in pair.shared else ""
        before, after = (_rows_by(memory, side, mart, group, classed) for side in (old, new))
        grouped = ", ".join(map(quoted, group))
        for *names, figures, classes, lasting, tenth, doubled, largest in memory.execute(
            f"select {grouped}, count(*) filter (where has_figures_moved), "
            "count(*) filter (where has_class_moved), count(*) filter (where has_lasting_moved), "
            f"count(*) filter (where log_change > {TENTH}), "
            f"count(*) filter (where log_change > {DOUBLED}), coalesce(max(log_change), 0) "
            f"from moved_answers group by {grouped} order by {grouped}"
        ).fetchall():
            where = dict(zip(group, names, strict=True))
            of = max(before.get(tuple(names), 0), after.get(tuple(names), 0), 1)
            if figures:
                studies.add(where["study_id"])
            for measure, count, condition in (
                ("class_share", classes, "has_class_moved"),
                ("lasting_class_share", lasting, "has_lasting_moved"),
                ("k_tenth_share", tenth, f"log_change > {TENTH}"),
                ("k_doubled_share", doubled, f"log_change > {DOUBLED}"),
            ):
                example = _example(memory, pair, where, condition) if count else None
                found.append(_measured(measure, mart, where, count / of, count, of, example))
            example = _example(memory, pair, where, "log_change > 0") if largest else None
            found.append(_measured("k_largest", mart, where, largest, tenth, of, example))
    return found, studies


def _collect(memory: duckdb.DuckDBPyConnection, pair: Pair) -> None:
    """Rows of both releases where an answer or its trade has moved (table moved_answers)."""
    old, new = f"old.{quoted(K)}", f"new.{quoted(K)}"
    change = (
        f"case when not {moved(K, pair.types[K])} then 0 "
        f"when {old} > 0 and {new} > 0 and isfinite({old} + {new}) then abs(ln({new} / {old})) "
        "else 'infinity'::double end"
    )
    classes = [name for name in (CLASS, "lasting_class") if name in pair.shared]
    differs = {name: f"old.{name} is distinct from new.{name}" for name in classes}
    if CLASS in classes:  # an answer without a class before and after is read by nobody
        change = f"case when coalesce(old.{CLASS}, new.{CLASS}) is null then 0 else {change} end"
    figures = moved("actual_usd", "DOUBLE") if "actual_usd" in pair.shared else "false"
    kept = [*dict.fromkeys([*pair.key, *(n for n in GROUP if n in pair.shared)])]
    columns = ", ".join(f"new.{quoted(name)}" for name in kept)
    memory.execute(
        f"create or replace temp table moved_answers as select {columns}, "
        f"{old} as k_before, {new} as k_after, "
        f"{f'old.{CLASS}' if CLASS in classes else 'null'} as class_before, "
        f"{f'new.{CLASS}' if CLASS in classes else 'null'} as class_after, "
        f"{differs.get(CLASS, 'false')} as has_class_moved, "
        f"{differs.get('lasting_class', 'false')} as has_lasting_moved, "
        f"{figures} as has_figures_moved, {change} as log_change from {pair.joined()} "
        "where has_class_moved or has_lasting_moved or has_figures_moved or log_change > 0"
    )


def _example(
    memory: duckdb.DuckDBPyConnection, pair: Pair, where: dict[str, Any], condition: str
) -> dict[str, Any]:
    """The answer whose K has moved most among those of a group that meet a condition."""
    key = ", ".join(map(quoted, pair.key))
    group = " and ".join(f"{quoted(name)} is not distinct from ?" for name in where)
    *values, class_before, class_after, k_before, k_after = memory.execute(
        f"select {key}, class_before, class_after, k_before, k_after from moved_answers "
        f"where ({condition}) and {group} order by log_change desc, {key} limit 1",
        list(where.values()),
    ).fetchall()[0]
    return {
        "key": dict(zip(pair.key, values, strict=True)),
        "before": k_before,
        "after": k_after,
        "class_before": class_before,
        "class_after": class_after,
    }


def _measured(
    measure: str,
    mart: str,
    where: dict[str, Any],
    value: float,
    rows: int,
    of_rows: int,
    example: dict[str, Any] | None,
) -> Measured:
    study, spec, estimator = (where.get(name) for name in GROUP)
    return Measured(measure, mart, study, spec, estimator, value, rows, of_rows, example)


def _rows_by(
    memory: duckdb.DuckDBPyConnection,
    release: ReleaseFolder,
    mart: str,
    group: list[str],
    where: str = "",
) -> dict[tuple[Any, ...], int]:
    """Rows of a mart by study, specification and estimator, as far as it has them."""
    names = ", ".join(map(quoted, group))
    counted = memory.execute(
        f"select {names}, count(*) from {rows_of(parquet_files(release.folder, mart))} {where} "
        f"group by {names} order by {names}"
    ).fetchall()
    return {tuple(row[:-1]): row[-1] for row in counted}


def coefficients_moved(pairs: Pairs) -> Iterator[Measured]:
    """By estimator the largest change of a coefficient, in its standard errors before."""
    for group, terms in moved_terms(pairs).items():
        term = max(terms, key=lambda name: (terms[name].in_se, name))
        largest = terms[term]
        yield Measured(
            "coefficient_largest", "fct_gravity_coefficients", *group,
            largest.in_se, len(terms), len(terms),
            {"key": {"term": term}, "before": largest.before, "after": largest.after},
        )  # fmt: skip


def indices_moved(pairs: Pairs) -> Iterator[Measured]:
    """By index the largest change, in standard deviations of it, and the largest of a rank.

    A change of rank is a share of the economies ranked that year.
    """
    pair = pairs.comparable(INDEX)
    wanted = {"study_id", "index_spec_id", "country_iso3", "year", "development_index"}
    if pair is None or pair.is_same or not {*wanted, "index_rank"} <= set(pair.shared):
        return
    group = "old.study_id, old.index_spec_id"
    key = ("country_iso3", "year")
    for measure, was, now, scale in (
        ("index_largest", "old.development_index", "new.development_index",
         f"nullif(stddev_samp(old.development_index) over (partition by {group}), 0)"),
        ("rank_largest", "old.index_rank", "new.index_rank",
         f"nullif(max(old.index_rank) over (partition by {group}, old.year), 0)"),
    ):  # fmt: skip
        kind = pair.types[was.removeprefix("old.")]
        has_moved = moved(was.removeprefix("old."), kind)
        rows = pair.query(
            "with sides as ("
            f"select {group}, old.country_iso3, old.year, {was} as was, {now} as now, "
            f"case when not {has_moved} then 0 when {was} is null or {now} is null "
            "then 'infinity'::double "
            f"else coalesce(abs({now} - {was}) / {scale}, 'infinity'::double) end as change "
            f"from {pair.joined()}) "
            "select *, count(*) filter (where change > 0) over of_index, "
            "count(*) over of_index from sides where true "
            "window of_index as (partition by study_id, index_spec_id) "
            "qualify change > 0 and row_number() over (partition by study_id, index_spec_id "
            "order by change desc, country_iso3, year) = 1 order by study_id, index_spec_id"
        )
        for study, spec, country, year, before, after, change, count, of in rows:
            example = {"key": dict(zip(key, (country, year), strict=True))}
            example |= {"before": before, "after": after}
            yield Measured(measure, INDEX, study, spec, None, change, count, of, example)


def rows_gone(
    memory: duckdb.DuckDBPyConnection, pairs: Pairs, old: ReleaseFolder
) -> Iterator[tuple[str, dict[str, Any], int, int, dict[str, Any]]]:
    """By mart and group the rows that are gone: mart, group, how many, of how many, and one."""
    for mart in KEPT_ROWS:
        pair = pairs.comparable(mart)
        if pair is None or pair.is_same or "study_id" not in pair.shared:
            continue
        group = [name for name in (*GROUP, "index_spec_id") if name in pair.shared]
        names = ", ".join(f"old.{quoted(name)}" for name in group)
        first = ", ".join(f"min(old.{quoted(name)})" for name in pair.key)
        gone = pair.query(
            f"select {names}, count(*), {first} from {pair.joined('left')} "
            f"where new.{quoted(IS_THERE)} is null group by {names} order by {names}"
        )
        totals = _rows_by(memory, old, mart, group) if gone else {}
        for row in gone:
            values, count, key = row[: len(group)], row[len(group)], row[len(group) + 1 :]
            example = {"key": dict(zip(pair.key, key, strict=True))}
            yield mart, dict(zip(group, values, strict=True)), count, totals[values], example


def rows_moved(pairs: Pairs, new: ReleaseFolder) -> Iterator[Measured]:
    """By mart the share of rows where anything but the last digits of a figure has moved."""
    for mart in sorted(pairs.shared - {*CHECKS}):
        pair = pairs.comparable(mart)
        if pair is None or pair.is_same:
            continue
        columns = [(name, pair.types[name]) for name in pair.shared if name not in pair.key]
        if not columns:
            continue
        ((count,),) = pair.query(
            f"select count(*) from {pair.joined()} "
            f"where {any_moved(columns, relative=ROW_RELATIVE)}"
        )
        of = max(new.manifest()["marts"][mart]["rows"], 1)
        if count:
            yield Measured("row_share", mart, None, None, None, count / of, count, of)


def bounds_of_k(memory: duckdb.DuckDBPyConnection, new: ReleaseFolder) -> Iterator[Measured]:
    """By study its least and largest K with a class, and the share of trade tenfold away from 1.

    Of default specifications and estimators; the share is of predicted trade, for K of pairs that
    hardly trade are wide apart. A pair without trade has a K of 0, which is no lowest.
    """
    marts = new.manifest()["marts"]
    for mart in ANSWER_MARTS:
        columns = {column["name"] for column in marts.get(mart, {}).get("columns", [])}
        if not {"study_id", CLASS, K, ACTUAL, "predicted_usd"} <= columns:
            continue
        names = [name for name in marts[mart]["key"] if name != "study_id"]
        key = f"struct_pack({', '.join(f'{quoted(n)} := {quoted(n)}' for n in names)})"
        traded = f"filter (where {ACTUAL} <> 0 or {K} <> 0)"
        far = f"filter (where not {K} between 0.1 and 10)"
        for study, of_rows, low, high, share, far_rows, low_key, high_key in memory.execute(
            f"select study_id, count({K}), min({K}) {traded}, max({K}), "
            f"coalesce(sum(predicted_usd) {far}, 0) / sum(predicted_usd), count(*) {far}, "
            f"arg_min({key}, {K}) {traded}, arg_max({key}, {K}) "
            f"from {rows_of(parquet_files(new.folder, mart))} where {CLASS} is not null "
            f"{'and is_default' if 'is_default' in columns else ''} "
            f"group by study_id having sum(predicted_usd) <> 0 and count({K}) > 0 order by study_id"
        ).fetchall():
            where = {"study_id": study}
            for measure, k, held_by in (("k_lowest", low, low_key), ("k_highest", high, high_key)):
                if k is not None:
                    example = {"key": held_by, "before": None, "after": k}
                    yield _measured(measure, mart, where, k, 1, of_rows, example)
            yield _measured("k_tenfold_share", mart, where, share, far_rows, of_rows, None)
