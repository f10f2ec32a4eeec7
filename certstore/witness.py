"""This service as a witness of other logs (c2sp.org/tlog-witness).

A witness remembers, for each log it was told of, the latest tree head it cosigned, and cosigns
another only if it continues that one. It knows nothing of what the log records.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, Self

from certstore import merkle
from certstore.clock import Clock, unix
from certstore.cosignature import cosign
from certstore.errors import (
    ConflictError,
    ForbiddenError,
    InconsistentTreeError,
    MalformedError,
    NotFoundError,
    StaleTreeSizeError,
)
from certstore.keys import Signer
from certstore.signed_note import (
    Checkpoint,
    Note,
    VerifierKey,
    decoded_strictly,
    signed_by,
    spelled,
)
from certstore.tables.books import Archive
from certstore.tables.witness import TreeHead

MAX_SUBMISSION = 65_536  # bytes: 63 lines of proof, and a note with all its signatures
_MAX_STEPS = 63
_MAX_LOGS = 1000
_MAX_ORIGIN = 255
_OLD = re.compile("old (0|[1-9][0-9]{0,18})")
_STEP = re.compile("[A-Za-z0-9+/]{43}=")
_NOTHING = TreeHead(0, merkle.EMPTY_ROOT)  # what is known of a log before its first checkpoint

Logs = Mapping[str, tuple[VerifierKey, ...]]


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log hands in: the size it grew from, the consistency proof, its new checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the body of `add-checkpoint`; MalformedError says what of it cannot be read."""
        if len(data) > MAX_SUBMISSION:
            _refuse(f"a submission has at most {MAX_SUBMISSION} bytes", "body")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            _refuse("a submission is not UTF-8", "body")
        head, separator, note = text.partition("\n\n")
        if not separator:
            _refuse("a submission has no empty line before its checkpoint", "body")
        first, *steps = head.split("\n")
        old = _OLD.fullmatch(first)
        if old is None:
            _refuse("a submission begins with `old` and a tree size", "old size")
        if len(steps) > _MAX_STEPS:
            _refuse(f"a consistency proof has at most {_MAX_STEPS} lines", "consistency proof")
        read = Note.parse(note)
        checkpoint = Checkpoint.parse(read.body)
        return cls(int(old[1]), tuple(map(_step, steps)), read, checkpoint)

    def written(self) -> bytes:
        """The body of the request."""
        steps = "".join(f"{spelled(step)}\n" for step in self.proof)
        return f"old {self.old}\n{steps}\n{self.note.text()}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessDesk:
    """Cosigns the checkpoints of the logs it knows; `logs` has the keys of each, by origin."""

    archive: Archive
    clock: Clock
    logs: Logs
    key: VerifierKey
    signer: Signer

    def add_checkpoint(self, data: bytes) -> str:
        """Judge a submission and cosign it: the cosignature's line.

        Raises, in the order of the specification: MalformedError (400), NotFoundError for an
        origin that is not known (404), ForbiddenError without a signature of the log (403),
        MalformedError for an old size above the new one (400), StaleTreeSizeError for another
        old size than the latest cosigned (409), ConflictError for another root of the same size
        (409), InconsistentTreeError for a proof that proves nothing (422). Nothing is cosigned
        before it is kept.
        """
        said = Submission.parse(data)
        checkpoint = said.checkpoint
        self._check_signed(said)
        if said.old > checkpoint.size:
            _refuse("the old size is larger than the checkpoint's", "old size")
        now = self.clock.now()
        with self.archive.writing() as books:
            known = books.witness.head(checkpoint.origin)
            _check_continues(said, known or _NOTHING)
            new = TreeHead(checkpoint.size, checkpoint.root)
            text = said.note.text()
            if not books.witness.advance(checkpoint.origin, known, new, text, now):
                # Another submission was kept since we looked (PostgreSQL; SQLite's queue).
                latest = books.witness.head(checkpoint.origin) or _NOTHING
                raise _stale(latest.size)
        return cosign(said.note.body, self.key, self.signer, unix(now)).line()

    def _check_signed(self, said: Submission) -> None:
        origin = said.checkpoint.origin
        if origin not in self.logs:
            raise NotFoundError(
                "this witness does not know the log",
                where="origin",
                remedy="have the witness's operator list the log's key",
            )
        try:
            signed = [signed_by(said.note, key) for key in self.logs[origin]]
        except MalformedError:
            signed = []
        if not any(signed):
            raise ForbiddenError(
                "the checkpoint is not signed by a key this witness knows for the log",
                where="signatures",
                remedy="sign with the key that was handed to the witness's operator",
            )


def _check_continues(said: Submission, known: TreeHead) -> None:
    checkpoint = said.checkpoint
    if said.old != known.size:
        raise _stale(known.size)
    if checkpoint.size == known.size and checkpoint.root != known.root:
        raise ConflictError(
            "another root was cosigned for this size: the log has two histories",
            where="root hash",
            remedy="keep both checkpoints; together they prove it",
        )
    fits = merkle.verify_consistency(
        known.size, checkpoint.size, said.proof, known.root, checkpoint.root
    )
    if not fits:
        raise InconsistentTreeError(
            "the proof does not lead from the tree cosigned last to this one",
            where="consistency proof",
            remedy="prove consistency from the old size; if that cannot be, the log was changed",
        )


def _stale(size: int) -> StaleTreeSizeError:
    return StaleTreeSizeError(
        "the old size is not that of the latest tree this witness cosigned",
        where="old size",
        remedy="prove consistency from the size in the answer, and hand in again",
        tree_size=size,
    )


def read_logs(data: bytes) -> Logs:
    """Read which logs are witnessed; MalformedError names the line that cannot be.

    A line is a log's vkey and, where its origin is not the key's name, a space and the origin.
    Several lines of one origin are several keys of that log. `#` begins a comment line.
    """
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedError(
            "a list of logs is not UTF-8", where="CERTSTORE_WITNESS_LOGS"
        ) from error
    found: dict[str, tuple[VerifierKey, ...]] = {}
    for number, line in enumerate(lines, 1):
        said = line.strip(" \t\r")
        if not said or said.startswith("#"):
            continue
        key, origin = _log(said, number)
        if key.raw in {known.raw for keys in found.values() for known in keys}:
            _refuse_line("a log's key stands in two lines", number)
        found[origin] = (*found.get(origin, ()), key)
    if len(found) > _MAX_LOGS:
        _refuse_line(f"a list names at most {_MAX_LOGS} logs", len(lines))
    return found


def _log(line: str, number: int) -> tuple[VerifierKey, str]:
    vkey, _, origin = line.partition(" ")
    try:
        key = VerifierKey.parse(vkey)
    except MalformedError as error:
        raise MalformedError(error.detail, where=f"line {number}", remedy=_LINE) from error
    origin = origin.strip(" ") or key.name
    if len(origin) > _MAX_ORIGIN or not origin.isprintable():
        _refuse_line(f"an origin is a line of at most {_MAX_ORIGIN} characters", number)
    return key, origin


_LINE = "write one log a line: its vkey, and its origin where that is another name"


def _refuse_line(detail: str, number: int) -> NoReturn:
    raise MalformedError(detail, where=f"CERTSTORE_WITNESS_LOGS, line {number}", remedy=_LINE)


def _step(line: str) -> bytes:
    if not _STEP.fullmatch(line):
        _refuse("a line of the proof is a hash of 32 bytes in base64", "consistency proof")
    return decoded_strictly(line)


def _refuse(detail: str, where: str) -> NoReturn:
    raise MalformedError(detail, where=where, remedy="see c2sp.org/tlog-witness, add-checkpoint")
