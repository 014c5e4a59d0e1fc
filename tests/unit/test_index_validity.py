"""Rank correlations of the mart, by its SQL and by the audit, beside SciPy's: ties and worse."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from dbt_common.clients.jinja import get_environment
from scipy import stats

from trade_potential.audit.marts import validity as audit
from trade_potential.audit.marts.gated import VALIDITY_LIMITS, Gated

MART = Path(__file__).resolve().parents[2] / "models" / "marts" / "rpt_index_validity.sql"
SETTINGS = dict(
    zip(
        ("validity_min_economies", "validity_moderate_pct", "validity_strong_pct"),
        VALIDITY_LIMITS,
        strict=True,
    )
)
ROUNDING = 1e-12
"""Some hundred additions and a square root, in another order."""
HIGHER, LOWER = "higher is more developed", "lower is more developed"

Numbers = list[float]
Rows = dict[tuple[str, str], dict[str, Any]]


def asked(index: Numbers, gdp: list[float | None], measure: Numbers, way: str = HIGHER) -> Gated:
    """The mart, by its SQL, and what it is made of: one study and one year."""
    codes = [f"C{place:02d}" for place in range(len(index))]
    run = {"study_id": "s", "country_iso3": codes, "year": 2019}
    named = {"measure": "m", "country_iso3": codes, "method": "x", "direction": way, "year": 2019}
    tables = {
        "fct_development_index": pd.DataFrame(
            {"index_spec_id": "i", "development_index": index, **run}
        ),
        "fct_country_year": pd.DataFrame({"gdp_per_capita_ppp_intl_usd": gdp, **run}),
        "gate_ecommerce_measures": pd.DataFrame({"measured_value": measure, **named}),
    }
    template = get_environment(None).from_string(
        MART.read_text(encoding="utf-8"),
        globals={"ref": lambda name: name, "whole_number": SETTINGS.__getitem__},
    )
    memory = duckdb.connect()
    for name, frame in tables.items():
        memory.register(f"given_{name}", frame)
        memory.execute(f"create table {name} as from given_{name}")
    memory.execute(f"create table rpt_index_validity as {template.render({})}")
    return Gated({name: memory.table(name) for name in (*tables, "rpt_index_validity")})


def by_sql(gated: Gated) -> Rows:
    return _rows(gated["rpt_index_validity"])


def by_audit(gated: Gated) -> Rows:
    return _rows(audit.validity(gated))


def _rows(frame: pd.DataFrame) -> Rows:
    texts = frame.astype("object").where(frame.notna(), None)
    return {(row["ranked_by"], row["statistic"]): row for row in texts.to_dict("records")}


either = pytest.mark.parametrize("rows_of", [by_sql, by_audit], ids=["sql", "audit"])
Reader = Callable[[Gated], Rows]


def drawn(seed: int, n: int, ties: int) -> tuple[Numbers, Numbers, Numbers]:
    """Three related columns of so many values at most."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=n)
    columns = [common + rng.normal(size=n) for _ in range(3)]
    cut = [np.round(side * ties / 6.0) if ties else side for side in columns]
    index, gdp, measure = (side.tolist() for side in cut)
    return index, gdp, measure


@either
@pytest.mark.parametrize("n", [10, 11, 27, 153])
@pytest.mark.parametrize("ties", [0, 3, 12])
def test_correlations_are_those_of_scipy(rows_of: Reader, n: int, ties: int) -> None:
    index, gdp, measure = drawn(n + ties, n, ties)
    rows = rows_of(asked(index, list(gdp), measure))
    assert {row["status"] for row in rows.values()} == {"ok"}
    for subject, values in (("development_index", index), ("gdp_per_capita", gdp)):
        for name, function in (("spearman", stats.spearmanr), ("kendall", stats.kendalltau)):
            found = rows[subject, name]["rank_correlation"]
            assert found == pytest.approx(function(values, measure).statistic, abs=ROUNDING)
    ranked = [stats.rankdata(side) for side in (index, measure, gdp)]
    # of three variables the partial correlation is that of the inverse of their correlations
    inverse = np.linalg.inv(np.corrcoef(ranked))
    partial = -inverse[0, 1] / math.sqrt(inverse[0, 0] * inverse[1, 1])
    found = rows["development_index_given_gdp", "partial_spearman"]["rank_correlation"]
    assert found == pytest.approx(partial, abs=1e-10)


@either
def test_the_interval_is_fishers_with_the_stated_errors(rows_of: Reader) -> None:
    index, gdp, measure = drawn(1, 27, 0)
    rows = rows_of(asked(index, list(gdp), measure))
    for (_, statistic), row in rows.items():
        r = row["rank_correlation"]
        error = {
            "spearman": math.sqrt((1 + r**2 / 2) / 24),
            "kendall": math.sqrt(0.437 / 23),
            "partial_spearman": math.sqrt((1 + r**2 / 2) / 23),
        }[statistic]
        ends = [math.tanh(math.atanh(r) + side * 1.959963984540054 * error) for side in (-1, 1)]
        told = [row["rank_correlation_ci_low"], row["rank_correlation_ci_high"]]
        assert told == pytest.approx(ends, abs=ROUNDING)


@pytest.mark.parametrize(("n", "rho"), [(27, 0.8), (153, 0.8), (27, 0.4)])
def test_intervals_cover_what_a_normal_pair_has(n: int, rho: float) -> None:
    rng = np.random.default_rng(40)
    pearson = 2 * math.sin(math.pi * rho / 6)
    truth = {"spearman": rho, "kendall": 2 / math.pi * math.asin(pearson)}
    draws = rng.multivariate_normal([0, 0], [[1, pearson], [pearson, 1]], size=(1000, n))
    for name, function in (("spearman", audit.spearman), ("kendall", audit.kendall)):
        ends = [audit.interval(function(*pair.T), n, name) for pair in draws]
        covered = np.mean([low <= truth[name] <= high for low, high in ends])
        # three Monte Carlo errors, and two hundredths for the formula
        assert 0.95 - 0.041 <= covered <= 0.95 + 0.041


