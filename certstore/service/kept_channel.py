"""A channel of a demonstration: nothing leaves, everything is written where it can be read."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from certstore.clock import CHINA, Clock
from certstore.messages.channels import Outgoing
from certstore.tables.message_rows import ChannelName
from certstore.tokens import canonical_json

FOLDER: Final = "sandbox-messages"
_MOST: Final = 1_048_576  # bytes of a file; the one before it is kept besides
_OURS: Final = 0o600


class KeptChannel:
    """Writes each message as a line of JSON into a file of its channel, once for each key."""

    def __init__(self, folder: Path, channel: ChannelName, clock: Clock) -> None:
        """Nothing is written before the first message."""
        self._path = folder / FOLDER / f"{channel}.jsonl"
        self._channel = channel
        self._clock = clock
        self._lock = threading.Lock()

    @property
    def repeatable(self) -> bool:
        """A key that stands in the file is not written again."""
        return True

    def send(self, outgoing: Outgoing, leaving: Callable[[], None]) -> str:
        """Write it down; its key is its name."""
        line = canonical_json(
            {
                "at": self._clock.now().astimezone(CHINA).isoformat(timespec="seconds"),
                "key": outgoing.key,
                "to": outgoing.to,
                "subject": outgoing.subject,
                "text": outgoing.text,
                "link": outgoing.link,
            }
        )
        leaving()
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            known = self._path.read_bytes() if self._path.exists() else b""
            if len(known) > _MOST:
                self._path.replace(self._path.with_suffix(".before.jsonl"))
            if f'"key":"{outgoing.key}"'.encode() not in known:
                opened = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OURS)
                with os.fdopen(opened, "ab") as file:
                    file.write(line + b"\n")
        return outgoing.key
