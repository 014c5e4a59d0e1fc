"""Every admissible specification of a study: whether a class stands, and which choice moves it."""
