"""An index and what it rests on, for people who work with it in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.errors import NotEstimatedError
from trade_potential.index.components import Components
from trade_potential.index.estimate import IndexEstimate
from trade_potential.index.factor_tests import SphericityTest
from trade_potential.rows.table import Loss
from trade_potential.rows.workspace import without_rows

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from trade_potential.linalg import FloatArray

NAN = float("nan")


@dataclass(frozen=True, eq=False)
class IndexFit:
    """One index of a table.

    An index without numbers has a ``status`` that says so (too_few_rows, constant_variable) and a
    ``reason``; to ask it for numbers raises ``NotEstimatedError`` with both, and ``is_estimated``
    tells beforehand. Tests that are undefined (single_variable, singular_correlation) are NaN.

    Attributes:
        estimate: Everything that follows from the correlations.
        labels: Names of the columns that label the scores.
        ledger: Rows lost, by step and reason.
        find_scores: Reads labels, score and index of the rows again, in batches.
    """

    estimate: IndexEstimate
    labels: tuple[str, ...]
    ledger: tuple[Loss, ...]
    find_scores: Callable[[], Iterator[pa.RecordBatch]] = field(repr=False)

    def __getstate__(self) -> dict[str, object]:
        """All numbers, but no rows."""
        return without_rows(self, ("find_scores",))

    @property
    def status(self) -> str:
        """``ok``, or what kind of result this is."""
        return self.estimate.status

    @property
    def reason(self) -> str:
        """What a reader has to know, else empty."""
        return self.estimate.reason

    @property
    def indicators(self) -> tuple[str, ...]:
        """Names of the p indicators."""
        return self.estimate.correlation.variables

    @property
    def nobs(self) -> int:
        """Rows of the sample."""
        return self.estimate.correlation.n_rows

    @property
    def is_estimated(self) -> bool:
        """Whether there are numbers."""
        return self.estimate.components is not None

    @property
    def components(self) -> Components:
        """Eigenvalues and eigenvectors as arrays.

        Raises:
            NotEstimatedError: There are none; so do all properties below.
        """
        if self.estimate.components is None:
            raise NotEstimatedError(f"index: {self.status}: {self.reason}")
        return self.estimate.components

    def _by_component(self, values: FloatArray, name: str) -> pd.Series:
        import pandas as pd

        number = pd.RangeIndex(1, len(values) + 1, name="component")
        return pd.Series(values, index=number, name=name)

    def _by_indicator(self, values: FloatArray, name: str) -> pd.Series:
        import pandas as pd

        return pd.Series(values, index=pd.Index(self.indicators, name="indicator"), name=name)

    @property
    def eigenvalues(self) -> pd.Series:
        """Of all p components, the largest first."""
        return self._by_component(self.components.eigenvalues, "eigenvalue")

    @property
    def explained(self) -> pd.Series:
        """Share of the variance, 0-1, of each component."""
        return self._by_component(self.components.variance_share, "explained")

    @property
    def components_kept(self) -> int:
        """On how many components the weights rest."""
        return int(self.components.eigenvalues[self.estimate.is_kept].size)

    @property
    def loadings(self) -> pd.DataFrame:
        """Correlation of each indicator, in rows, with each component, in columns from 1."""
        import pandas as pd

        return pd.DataFrame(
            self.components.loadings, index=self.weights.index, columns=self.eigenvalues.index
        )

    @property
    def weights(self) -> pd.Series:
        """Weight of each indicator: score = sum of weight x z-score."""
        self.components  # noqa: B018  refuses
        return self._by_indicator(self.estimate.weights, "weight")

    @property
    def kmo(self) -> float:
        """Sampling adequacy of Kaiser, Meyer and Olkin, 0-1."""
        self.components  # noqa: B018  refuses
        return NAN if self.estimate.adequacy is None else self.estimate.adequacy.kmo

    @property
    def msa(self) -> pd.Series:
        """Sampling adequacy of each indicator, 0-1."""
        self.components  # noqa: B018  refuses
        found = self.estimate.adequacy
        return self._by_indicator(
            np.full(len(self.indicators), NAN) if found is None else found.msa, "msa"
        )

    @property
    def bartlett(self) -> SphericityTest:
        """Test that all correlations are zero: ``statistic``, ``df``, ``p_value``."""
        self.components  # noqa: B018  refuses
        p = len(self.indicators)
        return self.estimate.sphericity or SphericityTest(NAN, p * (p - 1) // 2)

    @property
    def scores(self) -> pd.DataFrame:
        """Labels, ``score`` and ``index`` (the score rescaled to 0-1) of each row, by label.

        Read from the rows when asked for: labels are whole numbers or texts (rows.keys), ``Int64``
        where one is missing.

        Raises:
            InputError: The rows are closed.
        """
        self.components  # noqa: B018  refuses
        import pandas as pd
        import pyarrow as pa

        found = pa.Table.from_batches(self.find_scores())
        columns = {}
        for name, column in zip([*self.labels, "score", "index"], found.columns, strict=True):
            is_missing = pa.types.is_integer(column.type) and column.null_count
            types = {pa.int64(): pd.Int64Dtype()}.get if is_missing else None
            columns[name] = column.to_pandas(types_mapper=types)
        return pd.DataFrame(columns)

    def summary(self) -> str:
        """Tests, components, weights and rows lost as text."""
        from trade_potential.index.fit_text import summary

        return summary(self)

    def __str__(self) -> str:
        """The summary."""
        return self.summary()

    def _repr_html_(self) -> str:
        """The summary for notebooks."""
        from trade_potential.index.fit_text import html

        return html(self)
