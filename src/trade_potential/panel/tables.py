"""Fits side by side, as economists print them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, overload

from trade_potential.errors import InputError
from trade_potential.inference.left_out import beside_absorbed
from trade_potential.inference.registry import COVARIANCES
from trade_potential.panel.fit import Fit
from trade_potential.panel.requests import Powers, checked_powers
from trade_potential.regression_table import WORD, Coefficient, Format, Model, document, render

OF_LEAST_SQUARES = ("r_squared_within", "r_squared_between", "r_squared_overall")


@overload
def table(
    fits: Fit | Sequence[Fit],
    format: Format = "text",
    *,
    caption: str = "",
    label: str = "",
    digits: int = 3,
    labels: Mapping[str, str] | None = None,
    tests: bool = False,
    reset_powers: Powers | None = None,
    standalone: bool = False,
) -> str: ...


@overload
def table(
    fits: Fit | Sequence[Fit],
    format: Literal["docx"],
    *,
    caption: str = "",
    label: str = "",
    digits: int = 3,
    labels: Mapping[str, str] | None = None,
    tests: bool = False,
    reset_powers: Powers | None = None,
    standalone: bool = False,
) -> bytes: ...


def table(
    fits: Fit | Sequence[Fit],
    format: Format | Literal["docx"] = "text",  # noqa: A002  the word users know
    *,
    caption: str = "",
    label: str = "",
    digits: int = 3,
    labels: Mapping[str, str] | None = None,
    tests: bool = False,
    reset_powers: Powers | None = None,
    standalone: bool = False,
) -> str | bytes:
    """Models side by side: coefficients with stars, standard errors in parentheses below.

    Args:
        fits: The columns, in order.
        format: text, latex, html or markdown; docx for the bytes of a file of Word.
        caption: Title.
        label: Anchor, for LaTeX's label, HTML's id and Word's bookmark; needs a caption in LaTeX
            and Word.
        digits: Decimals; what would show as zero gets more.
        labels: What to print for a term, by term.
        tests: Whether p-values of specification tests are shown.
        reset_powers: As ``Fit.tests``.
        standalone: A whole document instead of a part (LaTeX and HTML).

    Returns:
        The table, ending in a newline, or the bytes of a .docx file, the same for the same numbers.
        A model without numbers has a column with its status, and
        the reason in a footnote. LaTeX needs the package booktabs.

    Raises:
        InputError: No fits, fits whose entities or times are different columns, an unknown format,
            or a bad label or number of digits.
    """
    fits = [fits] if isinstance(fits, Fit) else list(fits) if isinstance(fits, Iterable) else fits
    if not isinstance(fits, list) or not all(isinstance(fit, Fit) for fit in fits):
        raise InputError("a table takes a fit or a list of fits, such as those of Panel.fits")
    keys = {(fit.columns.entity, fit.columns.time) for fit in fits}
    if len(keys) > 1:
        raise InputError(f"the fits have different keys: {', '.join(map(str, sorted(keys)))}")
    entity, time = keys.pop() if keys else ("", "")
    models = [_column(fit, tests=tests, reset_powers=reset_powers) for fit in fits]
    outcome, times = _outcomes(fits), time or "time"
    if format == WORD:
        return document(
            models,
            caption=caption,
            label=label,
            outcome=outcome,
            digits=digits,
            labels=labels,
            entity=entity,
            time=times,
        )
    return render(
        models,
        format=format,
        caption=caption,
        label=label,
        outcome=outcome,
        digits=digits,
        labels=labels,
        entity=entity,
        time=times,
        standalone=standalone,
    )


def _outcomes(fits: Sequence[Fit]) -> str:
    """Dependent variables in words; that of ppml by itself where it is another."""
    names, of_ppml = (
        list(dict.fromkeys(fit.outcome for fit in fits if (fit.spec.link == "log") == flag))
        for flag in (False, True)
    )
    if not names or set(names) >= set(of_ppml):
        return ", ".join(names or of_ppml)
    return f"{', '.join(names)}; of PPML {', '.join(of_ppml)}"


def _column(fit: Fit, *, tests: bool, reset_powers: Powers | None) -> Model:
    coefficients = [
        Coefficient(term, values[0], values[1], values[3]) for term, values in fit.rows()
    ]
    coefficients += [Coefficient(term, status=word) for term, word in fit.without_coefficient()]
    is_ppml = fit.spec.family == "ppml"
    names = ("pseudo_r_squared",) if is_ppml else OF_LEAST_SQUARES
    statistics = {"n_obs": float(fit.nobs), "n_entities": float(fit.n_entities)}
    statistics |= {name: fit.statistics.get(name, math.nan) for name in names}
    found = fit.find_tests(checked_powers(reset_powers)) if tests else ()
    dimensions = filter(None, (fit.columns.entity, fit.columns.time, *fit.effects))
    return Model(
        title="",
        estimator=fit.estimator,
        covariance=fit.cov_type,
        distribution=fit.distribution,
        coefficients=tuple(coefficients) if fit.is_estimated else (),
        statistics=statistics,
        status=fit.status,
        # Of absorbed regressors the table itself says why.
        reason=beside_absorbed(fit.reason)
        if fit.absorbed and not fit.omitted and fit.status == "ok"
        else fit.reason,
        effects={name: name in fit.effects for name in dimensions},
        tests={test.name: test.p_value for test in found},
        # Of PPML there is a choice, and of Driscoll and Kraay's the times matter.
        correction=fit.correction if is_ppml or COVARIANCES[fit.cov_type].has_lags else "",
    )
