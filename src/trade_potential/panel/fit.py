"""A fitted model: coefficients, tests, predictions and what notebooks show of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trade_potential.errors import InputError
from trade_potential.inference import CONSTANT
from trade_potential.inference.test_result import TestResult
from trade_potential.linalg import FloatArray
from trade_potential.panel.numbers import COEFFICIENT, FitNumbers
from trade_potential.panel.requests import Powers, checked_powers

if TYPE_CHECKING:
    import pandas as pd


TEST = (
    "test",
    "statistic",
    "df",
    "df_denominator",
    "p_value",
    "decision",
    "status",
    "reason",
    "covariance",
    "powers",
    "null_hypothesis",
)
"""Columns of ``Fit.tests``."""


COLUMNS = {"b": "estimate", "se": "std_error", "t": "statistic", "p": "p_value"}
STATISTICS = {
    "N": "nobs",
    "r2": "rsquared",
    "r2_within": "rsquared_within",
    "r2_between": "rsquared_between",
    "r2_overall": "rsquared_overall",
    "df_resid": "df_resid",
}
"""Of the package maketables: attributes of ``FitNumbers``, and of ``Inference`` above."""


@dataclass(frozen=True, eq=False)
class Fit(FitNumbers):
    """One model of a panel with the covariance that was asked for.

    A model without numbers has a ``status`` that says so and a ``reason``; to ask it for numbers
    raises ``NotEstimatedError`` with both, and ``is_estimated`` tells beforehand. A number that the
    estimator does not have, such as sigma_u of pooled least squares, is NaN. A copy, pickled or
    not, has all numbers, but not what is asked of rows.

    ``maketables.ETable([fit])`` takes it as it is. Attributes: see ``FitNumbers``.
    """

    @property
    def coefficients(self) -> pd.DataFrame:
        """One row for each term: estimate, std_error, statistic, p_value, ci_low, ci_high."""
        import pandas as pd

        found = {name: getattr(self.numbers, name) for name in COEFFICIENT[1:]}
        return pd.DataFrame({"term": self.terms, **found})

    @property
    def covariance(self) -> pd.DataFrame:
        """(k, k) covariance of the coefficients, by term."""
        return self.cov

    def predict(self, data: Any = None) -> pd.Series:
        """What the model expects where nothing but the regressors is known.

        Args:
            data: Columns of numbers by term (a frame of pandas or Polars, an Arrow table, a
                mapping); of mundlak also those of the means. None: the sample.

        Returns:
            In the unit of ``outcome``: of a logarithm a logarithm, of ppml the level.

        Raises:
            InputError: A model with fixed effects, which predict nothing for an entity as such;
                or a column is missing.
        """
        import pandas as pd

        if self.effects:
            raise InputError(
                f"{self.estimator} has effects of {', '.join(self.effects)}: it predicts nothing "
                "for rows as such; what it makes of its own rows is in fitted_values"
            )
        if data is None:
            return self.fitted_values.rename("prediction")
        first = 1 if CONSTANT in self.terms else 0
        slopes = self.numbers.estimate[first:]
        columns = [self._column(data, term) for term in self.terms[first:]]
        if len({len(column) for column in columns}) > 1:
            raise InputError("the columns to predict from differ in length")
        linear = sum(column * slope for column, slope in zip(columns, slopes, strict=True)) + (
            self.numbers.estimate[0] if first else 0.0
        )
        values = np.exp(linear) if self.spec.link == "log" else linear
        index = data.index if isinstance(data, pd.DataFrame) else None
        return pd.Series(values, index=index, name="prediction")

    def _column(self, data: Any, term: str) -> FloatArray:
        """Numbers of one term, NaN where there is none."""
        names = getattr(data, "column_names", None) or getattr(data, "columns", None)
        if names is None and not isinstance(data, Mapping):
            raise InputError(f"{type(data).__name__}: is no table with names of columns")
        times = list(data if names is None else names).count(term)
        if times != 1:
            said = f"{times} columns are called" if times else "no column"
            raise InputError(f"{said} {term}; {self.estimator} predicts from it")
        try:
            return np.atleast_1d(np.asarray(data[term], dtype=float))
        except (TypeError, ValueError) as error:
            raise InputError(f"column {term}: {str(error).splitlines()[0]}") from error

    def tests(self, reset_powers: Powers | None = None) -> pd.DataFrame:
        """Specification tests of the sample, RESET and the joint significance of the model.

        RESET and joint significance rest on ``cov_type``. The columns: test, statistic, df,
        df_denominator (of F), p_value, decision (``reject`` or ``keep`` at ``alpha``, or
        ``none``), status, reason, covariance, powers, null_hypothesis. A test that cannot be had
        has the status not_available and a reason.

        Args:
            reset_powers: Powers of the fit that RESET adds; None: 2 and 3, of ppml 2.
        """
        import pandas as pd

        rows = [
            {**vars(test), "test": test.name, "decision": test.decision(self.alpha)}
            for test in self._found_tests(reset_powers)
        ]
        return pd.DataFrame(rows, columns=list(TEST))

    def _found_tests(self, powers: Powers | None) -> tuple[TestResult, ...]:
        return self.find_tests(checked_powers(powers))

    def summary(self, *, tests: bool = False, reset_powers: Powers | None = None) -> str:
        """The model as text; with ``tests`` those too."""
        from trade_potential.panel.text import summary

        return summary(self, self._found_tests(reset_powers) if tests else ())

    def __str__(self) -> str:
        """The summary."""
        return self.summary()

    def _repr_html_(self) -> str:
        """The model as a regression table, for notebooks."""
        from trade_potential.panel.tables import table

        return table(self, "html")

    # Plug-in format of maketables 0.2 (PLUGIN_EXTRACTOR_FORMAT); nothing is imported for it.

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        """Estimates by term; without numbers the regressors asked for, none of them known."""
        import pandas as pd

        terms = self.terms or tuple(self.columns.regressors)
        found = [getattr(self.inference, name, float("nan")) for name in COLUMNS.values()]
        columns = dict(zip(COLUMNS, found, strict=True))
        return pd.DataFrame(columns, index=pd.Index(terms, name="Coefficient"))

    def __maketables_stat__(self, key: str) -> Any:
        """A number of the model; None where it has none."""
        if key in ("se_type", "status"):
            return self.cov_type if key == "se_type" else self.status
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
        of_fit = {"r2_between": "R² between", "r2_overall": "R² overall"}
        return {**of_fit, "df_resid": "df", "status": "Status"}

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        """What a table shows; without numbers also the status."""
        return ["N", "r2", "se_type", *([] if self.is_estimated else ["status"])]
