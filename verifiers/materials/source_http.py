"""A source authority asked over HTTP, answering with its own signature.

Request, `POST` to the source's address, JSON (version 1 of this interface):
`{"v": 1, "nonce": text, "records": [{"type", "record_id", "version"}]}`, at most 100 records.

Answer, 200, `application/jwt`: a compact JWS (`typ: holding-status+jwt`) by one of the source's
keys on the trust list with purpose `source`; claims `{"iss": the source's credit code, "iat",
"exp" (at most 300 s later), "nonce": ours, "records": [{"type", "record_id", "version",
"status", "under_dispute"}]}`, exactly the records asked. `status` is one of the status words of
a record (formats: hand-in), `superseded` where the source has a later version, `unknown` where
it has none.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

import httpx

from certstore.chance import token
from certstore.clock import Clock
from certstore.errors import CertstoreError, UnavailableError
from certstore.keys import Purpose
from certstore.tokens import canonical_json, check_times, parse_compact
from certstore.trust import TrustList
from verifiers.materials.holdings import HeldRecord, SourceAnswer, Standing
from verifiers.materials.vocabulary import RecordStatus, RecordType

TYP = "holding-status+jwt"
VERSION = 1
TIME_OUT_S = 2.0
MAX_RECORDS = 100
_MAX_ANSWER = 65_536
_LIFETIME_S = 300
_CLAIMS = frozenset({"iss", "iat", "exp", "nonce", "records"})
_MEMBERS = frozenset({"type", "record_id", "version", "status", "under_dispute"})
_UNKNOWN = "unknown"


class HttpHoldings:
    """One source, known by its address, its credit code and the keys the trust list gives it."""

    def __init__(self, url: str, uscc: str, trust: Callable[[], TrustList], clock: Clock) -> None:
        """Nothing is asked yet; certificates of https are checked against the system's roots."""
        self._url = url
        self._uscc = uscc
        self._trust = trust
        self._clock = clock
        self._client = httpx.Client(timeout=TIME_OUT_S, follow_redirects=False)

    def ask(self, held: Sequence[HeldRecord]) -> SourceAnswer:
        """Ask about at most 100 records; UnavailableError unless the signed answer is about them.

        What is *not* checked here: the whole two seconds, which the caller enforces; a source
        that drips bytes is given up after the time-out and the byte at hand.
        """
        if len(held) > MAX_RECORDS:
            raise ValueError(f"at most {MAX_RECORDS} records are asked about at once")
        nonce = token()
        body = {
            "v": VERSION,
            "nonce": nonce,
            "records": [
                {"type": h.type.value, "record_id": h.record_id, "version": h.version} for h in held
            ],
        }
        text = self._post(canonical_json(body))
        try:
            claims = self._verified(text)
        except CertstoreError as error:
            raise UnavailableError(
                "a source's answer is not its signed word", where=self._uscc
            ) from error
        if claims.keys() != _CLAIMS or claims["iss"] != self._uscc or claims["nonce"] != nonce:
            _refuse(self._uscc, "a source answered another question")
        return SourceAnswer(_standings(claims["records"], held, self._uscc), self._clock.now())

    def _post(self, body: bytes) -> str:
        began = time.monotonic()
        received = b""
        headers = {"content-type": "application/json", "accept": "application/jwt"}
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                if answer.status_code != httpx.codes.OK:
                    _refuse(self._uscc, f"a source answered with status {answer.status_code}")
                for chunk in answer.iter_bytes():
                    received += chunk
                    if len(received) > _MAX_ANSWER:
                        _refuse(self._uscc, f"a source's answer exceeds {_MAX_ANSWER} bytes")
                    if time.monotonic() - began > TIME_OUT_S:
                        _refuse(self._uscc, "a source's answer took too long")
        except httpx.HTTPError as error:
            raise UnavailableError("a source does not answer", where=self._uscc) from error
        try:
            return received.decode("ascii").strip()
        except UnicodeDecodeError as error:
            raise UnavailableError("a source's answer is not a token", where=self._uscc) from error

    def _verified(self, text: str) -> Mapping[str, object]:
        parsed = parse_compact(text, typ=TYP, max_bytes=_MAX_ANSWER)
        now = self._clock.now()
        key = self._trust().find(parsed.kid, Purpose.SOURCE)
        if key is None or key.authority_uscc != self._uscc or not key.verifies_at(now):
            _refuse(self._uscc, "a source's answer is signed with a key that is not its own")
        claims = parsed.verified(key.public_key, key.algorithm)
        check_times(claims, now, max_lifetime=_LIFETIME_S)
        return claims


def _standings(entries: object, held: Sequence[HeldRecord], uscc: str) -> tuple[Standing, ...]:
    if not isinstance(entries, list):
        _refuse(uscc, "a source's answer holds no records")
    said = tuple(_standing(entry, uscc) for entry in entries)
    if sorted(s.held for s in said) != sorted(held):
        _refuse(uscc, "a source answered about other records than it was asked about")
    return said


def _standing(entry: object, uscc: str) -> Standing:
    if not isinstance(entry, dict) or entry.keys() != _MEMBERS:
        _refuse(uscc, "an entry of a source's answer lacks a member or holds a strange one")
    version, disputed, word = entry["version"], entry["under_dispute"], entry["status"]
    sound = (
        type(version) is int
        and type(disputed) is bool
        and isinstance(entry["record_id"], str)
        and entry["type"] in set(RecordType)
        and word in {*RecordStatus, _UNKNOWN}
    )
    if not sound:
        _refuse(uscc, "an entry of a source's answer holds a value of the wrong kind")
    status = RecordStatus.REVOKED if word == _UNKNOWN else RecordStatus(word)
    return Standing(
        HeldRecord(RecordType(entry["type"]), entry["record_id"], version), status, disputed
    )


def _refuse(uscc: str, detail: str) -> NoReturn:
    raise UnavailableError(detail, where=uscc)
