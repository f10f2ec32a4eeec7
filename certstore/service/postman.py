"""Sends messages, in a thread for each channel: a mail server that hangs holds up no text message.

Several processes may do this at once: claims keep them apart.
"""

import threading
from functools import partial
from typing import Final

from certstore.service.messenger import attempt
from certstore.service.wiring import House
from certstore.tables.message_rows import ChannelName

PERIOD_S: Final = 2.0
_ROUND: Final = 200  # contacts of a channel


class Postman:
    """Sends what waits, for one house."""

    def __init__(self, house: House) -> None:
        """Nothing runs before `start`."""
        self._house = house
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin in the background."""
        for channel in self._house.message_channels:
            name = f"postman-{channel}"
            thread = threading.Thread(target=self._run, args=(channel,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop after the messages at hand."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def once(self) -> None:
        """Send what may go by now."""
        for channel in self._house.message_channels:
            attempt(partial(self._send, channel))

    def _run(self, channel: ChannelName) -> None:
        while not self._stop.is_set():
            attempt(partial(self._send, channel))
            self._stop.wait(PERIOD_S)

    def _send(self, channel: ChannelName) -> None:
        """One contact after another, until nothing waits or the channel is down."""
        desk = self._house.sending_desk
        for _ in range(_ROUND):
            if self._stop.is_set() or desk.turn(channel) in {"nothing", "down"}:
                return
