"""Time-stamp tokens: what an authority answers is taken only where everything in it is right."""

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms, core, tsp
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from certstore.errors import MalformedError, UnavailableError
from certstore.service.stamp_client import HttpTimeAuthority
from certstore.stamps.asking import LARGEST_ANSWER
from certstore.stamps.authorities import SHORT_RSA_ENDS, TimeAuthorities
from certstore.stamps.token import read_token, verify_token
from tests.stamped import Fixed, asked, token_over
from tests.time_authority import (
    POLICY,
    TimeAuthority,
    make_between,
    make_leaf,
    make_root,
    serving,
)

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
BEGINS = NOW - timedelta(days=60)
DIGEST = hashlib.sha256(b"a document").digest()
STAMPING, OTHER = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING


def authority(**changes):
    return TimeAuthority(Fixed(NOW), **changes)


def refusal(of, **asking):
    with pytest.raises(MalformedError) as caught:
        asked(of, **asking).stamp(DIGEST, NOW)
    return caught.value.facts["cause"]


def test_a_stamp_of_a_pinned_authority_is_taken():
    token, stamp = asked(authority(), policy=POLICY).stamp(DIGEST, NOW)
    assert (stamp.made_at, stamp.authority) == (NOW, "time unit")
    assert stamp.holds_until == NOW + timedelta(days=365 * 3 - 30)
    with pytest.raises(MalformedError, match="no pinned root"):
        verify_token(read_token(token), DIGEST, TimeAuthorities())


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(lambda: rsa.generate_private_key(65537, 3072), id="RSA"),
        pytest.param(lambda: ec.generate_private_key(ec.SECP384R1()), id="P-384"),
    ],
)
def test_the_usual_keys_are_taken_and_a_way_through_another_authority(key):
    root = make_root(BEGINS)
    between = make_between(root, BEGINS)
    below = make_between(between, BEGINS, name="another between")
    of = authority(
        root=root, leaf=make_leaf(below, BEGINS, key=key()), between=(below[1], between[1])
    )
    assert asked(of).stamp(DIGEST, NOW)[1].made_at == NOW


def test_rsassa_pss_is_taken():
    key, root = rsa.generate_private_key(65537, 2048), make_root(BEGINS)
    of = authority(root=root, leaf=make_leaf(root, BEGINS, key=key), pss=True)
    assert asked(of).stamp(DIGEST, NOW)[1].made_at == NOW
    of.wrong["key"] = rsa.generate_private_key(65537, 2048)
    assert refusal(of) == "signature"


def test_a_stamp_that_has_ended_when_it_comes_is_refused():
    root = make_root(BEGINS)
    of = authority(root=root, leaf=make_leaf(root, BEGINS, days=60 + 1 / 1440))
    assert asked(of).stamp(DIGEST, NOW)[1].made_at == NOW
    with pytest.raises(MalformedError, match="not in its time"):
        asked(of).stamp(DIGEST, NOW + timedelta(minutes=2))


def test_a_short_rsa_key_holds_as_long_as_it_is_thought_strong():
    key = rsa.generate_private_key(65537, 2048)
    root = make_root(BEGINS)
    of = authority(root=root, leaf=make_leaf(root, BEGINS, days=3650, key=key))
    assert asked(of).stamp(DIGEST, NOW)[1].holds_until == SHORT_RSA_ENDS
    of.clock.at = SHORT_RSA_ENDS + timedelta(days=1)
    with pytest.raises(MalformedError, match="not in its time"):
        asked(of).stamp(DIGEST, of.clock.at)


def hidden():
    attribute = {"type": "1.2.3.4.5", "values": [core.OctetString(b"hidden")]}
    return {"unsigned_attrs": cms.CMSAttributes([cms.CMSAttribute(attribute)])}


