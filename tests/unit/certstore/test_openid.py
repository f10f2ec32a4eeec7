"""Signing in at a provider that is not ours: a real one, on loopback, honest and otherwise."""

import base64
from dataclasses import replace

import pytest

from certstore.callers import Clerk, Officer, Resident
from certstore.errors import CertstoreError, UnauthenticatedError, UnavailableError
from certstore.id_tokens import ALGORITHMS
from certstore.service.openid import HttpProvider, OpenIdClient
from certstore.sign_in import Returned
from tests.sealed import LIN
from tests.unit.certstore.openid_visits import desk as desk
from tests.unit.certstore.openid_visits import desk_for, refused, sign_in, who
from tests.unit.certstore.openid_visits import house as house
from tests.unit.certstore.openid_visits import op as op
from tests.unit.certstore.openid_visits import steady as steady
from tests.unit.certstore.small_provider import SIGNED_WITH, as_jwk, make_key, sign, with_header

# -- algorithms and keys -------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", SIGNED_WITH)
def test_each_algorithm_that_both_sides_name_signs_in(desk, op, algorithm):
    op.sign_with(algorithm, use="sig", alg=algorithm)
    caller = who(desk, op)
    assert isinstance(caller, Resident)
    assert caller.holder == LIN
    assert caller.account == f"{op.issuer}#248289761001"


@pytest.mark.parametrize("algorithm", SIGNED_WITH)
def test_an_algorithm_is_refused_that_the_settings_leave_out(house, op, steady, algorithm):
    op.sign_with(algorithm)
    others = set(ALGORITHMS) - {algorithm}
    refused(desk_for(house, op, steady, algorithms=others), op, "algorithm")


@pytest.mark.parametrize("said", [["RS256"], [], None, "ES256", [7]])
def test_an_algorithm_is_refused_that_the_providers_metadata_leaves_out(desk, op, said):
    op.metadata = {"id_token_signing_alg_values_supported": said}
    refused(desk, op, "algorithm")


def test_what_the_metadata_says_of_none_and_hmac_is_not_believed(desk, op):
    op.metadata = {"id_token_signing_alg_values_supported": ["none", "HS256", "RS512", "ES256"]}
    assert desk.provider.algorithms() == {"ES256"}


def test_without_a_kid_the_only_key_that_fits_is_used(desk, op):
    other = as_jwk(make_key("RS256"), kid="rsa")
    op.header = {}
    op.published = [other, as_jwk(make_key("ES256"), use="enc"), *op.published]
    assert who(desk, op).holder == LIN
    op.published.append(as_jwk(make_key("ES256"), kid="two"))
    desk.provider.keys(anew=True)
    refused(desk, op, "key")


def test_two_keys_of_one_name_are_not_guessed_between(desk, op):
    op.published.append(as_jwk(make_key("ES256"), kid="one"))
    refused(desk, op, "key")


def test_a_rotated_key_is_fetched_when_a_token_names_it(desk, op):
    sign_in(desk, op)
    op.sign_with("ES256", kid="two")
    sign_in(desk, op)
    assert op.asked.count("/keys") == 2


def test_a_key_that_the_provider_took_back_is_not_believed_for_long(desk, op, steady):
    sign_in(desk, op)
    op.published = [as_jwk(make_key("ES256"), kid="another")]
    sign_in(desk, op)
    steady.seconds += 601
    refused(desk, op, "kid")


def test_metadata_are_asked_for_anew_after_an_hour(desk, op, steady):
    sign_in(desk, op)
    op.metadata = {"id_token_signing_alg_values_supported": ["RS256"]}
    sign_in(desk, op)
    steady.seconds += 3601
    refused(desk, op, "algorithm")


@pytest.mark.parametrize(
    "more",
    [{"use": "enc"}, {"alg": "RS256"}, {"key_ops": ["sign"]}, {"key_ops": "verify"}, {"d": "AAAA"}],
)
def test_a_key_that_says_it_is_for_something_else_is_not_used(desk, op, more):
    op.published = [as_jwk(op.key, kid="one") | more]
    refused(desk, op, "kid")


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"x": "AAAA"}, "jwk"),
        ({"x": "!"}, "jwk"),
        ({"y": None}, "jwk"),
        ({"x": 7}, "jwk"),
        ({"y": base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()}, "jwk"),
    ],
)
def test_a_key_that_is_none_is_refused(desk, op, change, cause):
    op.published = [as_jwk(op.key, kid="one") | change]
    refused(desk, op, cause)


