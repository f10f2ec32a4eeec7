"""Cards over HTTP: the maker's files and reports, the holder's and the officers' pages, points."""

import base64
import hashlib
import json
from datetime import timedelta

import jwt
import pytest
from lxml.html import fromstring

from certstore.authorization.client_assertion import ASSERTION_TYPE
from certstore.authorization.details import DETAILS_TYPE
from certstore.chance import random_bytes, reference
from certstore.clock import unix
from certstore.jcs import canonical
from certstore.jwk import to_jwk
from certstore.keys import Purpose, generate, key_id
from certstore.tables.sharing import Client
from certstore.tables.sharing import Purpose as Granted
from certstore.tokens import parse_compact, verify_signature
from issuance.matters.cards.judging import FACE
from issuance.matters.cards.making.card_file import FILE_TYP
from tests.cards import AT_THE_PORT, MAKER, PERMIT, WINDOW, permit
from tests.house import house_in
from tests.issuers import open_client
from tests.residents import Browser, _app_of, assert_sound
from tests.sealed import LIN, ZHOU, resident
from tests.unit.issuance.matters.test_card_lives import at_centre, order_of, rounds

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
KEY = generate("ES256")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("cards"), limit_token=0, limit_pull=0)
    enrol(built)
    yield built
    built.close()


def enrol(house):
    """The card maker as an agency of the service, its tokens plain bearer tokens."""
    client = Client(
        client_id=MAKER.client_id,
        agency=MAKER.agency,
        agency_en=MAKER.agency_en,
        agency_uscc=MAKER.agency_uscc,
        keys=[{**to_jwk(KEY.public_key()), "kid": key_id(KEY.public_key())}],
        state="active",
        agency_key=random_bytes(32),
        dpop_bound=False,
    )
    purpose = Granted(
        purpose_id=MAKER.purpose_id,
        client_id=MAKER.client_id,
        matter_code=MAKER.matter_code,
        title_zh=MAKER.title_zh,
        title_en=MAKER.title_en,
        legal_basis=MAKER.legal_basis,
        fields={PERMIT: (*FACE, "photo")},
        state="active",
        actions=("make_cards", "search"),
    )
    with house.archive.writing() as books:
        books.sharing.enrol(client, purpose)


def maker(house, **changes):
    """A client that sends the maker's token."""
    http, now = open_client(house, _app_of(house)), unix(house.clock.now())
    claims = {
        "iss": MAKER.client_id,
        "sub": MAKER.client_id,
        "aud": f"{house.settings.public_url}/oauth2/token",
        "iat": now,
        "exp": now + 120,
        "jti": reference(),
    }
    details = {
        "type": DETAILS_TYPE,
        "purpose_id": MAKER.purpose_id,
        "matter_code": MAKER.matter_code,
        "cert_types": [PERMIT],
        "fields": [*FACE, "photo"],
        "actions": ["make_cards"],
    } | changes
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": jwt.encode(claims, KEY, "ES256", {"kid": key_id(KEY.public_key())}),
        "authorization_details": json.dumps([details]),
    }
    answer = http.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return http


def in_file(house, *holders):
    """Permits whose cards lie in one new file; its number."""
    given = [permit(house, holder) for holder in holders]
    rounds(house)
    house.clock.skip(timedelta(minutes=16))
    rounds(house)
    return given, house.making_desk.files(MAKER, 0)[0][-1].number


def test_a_file_is_signed_canonical_and_the_same_each_time(house):
    (given,), number = in_file(house, LIN)
    http = maker(house)
    listed = http.get("/v1/card-files").json()
    assert [f["number"] for f in listed["files"]] == list(range(1, number + 1))
    first, again = (http.get(f"/v1/card-files/{number}") for _ in range(2))
    assert first.headers["content-type"] == "application/jose"
    assert first.content == again.content
    assert hashlib.sha256(first.content).hexdigest() == listed["files"][-1]["sha256"]
    token = parse_compact(first.text, typ=FILE_TYP, max_bytes=10_000_000)
    key = house.trust.find(token.kid, Purpose.RECEIPT)
    assert verify_signature(token, key.public_key, key.algorithm)
    said = json.loads(token.payload)
    assert canonical(said) == token.payload
    (card,) = said["cards"]
    assert (said["file"], said["specimen"]) == (number, True)
    assert card["card_no"] == order_of(house, given).card_no
    assert set(card["face"]) == set(FACE)
    picture = base64.urlsafe_b64decode(card["photo"]["data"] + "==")
    assert hashlib.sha256(picture).hexdigest() == card["photo"]["sha256"]
    seen = [e.record for e in house.holdings_desk.usage(resident())]
    pulls = [r for r in seen if r["client"] == MAKER.client_id]
    assert len(pulls) == 2
    assert pulls[0]["fields"] == [*FACE, "photo"]


