"""Yes-or-no questions about a certificate, and who may put them: values only, no IO.

A purpose that was granted a field may ask about it; one may also be granted the question alone.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from certstore.callers import Service
from certstore.certificates import Certificate, Status
from certstore.errors import (
    CertificateRevokedError,
    CertstoreError,
    FieldNotGrantedError,
    MalformedError,
    RateLimitedError,
)
from certstore.identifiers import ResidentId
from certstore.sharing.grants import GONE, PullRequest, judge_call

Answer = Literal["yes", "no", "unknown"]
SamePlace = Callable[[str, str], Answer]
"""Whether two addresses as written are one place; the rules of addresses lie a floor above."""
GRANTED_BY: Final[Mapping[str, Sequence[str]]] = {
    "valid_on": ("valid_on", "valid_until", "valid_to"),
    "address_equals": ("address_equals", "residence_address", "address"),
    "age_over": ("age_over", "birth_date", "id_number"),
    "holder_is": ("holder_is", "name"),
}
"""Each question, and the paths of a grant that cover it."""
GUESSABLE: Final = frozenset({"address_equals", "age_over", "holder_is"})
"""Questions that tell the value to whoever asks often enough."""
GUESSES_A_CASE: Final = 5
GUESSES: Final = 20  # of one client about one certificate within the days looked back
_ADDRESSES: Final = ("residence_address", "address")
_CITIZEN: Final = "111"
_BETWEEN_DIGITS: Final = re.compile(r"(?<=[0-9])[\W_]+(?=[0-9])")
_ELSEWHERE: Final = re.compile(r"(?<![0-9])[\W_]+|[\W_]+(?![0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of one certificate; `asked.fields` names the questions that are put."""

    asked: PullRequest
    valid_on: date | None = None
    address_equals: str | None = None
    age_over: int | None = None
    holder_is: str | None = None


@dataclass(frozen=True, slots=True)
class Guesses:
    """How often this client asked what can be guessed, in this case and in all."""

    in_case: int
    in_all: int


def judge_question(
    service: Service, question: Question, certificate: Certificate, guesses: Guesses
) -> CertstoreError | None:
    """Why a question is refused; None if it may be answered."""
    request = question.asked
    refused = judge_call(service, request, certificate, "verify")
    if refused is not None:
        return refused
    outside = ungranted(service, request, certificate)
    if outside:
        return FieldNotGrantedError(
            "not granted for this purpose: " + ", ".join(outside),
            where="predicates",
            remedy="name it among the token's `fields`; if the purpose lacks it, apply for it",
            paths=outside,
        )
    if certificate.status in GONE and set(request.fields) != {"valid_on"}:
        return CertificateRevokedError(
            f"the certificate is {certificate.status}",
            where=certificate.ref,
            remedy="search again for the one in force",
            status=certificate.status.value,
        )
    often = guesses.in_case >= GUESSES_A_CASE or guesses.in_all >= GUESSES
    if often and GUESSABLE & set(request.fields):
        return too_often()
    return None


def too_often() -> RateLimitedError:
    """The refusal of a guess too many."""
    return RateLimitedError(
        "this was asked too often about one certificate",
        where="predicates",
        remedy="ask for the field itself, or ask the person",
        limit=GUESSES_A_CASE,
    )


def ungranted(service: Service, request: PullRequest, certificate: Certificate) -> list[str]:
    """The questions that the token does not cover."""
    granted = set(service.fields.get(certificate.type_code, ()))
    return [name for name in request.fields if not granted & set(GRANTED_BY[name])]


def answers(
    question: Question, certificate: Certificate, today: date, same_place: SamePlace
) -> dict[str, Answer]:
    """The answer to each question that is put; `unknown` where the certificate does not say.

    So it is, too, of two addresses that only a person can tell apart.
    """
    found: dict[str, Answer] = {}
    if question.valid_on is not None:
        good = certificate.status is Status.VALID and certificate.validity.covers(question.valid_on)
        found["valid_on"] = _said(good)
    if question.address_equals is not None:
        found["address_equals"] = _same_address(question.address_equals, certificate, same_place)
    if question.age_over is not None:
        found["age_over"] = _older(question, question.age_over, certificate, today)
    if question.holder_is is not None:
        named = next(h for h in certificate.holders if question.asked.names(h))
        found["holder_is"] = _said(_flat(named.name) == _flat(question.holder_is))
    return found


def _same_address(text: str, certificate: Certificate, same_place: SamePlace) -> Answer:
    known = [certificate.fields[name] for name in _ADDRESSES if name in certificate.fields]
    if not known or not isinstance(known[0], str):
        return "unknown"
    return same_place(known[0], text)


def _older(question: Question, years: int, certificate: Certificate, today: date) -> Answer:
    """Whether so many years are completed: on the birthday itself they are."""
    born = _born(question, certificate)
    if born is None:
        return "unknown"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return _said(age >= years)


def _born(question: Question, certificate: Certificate) -> date | None:
    try:
        if "birth_date" in certificate.fields:
            return date.fromisoformat(str(certificate.fields["birth_date"]))
        named = next(h for h in certificate.holders if question.asked.names(h))
        return ResidentId.parse(named.id_number).birth_date if named.id_type == _CITIZEN else None
    except (ValueError, MalformedError):
        return None


def _flat(text: str) -> str:
    """A text without what two offices write differently: widths, spaces, punctuation, case.

    Between two digits something stays: 1-11 is another flat than 11-1.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _ELSEWHERE.sub("", _BETWEEN_DIGITS.sub("-", folded))


def _said(good: bool) -> Answer:  # noqa: FBT001 - that is all it is given
    return "yes" if good else "no"
