"""An index of anyone's table: from rows to weights, scores and factor tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

from trade_potential.errors import InputError
from trade_potential.rows.model_columns import names_of
from trade_potential.rows.workspace import MEMORY_LIMIT, Workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from trade_potential.index.components import ComponentRule
    from trade_potential.index.estimate import IndexSettings
    from trade_potential.index.fit import IndexFit
    from trade_potential.index.on_duckdb import ScaledTable
    from trade_potential.linalg import FloatArray
    from trade_potential.rows.source import Source
    from trade_potential.rows.table import Loss

THRESHOLDS = {"eigenvalue": 1.0, "cumulative_share": 0.8}
"""Of the rules that have one, unless the user says otherwise (Kaiser 1960)."""


def checked_threshold(
    indicators: Sequence[str],
    labels: Collection[str],
    *,
    component_rule: str,
    component_threshold: float | None,
    anchor: str | None,
) -> float | None:
    """The threshold of a rule, after all checks of the settings that need no rows.

    Raises:
        InputError: No or repeated columns, a label with the name of a result, an anchor that is no
            indicator, or a threshold that does not fit the rule.
    """
    if not indicators:
        raise InputError("an index needs a list of indicators")
    for names in (indicators, labels):
        repeated = sorted({name for name in names if list(names).count(name) > 1})
        if repeated:
            raise InputError(f"{', '.join(repeated)} is named twice")
    if anchor is not None and anchor not in indicators:
        raise InputError(f"anchor {anchor} is none of the indicators")
    taken = sorted({"score", "index"} & set(labels))
    if taken:
        raise InputError(f"an id column is called {taken[0]}, a name of the result")
    if component_threshold is None:
        return THRESHOLDS.get(component_rule)
    limit = 1.0 if component_rule == "cumulative_share" else float("inf")
    is_number = isinstance(component_threshold, int | float)
    if not (is_number and 0.0 < component_threshold <= limit):
        said = f"{component_threshold:g}" if is_number else repr(component_threshold)
        raise InputError(f"component threshold {said} does not fit {component_rule}")
    return component_threshold


class Index:
    """Rows with indicators, read once, from which an index is computed.

    It owns a database in memory with all names in it; both end with ``close``, at the end of a
    ``with`` block, or when neither the index nor a fit of it is referred to any more.

    Attributes:
        indicators: Names of the p columns.
        labels: Names of the id columns, or ``row``: rows of a file count from 1, others from 0.
        ledger: Rows lost, by step and reason.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: IndexSettings,
        *,
        name: str,
        indicators: Sequence[str],
        labels: Sequence[str],
        ledger: Sequence[Loss],
        rows: int,
        progress: Callable[[str], None],
    ) -> None:
        """Of rows that are read; ``read`` is the way in."""
        self.indicators, self.labels, self.ledger = list(indicators), list(labels), tuple(ledger)
        self._workspace, self._settings, self._name = workspace, settings, name
        self._rows, self._progress = rows, progress

    @classmethod
    def read(
        cls,
        source: Source,
        *,
        indicators: Sequence[str],
        id: Sequence[str] | str | None = None,  # noqa: A002  the word of the command line
        component_rule: ComponentRule = "eigenvalue",
        component_threshold: float | None = None,
        anchor: str | None = None,
        threads: int | None = None,
        memory_limit: str = MEMORY_LIMIT,
        name: str | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Index:
        """Read a table, keep the rows that have every indicator, and count the others.

        Args:
            source: Path of a .csv, .csv.gz, .tsv or .parquet file, a DuckDB relation, a frame of
                pandas or Polars, an Arrow table, or anything that gives an Arrow stream.
            indicators: Columns of numbers, turned so that more is better.
            id: Columns that label the scores; without, the number of the row does.
            component_rule: Which components are kept: ``eigenvalue`` (those above the threshold,
                but at least one), ``cumulative_share`` (the fewest with that share of the
                variance) or ``all``.
            component_threshold: By default 1 of eigenvalue, 0.8 of cumulative_share.
            anchor: Indicator that loads positively on the first component; by default the first.
            threads: Of DuckDB; None: all cores.
            memory_limit: Of DuckDB; rows beyond it go to a temporary directory.
            name: What messages call a source that is no file; by default its type.
            progress: Called with the name of each step that takes a pass over the rows.

        Raises:
            InputError: The message names table, row, column and rule.
        """
        from trade_potential.index.estimate import IndexSettings
        from trade_potential.rows.source import open_table, source_name
        from trade_potential.rows.table import keep_complete

        indicators = names_of("indicators", indicators)
        labels = [id] if isinstance(id, str) else names_of("id", () if id is None else id)
        threshold = checked_threshold(
            indicators,
            labels,
            component_rule=component_rule,
            component_threshold=component_threshold,
            anchor=anchor,
        )
        settings = IndexSettings(
            method="pca",
            component_rule=component_rule,
            component_threshold=threshold,
            anchor=anchor or indicators[0],
        )
        name = source_name(source, name)
        workspace = Workspace(memory_limit=memory_limit, threads=threads)
        try:
            with workspace.told(name):
                connection = workspace.connection
                table = open_table(connection, source, used={*labels, *indicators}, name=name)
                rows = table.read(connection, keys=labels, values=list(indicators))
                slots = {f"v{k}": column for k, column in enumerate(indicators)}
                ledger = keep_complete(connection, table, {"indicators": slots})
        except BaseException:
            workspace.close()
            raise
        return cls(
            workspace,
            settings,
            name=name,
            indicators=indicators,
            labels=labels or ["row"],
            ledger=ledger,
            rows=rows,
            progress=progress,
        )

    @cached_property
    def _scaled(self) -> ScaledTable:
        """Correlations, from one pass over the rows."""
        from trade_potential.index.on_duckdb import table_correlation

        self._progress(f"moments of {self._rows} rows")
        with self._workspace.told(self._name):
            return table_correlation(
                self._workspace.connection, "sample", variables=self.indicators
            )

    def fit(self) -> IndexFit:
        """Factor tests, components and weights.

        Samples of which there is no index have a status and a reason, and no exception; see
        ``IndexFit``.

        Raises:
            InputError: An indicator is too large or too small to square.
        """
        from trade_potential.index.estimate import estimate_index
        from trade_potential.index.fit import IndexFit

        scaled = self._scaled
        self._progress("solving")
        estimate = estimate_index(scaled.correlation, self._settings)
        reason = "; ".join(filter(None, [estimate.reason, scaled.note]))
        estimate = replace(estimate, reason=reason)
        return IndexFit(
            estimate, tuple(self.labels), self.ledger, partial(self._scores, estimate.weights)
        )

    def _scores(self, weights: FloatArray) -> Iterator[pa.RecordBatch]:
        from trade_potential.index.on_duckdb import index_scores

        with self._workspace.told(self._name):
            yield from index_scores(
                self._workspace.connection,
                "sample",
                self._scaled,
                weights,
                n_keys=len(self.labels),
            )

    def __enter__(self) -> Self:
        """The index, which the end of the block closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the rows; fits keep their numbers, but not the scores of rows."""
        self._workspace.close()
