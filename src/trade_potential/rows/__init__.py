"""Rows of a user's file or relation: reading, keys, times, batches, and what is wrong with them."""
