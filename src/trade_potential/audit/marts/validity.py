"""The order of economies by an index beside that of what others measured, made again in frames."""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from trade_potential.audit.marts.compare import Compared, compared
from trade_potential.audit.marts.figures import records
from trade_potential.audit.marts.gated import Gated

MART = "rpt_index_validity"
RUN = ["study_id", "index_spec_id", "measure", "year"]
GDP = "gdp_per_capita_ppp_intl_usd"
SAME = 1e-9
"""Two orders of economies are nearer than this only where they are the same."""
QUANTILE = NormalDist().inv_cdf(0.975)
KENDALL_VARIANCE = 0.437
"""Of Fisher's z of tau times n - 4 (Fieller, Hartley and Pearson 1957)."""

Floats = npt.NDArray[np.float64]


def check_validity(gated: Gated) -> Iterator[Compared]:
    """Every column of rpt_index_validity."""
    key = [*RUN, "ranked_by", "statistic"]
    by = ["study_id"]
    yield compared(MART, gated[MART], validity(gated), key=key, by=by)


def validity(gated: Gated) -> pd.DataFrame:
    """Rows of rpt_index_validity."""
    measures = gated["gate_ecommerce_measures"]
    falls = measures["direction"].str.startswith("lower")
    figure = measures["measured_value"]
    measures = measures.assign(figure=figure.where(~falls, -figure))
    keys = ["study_id", "country_iso3", "year"]
    indices = gated["fct_development_index"][["index_spec_id", "development_index", *keys]]
    panel = gated.part("fct_country_year", *keys, GDP).dropna()
    columns = ["development_index", GDP, "figure"]
    economies = indices.merge(panel, on=keys).merge(
        measures[["measure", "country_iso3", "year", "figure"]], on=["country_iso3", "year"]
    )
    samples = {key: part[columns].to_numpy(float) for key, part in economies.groupby(RUN)}
    measured = measures.groupby(["measure", "year"], as_index=False).agg(
        method=("method", "max"), measured_count=("method", "size")
    )
    least = gated.validity_limits[0]
    rows: list[dict[str, Any]] = []
    for run in records(indices[[*RUN[:2], "year"]].drop_duplicates().merge(measured, on="year")):
        key = (run.study_id, run.index_spec_id, run.measure, run.year)
        sample = samples.get(key, np.empty((0, 3)))
        named = dict(zip(RUN, key, strict=True)) | {"economy_count": len(sample)}
        named |= {"method": run.method, "measured_count": run.measured_count}
        for row in _answers(sample, run.measure, gated.validity_limits):
            if row["status"] == "too_few_economies":
                row["reason"] = (
                    f"{len(sample)} of {run.measured_count} economies have the index and GDP per "
                    f"head, at least {least} are needed"
                )
            rows.append(named | row)
    return pd.DataFrame(rows, columns=list(gated.columns(MART)))


def ranks(values: Floats) -> Floats:
    """(N,) mean rank of each value: those below, and half of those that are equal to it."""
    below = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    return np.asarray(below + (equal + 1) / 2.0, dtype=np.float64)


def spearman(one: Floats, other: Floats) -> float:
    """Pearson's correlation of mean ranks; NaN where either is constant."""
    pair = np.array([ranks(one), ranks(other)])
    if np.ptp(pair, axis=1).min() == 0.0:
        return math.nan
    return float(np.corrcoef(pair[0], pair[1])[0, 1])


def kendall(one: Floats, other: Floats) -> float:
    """tau-b: pairs in the same order less those in the opposite one, ties taken off either side."""
    upper = np.triu_indices(len(one), 1)
    up, also = (side[upper[0]] < side[upper[1]] for side in (one, other))
    down, too = (side[upper[0]] > side[upper[1]] for side in (one, other))
    agreeing = int((up & also).sum() + (down & too).sum())
    opposed = int((up & too).sum() + (down & also).sum())
    pairs = len(upper[0])
    untied = [pairs - _tied(one), pairs - _tied(other)]
    if min(untied) == 0:
        return math.nan
    return (agreeing - opposed) / math.sqrt(untied[0] * untied[1])


