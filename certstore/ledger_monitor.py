"""The monitor: reads a ledger's database from its first leaf to its last, and names what is wrong.

What it trusts is the ledger's public key and a checkpoint kept elsewhere; nothing that lies in
the database. Without such a checkpoint a database that was set back as a whole looks sound. It
reads a page at a time, in bounded memory however long the ledger and however much is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from certstore import merkle
from certstore.errors import LedgerUnavailableError, MalformedError
from certstore.leaves import Leaf, subject_key
from certstore.ledger import ERASURE
from certstore.ledger_reading import MANY, Finding, Reading, Report, read_entries, read_leaf
from certstore.signed_note import Checkpoint, Note, VerifierKey, open_checkpoint
from certstore.tables.books import Archive, Books
from certstore.tables.ledger import StoredCheckpoint, StoredLeaf
from certstore.tables.usage import Audited

__all__ = ["Finding", "Report", "judge_access", "look_through", "read_entries"]
_PAGE = 1000
_MODULUS = 1 << 256
Told = Callable[[int, int], None]
"""Is told how many leaves were read, of how many."""


def judge_access(leaf: Leaf, access: Audited) -> str:
    """What is wrong with a usage row, beside its leaf: a code, or an empty text.

    An erased row is not judged; there is nothing left to judge it by.
    """
    entry = access.entry
    if entry.salt is None:
        return ""
    if not leaf.fits(entry.record, entry.salt):
        return "access_changed"
    if entry.kind != leaf.kind or entry.at != datetime.fromisoformat(entry.record["at"]):
        return "access_changed"  # the columns by which the person's list finds it
    key = subject_key(leaf.v, access.person_key, entry.salt)
    return "" if leaf.concerns(access.id_number, key) else "access_moved"


def look_through(
    archive: Archive,
    vkey: str,
    kept: Checkpoint | None = None,
    told: Told = lambda _done, _size: None,
) -> Report:
    """Read a database's ledger and usage rows in one consistent state."""
    with archive.reading() as books:
        head = books.ledger.checkpoint()
        size, rows = books.ledger.size(), books.usage.count()
        newest, wrong = _opened(head, vkey) if head else (None, "")
        reading = Reading(newest, kept)
        if head is not None and wrong:
            reading.found(wrong, head.size, _UNSIGNED[wrong])
        gone = size - books.ledger.count()
        rest = _Rest(reading)
        if gone > _PAGE:  # what claims a place far away must not keep the monitor busy for ever
            reading.found("leaf_missing", size, f"{gone} leaves are gone")
        else:
            for start in range(0, size, _PAGE):
                stop = min(start + _PAGE, size)
                _expect_older(reading, books, (start, stop), vkey)
                rest.page(start, stop, books)
                told(stop, size)
            rest.finish(rows, books, size)
    leaves = reading.finish()
    return Report(
        leaves=leaves,
        signed=reading.head.size if reading.head else 0,
        accesses=rows,
        erased=rest.erased,
        findings=reading.findings.listed(),
        note=head.note if head and reading.head else "",
    )


@dataclass(slots=True)
class _Changed:
    """Leaves that are not those that were hashed: the first places, how many, and two sums.

    Where the hashes that are and the hashes that were have one sum, the same leaves stand there
    in another order. Hashes that were chosen to have one sum would be called reordered and not
    changed; the root differs in either case.
    """

    first: list[int] = field(default_factory=list)
    count: int = 0
    difference: int = 0

    def note(self, index: int, now: bytes, before: bytes) -> None:
        self.count += 1
        self.first += [index] if len(self.first) < MANY else []
        apart = int.from_bytes(now, "big") - int.from_bytes(before, "big")
        self.difference = (self.difference + apart) % _MODULUS

    @property
    def only_places(self) -> bool:
        return self.count > 1 and self.difference == 0