def test_a_weak_rsa_key_is_refused(desk, op):
    op.make = lambda claims: with_header(sign(claims, op.key, "ES256", kid="one"), alg="RS256")
    op.published = [as_jwk(make_key("RS256", bits=1024), kid="one")]
    refused(desk, op, "weak-key")
    op.published = [as_jwk(make_key("RS256"), kid="one") | {"e": "Aw"}]
    desk.provider.keys(anew=True)
    refused(desk, op, "weak-key")


# -- who somebody is -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("e\u0301milie", "\u00e9milie"),
        (" 林晓禾 ", "林晓禾"),
        ("王\U0002b74f", "王\U0002b74f"),
        ("\U000323b0", "\U000323b0"),  # of a later Unicode than these tables know
        ("阿依古丽·买买提", "阿依古丽·买买提"),
    ],
)
def test_a_name_is_kept_in_one_spelling(desk, op, said, kept):
    op.person["name"] = said
    assert who(desk, op).holder.name == kept


def test_officers_and_clerks_are_who_their_claims_say(desk, op):
    op.person |= {"staff_number": "1047", "station": "梧桐派出所"}
    assert who(desk, op) == Officer(LIN.name, "1047", "梧桐派出所")
    op.person["supervisor"] = True
    assert who(desk, op) == Officer(LIN.name, "1047", "梧桐派出所", supervisor=True)
    del op.person["station"]
    op.person["organisation_uscc"] = "11310000MB0T00015W"
    assert who(desk, op) == Clerk(LIN.name, "1047", "11310000MB0T00015W")


# -- the exchange --------------------------------------------------------------------------


def test_the_verifier_of_the_challenge_is_sent_and_checked(desk, op):
    url, state = desk.begin("/")
    came = op.authorize(url)
    op.codes[came["code"]]["code_challenge"] = "another"
    with pytest.raises(UnauthenticatedError):
        desk.complete(Returned(**came, bound_state=state))


def test_a_provider_that_names_itself_must_do_so_every_time(desk, op, steady):
    sign_in(desk, op)
    sign_in(desk, op, iss=op.issuer)
    with pytest.raises(UnauthenticatedError, match="another"):
        sign_in(desk, op, iss="https://evil.example")
    op.metadata = {"authorization_response_iss_parameter_supported": True}
    steady.seconds += 3601
    sign_in(desk, op, iss=op.issuer)
    with pytest.raises(UnauthenticatedError, match="another"):
        sign_in(desk, op)


@pytest.mark.parametrize(
    ("methods", "basic"),
    [
        (None, True),
        (["client_secret_basic", "client_secret_post"], True),
        (["client_secret_post"], False),
    ],
)
def test_the_client_says_who_it_is_the_way_the_provider_names(house, op, steady, methods, basic):
    if methods is not None:
        op.metadata = {"token_endpoint_auth_methods_supported": methods}
    sign_in(desk_for(house, op, steady, secret="a:b%c"), op)
    pair = base64.b64encode(b"certstore:a%3Ab%25c").decode()
    assert op.authorization == (f"Basic {pair}" if basic else "")


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": None},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_metadata_that_lead_elsewhere_are_refused(desk, op, metadata):
    op.metadata = metadata
    with pytest.raises(UnavailableError):
        sign_in(desk, op)


@pytest.mark.parametrize("keys", [None, "keys", [7] * 101])
def test_keys_that_cannot_be_read_are_the_providers_fault(desk, op, keys):
    op.published = keys
    with pytest.raises(UnavailableError):
        sign_in(desk, op)


def test_a_provider_that_is_gone_is_said_to_be(house, op, steady):
    desk = desk_for(house, op, steady)
    gone = replace(desk, provider=HttpProvider("http://127.0.0.1:9", OpenIdClient(client_id="c")))
    with pytest.raises(UnavailableError):
        gone.begin("/")


def test_only_refusals_and_failures_of_ours_leave_the_desk(desk, op):
    op.make = lambda _claims: 7
    with pytest.raises(CertstoreError):
        sign_in(desk, op)


def test_whoever_signs_in_is_known_by_the_providers_name_whatever_a_record_said(house, desk, op):
    with house.archive.writing() as books:
        first = books.people.known(replace(LIN, name="张某某"))
        assert first.holder.name != LIN.name
    sign_in(desk, op)
    with house.archive.reading() as books:
        now = books.people.find(LIN.id_type, LIN.id_number)
    assert (now.id, now.holder) == (first.id, LIN)
    assert now.subject_key == first.subject_key
