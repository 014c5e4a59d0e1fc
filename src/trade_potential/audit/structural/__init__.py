"""World estimates computed a second time, from the gated inputs and by other code.

Nothing of ``trade_potential.structural`` is used, and none of the tables it read: the cells, their
regressors, the equations of the optimum, errors, pairs left out and answers are made here again.
"""
