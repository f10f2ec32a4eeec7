"""Good and hostile trust lists, status lists and lists of signed-out phones."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

from certstore import base64url
from certstore.codes import cose_sign1, strict_cbor
from certstore.keys import Purpose
from certstore.presenting.signed_out import TYP as DEVICES
from certstore.status_list import CWT_TYP, JWT_TYP
from certstore.tokens import sign_compact
from certstore.trust import TYP as TRUST
from tests.unit.certstore.codes.sealed_house import LIST_URI, NOW, house, strangers

AT = int(NOW.timestamp())
STATUS, CODE = (house().signers[p] for p in (Purpose.STATUS, Purpose.CODE))


def _respelled(jws: str, text: str) -> str:
    """The same token with another payload text, signed by the root all the same."""
    head = jws.split(".", maxsplit=1)[0]
    message = f"{head}.{base64url.encode(text.encode())}"
    return f"{message}.{base64url.encode(house().root_signer.sign(message.encode()))}"


def trust_cases() -> Iterator[tuple[str, str]]:
    """Names and texts of trust lists."""
    good = house().trust_jws()
    claims = json.loads(base64url.decode(good.split(".")[1]))
    keys = claims["keys"]
    yield "good", good
    yield "with a line end", good + "\n"
    yield "empty", ""
    yield "two parts", good.rpartition(".")[0]
    yield "four parts", good + "."
    yield "padded", good + "="
    yield "stray bits", good[:-1] + ("B" if good[-1] != "B" else "C")
    yield "another root's", strangers().trust_jws()
    changes: dict[str, Any] = {
        "a member more": {**claims, "x": 1},
        "a member less": {name: value for name, value in claims.items() if name != "seq"},
        "seq below zero": {**claims, "seq": -1},
        "seq a fraction": {**claims, "seq": 1.0},
        "seq true": {**claims, "seq": True},
        "iat a text": {**claims, "iat": "1"},
        "exp beyond 9999": {**claims, "exp": 253_402_300_800},
        "keys an object": {**claims, "keys": {}},
        "no keys": {**claims, "keys": []},
        "a key twice": {**claims, "keys": [*keys, keys[0]]},
        "an entry more": {**claims, "keys": [{**keys[0], "x": 1}]},
        "an entry less": {**claims, "keys": [{k: v for k, v in keys[0].items() if k != "state"}]},
        "an entry null": {**claims, "keys": [None]},
        "another kid": {**claims, "keys": [{**keys[0], "kid": "0" * 16}]},
        "another algorithm": {**claims, "keys": [{**keys[0], "alg": "EdDSA"}]},
        "an unknown purpose": {**claims, "keys": [{**keys[0], "purpose": "root"}]},
        "an unknown state": {**claims, "keys": [{**keys[0], "state": "lost"}]},
        "a long name": {**claims, "keys": [{**keys[0], "authority_name": "名" * 201}]},
        "a long code": {**claims, "keys": [{**keys[0], "authority_uscc": "1" * 19}]},
        "off the curve": {
            **claims,
            "keys": [{**keys[0], "jwk": {**keys[0]["jwk"], "y": "A" * 43}}],
        },
        "a private key": {
            **claims,
            "keys": [{**keys[0], "jwk": {**keys[0]["jwk"], "d": "A" * 43}}],
        },
        "without certificates": {
            **claims,
            "keys": [{k: v for k, v in key.items() if k != "x5c"} for key in keys],
        },
    }
    for name, said in changes.items():
        yield name, _respelled(good, json.dumps(said))
    text = json.dumps(claims)
    yield "a member twice", _respelled(good, text[:-1] + ', "seq": 8}')
    yield "a member twice, escaped", _respelled(good, text[:-1] + ', "se\\u0071": 8}')
    yield "half a character", _respelled(good, text.replace("https", "\\ud800"))
    yield "a byte order mark", _respelled(good, "\ufeff" + text)
    yield "NaN", _respelled(good, text.replace('"seq": 7', '"seq": NaN'))
    yield "2^53", _respelled(good, text.replace('"seq": 7', f'"seq": {2**53}'))
    yield "a leading zero", _respelled(good, text.replace('"seq": 7', '"seq": 07'))
    yield "text after", _respelled(good, text + "x")
    yield "blanks around", _respelled(good, f" \t\r\n{text}\n ")
    yield "a form feed", _respelled(good, "\f" + text)
    yield "deep", _respelled(good, "[" * 11 + "]" * 11)
    yield "an array", _respelled(good, "[]")
    yield "as a status list", sign_compact(claims, typ=JWT_TYP, signer=house().root_signer)
    header = {"jwk": keys[0]["jwk"]}
    yield (
        "a key in the header",
        sign_compact(claims, typ=TRUST, signer=house().root_signer, header=header),
    )
    yield "signed by another key", sign_compact(claims, typ=TRUST, signer=CODE)


def status_cases() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of status lists, JWT and CWT."""
    jwt, cwt = house().status_jwt({77: 1}).encode(), house().status_cwt({77: 1})
    yield "JWT", jwt
    yield "JWT with a line end", jwt + b"\n"
    yield "CWT", cwt
    yield "CWT with a byte more", cwt + b"\n"
    yield "empty", b""
    yield "no text", b"\xff\xfe"
    yield "another authority's", strangers().status_cwt()
    yield "another authority's JWT", strangers().status_jwt().encode()
    yield "a bit turned", cwt[:-1] + bytes((cwt[-1] ^ 1,))
    stream = zlib.compress(bytes(250))
    claims = {
        "sub": LIST_URI, "iat": AT - 10, "exp": AT + 3600, "ttl": 300,
        "status_list": {"bits": 2, "lst": base64url.encode(stream)},
    }  # fmt: skip
    streams = {
        "cut": stream[:-1],
        "wrong sum": stream[:-1] + bytes((stream[-1] ^ 1,)),
        "nothing": zlib.compress(b""),
        "bytes after": stream + b"x",
        "no zlib": b"x" * 20,
        "raw": stream[2:-4],
        "a bomb": zlib.compress(bytes(9 << 20)),
        "as large as may be": zlib.compress(bytes((8 << 20) - 1)),
    }
    for name, one in streams.items():
        lst = {"bits": 2, "lst": base64url.encode(one)}
        said = {**claims, "status_list": lst}
        yield f"stream: {name}", sign_compact(said, typ=JWT_TYP, signer=STATUS).encode()
    others: dict[str, dict[str, Any]] = {
        "four bits": {"status_list": {"bits": 4, "lst": base64url.encode(stream)}},
        "bits a text": {"status_list": {"bits": "2", "lst": base64url.encode(stream)}},
        "more in the list": {"status_list": {**claims["status_list"], "x": 1}},  # type: ignore[dict-item]
        "no list": {"status_list": None},
        "padded": {"status_list": {"bits": 2, "lst": base64url.encode(stream) + "="}},
        "a member more": {"x": 1},
        "ttl zero": {"ttl": 0},
        "ttl a text": {"ttl": "300"},
        "ttl too long": {"ttl": 32 * 86400},
        "exp before iat": {"exp": AT - 11},
        "exp too late": {"exp": AT + 32 * 86400},
        "iat below zero": {"iat": -1},
        "iat true": {"iat": True},
        "before its key": {"iat": AT - 13 * 3600},
        "sub a number": {"sub": 4},
        "no number": {"sub": "https://certs.example/status-lists/"},
        "number with a zero": {"sub": "https://certs.example/status-lists/04"},
        "number too long": {"sub": "https://certs.example/status-lists/1234567890"},
        "number of other digits": {"sub": "https://certs.example/status-lists/\uff14"},
        "no path": {"sub": "https://4"},
        "a path alone": {"sub": "4"},
    }
    for name, change in others.items():
        yield (
            f"JWT: {name}",
            sign_compact({**claims, **change}, typ=JWT_TYP, signer=STATUS).encode(),
        )
    yield "JWT: by a code key", sign_compact(claims, typ=JWT_TYP, signer=CODE).encode()
    yield "JWT: another kind", sign_compact(claims, typ=DEVICES, signer=STATUS).encode()
    numbers = {2: LIST_URI, 4: AT + 3600, 6: AT - 10, 65533: {"bits": 2, "lst": stream}, 65534: 300}
    for name, members, typ, signer in (
        ("good", numbers, CWT_TYP, STATUS),
        ("a claim more", {**numbers, 1: "x"}, CWT_TYP, STATUS),
        ("a claim less", {k: v for k, v in numbers.items() if k != 65534}, CWT_TYP, STATUS),
        ("list a text", {**numbers, 65533: {"bits": 2, "lst": "x"}}, CWT_TYP, STATUS),
        ("list an array", {**numbers, 65533: [2, stream]}, CWT_TYP, STATUS),
        ("another type", numbers, "statuslist+cwt", STATUS),
        ("by a code key", numbers, CWT_TYP, CODE),
        ("an array", [1], CWT_TYP, STATUS),
    ):
        token = cose_sign1.sign(strict_cbor.encode(members), typ=typ, signer=signer)
        yield f"CWT: {name}", token


