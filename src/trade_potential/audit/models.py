"""The audit of a build: every model, one table."""

from __future__ import annotations

import pandas as pd

from trade_potential.audit.gravity import audit_gravity
from trade_potential.audit.ppml import audit_ppml
from trade_potential.linalg import one_thread


def audit_models(
    *,
    sample: pd.DataFrame,
    ppml_sample: pd.DataFrame,
    terms: pd.DataFrame,
    specifications: pd.DataFrame,
    estimates: pd.DataFrame,
    inference: pd.DataFrame,
    ppml: pd.DataFrame,
) -> pd.DataFrame:
    """Rows of ``audit_gravity`` and ``audit_ppml``."""
    with one_thread():
        return pd.concat(
            [
                audit_gravity(sample, terms, specifications, estimates, inference),
                audit_ppml(ppml_sample, terms, specifications, ppml),
            ],
            ignore_index=True,
        )
