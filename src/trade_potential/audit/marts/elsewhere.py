"""Columns of marts that this room does not make again, and why not."""

from __future__ import annotations

ELSEWHERE: dict[str, dict[str, str]] = {
    "dim_country": {"*": ""},
    "dim_potential_class": {"*": ""},
    "dim_specification": {"*": ""},
    "dim_study": {"*": ""},
    "fct_country_effects": {"*": ""},
    "fct_quality_results": {"*": ""},
    "rpt_answer": {"*": ""},
    "rpt_answer_differences": {"*": ""},
    "rpt_printed_consistency": {"*": ""},
    "rpt_replication": {"*": ""},
    "rpt_replication_findings": {"*": ""},
}
"""By mart and column. "*", every column of a mart, stands while its check is being written: remove
it with the check."""
