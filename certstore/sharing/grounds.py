"""On what ground a pull stands: statutory duty, consent, vital interest, court order; and who acts.

`judge_ground` decides by values alone. `stand_on` reads what it needs in the pull's transaction,
and counts a consent as used in the same: a pull on a statutory duty costs no query.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from certstore.callers import Service
from certstore.certificates import Certificate, Holder
from certstore.clock import local_date
from certstore.entrustment.judging import (
    holders_ground,
    judge_agent,
    judge_entrusted,
    judge_use_code,
)
from certstore.errors import (
    CertstoreError,
    ConsentRequiredError,
    ConsentWithdrawnError,
    PurposeError,
    RepresentationError,
)
from certstore.guardianship import is_ward, proves_guardian
from certstore.sharing.grants import LegalBasis, PullRequest
from certstore.sharing.unanswered import without_consent
from certstore.tables.books import Books
from certstore.tables.consents import Consent, ConsentRequest

GROUNDS: Final = ("statutory_duty", "consent", "vital", "court_order")
_NAMES_ITS_OWN: Final = frozenset({"vital", "court_order"})
"""Grounds of one case: each pull names the order, or says why a life depended on it."""
_ACTS_FOR_ANOTHER: Final = frozenset({"guardian", "agent"})
_HANDED_OVER: Final = ("entrustment", "use_code")
_ASK: Final = "ask the holder with POST /v1/consent-requests"
_NOBODY_ASKED: Final = LegalBasis(kind="")


@dataclass(frozen=True, slots=True)
class GroundFacts:
    """What the books say of a ground: consents named, and whether who acts is proven to may."""

    consents: Sequence[Consent] = ()
    represents: bool = False
    handed_over: CertstoreError | None = None  # why an entrustment does not do
    asked: ConsentRequest | None = None  # a request that is named and gave no consent


@dataclass(frozen=True, slots=True)
class Ground:
    """How a pull stands: refused, or what of its ground is put on record.

    `keep_days` is how long the holder agreed that it is kept.
    """

    refusal: CertstoreError | None = None
    record: dict[str, Any] = field(default_factory=dict)
    keep_days: int | None = None


NO_FACTS: Final = GroundFacts()


def stand_on(
    books: Books,
    service: Service,
    request: PullRequest,
    certificate: Certificate,
    now: datetime,
    refused: CertstoreError | None = None,
) -> Ground:
    """Judge the ground of a pull inside its transaction, and count the consent it relies on.

    One `refused` already is refused for that, and uses nothing up.
    """
    record = _record(service, request)
    if refused is not None:
        return Ground(refused, record)
    facts = read_ground(books, service, request, certificate, now)
    refusal = judge_ground(service, request, certificate, facts, now)
    basis = request.legal_basis
    if refusal is None and basis is not None and basis.use_code is not None:
        # Last: a code is not spent on a pull that is refused for something else.
        refusal = judge_use_code(books, service, request, certificate, now)
    if refusal is not None:
        return Ground(refusal, record)
    record |= holders_ground(request)
    relied_on = covering(request, certificate, facts.consents, now)
    if relied_on and not books.consents.use(c.ref for c in relied_on):
        return Ground(_required("used_up", "the consent has been used up"), record)
    if not relied_on:
        return Ground(None, record)
    consents = {"consents": [c.ref for c in relied_on]}
    return Ground(None, {**record, **consents}, min(c.keep_days for c in relied_on))


def read_ground(
    books: Books, service: Service, request: PullRequest, certificate: Certificate, now: datetime
) -> GroundFacts:
    """What the books say; nothing is asked of them for a statutory duty that an official does."""
    basis, actor = request.legal_basis, request.actor
    if basis is None and actor is None:
        return NO_FACTS
    consents: Sequence[Consent] = ()
    handed_over, represents, asked = None, False, None
    if service.legal_basis.get("kind") == "consent" and basis is not None:
        if basis.consent is not None:
            consents = books.consents.relied_on(basis.consent)
            asked = None if consents else books.consents.request(basis.consent)
        elif basis.entrustment is not None:
            handed_over = judge_entrusted(books, service, request, certificate, now)
    if actor is not None and actor.kind in _ACTS_FOR_ANOTHER:
        represents = _is_proven(books, request, certificate, now)
    return GroundFacts(consents, represents, handed_over, asked)


def _is_proven(books: Books, request: PullRequest, certificate: Certificate, now: datetime) -> bool:
    actor = request.actor
    holder = next((h for h in certificate.holders if request.names(h)), None)
    if actor is None or actor.id_number is None or holder is None:
        return False
    if actor.kind == "agent":
        return judge_agent(books, request, certificate, now) is None
    guardian, today = Holder("", actor.id_type, actor.id_number.upper()), local_date(now)
    if is_ward(books, guardian, holder, today):
        return True
    on_file = books.register.held_by(holder.id_type, holder.id_number)
    return proves_guardian(on_file, guardian, holder, today)


# -- judging -------------------------------------------------------------------------------


def judge_ground(
    service: Service,
    request: PullRequest,
    certificate: Certificate,
    facts: GroundFacts,
    now: datetime,
) -> CertstoreError | None:
    """Why a pull does not stand on its ground; None if it does."""
    return (
        _judge_basis(service, request.legal_basis)
        or _judge_actor(request, facts)
        or _judge_consent(service, request, certificate, facts, now)
    )


def _judge_basis(service: Service, basis: LegalBasis | None) -> CertstoreError | None:
    """The purpose's own ground, and on it what that ground wants to be named."""
    approved = service.legal_basis.get("kind")
    if approved not in GROUNDS:
        return _other_ground("the purpose was approved on no known ground", approved)
    if basis is not None and basis.kind != approved:
        return _other_ground("the purpose was approved on another legal basis", approved)
    if approved != "consent" and _named(basis):
        return _other_ground("consent is named, and the purpose stands on another basis", approved)
    ref = None if basis is None else basis.ref
    if approved in _NAMES_ITS_OWN:
        return _needs_ref(approved) if ref is None else None
    if ref is not None and ref != service.legal_basis.get("ref"):
        return _other_ground("the purpose was approved on another reference", approved)
    return None


