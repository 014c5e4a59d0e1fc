"""Releases in a database that others read: PostgreSQL, for BI; see docs/bi.md."""
