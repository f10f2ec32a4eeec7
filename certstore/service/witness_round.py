"""The worker's round of witnesses: all at once, and whoever fails is left in peace for a while."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certstore.clock import Clock
from certstore.errors import CertstoreError, ConflictError
from certstore.witness_policy import Witness
from certstore.witnessing import WitnessingDesk

log = logging.getLogger("certstore.witnesses")
_FIRST_REST = timedelta(seconds=10)
_LONGEST_REST = timedelta(minutes=10)
_AT_ONCE = 8


@dataclass(slots=True)
class WitnessRound:
    """Who is asked when; kept in this process's memory, so that a restart asks everybody."""

    desk: WitnessingDesk
    clock: Clock
    _rests: dict[str, timedelta] = field(default_factory=dict)
    _again: dict[str, datetime] = field(default_factory=dict)

    def go(self) -> None:
        """Have every witness that is not resting cosign the newest checkpoint."""
        now = self.clock.now()
        due = [w for w in self.desk.witnesses if self._again.get(w.name, now) <= now]
        for witness, failed in zip(due, self._asked(due), strict=True):
            if failed is None:
                self._rests.pop(witness.name, None)
                self._again.pop(witness.name, None)
            else:
                self._rest(witness, failed, now)

    def _asked(self, due: Sequence[Witness]) -> list[CertstoreError | None]:
        if not due:
            return []
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="witness") as pool:
            return list(pool.map(self._ask, due))

    def _ask(self, witness: Witness) -> CertstoreError | None:
        try:
            self.desk.submit(witness)
        except CertstoreError as error:
            return error
        return None

    def _rest(self, witness: Witness, error: CertstoreError, now: datetime) -> None:
        rest = min(self._rests.get(witness.name, _FIRST_REST / 2) * 2, _LONGEST_REST)
        self._rests[witness.name], self._again[witness.name] = rest, now + rest
        # Another history is what witnesses are for: somebody must look.
        level = logging.ERROR if isinstance(error, ConflictError) else logging.WARNING
        log.log(level, "not cosigned", extra={"witness": witness.name, "why": error.detail})