@either
def test_of_a_rank_the_lowest_is_best(rows_of: Reader) -> None:
    index, gdp, measure = drawn(2, 12, 0)
    places = (13 - stats.rankdata(measure)).tolist()
    plain, counted = (
        rows_of(asked(index, list(gdp), values, way))
        for values, way in ((measure, HIGHER), (places, LOWER))
    )
    assert plain["development_index", "spearman"]["rank_correlation"] > 0
    for key, row in plain.items():
        assert counted[key]["rank_correlation"] == pytest.approx(
            row["rank_correlation"], abs=ROUNDING
        )


@either
def test_too_few_economies_have_no_correlation(rows_of: Reader) -> None:
    index, gdp, measure = drawn(3, 10, 0)
    rows = rows_of(asked(index, [*gdp[:9], None], measure))
    assert {row["status"] for row in rows.values()} == {"too_few_economies"}
    assert {row["reason"] for row in rows.values()} == {
        "9 of 10 economies have the index and GDP per head, at least 10 are needed"
    }
    assert {row["rank_correlation"] for row in rows.values()} == {None}
    assert {row["verdict"] for row in rows.values()} == {None}


@either
def test_without_any_figure_the_rows_say_so(rows_of: Reader) -> None:
    index, _, measure = drawn(4, 12, 0)
    rows = rows_of(asked(index, [None] * 12, measure))
    assert len(rows) == 5
    assert {row["economy_count"] for row in rows.values()} == {0}
    assert {row["status"] for row in rows.values()} == {"too_few_economies"}


@either
@pytest.mark.parametrize(
    ("column", "name", "still"),
    [(0, "development_index", 2), (1, "gdp_per_capita", 2), (2, "m", 0)],
)
def test_what_is_the_same_everywhere_orders_nothing(
    rows_of: Reader, column: int, name: str, still: int
) -> None:
    columns = list(drawn(5, 12, 0))
    columns[column] = [1.0] * 12
    rows = rows_of(asked(columns[0], list(columns[1]), columns[2]))
    constant = [row for row in rows.values() if row["status"] == "constant"]
    assert {row["reason"] for row in constant} == {f"{name} is the same in all economies"}
    assert sum(row["status"] == "ok" for row in rows.values()) == still
    assert len(constant) == 5 - still


@either
def test_the_same_order_has_no_interval_and_nothing_is_left_of_gdp(rows_of: Reader) -> None:
    index, _, measure = drawn(6, 12, 0)
    reversed_ = [-value for value in measure]
    rows = rows_of(asked(index, list(reversed_), measure))
    row = rows["gdp_per_capita", "kendall"]
    assert (row["status"], row["rank_correlation"], row["verdict"]) == ("no_interval", -1.0, None)
    assert row["rank_correlation_ci_low"] is None
    assert rows["development_index_given_gdp", "partial_spearman"]["status"] == "collinear"
    assert rows["development_index", "spearman"]["status"] == "ok"


@either
def test_the_verdict_is_on_the_lower_end(rows_of: Reader) -> None:
    rng = np.random.default_rng(7)
    base = rng.normal(size=150)
    seen = set()
    for noise in (0.05, 0.3, 0.9, 2.0, 30.0):
        measure = (base + noise * rng.normal(size=150)).tolist()
        rows = rows_of(asked(base.tolist(), rng.normal(size=150).tolist(), measure))
        for statistic, limits in (("spearman", (0.5, 0.8)), ("kendall", (0.3464, 0.6049))):
            row = rows["development_index", statistic]
            low = row["rank_correlation_ci_low"]
            words = (
                "not_shown"
                if low <= 0
                else ("weak", "moderate", "strong")[sum(low >= limit for limit in limits)]
            )
            assert row["verdict"] == words
            seen.add(words)
    assert seen == {"strong", "moderate", "weak", "not_shown"}
    against = rows_of(asked(base.tolist(), list(base), [-value for value in measure]))
    assert against["development_index", "spearman"]["verdict"] in ("not_shown", "reversed")
    turned = rows_of(asked(base.tolist(), list(base), (-base + 0.3 * base[::-1]).tolist()))
    assert turned["development_index", "spearman"]["verdict"] == "reversed"


def test_the_audit_agrees_and_notices_another_sign() -> None:
    gated = asked(*_with_gdp(drawn(8, 30, 5)))
    (right,) = audit.check_validity(gated)
    assert set(right.rows["status"]) == {"agrees"}
    tables = {name: gated._tables[name] for name in gated}  # type: ignore[attr-defined]
    wrong = gated["rpt_index_validity"].assign(
        rank_correlation=lambda rows: -rows["rank_correlation"]
    )
    memory = duckdb.connect()
    memory.register("wrong", wrong)
    (found,) = audit.check_validity(Gated({**tables, "rpt_index_validity": memory.table("wrong")}))
    differs = found.rows.loc[found.rows["status"] == "differs", "quantity"]
    assert differs.tolist() == ["rpt_index_validity.rank_correlation"]


def _with_gdp(
    columns: tuple[Numbers, Numbers, Numbers],
) -> tuple[Numbers, list[float | None], Numbers]:
    index, gdp, measure = columns
    return index, list(gdp), measure
