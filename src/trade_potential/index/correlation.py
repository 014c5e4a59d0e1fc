"""The correlation matrix of an index: all that its estimator sees of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trade_potential.errors import InputError
from trade_potential.linalg import FloatArray

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9
"""Correlations may miss 1, their mirror or positive semi-definiteness by this much.

Sums of some million products carry errors of about 1e-13; a wrong input is far beyond 1e-9.
"""


@dataclass(frozen=True)
class Correlation:
    """Correlations of the variables of one index over one sample; build it with ``of``.

    Attributes:
        variables: p names, in the order of their positions.
        n_rows: Rows of the sample.
        matrix: (p, p) symmetric, unit diagonal; NaN in the rows and columns of constants.
    """

    variables: tuple[str, ...]
    n_rows: int
    matrix: FloatArray

    @property
    def constants(self) -> tuple[str, ...]:
        """Variables without spread."""
        missing = np.isnan(np.diag(self.matrix))
        return tuple(name for name, gone in zip(self.variables, missing, strict=True) if gone)

    @classmethod
    def of(cls, variables: Sequence[str], n_rows: int, matrix: FloatArray) -> Correlation:
        """Check ``matrix``, (p, p) with NaN for constants, and take its rounding errors out.

        Raises:
            InputError: No or repeated variables, no rows, a shape other than (p, p), or a matrix
                that is no correlation matrix: the message names the first offending pair.
        """
        names = tuple(variables)
        repeated = sorted({name for name in names if names.count(name) > 1})
        if not names or repeated:
            raise InputError(
                f"repeated variables: {', '.join(repeated)}" if names else "no variables"
            )
        if n_rows < 1:
            raise InputError(f"row_count {n_rows} is not positive")
        if matrix.shape != (len(names), len(names)):
            raise InputError(f"shape {matrix.shape} does not fit {len(names)} variables")
        constant = np.isnan(np.diag(matrix))
        missing = constant[:, None] | constant[None, :]
        one = np.eye(len(names), dtype=bool)
        with np.errstate(invalid="ignore"):
            rules = {
                "is missing, and neither variable is a constant": np.isnan(matrix) & ~missing,
                "is given, but one variable is a constant": ~np.isnan(matrix) & missing,
                "is outside [-1, 1]": np.abs(matrix) > 1.0 + ROUNDING,
                "is not 1": one & (np.abs(matrix - 1.0) > ROUNDING),
                "differs from its mirror": np.abs(matrix - matrix.T) > ROUNDING,
            }
        for rule, broken in rules.items():
            for i, j in np.argwhere(broken)[:1]:
                raise InputError(f"correlation of {names[i]} and {names[j]} {rule}: {matrix[i, j]}")
        clean = np.clip((matrix + matrix.T) / 2.0, -1.0, 1.0)
        clean[one & ~missing] = 1.0
        used = np.flatnonzero(~constant)
        lowest = np.linalg.eigvalsh(clean[np.ix_(used, used)]).min(initial=0.0)
        if lowest < -ROUNDING * len(names):
            raise InputError(
                f"no sample has these correlations: smallest eigenvalue {lowest:.3g} "
                f"of {', '.join(names)}"
            )
        return cls(variables=names, n_rows=n_rows, matrix=clean)

    @classmethod
    def from_rows(cls, rows: pd.DataFrame, variables: Sequence[str]) -> Correlation:
        """Read one index of one study from tidy rows.

        Args:
            rows: row_variable, col_variable, row_count, correlation; the upper triangle with the
                diagonal, the lower one or both; correlation is null where a variable is constant.
            variables: p names, in the order of their positions.

        Raises:
            InputError: A pair is missing, repeated or of no term, row counts are null, not whole
                or differ, or the matrix is no correlation matrix.
        """
        import pandas as pd

        counts = rows["row_count"].unique()
        if len(counts) != 1 or pd.isna(counts[0]) or float(counts[0]) != int(counts[0]):
            raise InputError(f"row_count is not one whole number: {list(counts)}")
        slot = {name: k for k, name in enumerate(variables)}
        matrix = np.full((len(slot), len(slot)), np.nan)
        seen: set[tuple[int, int]] = set()
        for row_name, col_name, value in zip(
            rows["row_variable"], rows["col_variable"], rows["correlation"], strict=True
        ):
            unknown = [str(name) for name in (row_name, col_name) if name not in slot]
            if unknown:
                raise InputError(f"moments of {unknown[0]}, which is no term of the index")
            pair = slot[row_name], slot[col_name]
            if pair in seen:
                raise InputError(f"two rows for {row_name} and {col_name}")
            seen.add(pair)
            matrix[pair] = np.nan if pd.isna(value) else float(value)
        for i, row_name in enumerate(variables):
            for j, col_name in enumerate(variables[: i + 1]):
                if (i, j) not in seen and (j, i) not in seen:
                    raise InputError(f"no row for {col_name} and {row_name}")
                if (i, j) not in seen:
                    matrix[i, j] = matrix[j, i]
                elif (j, i) not in seen:
                    matrix[j, i] = matrix[i, j]
        return cls.of(variables, int(counts[0]), matrix)
