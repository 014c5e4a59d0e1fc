"""Columns of marts that this room does not make again, and why not."""

from __future__ import annotations

VERIFIED_ANSWERS = (
    *("potential_class", "lasting_class", "pair_out_method", "size_band", "band_pairs", "n_years"),
    *("actual_usd", "predicted_usd", "predicted_pair_out_usd", "k_ratio", "k_median_of_band"),
    *("k_percentile", "class_share", "k_pair_out_ratio", "k_lasting_median"),
    *("is_unreported", "class_depends_on_own_trade"),
    *("probability_status", "answer_certainty", "probability_huge", "probability_expansion"),
    *("probability_reshaping", "new_year_probability", "k_line_log_se", "k_lasting_ci_low"),
    *("k_lasting_ci_high", "k_new_year_ci_low", "k_new_year_ci_high"),
)
"""Columns of rpt_answer that the audit of the world makes again from cells and predictions."""

ELSEWHERE: dict[str, dict[str, str]] = {
    "rpt_answer": dict.fromkeys(VERIFIED_ANSWERS, "est_audit_answers, every row with a prediction"),
    "fct_track_record": {
        **dict.fromkeys(("is_current",), "python -m research.track_record --check"),
        **dict.fromkeys(
            ("n_draws",), "only placebos have it: drawn worlds, tests/unit/test_track_rivals.py"
        ),
    },
    "fct_multiverse": {"status": "digests of the build, tests/unit/test_multiverse_stored.py"},
    "rpt_class_robustness": {"robust_least_share": "the var robust_class_share, as it is"},
}
"""By mart and column."""
