"""Codes by when and how they are shown: times, statuses, replays, nonces, phones."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from certstore.certificates import StatusEntry
from certstore.clock import unix
from certstore.codes import cose_sign1, strict_cbor
from certstore.codes.profiles import show_code
from certstore.keys import KeySigner, Purpose, generate
from tests.conformance.scanner.corpus_cases import (
    CODE,
    NONCE,
    PRESENTATION,
    Case,
    device_lists,
    raw,
    raw_claims,
    status_lists,
)
from tests.unit.certstore.codes.sealed_house import (
    NOW,
    claims_of,
    house,
)


def _times() -> Iterator[Case]:
    texts = {
        "on line": house().on_line(),
        "printed for an hour": house().printed(claims_of(lifetime=3600)),
        "off line": house().off_line(),
        "off line for a minute": house().off_line(lifetime=60),
    }
    for name, text in texts.items():
        for seconds in (-31, -30, -29, 0, 14, 15, 44, 45, 46, 89, 90, 91, 3629, 3630, 3631):
            now = NOW + timedelta(seconds=seconds)
            yield Case(name=f"{name} at {seconds:+d} s", text=text, now=now)
    later = house().printed(claims_of(not_before=unix(NOW) + 31))
    yield Case(name="nbf in 31 s", text=later)
    yield Case(name="nbf in 30 s", text=later, now=NOW + timedelta(seconds=1))
    for days, offset in ((29, 0), (30, -3600 + 30), (30, -3600 + 31), (31, 0)):
        now = NOW + timedelta(days=days, seconds=offset)
        yield Case(name=f"trust list at {days} d {offset} s", text=house().printed(), now=now)


def _statuses() -> Iterator[Case]:
    printed = house().printed()
    for name in status_lists():
        yield Case(name=f"status {name}", text=printed, lists=(name,))
    yield Case(name="no status list", text=printed, lists=())
    for pair in (("stale_invalid", "usual"), ("usual", "stale_invalid"), ("usual", "invalid")):
        yield Case(name=f"status {' and '.join(pair)}", text=printed, lists=pair)
    for entry in (
        StatusEntry(4, 0), StatusEntry(4, 999), StatusEntry(4, 1000), StatusEntry(4, 2**32 - 1),
        StatusEntry(5, 77), StatusEntry(0, 77), StatusEntry(4, 76), StatusEntry(4, 78),
    ):  # fmt: skip
        text = house().printed(claims_of(status=entry))
        yield Case(name=f"entry {entry.list_number}/{entry.index}", text=text, lists=("invalid",))
    for name in ("invalid", "suspended", "disputed", "stale"):
        yield Case(name=f"on line, status {name}", text=house().on_line(), lists=(name,))
        yield Case(name=f"off line, status {name}", text=house().off_line(), lists=(name,))
    expired = NOW + timedelta(seconds=200)
    yield Case(name="expired and revoked", text=house().on_line(), lists=("invalid",), now=expired)


def _on_line() -> Iterator[Case]:
    yield Case(name="on line, shown twice", text=house().on_line(), memory=True)
    revoked = Case(name="x", text=house().on_line(), lists=("invalid",), memory=True)
    yield replace(revoked, name="on line, revoked, shown twice")
    for lifetime in (61, 0):
        text = house().on_line(claims_of(lifetime=lifetime))
        yield Case(name=f"on line for {lifetime} s", text=text)
    bad = {
        "without cti": raw_claims(lifetime=60, cti=None),
        "with a holder's key": raw_claims(lifetime=60, holder_key=house().holder.public_key),
    }
    for name, claims in bad.items():
        yield Case(name=f"on line, {name}", text=raw(claims, typ="RPD1", signer=PRESENTATION))
    yield Case(name="printed, shown twice", text=house().printed(), memory=True)


def _off_line() -> Iterator[Case]:
    plain, with_nonce = house().off_line(), house().off_line(nonce=NONCE)
    yield Case(name="off line, shown twice", text=plain, memory=True)
    yield Case(name="off line, nonce asked for and not given", text=plain, nonce=NONCE)
    yield Case(name="off line, nonce given and not asked for", text=with_nonce)
    yield Case(name="off line, another nonce", text=with_nonce, nonce=NONCE[::-1])
    yield Case(name="off line, a longer nonce", text=with_nonce, nonce=NONCE + b"x")
    twice = Case(name="x", text=with_nonce, nonce=NONCE, memory=True)
    yield replace(twice, name="off line, nonce, shown twice")
    for lifetime in (86401, 86400):
        text = house().off_line(lifetime=lifetime)
        yield Case(name=f"off line for {lifetime} s", text=text)
    stranger = KeySigner(Purpose.PRESENTATION, generate("ES256"))
    text = show_code(house().inner(), stranger, issued_at=unix(NOW))
    yield Case(name="off line, another's phone", text=text)
    for name, cnf in _confirmations().items():
        inner = cose_sign1.sign(
            strict_cbor.encode({**raw_claims(lifetime=3600), 8: cnf}), typ="RPH1", signer=CODE
        )
        text = show_code(inner, house().holder, issued_at=unix(NOW))
        yield Case(name=f"holder's key: {name}", text=text)
    inner = cose_sign1.sign(claims_of(lifetime=3600).encode(), typ="RPH1", signer=CODE)
    text = show_code(inner, house().holder, issued_at=unix(NOW))
    yield Case(name="off line without a holder's key", text=text)
    no_cti = claims_of(lifetime=3600, cti=None, holder_key=house().holder.public_key)
    inner = cose_sign1.sign(no_cti.encode(), typ="RPH1", signer=CODE)
    text = show_code(inner, house().holder, issued_at=unix(NOW))
    yield Case(name="off line without a cti", text=text)


def _confirmations() -> Mapping[str, object]:
    point: Any = house().holder.public_key.public_numbers()  # type: ignore[union-attr]  # on P-256
    x, y = (n.to_bytes(32, "big") for n in (point.x, point.y))
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    key = {1: 2, -1: 1, -2: x, -3: y}
    return {
        "good": {1: key},
        "off the curve": {1: {**key, -3: bytes((*y[:-1], y[-1] ^ 1))}},
        "the other y": {1: {**key, -3: (p - point.y).to_bytes(32, "big")}},
        "zeros": {1: {**key, -2: bytes(32), -3: bytes(32)}},
        "beyond p": {1: {**key, -2: b"\xff" * 32}},
        "short": {1: {**key, -2: x[1:]}},
        "another curve": {1: {**key, -1: 2}},
        "true for the curve": {1: {**key, -1: True}},
        "another kind": {1: {**key, 1: 1}},
        "with a private part": {1: {**key, -4: x}},
        "with more": {1: key, 2: b"x"},
        "bytes": {1: x + y},
        "null": None,
    }


def _devices() -> Iterator[Case]:
    text = house().off_line()
    for name in device_lists():
        yield Case(name=f"devices {name}", text=text, devices=name)
        yield Case(name=f"devices {name}, on line", text=house().on_line(), devices=name)
    listed = Case(name="x", text=text, devices="listed", lists=("suspended",), memory=True)
    yield replace(listed, name="signed out and suspended, shown twice")
    yield replace(listed, name="signed out, no list", lists=())


FAMILIES = (_times, _statuses, _on_line, _off_line, _devices)