def device_cases() -> Iterator[tuple[str, str]]:
    """Names and texts of lists of signed-out phones."""
    kids = ["0" * 16, "0123456789abcdef"]
    claims = {"iss": "https://certs.example", "iat": AT - 10, "exp": AT + 3600, "ttl": 300}
    changes: dict[str, dict[str, Any]] = {
        "good": {},
        "nobody": {"kids": []},
        "unsorted": {"kids": kids[::-1]},
        "twice": {"kids": [kids[0], kids[0]]},
        "capitals": {"kids": ["0123456789ABCDEF"]},
        "short": {"kids": ["0" * 15]},
        "numbers": {"kids": [1]},
        "an object": {"kids": {}},
        "a member more": {"x": 1},
        "iss a number": {"iss": 1},
        "iss empty": {"iss": ""},
        "ttl zero": {"ttl": 0},
        "exp before iat": {"exp": AT - 11},
        "before its key": {"iat": AT - 13 * 3600},
        "a fraction": {"iat": float(AT)},
    }
    for name, change in changes.items():
        yield name, sign_compact({**claims, "kids": kids, **change}, typ=DEVICES, signer=STATUS)
    yield "by a code key", sign_compact({**claims, "kids": kids}, typ=DEVICES, signer=CODE)
    yield "another kind", sign_compact({**claims, "kids": kids}, typ=JWT_TYP, signer=STATUS)
