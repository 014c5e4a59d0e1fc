"""Cases of one engine of moments alone: what the SQL of the warehouse does not do, by name.

Each is run on it all the same, and must be refused with the reason.
"""

from __future__ import annotations

WEIGHTS = "the SQL of the warehouse has no weights"
POWERS = "the SQL of the warehouse has the powers 2 and 3"

ON_SQL: dict[str, str] = {
    "test_far_from_zero.py::test_every_estimator_and_test[weight]": WEIGHTS,
    "test_far_from_zero.py::test_weights_and_outcomes_of_any_size": WEIGHTS,
    "test_far_from_zero.py::test_files_of_both_kinds": WEIGHTS,
    "test_gravity_awkward.py::test_newton_steps_on_the_rows_find_the_minimum[True]": WEIGHTS,
    "test_gravity_errors_properties.py::test_whole_weights_are_repeated_rows": WEIGHTS,
    "test_gravity_passes.py::test_moments_are_those_of_the_rows[True]": WEIGHTS,
    "test_gravity_passes.py::test_overlaps_are_those_of_a_join_of_the_rows[weighted]": WEIGHTS,
    "test_gravity_properties.py::test_whole_weights_are_repeated_rows": WEIGHTS,
    "test_gravity_reference.py::test_weights": WEIGHTS,
    "test_gravity_reference.py::test_weights_between_and_random_of_a_balanced_panel": WEIGHTS,
    "test_gravity_rows.py::test_between_from_rows[True]": WEIGHTS,
    "test_gravity_rows.py::test_from_rows[True]": WEIGHTS,
    "test_gravity_rows.py::test_weights_of_a_balanced_panel_from_rows": WEIGHTS,
    "test_gravity_twoway.py::test_unbalanced_panel[True]": WEIGHTS,
    "test_gravity_weighted_fit.py::test_every_estimator_has_the_same_measure": WEIGHTS,
    "test_gravity_weighted_fit.py::test_known_values": WEIGHTS,
    "test_gravity_weighted_fit.py::test_weights_of_entities_as_stata_takes_them": WEIGHTS,
    "test_gravity_weighted_fit.py::test_weights_of_rows_count_within_their_entity": WEIGHTS,
    "test_reset.py::test_by_covariance_and_powers[classical-powers0]": POWERS,
    "test_reset.py::test_by_covariance_and_powers[classical-powers2]": POWERS,
    "test_reset.py::test_of_weighted_rows": WEIGHTS,
    "test_reset.py::test_reset_from_rows[True]": WEIGHTS,
}
"""File and test; in brackets what of its parameters makes it such a case."""
