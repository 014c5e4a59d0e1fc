"""Columns of marts that this room does not make again, and why not."""

from __future__ import annotations

ELSEWHERE: dict[str, dict[str, str]] = {
    "dim_country": {"*": ""},
    "dim_potential_class": {"*": ""},
    "dim_specification": {"*": ""},
    "dim_study": {"*": ""},
    "fct_country_effects": {"*": ""},
    "fct_gravity_coefficients": {"*": ""},
    "fct_gravity_descriptives": {"*": ""},
    "fct_gravity_diagnostics": {"*": ""},
    "fct_gravity_tests": {"*": ""},
    "fct_quality_results": {"*": ""},
    "fct_row_ledger": {"*": ""},
    "fct_trade_potential": {"*": ""},
    "rpt_answer": {"*": ""},
    "rpt_answer_differences": {"*": ""},
    "rpt_estimator_comparison": {"*": ""},
    "rpt_printed_consistency": {"*": ""},
    "rpt_replication": {"*": ""},
    "rpt_replication_findings": {"*": ""},
    "rpt_trade_potential": {"*": ""},
    "rpt_trade_potential_v1": {"*": ""},
}
"""By mart and column. "*", every column of a mart, stands while its check is being written: remove
it with the check."""
