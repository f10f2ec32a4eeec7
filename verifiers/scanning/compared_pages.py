"""The pages of a signed revision beside those of the whole file: moved, added, changed, covered.

Only a reader process imports this module.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import pikepdf

from verifiers.scanning.account import Change, ChangeKind
from verifiers.scanning.structure import Digests, TooMuchError

_MOST_PAGES: Final = 200
_MOST_NOTES: Final = 400
_BOXES: Final = (
    "/MediaBox",
    "/CropBox",
    "/BleedBox",
    "/TrimBox",
    "/ArtBox",
    "/Rotate",
    "/UserUnit",
)
_INHERITED: Final = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")
_RESOURCES: Final[Mapping[str, ChangeKind]] = {
    "/Font": ChangeKind.PAGE_FONTS,
    "/XObject": ChangeKind.PAGE_PICTURES,
}
_APART: Final = {*_BOXES, "/Contents", "/Resources", "/Annots", "/AA"}
_HIGHEST_TREE: Final = 20


def changed_pages(
    signed: pikepdf.Pdf, whole: pikepdf.Pdf, before: Digests, after: Digests
) -> Iterator[Change]:
    """What was done to pages; TooMuchError for more of them than any document of ours has."""
    if len(whole.pages) > _MOST_PAGES:
        raise TooMuchError
    old = {page.obj.objgen: number for number, page in enumerate(signed.pages)}
    new = {page.obj.objgen: number for number, page in enumerate(whole.pages)}
    for place, number in new.items():
        if place not in old:
            yield Change(ChangeKind.PAGE_ADDED, str(number + 1))
    for place, number in old.items():
        if place not in new:
            yield Change(ChangeKind.PAGE_REMOVED, str(number + 1))
            continue
        if new[place] != number + sum(
            1 for other in new if other not in old and new[other] < new[place]
        ):
            yield Change(ChangeKind.PAGE_MOVED, str(number + 1))
        pair = (signed.pages[number].obj, whole.pages[new[place]].obj)
        yield from _page(pair, (before, after), str(number + 1))


def _page(
    pair: tuple[pikepdf.Object, pikepdf.Object], digests: tuple[Digests, Digests], page: str
) -> Iterator[Change]:
    old, new = pair
    before, after = digests
    if before.of(old.get("/Contents")) != after.of(new.get("/Contents")):
        yield Change(ChangeKind.PAGE_CONTENT, page)
    resources = (_member(old, "/Resources"), _member(new, "/Resources"))
    for name in sorted({*_names(resources[0]), *_names(resources[1])}):
        if before.of(_entry(resources[0], name)) != after.of(_entry(resources[1], name)):
            yield Change(_RESOURCES.get(name, ChangeKind.PAGE_OTHER), page)
    if any(before.of(_member(old, box)) != after.of(_member(new, box)) for box in _BOXES):
        yield Change(ChangeKind.PAGE_BOX, page)
    if before.of(old.get("/AA")) != after.of(new.get("/AA")):
        yield Change(ChangeKind.ACTION_ADDED, page)
    others = (old.keys() | new.keys()) - _APART - {"/Parent", "/Type"}
    if any(before.of(old.get(name)) != after.of(new.get(name)) for name in sorted(others)):
        yield Change(ChangeKind.PAGE_OTHER, page)
    yield from _notes(pair, digests)


def _notes(
    pair: tuple[pikepdf.Object, pikepdf.Object], digests: tuple[Digests, Digests]
) -> Iterator[Change]:
    old, new = (_annotations(page) for page in pair)
    before, after = digests
    for place, note in new.items():
        if place not in old:
            yield Change(ChangeKind.ANNOTATION_ADDED, _kind(note))
        elif before.of(old[place]) != after.of(note):
            yield Change(ChangeKind.ANNOTATION_CHANGED, _kind(note))
    for place, note in old.items():
        if place not in new:
            yield Change(ChangeKind.ANNOTATION_REMOVED, _kind(note))


def _annotations(page: pikepdf.Object) -> dict[object, pikepdf.Object]:
    notes = page.get("/Annots")
    if notes is None:
        return {}
    if len(notes) > _MOST_NOTES:
        raise TooMuchError
    return {
        note.objgen if note.is_indirect else ("direct", number): note
        for number, note in enumerate(notes)
    }


def _kind(note: pikepdf.Object) -> str:
    kind = str(note.get("/Subtype", "")).removeprefix("/")
    said = note.get("/Contents")
    return f"{kind}: {said}" if isinstance(said, pikepdf.String) and str(said) else kind


def _member(page: pikepdf.Object, name: str) -> pikepdf.Object | None:
    """A page's member, its own or, where it may be, one of the nodes above it."""
    node = page
    for _ in range(_HIGHEST_TREE):
        if name in node:
            return node[name]
        if name not in _INHERITED or "/Parent" not in node:
            return None
        node = node["/Parent"]
    raise TooMuchError


def _names(resources: pikepdf.Object | None) -> set[str]:
    return set(resources.keys()) if isinstance(resources, pikepdf.Dictionary) else set()


def _entry(resources: pikepdf.Object | None, name: str) -> pikepdf.Object | None:
    return resources.get(name) if isinstance(resources, pikepdf.Dictionary) else None
