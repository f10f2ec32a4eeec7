"""A small time authority for tests: real RFC 3161 over real HTTP, with a clock that can be moved.

Written with asn1crypto and cryptography alone; `wrong` makes it answer as no authority should.
"""

import hashlib
import http.server
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = "1.2.3.4.1"
_DAY = timedelta(days=1)


def _builder(name, issuer, key, begins, days):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + days * _DAY)
    )


def _usage(*, authority):
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    granted = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature"}
    return x509.KeyUsage(**{name: name in granted for name in names})


def make_root(begins, days=365 * 25, name="time root", key=None):
    """(key, certificate) of a root."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(name, None, key, begins, days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def make_between(root, begins, days=365 * 20, *, ca=True, name="time authority between"):
    """(key, certificate) of an authority between the root and those that stamp."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(name, root[1].subject, key, begins, days)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usage(authority=ca), critical=True)
        .sign(root[0], hashes.SHA256())
    )
    return key, certificate


def make_leaf(
    issuer,
    begins,
    days=365 * 3,
    *,
    key=None,
    usages=(ExtendedKeyUsageOID.TIME_STAMPING,),
    critical=True,
    ca=False,
):
    """(key, certificate) of what stamps."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = _builder("time unit", issuer[1].subject, key, begins, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=critical)
    return key, builder.sign(issuer[0], hashes.SHA256())


def der(certificate):
    return certificate.public_bytes(Encoding.DER)


class Reply(core.Sequence):
    """A TimeStampResp; asn1crypto's own wants a token even where none is given."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


@dataclass
class TimeAuthority:
    """`clock` tells its time; `wrong` maps a name of `_answer` to what is answered in its place."""

    clock: Any
    root: tuple = None
    leaf: tuple = None
    between: tuple = ()  # certificates carried along
    policy: str = POLICY
    pss: bool = False  # for RSA keys
    wrong: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)  # requests, as they came

    def __post_init__(self):
        begins = self.clock.now() - 30 * _DAY
        self.root = self.root or make_root(begins)
        self.leaf = self.leaf or make_leaf(self.root, begins)

    @property
    def roots_pem(self):
        return self.root[1].public_bytes(Encoding.PEM)

    def answer(self, request):
        """The DER of a TimeStampResp."""
        self.asked.append(request)
        if "answer" in self.wrong:
            return self.wrong["answer"]
        status = self.wrong.get("status", "granted")
        said = {"status": tsp.PKIStatusInfo({"status": status})}
        if status.startswith("granted"):
            said["time_stamp_token"] = cms.ContentInfo.load(self.token(request))
        return Reply(said).dump()

    def token(self, request):
        """The DER of a token for this request."""
        asked = tsp.TimeStampReq.load(request)
        digest = self.wrong.get("digest", asked["message_imprint"]["hashed_message"].native)
        info = {
            "version": "v1",
            "policy": self.policy,
            "message_imprint": tsp.MessageImprint(
                {
                    "hash_algorithm": algos.DigestAlgorithm(
                        {"algorithm": self.wrong.get("imprint", "sha256")}
                    ),
                    "hashed_message": digest,
                }
            ),
            "serial_number": x509.random_serial_number(),
            "gen_time": self.wrong.get("time", self.clock.now().replace(microsecond=0)),
            "nonce": core.Integer(self.wrong.get("nonce", asked["nonce"].native)),
        }
        return self.signed(tsp.TSTInfo(info).dump())

    def signed(self, content):
        """CMS over a TSTInfo."""
        key, certificate = self.leaf
        own = asn1_x509.Certificate.load(der(certificate))
        named = hashlib.sha256(self.wrong.get("named", der(certificate))).digest()
        attributes = [
            ("content_type", "tst_info"),
            ("message_digest", hashlib.sha256(self.wrong.get("content", content)).digest()),
            (
                "signing_certificate_v2",
                tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": named})]}),
            ),
        ]
        attributes = [a for a in attributes if a[0] not in self.wrong.get("left_out", ())]
        attributes += self.wrong.get("attributes", [])
        signed = cms.CMSAttributes(
            [cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in attributes]
        )
        algorithm, value = self._signature(self.wrong.get("key", key), signed.dump())
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber(
                    {"issuer": own.issuer, "serial_number": own.serial_number}
                ),
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": signed,
            "signature_algorithm": algos.SignedDigestAlgorithm(algorithm),
            "signature": value,
            **self.wrong.get("signer", {}),
        }
        carried = [own, *(asn1_x509.Certificate.load(der(c)) for c in self.between)]
        data = {
            "version": "v3",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": cms.ParsableOctetString(content),
            },
            "certificates": [cms.CertificateChoices("certificate", c) for c in carried],
            "signer_infos": [cms.SignerInfo(signer)],
            **self.wrong.get("data", {}),
        }
        info = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)})
        return info.dump()

    def _signature(self, key, signed):
        if self.pss:
            form = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
            said = {
                "hash_algorithm": {"algorithm": "sha256"},
                "mask_gen_algorithm": {
                    "algorithm": "mgf1",
                    "parameters": {"algorithm": "sha256"},
                },
                "salt_length": 32,
            }
            value = key.sign(signed, form, hashes.SHA256())
            return {"algorithm": "rsassa_pss", "parameters": said}, value
        if isinstance(key, rsa.RSAPrivateKey):
            value = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
            return {"algorithm": "rsassa_pkcs1v15"}, value
        return {"algorithm": "sha256_ecdsa"}, key.sign(signed, ec.ECDSA(hashes.SHA256()))


@contextmanager
def serving(authority):
    """Its URL, while it listens on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            request = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.headers.get("content-type") != "application/timestamp-query":
                self.send_error(415)
                return
            if "http" in authority.wrong:
                self.send_error(authority.wrong["http"])
                return
            body = authority.answer(request)
            self.send_response(200)
            self.send_header(
                "Content-Type", authority.wrong.get("media_type", "application/timestamp-reply")
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stamp"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
