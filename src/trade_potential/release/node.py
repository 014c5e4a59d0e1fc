"""The last node of the DAG: publishes what the build has made, and says what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trade_potential.errors import TradePotentialError
from trade_potential.release.causes import INPUTS, recorded
from trade_potential.release.exit_gate import Limit
from trade_potential.release.explain import Explained
from trade_potential.release.held import HeldError
from trade_potential.release.layout import CURRENT, current_id, release_id
from trade_potential.release.manifest import versions
from trade_potential.release.provenance import begun
from trade_potential.release.publish import Site, publish
from trade_potential.release.series import ENTRY, notes_of, told_of_series
from trade_potential.release.status import FAILED, HELD, PUBLISHED, result, tell
from trade_potential.release.texts import texts_of

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

LIMIT_COLUMNS = ", ".join(Limit._fields)


def publish_marts(
    session: duckdb.DuckDBPyConnection,
    *,
    marts: dict[str, duckdb.DuckDBPyRelation],
    vintages: duckdb.DuckDBPyRelation,
    limits: duckdb.DuckDBPyRelation,
    series: duckdb.DuckDBPyRelation,
    acknowledged: duckdb.DuckDBPyRelation | None = None,
    site: Site | None = None,
    say: Callable[[str], None],
) -> pd.DataFrame:
    """Publish the marts as the plan of this run says (macro plan_release).

    A release that cannot be published, or is held, is a row with a complaint, not an exception: the
    test release_is_published shows it without a traceback and fails the build. A run that is less
    than a whole build publishes nothing: its row has the status skipped and, as notes, what it
    leaves out.

    Args:
        session: Of the build; holds release.build_plan.
        marts: Rows by name of the mart.
        vintages: int_panel__vintages.
        limits: stg_study__release_limits.
        series: int_quality__series.
        acknowledged: stg_study__acknowledged_warnings.
        site: Writes the pages of a release; see ``publish``.
        say: Writes a line of the log. As soon as ``current`` has moved it says so, whatever
            becomes of the run: dbt that is interrupted runs none of the hooks at its end.
    """
    plan = json.loads(session.execute("select plan from release.build_plan").fetchall()[0][0])
    row: dict[str, Any] = {"release_id": None, "sequence": None, "complaint": None, "notes": None}
    if plan["left_out"]:
        return _frame(row | {"status": "skipped", "notes": plan["left_out"]}, plan)
    root = Path(plan["project_dir"] or ".").resolve() / plan["release_path"]
    notes: tuple[str, ...] = ()
    findings: list[str] = []
    status = FAILED
    try:
        run = begun(plan["invocation_id"])
        of_series = told_of_series(series)
        published = publish(
            root,
            marts,
            session=session,
            keys=plan["keys"],
            parts=plan["parts"],
            series=series,
            acknowledged=acknowledged,
            run_id=plan["invocation_id"],
            about={
                "target": plan["target"],
                "vars": run.variables,
                "code": run.code,
                INPUTS: recorded(run),
                ENTRY: of_series,
                "versions": versions(),
                "vintages": _vintages(marts["dim_study"], vintages),
            },
            run=run,
            explained=_explained(plan),
            site=site,
            limits=[Limit(*values) for values in limits.project(LIMIT_COLUMNS).fetchall()],
            kept=_whole("releases_kept", plan),
            limit_seconds=_whole("publish_seconds", plan),
        )
        row |= {
            "release_id": published.release.release_id,
            "sequence": published.release.sequence,
        }
        status, notes = PUBLISHED, (*published.notes, *notes_of(of_series))
    except HeldError as error:
        status, findings = HELD, error.findings
        row |= {"release_id": error.release_id, "complaint": " ".join(str(error).split())}
    except TradePotentialError as error:
        row["complaint"] = " ".join(str(error).split())
    finally:
        if _is_current(root, plan["invocation_id"]):
            say(f"{plan['release_path']}/{CURRENT} now is {current_id(root)}")
    said = result(
        status,
        run_id=plan["invocation_id"],
        release_id=row["release_id"],
        message=row["complaint"],
        findings=findings,
    )
    row["notes"] = "; ".join([*notes, *tell(root, said)])
    return _frame(row | {"status": status}, plan)


def _explained(plan: dict[str, Any]) -> Explained | None:
    """What the plan says of the marts, and where dbt has written its manifest."""
    if plan["texts"] is None:
        return None
    target = Path(plan["project_dir"] or ".").resolve() / (plan["target_path"] or "target")
    return Explained(texts_of(plan["texts"]), target / "manifest.json", plan["invocation_id"])


def _frame(row: dict[str, Any], plan: dict[str, Any]) -> pd.DataFrame:
    """The row with types, also where it holds nothing."""
    import pandas as pd

    row = row | {"release_path": plan["release_path"]}
    types = {name: "Int64" if name == "sequence" else "str" for name in sorted(row)}
    return pd.DataFrame([row]).astype(types)


def _is_current(root: Path, run_id: str) -> bool:
    """Whether the link, and no memory of what was done, says that a run has published."""
    try:
        current = current_id(root)
    except TradePotentialError:
        return False
    return current is not None and current == release_id(int(current.split("-")[0]), run_id)


def _whole(name: str, plan: dict[str, Any]) -> int:
    """A var of the project that is a whole number."""
    try:
        return int(str(plan[name]))
    except ValueError:
        raise TradePotentialError(
            f"dbt_project.yml: the var {name} is {plan[name]!r}, not a whole number"
        ) from None


def _vintages(
    studies: duckdb.DuckDBPyRelation, vintages: duckdb.DuckDBPyRelation
) -> dict[str, dict[str, str | None]]:
    """By study: its as-of date, and the oldest and newest vintage that its numbers rest on."""
    used = {
        study: (str(oldest), str(newest))
        for study, oldest, newest in vintages.aggregate(
            "study_id, min(vintage_date), max(vintage_date)", "study_id"
        ).fetchall()
    }
    dates = studies.project("study_id, as_of_date").order("study_id").fetchall()
    return {
        study: {
            "as_of_date": str(as_of),
            "oldest_vintage": used.get(study, (None, None))[0],
            "newest_vintage": used.get(study, (None, None))[1],
        }
        for study, as_of in dates
    }
