"""The picture of the answer: K of every flow among the largest traders of a year."""

from __future__ import annotations

import altair as alt
import pandas as pd
from figure_rows import in_words, ticks_of

YEAR = 2019
"""The last year before the pandemic; the last of the figures is 2020."""
LARGEST_TRADERS = 24
ALWAYS = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
"""Shown whatever their size: the partners of the reference study."""
NAME_WIDTH = 16
"""Longer names are told by their code."""
COLOURS = ("#b35806", "#f7f7f7", "#2166ac")
"""Below, near and above the trade predicted, safe for the colour-blind (ColorBrewer)."""
FURTHEST = 4.0
"""Colours end at this K and at its inverse."""

ANSWERS = f"""
    with traders as (
        select reporter_iso3, sum(actual_usd) as trade_usd
        from marts.rpt_answer
        where year = {YEAR} and flow = 'total'
        group by reporter_iso3
    ),

    shown as (
        select
            traders.reporter_iso3 as country_iso3,
            case
                when length(countries.country_name) > {NAME_WIDTH} then traders.reporter_iso3
                else countries.country_name
            end as name,
            traders.reporter_iso3 in {ALWAYS} as is_always,
            traders.trade_usd
        from traders
        inner join marts.dim_country as countries
            on traders.reporter_iso3 = countries.country_iso3
        qualify
            row_number() over (order by traders.trade_usd desc) <= {LARGEST_TRADERS} or is_always
    )

    select
        exporters.name as exporter,
        importers.name as importer,
        answers.k_ratio,
        answers.k_status,
        row_number() over (order by exporters.is_always, exporters.trade_usd desc) as place
    from marts.rpt_answer as answers
    inner join shown as exporters
        on answers.reporter_iso3 = exporters.country_iso3
    inner join shown as importers
        on answers.partner_iso3 = importers.country_iso3
    where answers.year = {YEAR} and answers.flow = 'exports'
    order by place
"""  # noqa: S608


def answer_matrix(answers: pd.DataFrame, classes: pd.DataFrame) -> alt.LayerChart:
    """K of exports: rows are exporters, columns importers."""
    names = answers["exporter"].drop_duplicates().tolist()
    has = answers["k_status"] == "ok"
    shown = answers.assign(
        k_shown=answers["k_ratio"].where(has),
        k_coloured=answers["k_ratio"].clip(1 / FURTHEST, FURTHEST).where(has),
        k_text=[f"{k:.1f}" if ok else "" for k, ok in zip(answers["k_ratio"], has, strict=True)],
    )
    base = alt.Chart(shown).encode(
        x=alt.X(
            "importer:N", sort=names, title="importer",
            axis=alt.Axis(orient="top", labelAngle=-60, domain=False, ticks=False),
        ),
        y=alt.Y(
            "exporter:N", sort=names, title="exporter", axis=alt.Axis(domain=False, ticks=False)
        ),
    )  # fmt: skip
    scale = alt.Scale(
        type="log", domain=[1 / FURTHEST, 1.0, FURTHEST], range=list(COLOURS), interpolate="lab"
    )
    ticks = [tick for tick in ticks_of(classes) if 1 / FURTHEST <= tick <= FURTHEST]
    legend = alt.Legend(
        title="K, logarithmic", orient="right", values=ticks, format="~g", gradientLength=220
    )
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(
        color=alt.Color("k_coloured:Q", scale=scale, legend=legend)
    )
    numbers = base.mark_text(fontSize=8).encode(
        text="k_text:N",
        color=alt.condition(
            "datum.k_coloured < 0.4 || datum.k_coloured > 2.5",
            alt.value("white"),
            alt.value("#333"),
        ),
    )
    title = alt.Title(
        f"K of exports, {YEAR}: goods trade / what all pairs of the world let one expect",
        subtitle=[
            f"study world: the {LARGEST_TRADERS} largest traders and five Central Asian countries",
            "; ".join(in_words(classes).values()) + "; empty: no trade, or too little to expect",
        ],
        anchor="start",
        frame="group",
        offset=10,
        subtitleFontSize=11,
        subtitleColor="#444",
    )
    return alt.layer(cells, numbers).properties(width=640, height=520, title=title)
