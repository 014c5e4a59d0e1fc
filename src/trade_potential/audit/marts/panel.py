"""The panel of every study, made again from gated figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from trade_potential.audit.marts.candidates import country_years
from trade_potential.audit.marts.figures import Figures, Tables
from trade_potential.audit.marts.outcomes import outcomes
from trade_potential.audit.marts.variables import variables


@dataclass(frozen=True)
class Panel:
    """Parts of the panel, each made when it is first asked for.

    Attributes:
        gated: Gated inputs and rows of the study file, by the name of their relation.
    """

    gated: Tables

    @cached_property
    def figures(self) -> Figures:
        """Series of indicators."""
        return Figures(self.gated)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """As ``outcomes.outcomes``."""
        return outcomes(self.gated)

    @cached_property
    def countries(self) -> pd.DataFrame:
        """As ``candidates.country_years``."""
        return country_years(self.gated, self.outcomes)

    @cached_property
    def variables(self) -> pd.DataFrame:
        """As ``variables.variables``."""
        return variables(self.gated, self.figures, self.outcomes, self.countries)
