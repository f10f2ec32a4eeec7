"""What wallets ask for by themselves: pushed (RFC 9126), with PKCE (RFC 7636), the holder's word.

Nobody has checked a wallet. Its holder is told where the answer goes, and decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.chance import reference, token
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.tables.books import Archive, Books
from certstore.tables.wallets import WalletRequest
from certstore.wallets.door import Shown, WalletDoor, digest
from certstore.wallets.kinds import wallet_kinds, why_not
from certstore.wallets.metadata import WalletAddresses
from certstore.wallets.refusal import WalletRefusedError
from certstore.wallets.wire import member, optional, read_redirect

URN: Final = "urn:ietf:params:oauth:request_uri:"
PUSHED_FOR_S: Final = 90
ANSWER_WITHIN: Final = timedelta(minutes=10)
CODE_LIFETIME: Final = timedelta(seconds=60)
LONGEST_CLIENT: Final = 255
_LONGEST: Final = 500
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_OFFER: Final = re.compile(r"[0-9a-z]{20}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a wallet asks its holder for, and which certificates that could be, newest first."""

    request: WalletRequest
    choices: tuple[Certificate, ...]  # what waits for its seal comes last


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletRequestDesk:
    """Takes pushed requests and the holder's answer."""

    archive: Archive
    clock: Clock
    addresses: WalletAddresses
    door: WalletDoor

    def push(self, form: Mapping[str, str], shown: Shown) -> dict[str, object]:
        """Take a pushed request; WalletRefusedError with the errors of RFC 6749 and RFC 9126."""
        request_uri = URN + token()
        request = self._read(form, self._bound_to(form, shown), request_uri)
        with self.archive.writing() as books:
            books.wallets.add_request(request)
        return {"request_uri": request_uri, "expires_in": PUSHED_FOR_S}

    def begin(self, client_id: str, request_uri: str) -> str:
        """The reference of a pushed request, whose address is used up; MalformedError if none."""
        now = self.clock.now()
        with self.archive.writing() as books:
            ref = books.wallets.begin_request(digest(request_uri), client_id, now)
        if ref is None:
            raise MalformedError(
                "there is no such request, or it is over",
                where="request_uri",
                remedy="begin again in the wallet",
            )
        return ref

    def asked(self, resident: Resident, ref: str) -> Asked:
        """What is asked of this resident; NotFoundError once it is answered or too late."""
        with self.archive.reading() as books:
            request = self._open(books, ref)
            return Asked(request, self._choices(books, resident, request))

    def refuse(self, ref: str) -> str:
        """The holder says no: where to send the browser."""
        with self.archive.writing() as books:
            request = self._open(books, ref)
            if not books.wallets.answer_request(ref, {}, self.clock.now()):
                raise _over(ref)
        return self._back(request, {"error": "access_denied"})

    def agree(self, resident: Resident, ref: str, certificate_ref: str) -> str:
        """The holder says yes, to this certificate of theirs: where to send the browser."""
        code, now = token(), self.clock.now()
        with self.archive.writing() as books:
            request = self._open(books, ref)
            choices = {c.ref for c in self._choices(books, resident, request)}
            if certificate_ref not in choices:
                raise ConflictError("this certificate cannot be put into a wallet", where=ref)
            answer = {
                "person_id": books.people.known(resident.holder).id,
                "certificate_ref": certificate_ref,
                "code_digest": digest(code),
                "code_expires_at": now + CODE_LIFETIME,
            }
            if not books.wallets.answer_request(ref, answer, now):
                raise _over(ref)
        return self._back(request, {"code": code})

    def _read(self, form: Mapping[str, str], jkt: str | None, request_uri: str) -> WalletRequest:
        if "request_uri" in form or "request" in form:
            raise WalletRefusedError("invalid_request", "the request itself is pushed, no other")
        if member(form, "response_type") != "code":
            raise WalletRefusedError("unsupported_response_type", "the response type is code")
        if form.get("response_mode", "query") != "query":
            raise WalletRefusedError("invalid_request", "the response mode is query")
        challenge = member(form, "code_challenge")
        if form.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
            raise WalletRefusedError("invalid_request", "PKCE is used, with S256")
        offer_ref = optional(form, "issuer_state", 64)
        if offer_ref is not None and not _OFFER.fullmatch(offer_ref):
            raise WalletRefusedError("invalid_request", "issuer_state is none of ours")
        return WalletRequest(
            ref=reference(),
            uri_digest=digest(request_uri),
            client_id=member(form, "client_id", LONGEST_CLIENT),
            redirect_uri=read_redirect(member(form, "redirect_uri", _LONGEST)),
            state=optional(form, "state", _LONGEST),
            code_challenge=challenge,
            type_code=self._type(form),
            offer_ref=offer_ref,
            jkt=jkt,
            expires_at=self.clock.now() + timedelta(seconds=PUSHED_FOR_S),
        )

    def _type(self, form: Mapping[str, str]) -> str:
        check_resource(form, self.addresses)
        wanted = [s for s in form.get("scope", "").split(" ") if s in wallet_kinds()]
        if len(wanted) != 1:
            raise WalletRefusedError("invalid_scope", "the scope names one type of certificate")
        return wanted[0]

    def _bound_to(self, form: Mapping[str, str], shown: Shown) -> str | None:
        said = optional(form, "dpop_jkt", 43)
        if not shown.proofs:
            return said
        found = self.door.key_of(shown)
        if said is not None and said != found:
            raise WalletRefusedError("invalid_dpop_proof", "dpop_jkt is another key than the proof")
        return found

    def _open(self, books: Books, ref: str) -> WalletRequest:
        request = books.wallets.request(ref)
        if request is None or request.begun_at is None or request.answered_at is not None:
            raise _over(ref)
        if request.begun_at + ANSWER_WITHIN <= self.clock.now():
            raise _over(ref)
        return request

    def _choices(
        self, books: Books, resident: Resident, request: WalletRequest
    ) -> tuple[Certificate, ...]:
        """Their own of the type asked for, also one that waits for its seal."""
        holder, today = resident.holder, local_date(self.clock.now())
        known = books.register.held_by(holder.id_type, holder.id_number)
        waiting = books.register.reserved_for(holder, request.type_code)
        found = [c for c in (*known, *waiting) if c.type_code == request.type_code]
        offer = books.wallets.offer(request.offer_ref) if request.offer_ref else None
        return tuple(
            c for c in found if _may(c, today) and (offer is None or c.ref == offer.certificate_ref)
        )

    def _back(self, request: WalletRequest, answer: Mapping[str, str]) -> str:
        """The wallet's address with the answer, its state, and who answers (RFC 9207)."""
        state = {} if request.state is None else {"state": request.state}
        said = urlencode({**answer, **state, "iss": self.addresses.server})
        return f"{request.redirect_uri}{'&' if '?' in request.redirect_uri else '?'}{said}"


def check_resource(form: Mapping[str, str], addresses: WalletAddresses) -> None:
    """Refuse a request for somebody else's resource (RFC 8707)."""
    if form.get("resource", addresses.origin) != addresses.origin:
        raise WalletRefusedError("invalid_target", "the resource is the credential issuer")


def _may(certificate: Certificate, today: date) -> bool:
    return why_not(certificate, today) in {None, "not_sealed"}


def _over(ref: str) -> NotFoundError:
    return NotFoundError(
        "there is no such request, or it is over", where=ref, remedy="begin again in the wallet"
    )