def test_a_file_is_acknowledged_card_by_card_and_once(house):
    given, number = in_file(house, LIN, ZHOU)
    one, other = (order_of(house, g) for g in given)
    http, path = maker(house), f"/v1/card-files/{number}:acknowledge"
    taken = {"card_no": one.card_no, "outcome": "taken"}
    refused = {"card_no": other.card_no, "outcome": "refused", "reason": "照片无法打印"}
    for wrong in ([taken], [taken, taken], [taken, {**refused, "card_no": "JZ1-001-1"}]):
        assert http.post(path, json={"cards": wrong}).status_code in {400, 422}
    assert order_of(house, given[0]).stage == "in_file"
    first = http.post(path, json={"cards": [taken, refused]})
    again = http.post(path, json={"cards": [refused, taken]})
    assert first.status_code == 200, first.text
    assert again.json() == first.json()
    assert [c["go_on"] for c in first.json()["cards"]] == [True, True]
    assert [order_of(house, g).stage for g in given] == ["making", "refused"]
    otherwise = http.post(path, json={"cards": [taken, {**taken, "card_no": other.card_no}]})
    assert (otherwise.status_code, otherwise.json()["cause"]) == (409, "acknowledged_otherwise")


def test_a_report_counts_once_by_its_number_and_says_what_became_of_each_card(house):
    (given,), number = in_file(house, LIN)
    no, http = order_of(house, given).card_no, maker(house)
    unknown = {"card_no": "JZ20990000000001-001-1", "outcome": "made"}
    made = {"card_no": no, "outcome": "made"}

    def report(report_no, *cards):
        return http.post("/v1/card-reports", json={"report": report_no, "cards": list(cards)})

    early = report(101, made, unknown).json()["cards"]
    assert [c["answer"] for c in early] == ["not_acknowledged", "unknown"]
    http.post(
        f"/v1/card-files/{number}:acknowledge",
        json={"cards": [{"card_no": no, "outcome": "taken"}]},
    )
    first, again = report(102, made), report(102, made)
    assert first.json() == again.json()
    assert first.json()["cards"][0]["answer"] == "noted"
    assert report(103, made).json()["cards"][0]["answer"] == "known"
    used = report(102, made, unknown)
    assert (used.status_code, used.json()["cause"]) == (409, "report_no_used")
    assert report(104, {"card_no": no, "outcome": "spoiled"}).status_code == 422
    spoiled = report(105, {"card_no": no, "outcome": "spoiled", "reason": "切边不齐"})
    assert spoiled.json()["cards"][0]["answer"] == "noted"
    rounds(house)
    received = house.calendar.received_on(house.clock.now()).day
    due = house.calendar.add_working_days(received, 7).day  # promised anew: it had been made
    anew = order_of(house, given)
    assert (anew.stage, anew.attempt, anew.due_on) == ("ordered", 2, due)


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"actions": ["search"]}, "insufficient-purpose"),
        ({"fields": ["name"]}, "field-not-granted"),
        ({"fields": list(FACE)}, "field-not-granted"),
    ],
)
def test_a_token_that_is_not_a_makers_is_given_nothing(house, changes, slug):
    http = maker(house, **changes)
    for method, path, body in (
        ("GET", "/v1/card-files", None),
        ("GET", "/v1/card-files/1", None),
        (
            "POST",
            "/v1/card-reports",
            {"report": 1, "cards": [{"card_no": "JZ20260001-001-1", "outcome": "made"}]},
        ),
    ):
        answer = http.request(method, path, json=body)
        assert answer.status_code == 403
        assert answer.json()["type"].endswith(slug)
    assert open_client(house, _app_of(house)).get("/v1/card-files").status_code == 401


# -- pages -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def card(house):
    """A permit whose card lies ready; the pages are looked at with it."""
    return at_centre(house)


