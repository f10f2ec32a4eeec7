"""What a wallet shows, judged without any IO: each case names the check that refuses it."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certstore import base64url
from certstore.certificates import StatusEntry
from certstore.clock import unix
from certstore.identifiers import CertificateIdentifier
from certstore.jwk import to_jwk
from certstore.key_binding import AskedOf, bind, sd_hash
from certstore.keys import KeySigner, Purpose, generate
from certstore.sd_jwt import issue_sd_jwt, present
from certstore.tokens import canonical_json
from certstore.trust import KeyState
from tests.showing_wallet import unspell
from tests.unit.certstore.codes.sealed_house import (
    HOUR,
    NOW,
    OTHER_USCC,
    SERIAL,
    TYPE_CODE,
    USCC,
    house,
    strangers,
)
from verifiers.scanning.status import StatusFinding
from verifiers.scanning.verdict import Verdict
from verifiers.wallets.judging import WalletFacts, judge_presentation
from verifiers.wallets.wanted import Question, Wanted

ISSUER = "https://certs.example"
VCT = f"{ISSUER}/credentials/residence_voucher"
QUESTION = Question(Wanted.MINIMAL, ISSUER)
ASKED = AskedOf("x509_hash:abc", "a-nonce", NOW)
HOLDER = KeySigner(Purpose.PRESENTATION, generate("ES256"))
IDENTIFIER = CertificateIdentifier.build(TYPE_CODE, USCC, SERIAL, 1).value
FIELDS = {
    "name": "陈一鸣",
    "residence_address": "示范市海港区长乐路88弄6号502室",
    "residence_district": "海港区",
    "valid_until": "2027-11-21",
}
SHOWN = {"name", "valid_until"}


class Statuses:
    """Says the same of every certificate, and remembers what it was asked."""

    def __init__(self, *found):
        self.found = StatusFinding(*(found or (Verdict.VALID,)))
        self.asked = []

    def status_of(self, authority_uscc, entry, *, now):
        self.asked.append((authority_uscc, entry))
        return self.found


def credential(fields=FIELDS, *, signer=None, always=None, **changes):
    given = {
        "vct": VCT,
        "signer": signer or house().signers[Purpose.CREDENTIAL],
        "status": {"idx": 77, "uri": f"{ISSUER}/status-lists/4"},
        "iat": unix(NOW - HOUR),
        "exp": unix(NOW + HOUR),
        "cnf": {"jwk": to_jwk(HOLDER.public_key)},
        **changes,
    }
    said = {"identifier": IDENTIFIER, "type": TYPE_CODE, **(always or {})}
    return issue_sd_jwt({n: v for n, v in said.items() if v is not ...}, fields, **given)


def shown(held=None, keep=SHOWN, *, holder=HOLDER, at=NOW, **changes):
    given = {"audience": ASKED.audience, "nonce": ASKED.nonce, **changes}
    return bind(present(held or credential(), keep), holder, at=at, **given)


def judged(text, *, statuses=None, trust=None, now=NOW):
    facts = WalletFacts(trust or house().trust(), statuses or Statuses(), now)
    return judge_presentation(text, QUESTION, ASKED, facts)


def test_good_and_its_fields_and_nothing_else():
    statuses = Statuses()
    result = judged(shown(), statuses=statuses)
    assert (result.verdict, result.reasons) == (Verdict.VALID, ())
    assert result.fields == {
        "name": "陈一鸣",
        "valid_to": "2027-11-21",
        "type_code": TYPE_CODE,
        "authority": "示范市公安局",
        "identifier": IDENTIFIER,
        "number": SERIAL,
    }
    assert statuses.asked == [(USCC, StatusEntry(4, 77))]
    assert all(check.passed for check in result.checks)
    # two clocks may differ by 30 s
    assert judged(shown(at=NOW + timedelta(seconds=30))).verdict is Verdict.VALID


def with_disclosures(*more):
    """The fields asked for, with disclosures added after the credential was signed."""
    bare = present(credential(), SHOWN)
    return bind(
        bare + "".join(f"{text}~" for text in more), HOLDER,
        audience=ASKED.audience, nonce=ASKED.nonce, at=NOW,
    )  # fmt: skip


def disclosure_of(name):
    return next(
        text for text in credential()[:-1].split("~")[1:] if json.loads(unspell(text))[1] == name
    )


def first_disclosure_twice():
    bare = present(credential(), SHOWN)
    again = bare.split("~")[1]
    return bind(f"{bare}{again}~", HOLDER, audience=ASKED.audience, nonce=ASKED.nonce, at=NOW)


def of_kind(typ, **header):
    """A proof that says all the right things, as a token of some kind."""
    bare = present(credential(), SHOWN)
    claims = {
        "iat": unix(NOW),
        "aud": ASKED.audience,
        "nonce": ASKED.nonce,
        "sd_hash": sd_hash(bare),
    }
    head = {"alg": "ES256", "typ": typ, **header}
    parts = ".".join(base64url.encode(canonical_json(part)) for part in (head, claims))
    return f"{bare}{parts}.{base64url.encode(HOLDER.sign(parts.encode()))}"


def test_the_case_below_differs_in_its_kind_alone():
    assert judged(of_kind("kb+jwt")).verdict is Verdict.VALID


def one_taken_out():
    text = shown()
    return text.replace(text.split("~")[1] + "~", "")


def changed():
    """Signed claims exchanged for others."""
    text, other = credential(), credential(exp=unix(NOW + 2 * HOUR))
    return shown(text.replace(text.split(".")[1], other.split(".")[1]))


def unsigned():
    """`alg` none, as libraries of old took it."""
    _head, claims, _ = present(credential(), SHOWN).split(".", 2)
    rest = present(credential(), SHOWN).split("~", 1)[1]
    return f"eyJhbGciOiJub25lIiwia2lkIjoieCIsInR5cCI6ImRjK3NkLWp3dCJ9.{claims}.~{rest}x"


THIEF = KeySigner(Purpose.PRESENTATION, generate("ES256"))
STRANGER = strangers().signers[Purpose.CREDENTIAL]
OTHER_PURPOSE = KeySigner(
    Purpose.CREDENTIAL, house().signers[Purpose.CODE]._key, house().signers[Purpose.CODE].chain
)
ED25519 = KeySigner(Purpose.PRESENTATION, generate("EdDSA"))
PRIVATE = {**to_jwk(HOLDER.public_key), "d": "AA"}
REFUSED = {
    "another nonce": (lambda: shown(nonce="b-nonce"), "replayed", "SHOWN_TO_ANOTHER"),
    "another verifier": (lambda: shown(audience="x509_hash:abd"), "replayed", "SHOWN_TO_ANOTHER"),
    "no proof": (lambda: present(credential(), SHOWN), "tampered", "HOLDER_NOT_PROVEN"),
    "stripped proof": (lambda: shown().rpartition("~")[0] + "~", "tampered", "HOLDER_NOT_PROVEN"),
    "bound to nobody": (lambda: shown(credential(cnf=None)), "tampered", "HOLDER_NOT_PROVEN"),
    "somebody else's proof": (lambda: shown(holder=THIEF), "tampered", "HOLDER_PROOF_WRONG"),
    "no kind of key": (
        lambda: shown(credential(cnf={"jwk": to_jwk(ED25519.public_key)}), holder=ED25519),
        "tampered",
        "HOLDER_NOT_PROVEN",
    ),
    "a private key in cnf": (
        lambda: shown(credential(cnf={"jwk": PRIVATE})),
        "tampered",
        "HOLDER_PROOF_WRONG",
    ),
    "a key by name": (
        lambda: shown(credential(cnf={"kid": "x"})),
        "tampered",
        "HOLDER_NOT_PROVEN",
    ),
    "a field taken out after the proof": (one_taken_out, "tampered", "PROOF_OF_OTHER_FIELDS"),
    "the proof of another selection": (
        lambda: present(credential(), SHOWN) + shown(keep={"name"}).rpartition("~")[2],
        "tampered",
        "PROOF_OF_OTHER_FIELDS",
    ),
    "a token of another kind": (lambda: of_kind("dc+sd-jwt"), "tampered", "HOLDER_PROOF_WRONG"),
    "a proof that brings its key": (
        lambda: of_kind("kb+jwt", jwk=to_jwk(HOLDER.public_key)),
        "tampered",
        "HOLDER_PROOF_WRONG",
    ),
    "made before we asked": (
        lambda: shown(at=NOW - timedelta(seconds=31)),
        "replayed",
        "PROOF_OUT_OF_TIME",
    ),
    "made in the future": (
        lambda: shown(at=NOW + timedelta(seconds=31)),
        "replayed",
        "PROOF_OUT_OF_TIME",
    ),
    "more than was asked": (
        lambda: shown(keep={*SHOWN, "residence_address"}),
        "malformed",
        "MORE_THAN_ASKED",
    ),
    "less than was asked": (lambda: shown(keep={"name"}), "malformed", "NOT_WHAT_WAS_ASKED"),
    "another type": (
        lambda: shown(credential(vct=f"{ISSUER}/credentials/enrolment")),
        "malformed",
        "NOT_WHAT_WAS_ASKED",
    ),
    "a type that does not fit its code": (
        lambda: shown(credential(always={"type": "11310000MB0T00015WT02"})),
        "malformed",
        "NOT_WHAT_WAS_ASKED",
    ),
    "an identifier of nothing": (
        lambda: shown(credential(always={"identifier": "1.2.3"})),
        "malformed",
        "NOT_WHAT_WAS_ASKED",
    ),
    "a field that is no text": (
        lambda: shown(credential({**FIELDS, "name": ["陈"]})),
        "malformed",
        "NOT_WHAT_WAS_ASKED",
    ),
    "a field without end": (
        lambda: shown(credential({**FIELDS, "name": "陈" * 201})),
        "malformed",
        "NOT_WHAT_WAS_ASKED",
    ),
    "a field that turns": (
        lambda: shown(credential({**FIELDS, "name": "陈\u202e一鸣"})),
        "malformed",
        "TEXT_UNSHOWABLE",
    ),
    "a disclosure nobody signed": (
        lambda: with_disclosures("WyJzYWx0IiwiYWdlIiwiOTkiXQ"),
        "tampered",
        "DISCLOSURES_WRONG",
    ),
    "a disclosure of another credential": (
        lambda: with_disclosures(disclosure_of("residence_district")),
        "tampered",
        "DISCLOSURES_WRONG",
    ),
    "a disclosure twice": (first_disclosure_twice, "tampered", "DISCLOSURES_WRONG"),
    "a reserved name": (
        lambda: with_disclosures("WyJzYWx0IiwiX3NkIixbXV0"),
        "tampered",
        "DISCLOSURES_WRONG",
    ),
    "unsigned": (unsigned, "malformed", "PRESENTATION_WRONG"),
    "a stranger's key": (
        lambda: shown(credential(signer=STRANGER)),
        "unknown_issuer",
        "KEY_UNKNOWN",
    ),
    "a key of another purpose": (
        lambda: shown(credential(signer=OTHER_PURPOSE)),
        "unknown_issuer",
        "KEY_UNKNOWN",
    ),
    "a changed payload": (changed, "tampered", "SIGNATURE_WRONG"),
    "expired": (
        lambda: shown(credential(exp=unix(NOW) - 31)),
        "expired",
        "CREDENTIAL_EXPIRED",
    ),
    "not valid yet": (
        lambda: shown(credential(iat=unix(NOW) + 31)),
        "not_yet_valid",
        "CREDENTIAL_NOT_YET_VALID",
    ),
    "an end beyond the calendar": (
        lambda: shown(credential(exp=2**52)),
        "malformed",
        "PRESENTATION_WRONG",
    ),
    "on no list": (lambda: shown(credential(status=None)), "stale_list", "STATUS_INDEX_UNKNOWN"),
    "nothing": (lambda: "", "malformed", "PRESENTATION_WRONG"),
    "too long": (lambda: "~" * 70_000, "malformed", "PRESENTATION_WRONG"),
    "tildes": (lambda: "~~~x", "malformed", "PRESENTATION_WRONG"),
    "not ASCII": (lambda: "é.é.é~é", "malformed", "PRESENTATION_WRONG"),
}
_SHOWS = {"expired", "not_yet_valid", "stale_list", "revoked"}


@pytest.mark.parametrize(("make", "verdict", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(make, verdict, reason):
    result = judged(make())
    assert (result.verdict.value, result.reasons[0]) == (verdict, reason)
    assert bool(result.fields) == (verdict in _SHOWS)


def test_what_became_of_it_decides():
    revoked = Statuses(Verdict.REVOKED, ("STATUS_REVOKED",), NOW)
    result = judged(shown(), statuses=revoked)
    assert (result.verdict, result.reasons) == (Verdict.REVOKED, ("STATUS_REVOKED",))
    disputed = judged(shown(), statuses=Statuses(Verdict.VALID, ("UNDER_DISPUTE",), NOW))
    assert (disputed.verdict, disputed.reasons) == (Verdict.VALID, ("UNDER_DISPUTE",))
    unknown = judged(shown(), statuses=Statuses(Verdict.STALE_LIST))
    assert unknown.verdict is Verdict.STALE_LIST


def test_another_authority_of_the_list_issues_no_vouchers():
    keys = [
        house().key(
            Purpose.CREDENTIAL, authority_uscc=OTHER_USCC, authority_name="示范市房屋管理局"
        )
    ]
    result = judged(shown(), trust=house().trust(keys))
    assert (result.verdict, result.reasons) == (Verdict.UNKNOWN_ISSUER, ("ISSUER_MISMATCH",))
    assert result.fields == {}


def test_a_revoked_key_and_an_outdated_list_vouch_for_nothing():
    revoked = house().trust([house().key(Purpose.CREDENTIAL, state=KeyState.REVOKED)])
    assert judged(shown(), trust=revoked).verdict is Verdict.UNKNOWN_ISSUER
    retired = house().trust([house().key(Purpose.CREDENTIAL, state=KeyState.RETIRED)])
    assert judged(shown(), trust=retired).verdict is Verdict.VALID
    later = NOW + timedelta(days=60)
    held = credential(exp=unix(later + HOUR))
    result = judged(shown(held, at=later), now=later)
    assert (result.verdict, result.reasons) == (Verdict.STALE_LIST, ("TRUST_LIST_STALE",))


def test_the_holders_key_is_a_point_of_its_curve():
    jwk = {**to_jwk(HOLDER.public_key), "y": to_jwk(HOLDER.public_key)["x"]}
    result = judged(shown(credential(cnf={"jwk": jwk})))
    assert (result.verdict, result.reasons) == (Verdict.TAMPERED, ("HOLDER_PROOF_WRONG",))
    assert isinstance(HOLDER.public_key, ec.EllipticCurvePublicKey)


def test_a_question_is_asked_of_the_types_that_can_answer_it():
    codes = {w: [k.code for k in Question(w, ISSUER).types.values()] for w in Wanted}
    assert codes == {
        Wanted.MINIMAL: ["residence_voucher", "residence_permit"],
        Wanted.DISTRICT: ["residence_voucher"],
        Wanted.ADDRESS: ["residence_voucher", "residence_permit"],
    }
