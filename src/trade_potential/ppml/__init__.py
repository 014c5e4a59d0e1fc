"""Poisson pseudo maximum likelihood (PPML) with fixed effects, from the rows of a panel."""
