"""SQL that dbt and the library share, and how names and values enter it."""
