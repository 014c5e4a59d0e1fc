"""The panel of every study, made again from gated figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from trade_potential.audit.marts.candidates import country_years
from trade_potential.audit.marts.factors import Floats
from trade_potential.audit.marts.figures import Figures, Tables
from trade_potential.audit.marts.gated import Gated
from trade_potential.audit.marts.indices import Index, indices
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

    @cached_property
    def indices(self) -> list[Index]:
        """As ``indices.indices``."""
        return indices(self.gated, self.variables, self.countries, self._published_vectors)

    def _published_vectors(self, study_id: str, spec_id: str, variables: list[str]) -> Floats:
        """(p, p) published loadings of an index, of unit length."""
        matrix = loadings_of(self.gated["fct_index_weights"], study_id, spec_id, variables)
        length = np.maximum(np.linalg.norm(matrix, axis=0), np.finfo(np.float64).tiny)
        return np.asarray(matrix / length)


def loadings_of(weights: pd.DataFrame, study_id: str, spec_id: str, variables: list[str]) -> Floats:
    """(p, p) published loadings of variables (rows) on components; 0 where there is none."""
    rows = weights[(weights["study_id"] == study_id) & (weights["index_spec_id"] == spec_id)]
    rows = rows[rows["weight_kind"] == "loading"]
    loadings = rows.pivot_table(index="variable", columns="component", values="weight_value")
    p = range(1, len(variables) + 1)
    return loadings.reindex(index=variables, columns=p).fillna(0.0).to_numpy(dtype=float)


def panel_of(gated: Gated) -> Panel:
    """The panel of a build, made once for all who ask."""
    return gated.once(Panel)
