"""What may be asked of another city and what of its answer is believed: tables of cases, no IO."""

from contextlib import ExitStack
from dataclasses import replace

import pytest

from certstore.callers import Service
from certstore.client import (
    Client,
    Found,
    Patience,
    Pulled,
    UnreachableError,
    UntrustedError,
)
from certstore.client.problems import problem
from certstore.errors import (
    CertificateRevokedError,
    FieldNotGrantedError,
    MalformedError,
    NotFoundError,
    PurposeError,
    SourceUnavailableError,
    SubjectMismatchError,
)
from certstore.federation.judging import (
    judge_found,
    judge_pull_abroad,
    judge_pulled,
    judge_search_abroad,
    judge_way,
)
from certstore.federation.peer_line import PeerLine
from certstore.federation.peers import Peer, PeerPurpose, parse_peers
from certstore.federation.refusals import in_our_words
from certstore.keys import KeySigner, generate
from certstore.keys import Purpose as KeyPurpose
from certstore.service.serving import free_port
from certstore.sharing.grants import Operator, PullRequest, SearchRequest
from certstore.sharing.on_behalf import OnBehalf, judge_on_behalf, on_behalf_record
from certstore.tables.sharing import Purpose
from tests.two_cities import FILE
from tests.unit.certstore.codes.sealed_house import house
from tests.unit.certstore.test_client_calls import PULLED, REF, SEARCHED

OURS = "https://ours.example"
VOUCHER = "residence_voucher"
AGENCY = OnBehalf(agency="别市", agency_en="Other", agency_uscc="1" * 18, purpose_id="p")
SERVICE = Service(
    client_id="school",
    agency="示范市教育局",
    agency_en="Education Bureau",
    agency_uscc="11310000MB0T00058A",
    purpose_id="p",
    matter_code="m",
    title_zh="入学",
    title_en="School",
    fields={VOUCHER: ("name", "until"), "lease_filing": ("address",)},
    legal_basis={"kind": "statutory_duty", "ref": "§ 12"},
    actions=("search", "pull"),
)
PURPOSE = Purpose(
    "p", "school", "m", "入学", "School", {"kind": "statutory_duty", "ref": "r"}, {}, "active"
)
OVER_THERE = PeerPurpose(
    purpose_id="q", matter_code="m", cert_types=(VOUCHER, "lease"), fields=("name", "until", "x")
)
PEER = Peer(
    code="yunzhou",
    name_zh="云州市",
    name_en="Yunzhou",
    base_url="https://yunzhou.example",
    client_id="c",
    root="r",
    key="k",
    purposes={"p": OVER_THERE},
)


def pull(*fields, **changes):
    request = PullRequest(
        ref=REF,
        purpose_id="p",
        matter_code="m",
        case_no="RX-1",
        fields=fields or ("name", "until"),
        subject_type="111",
        subject_number="340199199804060284",
        operator=Operator("3021"),
    )
    return replace(request, **changes)


def search(*kinds, **changes):
    request = SearchRequest(
        purpose_id="p",
        case_no="RX-1",
        subject_type="111",
        subject_number="340199199804060284",
        cert_types=kinds or (VOUCHER,),
        operator=Operator("3021"),
    )
    return replace(request, **changes)


@pytest.mark.parametrize(
    ("request_", "service", "kind"),
    [
        (pull(), SERVICE, None),
        (pull("name"), SERVICE, None),
        (pull("id_number"), SERVICE, FieldNotGrantedError),  # not granted here
        (pull("x"), SERVICE, FieldNotGrantedError),  # agreed with them, not granted here
        (pull("address"), SERVICE, FieldNotGrantedError),  # granted here, of a type not agreed
        (pull(purpose_id="other"), SERVICE, PurposeError),
        (pull(matter_code="other"), SERVICE, PurposeError),
        (pull(), replace(SERVICE, actions=("search",)), PurposeError),
        (pull(on_behalf_of=AGENCY), SERVICE, PurposeError),
        (search(), SERVICE, None),
        (search("lease_filing"), SERVICE, FieldNotGrantedError),  # not agreed
        (search("lease"), SERVICE, FieldNotGrantedError),  # agreed, not granted
        (search(), replace(SERVICE, actions=("pull",)), PurposeError),
    ],
)
def test_our_grant_and_the_agreement_must_both_cover_it(request_, service, kind):
    judge = judge_pull_abroad if isinstance(request_, PullRequest) else judge_search_abroad
    assert type(judge(service, request_, OVER_THERE)) is (kind or type(None))


