"""What moved the numbers of a study from one release to the next: declared, figures or code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from trade_potential.release.answers import LIMITS
from trade_potential.release.noise import FLOATING

if TYPE_CHECKING:
    from trade_potential.release.pair import Pairs

SPECIFICATION, FIGURES, CODE = CAUSES = "specification", "figures", "code"
NAMES = {"study_name", "spec_name", "description"}
"""Columns of studies and specifications that say nothing of how they are computed."""
STUDY_FIGURES = "fct_country_year"

Manifest = dict[str, Any]


class Causes:
    """Causes by study and specification, from the marts and manifests of two releases.

    What a study declares comes first: after it has changed, everything may move. Then its figures,
    and what is left is the code: the project's, that of its packages, or the machine's. All causes
    count together where a measure is not of one study.
    """

    def __init__(self, pairs: Pairs, before: Manifest, after: Manifest) -> None:
        """Of two releases and their manifests."""
        self._all_declared = bool(pairs.moved_rows("dim_potential_class", LIMITS, []))
        self._declared = _moved(pairs, "dim_study", "study_id")
        self._specs = _moved(pairs, "dim_specification", "spec_id")
        self._index_of = pairs.index_specifications()
        self._figures = {
            study
            for study, said in after.get("vintages", {}).items()
            if study in before.get("vintages", {}) and before["vintages"][study] != said
        }
        panel = pairs.comparable(STUDY_FIGURES)
        if panel is not None and not panel.is_same and "study_id" in panel.shared:
            numbers = [name for name in panel.shared if panel.types[name] in FLOATING]
            self._figures |= panel.values_where_moved(numbers, "study_id")
        self._inputs_moved = _differs(before, after, "inputs")

    def add_figures(self, studies: Iterable[str]) -> None:
        """Studies whose recorded trade has moved."""
        self._figures |= set(studies)

    def of(self, study: str | None, spec: str | None = None) -> str:
        """The cause of what moved in a study or, without one, anywhere."""
        specs = {spec, self._index_of.get(spec or "")} - {None}
        declared = self._all_declared or (
            study in self._declared or bool(specs & self._specs)
            if study
            else bool(self._declared or self._specs)
        )
        if declared:
            return SPECIFICATION
        figures = study in self._figures if study else bool(self._figures)
        # A change of code can move figures, too: where the inputs are recorded, they decide.
        if figures if self._inputs_moved is None else self._inputs_moved:
            return FIGURES
        return CODE


def _moved(pairs: Pairs, mart: str, identity: str) -> set[str]:
    """Studies or specifications in both releases that are declared in another way."""
    pair = pairs.comparable(mart)
    if pair is None or pair.is_same or identity not in pair.shared:
        return set()
    return pair.values_where_moved([n for n in pair.shared if n not in NAMES], identity)


def _differs(before: Manifest, after: Manifest, entry: str) -> bool | None:
    """Whether an entry of the manifests differs; None where one of them has none."""
    if entry not in before or entry not in after:
        return None
    return bool(before[entry] != after[entry])
