"""The numbers of a fitted model, also under the names of linearmodels, statsmodels and pyfixest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from trade_potential.errors import NotEstimatedError
from trade_potential.inference.distributions import t_quantile
from trade_potential.inference.left_out import WITHOUT_COEFFICIENT
from trade_potential.inference.registry import ESTIMATORS, Covariance, Estimator, EstimatorSpec
from trade_potential.inference.test_result import TestResult
from trade_potential.inference.wald import Inference
from trade_potential.linalg import FloatArray
from trade_potential.panel.requests import Powers, refuse_level
from trade_potential.rows.model_columns import Columns
from trade_potential.rows.table import Loss
from trade_potential.rows.workspace import without_rows

if TYPE_CHECKING:
    import pandas as pd

COEFFICIENT = ("term", "estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high")
"""Columns of ``Fit.coefficients``."""


@dataclass(frozen=True, eq=False)
class FittedValues:
    """What a model says of the N rows of its sample, sorted by key.

    Attributes:
        keys: By name of the column, (N,) each.
        outcome: (N,) as the model takes it.
        fitted: (N,) what the model expects, effects included.
    """

    keys: Mapping[str, Any]
    outcome: FloatArray
    fitted: FloatArray


@dataclass(frozen=True, eq=False)
class FitNumbers:
    """What is known of one model of a panel, with the covariance that was asked for.

    Attributes:
        estimator: Its name.
        cov_type: Kind of the covariance.
        correction: For small samples, in words.
        status: ``ok``, or what kind of result this is.
        reason: Why, in one sentence; beside ``ok`` it names regressors without a coefficient.
        columns: Of the user's table.
        outcome: The dependent variable in words, such as ln(trade).
        nobs: Rows of the sample.
        n_entities: Entities of the sample.
        terms: Names of the coefficients, in order.
        statistics: Further numbers by name, such as df_resid, sigma_u, pseudo_r_squared.
        absorbed: Regressors that the effects absorb.
        omitted: Regressors that do not vary or are combinations of those before them.
        effects: Names of the fixed effects in the model.
        confidence_level: Of the intervals; tests decide at the rest.
        ledger: Rows lost, by step and reason.
    """

    estimator: Estimator
    cov_type: Covariance
    correction: str
    status: str
    reason: str
    columns: Columns
    outcome: str
    nobs: int
    n_entities: int
    absorbed: tuple[str, ...]
    omitted: tuple[str, ...]
    effects: tuple[str, ...]
    confidence_level: float
    ledger: tuple[Loss, ...]
    find_tests: Callable[[Powers | None], tuple[TestResult, ...]] = field(repr=False)
    find_values: Callable[[], FittedValues] = field(repr=False)
    terms: tuple[str, ...] = ()
    inference: Inference | None = field(default=None, repr=False)
    matrix: FloatArray = field(default_factory=lambda: np.zeros((0, 0)), repr=False)
    r_squared: float = float("nan")
    statistics: Mapping[str, float] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """All numbers, but no rows."""
        return without_rows(self, ("find_tests", "find_values"))

    @property
    def spec(self) -> EstimatorSpec:
        """What the estimator is and can do."""
        return ESTIMATORS[self.estimator]

    @property
    def is_estimated(self) -> bool:
        """Whether there are numbers."""
        return self.inference is not None

    @property
    def numbers(self) -> Inference:
        """Coefficients with their uncertainty as (k,) arrays.

        Raises:
            NotEstimatedError: There are none; so do all properties below.
        """
        if self.inference is None:
            raise NotEstimatedError(f"{self.estimator}: {self.status}: {self.reason}")
        return self.inference

    @property
    def alpha(self) -> float:
        """Level at which tests decide."""
        return 1.0 - self.confidence_level

    @property
    def distribution(self) -> str:
        """Distribution of the statistics of coefficients: ``t`` or ``normal``."""
        return "normal" if self.inference is None or np.isinf(self.inference.df) else "t"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader needs to know beside the numbers, in sentences."""
        lost = [f"{loss.rows} rows lost: {loss.step}: {loss.reason}" for loss in self.ledger]
        return (*filter(None, [self.reason]), *lost)

    def rows(self) -> list[tuple[str, list[float]]]:
        """Terms with the numbers that ``COEFFICIENT`` names; none without numbers."""
        if self.inference is None:
            return []
        columns = [getattr(self.inference, name) for name in COEFFICIENT[1:]]
        return [(n, [float(c[i]) for c in columns]) for i, n in enumerate(self.terms)]

    def without_coefficient(self) -> list[tuple[str, str]]:
        """Regressors that were asked for, and the word that stands for their coefficient."""
        words = zip(WITHOUT_COEFFICIENT, (self.absorbed, self.omitted), strict=True)
        return [(term, word) for word, terms in words for term in terms]

    def statistic(self, name: str) -> float:
        """One of ``statistics``; NaN where the estimator has no such number."""
        self.numbers  # noqa: B018  refuses
        return self.statistics.get(name, float("nan"))

    @cached_property
    def values(self) -> FittedValues:
        """What the model says of its rows; asked of the panel once."""
        self.numbers  # noqa: B018  refuses
        return self.find_values()

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
