"""Every published mart a second time, from the gated figures and the rows of the studies."""
