"""The sandbox face provider: it looks at nobody, and signs with a real key what it is told to.

It is a party of its own: it knows what the start of a verification gave it, keeps that in a
store of its own until the verification ends, and hands its results in like any provider. Every
id it makes says SANDBOX.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from certstore.certificates import Holder
from certstore.chance import reference
from certstore.clock import Clock, unix
from certstore.errors import MalformedError, NotFoundError
from certstore.keys import Signer
from certstore.tables.books import Archive
from certstore.tokens import sign_compact
from face_auth.challenge import Started, StartRequest, subject_binding
from face_auth.result import TYP
from face_auth.sandbox_store.tables import SandboxBook, SandboxVerification

PROVIDER: Final = "sandbox"
_PREFIX = "SANDBOX-"
_LIFETIME = 300  # seconds a result may take to be handed in
_STALE = timedelta(minutes=11)
_SOMEBODY_ELSE = Holder("沙箱路人", "111", "31019919900101123X")


class Behaviour(StrEnum):
    """What the sandbox is asked to find."""

    PASS = "pass"  # noqa: S105 - an outcome's name
    FAIL_LIGHT = "fail_light"
    FAIL_PERSON = "fail_person"
    RISK = "risk"
    LOW_FMR = "low_fmr"  # mistakes strangers for the person once in a thousand
    NO_PAD = "no_pad"
    NO_IAD = "no_iad"
    ONE_TO_MANY = "one_to_many"
    UPLOADED_PHOTO = "uploaded_photo"
    LOW_ASSURANCE = "low_assurance"
    OTHER_PERSON = "other_person"
    STALE = "stale"


_PASSED: Final[Mapping[str, object]] = MappingProxyType(
    {
        "result": "pass",
        "failure": "none",
        "mode": "1:1",
        "comparison_source": "police_photo_base",
        "score": 96.5,
        "threshold": 80.0,
        "fmr": 0.0001,
        "pad": True,
        "iad": True,
        "device_risk": [],
        "channel": "web",
        "assurance_level": "high",
    }
)
_OTHERWISE: Final[Mapping[Behaviour, Mapping[str, object]]] = MappingProxyType(
    {
        Behaviour.FAIL_LIGHT: {"result": "fail", "failure": "too_dark", "score": 41.0},
        Behaviour.FAIL_PERSON: {"result": "fail", "failure": "not_the_person", "score": 12.5},
        Behaviour.RISK: {"device_risk": ["virtual_camera"]},
        Behaviour.LOW_FMR: {"fmr": 0.001},
        Behaviour.NO_PAD: {"pad": False},
        Behaviour.NO_IAD: {"iad": False},
        Behaviour.ONE_TO_MANY: {"mode": "1:n"},
        Behaviour.UPLOADED_PHOTO: {"comparison_source": "uploaded_photo"},
        Behaviour.LOW_ASSURANCE: {"assurance_level": "low"},
    }
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a verification at the sandbox ended: its signed result, and the way back."""

    token: str | None  # None: it had ended before
    return_to: str


class SandboxProvider:
    """Begins and ends verifications that are none."""

    def __init__(self, archive: Archive, signer: Signer, clock: Clock) -> None:
        """Take the sandbox's own key (ES256); the registry must know its public half."""
        if signer.algorithm != "ES256":
            raise MalformedError(
                "the sandbox face provider signs with ES256", remedy="make it a P-256 key"
            )
        self._archive = archive
        self._signer = signer
        self._clock = clock

    def start(self, request: StartRequest) -> Started:
        """Begin a verification; see Starter."""
        provider_txn = f"{_PREFIX}{reference()}"
        with self._archive.writing() as books:
            SandboxBook(books.connection).add(provider_txn, request)
        return Started(provider_txn, f"/sandbox/face/{provider_txn}")

    def find(self, provider_txn: str) -> SandboxVerification:
        """What was begun; NotFoundError if nothing was, or it was forgotten."""
        with self._archive.reading() as books:
            return _known(SandboxBook(books.connection), provider_txn)

    def end(self, provider_txn: str, behaviour: Behaviour) -> Ending:
        """End a verification, once, and forget whom it was about; NotFoundError as for find."""
        with self._archive.writing() as books:
            book = SandboxBook(books.connection)
            found = _known(book, provider_txn)
            if found.request is None or not book.end(provider_txn):
                return Ending(None, found.return_to)
        token = self.make_result(provider_txn, found.request, behaviour, self._clock.now())
        return Ending(token, found.return_to)

    def make_result(
        self, provider_txn: str, request: StartRequest, behaviour: Behaviour, now: datetime
    ) -> str:
        """Sign a result of this behaviour (`face-result+jwt`)."""
        verified_at = now - _STALE if behaviour is Behaviour.STALE else now
        holder = _SOMEBODY_ELSE if behaviour is Behaviour.OTHER_PERSON else request.holder
        claims = {
            "iss": PROVIDER,
            "aud": request.audience,
            "iat": unix(now),
            "exp": unix(now) + _LIFETIME,
            "jti": f"{_PREFIX}{reference()}",
            "provider_txn": provider_txn,
            "our_txn": request.our_txn,
            "nonce": request.nonce,
            "subject_binding": subject_binding(request.binding_key, request.our_txn, holder),
            **_PASSED,
            **_OTHERWISE.get(behaviour, {}),
            "verified_at": unix(verified_at),
        }
        return sign_compact(claims, typ=TYP, signer=self._signer)

    def forget_overdue(self) -> int:
        """Drop what nobody came back to; how many there were."""
        with self._archive.writing() as books:
            return SandboxBook(books.connection).forget(self._clock.now())


def _known(book: SandboxBook, provider_txn: str) -> SandboxVerification:
    found = book.find(provider_txn)
    if found is None:
        raise NotFoundError("the sandbox knows no such verification", where="transaction")
    return found
