"""Measures how many codes one core judges in a second, beside what a bare verification allows.

A scan here is what a verifier does off line with one printed code: text in, verdict with all
checks out, status looked up in a list of a million. Its limit is the signature: so many ECDSA
P-256 verifications the same library does alone. One thread, process CPU time. All take turns
of a few milliseconds, so that a machine busy with other things slows them alike.
"""

import gc
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certstore.certificates import StatusEntry
from certstore.chance import random_below, random_bytes
from certstore.clock import Clock, SystemClock, local_date, unix
from certstore.codes import base45
from certstore.codes.claims import CodeClaims, CodeData, Disclosure, issuer_code
from certstore.codes.profiles import Profile, open_code, seal_code
from certstore.errors import UnavailableError
from certstore.keys import KeySigner, Purpose, generate
from certstore.service.bench_people import invented_rows
from certstore.service.bench_scan_browser import BrowserScan, browser_scan
from certstore.status_list import PublishedList, StatusList
from certstore.trust import TrustedKey, TrustList
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import HeldLists
from verifiers.scanning.verdict import Verdict

_USCC, _NAME, _TYPE = "11310000MB0T00015W", "示范市公安局", "11310000MB0T00015WT01"
_LIST_PLACES = 1 << 20
_PREPARED = 64  # codes of different people
_HALF = 32
_LEAST_TURNS = 3


@dataclass(frozen=True, slots=True)
class ScanBench:
    """What was measured; rates are per second of process CPU time on one core."""

    scans_per_cpu_second: float
    bare_verifies_per_cpu_second: float  # the limit
    ratio_to_bare_verify: float  # the median of all turns
    cwt_per_cpu_second: float  # python-cwt and cbor2: signature and content, nothing else
    ratio_to_cwt: float
    scans: int
    browser: BrowserScan | None = None  # the scanner page, by the clock; None: no Chromium here


@dataclass(frozen=True, slots=True)
class _Stand:
    """A verifier with what it holds, and the codes it is shown."""

    trust: TrustList
    statuses: HeldLists
    held: PublishedList
    now: datetime
    key: KeySigner
    codes: tuple[str, ...]

    def scan(self, text: str) -> None:
        """Judge one code; it is good."""
        found = judge_code(text, trust=self.trust, statuses=self.statuses, now=self.now)
        if found.verdict is not Verdict.VALID:
            raise UnavailableError(f"a code of the benchmark is {found.verdict}")


def bench_scan(seconds: float, *, clock: Clock | None = None) -> ScanBench:
    """Judge for so many seconds of CPU time altogether, the three ways taking turns.

    Raise UnavailableError if the development dependencies are not installed.
    """
    stand = _stand((clock or SystemClock()).now())
    ways = {"ours": stand.scan, "bare": _bare(stand), "cwt": _with_cwt(stand)}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        _turn(way, stand.codes)
    gc.collect()
    began = time.process_time()
    while time.process_time() - began < seconds or len(spent["cwt"]) < _LEAST_TURNS:
        for name, way in ways.items():
            spent[name].append(_turn(way, stand.codes))
    each = {name: median(turns) / len(stand.codes) for name, turns in spent.items()}
    return ScanBench(
        scans_per_cpu_second=round(1 / each["ours"]),
        bare_verifies_per_cpu_second=round(1 / each["bare"]),
        ratio_to_bare_verify=_ratio(spent["bare"], spent["ours"]),
        cwt_per_cpu_second=round(1 / each["cwt"]),
        ratio_to_cwt=_ratio(spent["cwt"], spent["ours"]),
        scans=len(spent["ours"]) * len(stand.codes),
    )


def with_browser(bench: ScanBench, *, clock: Clock | None = None) -> ScanBench:
    """The same with what the scanner page reaches in Chromium, where there is one."""
    stand = _stand((clock or SystemClock()).now())
    key = next(iter(stand.trust.keys.values()))
    return replace(bench, browser=browser_scan(key, stand.held, stand.codes, stand.now))


def as_json(bench: ScanBench) -> str:
    """The figures as one JSON object."""
    return json.dumps(asdict(bench), ensure_ascii=False, indent=2)


def as_table(bench: ScanBench) -> str:
    """The figures for a person to read."""
    lines = (
        ("codes judged per CPU-second", f"{bench.scans_per_cpu_second:.0f}"),
        ("limit: bare ECDSA P-256 verifications", f"{bench.bare_verifies_per_cpu_second:.0f}"),
        ("ratio to the limit", f"{bench.ratio_to_bare_verify:.2f}"),
        ("python-cwt + cbor2, no status, no checks", f"{bench.cwt_per_cpu_second:.0f}"),
        ("ratio", f"{bench.ratio_to_cwt:.1f}"),
        ("codes measured", f"{bench.scans}"),
    )
    return "\n".join(f"{label:<44}{value:>10}" for label, value in (*lines, *_browser(bench)))


