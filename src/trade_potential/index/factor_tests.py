"""Is a correlation matrix fit for factoring: sampling adequacy and sphericity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trade_potential.linalg import FloatArray, ScaledSystem


@dataclass(frozen=True)
class SamplingAdequacy:
    """Kaiser-Meyer-Olkin measure.

    Attributes:
        kmo: Overall, 0-1; NaN when all correlations are zero.
        msa: (p,) of each variable, 0-1; NaN for a variable without any correlation.
    """

    kmo: float
    msa: FloatArray


@dataclass(frozen=True)
class SphericityTest:
    """Bartlett's test that all correlations are zero in the population.

    Attributes:
        statistic: Chi-squared in large samples.
        df: Degrees of freedom, p (p - 1) / 2.
    """

    statistic: float
    df: int

    @property
    def p_value(self) -> float:
        """Probability of a larger statistic, 0-1; NaN where there is none."""
        # To import the distributions takes longer than the correlations of a million rows.
        from trade_potential.inference.distributions import chi2_tail

        return chi2_tail(self.statistic, self.df)


def sampling_adequacy(matrix: FloatArray) -> SamplingAdequacy:
    """Share of squared correlations in squared correlations plus squared partial correlations.

    The partial correlation of two variables given all others is, up to its sign, the element of
    the anti-image correlation matrix: -a_ij / sqrt(a_ii a_jj), A the inverse of the correlations.

    Args:
        matrix: (p, p) regular correlation matrix, p >= 2.

    Source: Kaiser (1970), Psychometrika 35, 401-415, in the form of Kaiser and Rice (1974),
    Educational and Psychological Measurement 34, 111-117, which SPSS and R's psych use.
    """
    inverse = ScaledSystem.of(matrix).inverse
    scale = np.sqrt(np.diag(inverse))
    others = 1.0 - np.eye(matrix.shape[0])
    simple = others * matrix**2
    partial = others * (inverse / np.outer(scale, scale)) ** 2
    with np.errstate(invalid="ignore"):
        return SamplingAdequacy(
            kmo=float(simple.sum() / (simple.sum() + partial.sum())),
            msa=simple.sum(axis=0) / (simple.sum(axis=0) + partial.sum(axis=0)),
        )


def sphericity(matrix: FloatArray, n_rows: int) -> SphericityTest:
    """Bartlett's test: chi2 = -(n - 1 - (2 p + 5) / 6) ln det R.

    The test takes rows as independent draws of a normal distribution. Years of one country are
    not: on a panel the p-value is descriptive.

    Args:
        matrix: (p, p) regular correlation matrix, p >= 2.
        n_rows: Rows it was computed from, more than p.

    Source: Bartlett (1950), British Journal of Psychology (Statistical Section) 3, 77-85.
    """
    p = matrix.shape[0]
    log_determinant = float(np.log(np.linalg.eigvalsh(matrix)).sum())
    # + 0.0 turns the -0.0 of an identity matrix into 0.0
    chi2 = -(n_rows - 1.0 - (2.0 * p + 5.0) / 6.0) * min(0.0, log_determinant) + 0.0
    df = p * (p - 1) // 2
    return SphericityTest(statistic=chi2, df=df)
