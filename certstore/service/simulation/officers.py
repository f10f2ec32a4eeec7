"""Officers at their stations: slow, absent now and then, one case after the other by due date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

from certstore.callers import Officer
from certstore.certificates import Holder
from certstore.clock import CHINA
from certstore.errors import ConflictError
from certstore.service.demo_city.dice import Dice
from certstore.service.simulation.applicants import Tally
from certstore.service.simulation.assumptions import Officers
from certstore.service.simulation.schedule import Walk
from certstore.service.wiring import House
from issuance.application import Application
from issuance.judging import YES
from issuance.opened_case import Case
from issuance.stations import stations
from issuance.supplementing import may_ask
from issuance.waiting.queue import Asked

_OPENS, _CLOSES = time(9), time(17)
_LOOKS_AGAIN = timedelta(minutes=40)  # where nothing waits
AskedApplicant = Callable[[Holder, str], None]
"""Is told whom a better paper was asked of, and for which application."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """One officer."""

    house: House
    officer: Officer
    behave: Officers
    dice: Dice
    tally: Tally
    on_asked: AskedApplicant
    seat: int  # of `colleagues` at the station: whoever sees one queue divides it among them
    colleagues: int

    def walk(self) -> Walk:
        """Work for ever, in office hours."""
        while True:
            yield self._until_at_work()
            queue = self._queue()
            if not queue:
                yield _LOOKS_AGAIN
            for ref in queue:
                yield self._until_at_work()
                case = self._open(ref)
                if case is not None:
                    yield timedelta(minutes=self.dice.part(*self.behave.minutes_a_case))
                    self._decide(case)

    def _until_at_work(self) -> timedelta:
        """How long until the next moment at the desk; nothing if that is now."""
        now = self.house.clock.now().astimezone(CHINA)
        moment = now
        while not self._is_there(moment.date()) or moment.time() >= _CLOSES:
            moment = datetime.combine(moment.date() + timedelta(days=1), _OPENS, CHINA)
        opens = datetime.combine(moment.date(), _OPENS, CHINA)
        return max(moment, opens) - now

    def _is_there(self, day: date) -> bool:
        absent = self.dice.fork("absent", day).chance(self.behave.absent_percent)
        return self.house.calendar.is_workday(day) and not absent

    def _queue(self) -> list[str]:
        """What of the page before them is theirs, in the order of its due dates."""
        lines = self.house.review_desk.waiting(Asked(in_hand="nobody"), self.officer).lines
        waiting = [line.ref for line in lines if not line.waits_for_source]
        return waiting[self.seat :: self.colleagues]

    def _open(self, ref: str) -> Case | None:
        """Take a case in hand; None where a colleague was faster."""
        try:
            case = self.house.review_desk.open(self.officer, ref, claim=True)
        except ConflictError:
            return None
        return case if case.claim is not None and case.claim.is_of(self.officer) else None

    def _decide(self, case: Case) -> None:
        try:
            self._say(case.application)
        except ConflictError:
            return  # withdrawn, or decided by a colleague meanwhile

    def _say(self, application: Application) -> None:
        ref, house = application.ref, self.house
        wanted = may_ask(application)
        if wanted and application.asked is None and self.dice.chance(self.behave.asks_percent):
            house.supplement_desk.ask(self.officer, ref, wanted, "照片看不清，请重新拍一张")
            self.on_asked(application.actor, ref)
        elif self.dice.chance(self.behave.refuses_percent):
            house.review_desk.refuse(self.officer, ref, "ADDRESS_MISMATCH", "")
        else:
            _, to_judge = house.review_desk.to_judge(application)
            said = {decision.material.value: YES for decision in to_judge}
            began = house.clock.now()
            done = house.review_desk.approve(self.officer, ref, said)
            if done.certificate_ref is not None and done.matter.is_registration:
                self.tally.in_hand_s.append((house.clock.now() - began).total_seconds())


def staff(cases: float, said: Officers) -> list[Officer]:
    """As many officers at each station as so many cases of a working day ask for in all."""
    each = max(ceil(cases / len(stations()) / said.cases_a_day), 1)
    return [
        Officer("警官", f"{station.code[:4]}{number:03}", station.name["zh"])
        for station in stations()
        for number in range(each)
    ]