def _browser(bench: ScanBench) -> tuple[tuple[str, str], ...]:
    if bench.browser is None:
        return (("in the browser", "no Chromium"),)
    found = bench.browser
    return (
        ("in Chromium, codes judged per second", f"{found.scans_per_second:.0f}"),
        ("in Chromium, bare WebCrypto verifications", f"{found.bare_verifies_per_second:.0f}"),
        ("in Chromium, ratio", f"{found.ratio_to_bare_verify:.2f}"),
    )


def _turn(way: Callable[[str], None], codes: tuple[str, ...]) -> float:
    began = time.process_time()
    for text in codes:
        way(text)
    return time.process_time() - began


def _ratio(others: list[float], ours: list[float]) -> float:
    return round(median(o / u for o, u in zip(others, ours, strict=True)), 3)


def _bare(stand: _Stand) -> Callable[[str], None]:
    algorithm = ec.ECDSA(hashes.SHA256())
    ready = {}
    for text in stand.codes:
        signed = open_code(text).issued
        r, s = (int.from_bytes(half, "big") for half in _halves(signed.signature))
        ready[text] = (encode_dss_signature(r, s), signed.message)
    key = stand.key.public_key
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise UnavailableError("codes are signed on P-256")

    def verify(text: str) -> None:
        key.verify(*ready[text], algorithm)

    return verify


def _halves(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:_HALF], signature[_HALF:]


def _with_cwt(stand: _Stand) -> Callable[[str], None]:
    try:
        # Here and not above: they are development dependencies.
        import cbor2  # noqa: PLC0415 - see the comment
        from cwt import COSE, COSEKey  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"the comparison needs {error.name}, which is not installed",
            remedy="make .venv/dev.stamp",
        ) from error
    point = stand.key.public_key.public_numbers()  # type: ignore[union-attr]  # on P-256, see _bare
    x, y = (n.to_bytes(_HALF, "big") for n in (point.x, point.y))
    key = COSEKey.new({1: 2, 3: -7, 2: bytes.fromhex(stand.key.kid), -1: 1, -2: x, -3: y})
    reader = COSE.new()

    def verify(text: str) -> None:
        cbor2.loads(reader.decode(base45.decode(text.partition(":")[2]), key))

    return verify


def _stand(now: datetime) -> _Stand:
    signer = KeySigner(Purpose.CODE, generate("ES256"))
    key = TrustedKey(
        purpose=Purpose.CODE,
        authority_uscc=_USCC,
        authority_name=_NAME,
        public_key=signer.public_key,
        valid_from=now - timedelta(days=1),
        valid_to=now + timedelta(days=400),
    )
    trust = TrustList(
        issuer=_USCC,
        seq=1,
        issued_at=now,
        expires_at=now + timedelta(days=30),
        keys={key.kid: key},
    )
    held = PublishedList(
        uri="https://juzhu.example.gov.cn/status-lists/1",
        number=1,
        authority_uscc=_USCC,
        issued_at=now,
        expires_at=now + timedelta(days=1),
        ttl=timedelta(seconds=300),
        statuses=StatusList.build(dict.fromkeys(range(0, _LIST_PLACES, 100), 1), _LIST_PLACES),
    )
    codes = tuple(_code(number, signer, now) for number in range(_PREPARED))
    return _Stand(trust, HeldLists([held]), held, now, signer, codes)


def _code(number: int, signer: KeySigner, now: datetime) -> str:
    today = local_date(now)
    name = next(row.value for row in invented_rows(today, today) if row.key == "name")
    data = CodeData(
        number=f"SF{today.year}{number:010d}",
        name=name,
        sex=1 + number % 2,
        id_number=f"990199********{random_below(10_000):04d}",
        type_code=_TYPE,
        issued_on=today,
        valid_to=today + timedelta(days=364),
        disclosure=Disclosure.MINIMAL,
        photo_digest=random_bytes(16),
    )
    claims = CodeClaims(
        issuer=issuer_code(_USCC),
        issued_at=unix(now),
        expires_at=unix(now + timedelta(days=364)),
        cti=random_bytes(8),
        status=StatusEntry(1, 1 + 100 * random_below(_LIST_PLACES // 100)),
        data=data,
    )
    return seal_code(claims, Profile.PRINTED, signer)
