"""Results of estimators as typed tables: between the warehouse and the library."""
