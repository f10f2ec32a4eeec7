"""From certificates and notices to the views of their pages: mapping only, no IO."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from certstore.certificates import Certificate, Status
from certstore.offices import office_name
from certstore.pages.entrance_views import Notice as NoticeLine
from certstore.pages.entrance_views import NoticeWord
from certstore.pages.views import (
    CertificateCard,
    CertificateStatus,
    CertificatesView,
    FormerVersion,
    KeptRecord,
    Presentable,
    PresentView,
)
from certstore.presentation import Presentation
from certstore.tables.notices import Notice
from certstore.web.dress import Lang
from certstore.web.symbol import Symbol

_ENDED = {Status.SUPERSEDED, Status.CANCELLED, Status.REVOKED}
_NOTICE_KINDS: Mapping[str, NoticeWord] = {
    "certificate_ready": "issued",
    "in_review": "submitted",
    "refused": "refused",
    "dormitory_issued": "dormitory_issued",
    "dormitory_ended": "dormitory_ended",
    "relied_on": "relied_on",
    "source_back": "source_back",
    "draft_ending": "draft_ending",
    "draft_ended": "draft_ended",
    "letter_revoked": "letter_revoked",
    "certificate_revoked": "certificate_revoked",
    "certificate_upheld": "certificate_upheld",
    "consent_asked": "consent_asked",
    "consent_withdrawn": "consent_withdrawn",
    "given": "given",
    "replaced": "replaced",
    "suspended": "suspended",
    "restored": "restored",
    "withdrawn": "withdrawn",
    "question_answered": "question_answered",
    "correction_step": "correction_step",
    "correction_made": "correction_made",
    "correction_rejected": "correction_rejected",
    "entrusted": "entrusted",
    "entrustment_answered": "entrustment_answered",
    "entrustment_ended": "entrustment_ended",
    "use_code_used": "use_code_used",
}
_OF_ISSUERS = {"given", "replaced", "suspended", "restored", "withdrawn"}
_WITH_REASON = {
    *("letter_revoked", "certificate_revoked", "certificate_upheld", "correction_rejected"),
    *_OF_ISSUERS,
}
# The fact that says where a notice leads, and the path that it is put behind.
_LEADS = (
    ("request_ref", "/consents"),
    ("usage_ref", "/usage"),
    ("dispute_ref", "/corrections"),
)
_PLACES = {
    "relied_on": "/usage",
    "use_code_used": "/usage",
    **dict.fromkeys(("entrusted", "entrustment_answered", "entrustment_ended"), "/entrustments"),
}


def certificates_view(
    found: Sequence[Certificate],
    today: date,
    lang: Lang,
    wards: Sequence[Certificate] = (),
) -> CertificatesView:
    """Cards for what can be shown, lines for what is kept, and the versions that ended.

    `wards` are the certificates of children in the reader's care.
    """
    sealed = [c for c in found if c.sealed]
    in_care = (replace(card(c, today), ward=c.holders[0].name) for c in _current(wards))
    return CertificatesView(
        cards=(*(card(c, today) for c in _current(sealed)), *in_care),
        kept=tuple(
            KeptRecord(
                type_code=c.type_code,
                status=word(c.status_on(today)),
                office=office_name(c.issuer_uscc, lang),
                valid_to=c.validity.valid_to,
                under_dispute=c.under_dispute,
            )
            for c in found
            if not c.sealed and c.status is not Status.SUPERSEDED
        ),
        former=tuple(
            FormerVersion(
                ref=c.ref,
                type_code=c.type_code,
                version=c.version,
                status=word(c.status),
                ended_at=c.status_changed_at,
            )
            for c in sealed
            if c.status in _ENDED
        ),
    )


def _current(found: Sequence[Certificate]) -> Iterable[Certificate]:
    return (c for c in found if c.status not in _ENDED)


def card(certificate: Certificate, today: date) -> CertificateCard:
    """One certificate as a card."""
    return CertificateCard(
        ref=certificate.ref,
        type_code=certificate.type_code,
        status=word(certificate.status_on(today)),
        issued_on=certificate.issued_on,
        valid_to=certificate.validity.valid_to,
        number=certificate.holders[0].id_number,
        under_dispute=certificate.under_dispute,
    )


def presentable(found: Sequence[Certificate], today: date) -> tuple[Presentable, ...]:
    """What can be shown at this moment."""
    return tuple(
        Presentable(ref=c.ref, type_code=c.type_code, valid_to=c.validity.valid_to)
        for c in found
        if c.sealed and c.status_on(today) is Status.VALID
    )


def present_view(
    certificate: Certificate,
    today: date,
    now: datetime,
    symbol: Symbol | None,
    made: Presentation | None,
    *,
    specimen: bool,
) -> PresentView:
    """The presenting page; without a symbol when the certificate can no longer be shown."""
    has_photo = certificate.file("photo") is not None
    return PresentView(
        ref=certificate.ref,
        type_code=certificate.type_code,
        status=word(certificate.status_on(today)),
        name=certificate.holders[0].name,
        id_number=certificate.holders[0].id_number,
        now=now,
        photo_href=f"/certificates/{certificate.ref}/photo" if has_photo else None,
        code=symbol,
        expires_at=datetime.fromtimestamp(made.expires_at, UTC) if made else None,
        specimen=specimen,
    )


def notice_lines(found: Sequence[Notice], lang: Lang = "zh") -> tuple[NoticeLine, ...]:
    """The inbox's lines; agencies are named in the reader's language."""
    return tuple(
        NoticeLine(
            # What a later version wrote is counted as new, so it must not be missing here.
            kind=_NOTICE_KINDS.get(notice.kind, "news"),
            at=notice.created_at,
            matter=str(notice.facts.get("matter", "")),
            title=str(notice.facts.get(f"matter_{lang}", "")),
            href=_about(notice),
            # A refusal keeps its code in front of the sentence; its page has the words for both.
            reason=notice.facts.get("reason") if notice.kind in _WITH_REASON else None,
            type_code=str(notice.facts.get("type", "")),
            agency=str(notice.facts.get(f"agency_{lang}", "")),
        )
        for notice in found
    )


def _about(notice: Notice) -> str | None:
    """Where the application or request a notice is about is shown, if it is about one of theirs.

    What concerns somebody else's leads to the list of accesses.
    """
    if notice.kind in _PLACES:
        return _PLACES[notice.kind]
    for fact, path in _LEADS:
        if fact in notice.facts:
            return f"{path}/{notice.facts[fact]}"
    ref = notice.facts.get("application_ref")
    if ref:
        return f"/applications/{ref}"
    return "/certificates" if notice.kind in _OF_ISSUERS else None


def word(status: Status) -> CertificateStatus:
    """The status as pages write it."""
    return status.value
