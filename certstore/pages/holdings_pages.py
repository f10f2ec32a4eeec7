"""From certificates and notices to the views of their pages: mapping only, no IO."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from certstore.certificates import Certificate, Status
from certstore.holds.kinds import ENDED, HoldKind
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
)
from certstore.tables.notices import Notice
from certstore.wallets.kinds import why_not
from certstore.web.dress import Lang

_NOTHING_HELD: Mapping[str, Collection[HoldKind]] = {}
_NOTICE_KINDS: Mapping[str, NoticeWord] = {
    "certificate_ready": "issued",
    "in_review": "submitted",
    "asked": "asked",
    "refused": "refused",
    "dormitory_issued": "dormitory_issued",
    "dormitory_ended": "dormitory_ended",
    "relied_on": "relied_on",
    "source_back": "source_back",
    "rest_of_joint": "rest_of_joint",
    "predecessor_ended": "predecessor_ended",
    "returned": "returned",
    "draft_ending": "draft_ending",
    "draft_ended": "draft_ended",
    "letter_revoked": "letter_revoked",
    "certificate_revoked": "certificate_revoked",
    "certificate_upheld": "certificate_upheld",
    "certificate_cancelled": "certificate_cancelled",
    "application_ended": "application_ended",
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
    "partly_restored": "partly_restored",
    "loss_reported": "loss_reported",
    "loss_lifted": "loss_lifted",
    "endorsement_due": "endorsement_due",
    "endorsement_overdue": "endorsement_overdue",
    "registration_ending": "registration_ending",
    "registration_ended": "registration_ended",
    "permit_possible": "permit_possible",
    "contact_failing": "contact_failing",
    "card_ready": "card_ready",
    "card_sent": "card_sent",
    "card_arrived": "card_arrived",
    "card_came_back": "card_came_back",
    "card_made_anew": "card_made_anew",
    "card_stopped": "card_stopped",
    "lease_asked": "lease_asked",
    "lease_changed": "lease_changed",
    "lease_refused": "lease_refused",
    "lease_stopped": "lease_stopped",
    "lease_end_asked": "lease_end_asked",
    "lease_ended": "lease_ended",
    "rating_answered": "rating_answered",
}
_OF_ISSUERS = {"given", "replaced", "suspended", "restored", "partly_restored", "withdrawn"}
_ABOUT_HOLDS = {"loss_reported", "loss_lifted", "endorsement_overdue", "certificate_cancelled"}
_WITH_REASON = {
    *("letter_revoked", "certificate_revoked", "certificate_upheld", "correction_rejected"),
    *_OF_ISSUERS,
}
# The fact that says where a notice leads, and the path that it is put behind.
_LEADS = (
    ("request_ref", "/consents"),
    ("usage_ref", "/usage"),
    ("dispute_ref", "/corrections"),
    ("card_ref", "/cards"),
    ("lease_ref", "/leases"),
    ("rating_ref", "/applications"),
)
_PLACES = {
    "relied_on": "/usage",
    "use_code_used": "/usage",
    "registration_ending": "/apply/registration-renewal",
    "registration_ended": "/apply/residence-registration",
    "permit_possible": "/apply/residence-permit",
    "contact_failing": "/reminders",
    **dict.fromkeys(("entrusted", "entrustment_answered", "entrustment_ended"), "/entrustments"),
}


def certificates_view(
    found: Sequence[Certificate],
    today: date,
    lang: Lang,
    wards: Sequence[Certificate] = (),
    held: Mapping[str, Collection[HoldKind]] = _NOTHING_HELD,
) -> CertificatesView:
    """Cards for what can be shown, lines for what is kept, and the versions that ended.

    `wards` are the certificates of children in the reader's care, `held` the kinds of the open
    holds, by certificate.
    """
    sealed = [c for c in found if c.sealed]
    cards = [with_remedy(card(c, today), held.get(c.ref, ())) for c in _current((*sealed, *wards))]
    in_care = {c.ref: c.holders[0].name for c in wards}
    return CertificatesView(
        cards=tuple(replace(each, ward=in_care.get(each.ref)) for each in cards),
        kept=tuple(
            KeptRecord(
                ref=c.ref,
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
            if c.status in ENDED
        ),
    )


def _current(found: Sequence[Certificate]) -> Iterable[Certificate]:
    return (c for c in found if c.status not in ENDED)


def with_remedy(shown: CertificateCard, held: Collection[HoldKind]) -> CertificateCard:
    """A card with the way to its remedy: lifting the loss, making up the endorsement."""
    if HoldKind.LOSS in held:
        return replace(shown, remedy_href=f"/certificates/{shown.ref}/loss")
    if HoldKind.AUTHORITY in held:
        return replace(shown, held=True)
    past_its_day = shown.type_code == "residence_permit" and shown.status == "expired"
    if HoldKind.OVERDUE in held or past_its_day:  # past it: endorsed, or applied for, not ended
        return replace(shown, remedy_href=f"/certificates/{shown.ref}/endorsement")
    return shown


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
        wallet=why_not(certificate, today) is None,
        lets=certificate.parts[:1] == ("lessor",),
    )


def presentable(found: Sequence[Certificate], today: date) -> tuple[Presentable, ...]:
    """What can be shown at this moment."""
    return tuple(
        Presentable(ref=c.ref, type_code=c.type_code, valid_to=c.validity.valid_to)
        for c in found
        if c.sealed and c.status_on(today) is Status.VALID
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
            ended=_matters(notice, "ended"),
            going_on=_matters(notice, "going_on"),
            on=_day(notice.facts.get("last_day")),
            channel=str(notice.facts.get("channel", "")),
        )
        for notice in found
    )


def _matters(notice: Notice, fact: str) -> tuple[tuple[str, str], ...]:
    """What else of a joint submission a notice tells of: matter, and the child it is for."""
    return tuple((each["matter"], each["child"]) for each in notice.facts.get(fact, ()))


def _day(said: object) -> date | None:
    return date.fromisoformat(said) if isinstance(said, str) else None


def _about(notice: Notice) -> str | None:
    """Where the application or request a notice is about is shown, if it is about one of theirs.

    What concerns somebody else's leads to the list of accesses.
    """
    if notice.kind in _PLACES:
        return _PLACES[notice.kind]
    if notice.kind == "endorsement_due":
        return f"/certificates/{notice.facts.get('certificate_ref')}/endorsement"
    for fact, path in _LEADS:
        if fact in notice.facts:
            return f"{path}/{notice.facts[fact]}"
    ref = notice.facts.get("application_ref")
    if ref:
        return f"/applications/{ref}"
    return "/certificates" if notice.kind in _OF_ISSUERS | _ABOUT_HOLDS else None


def word(status: Status) -> CertificateStatus:
    """The status as pages write it."""
    return status.value
