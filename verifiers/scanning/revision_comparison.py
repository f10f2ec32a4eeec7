"""What was changed behind the signed revision of a document, told apart part by part (pikepdf).

Only a reader process imports this module. The verdict never hangs on it: a document with one
byte more than was signed is not good, whatever is found here.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import pikepdf

from verifiers.scanning.account import MOST_CHANGES, Change, ChangeKind
from verifiers.scanning.compared_pages import changed_pages
from verifiers.scanning.revisions import Compared
from verifiers.scanning.signers import field_changes, plain
from verifiers.scanning.structure import Digests, TooMuchError

_ACTIONS: Final = frozenset({"/OpenAction", "/AA"})
_APART: Final = {"/Pages", "/AcroForm", "/Names", "/AF", "/Metadata", "/DSS", "/OCProperties"}
_SILENT: Final = {"/Type", "/Version", "/Extensions"}  # follow from other changes, and show nothing
_LARGEST_ATTACHMENT: Final = 8 << 20

_Part = Callable[["Pair"], Iterator[Change]]


class Pair:
    """The signed revision and the whole, both open, with digests of their objects."""

    def __init__(self, signed: pikepdf.Pdf, whole: pikepdf.Pdf) -> None:
        """Take two open files."""
        self.signed, self.whole = signed, whole
        self.before, self.after = Digests(), Digests()

    def same(self, name: str) -> bool:
        """Whether the catalogues agree on this entry."""
        old, new = self.signed.Root.get(name), self.whole.Root.get(name)
        return self.before.of(old) == self.after.of(new)


def compare_revisions(pdf: bytes, signed: int) -> Compared:
    """Compare the first `signed` bytes, known to be ours, with all bytes; never raises for them."""
    with pikepdf.open(io.BytesIO(pdf[:signed])) as original:
        try:
            whole = pikepdf.open(io.BytesIO(pdf), suppress_warnings=True)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever is wrong with it, nobody can read it now
            return Compared((Change(ChangeKind.UNREADABLE_NOW),))
        with whole:
            changes = list(_changes(Pair(original, whole)))
    if not changes:
        changes = [Change(ChangeKind.BYTES_BEHIND, str(len(pdf) - signed))]
    told = (Change(change.kind, plain(change.detail)) for change in changes)
    return Compared(tuple(dict.fromkeys(told))[:MOST_CHANGES])


def _changes(pair: Pair) -> Iterator[Change]:
    if pair.whole.is_encrypted:
        yield Change(ChangeKind.ENCRYPTION)
    for kind, part in _PARTS:
        try:
            yield from part(pair)
        except MemoryError:
            raise
        except (TooMuchError, RecursionError):
            yield Change(kind)
        except Exception:  # noqa: BLE001 - ours is sound: what cannot be followed was put there
            yield Change(kind)


def _pages(pair: Pair) -> Iterator[Change]:
    yield from changed_pages(pair.signed, pair.whole, pair.before, pair.after)


def _fields(pair: Pair) -> Iterator[Change]:
    changed = list(field_changes(pair.signed, pair.whole, pair.before, pair.after))
    yield from changed
    if not changed and not pair.same("/AcroForm"):
        yield Change(ChangeKind.FORM_CHANGED)


def _information(pair: Pair) -> Iterator[Change]:
    old, new = pair.signed.trailer.get("/Info"), pair.whole.trailer.get("/Info")
    if pair.before.of(old) != pair.after.of(new):
        yield Change(ChangeKind.INFORMATION)
    if not pair.same("/Metadata"):
        yield Change(ChangeKind.METADATA)


def _attachments(pair: Pair) -> Iterator[Change]:
    old, new = _attached(pair.signed), _attached(pair.whole)
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield Change(ChangeKind.ATTACHMENT_REMOVED, name)
        elif name not in old:
            yield Change(ChangeKind.ATTACHMENT_ADDED, name)
        elif old[name] != new[name]:
            yield Change(ChangeKind.ATTACHMENT_CHANGED, name)
    if old == new and not pair.same("/AF"):
        yield Change(ChangeKind.ATTACHMENT_CHANGED)


def _attached(document: pikepdf.Pdf) -> dict[str, bytes]:
    found = {}
    for name, spec in document.attachments.items():
        file = spec.get_file()
        found[name] = file.read_bytes() if file.size <= _LARGEST_ATTACHMENT else b"too large"
    return found


def _actions(pair: Pair) -> Iterator[Change]:
    if not all(pair.same(name) for name in _ACTIONS):
        yield Change(ChangeKind.ACTION_ADDED)
    names = pair.whole.Root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        for name in names.keys() - {"/EmbeddedFiles"}:
            code = name == "/JavaScript"
            yield Change(ChangeKind.ACTION_ADDED) if code else Change(ChangeKind.CATALOGUE, name)


def _catalogue(pair: Pair) -> Iterator[Change]:
    if not pair.same("/OCProperties"):
        yield Change(ChangeKind.LAYERS)
    if not pair.same("/DSS"):
        yield Change(ChangeKind.VALIDATION_DATA)
    names = pair.signed.Root.keys() | pair.whole.Root.keys()
    for name in sorted(names - _APART - _ACTIONS - _SILENT):
        if not pair.same(name):
            yield Change(ChangeKind.CATALOGUE, name)


def _hidden(pair: Pair) -> Iterator[Change]:
    """Objects under new numbers that nothing leads to; tables and holders of objects aside."""
    old = {thing.objgen for thing in pair.signed.objects}
    digests = Digests()
    digests.of(pair.whole.trailer)
    more = [
        thing
        for thing in pair.whole.objects
        if thing.objgen not in old and thing.objgen not in digests.places and not _service(thing)
    ]
    if more:
        yield Change(ChangeKind.HIDDEN_OBJECTS, str(len(more)))


def _service(thing: pikepdf.Object) -> bool:
    if not isinstance(thing, pikepdf.Stream):
        return thing.objgen == (0, 0)
    return str(thing.get("/Type", "")) in {"/XRef", "/ObjStm"}


_PARTS: Final[Sequence[tuple[ChangeKind, _Part]]] = (
    (ChangeKind.PAGE_OTHER, _pages),
    (ChangeKind.FORM_CHANGED, _fields),
    (ChangeKind.ATTACHMENT_CHANGED, _attachments),
    (ChangeKind.INFORMATION, _information),
    (ChangeKind.ACTION_ADDED, _actions),
    (ChangeKind.CATALOGUE, _catalogue),
    (ChangeKind.HIDDEN_OBJECTS, _hidden),
)
