"""Schema versions, brought up to date at start; the same steps on both databases."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from certstore.storage.database import Database, translated

_HERE = Path(__file__).parent


def configuration(database: Database) -> Config:
    """Alembic's configuration, bound to an open database."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database) -> None:
    """Bring the schema to the newest version; nothing happens if it is there already.

    Raises UnavailableError when the database does not answer.
    """
    with translated():
        if _version(database) != _newest():  # finding out by alembic takes a second of its own
            command.upgrade(configuration(database), "head")


@cache
def _newest() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return ScriptDirectory.from_config(config).get_current_head()


def _version(database: Database) -> str | None:
    """The schema's version; none before the first."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
