"""A pulling service's whole dealings with one certificate store, in a few calls."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self, Unpack
from urllib.parse import quote, urlencode

from cryptography import x509

from certstore.chance import token as secret_token
from certstore.client.access import TokenSource
from certstore.client.answers import Found, Pulled
from certstore.client.asking import Case, PullMembers, Purpose, SearchMembers
from certstore.client.problems import ClientError, UntrustedError
from certstore.client.reading import read_object
from certstore.client.receipts import (
    Receipt,
    judge_place,
    open_trust_list,
    read_root,
    verify_receipt,
)
from certstore.client.wire import Answer, Patience, Sent, Wire, checked_address
from certstore.clock import Clock, SystemClock
from certstore.errors import CertstoreError
from certstore.keys import KeySigner, Signer, read_private_key
from certstore.keys import Purpose as KeyPurpose
from certstore.ledger_proof import Judged
from certstore.trust import TrustList

_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_NO_CONTENT: Final = 204
_LIST_KEPT: Final = timedelta(minutes=5)


def read_key(file: str | Path, passphrase: bytes | str | Path) -> Signer:
    """Your registered private key, from encrypted PEM (P-256 or Ed25519).

    A passphrase given as a Path is read from there. ClientError if the key cannot be opened.
    """
    if isinstance(passphrase, Path):
        passphrase = passphrase.read_bytes().strip()
    word = passphrase.encode() if isinstance(passphrase, str) else passphrase
    try:
        return KeySigner(KeyPurpose.TOKEN, read_private_key(Path(file), word))
    except CertstoreError as error:
        raise ClientError(
            "the key cannot be opened",
            where=str(file),
            remedy="check the passphrase, and that it is an encrypted PKCS#8 PEM",
        ) from error


class Client:
    """Searches and pulls for one registered client; made once, used by any number of threads.

    Every call raises ClientError; see `certstore.client.problems` for its kinds.
    """

    def __init__(  # noqa: PLR0913 - what follows the purpose goes by name, and has a default
        self,
        base_url: str,
        client_id: str,
        key: Signer,
        purpose: Purpose | None = None,
        *,
        root: x509.Certificate | bytes | Path | None = None,
        patience: Patience | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is asked yet.

        `purpose` holds where a call names none; `root` (PEM, or where it lies) is the pinned root
        certificate, by which receipts are judged; `tls` replaces the system's roots.
        """
        self.base_url: Final = checked_address(base_url)
        self._purpose = purpose
        pem = root.read_bytes() if isinstance(root, Path) else root
        self._root = read_root(pem) if isinstance(pem, bytes) else pem
        self._clock = clock or SystemClock()
        self._wire = Wire(patience or Patience(), self._clock, tls=tls, sleep=sleep)
        self._tokens = TokenSource(self.base_url, client_id, key, self._wire, self._clock)
        self._trust: tuple[TrustList, datetime] | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give connections back."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- searching and pulling --------------------------------------------------------------

    def search(
        self,
        case: Case,
        cert_types: Sequence[str] = (),
        *,
        purpose: Purpose | None = None,
        city: str | None = None,
        **more: Unpack[SearchMembers],
    ) -> Found:
        """References and status of what the person holds, of these types or of the purpose's.

        With `city`, what they hold in that other city, asked for through this service.
        """
        using = self._using(purpose)
        wanted = list(cert_types or using.cert_types)
        body = {"purpose_id": using.purpose_id, "cert_types": wanted, **case.members(), **more}
        return Found.read(self.ask("POST", f"{_at(city)}/evidence:search", body, purpose=using))

    def pull(
        self,
        case: Case,
        ref: str,
        fields: Sequence[str] = (),
        *,
        purpose: Purpose | None = None,
        city: str | None = None,
        **more: Unpack[PullMembers],
    ) -> Pulled:
        """The fields named, or all of the purpose's, of one certificate of the person.

        With `city`, of a certificate in that other city, asked for through this service.
        """
        using = self._using(purpose)
        wanted = list(fields or using.fields)
        body = {
            "purpose_id": using.purpose_id,
            "matter_code": using.matter_code,
            "fields": wanted,
            **case.members(),
            **more,
        }
        path = f"{_at(city)}/certificates/{quote(ref, safe='')}:pull"
        return Pulled.read(self.ask("POST", path, body, purpose=using)).answers(ref, wanted)

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        purpose: Purpose | None = None,
    ) -> Mapping[str, object]:
        """Any other call under /v1, with token, proof and an Idempotency-Key; the JSON answer.

        `{}` where there is nothing to say (204). A token that is refused though it seemed to live
        (revoked, or its key withdrawn) is replaced once.
        """
        url = self._url(path)
        headers = {"Accept": "application/json"}
        if method != "GET":  # so that a try whose answer was torn may be repeated
            headers["Idempotency-Key"] = secret_token(18)
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False).encode()
        whole = f"{url}?{urlencode(query)}" if query else url
        answer = self._answer(Sent(method, whole, headers, content), purpose)
        return {} if answer.status == _NO_CONTENT else read_object(answer.body)

    def fetch(self, path: str, *, purpose: Purpose | None = None) -> bytes:
        """A document under /v1, such as the one that a pull links to once; its bytes."""
        return self._answer(Sent("GET", self._url(path), {}), purpose).body

    def _url(self, path: str) -> str:
        """An address of this service; a link that it gave may be whole."""
        path = path.removeprefix(self.base_url)
        if not path.startswith("/") or "?" in path or "#" in path:
            raise ClientError("a path of this service begins with /", where=path)
        return f"{self.base_url}{path}"

    def _answer(self, asked: Sent, purpose: Purpose | None) -> Answer:
        using = self._using(purpose)
        held = self._tokens.holds(using)
        answer = self._sent(asked, using)
        if held and _is_outdated(answer):
            self._tokens.drop(using)
            answer = self._sent(asked, using)
        if not answer.good:
            raise answer.problem()
        return answer

    def _sent(self, asked: Sent, purpose: Purpose) -> Answer:
        place = asked.url.partition("?")[0]

        def compose() -> Sent:
            proven = self._tokens.headers(asked.method, place, purpose)
            return replace(asked, headers={**asked.headers, **proven})

        return self._wire.ask(compose, repeatable=True)

    def _using(self, purpose: Purpose | None) -> Purpose:
        using = purpose or self._purpose
        if using is None:
            raise ClientError(
                "no purpose is named", remedy="name one at the call, or when the client is made"
            )
        return using

    # -- receipts ----------------------------------------------------------------------------

    def trust(self) -> TrustList:
        """The service's trust list, verified with the pinned root; asked for every five minutes.

        UntrustedError without a root, for a list that does not hold, and for an older one than
        was seen before.
        """
        if self._root is None:
            raise UntrustedError(
                "no root certificate is pinned",
                remedy="hand `root` to the client: the PEM, got by another way than this service",
            )
        now = self._clock.now()
        with self._lock:
            known = self._trust
            if known is not None and now - known[1] < _LIST_KEPT and known[0].fresh_at(now):
                return known[0]
            text = self._wire.get(f"{self.base_url}/.well-known/certstore-trust-list").body
            fresh = open_trust_list(text.decode("ascii", "replace"), self._root, now)
            if known is not None and fresh.seq < known[0].seq:
                raise UntrustedError("an older trust list came than before", where="trust list")
            self._trust = (fresh, now)
            return fresh

    def verify_receipt(self, answer: Found | Pulled | str) -> Receipt:
        """The receipt of an answer, if it holds; UntrustedError if not."""
        now = self._clock.now()
        return verify_receipt(answer, self.trust(), issuer=self.base_url, now=now)

    def prove(self, receipt: Receipt) -> Judged:
        """Whether the promise of a receipt was kept: its leaf stands in the signed ledger.

        UntrustedError for a proof of something else; `good` of the answer says whether it holds.
        """
        index = receipt.ledger.leaf_index
        place = f"{self.base_url}/v1/ledger/proof/inclusion?leaf_index={index}"
        file = read_object(self._wire.get(place).body)
        vkey = self._wire.get(f"{self.base_url}/v1/ledger/key").body.decode("utf-8", "replace")
        return judge_place(receipt, file, vkey, self.trust())


def _at(city: str | None) -> str:
    return "/v1" if city is None else f"/v1/peers/{quote(city, safe='')}"


def _is_outdated(answer: Answer) -> bool:
    """Whether another token may do: this one has ended, or its purpose was changed."""
    if answer.status == _UNAUTHORIZED:
        return True
    return answer.status == _FORBIDDEN and answer.problem().cause == "purpose_changed"
