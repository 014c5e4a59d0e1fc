"""An economist's own series by partner and year, read from a file into rows of own_outcomes."""

from trade_potential.outcome.read import read_outcome
from trade_potential.outcome.series import Outcome, OutcomeRow

__all__ = ["Outcome", "OutcomeRow", "read_outcome"]
