"""What every estimator shares: distributions, Wald inference, results of tests."""

CONSTANT = "const"
"""Name of the constant among the terms."""
