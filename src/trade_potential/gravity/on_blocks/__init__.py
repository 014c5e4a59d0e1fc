"""Moments and scores of any DuckDB relation, its rows read in blocks of record batches."""
