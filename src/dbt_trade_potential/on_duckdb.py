"""What dbt-duckdb loads before it connects (``plugins`` of profiles/profiles.yml).

The database is opened before any hook of the project runs, so that this is the place to make its
folder, and to refuse what DuckDB would fetch an extension for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from trade_potential.quality.answers import answered
from trade_potential.quality.parquet_files import complaint_of_parquet
from trade_potential.release.status import tell_failed

if TYPE_CHECKING:
    import duckdb
    from dbt.adapters.duckdb.credentials import DuckDBCredentials

SCHEME = re.compile(r"([A-Za-z0-9_]{2,}):")
EXTENSION = """
    select extension_name from duckdb_extensions()
    where (extension_name = $scheme or list_contains(aliases, $scheme)) and not installed
"""


class Plugin(BasePlugin):  # type: ignore[misc]  # mypy passes over adapters
    """Makes the folder of the database, fetches nothing, and tells unreadable Parquet files."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Refuse a database that DuckDB would fetch an extension for; make the folder of a file.

        Raises:
            DbtRuntimeError: The extension is not installed, or the folder cannot be made or used.
        """
        if not config.get("autoinstall_known_extensions", True):
            for setting, path in _databases(creds):
                extension = _missing_extension(path)
                if extension:
                    raise DbtRuntimeError(
                        f"{setting} is {path}: DuckDB needs its extension {extension}, which is not"
                        " installed, and fetches none"
                        " (config_options: autoinstall_known_extensions in profiles/profiles.yml)"
                    )
        if creds.path != ":memory:" and not SCHEME.match(creds.path):
            folder = Path(creds.path).absolute().parent
            if "?" in str(folder):  # its log of changes would lie elsewhere: x.wal?/...
                raise DbtRuntimeError(
                    f"{creds.path}: DuckDB reads no database in a folder whose path has a ?,"
                    f" such as {folder} (TRADE_POTENTIAL_DUCKDB, or path in profiles/profiles.yml)"
                )
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DbtRuntimeError(
                    f"{creds.path}: its folder {folder} cannot be made: {error.strerror}"
                    " (TRADE_POTENTIAL_DUCKDB, or path in profiles/profiles.yml)"
                ) from error

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Give macros what SQL cannot do: look at a file without failing, and ask the library."""
        conn.create_function("complaint_of_parquet", complaint_of_parquet, ["varchar"], "varchar")
        conn.create_function(
            "answered", answered, ["varchar", "varchar"], "varchar", side_effects=True
        )
        conn.create_function(
            "tell_failed", tell_failed, ["varchar"] * 3, "varchar", side_effects=True
        )


def _databases(creds: DuckDBCredentials) -> Iterator[tuple[str, str]]:
    """Databases that are opened, and the setting that names each; not those whose extension is."""
    yield "path in profiles/profiles.yml (TRADE_POTENTIAL_DUCKDB)", creds.path
    if not creds.extensions:
        for attached in creds.attach or []:
            yield "attach in profiles/profiles.yml", attached.path


def _missing_extension(path: str) -> str | None:
    """Name of the extension that a path needs and this machine does not have."""
    import duckdb

    scheme = SCHEME.match(path)
    if scheme is None:
        return None
    with duckdb.connect() as memory:
        found = memory.execute(EXTENSION, {"scheme": scheme[1].lower()}).fetchone()
    return str(found[0]) if found else None
