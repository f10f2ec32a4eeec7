"""Asks wallets for verifiers: a signed request, one sealed answer, a verdict that is shown once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final, Literal

from certstore.chance import reference, token
from certstore.clock import Clock
from certstore.errors import ConflictError, GoneError, MalformedError, NotFoundError
from certstore.key_binding import AskedOf
from certstore.keys import Signer
from certstore.presentation import Scan, record_scan
from certstore.safekeeping import DataKey, Safe, Wrapped
from certstore.sealed_answer import AnswerKey
from certstore.tables.books import Archive
from certstore.tables.wallet_questions import WalletQuestionRow
from certstore.trust import TrustSource
from verifiers.scanning.desk import LiveRegister
from verifiers.wallets.answer import WalletAnswer, read_error, read_form, read_sealed
from verifiers.wallets.judging import WalletFacts, judge_presentation
from verifiers.wallets.kept import Outcome, read_outcome, spell_outcome
from verifiers.wallets.request_object import WalletRequest, client_id, link, sign_request
from verifiers.wallets.wanted import Question, Wanted

LIFETIME: Final = timedelta(minutes=5)
KEPT_FOR: Final = timedelta(minutes=5)
"""How long an answer waits to be looked at, after the request's end."""
_LONGEST_NONCE: Final = 256
Standing = Literal["waiting", "answered", "over"]


