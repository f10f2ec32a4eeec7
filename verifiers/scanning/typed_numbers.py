"""Nine digits in place of a code: nobody finds one that is open by trying many.

A number lives a minute and is one of a thousand million, but many may be open at once. So wrong
ones are counted, by address and for the whole house; beyond either no number is looked at for a
while, not a right one either. Codes that are scanned go on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certstore.clock import Clock
from certstore.errors import RateLimitedError
from certstore.presentation import PresentationDesk, typed_number
from certstore.tables.books import Archive
from verifiers.scanning.tallies import Tallies

WINDOW: Final = timedelta(minutes=10)
MOST_OF_ONE: Final = 10
"""Wrong numbers from one address: a counter's mistypings, and numbers that died meanwhile."""
MOST_OF_ALL: Final = 300
"""With a thousand numbers open all the time: one hit in 23 days of trying without a pause."""


@dataclass(frozen=True, slots=True)
class TypedNumbers:
    """Finds the code of a number that was typed; addresses stand in its memory alone."""

    archive: Archive
    presentations: PresentationDesk
    clock: Clock
    misses: Tallies

    def code_of(self, typed: str, caller: str | None) -> str | None:
        """The code that a typed text stands for; None if it is no number, or a wrong one.

        RateLimitedError (`cause` numbers, `retry_after` in seconds) after too many wrong ones from
        this address (None for the house itself), or from all together.
        """
        number = typed_number(typed)
        if number is None:
            return None
        now = self.clock.now()
        self._refuse_guessing(caller, now)
        code = self.presentations.code_of_number(number)
        if code is None:
            self._miss(caller, now)
        return code

    def _refuse_guessing(self, caller: str | None, now: datetime) -> None:
        tally = None if caller is None else self.misses.of((caller,), now)
        if tally is not None and tally.count >= MOST_OF_ONE:
            raise _too_many("too many wrong numbers from your address", tally.until - now)
        with self.archive.reading() as books:
            lately = books.wrong_numbers.since(now - WINDOW)
        if lately.count >= MOST_OF_ALL and lately.first is not None:
            raise _too_many("too many wrong numbers lately", lately.first + WINDOW - now)

    def _miss(self, caller: str | None, now: datetime) -> None:
        if caller is not None:
            self.misses.add((caller,), now)
        with self.archive.writing() as books:
            books.wrong_numbers.forget_before(now - WINDOW)
            books.wrong_numbers.add(now)


def _too_many(detail: str, wait: timedelta) -> RateLimitedError:
    return RateLimitedError(
        f"{detail}: none is looked at for a while",
        where="code",
        remedy="scan the code instead, or wait as long as Retry-After says",
        cause="numbers",
        retry_after=max(1, int(wait.total_seconds()) + 1),
    )
