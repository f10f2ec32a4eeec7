"""Makes the archive of everything held about one person; recorded as an access before it is made.

What the pages show a guardian of a child is in it, under the child's name, and recorded with the
child. Nobody else's number is in its data: whatever a record says of others has theirs hidden.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from certstore.callers import Resident
from certstore.clock import CHINA, Clock, local_date
from certstore.errors import RateLimitedError, UnauthenticatedError
from certstore.guardianship import wards_of
from certstore.ledger import LedgerDesk
from certstore.objects import ObjectStore
from certstore.own_acts import OwnAct, record_own_act
from certstore.own_data import gathering
from certstore.own_data.gathering import Section
from certstore.own_data.others_numbers import Numbers, without_others
from certstore.own_data.reading_guide import guide
from certstore.tables.books import Archive, Books
from certstore.tables.people import Person
from certstore.tables.usage import UsageEntry

FRESH = timedelta(minutes=10)  # how long ago somebody may have signed in to take all of it
A_DAY = 5  # archives for one person in 24 hours
_OF_CHILDREN = ("consents",)  # of the sections, those whose pages show a guardian the child's
_MOST_PROOFS = 500
_IN_MEMORY = 8 * 1024 * 1024
_NO_SECTIONS: Mapping[str, Section] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDataDesk:
    """Gives people a copy of what is theirs; `sections` are what the floors above hold."""

    archive: Archive
    objects: ObjectStore
    ledger: LedgerDesk
    clock: Clock
    origin: str
    sections: Mapping[str, Section] = field(default_factory=lambda: _NO_SECTIONS)

    def is_fresh(self, resident: Resident) -> bool:
        """Whether this person signed in lately enough to take everything along."""
        return self.clock.now() - resident.verified_at <= FRESH

    def export(self, resident: Resident) -> IO[bytes]:
        """A ZIP archive to be read from its beginning and closed by the caller.

        UnauthenticatedError if the sign-in is too old; RateLimitedError after the fifth a day.
        """
        if not self.is_fresh(resident):
            raise UnauthenticatedError(
                "signed in too long ago to take everything along",
                remedy="sign in again, then ask within ten minutes",
                cause="sign_in_too_old",
            )
        now = self.clock.now()
        with self.archive.writing() as books:
            me = books.people.known(resident.holder)
            books.turns.take("exports", me.id)
            self._judge_often(books, me, now)
            children = [books.people.known(w) for w in wards_of(books, me.holder, local_date(now))]
            for person in (me, *children):
                by = {} if person is me else {"actor": "guardian", "operator": me.holder.name}
                done = OwnAct(act="export", fields=("everything",), more=by)
                record_own_act(books, self.origin, person, done, now)
        return self._written(me, children, now)

    def _judge_often(self, books: Books, me: Person, now: datetime) -> None:
        lately = books.usage.of(me.id, now - timedelta(days=1))
        exports = (e for e in lately if e.kind == "own_act" and e.record["purpose"] == "export")
        if sum("actor" not in e.record for e in exports) >= A_DAY:  # a guardian's are theirs
            raise RateLimitedError(
                "five copies were made within a day", remedy="come back tomorrow", retry_after=86400
            )

    def _written(self, me: Person, children: Sequence[Person], now: datetime) -> IO[bytes]:
        with self.archive.reading() as books:
            held = self._gathered(books, me, children, now)
            people = (me, *children)
            accesses = [e for one in people for e in books.usage.of(one.id, gathering.EVER)]
            documents = dict(d for one in people for d in gathering.documents_of(books, one))
            others = gathering.others_known(books, me, held)
        mine = Numbers.of([one.holder.id_number for one in people], others)
        file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            moment = now.astimezone(CHINA).isoformat(timespec="seconds")
            for lang, name in (("zh", "README.zh.txt"), ("en", "README.en.txt")):
                bundle.writestr(name, guide(lang, moment))
            for name, rows in held.items():
                bundle.writestr(f"{name}.json", _json(without_others(rows, mine)))
            for path, digest in documents.items():
                bundle.writestr(path, self.objects.get(digest))
            self._add_proofs(bundle, accesses)
        file.seek(0)
        return file

    def _gathered(
        self, books: Books, me: Person, children: Sequence[Person], now: datetime
    ) -> dict[str, Any]:
        return {
            "person": gathering.person_of(me),
            "certificates": gathering.certificates_of(books, me),
            "accesses": gathering.accesses_of(books, me),
            "notices": gathering.notices_of(books, me),
            "questions": gathering.questions_of(books, me, local_date(now)),
            "disputes": gathering.disputes_of(books, me),
            "entrustments": gathering.entrustments_of(books, me),
            "use_codes": gathering.use_codes_of(books, me),
            **{name: section(books, me) for name, section in self.sections.items()},
            "children": [self._child(books, child) for child in children],
        }

    def _child(self, books: Books, child: Person) -> dict[str, Any]:
        """What the pages show a guardian: what was issued, who looked, what was asked and given."""
        shown = {name: self.sections[name] for name in _OF_CHILDREN if name in self.sections}
        return {
            "name": child.holder.name,
            "certificates": gathering.certificates_of(books, child, issued_here=True),
            "accesses": gathering.accesses_of(books, child),
            **{name: section(books, child) for name, section in shown.items()},
        }

    def _add_proofs(self, bundle: zipfile.ZipFile, accesses: list[UsageEntry]) -> None:
        key = self.ledger.vkey()
        bundle.writestr("ledger-key.txt", key + "\n")
        self.ledger.checkpoint()  # so that the newest access, this one, has a proof too
        for entry in accesses[:_MOST_PROOFS]:
            proof = self.ledger.proof(entry).as_json(key)
            bundle.writestr(f"proofs/{entry.ref}.json", _json(proof))


def _json(value: Any) -> str:  # noqa: ANN401 - JSON
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
