"""A panel of anyone's, and the models fitted to it: from a table to coefficients and tests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Self, cast

from trade_potential.errors import InputError
from trade_potential.gravity.engine import EngineName, engine_of
from trade_potential.gravity.fitted_rows import FittedRows, Progress, silent
from trade_potential.gravity.reset import RESET_POWERS
from trade_potential.gravity.solution import Solution, joint_test
from trade_potential.inference.registry import COVARIANCES, ESTIMATORS
from trade_potential.panel.least_squares import least_squares_fit
from trade_potential.panel.panel_rows import PanelRows
from trade_potential.panel.read import Effects, PanelTable
from trade_potential.panel.requests import refuse_request
from trade_potential.rows.model_columns import Columns, names_of
from trade_potential.rows.source import source_name
from trade_potential.rows.workspace import MEMORY_LIMIT, Workspace

if TYPE_CHECKING:
    from trade_potential.gravity.covariance import Sandwich
    from trade_potential.gravity.estimate import Estimate
    from trade_potential.gravity.moments import PanelMoments
    from trade_potential.inference.registry import Covariance, Estimator
    from trade_potential.inference.test_result import TestResult
    from trade_potential.panel.fit import Fit
    from trade_potential.panel.requests import Powers
    from trade_potential.rows.source import Source
    from trade_potential.rows.table import Loss


class Panel:
    """Rows of entities over time, read once, on which models are fitted.

    It owns a database in memory with all names in it; both end with ``close``, at the end of a
    ``with`` block, or when neither the panel nor a fit of it is referred to any more. Threads may
    share it: they take turns.
    """

    def __init__(self, rows: PanelRows) -> None:
        """Of rows that are read; ``read`` is the way in."""
        self._rows = rows

    @classmethod
    def read(
        cls,
        source: Source,
        *,
        outcome: str,
        regressors: Sequence[str],
        entity: str,
        time: str | None = None,
        weights: str | None = None,
        effects: Effects = (),
        log_outcome: bool = False,
        engine: EngineName = "blocks",
        threads: int | None = None,
        memory_limit: str = MEMORY_LIMIT,
        name: str | None = None,
        progress: Progress = silent,
    ) -> Panel:
        """Read a table, keep the rows that have every value, and count the others.

        Args:
            source: Path of a .csv, .csv.gz, .tsv or .parquet file, a DuckDB relation, a frame of
                pandas or Polars, an Arrow table, or anything that gives an Arrow stream. Files of
                Parquet stay where they are; all else is copied, and may change afterwards.
            outcome: Column of the dependent variable.
            regressors: Columns of the regressors, as they enter, without a constant.
            entity: Column of the entity; of trade, the pair of countries.
            time: Column of the time; without, entities have rows in no order, and what needs times
                is refused: ppml, twoway effects, and covariances over rows and times.
            weights: Column of positive weights, scaled to a mean of 1.
            effects: Fixed effects of ppml: columns, or combinations written exporter^year.
            log_outcome: Whether the logarithm of the outcome enters; ppml takes it as it is.
            engine: How rows become moments: ``blocks`` of them in numpy, or ``sql``, by the very
                SQL of the warehouse. Numbers agree but for rounding.
            threads: Of DuckDB; None: all cores.
            memory_limit: Of DuckDB; rows beyond it go to a temporary directory.
            name: What messages call a source that is no file; by default its type.
            progress: Called with the name of each step that takes a pass over the rows.

        Raises:
            InputError: The message names table, row, column and rule.
        """
        columns = Columns(outcome, names_of("regressors", regressors), entity, time, (), weights)
        how = engine_of(engine)
        workspace = Workspace(memory_limit=memory_limit, threads=threads)
        try:
            with workspace.told(source_name(source, name)):
                table = PanelTable.read(workspace.connection, source, columns, effects, name)
        except BaseException:
            workspace.close()
            raise
        return cls(PanelRows(workspace, table, how, progress, log_outcome=log_outcome))

    def __enter__(self) -> Self:
        """The panel, which the end of the block closes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the rows; fits keep their numbers, but not what is asked of rows."""
        self._rows.close()

    @property
    def ledger(self) -> tuple[Loss, ...]:
        """Rows of the table that no model has, by step and reason."""
        return self._rows.table.ledger

    def fitted_rows(self, *, with_times: bool = False) -> FittedRows:
        """Moments, estimates and passes over the rows, for whoever needs more than ``fit``.

        Args:
            with_times: Whether the moments must hold the times of the rows, which take longer.

        Raises:
            InputError: The panel has no times; or no outcome is positive of which the logarithm is
                taken.
        """
        return self._rows.fitted(with_times=with_times)

    def moments(self, *, with_times: bool = False) -> PanelMoments:
        """Means and products of the columns, of which least squares are computed."""
        return self.fitted_rows(with_times=with_times).rows.moments

    def fit(self, estimator: str, covariance: str | None = None, **settings: Any) -> Fit:
        """Fit one model; arguments as ``fits``."""
        return self.fits([estimator], covariance, **settings)[0]

    def fits(
        self,
        estimators: Sequence[str],
        covariance: str | None = None,
        *,
        confidence_level: float = 0.95,
        strict: bool = False,
        correction: str | None = None,
    ) -> list[Fit]:
        """Fit models of the same rows.

        Args:
            estimators: pooled, between, within (effects of entities), twoway (of entities and
                times), random (Swamy and Arora), mundlak (correlated random effects), ppml.
            covariance: classical (default), robust (default of ppml), clustered by entity,
                clustered_twoway by entity and time, driscoll_kraay. between has the first three,
                ppml all but the last.
            confidence_level: Of the intervals; tests decide at the rest.
            strict: Whether a model is refused (``rank_deficient``) where a regressor has no
                coefficient.
            correction: Of the covariances of ppml for small samples: small_sample (default),
                ppmlhdfe or none.

        Returns:
            One fit each, in the order asked for. What cannot be estimated is a fit without numbers
            with a status and a reason.

        Raises:
            InputError: An estimator or covariance is unknown, or they do not go together; times are
                needed and not there, or have no order.
        """
        refuse_request(estimators, covariance, confidence_level, correction)
        of_moments = [n for n in estimators if ESTIMATORS[n].family == "least_squares"]
        found = self._fits_of_moments(of_moments, covariance, level=confidence_level, strict=strict)
        for name in cast("Sequence[Any]", estimators):
            if name not in found:
                from trade_potential.panel.ppml import ppml_fit

                found[name] = ppml_fit(
                    self._rows.arrays(),
                    self._rows.table.names,
                    self._rows.table.ledger,
                    covariance=cast("Any", covariance) or ESTIMATORS[name].base_covariance,
                    correction=cast("Any", correction) or "small_sample",
                    confidence_level=confidence_level,
                    strict=strict,
                )
        return [found[name] for name in estimators]

    def only_ppml(self) -> None:
        """Hold the rows as arrays and let go of the database: nothing but ppml can be fitted then.

        It takes all rows at once, which then do not stand beside those of the database.
        """
        self._rows.arrays()
        self.close()

    def _fits_of_moments(
        self, estimators: Sequence[Any], covariance: Any, *, level: float, strict: bool
    ) -> dict[str, Fit]:
        if not estimators:
            return {}
        kinds = {name: covariance or ESTIMATORS[name].base_covariance for name in estimators}
        rows = self._rows.fitted(
            with_times=any(
                ESTIMATORS[name].needs_time or COVARIANCES[kind].over_rows
                for name, kind in kinds.items()
            )
        )
        asked = frozenset(estimators) if strict else frozenset()
        _, table = self._rows.of_least_squares()
        known = {
            "columns": table.names,
            "outcome": self._rows.outcome,
            "nobs": rows.rows.moments.n_obs,
            "n_entities": rows.rows.moments.n_entities,
            "confidence_level": level,
            "ledger": table.ledger,
        }
        with self._rows.told():
            solution = rows.solution(asked)
            found = {name: self._errors(solution, name, kind) for name, kind in kinds.items()}
        return {
            name: least_squares_fit(
                solution.fits[name],
                kinds[name],
                errors,
                find_tests=cache(
                    partial(self._tests, solution.fits[name], errors, asked, kinds[name])
                ),
                find_values=partial(self._rows.values, solution.fits[name]),
                **known,
            )
            for name, errors in found.items()
        }

    def _errors(
        self, solution: Solution, estimator: Estimator, kind: Covariance
    ) -> Sandwich | None:
        if kind != "classical" and solution.fits[estimator].is_estimated:
            self._rows.progress(f"scores of {estimator}")
        try:
            return solution.errors(estimator, kind)
        except InputError as error:
            table = self._rows.table
            where = f"{table.name}: column {table.names.time}"
            raise InputError(f"{where}: {error}") from error

    def _tests(
        self,
        estimate: Estimate,
        errors: Sandwich | None,
        strict: frozenset[Estimator],
        kind: Covariance,
        powers: Powers | None,
    ) -> tuple[TestResult, ...]:
        """Tests of the sample, RESET by a covariance, and the one of a model."""
        rows = self._rows.fitted(with_times=self._rows.table.names.time is not None)
        with self._rows.told():
            of_sample = rows.tests(strict)
            form = rows.reset(kind, powers or RESET_POWERS, strict)
        return (*of_sample, form, *([joint_test(estimate, errors)] if errors else []))