@dataclass(frozen=True, slots=True)
class AskedWallet:
    """A request that was made: what leads a wallet to it, and the secret that opens its outcome."""

    ref: str
    secret: str
    link: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request as who made it sees it."""

    ref: str
    link: str
    wanted: Wanted
    same_device: bool
    expires_at: datetime
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletQuestionDesk:
    """Makes requests, takes wallets' answers, and shows each verdict once."""

    archive: Archive
    trust: TrustSource
    find_signer: Callable[[], Signer]
    clock: Clock
    origin: str
    public_url: str
    open_safe: Callable[[], Safe]

    def ask(self, wanted: Wanted, verifier: str, *, same_device: bool = False) -> AskedWallet:
        """Make a request that lives five minutes. `verifier` is what the holder will read."""
        now, ref, secret, key = self.clock.now(), reference(), token(), AnswerKey.make()
        address = self._link(ref)  # NotFoundError without a key for it, before anything is kept
        data_key, wrapped = self.open_safe().new_key(_about(ref))
        row = WalletQuestionRow(
            ref=ref,
            secret_digest=_digest(secret),
            wanted=wanted.value,
            verifier=verifier,
            same_device=same_device,
            nonce=token(),
            state=token(),
            made_at=now,
            expires_at=now + LIFETIME,
            key_id=wrapped.key_id,
            wrapped=wrapped.sealed,
            answer_key=data_key.seal(key.secret(), _about(ref)),
        )
        with self.archive.writing() as books:
            books.wallet_questions.add(row)
        return AskedWallet(ref, secret, address, row.expires_at)

    def request_object(self, ref: str, wallet_nonce: str | None = None) -> str:
        """The signed request, for a wallet; NotFoundError, GoneError once it is over or answered.

        It may be fetched again while it waits: wallets that fail try anew.
        """
        if wallet_nonce is not None and not _is_nonce(wallet_nonce):
            raise MalformedError(
                "wallet_nonce is a short text of visible characters",
                where="wallet_nonce",
                error="invalid_request",
            )
        now, row = self.clock.now(), self._row(ref)
        key = self._answer_key(row, now)
        request = WalletRequest(
            question=self._question(row).dcql(),
            nonce=row.nonce,
            state=row.state,
            response_uri=f"{self._address(ref)}/response",
            answer_key=key.public_jwk(),
            expires_at=row.expires_at,
        )
        return sign_request(request, self.find_signer(), now, wallet_nonce)

    def take(self, ref: str, body: bytes) -> str | None:
        """Take a wallet's answer (its form); where the wallet leads its holder, on one device.

        A presentation that is not good is taken, too: it is a verdict. MalformedError for what
        cannot be read or answers another request, which then goes on waiting; ConflictError when
        an answer came before, NotFoundError and GoneError as above. What is shown is recorded
        with its holder in the same commit; if that cannot be, nothing is taken.
        """
        now, row = self.clock.now(), self._row(ref)
        try:
            answer = self._opened(row, body, now)
        except MalformedError as error:
            error.facts["error"] = "invalid_request"
            raise
        register = LiveRegister(self.archive, [])
        outcome = Outcome(now, error=answer.error)
        if answer.presentation is not None:
            facts = WalletFacts(self.trust(), register, now)
            asked = AskedOf(client_id(self.find_signer()), row.nonce, row.made_at)
            result = judge_presentation(answer.presentation, self._question(row), asked, facts)
            outcome = Outcome(now, result)
        code = token() if row.same_device else None
        sealed = self._data_key(row).seal(spell_outcome(outcome), _about(ref, "answer"))
        with self.archive.writing() as books:
            if not books.wallet_questions.answer(ref, sealed, code and _digest(code), now):
                raise _answered(ref)
            if register.asked and outcome.result and outcome.result.fields:
                scan = Scan(register.asked[0], row.verifier, outcome.result.fields)
                record_scan(books, self.origin, scan, now)
        return f"{self.public_url}/scan/wallet/{ref}?response_code={code}" if code else None

    def own(self, ref: str, secret: str, response_code: str = "") -> OwnRequest:
        """How a request stands, for who made it; NotFoundError for everybody else."""
        now, row = self.clock.now(), self._own_row(ref, secret)
        standing = _standing(row, response_code, now)
        return OwnRequest(
            ref, self._link(ref), Wanted(row.wanted), row.same_device, row.expires_at, standing
        )

    def show(self, ref: str, secret: str, response_code: str = "") -> Outcome:
        """The outcome, once: it is dropped by this. ConflictError while no wallet has answered.

        On one device it is shown only to who was led back from the wallet. GoneError when it was
        shown before, or nobody answered in time.
        """
        own, row = self.own(ref, secret, response_code), self._own_row(ref, secret)
        if own.standing == "waiting":
            raise ConflictError("no wallet has answered yet", where=ref, remedy="ask again soon")
        if own.standing == "over" or row.answer is None:
            raise _gone(ref)
        opened = self._data_key(row).open(row.answer, _about(ref, "answer"))
        with self.archive.writing() as books:
            if not books.wallet_questions.shown(ref):
                raise _gone(ref)
        return read_outcome(opened)

    def forget(self) -> None:
        """Drop requests whose time is over, and answers that nobody looked at."""
        with self.archive.writing() as books:
            books.wallet_questions.forget(self.clock.now() - KEPT_FOR)

    def _opened(self, row: WalletQuestionRow, body: bytes, now: datetime) -> WalletAnswer:
        key, form = self._answer_key(row, now), read_form(body)
        if "response" in form:
            return read_sealed(key.open(form["response"]), row.state)
        if "error" in form:
            return read_error(form, row.state)
        raise MalformedError(
            "the answer holds neither response nor error",
            where="response",
            remedy="seal the answer as response_mode=direct_post.jwt says",
        )

    def _answer_key(self, row: WalletQuestionRow, now: datetime) -> AnswerKey:
        if row.answered_at is not None or row.answer_key is None:
            raise _answered(row.ref)
        if now > row.expires_at:
            raise _gone(row.ref)
        return AnswerKey.from_secret(self._data_key(row).open(row.answer_key, _about(row.ref)))

    def _data_key(self, row: WalletQuestionRow) -> DataKey:
        return self.open_safe().open_key(Wrapped(row.key_id, row.wrapped), _about(row.ref))

    def _question(self, row: WalletQuestionRow) -> Question:
        return Question(Wanted(row.wanted), self.public_url)

    def _row(self, ref: str) -> WalletQuestionRow:
        with self.archive.reading() as books:
            row = books.wallet_questions.find(ref)
        if row is None:
            raise NotFoundError("there is no such request", where=ref)
        return row

    def _own_row(self, ref: str, secret: str) -> WalletQuestionRow:
        row = self._row(ref)
        if not _fits(secret, row.secret_digest):
            raise NotFoundError("there is no such request", where=ref)
        return row

    def _address(self, ref: str) -> str:
        return f"{self.public_url}/v1/verify/wallet-requests/{ref}"

    def _link(self, ref: str) -> str:
        return link(self.find_signer(), f"{self._address(ref)}/request")


def _standing(row: WalletQuestionRow, response_code: str, now: datetime) -> Standing:
    if row.answered_at is None:
        return "over" if now > row.expires_at else "waiting"
    if row.answer is None or now > row.expires_at + KEPT_FOR:
        return "over"
    led_back = not row.same_device or _fits(response_code, row.return_digest)
    return "answered" if led_back else "waiting"


def _about(ref: str, part: str = "key") -> str:
    return f"wallet-question/{ref}/{part}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _fits(secret: str, digest: str | None) -> bool:
    known = digest or ""
    return compare_digest(hashlib.sha256(secret.encode(errors="replace")).hexdigest(), known)


def _is_nonce(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_NONCE and text.isascii() and text.isprintable()


def _answered(ref: str) -> ConflictError:
    return ConflictError(
        "this request was answered before",
        where=ref,
        remedy="ask the verifier for a new one",
        error="invalid_request",
    )


def _gone(ref: str) -> GoneError:
    return GoneError(
        "this request is over", where=ref, remedy="make a new one", error="invalid_request"
    )
