"""The command table: models of a built warehouse side by side."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.cli.release_document import write_document
from trade_potential.cli.session import OK, write, write_bytes
from trade_potential.errors import InputError
from trade_potential.inference.left_out import ABSORBED, WITHOUT_COEFFICIENT
from trade_potential.inference.registry import ESTIMATORS, Dimension, Estimator

if TYPE_CHECKING:
    import duckdb

    from trade_potential.regression_table import Model

DIMENSIONS: dict[Dimension, str] = {"entity": "partner", "time": "year"}
STATISTICS = ("n_obs", "n_entities", "r_squared_within", "r_squared_between", "r_squared_overall")
TESTS = ("f_effects", "breusch_pagan_lm", "hausman_robust")


def run(args: argparse.Namespace) -> int:
    """Read the marts and write a table; returns the exit code."""
    from trade_potential.explain.tables import attached
    from trade_potential.regression_table import WORD, document, render

    if not Path(args.database).is_file():
        raise InputError(f"{args.database}: no such file; make build makes it")
    with attached(Path(args.database), args.database) as connection:
        spec = args.spec or _default_spec(connection, args.study)
        models = [_model(connection, args, spec, name) for name in args.estimator]
    caption = f"Gravity model of {args.study}, specification {spec}"
    if args.format == "json":
        write_document(args, {"caption": caption, "models": [_content(m) for m in models]}, "")
        return OK
    if args.format == WORD:
        write_bytes(args, document(models, caption=caption, digits=args.digits))
        return OK
    text = render(
        models,
        format="text" if args.format == "table" else args.format,
        caption=caption,
        digits=args.digits,
        standalone=args.format == "html",
    )
    write(args, [text])
    return OK


def _content(model: Model) -> dict[str, Any]:
    """A column as JSON has it, unrounded."""
    from dataclasses import asdict

    return {**asdict(model), "coefficients": [asdict(held) for held in model.coefficients]}


def _default_spec(connection: duckdb.DuckDBPyConnection, study: str) -> str:
    found = connection.execute(
        "select default_spec_id from marts.dim_study where study_id = ?", [study]
    ).fetchone()
    if found is None:
        rows = connection.execute("select study_id from marts.dim_study order by 1").fetchall()
        raise InputError(f"no study {study}; there are {', '.join(row[0] for row in rows)}")
    return str(found[0])


def _model(
    connection: duckdb.DuckDBPyConnection,
    args: argparse.Namespace,
    spec_id: str,
    estimator: Estimator,
) -> Model:
    """One column, from fct_gravity_diagnostics, _coefficients and _tests."""
    from trade_potential.regression_table import Coefficient, Model

    spec = ESTIMATORS[estimator]
    key = [args.study, spec_id, estimator]
    diagnostics = connection.execute(
        "select diagnostic, diagnostic_value, estimator_status, coalesce(reason, '') "
        "from marts.fct_gravity_diagnostics where study_id = ? and spec_id = ? and estimator = ?",
        key,
    ).fetchall()
    if not diagnostics:
        raise InputError(f"no estimates of {', '.join(key)}")
    values = {name: value for name, value, _, _ in diagnostics}
    status, reason = diagnostics[0][2], diagnostics[0][3]
    rows = connection.execute(
        "select term, coefficient, coefficient_se, p_value, distribution, term_status, reason "
        "from marts.fct_gravity_coefficients left join staging.stg_study__gravity_terms as terms "
        "using (spec_id, term) where study_id = ? and spec_id = ? and estimator = ? "
        "and (covariance = ? or term_status in ('absorbed', 'omitted')) "
        "order by terms.position nulls last, term",
        [*key, args.covariance],
    ).fetchall()
    coefficients = [
        Coefficient(term, status=said)
        if said in WITHOUT_COEFFICIENT
        else Coefficient(term, value, error, p_value)
        for term, value, error, p_value, _, said, _ in rows
    ]
    statistics = {name: values[name] for name in STATISTICS if name in values}
    if spec.family == "ppml" and "pseudo_r_squared" in values:
        statistics["pseudo_r_squared"] = values["pseudo_r_squared"]
    tests = connection.execute(
        "select test, p_value from marts.fct_gravity_tests where study_id = ? and spec_id = ? "
        "and p_value is not null and (estimator is null or (estimator = ? and covariance = ? "
        "and test = 'reset'))",
        [*key, args.covariance],
    ).fetchall()
    words = {said for *_, said, _ in rows}
    left_out = words & {*WITHOUT_COEFFICIENT}
    doubts = {why for *_, said, why in rows if said not in {"ok", *WITHOUT_COEFFICIENT}}
    if left_out == {ABSORBED}:  # the table itself says why
        reason = ""
    return Model(
        title="",
        estimator=estimator,
        covariance=args.covariance,
        distribution=next((law for *_, law, _, _ in rows if law), "t"),
        coefficients=tuple(coefficients) if words - left_out else (),
        statistics=statistics,
        status=status,
        reason="; ".join(filter(None, [reason, *sorted(doubts)])),
        effects={name: effect in spec.effects for effect, name in DIMENSIONS.items()},
        tests={name: p for name, p in tests if name in TESTS and spec.family == "least_squares"},
    )
