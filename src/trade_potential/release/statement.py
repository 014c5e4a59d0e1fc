"""The provenance of a release as an in-toto Statement v1 with a SLSA provenance predicate.

Forms: https://in-toto.io/Statement/v1 and https://slsa.dev/provenance/v1. Digests are SHA-256 of
files; rows that only the engine can read have a checksum of their own (macro row_digest).
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from trade_potential.release.followed import kind_of
from trade_potential.release.provenance import Run

STATEMENT = "provenance.json"
TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD = "urn:trade-potential:dbt-build:v1"
"""What a build is, and what its parameters mean: docs/operations.md, Provenance."""
BUILDER = "urn:trade-potential:publish_release"
TABLE_DIGEST = "rowsMd5Sum"
COMMIT = "commit"


def statement(
    run: Run,
    *,
    release_id: str,
    target: str,
    files: Mapping[str, str],
    versions: Mapping[str, str | None],
) -> dict[str, Any]:
    """What was released, from what, by what and when.

    Args:
        run: What the build began from, found unchanged at its end.
        release_id: Of the release.
        target: Of dbt.
        files: SHA-256 by name of every released file.
        versions: Of Python and of the packages that a number depends on.
    """
    return {
        "_type": TYPE,
        "subject": [{"name": name, "digest": {"sha256": sha}} for name, sha in files.items()],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD,
                "externalParameters": {
                    "command": "dbt build",
                    "target": target,
                    "vars": run.variables,
                },
                "internalParameters": {
                    "release_id": release_id,
                    "platform": platform.platform(),
                    "processor": platform.machine(),
                },
                "resolvedDependencies": _dependencies(run),
            },
            "runDetails": {
                "builder": {
                    "id": BUILDER,
                    "version": {name: held for name, held in versions.items() if held},
                },
                "metadata": {
                    "invocationId": run.invocation_id,
                    "startedOn": _instant(run.started_on),
                    "finishedOn": _instant(datetime.now(UTC)),
                },
            },
        },
    }


def _dependencies(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "git_commit" in run.code:
        found.append(
            {
                "name": COMMIT,
                "digest": {"gitCommit": run.code["git_commit"]},
                "annotations": {"dirty": run.code["git_dirty"]},
            }
        )
    found += [
        {
            "name": name,
            "digest": {"sha256": held.sha256},
            "annotations": {"kind": kind_of(name), "bytes": held.size},
        }
        for name, held in sorted(run.files.items())
    ]
    found += [
        {
            "name": held.place,
            "digest": {TABLE_DIGEST: held.checksum},
            "annotations": {"kind": "input", "input": name, "rows": held.rows},
        }
        for name, held in sorted(run.tables.items())
    ]
    return found


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
