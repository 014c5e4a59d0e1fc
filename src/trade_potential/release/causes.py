"""What moved the numbers of a study from one release to the next: declared, figures or code."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from trade_potential.release.answers import LIMITS
from trade_potential.release.followed import kind_of
from trade_potential.release.noise import FLOATING

if TYPE_CHECKING:
    from trade_potential.release.pair import Pairs
    from trade_potential.release.provenance import Run

SPECIFICATION, FIGURES, CODE = CAUSES = "specification", "figures", "code"
NAMES = {"study_name", "spec_name", "index_name", "description"}
"""Columns of studies and specifications that say nothing of how they are computed."""
INPUTS = "inputs"
"""Entry of the manifest (``recorded``)."""
STUDY_ROWS = "seeds/study/"
UNREAD = (f"{STUDY_ROWS}release_limits.csv", f"{STUDY_ROWS}acknowledged_warnings.csv")
"""Rows from which no number is computed."""
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
        cuts = {
            study for study, *_ in pairs.moved_rows("dim_potential_class", LIMITS, ["study_id"])
        }
        self._declared = cuts | _moved(pairs, "dim_study", "study_id")
        self._specs = _moved(pairs, "dim_specification", "spec_id")
        self._specs |= _moved(pairs, "dim_index_specification", "index_spec_id")
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
        self._recorded = _differing(before, after)

    def add_figures(self, studies: Iterable[str]) -> None:
        """Studies whose recorded trade has moved."""
        self._figures |= set(studies)

    def of(self, study: str | None, spec: str | None = None) -> str:
        """The cause of what moved in a study or, without one, anywhere."""
        specs = {spec, self._index_of.get(spec or "")} - {None}
        declared = (
            study in self._declared or bool(specs & self._specs)
            if study
            else bool(self._declared or self._specs)
        )
        if declared:
            return SPECIFICATION
        figures = study in self._figures if study else bool(self._figures)
        if self._recorded is None:
            return FIGURES if figures else CODE
        # A change of code moves figures of the marts, too: what the build read decides.
        if FIGURES in self._recorded:
            return FIGURES
        return SPECIFICATION if SPECIFICATION in self._recorded else CODE


def recorded(run: Run) -> dict[str, str]:
    """Digests of the figures and of the rows of studies that a build has read (INPUTS)."""
    read: dict[str, list[str]] = {SPECIFICATION: [], FIGURES: []}
    for name, state in sorted(run.files.items()):
        if name in UNREAD or name.startswith("tests/"):
            continue
        if name.startswith(STUDY_ROWS):
            read[SPECIFICATION].append(f"{name} {state.sha256}")
        elif kind_of(name) in ("input", "seed"):
            read[FIGURES].append(f"{name} {state.sha256}")
    read[FIGURES] += [f"{name} {table.checksum}" for name, table in sorted(run.tables.items())]
    return {what: sha256("\n".join(held).encode()).hexdigest() for what, held in read.items()}


def _moved(pairs: Pairs, mart: str, identity: str) -> set[str]:
    """Studies or specifications in both releases that are declared in another way."""
    pair = pairs.comparable(mart)
    if pair is None or pair.is_same or identity not in pair.shared:
        return set()
    return pair.values_where_moved([n for n in pair.shared if n not in NAMES], identity)


def _differing(before: Manifest, after: Manifest) -> set[str] | None:
    """What two builds have read otherwise; None where one of them does not say."""
    was, now = before.get(INPUTS), after.get(INPUTS)
    if not isinstance(was, dict) or not isinstance(now, dict):
        return None
    return {what for what, digest in now.items() if was.get(what) != digest}