@pytest.mark.parametrize(
    ("service", "purpose", "peer", "cause"),
    [
        (SERVICE, PURPOSE, PEER, None),
        (replace(SERVICE, actions=("pull", "relay")), PURPOSE, PEER, "forwarded_already"),
        (SERVICE, replace(PURPOSE, actions=("pull", "relay")), PEER, "forwarded_already"),
        (SERVICE, PURPOSE, replace(PEER, purposes={}), "purpose_not_shared"),
        (SERVICE, None, PEER, "purpose_not_shared"),
        *(
            (SERVICE, replace(PURPOSE, legal_basis={"kind": kind}), PEER, "ground_not_shared")
            for kind in ("consent", "vital", "court_order")
        ),
    ],
)
def test_who_may_ask_that_city_at_all(service, purpose, peer, cause):
    refusal = judge_way(service, purpose, peer)
    assert (refusal and refusal.facts["cause"]) == cause


def pulled(**changes):
    return Pulled.read(PULLED | changes)


GOOD = pulled()
ORIGIN = {"source": "record", "government_verified": True}


@pytest.mark.parametrize(
    ("answer", "fields", "believed"),
    [
        (GOOD, ("name", "until"), True),
        (GOOD, ("name",), False),  # withholds what nobody asked for
        (GOOD, ("name", "until", "x"), False),  # says nothing of a field that was asked for
        (pulled(type="lease_filing"), ("name", "until"), False),
        (pulled(type="unheard_of"), ("name", "until"), False),
        (pulled(status="splendid"), ("name", "until"), False),
        (pulled(origins={"name": ORIGIN, "id_number": ORIGIN}), ("name", "until"), False),
        (pulled(fields={"name": "x", "until": "y"}), ("name", "until"), False),  # both at once
    ],
)
def test_an_answer_is_released_only_if_it_is_what_was_granted_and_asked(answer, fields, believed):
    assert (judge_pulled(SERVICE, pull(*fields), answer) is None) is believed


@pytest.mark.parametrize(
    ("changes", "believed"),
    [
        ({}, True),
        ({"type": "lease_filing"}, False),
        ({"status": "?"}, False),
        ({"ref": "../x"}, False),
    ],
)
def test_references_are_believed_if_they_are_what_was_asked_for(changes, believed):
    found = Found.read({**SEARCHED, "evidence": [SEARCHED["evidence"][0] | changes]})
    assert (judge_found(search(), found) is None) is believed


def refused(slug, answered=409, /, **said):
    return problem(answered, {"type": f"urn:certstore:problem:{slug}", "detail": "林晓禾", **said})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (UnreachableError("down"), SourceUnavailableError),
        (UntrustedError("forged"), SourceUnavailableError),
        (refused("internal", 500), SourceUnavailableError),
        (refused("invalid-token", 401), SourceUnavailableError),
        (refused("invalid-request", 422), SourceUnavailableError),
        (refused("of-tomorrow", 418), SourceUnavailableError),
        (refused("rate-limited", 429), SourceUnavailableError),
        (refused("not-found", 404), NotFoundError),
        (refused("subject-mismatch"), SubjectMismatchError),
        (refused("certificate-revoked", certificate_status="revoked"), CertificateRevokedError),
        (refused("certificate-revoked", certificate_status=["x"]), CertificateRevokedError),
        (refused("field-not-granted", 403), FieldNotGrantedError),
        (refused("insufficient-purpose", 403), PurposeError),
    ],
)
def test_their_refusal_is_told_in_our_words(error, kind):
    told = in_our_words(error)
    assert type(told) is kind
    assert "林晓禾" not in told.detail


