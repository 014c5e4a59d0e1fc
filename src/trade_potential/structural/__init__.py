"""Gravity of world trade with exporter-year and importer-year effects."""
