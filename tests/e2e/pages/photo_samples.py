"""The photo page in every state: to be taken, wrong, shown to be confirmed, handed in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from issuance.pages.photo_views import OnFile, PhotoView, Shown
from tests.e2e.pages.people import PORTRAIT, REF, Sample
from verifiers.materials.photo_findings import NOT_SEEN, PhotoLevel, PhotoReason
from verifiers.materials.portrait_crop import Fault, Step

PAGE = "issuance/photo.html"


def photos() -> Iterator[Sample]:
    """Every state of the page."""
    unseen = {level: tuple(map(str, NOT_SEEN[level])) for level in PhotoLevel}
    view = PhotoView(
        ref=REF,
        matter="residence_registration",
        level="face",
        unseen=unseen[PhotoLevel.FACE],
        on_file=OnFile(office="示范市公安局", taken_on=date(2024, 5, 20)),
    )
    sound = Shown(ref="p1", picture=PORTRAIT, before=None, steps=(), reasons=(), unseen=view.unseen)
    white = replace(
        sound,
        before=PORTRAIT,
        steps=tuple(map(str, Step)),
        reasons=(str(PhotoReason.BLURRED), str(PhotoReason.FACE_UNSURE)),
    )
    doubted = replace(
        view.on_file, taken_on=None, reasons=(str(PhotoReason.SAME_PICTURE_ELSEWHERE),)
    )
    basic = replace(view, level="basic", unseen=unseen[PhotoLevel.BASIC], on_file=None)
    everything = (*map(str, PhotoReason), *map(str, Fault))
    states = {
        "photo": view,
        "photo-basic": basic,
        "photo-doubted": replace(view, on_file=doubted),
        "photo-missing": replace(view, missing=True),
        "photo-refused": replace(view, refused=("FILE_HEIC",)),
        "photo-wrong": replace(basic, wrong=everything),
        "photo-sound": replace(view, offered=sound),
        "photo-whitened": replace(view, offered=white),
        "photo-kept": replace(view, kept=white),
    }
    for name, state in states.items():
        yield Sample(name, PAGE, state, state.path)
