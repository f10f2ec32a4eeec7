"""What a PDF must not hold (ISO 32000-1): looked for in every object, whether used or not.

Every object is looked at, nested ones too, and nothing is followed: an object that another
refers to has its own turn. So nothing hides behind an unusual reference, and nothing loops.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf

from verifiers.materials.handed_in import Fault
from verifiers.materials.handed_in_profile import Profile

# Actions by what they would do (ISO 32000-1 table 198, ISO 32000-2 table 201). Those that only
# move about in the document, print it or lead to a web page are dropped when it is written anew.
_ACTIONS = {
    "/JavaScript": Fault.SCRIPT,
    "/Launch": Fault.LAUNCH,
    "/GoToR": Fault.EXTERNAL,
    "/GoToE": Fault.EXTERNAL,
    "/SubmitForm": Fault.SENDS,
    "/ImportData": Fault.SENDS,
    "/ResetForm": Fault.FORM,
    "/Rendition": Fault.MEDIA,
    "/Movie": Fault.MEDIA,
    "/Sound": Fault.MEDIA,
    "/RichMediaExecute": Fault.MEDIA,
    "/GoTo3DView": Fault.MEDIA,
}
_SUBTYPES = {
    "/FileAttachment": Fault.FILES,
    "/RichMedia": Fault.MEDIA,
    "/3D": Fault.MEDIA,
    "/U3D": Fault.MEDIA,
    "/PRC": Fault.MEDIA,
    "/Screen": Fault.MEDIA,
    "/Movie": Fault.MEDIA,
    "/Sound": Fault.MEDIA,
    "/PS": Fault.SCRIPT,  # a PostScript XObject
}
_TYPES = {"/Filespec": Fault.FILES, "/EmbeddedFile": Fault.FILES, "/3D": Fault.MEDIA}
# Names of members that are never those of a resource: a font may be called /AF, not /EF.
_MEMBERS = {
    "/JS": Fault.SCRIPT,
    "/JavaScript": Fault.SCRIPT,
    "/AA": Fault.TRIGGER,
    "/EF": Fault.FILES,
    "/EmbeddedFiles": Fault.FILES,
    "/XFA": Fault.XFA,
    "/RichMediaContent": Fault.MEDIA,
    "/OPI": Fault.EXTERNAL,
}
_OF_STREAMS = {"/F": Fault.EXTERNAL, "/FFilter": Fault.EXTERNAL, "/Ref": Fault.EXTERNAL}
_RESOURCES = frozenset(
    {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties"}
)


@dataclass(slots=True)
class _Search:
    """What was found so far, and how much may still be looked at."""

    profile: Profile
    left: int
    found: dict[Fault, None] = field(default_factory=dict)

    def note(self, fault: Fault | None) -> None:
        if fault is not None:
            self.found[fault] = None


def faults_of(pdf: pikepdf.Pdf, profile: Profile) -> tuple[Fault, ...]:
    """Every reason this document is not taken, in the order found."""
    search = _Search(profile, profile.most_nodes)
    if len(pdf.objects) > profile.most_objects:
        return (Fault.COMPLEX,)
    for thing in pdf.objects:
        _look(thing, search, 0)
        if search.left < 0:
            search.note(Fault.COMPLEX)
            return tuple(search.found)
    _look(pdf.trailer, search, 0)
    for fault in (*_root_faults(pdf.Root), *_page_faults(pdf, profile)):
        search.note(fault)
    return tuple(search.found)


def is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether there is a signature field."""
    return any(
        isinstance(thing, pikepdf.Dictionary) and _name(thing, "/FT") == "/Sig"
        for thing in pdf.objects
    )


def _look(thing: pikepdf.Object, search: _Search, depth: int, parent: str = "") -> None:
    search.left -= 1
    if depth > search.profile.most_depth:
        search.left = -1
    if search.left < 0:
        return
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        if parent not in _RESOURCES:
            _judge(thing, search)
        for name, value in thing.items():
            if not getattr(value, "is_indirect", True):  # numbers come as Python's own
                _look(value, search, depth + 1, name)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:
            if not getattr(value, "is_indirect", True):  # numbers come as Python's own
                _look(value, search, depth + 1)


def _judge(thing: pikepdf.Dictionary | pikepdf.Stream, search: _Search) -> None:
    names = set(thing.keys())
    for name in names & _MEMBERS.keys():
        search.note(_MEMBERS[name])
    search.note(_ACTIONS.get(_name(thing, "/S")))
    search.note(_SUBTYPES.get(_name(thing, "/Subtype")))
    search.note(_TYPES.get(_name(thing, "/Type")))
    if "/FT" in names and _name(thing, "/FT") != "/Sig":
        search.note(Fault.FORM)
    if not isinstance(thing, pikepdf.Stream):
        return
    for name in names & _OF_STREAMS.keys():
        search.note(_OF_STREAMS[name])
    if _name(thing, "/Subtype") == "/Image":
        width, height = _whole(thing, "/Width"), _whole(thing, "/Height")
        if width * height > search.profile.most_pixels_jpeg:
            search.note(Fault.PIXELS)


def _root_faults(root: pikepdf.Object) -> Iterator[Fault]:
    opening = root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and _name(opening, "/S") != "/GoTo":
        yield Fault.OPENING
    if "/Collection" in root or "/AF" in root:
        yield Fault.FILES


def _page_faults(pdf: pikepdf.Pdf, profile: Profile) -> Iterator[Fault]:
    if len(pdf.pages) == 0:
        yield Fault.NO_PAGES
    if len(pdf.pages) > profile.most_pages:
        yield Fault.PAGES
        return
    for page in pdf.pages:
        sides = _sides(page)
        if not profile.least_side <= min(sides) <= max(sides) <= profile.most_side_points:
            yield Fault.PAGE_SIZE


def _sides(page: pikepdf.Page) -> tuple[float, float]:
    """Width and height of what is shown of a page, in points; 0 where they cannot be read."""
    try:
        left, bottom, right, top = (float(value) for value in page.cropbox)
    except (ValueError, TypeError, ArithmeticError, pikepdf.PdfError):
        return 0.0, 0.0
    return abs(right - left), abs(top - bottom)


def _name(thing: pikepdf.Object, member: str) -> str:
    value = thing.get(member)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _whole(thing: pikepdf.Object, member: str) -> int:
    value: object = thing.get(member)
    return value if isinstance(value, int) else 0
