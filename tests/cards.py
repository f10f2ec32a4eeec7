"""Permits and their cards in tests: a sealed permit with a photograph, the maker's service."""

from dataclasses import replace
from importlib.resources import files

from certstore.callers import Officer, Service
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, File, Holder, Status
from certstore.chance import reference
from certstore.clock import local_date
from certstore.holds.keeping import lift_hold, place_hold
from certstore.holds.kinds import BY_RULE, HoldKind
from certstore.identifiers import CertificateIdentifier
from certstore.service.wiring import House
from issuance.matters.cards.judging import FACE
from tests.sealed import LIN

PERMIT = "residence_permit"
WINDOW = Officer("高民警", "1047", "梧桐派出所")  # works where WT01 hands out cards
AT_THE_PORT = Officer("马民警", "2011", "海港派出所")
_BATCHES = files("certstore.service.demo_city").joinpath("batches")
_HOLDS = {Status.SUSPENDED: HoldKind.AUTHORITY, Status.LOST: HoldKind.LOSS}


def picture() -> bytes:
    """An ID photo of the invented city."""
    folder = _BATCHES.joinpath("photos")
    return next(
        p for p in sorted(folder.iterdir(), key=str) if p.name.endswith(".jpg")
    ).read_bytes()


def permit(
    house: House,
    holder: Holder = LIN,
    *,
    previous: Certificate | None = None,
    district: str = "梧桐区",
    photo: bytes | None = b"",
) -> Certificate:
    """A permit in the register, reserved and sealed as the issue does it."""
    now = house.clock.now()
    kind = certificate_type(PERMIT)
    data = picture() if photo == b"" else photo
    kept = []
    if data is not None:
        kept = [File("photo", "image/jpeg", house.objects.put(data), len(data))]
    with house.archive.writing() as books:
        if previous is None:
            number = books.register.next_serial(kind.type_code, now.year)
            serial = f"{kind.number_prefix}{now.year}{number:010d}"
            identifier = CertificateIdentifier.build(kind.type_code, kind.issuer_uscc, serial, 1)
        else:
            serial = previous.number
            identifier = CertificateIdentifier.parse(str(previous.identifier)).next_version()
        draft = Draft(
            ref=reference(),
            identifier=identifier.value,
            type_code=kind.code,
            version=identifier.version,
            serial=serial,
            holder=holder,
            issuer_uscc=kind.issuer_uscc,
            fields=_face(holder, district, local_date(now).isoformat()),
            issued_on=local_date(now),
            validity=kind.validity_from(local_date(now)),
            status_entry=house.status_desk.place(books),
            previous_ref=previous.ref if previous else None,
        )
        books.register.reserve(draft, now)
        done = books.register.complete(draft.ref, kept, now)
    if previous is not None:
        becomes(house, previous, Status.SUPERSEDED)
    return done


def becomes(house: House, certificate: Certificate, status: Status) -> None:
    """Change a certificate's status as the desks do; valid again is what holds are lifted from."""
    ref, now = certificate.ref, house.clock.now()
    with house.archive.writing() as books:
        if status in _HOLDS:
            place_hold(books, ref, _HOLDS[status], BY_RULE, "tested", now)
        elif status is Status.VALID:
            for hold in books.holds.open_of(ref):
                lift_hold(books, ref, hold.kind, BY_RULE, "tested", now)
        else:
            standing = {Status.VALID, *_HOLDS}
            books.register.set_status(ref, status, now, only_from=standing)
            books.statuses.changed(certificate.status_entry.list_number)


def _face(holder: Holder, district: str, today: str) -> dict[str, str]:
    return {
        "name": holder.name,
        "sex": "女",
        "ethnicity": "汉",
        "birth_date": "1998-04-06",
        "id_number": holder.id_number,
        "household_address": "样例省安和市柳林县春风路 1 号",
        "residence_address": f"示范市{district}听雨路77号3幢1202室",
        "issued_on": today,
        "valid_until": "2027-11-24",
    }


MAKER = Service(
    client_id="card-maker",
    agency="示范市制证中心",
    agency_en="Card Centre of Demonstration City",
    agency_uscc="12310000MB0T000740",
    purpose_id="card-making",
    matter_code="residence_permit",
    title_zh="制作居住证卡片",
    title_en="Making residence permit cards",
    fields={PERMIT: (*FACE, "photo")},
    legal_basis={"kind": "statutory_duty", "ref": "居住证暂行条例第十一条"},
    actions=("make_cards",),
)


def without(service: Service, **changes: object) -> Service:
    """The same service with something else about it."""
    return replace(service, **changes)
