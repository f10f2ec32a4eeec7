"""Our ledger's checkpoints handed to witnesses, their cosignatures kept (c2sp.org/tlog-witness).

The witnesses and the quorum stand in a policy file (c2sp.org/tlog-policy). Without one, nothing
is handed to anybody, and checkpoints carry the ledger's own signature alone.
"""

import re
from dataclasses import dataclass
from typing import NoReturn, Protocol

from certstore import merkle
from certstore.clock import Clock
from certstore.cosignature import Cosignature, cosignatures
from certstore.errors import ConflictError, MalformedError, UnavailableError
from certstore.signed_note import Checkpoint, Note
from certstore.tables.books import Archive, Books
from certstore.tables.ledger import StoredCheckpoint
from certstore.witness import Submission
from certstore.witness_policy import Witness, WitnessPolicy

SIZE_TYPE = "text/x.tlog.size"
_SIZE = re.compile("(0|[1-9][0-9]{0,18})\n")
_OK, _CONFLICT, _UNPROCESSABLE = 200, 409, 422


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """A witness's answer over HTTP; `media_type` without parameters."""

    status: int
    media_type: str
    body: str


class WitnessClient(Protocol):
    """Hands submissions in; what is sent and read is bounded in time and size."""

    def add_checkpoint(self, prefix: str, body: bytes) -> WitnessAnswer:
        """POST the body below this submission prefix; UnavailableError without an answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessingDesk:
    """Hands the newest checkpoint to each witness of the policy."""

    archive: Archive
    clock: Clock
    policy: WitnessPolicy
    client: WitnessClient

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """The witnesses that can be asked: those with a URL."""
        return tuple(w for w in self.policy.witnesses.values() if w.url)

    def submit(self, witness: Witness) -> bool:
        """Have a witness cosign the newest checkpoint; whether there was anything to ask for.

        Raises UnavailableError if it does not answer as a witness does, ConflictError if it has
        seen another history of this ledger: then the database was set back or changed.
        """
        with self.archive.reading() as books:
            head, last = books.ledger.checkpoint(), books.witness.last(witness.key.identity)
        if head is None or head.size in (0, last):
            return False
        # A database that was set back is behind its own cosignatures, too: ask from the start.
        answer = self._ask(witness, head, last if last < head.size else 0)
        told = _told_size(answer)
        if told is not None:
            if told > head.size:
                _refuse_history(witness, f"it cosigned {told} leaves, and here are {head.size}")
            answer = self._ask(witness, head, told)
        if answer.status != _OK:
            _refuse_answer(witness, answer)
        self._keep(witness, head, answer.body)
        return True

    def _ask(self, witness: Witness, head: StoredCheckpoint, old: int) -> WitnessAnswer:
        with self.archive.reading() as books:
            path = merkle.consistency_path(old, head.size, books.ledger.node)
        note = Note.parse(head.note)
        body = Submission(old, tuple(path), note, Checkpoint.parse(note.body)).written()
        return self.client.add_checkpoint(witness.url, body)

    def _keep(self, witness: Witness, head: StoredCheckpoint, lines: str) -> None:
        found = _of(witness, head.note, lines)
        if found is None:
            raise UnavailableError(
                "a witness's answer holds no cosignature of its key",
                where=witness.name,
                remedy="compare its vkey with the one in the policy",
            )
        line, now = found.signature.line(), self.clock.now()
        with self.archive.writing() as books:
            books.witness.keep(head.size, witness.key.identity, line, now)


def cosigned(books: Books, checkpoint: StoredCheckpoint) -> str:
    """A checkpoint's note with the cosignatures kept for it."""
    return checkpoint.note + "".join(books.witness.lines(checkpoint.size))


def newest_cosigned(books: Books, policy: WitnessPolicy, least: int) -> StoredCheckpoint | None:
    """The newest checkpoint of at least that many leaves that a quorum has cosigned."""
    by_name = {w.key.identity: w.key for w in policy.witnesses.values()}
    for size, names in books.witness.sizes(least, list(by_name)):
        if policy.holds({by_name[name] for name in names}):
            return books.ledger.checkpoint_of(size)
    return None


def _of(witness: Witness, note: str, lines: str) -> Cosignature | None:
    try:
        read = Note.parse(note + lines)
        # An empty line in an answer would make of our signatures a part of the text.
        ours = read.body == Note.parse(note).body
        found = cosignatures(read, [witness.key]) if ours else []
    except MalformedError as error:
        raise UnavailableError(
            "a witness's answer is no cosignature", where=witness.name, remedy="ask its operator"
        ) from error
    return found[0] if found else None


def _told_size(answer: WitnessAnswer) -> int | None:
    """The size a witness says it cosigned last, if that is what it answered."""
    if answer.status != _CONFLICT or answer.media_type != SIZE_TYPE:
        return None
    found = _SIZE.fullmatch(answer.body)
    return int(found[1]) if found else None


def _refuse_answer(witness: Witness, answer: WitnessAnswer) -> NoReturn:
    if answer.status == _CONFLICT and answer.media_type != SIZE_TYPE:
        _refuse_history(witness, "it cosigned another root of this size")
    if answer.status == _UNPROCESSABLE:
        _refuse_history(witness, "what it cosigned last is not the beginning of this ledger")
    raise UnavailableError(
        f"a witness answered with status {answer.status}",
        where=witness.name,
        remedy="have its operator list this ledger's vkey, and compare the URL",
    )


def _refuse_history(witness: Witness, detail: str) -> NoReturn:
    raise ConflictError(
        f"a witness has seen another history of this ledger: {detail}",
        where=witness.name,
        remedy="run `certstore ledger monitor`: the database was set back or changed",
    )
