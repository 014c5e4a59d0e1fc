"""Numbers of a fit under the names of linearmodels, statsmodels and pyfixest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trade_potential.inference.distributions import t_quantile
from trade_potential.linalg import FloatArray
from trade_potential.panel.numbers import FitNumbers
from trade_potential.panel.requests import refuse_level

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class KnownNames(FitNumbers):
    """Series and frames by term, and by the key of a row."""

    def _named(self, values: FloatArray, name: str) -> pd.Series:
        import pandas as pd

        return pd.Series(values, index=list(self.terms), name=name)

    @property
    def params(self) -> pd.Series:
        """Coefficients by term."""
        return self._named(self.numbers.estimate, "parameter")

    @property
    def std_errors(self) -> pd.Series:
        """Standard errors by term."""
        return self._named(self.numbers.std_error, "std_error")

    @property
    def tstats(self) -> pd.Series:
        """Coefficients in units of their errors; NaN where an error is 0, of an exact fit."""
        return self._named(self.numbers.statistic, "tstat")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p-values by ``distribution``."""
        return self._named(self.numbers.p_value, "pvalue")

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Confidence intervals, ``lower`` and ``upper`` by term.

        Args:
            level: Between 0 and 1; None: the fit's own.

        Raises:
            InputError: The level is none.
        """
        import pandas as pd

        level = self.confidence_level if level is None else level
        refuse_level(level)
        margin = t_quantile(0.5 + level / 2.0, self.numbers.df) * self.numbers.std_error
        ends = {"lower": self.numbers.estimate - margin, "upper": self.numbers.estimate + margin}
        return pd.DataFrame(ends, index=list(self.terms))

    @property
    def cov(self) -> pd.DataFrame:
        """(k, k) covariance of the coefficients, by term."""
        import pandas as pd

        self.numbers  # noqa: B018  refuses
        return pd.DataFrame(self.matrix, index=list(self.terms), columns=list(self.terms))

    @property
    def df_resid(self) -> int:
        """Residual degrees of freedom; effects are counted."""
        return int(self.statistic("df_resid"))

    @property
    def rsquared(self) -> float:
        """Of the estimator's own model; random and mundlak: overall; ppml: squared correlation."""
        self.numbers  # noqa: B018  refuses
        return self.r_squared

    @property
    def rsquared_within(self) -> float:
        """Squared correlation within entities; NaN of ppml, as the two below."""
        return self.statistic("r_squared_within")

    @property
    def rsquared_between(self) -> float:
        """Squared correlation of entity means."""
        return self.statistic("r_squared_between")

    @property
    def rsquared_overall(self) -> float:
        """Squared correlation over all rows."""
        return self.statistic("r_squared_overall")

    def _by_key(self, values: FloatArray, name: str) -> pd.Series:
        import pandas as pd

        keys = self.values.keys
        index = pd.MultiIndex.from_arrays(list(keys.values()), names=list(keys))
        return pd.Series(values, index=index, name=name)

    @property
    def fitted_values(self) -> pd.Series:
        """What the model expects of each row of the sample, effects included, by its key."""
        return self._by_key(self.values.fitted, "fitted_values")

    @property
    def fitted(self) -> pd.Series:
        """``fitted_values`` under its name in statsmodels and R."""
        return self.fitted_values

    @property
    def resids(self) -> pd.Series:
        """Outcome less ``fitted_values``; of random effects with the effect of the entity."""
        return self._by_key(self.values.outcome - self.values.fitted, "residual")
