"""Gravity estimators on sufficient statistics of a panel."""
