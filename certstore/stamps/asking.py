"""Asking a time authority (RFC 3161 §2.4): the request, and what of its answer is taken."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol

from asn1crypto import algos, cms, core, tsp

from certstore.chance import random_bytes
from certstore.errors import MalformedError, UnavailableError
from certstore.stamps.authorities import TimeAuthorities
from certstore.stamps.token import CLOCKS_APART, LARGEST, TimeStamp, read_token, verify_token

REQUEST_TYPE: Final = "application/timestamp-query"
ANSWER_TYPE: Final = "application/timestamp-reply"
LARGEST_ANSWER: Final = LARGEST + 4096
_NONCE_BYTES: Final = 8


class Answer(core.Sequence):  # type: ignore[misc]  # asn1crypto publishes no types
    """A TimeStampResp; asn1crypto's own knows none without a token, as a rejection is."""

    _fields: ClassVar[list[Any]] = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class StampClient(Protocol):
    """Carries a request to the time authority."""

    def ask(self, request: bytes) -> bytes:
        """The body of its answer, at most LARGEST_ANSWER bytes; UnavailableError without one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAuthority:
    """The time authority that stamps for us, under a policy if one is asked for (an OID)."""

    client: StampClient
    trusted: TimeAuthorities
    policy: str = ""

    def stamp(self, digest: bytes, now: datetime) -> tuple[bytes, TimeStamp]:
        """A verified token over this SHA-256 digest, and what it says.

        Raises UnavailableError if the authority gives none now, MalformedError if what it gave
        is refused: another digest, nonce or policy than asked for, another time than ours by
        more than five minutes, a signer that no pinned root leads to, a wrong signature.
        """
        nonce = int.from_bytes(random_bytes(_NONCE_BYTES), "big")
        der = _granted(self.client.ask(_request(digest, nonce, self.policy)))
        token = read_token(der)
        if token.nonce != nonce:
            raise _refused("it answers another request", "nonce")
        if self.policy and token.policy != self.policy:
            raise _refused(f"it was made under the policy {token.policy}", "policy")
        if abs(token.made_at - now) > CLOCKS_APART:
            raise _refused("its time is not ours: one of the clocks is wrong", "time")
        stamp = verify_token(token, digest, self.trusted)
        if not stamp.path.covers(now):
            raise _refused("its certificate is not in its time", "chain")
        return der, stamp


def _request(digest: bytes, nonce: int, policy: str) -> bytes:
    said = {
        "version": "v1",
        "message_imprint": tsp.MessageImprint(
            {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "hashed_message": digest,
            }
        ),
        "nonce": core.Integer(nonce),
        "cert_req": True,
    }
    if policy:
        said["req_policy"] = tsp.ObjectIdentifier(policy)
    return bytes(tsp.TimeStampReq(said).dump())


def _granted(answer: bytes) -> bytes:
    try:
        read = Answer.load(answer, strict=True)
        status = read["status"]["status"].native
        token = read["time_stamp_token"]
        der = b"" if isinstance(token, core.Void) else bytes(token.dump())
    except Exception as error:  # a stranger's bytes: the parser raises what there is
        raise _refused("its answer cannot be read", "form") from error
    if status in {"rejection", "waiting"}:
        raise UnavailableError(
            f"the time authority gives no stamp: {status}",
            where="time authority",
            remedy="the worker asks again by itself; ask the time authority if it goes on",
        )
    if status != "granted" or not der:
        raise _refused(f"its answer is {status}", "status")
    return der


def _refused(detail: str, cause: str) -> MalformedError:
    return MalformedError(
        f"the time authority's answer is refused: {detail}",
        where="time authority",
        remedy="compare CERTSTORE_TIME_AUTHORITY_… with what the time authority publishes",
        cause=cause,
    )
