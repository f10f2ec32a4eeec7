"""One reading of a ledger: every leaf in order, and what does not fit when all are taken."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from certstore import merkle
from certstore.errors import MalformedError
from certstore.leaves import Leaf
from certstore.signed_note import Checkpoint

MANY = 20  # findings of one kind that are listed one by one


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit: a code, the leaf's index or a size, and a sentence.

    Codes: checkpoint_unsigned, checkpoint_foreign, checkpoint_missing, truncated, rolled_back,
    forked, root_differs, leaf_missing, leaf_changed, leaves_reordered, leaf_unreadable,
    nodes_changed, access_missing, access_added, access_changed, access_moved, access_erased.
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
class Findings:
    """Every kind of finding; of each kind the first few, and how many more there are."""

    _first: dict[str, list[Finding]] = field(default_factory=dict)
    _more: dict[str, int] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Note what does not fit."""
        of_kind = self._first.setdefault(finding.code, [])
        if len(of_kind) < MANY:
            of_kind.append(finding)
        else:
            self.more(finding.code, 1)

    def more(self, code: str, count: int) -> None:
        """Count further ones of a kind that was noted."""
        self._more[code] = self._more.get(code, 0) + count

    def listed(self) -> tuple[Finding, ...]:
        """All of them, kind by kind."""
        said: list[Finding] = []
        for code, of_kind in self._first.items():
            said += of_kind
            if self._more.get(code):
                said.append(Finding(code, "", f"and {self._more[code]} more"))
        return tuple(said)


@dataclass(slots=True)
class Reading:
    """One reading in progress: take every leaf in order, then ask what does not fit."""

    head: Checkpoint | None  # the newest there, its signature checked
    kept: Checkpoint | None  # the one kept elsewhere, its signature checked
    findings: Findings = field(default_factory=Findings)
    _frontier: merkle.Frontier = field(default_factory=merkle.Frontier)
    _wanted: set[int] = field(default_factory=set)
    _roots: dict[int, bytes] = field(default_factory=dict)
    _expected: dict[int, bytes] = field(default_factory=dict)
    _parted: int | None = None  # the first size at which an older checkpoint has another root

    def __post_init__(self) -> None:
        """The empty tree has a root before the first leaf."""
        self._wanted = {said.size for said in (self.head, self.kept) if said is not None}
        self._mark()

    def root(self) -> bytes:
        """The root of every leaf taken so far."""
        return self._frontier.root()

    def found(self, code: str, where: object, detail: str) -> None:
        """Note what does not fit."""
        self.findings.add(Finding(code, str(where), detail))

    def expect(self, older: Checkpoint) -> None:
        """Compare a checkpoint signed on the way when its size is reached; its time is to come."""
        self._expected[older.size] = older.root

    def take(self, leaf_hash: bytes) -> None:
        """Take the hash of the next leaf."""
        self._frontier.append(leaf_hash)
        self._mark()

    def finish(self) -> int:
        """Compare with the checkpoints; how many leaves there are."""
        size, head, kept = self._frontier.size, self.head, self.kept
        if head is None and (size or kept):
            self.found("checkpoint_missing", 0, "there are leaves, and no signed checkpoint")
        fits = head is not None and self._compare(
            head, "truncated", "root_differs", "the newest checkpoint"
        )
        if kept is not None:
            same = self._compare(kept, "rolled_back", "forked", "the checkpoint kept elsewhere")
            if head is not None and head.size < kept.size <= size:
                self.found("rolled_back", head.size, "the newest checkpoint is an older one")
            if same and head is not None and head.size == kept.size and head.root != kept.root:
                self.found("forked", head.size, "two roots are signed for this size")
        if fits and self._parted is not None:
            said = "a checkpoint signed earlier is not of the tree that the newest one is of"
            self.found("forked", self._parted, said)
        return size

    def _compare(self, said: Checkpoint, fewer: str, other: str, name: str) -> bool:
        size = self._frontier.size
        if said.size > size:
            self.found(fewer, size, f"{size} leaves, and {name} covers {said.size}")
            return False
        if self._roots[said.size] != said.root:
            self.found(other, said.size, f"the first {said.size} leaves do not give {name}'s root")
            return False
        return True

    def _mark(self) -> None:
        size = self._frontier.size
        expected = self._expected.pop(size, None)
        if size not in self._wanted and expected is None:
            return
        root = self._frontier.root()
        if size in self._wanted:
            self._roots[size] = root
        if expected not in (None, root) and self._parted is None:
            self._parted = size


def read_entries(
    leaves: Iterable[bytes], head: Checkpoint | None, kept: Checkpoint | None
) -> Report:
    """Read the leaves that a ledger lists over HTTP; its usage rows nobody outside can see."""
    reading = Reading(head, kept)
    origin = head.origin if head else ""
    for index, leaf in enumerate(leaves):
        read_leaf(reading, index, leaf, origin)
        reading.take(merkle.leaf_hash(leaf))
    size = reading.finish()
    return Report(leaves=size, signed=head.size if head else 0, findings=reading.findings.listed())


def read_leaf(reading: Reading, index: int, data: bytes, origin: str) -> Leaf | None:
    """A leaf, if it is one and of this ledger (an empty origin is any); noted if it is none."""
    try:
        leaf = Leaf.parse(data)
    except MalformedError as error:
        reading.found("leaf_unreadable", index, error.detail)
        return None
    if origin and leaf.log != origin:
        reading.found("leaf_unreadable", index, "a leaf of another ledger")
    return leaf
