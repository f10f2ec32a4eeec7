"""A face desk with everything real: a database in a file, a sandbox with a key, a still clock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from certstore import base64url
from certstore.certificates import Holder
from certstore.keys import KeySigner, Purpose, generate
from certstore.storage.database import Database
from certstore.tables.books import Archive
from certstore.tables.metadata import metadata
from face_auth.acceptance import FaceDesk
from face_auth.challenge import StartRequest
from face_auth.providers import Registry, read_registry
from face_auth.rules import read_rules
from face_auth.sandbox import Behaviour, SandboxProvider
from face_auth.tables import FaceBook

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOLDER = Holder("陈一鸣", "111", "340199199803140119")
OTHER = Holder("李文静", "111", "340199198605050468")
ACCOUNT = "https://id.example|chen"
APPLICATION = "app23456789"
AUDIENCE = "https://certstore.example"


@dataclass
class StillClock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def skip(self, **span: float) -> None:
        self.moment += timedelta(**span)


@dataclass
class Begun:
    """A verification that was begun at the sandbox, seen from the sandbox's side."""

    txn: str
    provider_txn: str
    request: StartRequest


def sandbox_signer() -> KeySigner:
    return KeySigner(Purpose.SOURCE, generate("ES256"))


def sandbox_registry(signer: KeySigner, provider: str = "sandbox") -> Registry:
    known = read_registry(demonstration=True)
    if provider not in known.providers:
        twin = replace(known.providers["sandbox"], id=provider)
        known = replace(known, providers={**known.providers, provider: twin})
    span = timedelta(days=365)
    return known.with_key(provider, signer.public_key, NOW - span, NOW + span)


@dataclass
class Office:
    database: Database
    clock: StillClock = field(default_factory=StillClock)
    signer: KeySigner = field(default_factory=sandbox_signer)

    def __post_init__(self) -> None:
        metadata.create_all(self.database.engine)
        self.archive = Archive(self.database)
        self.sandbox = SandboxProvider(self.archive, self.signer, self.clock)
        self.desk = FaceDesk(
            archive=self.archive,
            registry=sandbox_registry(self.signer),
            starters={"sandbox": self.sandbox},
            clock=self.clock,
            rules=read_rules(),
            provider="sandbox",
            audience=AUDIENCE,
        )

    def begin(self, holder: Holder = HOLDER, application: str = APPLICATION) -> Begun:
        challenge = self.desk.begin(
            holder, ACCOUNT, application, "/applications/app/face", matter="residence_registration"
        )
        provider_txn = challenge.url.rsplit("/", 1)[1]
        request = self.sandbox.find(provider_txn).request
        assert request is not None
        return Begun(challenge.txn, provider_txn, request)

    def result(self, begun: Begun, behaviour: Behaviour = Behaviour.PASS) -> str:
        return self.sandbox.make_result(
            begun.provider_txn, begun.request, behaviour, self.clock.now()
        )

    def claims(self, begun: Begun, behaviour: Behaviour = Behaviour.PASS) -> dict:
        return claims_of(self.result(begun, behaviour))

    def transaction(self, begun: Begun):
        with self.archive.reading() as books:
            return FaceBook(books.connection).find(begun.txn)

    def close(self) -> None:
        self.database.close()


def open_office(folder: Path) -> Office:
    return Office(Database(f"sqlite:///{folder / 'face.db'}"))


def claims_of(token: str) -> dict:
    return json.loads(base64url.decode(token.split(".")[1]))


def sign(claims: Mapping | bytes, signer: KeySigner, **header: object) -> str:
    """Sign whatever is given, sound or not, under whatever header is asked for (None: left out)."""
    basic = {"alg": "ES256", "kid": signer.kid, "typ": "face-result+jwt"}
    fields = {k: v for k, v in {**basic, **header}.items() if v is not None}
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    message = f"{base64url.encode(json.dumps(fields).encode())}.{base64url.encode(payload)}"
    return f"{message}.{base64url.encode(signer.sign(message.encode()))}"
