"""Measures what taking one signed face result costs, beside the bare signature and PyJWT alone.

Real tokens of the sandbox, each taken once, in a database file that is written through on every
commit. Process CPU time of one thread, the median of many: wall-clock time says little here.
"""

import gc
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar, cast

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certstore import base64url
from certstore.certificates import Holder
from certstore.clock import Clock, SystemClock, local_date
from certstore.errors import MalformedError
from certstore.keys import KeySigner, Purpose, generate
from certstore.storage.database import Database
from certstore.storage.migrations import upgrade
from certstore.tables.books import Archive
from certstore.verdict import Accepted
from face_auth.acceptance import FaceDesk
from face_auth.judgement import judge_result
from face_auth.providers import read_registry
from face_auth.result import FaceResult, Receipt, read_token
from face_auth.rules import read_rules, rule_on
from face_auth.sandbox import PROVIDER, Behaviour, SandboxProvider
from face_auth.tables import FaceBook

T = TypeVar("T")
PROMISE_MS = 1.0  # of CPU, for one acceptance with everything
_WARM = 50  # before measuring: statements are compiled and modules loaded once in a life
_AUDIENCE = "https://bench.example"
_PERSON = Holder("陈一鸣", "111", "340199199803140119")


@dataclass(frozen=True, slots=True)
class FaceBench:
    """What was measured; milliseconds of process CPU time, each the median of `results`."""

    accept_ms: float  # strict reading, signature, judging, three statements, one commit
    without_database_ms: float  # strict reading, signature, judging
    bare_es256_ms: float  # the signature alone: nothing can be cheaper
    bare_pyjwt_ms: float  # PyJWT's decode with audience and issuer: signature and times, no more
    ratio_to_pyjwt: float  # without the database, over PyJWT
    promise_ms: float
    kept: bool
    results: int


@dataclass(frozen=True, slots=True)
class _StoodStill:
    """The moment at which everything happens, so that no token ages while others are measured."""

    moment: datetime

    def now(self) -> datetime:
        """That moment."""
        return self.moment


class _Office:
    """A face desk with a sandbox and a database in a folder of its own."""

    def __init__(self, folder: Path, moment: datetime) -> None:
        """Make the database, the key and the desk."""
        self.database = Database(f"sqlite:///{folder / 'bench.db'}")
        upgrade(self.database)
        self.archive, clock = Archive(self.database), _StoodStill(moment)
        self.signer = KeySigner(Purpose.SOURCE, generate("ES256"))
        self.sandbox = SandboxProvider(self.archive, self.signer, clock)
        day = timedelta(days=1)
        self.desk = FaceDesk(
            archive=self.archive,
            registry=read_registry(demonstration=True).with_key(
                PROVIDER, self.signer.public_key, moment - day, moment + day
            ),
            starters={PROVIDER: self.sandbox},
            clock=clock,
            rules=read_rules(),
            provider=PROVIDER,
            audience=_AUDIENCE,
        )

    def token(self) -> str:
        """A result of a verification that was begun just now."""
        challenge = self.desk.begin(
            _PERSON, "bench#1", "bench", "/", matter="residence_registration"
        )
        provider_txn = challenge.url.rsplit("/", 1)[1]
        request = self.sandbox.find(provider_txn).request
        if request is None:
            raise MalformedError("a verification of the bench ended by itself")
        now = self.desk.clock.now()
        return self.sandbox.make_result(provider_txn, request, Behaviour.PASS, now)

    def accept(self, token: str) -> None:
        """Take a result; it must be accepted, or nothing would be measured."""
        if self.desk.accept(token) != Accepted():
            raise MalformedError("a token of the bench was refused")


def bench_face(count: int, clock: Clock | None = None) -> FaceBench:
    """Take so many results, each once, and read each again in the other ways."""
    moment = (clock or SystemClock()).now()
    with TemporaryDirectory(prefix="certstore-bench-") as folder:
        office = _Office(Path(folder), moment)
        try:
            return _measured(office, [office.token() for _ in range(count + _WARM)])
        finally:
            office.database.close()