@dataclass(slots=True)
class _Rest:
    """What only the database shows: stored nodes, gaps, and the usage row beside each leaf."""

    reading: Reading
    erased: int = 0
    erased_on_record: int = 0
    paired: int = 0
    changed: _Changed = field(default_factory=_Changed)

    def page(self, start: int, stop: int, books: Books) -> None:
        found = {stored.index: stored for stored in books.ledger.stored(start, stop)}
        accesses, unreadable = _accesses(books, start, stop)
        for index in range(start, stop):
            access = accesses.get(index)
            if index in unreadable:
                self.reading.found("access_changed", index, "the usage row cannot be read")
            elif access is None:
                self.reading.found("access_missing", index, "a leaf whose usage row is gone")
            self.paired += access is not None or index in unreadable
            stored = found.get(index)
            if stored is None:
                self.reading.found("leaf_missing", index, "a leaf is gone")
                self.reading.take(_node(books, index))
            else:
                self._leaf(stored, access)

    def _leaf(self, stored: StoredLeaf, access: Audited | None) -> None:
        leaf_hash = merkle.leaf_hash(stored.leaf)
        self.reading.take(leaf_hash)
        if leaf_hash != stored.node:
            self.changed.note(stored.index, leaf_hash, stored.node or b"")
        leaf = read_leaf(self.reading, stored.index, stored.leaf, "")
        if leaf is None or access is None:
            return
        self.erased += access.entry.salt is None
        code = judge_access(leaf, access)
        if not code and leaf.kind == ERASURE:
            self.erased_on_record += int(access.entry.record.get("erased", 0))
        if code:
            self.reading.found(code, stored.index, _WRONG[code])

    def finish(self, rows: int, books: Books, size: int) -> None:
        """Tell leaves that changed places from leaves that were changed; count what is left."""
        changed = self.changed
        if changed.only_places:
            places = ", ".join(map(str, changed.first))
            said = f"{changed.count} leaves changed places, these the first"
            self.reading.found("leaves_reordered", places, said)
        else:
            for index in changed.first:
                self.reading.found("leaf_changed", index, "not the leaf that was hashed")
            self.reading.findings.more("leaf_changed", changed.count - len(changed.first))
        if rows > self.paired:
            count = rows - self.paired
            self.reading.found("access_added", size, f"{count} usage rows without a leaf")
        if self.erased != self.erased_on_record:
            said = f"{self.erased} accesses are erased, {self.erased_on_record} on record as such"
            self.reading.found("access_erased", size, said)
        if not changed.count and not _nodes_fit(books, size, self.reading):
            self.reading.found("nodes_changed", size, "the stored tree is not that of its leaves")


_WRONG = {
    "access_changed": "the usage row is not the record its leaf commits to",
    "access_moved": "the usage row stands with another person than its leaf was made for",
}


def _accesses(books: Books, start: int, stop: int) -> tuple[dict[int, Audited], set[int]]:
    """The usage rows of a page, and the places of those that hold what no row of ours holds."""
    try:
        return books.usage.audited(start, stop), set()
    except (TypeError, ValueError):  # a damaged JSON text or moment: find out which
        if stop - start == 1:
            return {}, {start}
    middle = (start + stop) // 2
    left, right = _accesses(books, start, middle), _accesses(books, middle, stop)
    return left[0] | right[0], left[1] | right[1]


def _nodes_fit(books: Books, size: int, reading: Reading) -> bool:
    """Whether the stored nodes, from which proofs are made, give the root of the leaves."""
    try:
        return merkle.root(size, books.ledger.node) == reading.root()
    except LedgerUnavailableError:
        return False


def _node(books: Books, index: int) -> bytes:
    """The hash a lost leaf had, so that the rest can be judged; something else if that is gone."""
    try:
        return books.ledger.node(0, index)
    except LedgerUnavailableError:
        return merkle.EMPTY_ROOT


_UNSIGNED = {
    "checkpoint_unsigned": "it is not signed by the ledger's key, or its row says something else",
    "checkpoint_foreign": "it is a checkpoint of another log",
}


def _expect_older(reading: Reading, books: Books, sizes: tuple[int, int], vkey: str) -> None:
    """Have the reading compare every checkpoint that was signed on the way, not the newest only."""
    for stored in books.ledger.checkpoints(*sizes):
        opened, wrong = _opened(stored, vkey)
        if opened is not None:
            reading.expect(opened)
        elif reading.head is None or stored.size != reading.head.size:
            reading.found(wrong, stored.size, _UNSIGNED[wrong])


def _opened(stored: StoredCheckpoint, vkey: str) -> tuple[Checkpoint | None, str]:
    """A stored checkpoint, if its note is signed and says what the row says; or what is wrong."""
    try:
        opened = open_checkpoint(stored.note, vkey)
    except MalformedError:
        return None, "checkpoint_foreign" if _is_foreign(stored.note, vkey) else _NOT_SIGNED
    fits = (opened.size, opened.root) == (stored.size, stored.root)
    return (opened, "") if fits else (None, _NOT_SIGNED)


def _is_foreign(note: str, vkey: str) -> bool:
    try:
        return Checkpoint.parse(Note.parse(note).body).origin != VerifierKey.parse(vkey).name
    except MalformedError:
        return False


_NOT_SIGNED = "checkpoint_unsigned"
