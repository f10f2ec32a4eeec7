"""Schema versions, brought up to date at start; the same steps on both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config

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
        command.upgrade(configuration(database), "head")
