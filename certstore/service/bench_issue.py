"""Measures how many whole certificates one core issues in a second, beside the naive pipeline.

A certificate here is what a real issue makes: the code's signature, the credential's, and the
signed A4 voucher with photo, seal, two codes and attachment. One thread, process CPU time.
"""

import gc
import json
import resource
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec

from certstore.chance import random_below, random_bytes, reference
from certstore.clock import Clock, SystemClock, local_date
from certstore.codes import base45
from certstore.errors import UnavailableError
from certstore.keys import KeySigner, Purpose, generate
from certstore.service.bench_people import certified_key, invented_rows, portraits
from issuance.document.permit_press import PermitPress
from issuance.document.press import A4_VOUCHER, FontSet, Press, VoucherContent

if TYPE_CHECKING:
    from certstore.service.bench_naive import NaivePipeline

_CODE_MESSAGE_BYTES = 150  # of a COSE_Sign1's signed structure
_CREDENTIAL_BYTES = 1400  # of a credential before its encoding as text
_PREPARED = 200  # contents made beforehand, so that inventing people is not measured
_NAIVE_SHARE, _AT_LEAST = 0.4, 3


@dataclass(frozen=True, slots=True)
class IssueBench:
    """What was measured; rates are per second of process CPU time on one core."""

    certificates_per_cpu_second: float
    naive_per_cpu_second: float
    ratio_to_naive: float
    peak_memory_mb: float  # of the process, before the naive pipeline was loaded
    certificates: int
    mean_document_bytes: int


@dataclass(frozen=True, slots=True)
class _Issuer:
    """The three signers of an issue, and the press: of vouchers, or of permits."""

    code: KeySigner
    credential: KeySigner
    press: Press | PermitPress

    def issue(self, content: VoucherContent) -> bytes:
        """Sign the code and the credential of this content, and print it with them."""
        return self.press.print(self.sealed(content))

    def sealed(self, content: VoucherContent) -> VoucherContent:
        """This content with a code and a credential just signed."""
        message = random_bytes(_CODE_MESSAGE_BYTES)
        sealed = message + self.code.sign(message)
        claims = random_bytes(_CREDENTIAL_BYTES)
        body = urlsafe_b64encode(claims).decode("ascii")
        signature = urlsafe_b64encode(self.credential.sign(claims)).decode("ascii")
        fields = {row.key: row.value for row in content.rows}
        attachment = json.dumps(
            {
                "identifier": content.identifier,
                "type": "residence_voucher",
                "fields": fields,
                "credential": f"{body}.{signature}",
            },
            ensure_ascii=False,
        ).encode()
        return replace(content, code_text=f"RP1:{base45.encode(sealed)}", attachment=attachment)


def bench_issue(seconds: float, *, naive: bool = True, clock: Clock | None = None) -> IssueBench:
    """Issue for so many seconds of CPU time, then let the naive pipeline do the same work.

    Both get the same contents. Without `naive` its figures are 0; with it, raise
    UnavailableError if the development dependencies are not installed.
    """
    moment = (clock or SystemClock()).now()
    key, certificate = certified_key(moment)
    issuer = issuer_with(key, certificate)
    people = list(islice(contents(moment), _PREPARED))
    issuer.issue(people[0])  # cuts the plate and opens the fonts: done once in a service's life
    gc.collect()
    count, size, rate = _measure(issuer.issue, people, seconds)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    naive_rate = 0.0
    if naive:
        with _naive_pipeline(key, certificate) as pipeline:
            pipeline.issue(issuer.sealed(people[0]))  # opens its fonts
            _, _, naive_rate = _measure(
                lambda content: pipeline.issue(issuer.sealed(content)),
                people,
                seconds * _NAIVE_SHARE,
            )
    return IssueBench(
        certificates_per_cpu_second=round(rate, 1),
        naive_per_cpu_second=round(naive_rate, 2),
        ratio_to_naive=round(rate / naive_rate, 1) if naive_rate else 0.0,
        peak_memory_mb=round(memory, 1),
        certificates=count,
        mean_document_bytes=size // count,
    )


def issuer_with(key: ec.EllipticCurvePrivateKey, certificate: bytes) -> _Issuer:
    """An issuer of A4 vouchers with this document key and its DER certificate."""
    return _Issuer(
        KeySigner(Purpose.CODE, generate("ES256")),
        KeySigner(Purpose.CREDENTIAL, generate("ES256")),
        Press(
            layout=A4_VOUCHER,
            fonts=FontSet.bundled(),
            signer=KeySigner(Purpose.DOCUMENT, key, (certificate,)),
        ),
    )


def _measure(
    issue: Callable[[VoucherContent], bytes], people: list[VoucherContent], seconds: float
) -> tuple[int, int, float]:
    """How many were issued in so many seconds of CPU time, their bytes, and the rate."""
    count, size, began, spent = 0, 0, time.process_time(), 0.0
    while spent < seconds or count < _AT_LEAST:
        size += len(issue(people[count % len(people)]))
        count += 1
        spent = time.process_time() - began
    return count, size, count / spent


def _naive_pipeline(key: ec.EllipticCurvePrivateKey, certificate: bytes) -> "NaivePipeline":
    try:
        # Here and not above: typst is a development dependency, and our own memory is measured
        # before these tools are loaded.
        from certstore.service.bench_naive import NaivePipeline  # noqa: PLC0415 - see the comment
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"the naive pipeline needs {error.name}, which is not installed",
            remedy="make .venv/dev.stamp, or measure without the naive pipeline",
        ) from error
    return NaivePipeline(Path(FontSet.bundled().regular).parent, key, certificate)


def as_json(bench: IssueBench) -> str:
    """The figures as one JSON object."""
    return json.dumps(asdict(bench), ensure_ascii=False, indent=2)


def as_table(bench: IssueBench) -> str:
    """The figures for a person to read."""
    lines = (
        ("signed A4 vouchers per CPU-second", f"{bench.certificates_per_cpu_second:.1f}"),
        ("typst + qrcode + pyHanko", f"{bench.naive_per_cpu_second:.2f}"),
        ("ratio", f"{bench.ratio_to_naive:.1f}"),
        ("peak memory, MB", f"{bench.peak_memory_mb:.0f}"),
        ("certificates measured", f"{bench.certificates}"),
        ("mean size of a document, bytes", f"{bench.mean_document_bytes}"),
    )
    return "\n".join(f"{label:<36}{value:>10}" for label, value in lines)


def contents(moment: datetime) -> Iterator[VoucherContent]:
    """Vouchers of invented people, all different."""
    photos, today = portraits(8), local_date(moment)
    number = 0
    while True:
        number += 1
        serial = f"SF{today.year}{number:010d}"
        born = date(1950 + random_below(60), 1 + random_below(12), 1 + random_below(28))
        yield VoucherContent(
            identifier=f"1.2.156.3005.2.11310000MB0T00015WT01.11310000MB0T00015W.{serial}.001.W",
            serial=serial,
            rows=invented_rows(born, today),
            photo_jpeg=photos[number % len(photos)],
            code_text="",
            url_code_text=f"https://juzhu.example.gov.cn/s/{reference(16)}",
            attachment=b"",
            issuer_zh="示范市公安局",
            issuer_en="Shifan Municipal Public Security Bureau",
            seal_text_zh="示范市公安局 居住登记专用章",
            issued_at=moment,
            issued_on=today,
            valid_to=today + timedelta(days=364),
            title="居住登记凭证",
            check_url="https://juzhu.example.gov.cn/scan",
            specimen=True,
        )