def _measured(office: _Office, tokens: list[str]) -> FaceBench:
    judging, verifying, decoding = _judging(office, tokens), _verifying(office), _decoding(office)
    ready = [_split(token) for token in tokens]
    gc.collect()
    accept = _median_ms(office.accept, tokens)
    judge = _median_ms(judging, tokens)
    bare = _median_ms(verifying, ready)
    pyjwt = _median_ms(decoding, tokens)
    return FaceBench(
        accept_ms=accept,
        without_database_ms=judge,
        bare_es256_ms=bare,
        bare_pyjwt_ms=pyjwt,
        ratio_to_pyjwt=round(judge / pyjwt, 2),
        promise_ms=PROMISE_MS,
        kept=accept < PROMISE_MS,
        results=len(tokens) - _WARM,
    )


def _median_ms(work: Callable[[T], object], things: Iterable[T]) -> float:
    spent = []
    for thing in things:
        began = time.process_time_ns()
        work(thing)
        spent.append(time.process_time_ns() - began)
    return round(median(spent[_WARM:]) / 1e6, 3)


def _judging(office: _Office, tokens: Iterable[str]) -> Callable[[str], None]:
    """Everything but the database: the transactions are looked up beforehand."""
    desk, now = office.desk, office.desk.clock.now()
    rule = rule_on(desk.rules, local_date(now))
    receipt = Receipt(
        at=now,
        audience=desk.audience,
        policy_version=rule.version,
        max_lifetime=rule.max_token_lifetime,
    )
    provider = desk.registry.providers[PROVIDER]
    with office.archive.reading() as books:
        book = FaceBook(books.connection)
        begun = {token: book.find(_claimed(token, "our_txn")) for token in tokens}

    def work(token: str) -> None:
        result, transaction = read_token(token, desk.registry, receipt), begun[token]
        if not isinstance(result, FaceResult) or transaction is None:
            raise MalformedError("a token of the bench is not sound")
        if judge_result(result, transaction, provider, now=now, rule=rule) != Accepted():
            raise MalformedError("a token of the bench was refused")

    return work


def _verifying(office: _Office) -> Callable[[tuple[bytes, bytes]], None]:
    key = cast("ec.EllipticCurvePublicKey", office.signer.public_key)
    algorithm = ec.ECDSA(hashes.SHA256())

    def work(ready: tuple[bytes, bytes]) -> None:
        key.verify(*ready, algorithm)

    return work


def _decoding(office: _Office) -> Callable[[str], object]:
    key, reader = cast("ec.EllipticCurvePublicKey", office.signer.public_key), jwt.PyJWT()

    def work(token: str) -> object:
        return reader.decode(token, key, algorithms=["ES256"], audience=_AUDIENCE, issuer=PROVIDER)

    return work


def _split(token: str) -> tuple[bytes, bytes]:
    """Signature as DER and what it is over: ready for the arithmetic alone."""
    message, _, part = token.rpartition(".")
    raw = base64url.decode(part)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    return encode_dss_signature(r, s), message.encode("ascii")


def _claimed(token: str, name: str) -> str:
    return str(json.loads(base64url.decode(token.split(".")[1]))[name])


def as_json(found: FaceBench) -> str:
    """The figures as one JSON object."""
    return json.dumps(asdict(found), ensure_ascii=False, indent=2)


def as_table(found: FaceBench) -> str:
    """The figures for a person to read."""
    promised = f"{found.promise_ms:.0f} ms, {'kept' if found.kept else 'NOT KEPT'}"
    lines = (
        ("one result taken, with its database, ms CPU", f"{found.accept_ms:.3f}"),
        ("promised: below", promised),
        ("the same without the database", f"{found.without_database_ms:.3f}"),
        ("ES256 alone, the limit", f"{found.bare_es256_ms:.3f}"),
        ("PyJWT's decode alone", f"{found.bare_pyjwt_ms:.3f}"),
        ("ratio, without the database, to PyJWT", f"{found.ratio_to_pyjwt:.2f}"),
        ("results measured", f"{found.results}"),
    )
    return "\n".join(f"{label:<46}{value:>16}" for label, value in lines)
