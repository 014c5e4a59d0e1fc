"""Published numbers computed a second time, from the rows and by other code."""
