"""Moments and scores of any DuckDB relation, by the SQL of the warehouse."""
