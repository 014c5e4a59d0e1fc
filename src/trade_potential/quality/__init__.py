"""Gate of the inputs: Great Expectations suites and their results as a table."""