def _tied(values: Floats) -> int:
    _, counts = np.unique(values, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def partial_spearman(one: Floats, other: Floats, held: Floats) -> float:
    """Correlation of what a line through the ranks of ``held`` leaves of the ranks of both.

    NaN where it leaves nothing of one of them.
    """
    given = np.column_stack([np.ones(len(held)), ranks(held)])
    pair = np.column_stack([ranks(one), ranks(other)])
    left = pair - given @ np.linalg.lstsq(given, pair, rcond=None)[0]
    size = (left**2).sum(axis=0)
    whole = ((pair - pair.mean(axis=0)) ** 2).sum(axis=0)
    if (size <= SAME * whole).any():
        return math.nan
    return float(left[:, 0] @ left[:, 1] / math.sqrt(size[0] * size[1]))


def interval(correlation: float, n: int, statistic: str) -> tuple[float, float]:
    """95 % by Fisher's z; (NaN, NaN) of a correlation of 1 or -1, or of none."""
    if not abs(correlation) <= 1.0 - SAME:
        return math.nan, math.nan
    if statistic == "kendall":
        variance = KENDALL_VARIANCE / (n - 4)
    else:
        held = int(statistic == "partial_spearman")
        variance = (1.0 + correlation**2 / 2.0) / (n - 3 - held)
    centre, reach = math.atanh(correlation), QUANTILE * math.sqrt(variance)
    return math.tanh(centre - reach), math.tanh(centre + reach)


def verdict(low: float, high: float, statistic: str, limits: tuple[float, float]) -> str | None:
    """What the interval leaves at least; of Kendall's tau by what a normal pair has (Kruskal 1958).

    Args:
        low: Lower end; NaN: no verdict.
        high: Upper end.
        statistic: Whose interval it is.
        limits: Spearman's rho from which it is moderate, and strong.
    """
    if math.isnan(low):
        return None
    if low <= 0.0:
        return "reversed" if high < 0.0 else "not_shown"
    bounds = list(limits)
    if statistic == "kendall":
        bounds = [math.asin(2.0 * math.sin(math.pi * rho / 6.0)) * 2.0 / math.pi for rho in limits]
    return ("weak", "moderate", "strong")[sum(low >= bound for bound in bounds)]


def _answers(
    sample: Floats, measure: str, limits: tuple[int, int, int]
) -> Iterator[dict[str, Any]]:
    """Five rows of a run, without the reason of few economies.

    Args:
        sample: (N, 3) index, GDP per head and measure, the more developed the higher.
        measure: Its name.
        limits: Economies that are needed; hundredths of rho that are moderate, and strong.
    """
    index, gdp, figure = sample.T
    names = {"development_index": index, "gdp_per_capita": gdp, measure: figure}
    for ranked_by, statistic in (
        ("development_index", "spearman"),
        ("development_index", "kendall"),
        ("gdp_per_capita", "spearman"),
        ("gdp_per_capita", "kendall"),
        ("development_index_given_gdp", "partial_spearman"),
    ):
        row: dict[str, Any] = {"ranked_by": ranked_by, "statistic": statistic, "status": "ok"}
        is_partial = statistic == "partial_spearman"
        used = [measure, *(["development_index", "gdp_per_capita"] if is_partial else [ranked_by])]
        if len(sample) < limits[0]:
            yield row | {"status": "too_few_economies"}
            continue
        constant = [name for name in used if np.ptp(names[name]) == 0.0]
        if constant:
            reason = f"{constant[0]} is the same in all economies"
            yield row | {"status": "constant", "reason": reason}
            continue
        if is_partial:
            found = partial_spearman(index, figure, gdp)
        else:
            found = (spearman if statistic == "spearman" else kendall)(names[ranked_by], figure)
        if math.isnan(found):
            reason = "GDP per head orders the economies as the index or the measure does"
            yield row | {"status": "collinear", "reason": reason}
            continue
        low, high = interval(found, len(sample), statistic)
        row |= {"rank_correlation": found, "rank_correlation_ci_low": low}
        row |= {"rank_correlation_ci_high": high}
        row["verdict"] = verdict(low, high, statistic, (limits[1] / 100.0, limits[2] / 100.0))
        if math.isnan(low):
            row["status"] = "no_interval"
            row["reason"] = "the two orders are the same, or each other reversed"
        yield row
