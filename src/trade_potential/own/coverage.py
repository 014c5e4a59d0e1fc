"""What a study has to rest on: figures by partner, by year and by indicator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from trade_potential.own.facts import Facts


@dataclass(frozen=True)
class Coverage:
    """Figures that are there, before anything is filled.

    Attributes:
        partners: Per partner: years with trade, trade in US$, whether its distance is known, and
            of the indicators those without any figure.
        years: Per year: partners with trade, and the share of indicators' figures that are there.
        indicators: Per indicator: partners and partner-years with a figure, of all that are asked.
    """

    partners: list[dict[str, Any]]
    years: list[dict[str, Any]]
    indicators: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @property
    def usable(self) -> list[str]:
        """Partners with trade, a distance and a figure of every indicator that is a regressor."""
        return [
            str(row["partner"])
            for row in self.partners
            if row["years_with_trade"] and row["has_distance"] and not row["lacks_regressors"]
        ]


NEEDED = """
    with recursive variables_of as (
        select variable, true as is_regressor from gravity_terms where spec_id = $1
        union
        select terms.variable, false from index_terms as terms
        inner join gravity_specifications as specs on terms.index_spec_id = specs.index_spec_id
        where specs.spec_id = $1
    )
    select variables.indicator_code, indicators.indicator_name, bool_or(is_regressor)
    from variables_of
    inner join variables on variables_of.variable = variables.variable
    inner join indicators on variables.indicator_code = indicators.indicator_code
    group by all order by 3 desc, 1
"""
FIGURES = """
    select observations.indicator_code, codes.country_iso3, observations.year
    from observations
    inner join codes on observations.country_code = codes.source_code
    where observed_value is not null and list_contains($1, codes.country_iso3)
        and observations.year between $2 and $3
    group by all
"""
TRADE = """
    select case when exporter = $1 then importer else exporter end as partner, year, sum(trade_usd)
    from trade
    where year between $2 and $3
        and (
            exporter = $1 and list_contains($4, importer) and $5 <> 'imports'
            or importer = $1 and list_contains($4, exporter) and $5 <> 'exports'
        )
    group by all
"""
DISTANCES = """
    select destination_code from world_pairs
    where origin_code = $1 and list_contains($2, destination_code)
        and distance_capitals_km is not null
"""


def coverage_of(
    facts: Facts,
    *,
    reporter: str,
    partners: Sequence[str],
    years: tuple[int, int],
    flow: str,
    spec: str,
) -> Coverage:
    """Look at all figures that a study of these settings would read."""
    asked = list(partners)
    trade: dict[str, dict[int, float]] = {code: {} for code in asked}
    for code, year, usd in facts.rows(TRADE, [reporter, *years, asked, flow]):
        trade[code][int(year)] = float(usd)
    distances = {code for (code,) in facts.rows(DISTANCES, [reporter, asked])}
    needed = facts.rows(NEEDED, [spec])
    held: dict[str, set[tuple[str, int]]] = {code: set() for code, _, _ in needed}
    for indicator, code, year in facts.rows(FIGURES, [asked, *years]):
        if indicator in held:
            held[indicator].add((code, int(year)))
    regressors = {code for code, _, is_regressor in needed if is_regressor}
    span = range(years[0], years[1] + 1)
    lacks = {
        code: [name for name, cells in held.items() if not any(cell[0] == code for cell in cells)]
        for code in asked
    }
    cells = len(asked) * len(needed)
    return Coverage(
        partners=[
            {
                "partner": code,
                "name": facts.countries.get(code, ""),
                "years_with_trade": len(trade[code]),
                "trade_usd": sum(trade[code].values()),
                "has_distance": code in distances,
                "lacks_regressors": [name for name in lacks[code] if name in regressors],
                "lacks_of_index": [name for name in lacks[code] if name not in regressors],
            }
            for code in asked
        ],
        years=[
            {
                "year": year,
                "partners_with_trade": sum(year in of for of in trade.values()),
                "figures_share": round(
                    sum((code, year) in of for of in held.values() for code in asked) / cells, 3
                )
                if cells
                else None,
            }
            for year in span
        ],
        indicators=[
            {
                "indicator": code,
                "name": name,
                "used_in": "regression" if is_regressor else "index",
                "partners": len({cell[0] for cell in held[code]}),
                "partner_years": len(held[code]),
                "of_partner_years": len(asked) * len(span),
            }
            for code, name, is_regressor in needed
        ],
    )
