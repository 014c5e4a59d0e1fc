"""What the pictures show: rows of a built warehouse, the cuts between classes, who is missing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

SMALL, WIDE = "central_asia", "china_world"
"""Studies that are drawn: K of every year, and of the largest partners."""
TICKS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 2, 4, 8)
NEAR_A_CUT = 1.3
"""Ticks nearer to a cut than this factor make room for it."""
NAMES_SHOWN = 2
"""Names of missing figures that a subtitle lists."""

COMPARED = f"""
    select countries.country_name as partner_name, compared.*
    from marts.rpt_estimator_comparison as compared
    inner join marts.dim_study as studies using (study_id)
    inner join marts.dim_country as countries
        on compared.partner_iso3 = countries.country_iso3
    where study_id = '{WIDE}' and spec_id = studies.default_spec_id
"""  # noqa: S608
LOST = f"""
    select
        countries.country_name as partner_name, ledger.reason, indices.reason as index_reason,
        ledger.year, outcomes.goods_trade_usd
    from marts.fct_row_ledger as ledger
    inner join marts.dim_study as studies
        on ledger.study_id = studies.study_id and ledger.spec_id = studies.default_spec_id
    inner join marts.dim_specification as specifications
        on ledger.spec_id = specifications.spec_id
    inner join marts.dim_country as countries
        on ledger.partner_iso3 = countries.country_iso3
    inner join panel.int_panel__outcomes as outcomes
        on
            ledger.study_id = outcomes.study_id
            and ledger.reporter_code = outcomes.reporter_code
            and ledger.partner_code = outcomes.partner_code
            and ledger.year = outcomes.year
    left join marts.fct_row_ledger as indices
        on
            indices.spec_kind = 'index'
            and ledger.study_id = indices.study_id
            and specifications.index_spec_id = indices.spec_id
            and ledger.partner_code = indices.partner_code
            and ledger.year = indices.year
    where ledger.study_id = '{WIDE}' and ledger.spec_kind = 'gravity' and ledger.lost_to = 'all'
    order by outcomes.goods_trade_usd desc
"""  # noqa: S608
"""Rows that a study has lost, with the trade that they would have shown."""
TERMS = f"""
    select terms.term, terms.variable
    from staging.stg_study__gravity_terms as terms
    inner join marts.dim_study as studies on terms.spec_id = studies.default_spec_id
    where studies.study_id = '{WIDE}'
"""  # noqa: S608
TRADE = f"""
    select partner_iso3, year, goods_trade_usd from panel.int_panel__outcomes
    where study_id = '{WIDE}'
"""  # noqa: S608
QUERIES = {
    "classes": "select * from marts.dim_potential_class_v1 order by display_order",
    "compared": COMPARED,
    "lost": LOST,
    "terms": TERMS,
    "trade": TRADE,
}


def cuts_of(classes: pd.DataFrame) -> list[float]:
    """Bounds between the classes."""
    return sorted({*classes["k_lower"].dropna(), *classes["k_upper"].dropna()})


def ticks_of(classes: pd.DataFrame) -> list[float]:
    """Ticks of an axis of K: the cuts, and round numbers where there is room."""
    cuts = cuts_of(classes)
    round_ones = [t for t in TICKS if all(max(t / c, c / t) > NEAR_A_CUT for c in cuts)]
    return sorted({*cuts, *round_ones})


def in_words(classes: pd.DataFrame) -> dict[str, str]:
    """Label of every class with its bounds, in order."""
    words = {}
    for row in classes.itertuples():
        low = "" if pd.isna(row.k_lower) else f"{row.k_lower:g}"
        high = "" if pd.isna(row.k_upper) else f"{row.k_upper:g}"
        below = "≤" if row.is_upper_inclusive else "<"
        if low and high:
            rule = f"{low} {'≤' if row.is_lower_inclusive else '<'} K {below} {high}"
        elif low:
            rule = f"K {'≥' if row.is_lower_inclusive else '>'} {low}"
        else:
            rule = f"K {below} {high}" if high else "any K"
        words[row.class_label] = f"{row.class_label}: {rule}"
    return words


def _shortened(reason: str, variables: Mapping[str, str] = MappingProxyType({})) -> str:
    """A reason of the ledger with variables for terms and no more names than have room."""
    said, found, names = reason.partition("no value for ")
    listed = [variables.get(name, name) for name in names.split(", ")]
    if not found:
        return reason
    if len(listed) > NAMES_SHOWN:
        listed = [f"{listed[0]} and {len(listed) - 1} more"]
    return f"{said}{found}{', '.join(listed)}"


def missing(found: Mapping[str, pd.DataFrame], shown: pd.DataFrame, year: int) -> list[str]:
    """Who trades as much as the smallest partner shown and is not in the sample, and why."""
    trade, lost = (found[name][found[name]["year"] == year] for name in ("trade", "lost"))
    of_shown = trade[trade["partner_iso3"].isin(shown["partner_iso3"])]
    larger = lost[lost["goods_trade_usd"] >= of_shown["goods_trade_usd"].min()]
    variables = dict(found["terms"].itertuples(index=False))
    partners: dict[str, list[str]] = {}
    for row in larger.itertuples():
        reason = _shortened(row.reason, variables)
        if reason == "no value for development_index" and isinstance(row.index_reason, str):
            reason += f" ({_shortened(row.index_reason)})"
        partners.setdefault(reason, []).append(row.partner_name)
    if not partners:
        return []
    lines = [f"{'; '.join(names)}: {reason}" for reason, names in partners.items()]
    return ["Not in the sample, though their trade is as large:", *lines]
