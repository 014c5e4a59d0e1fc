"""What the search reads: printed figures and the figures that could stand behind them.

Everything is a table of partners by years. Printed figures come from seeds/published, all others
from the built warehouse.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
PRINTED_FIGURES = ROOT / "seeds" / "published" / "printed_figures.csv"
PRINTED_CLASSES = ROOT / "seeds" / "published" / "printed_classes.csv"
PARTNERS = ["KAZ", "KGZ", "UZB", "TJK", "TKM"]
YEARS = list(range(2013, 2021))
INTERNET = "IT.NET.USER.ZS"
INTERNET_VINTAGE = "2023-11-20"
"""The vintage of internet use that fits the printed lnnet (table fill_rules)."""
ZERO_INDEX = 1e-7
"""The printed minimum of the index in the descriptives."""

Table = pd.DataFrame
"""Partners by years."""


def flat(values: Table) -> np.ndarray:
    """The 40 values of the study, partner by partner."""
    return values.reindex(index=PARTNERS, columns=YEARS).to_numpy(dtype=float).ravel()


def carried(values: Table) -> Table:
    """Unpublished years filled with the last value before them."""
    return values.ffill(axis=1)


def spread(per_partner: pd.Series, per_year: pd.Series) -> Table:
    """Product of a value per partner and a value per year."""
    product = np.outer(per_partner.reindex(PARTNERS), per_year.reindex(YEARS))
    return pd.DataFrame(product, PARTNERS, YEARS)


@dataclass(frozen=True)
class Evidence:
    """Figures of the study.

    Attributes:
        observed: Values by indicator and vintage date, unfilled, years from 2010.
        flows: China's exports to and imports from the partners, US$.
        oil: Oil price in US$ per barrel, benchmarks by years.
        distances: Distance from China in km, partners by measures.
        ecommerce_share: E-commerce volume over goods trade of China by year.
        rmb_per_usd: Exchange rate by year.
        printed: Printed figures by exhibit, rows by columns.
    """

    observed: dict[tuple[str, str], Table]
    flows: dict[str, Table]
    oil: pd.DataFrame
    distances: pd.DataFrame
    ecommerce_share: pd.Series
    rmb_per_usd: pd.Series
    printed: dict[str, pd.DataFrame]

    def vintages(self, indicator: str) -> list[str]:
        """Vintage dates of an indicator, oldest first."""
        return sorted(vintage for code, vintage in self.observed if code == indicator)

    def filled(self, indicator: str, vintage: str) -> Table:
        """One vintage, carried forward, all its years."""
        return carried(self.observed[indicator, vintage])

    @property
    def trade(self) -> Table:
        """Exports plus imports, US$."""
        return self.flows["export"] + self.flows["import"]

    @property
    def printed_k(self) -> Table:
        """Printed K; missing where a dash is printed."""
        return _years(self.printed["k"])

    @property
    def printed_index(self) -> Table:
        """Printed development index."""
        return _years(self.printed["index"])

    def moments(self, variable: str) -> np.ndarray:
        """Printed mean, standard deviation, minimum and maximum of a regressor."""
        row = self.printed["descriptives"].loc[variable]
        return row[["mean", "sd", "min", "max"]].to_numpy(dtype=float)

    def coefficients(self, column: str = "coefficient") -> pd.Series:
        """Column of the printed log regression by term."""
        return self.printed["random_effects"][column].dropna()


def moments(values: Table) -> np.ndarray:
    """Mean, standard deviation (n - 1), minimum and maximum over the 40 rows."""
    x = flat(values)
    return np.array([x.mean(), x.std(ddof=1), x.min(), x.max()])


def printed_classes(k: np.ndarray) -> np.ndarray:
    """Class of every K by the rule of the study, as its order; 0 where K has none."""
    found = np.zeros(k.shape, dtype=int)
    for row in pd.read_csv(PRINTED_CLASSES).itertuples():
        above = np.isnan(row.k_lower) | (k > row.k_lower)
        below = np.isnan(row.k_upper) | (k < row.k_upper)
        above |= row.is_lower_inclusive & (k == row.k_lower)
        below |= row.is_upper_inclusive & (k == row.k_upper)
        found[above & below] = row.display_order
    return found


def _years(figures: pd.DataFrame) -> Table:
    return figures.rename(columns=int).reindex(index=PARTNERS, columns=YEARS)


def _printed() -> dict[str, pd.DataFrame]:
    figures = pd.read_csv(PRINTED_FIGURES)
    return {
        str(exhibit): rows.pivot_table(
            index="row_label", columns="column_label", values="printed_value", sort=False
        )
        for exhibit, rows in figures.groupby("exhibit")
    }


def _tables(rows: pd.DataFrame) -> Table:
    return rows.pivot_table(index="partner", columns="year", values="value").reindex(PARTNERS)


def load(warehouse: Path) -> Evidence:
    """Read the figures.

    Raises:
        duckdb.IOException: There is no warehouse at that place.
    """
    with duckdb.connect(warehouse, read_only=True) as connection:
        observations = connection.execute(
            "select indicator_code, cast(vintage_date as varchar) as vintage,"
            " country_code as partner, year, observed_value as value from seeds.observations"
            " where list_contains(?, country_code) and year >= 2010",
            [PARTNERS],
        ).df()
        flows = connection.execute(
            "select flow, partner_code as partner, year, trade_usd as value from seeds.trade_flows"
            " where reporter_code = 'CHN' and list_contains(?, partner_code)",
            [PARTNERS],
        ).df()
        oil = connection.sql("select benchmark, year, price_usd_per_barrel from seeds.oil_prices")
        distances = connection.sql("select * from seeds.country_pairs where reporter_code = 'CHN'")
        shares = connection.sql(
            "select year, ecommerce_share from panel.int_panel__ecommerce_shares"
            " where study_id = 'central_asia'"
        )
        rates = connection.sql(
            "select year, lcu_per_usd from seeds.exchange_rates where country_code = 'CHN'"
        )
        return Evidence(
            observed={
                (str(code), str(vintage)): _tables(rows)
                for (code, vintage), rows in observations.groupby(["indicator_code", "vintage"])
            },
            flows={str(flow): _tables(rows)[YEARS] for flow, rows in flows.groupby("flow")},
            oil=oil.df().pivot_table(
                index="benchmark", columns="year", values="price_usd_per_barrel"
            )[YEARS],
            distances=distances.df().set_index("partner_code").filter(like="_km").loc[PARTNERS],
            ecommerce_share=shares.df().set_index("year")["ecommerce_share"].reindex(YEARS),
            rmb_per_usd=rates.df().set_index("year")["lcu_per_usd"].reindex(YEARS),
            printed=_printed(),
        )
