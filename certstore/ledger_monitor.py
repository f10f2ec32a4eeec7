"""The monitor: reads the ledger from its first leaf to its last, and names what does not fit.

What it trusts is the ledger's public key and a checkpoint kept elsewhere; nothing that lies in
the database. Without such a checkpoint a database that was set back as a whole looks sound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from certstore import merkle
from certstore.errors import LedgerUnavailableError, MalformedError
from certstore.leaves import Leaf, subject_key
from certstore.ledger import ERASURE
from certstore.signed_note import Checkpoint, open_checkpoint
from certstore.tables.books import Archive, Books
from certstore.tables.ledger import StoredCheckpoint, StoredLeaf
from certstore.tables.usage import Audited

_PAGE = 1000
_MANY = 20  # findings of one kind that are listed one by one


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: a code, the leaf's index or a size, and a sentence.

    Codes: checkpoint_unsigned, checkpoint_missing, truncated, rolled_back, forked, root_differs,
    leaf_missing, leaf_changed, leaves_reordered, leaf_unreadable, nodes_changed, access_missing,
    access_added, access_changed, access_moved, access_erased.
    """

    code: str
    where: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a reading found; `accesses` is None where the usage rows could not be seen."""

    leaves: int
    signed: int
    accesses: int | None = None
    erased: int = 0
    findings: tuple[Finding, ...] = ()
    note: str = ""  # the newest signed checkpoint, to be kept elsewhere

    @property
    def sound(self) -> bool:
        """Whether everything fits."""
        return not self.findings


@dataclass(slots=True)
class Reading:
    """One reading in progress: take every leaf in order, then ask what does not fit."""

    head: Checkpoint | None  # the newest there, its signature checked
    kept: Checkpoint | None  # the one kept elsewhere, its signature checked
    findings: list[Finding] = field(default_factory=list)
    _frontier: merkle.Frontier = field(default_factory=merkle.Frontier)
    _wanted: set[int] = field(default_factory=set)
    _roots: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The empty tree has a root before the first leaf."""
        self._wanted = {said.size for said in (self.head, self.kept) if said is not None}
        self._mark()

    def root(self) -> bytes:
        """The root of every leaf taken so far."""
        return self._frontier.root()

    def found(self, code: str, where: object, detail: str) -> None:
        """Note what does not fit."""
        self.findings.append(Finding(code, str(where), detail))

    def take(self, leaf_hash: bytes) -> None:
        """Take the hash of the next leaf."""
        self._frontier.append(leaf_hash)
        self._mark()

    def finish(self) -> int:
        """Compare with both checkpoints; how many leaves there are."""
        size = self._frontier.size
        if self.head is None and (size or self.kept):
            self.found("checkpoint_missing", 0, "there are leaves, and no signed checkpoint")
        if self.head is not None:
            self._compare(self.head, "truncated", "root_differs", "the newest checkpoint")
        if self.kept is not None:
            self._compare(self.kept, "rolled_back", "forked", "the checkpoint kept elsewhere")
            if self.head is not None and self.head.size < self.kept.size <= size:
                self.found("rolled_back", self.head.size, "the newest checkpoint is an older one")
        return size

    def _compare(self, said: Checkpoint, fewer: str, other: str, name: str) -> None:
        size = self._frontier.size
        if said.size > size:
            self.found(fewer, size, f"{size} leaves, and {name} covers {said.size}")
        elif self._roots[said.size] != said.root:
            self.found(other, said.size, f"the first {said.size} leaves do not give {name}'s root")

    def _mark(self) -> None:
        if self._frontier.size in self._wanted:
            self._roots[self._frontier.size] = self._frontier.root()


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


def look_through(archive: Archive, vkey: str, kept: Checkpoint | None = None) -> Report:
    """Read a database's ledger and usage rows in one consistent state."""
    with archive.reading() as books:
        head = books.ledger.checkpoint()
        size, rows = books.ledger.size(), books.usage.count()
        reading = Reading(_opened(head, vkey) if head else None, kept)
        if head is not None and reading.head is None:
            reading.found("checkpoint_unsigned", head.size, "it is not signed by the ledger's key")
        gone = size - books.ledger.count()
        rest = _Rest(reading)
        if gone > _PAGE:  # what claims a place far away must not keep the monitor busy for ever
            reading.found("leaf_missing", size, f"{gone} leaves are gone")
        else:
            for start in range(0, size, _PAGE):
                rest.page(start, min(start + _PAGE, size), books)
            rest.finish(rows, books, size)
    leaves = reading.finish()
    return Report(
        leaves=leaves,
        signed=reading.head.size if reading.head else 0,
        accesses=rows,
        erased=rest.erased,
        findings=_shortened(reading.findings),
        note=head.note if head and reading.head else "",
    )


def read_entries(
    leaves: Iterable[bytes], head: Checkpoint | None, kept: Checkpoint | None
) -> Report:
    """Read the leaves that a ledger lists over HTTP; its usage rows nobody outside can see."""
    reading = Reading(head, kept)
    origin = head.origin if head else ""
    for index, leaf in enumerate(leaves):
        _read(reading, index, leaf, origin)
        reading.take(merkle.leaf_hash(leaf))
    size = reading.finish()
    return Report(
        leaves=size, signed=head.size if head else 0, findings=_shortened(reading.findings)
    )


@dataclass(slots=True)
class _Rest:
    """What only the database shows: stored nodes, gaps, and the usage row beside each leaf."""

    reading: Reading
    erased: int = 0
    erased_on_record: int = 0
    paired: int = 0
    changed: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)  # is, was

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
            self.changed[stored.index] = (leaf_hash, stored.node or b"")
        leaf = _read(self.reading, stored.index, stored.leaf, "")
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
        now, before = (sorted(pair[i] for pair in self.changed.values()) for i in (0, 1))
        if len(self.changed) > 1 and now == before:
            places = ", ".join(str(index) for index in sorted(self.changed)[:_MANY])
            self.reading.found("leaves_reordered", places, "these leaves changed places")
        else:
            for index in sorted(self.changed):
                self.reading.found("leaf_changed", index, "not the leaf that was hashed")
        if rows > self.paired:
            count = rows - self.paired
            self.reading.found("access_added", size, f"{count} usage rows without a leaf")
        if self.erased != self.erased_on_record:
            said = f"{self.erased} accesses are erased, {self.erased_on_record} on record as such"
            self.reading.found("access_erased", size, said)
        if not self.changed and not _nodes_fit(books, size, self.reading):
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


def _read(reading: Reading, index: int, data: bytes, origin: str) -> Leaf | None:
    try:
        leaf = Leaf.parse(data)
    except MalformedError as error:
        reading.found("leaf_unreadable", index, error.detail)
        return None
    if origin and leaf.log != origin:
        reading.found("leaf_unreadable", index, "a leaf of another ledger")
    return leaf


def _opened(head: StoredCheckpoint, vkey: str) -> Checkpoint | None:
    """The stored checkpoint, if its note is signed and says what the row says."""
    try:
        opened = open_checkpoint(head.note, vkey)
    except MalformedError:
        return None
    return opened if (opened.size, opened.root) == (head.size, head.root) else None


def _shortened(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Every kind of finding; of each kind the first few, and how many more there are."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    kept: list[Finding] = []
    for code, of_kind in by_code.items():
        kept += of_kind[:_MANY]
        if len(of_kind) > _MANY:
            kept.append(Finding(code, "", f"and {len(of_kind) - _MANY} more"))
    return tuple(kept)
