"""Whether a service may ask, whether somebody may answer, where one may be led back: no IO."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from certstore.callers import Service
from certstore.certificates import Holder
from certstore.consent.terms import QUESTION, QUESTIONS, Item, Said, Terms
from certstore.errors import (
    CertstoreError,
    ConflictError,
    FieldNotGrantedError,
    ForbiddenError,
    MalformedError,
    PurposeError,
)
from certstore.identifiers import ResidentId
from certstore.tables.consents import ConsentRequest

GUARDIAN_UNTIL: Final = 14  # below, a guardian agrees and nobody else (个人信息保护法 31)
MOST_OPEN: Final = 5
"""How many requests of one client may wait for one person's answer."""
_ASKED: Final = tuple(QUESTION + word for word in QUESTIONS)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST_CHARACTERS: Final = 300
_CITIZEN: Final = "111"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a service sends: of whom, for which case, what it wants and how it will use it."""

    purpose_id: str
    matter_code: str
    case_no: str
    subject_type: str
    subject_number: str
    items: tuple[Item, ...]
    times: int
    days: int
    keep_days: int
    lives_s: int
    otherwise: Said
    return_uri: str | None = None
    state: str | None = None
    language: str | None = None


def judge_caller(service: Service) -> CertstoreError | None:
    """Why a service may not ask for consent at all; None if its token is for that."""
    if "consent" not in service.actions:
        return _not_for("consent")
    kind = service.legal_basis.get("kind")
    if kind != "consent":
        return PurposeError(
            "the purpose was approved on another ground than consent",
            where="purpose_id",
            remedy="pull on the ground that was approved; nobody need be asked",
            cause="legal_basis_mismatch",
            expected=kind,
        )
    return None


def judge_asking(
    service: Service, asking: Asking, addresses: Collection[str]
) -> CertstoreError | None:
    """Why a request is refused; None if all of it lies within the token.

    `addresses` are those that the client may have holders led back to.
    """
    refusal = judge_caller(service)
    if refusal is not None:
        return refusal
    if asking.purpose_id != service.purpose_id:
        return PurposeError("the token is for another purpose", where="purpose_id")
    if asking.matter_code != service.matter_code:
        return PurposeError("the token is for another matter", where="matter_code")
    if asking.return_uri is not None and asking.return_uri not in addresses:
        return MalformedError(
            "the address to lead back to is not registered for this client",
            where="return_uri",
            remedy="register it first, character for character, or leave it out",
        )
    return _judge_subject(asking) or _judge_items(service, asking.items)


def _judge_subject(asking: Asking) -> CertstoreError | None:
    """A citizen's number that is nobody's: a slip of the pen, and no stranger is asked for it."""
    if asking.subject_type != _CITIZEN:
        return None
    try:
        ResidentId.parse(asking.subject_number)
    except MalformedError as error:
        return MalformedError(error.detail, where="subject.id_number")
    return None


def _judge_items(service: Service, items: Iterable[Item]) -> CertstoreError | None:
    keys = [item.key for item in items]
    if not keys or len(set(keys)) != len(keys):
        return MalformedError("name what is wanted, each item once", where="wanted")
    if any(item.is_question for item in items) and "verify" not in service.actions:
        return _not_for("verify")
    types = {item.cert_type for item in items}
    refused = [f"{kind}.*" for kind in sorted(types - service.fields.keys())]
    refused += [
        item.path
        for item in items
        if item.cert_type in service.fields
        and item.path not in (*service.fields[item.cert_type], *_ASKED)
    ]
    if not refused:
        return None
    return FieldNotGrantedError(
        "the token does not cover these: " + ", ".join(refused),
        where="wanted",
        remedy="ask for granted fields only, or apply for a wider purpose",
        paths=refused,
    )


def _not_for(action: str) -> PurposeError:
    return PurposeError(
        f"the token was not asked for with the action {action}",
        where="actions",
        remedy="get a token that names it in authorization_details",
        cause="action_not_granted",
    )


def judge_answer(
    request: ConsentRequest, terms: Terms, chosen: Collection[str], now: datetime
) -> CertstoreError | None:
    """Why an answer is not taken; None if it may be put down.

    `chosen` are the keys ticked. An answer that gives nothing at all is no consent.
    """
    state = request.state_at(now)
    if state != "asking":
        return ConflictError(f"the request is {state}", where=request.ref, status=state)
    if not set(chosen) <= terms.tickable():
        return MalformedError("a tick belongs to nothing that was asked for", where="give")
    if not terms.chosen(chosen):
        return MalformedError("nothing was chosen", where="give", cause="nothing_chosen")
    return None


def judge_decider(holder: Holder, decider: Holder, today: date) -> CertstoreError | None:
    """Why somebody may not answer for a holder; that they are a guardian was proven before."""
    own = (holder.id_type, holder.id_number) == (decider.id_type, decider.id_number.upper())
    if own and needs_guardian(holder, today):
        return ForbiddenError(
            "a guardian decides for a child of this age", remedy="have a guardian sign in"
        )
    return None


def needs_guardian(holder: Holder, today: date) -> bool:
    """Whether the holder is too young to agree alone."""
    try:
        born = ResidentId.parse(holder.id_number).birth_date
    except MalformedError:
        return False  # a travel document tells no age here
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age < GUARDIAN_UNTIL


def judge_return_address(uri: str, *, demonstration: bool) -> CertstoreError | None:
    """Why an address cannot be registered: only https leads back, in a demonstration loopback."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    plain = demonstration and parts.scheme == "http" and host in _LOOPBACK
    written = uri.isascii() and uri.isprintable() and " " not in uri and "\\" not in uri
    sound = written and len(uri) <= _MOST_CHARACTERS and port != 0
    bare = "@" not in parts.netloc and not parts.fragment and "#" not in uri and not parts.query
    if host and (parts.scheme == "https" or plain) and sound and bare:
        return None
    return MalformedError(
        "holders are led back to an https address without user, query and fragment",
        where="return_uri",
        remedy="register https://host/path; in a demonstration http on loopback does, too",
    )


def facts_of(terms: Terms) -> Mapping[str, str]:
    """What a notice says of a request."""
    return {
        "matter": terms.matter_code,
        "matter_zh": terms.title_zh,
        "matter_en": terms.title_en,
        "agency_zh": terms.agency,
        "agency_en": terms.agency_en,
    }
