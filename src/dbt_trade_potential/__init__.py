"""What dbt loads before it reads the project: what a build begins from is noted, seeds are checked.

dbt imports every installed module called dbt_* and starts the classes in `plugins`. That is the
one place before dbt itself opens the seeds, and dbt opens them with a traceback where a file is
not UTF-8 and with half a message where a row has too many values.
"""

from __future__ import annotations

import gc
import os
import sys
from functools import partial
from pathlib import Path

from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin
from dbt_common.exceptions import DbtRuntimeError
from dbt_common.invocation import get_invocation_id

from dbt import selected_resources
from trade_potential.apart import stand_by
from trade_potential.errors import InputError
from trade_potential.limits import memory_limit
from trade_potential.quality import complaints, own_folder
from trade_potential.quality.answers import FUNCTIONS
from trade_potential.quality.seed_files import complaints_of_seeds
from trade_potential.quality.source_files import complaints_of_sources
from trade_potential.release import last_gate, provenance

PROJECT = "trade_potential"
MEMORY_LIMIT = "TRADE_POTENTIAL_MEMORY_LIMIT"
"""Of DuckDB, as profiles/profiles.yml reads it."""
WITHOUT_SEEDS = ("clean", "debug", "deps")
"""Commands that read no seed."""
GC_THRESHOLDS = (100_000, 20, 20)
"""dbt keeps its manifest to the end: walking it as often as Python does is a tenth of a build."""
AHEAD = ("great_expectations", "trade_potential.quality.gate", "trade_potential.audit.models")
"""What a whole build computes in a process of its own imports these, which takes seconds."""

FUNCTIONS.update(provenance.FUNCTIONS | own_folder.FUNCTIONS | last_gate.FUNCTIONS)
# A process may run dbt more than once: what it has imported, not what lies there later.
provenance.library()


class SeedFiles(dbtPlugin):
    """Stops a dbt command whose seeds could not be loaded as they are meant."""

    def initialize(self) -> None:
        """Check every seed and Parquet file; other projects of the environment are passed over.

        Raises:
            DbtRuntimeError: With one line per refused cell, row or file, or the limit on memory.
        """
        if self.project_name != PROJECT:
            return
        gc.set_threshold(*GC_THRESHOLDS)
        # Of the command before in the same process: `dbt retry` sets no selection of its own.
        selected_resources.set_selected_resources(set())
        flags = get_flags()  # type: ignore[no-untyped-call]  # dbt leaves it untyped
        if getattr(flags, "WHICH", "") in WITHOUT_SEEDS:
            return
        project = Path(getattr(flags, "PROJECT_DIR", None) or ".")
        target = project / (getattr(flags, "TARGET_PATH", None) or "target")
        try:
            complaints.forget(target)
            memory_limit(os.environ.get(MEMORY_LIMIT, "4GB"))
        except OSError as error:
            said = f"{error.filename} of an earlier run cannot be removed: {error.strerror}"
            raise DbtRuntimeError(f"{said}; nothing was run") from None
        except InputError as error:
            raise DbtRuntimeError(f"{MEMORY_LIMIT}: {error}; nothing was run") from None
        variables = dict(getattr(flags, "VARS", None) or {})
        own = own_folder.located(project, variables.get("own_folder"))
        if getattr(flags, "WHICH", "") in ("build", "retry"):  # what runs the hooks of a build
            outside = partial(own_folder.followed_files, project, variables.get("own_folder"))
            if outside():  # where a release is built again, its rows of one's own lie here
                variables["own_folder"] = str(own.path.resolve())
            provenance.begin(get_invocation_id(), project.resolve(), variables, outside)
        found = [complaints_of_seeds(project), complaints_of_sources(project)]
        refused = complaints.told([*found, own_folder.complaints_of_own(own)])
        is_whole = getattr(flags, "WHICH", "") == "build" and not getattr(flags, "SELECT", None)
        if refused.lines:
            complaints.write(target, get_invocation_id(), refused.complaints)
            if is_whole and not getattr(flags, "EXCLUDE", None):
                root = last_gate.root_of(project, variables)
                last_gate.report_refused(root, refused.complaints, get_invocation_id())
            said = "\n  ".join(refused.lines)
            raise DbtRuntimeError(f"Rejected before anything was loaded:\n  {said}")
        if is_whole and AHEAD[0] not in sys.modules:
            stand_by(*AHEAD)


plugins = [SeedFiles]
