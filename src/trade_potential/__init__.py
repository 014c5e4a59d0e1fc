"""Trade-potential library: indices, gravity estimators and gates behind the dbt models."""
