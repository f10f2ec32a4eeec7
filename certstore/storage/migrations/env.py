"""Alembic's entry: runs the steps on the engine it is handed, one process at a time."""

from alembic import context
from sqlalchemy import Engine, text

from certstore.tables.metadata import metadata

_LOCK = 0x73636865  # PostgreSQL's advisory lock, so that two workers do not both migrate


def run() -> None:
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as opened:
        connection = opened.execution_options(writes=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_as_batch=True,
                transactional_ddl=True,
            )
            context.run_migrations()


run()
