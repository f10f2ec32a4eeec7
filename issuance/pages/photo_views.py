"""What the photo page shows; mapping only, no IO."""

from dataclasses import dataclass
from datetime import date

from certstore.offices import office_name
from certstore.pages.views import Matter
from certstore.web.dress import Lang
from issuance.pages.application_pages import matter_word
from issuance.photo_capture import BEFORE, OnPhotoPage, level_of, reasons_of, steps_of
from issuance.upload import Upload
from verifiers.materials.photo_findings import NOT_SEEN, PhotoLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFile:
    """The photo on file: from whom, when it was taken, what our own check holds against it."""

    office: str
    taken_on: date | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A photo that was made of a snapshot: its pictures, what was done, what stands against it."""

    ref: str
    picture: str  # path of the photo
    before: str | None  # path of the same with its own background
    steps: tuple[str, ...]
    reasons: tuple[str, ...]
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoView:
    """`issuance/photo.html`, /applications/{ref}/photo.

    Its form POSTs there as multipart: `file`, `document` (photo_capture | photo_upload). A photo
    that is shown has forms that POST to …/{upload}/keep and …/drop.
    """

    ref: str
    matter: Matter
    level: str  # basic | face
    unseen: tuple[str, ...]  # what is not looked at, at this level
    on_file: OnFile | None = None
    offered: Shown | None = None
    kept: Shown | None = None
    refused: tuple[str, ...] = ()  # why the file was not taken (`upload.refused.<code>`)
    wrong: tuple[str, ...] = ()  # why the photo cannot be used (`photo.because.<code>`)
    missing: bool = False  # nothing was sent

    @property
    def path(self) -> str:
        """Where this page stands."""
        return f"/applications/{self.ref}/photo"

    @property
    def state(self) -> str:
        """What the page is about: a photo to confirm, one that was, or one to be taken."""
        if self.refused or self.wrong or self.missing:
            return "take"
        return "offered" if self.offered else "kept" if self.kept else "take"


def photo_view(
    found: OnPhotoPage,
    level: PhotoLevel,
    lang: Lang,
    *,
    refused: tuple[str, ...] = (),
    wrong: tuple[str, ...] = (),
    missing: bool = False,
) -> PhotoView:
    """The page of the photo."""
    ref = found.application.ref
    return PhotoView(
        ref=ref,
        matter=matter_word(found.application),
        level=level.value,
        unseen=tuple(word.value for word in NOT_SEEN[level]),
        on_file=_on_file(found, lang),
        offered=_shown(found.offered, ref),
        kept=_shown(found.kept, ref),
        refused=refused,
        wrong=wrong,
        missing=missing,
    )


def _on_file(found: OnPhotoPage, lang: Lang) -> OnFile | None:
    if found.on_file is None:
        return None
    said = found.on_file.fields.get("taken_on")
    return OnFile(
        office=office_name(found.on_file.issuer_uscc, lang),
        taken_on=date.fromisoformat(str(said)) if said else None,
        reasons=found.check.reasons if found.check else (),
    )


def _shown(upload: Upload | None, ref: str) -> Shown | None:
    if upload is None:
        return None
    at = f"/applications/{ref}/photo/{upload.ref}"
    level = PhotoLevel(level_of(upload))
    return Shown(
        ref=upload.ref,
        picture=f"{at}/photo",
        before=f"{at}/before" if upload.has(BEFORE) else None,
        steps=steps_of(upload),
        reasons=reasons_of(upload),
        unseen=tuple(word.value for word in NOT_SEEN[level]),
    )
