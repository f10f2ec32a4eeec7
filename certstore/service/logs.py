"""Log lines as JSON, one an event, without personal data: patterns and codes, never values."""

import json
import logging
from datetime import UTC, datetime

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with what was given to it as `extra`."""
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _OWN},
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def set_up(level: str) -> None:
    """Write the house's log lines to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for library in ("pyhanko", "pyhanko_certvalidator"):  # what it minds is told in the verdict
        logging.getLogger(library).setLevel(logging.CRITICAL)
    logger = logging.getLogger("certstore")
    logger.handlers = [handler]
    logger.setLevel(level.upper())
    logger.propagate = False
