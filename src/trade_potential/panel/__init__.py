"""The front door to models: a panel of anyone's, and fits with their tests and tables."""
