"""What the pages of presenting show: a certificate in a profile, phones, a verifier's question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, cast

from certstore.certificates import Certificate
from certstore.errors import ConflictError, MalformedError
from certstore.pages.holdings_pages import word
from certstore.pages.usage_pages import label_of
from certstore.pages.views import Level, PresentView
from certstore.presentation import Presentation, Scan
from certstore.presenting.choices import (
    LEVELS,
    AgeNotReachedError,
    Choice,
    FieldMissingError,
    ages_reached,
    code_data,
)
from certstore.presenting.devices import MyDevice
from certstore.web.dress import Lang
from certstore.web.symbol import Symbol

_NOT_TOLD = {"photo_digest"}  # the checksum of a photo that goes along is no field to a person


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the other side sees of a certificate, and what it does not: names, then labels."""

    names: tuple[str, ...]
    sees: tuple[str, ...]
    sees_not: tuple[str, ...]


def shown_of(certificate: Certificate, choice: Choice, today: date, lang: Lang) -> Shown:
    """By the claims that the code will carry, as `code_data` makes them; raises what it raises."""
    given = dict(code_data(certificate, choice, today).given())
    if choice.shows_person and certificate.file("photo") is not None:
        given["photo"] = ""
    scan = Scan(certificate, "", given)
    names = tuple(name for name in scan.fields if name not in _NOT_TOLD)
    hidden = [name for name in scan.other_fields if name not in _NOT_TOLD]
    return Shown(
        names=names,
        sees=_labels(certificate, names, lang, choice),
        sees_not=_labels(certificate, hidden, lang, choice),
    )


def _labels(
    certificate: Certificate, names: Sequence[str], lang: Lang, choice: Choice
) -> tuple[str, ...]:
    ages = {"zh": f"已满 {choice.age_over} 岁", "en": f"{choice.age_over} or over"}
    labels = (
        ages[lang] if name == "age_over" else label_of(name, certificate.type_code, lang)
        for name in names
    )
    return tuple(dict.fromkeys(labels))


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What the presenting page is made of."""

    certificate: Certificate
    choice: Choice
    now: datetime
    today: date
    made: Presentation | None
    symbol: Symbol | None
    why_not: ConflictError | None
    confirming: bool
    url: str
    url_code: Symbol


def present_view(showing: Showing, lang: Lang, *, specimen: bool) -> PresentView:
    """The presenting page; without a symbol when it cannot be shown, or is to be confirmed."""
    certificate, choice, made = showing.certificate, showing.choice, showing.made
    shown = Shown(names=(), sees=(), sees_not=())
    if showing.why_not is None:
        shown = shown_of(certificate, choice, showing.today, lang)
    has_photo = certificate.file("photo") is not None
    return PresentView(
        ref=certificate.ref,
        type_code=certificate.type_code,
        status=word(certificate.status_on(showing.today)),
        name=certificate.holders[0].name,
        id_number=certificate.holders[0].id_number,
        now=showing.now,
        photo_href=f"/certificates/{certificate.ref}/photo" if has_photo else None,
        code=showing.symbol,
        expires_at=datetime.fromtimestamp(made.expires_at, UTC) if made else None,
        level=cast("Level", choice.level),
        levels=_levels(certificate, showing.today),
        cti=made.cti if made else None,
        age=choice.age_over,
        ages=_ages(certificate, showing.today),
        sees=shown.sees,
        sees_not=shown.sees_not,
        confirm=shown.names if showing.confirming else (),
        cannot=_why(showing.why_not),
        reveal_href=f"/certificates/{certificate.ref}/reveal",
        url_code=showing.url_code,
        url=showing.url,
        specimen=specimen,
    )


def _levels(certificate: Certificate, today: date) -> tuple[Level, ...]:
    """Those that the certificate bears out; of the ages, which are is listed apart."""
    offered = cast("tuple[Level, ...]", LEVELS)
    try:
        code_data(certificate, Choice.parse("residence"), today)
    except FieldMissingError:
        return tuple(level for level in offered if level != "residence")
    return offered


def _ages(certificate: Certificate, today: date) -> tuple[int, ...]:
    try:
        return ages_reached(certificate, today)
    except MalformedError:  # a document that tells no age
        return ()


def _why(refused: ConflictError | None) -> Literal["ended", "age", "district"] | None:
    match refused:
        case None:
            return None
        case AgeNotReachedError():
            return "age"
        case FieldMissingError():
            return "district"
        case _:
            return "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A phone in the list of mine."""

    ref: str
    name: str
    made_at: datetime
    used_at: datetime
    shows: tuple[tuple[str, str], ...]  # types of certificates, each with whose, if a child's


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesView:
    """`certstore/devices.html`, GET /settings/devices; a form to POST …/{ref}/sign-out."""

    devices: tuple[DeviceRow, ...] = ()
    signed_out: bool = False  # one was signed out just now
    most: int = 10


def devices_view(found: Sequence[MyDevice], *, signed_out: bool, most: int) -> DevicesView:
    """My phones."""
    rows = (
        DeviceRow(
            ref=each.device.ref,
            name=each.device.name,
            made_at=each.device.made_at,
            used_at=each.device.used_at,
            shows=tuple(dict.fromkeys(each.shows)),
        )
        for each in found
    )
    return DevicesView(devices=tuple(rows), signed_out=signed_out, most=most)


@dataclass(frozen=True, slots=True)
class ShowView:
    """`certstore/show.html`, GET /show: says nothing of anybody, so that it may be kept off line.

    show.js fills it from what the phone holds; while on line it asks GET /show/state.
    """