@BOTH
def test_a_holder_follows_the_card_and_chooses(house, card, lang):
    browser, order = Browser(house, resident(), lang), order_of(house, card)
    for path in ("/cards", f"/cards/{order.ref}", f"/cards/{order.ref}/delivery"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert_sound(answer, lang)
    heading = {"zh": "卡片可以领了", "en": "Your card is ready to collect"}[lang]
    assert heading in browser.get(f"/cards/{order.ref}").text
    wrong = browser.post(f"/cards/{order.ref}/delivery", way="courier", seen="0")
    assert wrong.status_code == 422
    assert_sound(wrong, lang)
    kept = browser.post(f"/cards/{order.ref}/delivery", way="pickup", seen="0")
    assert kept.headers["location"] == f"/cards/{order.ref}?chosen=yes"
    assert_sound(browser.get(f"/cards/{order.ref}?chosen=yes"), lang)
    for who, status in ((None, 303), (WINDOW, 403), (resident(ZHOU), 404)):
        assert Browser(house, who).get(f"/cards/{order.ref}").status_code == status


def test_a_card_by_api_is_what_the_page_says(house, card):
    me, order = Browser(house, resident()).http, order_of(house, card)
    assert order.ref in [each["ref"] for each in me.get("/v1/me/cards").json()]
    said = me.get(f"/v1/me/cards/{order.ref}").json()
    assert (said["stage"], said["point"], said["may_choose"]) == ("notified", "WT01", "way")
    assert [s["step"] for s in said["steps"]][:2] == ["order", "put_in_file"]
    path = f"/v1/me/cards/{order.ref}:choose-delivery"
    body = {"way": "pickup", "point": "HG01"}
    assert me.post(path, json=body).status_code == 403  # without the session's token
    token = {"X-CSRF-Token": "token-of-this-session"}
    refused = me.post(path, json=body, headers=token)
    assert (refused.status_code, refused.json()["where"]) == (400, "point")
    assert me.post(path, json={"way": "pickup"}, headers=token).json()["choice"] == 0
    stranger = Browser(house, resident(ZHOU)).http
    assert stranger.get(f"/v1/me/cards/{order.ref}").status_code == 404


@BOTH
def test_an_officer_takes_in_finds_and_hands_over(house, lang):
    given, number = in_file(house, LIN if lang == "zh" else ZHOU)
    no = order_of(house, given[0]).card_no
    taken = {"cards": [{"card_no": no, "outcome": "taken"}]}
    assert maker(house).post(f"/v1/card-files/{number}:acknowledge", json=taken).status_code == 200
    officer = Browser(house, WINDOW, lang)
    assert_sound(officer.get("/desk/cards"), lang)
    arrived = officer.post("/desk/cards/arrive", numbers=f"{no} JZ209900000001-001-1")
    assert_sound(arrived, lang)
    answers = fromstring(arrived.text).xpath("//*[@id='arrived']//li")
    assert len(answers) == 2
    assert officer.post("/desk/cards/arrive", numbers=" ").status_code == 422
    nothing = officer.post("/desk/cards/find", number="JZ209900000001")
    assert_sound(nothing, lang)
    at = officer.post("/desk/cards/find", number=no).headers["location"]
    page = officer.get(at)
    assert_sound(page, lang)
    assert officer.get(f"{at}/photo").content.startswith(b"\xff\xd8")
    wrong = officer.post(f"{at}/hand-over", who="holder", check="id_card")
    assert wrong.status_code == 422
    assert_sound(wrong, lang)
    done = officer.post(f"{at}/hand-over", who="holder", check="id_card", seen="yes")
    assert done.headers["location"] == "/desk/cards?done=collected"
    late = officer.post(f"{at}/hand-over", who="holder", check="id_card", seen="yes")
    assert late.status_code == 409
    assert_sound(late, lang)
    for deed in ("courier", "spoiled", "again"):
        refused = officer.post(f"{at}/{deed}", spoiled_reason="x")
        assert refused.status_code == 409
    assert officer.http.post(f"{at}/courier").status_code == 403  # no token of the session
    assert Browser(house, AT_THE_PORT).get(at).status_code == 404
    assert Browser(house, resident()).get("/desk/cards").status_code == 403
    nowhere = type(WINDOW)("何民警", "3001", "山海派出所")
    assert Browser(house, nowhere).get("/desk/cards").status_code == 403


@BOTH
def test_service_points_are_listed_by_district_and_by_distance(house, lang):
    anybody = Browser(house, None, lang)
    page = anybody.get("/service-points")
    assert_sound(page, lang)
    assert "geolocation=(self)" in page.headers["permissions-policy"]
    assert "geolocation=()" in anybody.get("/windows").headers["permissions-policy"]
    assert len(fromstring(page.text).xpath("//li[@data-latitude]")) == 12
    some = anybody.get("/service-points?district=海港区&service=cards")
    assert len(fromstring(some.text).xpath("//li[@data-latitude]")) == 2
    assert_sound(anybody.get("/service-points?district=<b>&service=coffee"), lang)
    http = anybody.http
    assert len(http.get("/v1/service-points?service=cards").json()) == 8
    here = {"latitude": 30.521, "longitude": 124.0612}
    found = http.post("/v1/service-points:nearest", json=here).json()
    assert (found[0]["code"], found[0]["distance_m"]) == ("WT01", 0)
    for wrong in ({"latitude": 91, "longitude": 0}, {"latitude": 1}, {**here, "who": "me"}):
        assert http.post("/v1/service-points:nearest", json=wrong).status_code == 422


def test_a_couriers_call_is_refused_where_none_is_named(house):
    http = open_client(house, _app_of(house))
    assert http.post("/v1/courier-events", content=b"{}").status_code == 404
    assert http.post("/v1/courier-events", content=b"x" * 70_000).status_code == 413
