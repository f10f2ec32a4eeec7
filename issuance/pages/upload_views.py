"""What the page of one material shows, where something is handed in; mapping only, no IO."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from certstore.pages.views import Material, Matter, Reason
from certstore.web.dress import Lang
from issuance.handed_in import LEAST_PAGES, MOST_FILES, pages_missing, read_kept
from issuance.pages.application_pages import matter_word, reasons_of
from issuance.pages.desk_views import DeskFile
from issuance.pages.views import Errors
from issuance.upload import TAKEN, Upload, UploadState
from issuance.uploads import Asked
from verifiers.materials.handed_in import Advice
from verifiers.materials.handed_in_profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper that counts: a code of the texts (`upload.paper.<code>`), and its usual pages."""

    code: str
    pages: int
    missing: int = 0  # of one that was begun


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """One file that was handed in."""

    ref: str
    paper: str
    pages: int
    sheets: tuple[tuple[str, str], ...]  # (thumbnail, large), paths of pictures
    doubtful: bool = False  # it counts only once the person says so
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """An upload that was cut off and can be resumed with the same file."""

    ref: str
    paper: str
    percent: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    """`issuance/upload.html`, /applications/{ref}/materials/{material}.

    Its form POSTs there as multipart: `document` (a paper's code), `file`. Beside each file stand
    forms that POST to …/{upload}/keep (hand in all the same) and …/{upload}/drop.
    """

    ref: str
    matter: Matter
    material: Material
    papers: tuple[Paper, ...]
    reasons: tuple[Reason, ...] = ()
    files: tuple[FileView, ...] = ()
    interrupted: Interrupted | None = None
    refused: tuple[str, ...] = ()  # why the last file was not taken (`upload.refused.<code>`)
    chosen: str = ""
    full: bool = False  # no further file can be added
    most_mb: int = 10
    sight: str = "{}"  # how the telephone measures, as JSON
    most_bytes: int = 10_000_000
    back_href: str = "/applications"
    errors: Errors = field(default_factory=dict)

    @property
    def given(self) -> int:
        """How many pages count."""
        return sum(file.pages for file in self.files if not file.doubtful)

    @property
    def missing(self) -> tuple[Paper, ...]:
        """Papers of which pages usually are missing."""
        return tuple(paper for paper in self.papers if paper.missing)

    @property
    def path(self) -> str:
        """Where this page stands."""
        return f"/applications/{self.ref}/materials/{self.material}"


def upload_view(
    asked: Asked, profile: Profile, lang: Lang, errors: Errors | None = None, chosen: str = ""
) -> UploadView:
    """The page of one material."""
    application, uploads = asked.application, asked.uploads
    ref = application.ref
    material: Material = asked.decision.material.value
    path = f"/applications/{ref}/materials/{material}"
    taken = [u for u in uploads if u.state in TAKEN]
    only = asked.papers[0] if len(asked.papers) == 1 else ""
    return UploadView(
        ref=ref,
        matter=matter_word(application),
        material=material,
        papers=tuple(_paper(code, uploads) for code in asked.papers),
        reasons=tuple(reasons_of(asked.decision, lang)),
        files=tuple(file_view(upload, path) for upload in taken),
        interrupted=next((_interrupted(u) for u in uploads if _is_cut_off(u)), None),
        refused=tuple(r for u in uploads if u.state is UploadState.REFUSED for r in u.reasons),
        chosen=chosen or only or (taken[-1].document if taken else ""),
        full=len(taken) >= MOST_FILES,
        most_mb=profile.most_bytes // 1_000_000,
        most_bytes=profile.most_bytes,
        sight=json.dumps(profile.sight.as_json(), separators=(",", ":")),
        back_href=f"/applications/{ref}/{'face' if material == 'identity' else 'check'}",
        errors=errors or {},
    )


def advice_codes(advice: Iterable[str]) -> tuple[str, ...]:
    """What the applicant is told: what there is something to do about."""
    return tuple(code for code in advice if code != Advice.SIGNATURE)


def _paper(code: str, uploads: Iterable[Upload]) -> Paper:
    kept = [u.as_handed_in() for u in uploads if u.state is UploadState.KEPT]
    begun = any(k.document == code for k in kept)
    return Paper(
        code=code, pages=LEAST_PAGES[code], missing=pages_missing(kept, code) if begun else 0
    )


def file_view(upload: Upload, path: str) -> FileView:
    """A file that was taken; its pictures stand below `path`."""
    numbers = range(1, upload.pages + 1)
    return FileView(
        ref=upload.ref,
        paper=upload.document,
        pages=upload.pages,
        sheets=tuple(
            (f"{path}/{upload.ref}/thumbnail-{n}", f"{path}/{upload.ref}/page-{n}") for n in numbers
        ),
        doubtful=upload.state is UploadState.DOUBTFUL,
        advice=advice_codes(upload.advice),
    )


def _is_cut_off(upload: Upload) -> bool:
    return upload.state is UploadState.RECEIVING and upload.received > 0


def _interrupted(upload: Upload) -> Interrupted:
    return Interrupted(
        ref=upload.ref,
        paper=upload.document,
        percent=100 * upload.received // upload.length,
        length=upload.length,
    )


def desk_files(
    case_ref: str, material: str, decision: Mapping[str, object] | None
) -> tuple[DeskFile, ...]:
    """What was handed in for a material of a case."""
    kept = [f for f in read_kept(decision) if f.material == material]
    return tuple(
        DeskFile(
            paper=f.document,
            pages=tuple(
                (
                    f"/desk/uploads/{case_ref}/{f.ref}/thumbnail-{n}",
                    f"/desk/uploads/{case_ref}/{f.ref}/page-{n}",
                )
                for n in range(1, f.pages + 1)
            ),
            document=f"/desk/uploads/{case_ref}/{f.ref}/document" if f.kind == "pdf" else None,
            advice=f.advice,
            usual_pages=LEAST_PAGES[f.document],
            missing=pages_missing(kept, f.document),
            seen_by=f.seen_by,
        )
        for f in kept
    )
