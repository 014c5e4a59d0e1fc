"""The audit of a build: every model, one table."""

from __future__ import annotations

import pandas as pd

from trade_potential.audit.gravity import audit_gravity
from trade_potential.audit.ppml import audit_ppml
from trade_potential.inference.registry import estimators
from trade_potential.linalg import one_thread
from trade_potential.results.gravity import Tables


def audit_models(
    *,
    sample: pd.DataFrame,
    ppml_sample: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    published: Tables,
) -> pd.DataFrame:
    """Rows of ``audit_gravity`` and ``audit_ppml``."""
    of_ppml = estimators("ppml")
    with one_thread():
        return pd.concat(
            [
                audit_gravity(sample, terms, specifications, published.without(of_ppml)),
                audit_ppml(ppml_sample, terms, specifications, published.only(of_ppml)),
            ],
            ignore_index=True,
        )
