"""PDF documents: opened, refused for what they would do, or written anew with pages alone."""

import io
import re
from typing import Any

import pikepdf

from verifiers.materials.handed_in import Advice, Cleaned, Fault, Judged, Kind, Page, Refused
from verifiers.materials.handed_in_kind import is_two_in_one
from verifiers.materials.handed_in_pdf_faults import faults_of, is_signed
from verifiers.materials.handed_in_picture import page_of
from verifiers.materials.handed_in_profile import Profile

_PAGE_MEMBERS = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Group")
_RESOURCES = (
    *("/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/ProcSet"),
)
# What travels beside the looks of a page: notes of programs, layers, the structure of the text.
_BESIDE = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/StructParent", "/StructParents", "/AF"),
    *("/OC", "/OPI", "/Ref", "/Alternates", "/Measure", "/PtData"),
)
_END = re.compile(rb"%%EOF[\x00\s]*")
_BEHIND_THE_END_AT_MOST = 1024
_LARGEST_SCALE = 4.0  # pixels a point


def judge_document(data: bytes, profile: Profile) -> Judged:
    """Judge a PDF and write it anew; never raises, whatever the bytes are."""
    try:
        return _judge(data, profile)
    except pikepdf.PasswordError:
        return Refused((Fault.ENCRYPTED,))
    except RecursionError:
        return Refused((Fault.COMPLEX,))
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, ArithmeticError, AttributeError):
        return Refused((Fault.DAMAGED,))  # what broken structures raise on the way


def _judge(data: bytes, profile: Profile) -> Judged:
    fault = _file_fault(data)
    if fault is not None:
        return Refused((fault,))
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
        if pdf.is_encrypted:  # with an empty password
            return Refused((Fault.ENCRYPTED,))
        faults = faults_of(pdf, profile)
        if faults:
            return Refused(faults)
        signed = is_signed(pdf)
        clean = _written_anew(pdf)
    if _faults_in(clean, profile):  # nothing that was left out may have come along
        return Refused((Fault.DAMAGED,))
    return Cleaned(Kind.PDF, _pages(clean, profile), clean, signed=signed)


def _file_fault(data: bytes) -> Fault | None:
    """What is wrong with the file around the document."""
    ends = list(_END.finditer(data))
    if not ends:
        return Fault.TRUNCATED
    if is_two_in_one(data, Kind.PDF, ends[-1].end()):
        return Fault.POLYGLOT
    return Fault.TRAILING if len(data) - ends[-1].end() > _BEHIND_THE_END_AT_MOST else None


def _faults_in(clean: bytes, profile: Profile) -> tuple[Fault, ...]:
    with pikepdf.open(io.BytesIO(clean), attempt_recovery=False) as pdf:
        return faults_of(pdf, profile)


def _written_anew(pdf: pikepdf.Pdf) -> bytes:
    """A new document with the same pages to the eye: notes and signature pictures are drawn in."""
    pdf.flatten_annotations("all")
    fresh = pikepdf.Pdf.new()
    fresh.pages.extend(pdf.pages)
    for page in fresh.pages:
        for name in set(page.obj.keys()) - set(_PAGE_MEMBERS):
            del page.obj[name]
        resources = page.obj.get("/Resources", pikepdf.Dictionary())
        for name in set(resources.keys()) - set(_RESOURCES):
            del resources[name]
    for thing in fresh.objects:
        _strip(thing)
    out = io.BytesIO()
    fresh.save(
        out,
        compress_streams=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
    return out.getvalue()


def _strip(thing: pikepdf.Object) -> None:
    """Take away what travels beside the looks; from streams also the resources' own extras."""
    if isinstance(thing, pikepdf.Stream):
        for name in _BESIDE:
            if name in thing:
                del thing[name]
        resources = thing.get("/Resources")
        if isinstance(resources, pikepdf.Dictionary) and "/Properties" in resources:
            del resources["/Properties"]
    elif isinstance(thing, pikepdf.Dictionary) and "/Type" in thing:
        for name in ("/Metadata", "/PieceInfo", "/LastModified"):
            if name in thing:
                del thing[name]


def _pages(clean: bytes, profile: Profile) -> tuple[Page, ...]:
    # Slow to import, and needed for documents only.
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(clean)
    try:
        return tuple(_page(document[n], profile) for n in range(len(document)))
    except pypdfium2.PdfiumError as error:
        raise ValueError("a page cannot be drawn") from error
    finally:
        document.close()


def _page(sheet: Any, profile: Profile) -> Page:  # noqa: ANN401 - pypdfium2 publishes no types
    """One page drawn; a blank or unreadable page of a document is advice, never a refusal."""
    scale = min(profile.page_side / max(sheet.get_size()), _LARGEST_SCALE)
    bitmap = sheet.render(scale=scale, may_draw_forms=False)
    page, faults = page_of(bitmap.to_pil().convert("RGB"), profile.page_side, profile)
    advice = {a for a in page.advice if a not in {Advice.COARSE, Advice.DARK}}
    if Fault.BLANK in faults or Fault.DARK in faults:
        advice = {Advice.BLANK_PAGE}
    ordered = tuple(a for a in Advice if a in advice)
    return Page(page.picture, page.thumbnail, page.width, page.height, ordered)
