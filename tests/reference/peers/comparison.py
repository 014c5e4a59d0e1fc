"""All comparisons, and what among them no convention explains."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan

from tests.reference.outside import page
from tests.reference.peers import compare, compare_nist, compare_ppml, compare_tests, published
from tests.reference.peers.compare import LARGEST, Cell
from tests.reference.peers.make_data import STUDIES


@dataclass(frozen=True)
class Comparison:
    """Everything the page shows.

    Attributes:
        cells: Calls on the four panels.
        tests: Specification tests on them.
        ppml, published, nist: The rest.
        outside: Other people's studies.
    """

    cells: list[Cell]
    tests: list[compare_tests.TestCell]
    ppml: list[compare_ppml.PpmlCell]
    published: list[tuple[published.Printed, list[tuple[str, str, float, bool]]]]
    nist: list[compare_nist.NistRow]
    outside: page.Found = field(default_factory=list)

    @classmethod
    def made(cls) -> Comparison:
        """Computed now."""
        return cls(
            cells=[cell for dataset in STUDIES for cell in compare.cells(dataset)],
            tests=[cell for name in STUDIES for cell in compare_tests.compare_tests(name)],
            ppml=compare_ppml.compare_ppml(),
            published=[(item, list(published.reproduced(item))) for item in published.PRINTED],
            nist=compare_nist.compare_nist(),
            outside=page.compared(),
        )

    @property
    def unexplained(self) -> list[str]:
        """Differences above the limit that no convention explains."""
        gaps = [(cell.name, cell.gap) for cell in self.cells if not isnan(cell.factor)]
        gaps += [
            (f"{cell.dataset} | {cell.test} | {cell.peer}", cell.gap)
            for cell in self.tests
            if not cell.refusal
        ]
        for item in self.ppml:
            name = f"ppml | {item.effects} | {item.covariance}"
            gaps += [(f"{name} | statsmodels", max(item.glm, item.glm_error))]
            gaps += [(f"{name} | pyfixest, tight", max(item.tight, item.tight_error))]
        wrong = [f"{name}: {gap:.1e}" for name, gap in gaps if not gap <= LARGEST]
        for column, found in self.published:
            wrong += [
                f"{column.sample} | {column.estimator} | {name}: {ours!r} for a printed {text}"
                for name, text, ours, same in found
                if not same
            ]
        return wrong + page.unexplained(self.outside)
