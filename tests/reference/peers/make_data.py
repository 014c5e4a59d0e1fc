"""Write the panels on which the peers were run: data/*.csv, from data that ship with libraries.

    python -m tests.reference.peers.make_data [folder]

Columns: entity and year (integers), the outcome, the regressors. Figures have as many digits as
their binary value needs, so that every peer reads the same numbers. Rules that drop rows are
arithmetic on the entity's number and the year, so that anyone can repeat them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import statsmodels.api as sm
from linearmodels.datasets import wage_panel

DATA = Path(__file__).resolve().parent / "data"
N_MEN = 120
"""Men of the wage panel, the first in the order of their number; all 545 would be 250 kB."""


@dataclass(frozen=True)
class Study:
    """Variables of a panel.

    Attributes:
        outcome: Name of the outcome.
        fixed: Regressors that never vary within an entity.
        varying: Regressors that do.
        trend: Those of ``varying`` that entity and year effects together absorb.
    """

    outcome: str
    fixed: tuple[str, ...]
    varying: tuple[str, ...]
    trend: tuple[str, ...] = ()

    @property
    def regressors(self) -> tuple[str, ...]:
        """All regressors."""
        return self.fixed + self.varying

    @property
    def twoway(self) -> tuple[str, ...]:
        """Regressors that a model with entity and year effects can have."""
        return tuple(name for name in self.varying if name not in self.trend)


GRUNFELD = Study(outcome="invest", fixed=(), varying=("value", "capital"))
WAGE = Study(
    outcome="lwage",
    fixed=("black", "hisp", "educ"),
    varying=("exper", "expersq", "married", "union"),
    trend=("exper",),  # grows by one each year
)
STUDIES = {
    "grunfeld_balanced": GRUNFELD,
    "grunfeld_unbalanced": GRUNFELD,
    "wage_balanced": WAGE,
    "wage_unbalanced": WAGE,
}


def grunfeld() -> pd.DataFrame:
    """Ten firms over 1935-1954, numbered in the order of statsmodels without American Steel."""
    data = sm.datasets.grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"]
    data = data.assign(
        entity=data["firm"].map({name: k for k, name in enumerate(data["firm"].unique(), start=1)})
    )
    return _tidy(data, GRUNFELD)


def wage() -> pd.DataFrame:
    """Vella and Verbeek (1998), the first 120 men over 1980-1987."""
    data = wage_panel.load()
    data = data.assign(entity=data["nr"].rank(method="dense").astype(int))
    return _tidy(data[data["entity"] <= N_MEN], WAGE)


def _tidy(data: pd.DataFrame, study: Study) -> pd.DataFrame:
    names = [study.outcome, *study.regressors]
    data = data.assign(year=data["year"].astype(int))
    data[names] = data[names].astype(float)
    return data[["entity", "year", *names]].sort_values(["entity", "year"], ignore_index=True)


def make() -> dict[str, pd.DataFrame]:
    """All panels by name.

    Unbalanced Grunfeld: firm i of 1 to 9 lacks its last i - 1 years, so that all sizes differ;
    firm 10 has 1954 only; firms 3 and 6 lack 1941, a gap. Unbalanced wages: of every tenth man
    only 1980 is kept, of the others the rows with (3 entity + 5 (year - 1980)) mod 7 above 1.
    """
    firms, men = grunfeld(), wage()
    number, year = firms["entity"], firms["year"]
    kept = (number < 10) & (year <= 1955 - number) & ~(number.isin([3, 6]) & (year == 1941))
    kept |= (number == 10) & (year == 1954)
    single, t = men["entity"] % 10 == 0, men["year"] - 1980
    stay = (single & (t == 0)) | (~single & ((3 * men["entity"] + 5 * t) % 7 > 1))
    return {
        "grunfeld_balanced": firms,
        "grunfeld_unbalanced": firms[kept].reset_index(drop=True),
        "wage_balanced": men,
        "wage_unbalanced": men[stay].reset_index(drop=True),
    }


def main(folder: Path = DATA) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in make().items():
        text = frame.map(lambda value: repr(int(value) if value == int(value) else value))
        text.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
