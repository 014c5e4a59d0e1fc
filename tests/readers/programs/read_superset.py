"""Superset's own way from a connection string to the columns of a data set."""

import logging
import os
import sys
import tempfile
from pathlib import Path


def configured() -> None:
    """Settings and an empty database of Superset's own, in a temporary folder."""
    folder = Path(tempfile.mkdtemp())
    config = folder / "superset_config.py"
    lines = (
        f"SECRET_KEY = '{os.urandom(24).hex()}'",
        f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{folder}/superset.db'",
        "PREVENT_UNSAFE_DB_CONNECTIONS = False",  # a DuckDB file is a path
    )
    config.write_text("\n".join(lines))
    os.environ["SUPERSET_CONFIG_PATH"] = str(config)
    logging.disable(logging.CRITICAL)


def main(address: str, schema: str) -> None:
    """Register the database, let Superset fetch the columns, ask it for rows."""
    configured()
    from superset.app import create_app

    with create_app().app_context():
        from flask_appbuilder import Model
        from superset import db
        from superset.connectors.sqla.models import SqlaTable
        from superset.models.core import Database

        Model.metadata.create_all(db.engine)
        database = Database(database_name="trade", sqlalchemy_uri=address)
        table = SqlaTable(table_name="rpt_answer", schema=schema, database=database)
        db.session.add_all([database, table])
        table.fetch_metadata()
        for column in table.columns:
            said = f": {column.description}" if column.description else ""
            print(f"{column.column_name} {column.type}{said}")
        query = f"select count(*) as n, sum(k_ratio) as k from {schema}.rpt_answer"  # noqa: S608
        frame = database.get_df(query)
        print(f"{frame['n'][0]} rows, sum {frame['k'][0]:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
