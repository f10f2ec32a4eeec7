"""A holder takes an annotated copy of their own certificate, and what is wrong is said."""

import io
import json

import pikepdf
import pytest

from certstore.certificates import Status
from tests.integration.certstore.answers import issued
from tests.residents import Browser, assert_sound, copied, resident
from tests.sealed import become

CHEN, LIN = resident("chen_yiming"), resident("lin_xiaohe")


@pytest.fixture(scope="module")
def rooms(settled_folder, tmp_path_factory):
    with copied(settled_folder, tmp_path_factory.mktemp("own")) as house:
        yield house, issued(house)


def test_a_holder_says_what_for_and_gets_a_copy_that_says_it_too(rooms):
    house, held = rooms
    me, at = Browser(house, CHEN), f"/certificates/{held.ref}/download"
    asked = me.get(at)
    assert_sound(asked, "zh")
    assert f"/certificates/{held.ref}/document" in asked.text
    answer = me.post(at, cause="租房签约", days="7")
    assert answer.headers["content-type"] == "application/pdf"
    assert CHEN.holder.id_number not in str(answer.headers)
    with pikepdf.open(io.BytesIO(answer.content)) as opened:
        data = json.loads(opened.attachments["certificate.json"].get_file().read_bytes())
    assert data["copy"]["JZJZZSY"] == "租房签约"
    assert data["copy"]["JZJZZZ"] == f"{CHEN.holder.name}（持证人）"
    assert data["copy"]["JZJYXQJZSJ"] == "2026-12-02T23:59:59+08:00"
    assert data["fields"] == dict(held.fields)
    result = house.scan_desk.judge_file(answer.content).result
    assert (result.verdict, result.reasons) == ("valid", ("ANNOTATED_COPY",)), result
    assert me.get(f"/certificates/{held.ref}/document").content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("cause", "days", "field"),
    [
        ("", "30", "cause"),
        ("  ", "30", "cause"),
        ("长" * 61, "30", "cause"),
        ("租房\u202e", "30", "cause"),
        ("租房\U0002b740", "30", "cause"),  # no font draws it
        ("租房", "31", "days"),
        ("租房", "", "days"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(rooms, cause, days, field):
    house, held = rooms
    answer = Browser(house, CHEN).post(f"/certificates/{held.ref}/download", cause=cause, days=days)
    assert answer.status_code == 422
    assert_sound(answer, "zh")
    assert f'href="#{field}"' in answer.text


def test_nobody_else_gets_a_copy_and_no_other_site_asks_for_one(rooms):
    house, held = rooms
    at = f"/certificates/{held.ref}/download"
    assert Browser(house, LIN).get(at).status_code == 404
    assert Browser(house, LIN).post(at, cause="租房", days="7").status_code == 404
    me = Browser(house, CHEN)
    assert me.http.post(at, data={"cause": "租房", "days": "7", "csrf": "x"}).status_code == 403


def test_of_what_is_no_longer_in_force_no_copy_is_made(settled_folder, tmp_path):
    with copied(settled_folder, tmp_path) as house:
        held = issued(house)
        become(house, held, Status.REVOKED)
        me = Browser(house, CHEN)
        answer = me.post(f"/certificates/{held.ref}/download", cause="租房", days="7")
        assert answer.status_code == 409