def test_of_their_refusal_only_what_we_know_is_passed_on():
    told = in_our_words(refused("field-not-granted", 403, paths=["name", "<b>"]), ["name"])
    assert told.facts["paths"] == ["name"]
    gone = in_our_words(refused("certificate-revoked", certificate_status="revoked"))
    assert gone.facts["status"] == "revoked"
    for unknown in ("<b>", ["x"], 7):
        gone = in_our_words(refused("certificate-revoked", certificate_status=unknown))
        assert "status" not in gone.facts
    wait = problem(429, {"type": "urn:certstore:problem:rate-limited"}, retry_after=10**6)
    assert in_our_words(wait).facts["retry_after"] == 3600


def test_the_ninth_question_at_once_is_not_asked():
    signer = KeySigner(KeyPurpose.TOKEN, generate("ES256"))
    nowhere, patience = f"http://127.0.0.1:{free_port()}", Patience(tries=1)
    line = PeerLine(PEER, Client(nowhere, "c", signer, root=house().root, patience=patience))
    with ExitStack() as turns:
        for _ in range(8):
            turns.enter_context(line._turn())
        with pytest.raises(SourceUnavailableError) as raised:
            line.check(0)
        assert raised.value.facts["cause"] == "peer_busy"
    with pytest.raises(SourceUnavailableError) as raised:  # every turn was given back
        line.check(0)
    assert raised.value.facts["cause"] == "peer_unavailable"
    line.close()


# -- on whose behalf -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actions", "on_behalf", "cause"),
    [
        (("pull",), None, None),
        (("pull", "relay"), AGENCY, None),
        (("pull",), AGENCY, "action_not_granted"),
        (("pull", "relay"), None, "on_behalf_of_missing"),
    ],
)
def test_who_forwards_says_for_whom_and_nobody_else_does(actions, on_behalf, cause):
    refusal = judge_on_behalf(replace(SERVICE, actions=actions), on_behalf)
    assert (refusal and refusal.facts["cause"]) == cause


def test_the_record_names_the_agency_and_through_whom():
    said = on_behalf_record(SERVICE, AGENCY)
    assert (said["agency"], said["agency_en"]) == (
        "别市（经示范市教育局）",
        "Other via Education Bureau",
    )
    assert on_behalf_record(SERVICE, None) == {}


# -- the file --------------------------------------------------------------------------------------

SAID = FILE.format(url="https://yunzhou.example/", ours="school-2026")


def test_the_file_is_read():
    (peer,) = parse_peers(SAID, OURS)
    assert (peer.code, peer.base_url) == ("yunzhou", "https://yunzhou.example")
    assert peer.purposes["school-2026"].fields == ("name", "residence_district", "valid_until")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("peer = [", "PEERS_FILE"),
        (SAID + SAID.replace("yunzhou.example", "y.example"), "code"),
        (SAID + SAID.replace('"yunzhou"', '"y"'), "base_url"),
        (SAID.replace("https://yunzhou.example", OURS), OURS),
        (SAID.replace('"yunzhou"', '"Yunzhou/.."'), "code"),
        (SAID.replace("https://yunzhou", "gopher://yunzhou"), "base_url"),
        (SAID.replace('root = "yunzhou-root.pem"\n', ""), "root"),
        (SAID + "more = 1\n", "more"),
        (
            SAID.replace('fields = ["name", "residence_district", "valid_until"]', "fields = []"),
            "f",
        ),
        ("more = 1\n" + SAID, "more"),
    ],
)
def test_a_file_that_is_not_as_described_is_refused_by_its_place(text, where):
    with pytest.raises(MalformedError) as raised:
        parse_peers(text, OURS)
    assert where in str(raised.value.where)