def _judge_actor(request: PullRequest, facts: GroundFacts) -> CertstoreError | None:
    actor = request.actor
    if actor is None or actor.kind == "official":
        return None
    if actor.kind == "self":
        number = actor.id_number
        named = (actor.id_type, (number or "").upper())
        if number is None or named == (request.subject_type, request.subject_number.upper()):
            return None
    elif facts.represents:
        return None
    return RepresentationError(
        "nothing on record proves that this person may act for the holder",
        where="actor",
        remedy="name the guardian or agent who is on record, or have the holder act",
    )


def _judge_consent(
    service: Service,
    request: PullRequest,
    certificate: Certificate,
    facts: GroundFacts,
    now: datetime,
) -> CertstoreError | None:
    if service.legal_basis.get("kind") != "consent":
        return None
    named = _named(request.legal_basis)
    if len(named) != 1:
        said = "name one consent of the holder's" if not named else "name one consent, and no more"
        return _required("not_named", said)
    if named[0] in _HANDED_OVER:
        return facts.handed_over
    own = [
        consent
        for consent in facts.consents
        if consent.client_id == service.client_id and request.names(consent.holder)
    ]
    if not own:
        return _required(*without_consent(service, request, facts.asked, now))
    if any(consent.purpose_id != service.purpose_id for consent in own):
        return _required("other_purpose", "the consent was given for another purpose")
    return _judge_paths(request, certificate, own, now)


def _judge_paths(
    request: PullRequest, certificate: Certificate, own: Sequence[Consent], now: datetime
) -> CertstoreError | None:
    """Each field must be covered by a consent in force; what is lacking is refused by name."""
    lacking: dict[str, list[str]] = {}
    for path in request.fields:
        covers = [c for c in own if c.covers(certificate.type_code, path)]
        found = {str(c.standing(now)) for c in covers} or {"not_covered"}
        if "in_force" not in found:
            worst = next(word for word in _SAID if word in found)
            lacking.setdefault(worst, []).append(path)
    if not lacking:
        return None
    cause = next(word for word in _SAID if word in lacking)
    if cause == "withdrawn":
        return ConsentWithdrawnError(
            "the holder took the consent back",
            where="legal_basis.consent",
            remedy="ask the holder anew, or do the case without it",
            paths=lacking[cause],
        )
    return _required(cause, _SAID[cause], paths=lacking[cause])


_SAID: Final[Mapping[str, str]] = {
    "withdrawn": "the holder took the consent back",
    "used_up": "the consent has been used as often as was agreed",
    "ended": "the consent has ended",
    "not_covered": "the holder did not agree to these",
}


def covering(
    request: PullRequest, certificate: Certificate, consents: Sequence[Consent], now: datetime
) -> list[Consent]:
    """The consents in force that a pull relies on, each once."""
    return [
        consent
        for consent in consents
        if consent.standing(now) == "in_force"
        and any(consent.covers(certificate.type_code, path) for path in request.fields)
    ]


def _named(basis: LegalBasis | None) -> list[str]:
    """By which of its members a legal basis names a consent."""
    members = ("consent", *_HANDED_OVER)
    return [name for name in members if basis is not None and getattr(basis, name) is not None]


def _record(service: Service, request: PullRequest) -> dict[str, Any]:
    """What the citizen reads: the order or reason of this very pull, and for whom somebody acts."""
    basis, actor, approved = request.legal_basis, request.actor, service.legal_basis
    said: dict[str, Any] = {}
    named = basis is not None and basis.kind in _NAMES_ITS_OWN & {approved.get("kind")}
    if named and basis is not None and basis.ref is not None:
        said["legal_basis"] = {
            "kind": approved.get("kind", ""),
            "ref": basis.ref,
            "approved_ref": approved.get("ref", ""),
        }
    if actor is not None:
        said["acting"] = actor.kind
    return said


def _required(
    cause: str, detail: str, where: str = "consent", *, paths: Sequence[str] = ()
) -> ConsentRequiredError:
    facts = {"paths": list(paths)} if paths else {}
    place = f"legal_basis.{where}"
    return ConsentRequiredError(detail, where=place, remedy=_ASK, cause=cause, **facts)


def _other_ground(detail: str, approved: str | None) -> PurposeError:
    return PurposeError(
        detail,
        where="legal_basis",
        remedy="name the basis that was approved, or leave it out",
        cause="legal_basis_mismatch",
        expected=approved,
    )


def _needs_ref(approved: str) -> PurposeError:
    what = "the order" if approved == "court_order" else "the reason"
    return PurposeError(
        f"a pull on this ground names {what}",
        where="legal_basis.ref",
        remedy="put it into legal_basis.ref; the holder will read it",
        cause="legal_basis_ref_missing",
        expected=approved,
    )
