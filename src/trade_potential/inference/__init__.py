"""What every estimator shares: laws, Wald inference, results of tests."""

CONSTANT = "const"
"""Name of the constant among the terms."""