WRONG = {
    "another digest": ({"digest": bytes(32)}, "imprint"),
    "another kind of digest": ({"imprint": "sha512", "digest": bytes(64)}, "form"),
    "SHA-256 by name only": ({"digest": bytes(20)}, "form"),
    "another nonce": ({"nonce": 5}, "nonce"),
    "an hour ago": ({"time": NOW - timedelta(hours=1)}, "time"),
    "an hour from now": ({"time": NOW + timedelta(hours=1)}, "time"),
    "six minutes apart": ({"time": NOW + timedelta(minutes=6)}, "time"),
    "another key signed": ({"key": ec.generate_private_key(ec.SECP256R1())}, "signature"),
    "another content signed": ({"content": b"other"}, "signature"),
    "another certificate named": ({"named": b"other"}, "signature"),
    "no certificate named": ({"left_out": {"signing_certificate_v2"}}, "form"),
    "no content type": ({"left_out": {"content_type"}}, "form"),
    "an attribute twice": ({"attributes": [("content_type", "tst_info")]}, "form"),
    "an attribute of its own": ({"attributes": [("1.2.3.4", core.Null())]}, "form"),
    "another content type": (
        {"left_out": {"content_type"}, "attributes": [("content_type", "data")]},
        "form",
    ),
    "a message that nobody signed": ({"signer": hidden()}, "form"),
    "two signatures": ({"data": {"signer_infos": []}}, "form"),
    "no certificates": ({"data": {"certificates": []}}, "form"),
    "granted with changes": ({"status": "granted_with_mods"}, "status"),
    "no answer at all": ({"answer": b""}, "form"),
    "a page": ({"answer": b"<html>"}, "form"),
    "a list without end": ({"answer": b"\x30" * 5000}, "form"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_refused(name):
    wrong, cause = WRONG[name]
    assert refusal(authority(wrong=wrong)) == cause


def test_another_policy_than_asked_for_is_refused():
    assert refusal(authority(policy="1.2.3.4.9"), policy=POLICY) == "policy"


def leaf_of(**changes):
    root = make_root(BEGINS)
    return authority(root=root, leaf=make_leaf(root, BEGINS, **changes))


def below(**changes):
    root = make_root(BEGINS)
    between = make_between(root, BEGINS, **changes)
    return authority(root=root, leaf=make_leaf(between, BEGINS), between=(between[1],))


def forged_path():
    """A certificate that says it is the root's, and is not."""
    root, other = make_root(BEGINS), make_root(BEGINS)
    return authority(root=root, leaf=make_leaf(other, BEGINS))


STRANGE = {
    "may sign code too": lambda: leaf_of(usages=(STAMPING, OTHER)),
    "may do something else": lambda: leaf_of(usages=(OTHER,)),
    "does not say what it may": lambda: leaf_of(usages=()),
    "says it without weight": lambda: leaf_of(critical=False),
    "is an authority itself": lambda: leaf_of(ca=True),
    "has ended": lambda: leaf_of(days=30),
    "has not begun": lambda: authority(
        root=(root := make_root(BEGINS)), leaf=make_leaf(root, NOW + timedelta(days=1))
    ),
    "has a key too short": lambda: leaf_of(key=rsa.generate_private_key(65537, 1024)),  # noqa: S505 - refused
    "has a key of another kind": lambda: leaf_of(key=ed25519.Ed25519PrivateKey.generate()),
    "is below one that is no authority": lambda: below(ca=False),
    "is below one that has ended": lambda: below(days=10),
    "is not the root's": forged_path,
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_certificate_that_may_not_stamp_is_refused(name):
    of = STRANGE[name]()
    if name == "has a key of another kind":  # which cannot make this signature either
        of.wrong["key"] = ec.generate_private_key(ec.SECP256R1())
    assert refusal(of) == "chain"


def test_another_root_leads_nowhere_and_the_certificate_between_must_be_there():
    assert refusal(authority(), roots=authority().roots_pem) == "chain"
    of = below()
    of.between = ()
    assert refusal(of) == "chain"
    several = authority()
    both = authority().roots_pem + several.roots_pem
    assert asked(several, roots=both).stamp(DIGEST, NOW)


def test_many_certificates_of_one_name_cost_little():
    root = make_root(BEGINS)
    same = [make_root(BEGINS, name="x")[1] for _ in range(5)]
    of = authority(root=root, leaf=make_leaf(make_root(BEGINS, name="x"), BEGINS), between=same)
    assert refusal(of) == "chain"
    of.between = [*same, same[0]]
    assert refusal(of) == "form"


def test_an_authority_that_rejects_is_asked_again_later():
    for status in ("rejection", "waiting"):
        with pytest.raises(UnavailableError, match=status):
            asked(authority(wrong={"status": status})).stamp(DIGEST, NOW)


def test_a_request_says_what_the_standard_asks_for():
    of = authority()
    asked(of, policy=POLICY).stamp(DIGEST, NOW)
    asked(of).stamp(DIGEST, NOW)
    first, second = (tsp.TimeStampReq.load(request, strict=True) for request in of.asked)
    assert first["message_imprint"]["hashed_message"].native == DIGEST
    assert first["cert_req"].native is True
    assert first["req_policy"].native == POLICY
    assert second["req_policy"].native is None
    assert first["nonce"].native != second["nonce"].native


@pytest.mark.parametrize(
    "data",
    [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"],
)
def test_a_file_of_roots_holds_roots(data):
    with pytest.raises(MalformedError):
        TimeAuthorities.parse(data)


def test_a_certificate_that_is_no_authority_is_no_root():
    with pytest.raises(MalformedError, match="no authority"):
        TimeAuthorities.parse(authority().leaf[1].public_bytes(Encoding.PEM))


@pytest.mark.parametrize("size", range(0, 600, 23))
def test_a_token_cut_anywhere_is_no_token(size):
    token = token_over(DIGEST, authority())
    for cut in (token[:size], token + b"\0", token[:size] + b"\xff" + token[size + 1 :]):
        with pytest.raises(MalformedError):
            verify_token(read_token(cut), DIGEST, asked(authority()).trusted)


# -- over HTTP -------------------------------------------------------------------------------


def test_a_stamp_is_had_over_http():
    of = authority()
    with serving(of) as url:
        assert read_token(_token(HttpTimeAuthority(url).ask(_query()))).imprint == DIGEST


@pytest.mark.parametrize(
    "wrong",
    [{"http": 503}, {"media_type": "text/html"}, {"answer": b"x" * (LARGEST_ANSWER + 1)}],
    ids=["down", "a page", "without end"],
)
def test_an_authority_that_does_not_answer_as_one_is_not_there(wrong):
    with serving(authority(wrong=wrong)) as url, pytest.raises(UnavailableError):
        HttpTimeAuthority(url).ask(_query())


def test_nobody_listening_is_not_there():
    with serving(authority()) as url:
        pass
    with pytest.raises(UnavailableError, match="does not answer"):
        HttpTimeAuthority(url).ask(_query())


def _query():
    from certstore.stamps.asking import _request  # noqa: PLC0415 - only here

    return _request(DIGEST, 77, "")


def _token(answer):
    return tsp.TimeStampResp.load(answer)["time_stamp_token"].dump()


# -- somebody else's authority ---------------------------------------------------------------

OPENSSL = shutil.which("openssl")
_CONFIGURED = """[tsa]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
ordering = no
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


@pytest.mark.tools
@pytest.mark.skipif(OPENSSL is None, reason="openssl is missing: apt install openssl")
@pytest.mark.parametrize("ess", ["sha1", "sha256"])
def test_stamps_that_openssl_makes_are_taken_and_ours_verify_there(tmp_path, ess):
    now = datetime.now(UTC)  # noqa: TID251 - openssl knows no other time
    of = TimeAuthority(Fixed(now))
    (tmp_path / "tsa.cnf").write_text(_CONFIGURED.format(folder=tmp_path, ess=ess))
    (tmp_path / "serial").write_text("01")
    (tmp_path / "leaf.pem").write_bytes(of.leaf[1].public_bytes(Encoding.PEM))
    (tmp_path / "root.pem").write_bytes(of.roots_pem)
    (tmp_path / "key.pem").write_bytes(_pem(of.leaf[0]))
    reply = "ts -reply -config tsa.cnf -section tsa -queryfile q -inkey key.pem -signer leaf.pem"

    def answer(request):
        (tmp_path / "q").write_bytes(request)
        _openssl(tmp_path, f"{reply} -out r")
        return (tmp_path / "r").read_bytes()

    of.answer = answer
    token, stamp = asked(of).stamp(DIGEST, now)
    assert abs(stamp.made_at - now) < timedelta(minutes=1)
    own = token_over(DIGEST, of)
    for made in (token, own):
        (tmp_path / "token").write_bytes(made)
        verify = f"ts -verify -digest {DIGEST.hex()} -in token -token_in -CAfile root.pem"
        assert b"OK" in _openssl(tmp_path, verify)


def _openssl(folder, arguments):
    done = subprocess.run(
        [OPENSSL, *arguments.split()], cwd=folder, capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _pem(key):
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - only here
        NoEncryption,
        PrivateFormat,
    )

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
