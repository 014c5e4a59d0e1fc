"""Does it come true: what K said at a cut-off, beside what trade did afterwards."""
