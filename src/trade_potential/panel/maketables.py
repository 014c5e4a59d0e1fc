"""What the package maketables reads of a model: attributes of its plug-in format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trade_potential.panel.known_names import KnownNames

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {"b": "estimate", "se": "std_error", "t": "statistic", "p": "p_value"}
STATISTICS = {
    "N": "nobs",
    "r2": "rsquared",
    "r2_within": "rsquared_within",
    "r2_between": "rsquared_between",
    "r2_overall": "rsquared_overall",
    "df_resid": "df_resid",
}


@dataclass(frozen=True, eq=False)
class MakeTables(KnownNames):
    """A fit as ``maketables.ETable([fit])`` takes it; nothing is imported for it.

    Source: PLUGIN_EXTRACTOR_FORMAT of maketables 0.2.
    """

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        """Estimates by term; no row without numbers."""
        import pandas as pd

        found = self.inference
        columns = {k: [] if found is None else getattr(found, v) for k, v in COLUMNS.items()}
        return pd.DataFrame(columns, index=pd.Index(self.terms, name="Coefficient"))

    def __maketables_stat__(self, key: str) -> Any:
        """A number of the model; None where it has none."""
        if key == "se_type":
            return self.cov_type
        if key not in STATISTICS or not (self.is_estimated or key == "N"):
            return None
        value = getattr(self, STATISTICS[key])
        return None if value != value else value

    @property
    def __maketables_depvar__(self) -> str:
        """The dependent variable in words."""
        return str(self.outcome)

    @property
    def __maketables_fixef_string__(self) -> str | None:
        """Fixed effects, joined by plus signs."""
        return " + ".join(self.effects) or None

    @property
    def __maketables_vcov_info__(self) -> dict[str, Any]:
        """Kind of the covariance, and the columns of its clusters."""
        clusters = {
            "clustered": [self.columns.entity],
            "clustered_twoway": [self.columns.entity, self.columns.time],
        }
        return {"vcov_type": self.cov_type, "clustervar": clusters.get(self.cov_type)}

    @property
    def __maketables_stat_labels__(self) -> dict[str, str]:
        """Names of the statistics that maketables does not know."""
        return {"r2_between": "R² between", "r2_overall": "R² overall", "df_resid": "df"}

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        """What a table shows."""
        return ["N", "r2", "se_type"]
