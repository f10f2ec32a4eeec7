"""Thin events: what leaves the house says that something changed, and nothing of anybody."""

from datetime import UTC, datetime

import pytest

from certstore.events.kinds import KINDS, thin, type_of
from certstore.tables.outbox import OutboxEvent

AT = datetime(2026, 11, 25, 2, 0, 0, 123456, tzinfo=UTC)
REF = "bcdfghjkmnpqrstvwxyz"
WARNED = {
    "client": "c",
    "purpose": "enrolment-2026",
    "period": "day",
    "percent": 80,
    "resets_at": "2026-11-26T00:00:00+08:00",
}
CHANGED = {"client": "school-service", "act": "approve", "before": "submitted", "state": "approved"}


def made(subject="certificate.revoked", **body):
    return thin(OutboxEvent("e" * 20, subject, body, AT), "https://certs.example")


def test_a_revocation_as_it_is_told():
    told = made(certificate=REF)
    assert told.event == {
        "specversion": "1.0",
        "id": "e" * 20,
        "source": "https://certs.example",
        "type": "certstore.certificate.revoked.v1",
        "subject": REF,
        "time": "2026-11-25T02:00:00.123Z",
        "datacontenttype": "application/json",
        "data": {"change": "revoked", "certificate": REF},
    }
    assert (told.subject, told.urgent, told.own) == (REF, True, False)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "林晓禾"},
        {"id_number": "340199199804060284"},
        {"client": "school-service"},
        {"status": "340199199804060284"},
        {"reason": "住址有误"},
        {"reason": "two words"},
        {"reason": "x" * 61},
        {"state": ""},
        {"state": {"name": "x"}},
        {"state": ["x"]},
        {"state": None},
        {"state": True},
        {"percent": 1.5},
        {"percent": -1},
        {"percent": 340199199804060284},
    ],
)
def test_a_value_that_could_say_something_of_somebody_is_left_out(body):
    assert made(certificate=REF, **body).event["data"] == {"change": "revoked", "certificate": REF}


def test_what_is_about_the_client_is_its_own():
    told = made("purpose.quota_warning", **WARNED)
    assert told.own
    assert told.subject == "enrolment-2026"
    assert told.event["data"] == {"change": "quota_warning", **WARNED}


@pytest.mark.parametrize(
    ("subject", "body", "about"),
    [
        ("purpose.state_changed", {**CHANGED, "purpose": "enrolment-2026"}, "enrolment-2026"),
        ("client.state_changed", CHANGED, "school-service"),
        ("consent.given", {"consent_request": REF, "client": "school-service"}, REF),
        ("pull_job.done", {"job": REF, "client": "school-service"}, REF),
        ("entrustment.given", {"entrustment": REF, "purpose": "p", "client": "c"}, REF),
        ("subscription.failing", {"subscription": REF, "client": "c", "reason": "refused"}, REF),
    ],
)
def test_what_a_client_is_told_of_its_own_is_told_whole(subject, body, about):
    told = made(subject, **body)
    change = subject.partition(".")[2]
    assert (told.subject, told.event["data"]) == (about, {"change": change, **body})


def test_an_event_without_a_reference_is_about_itself():
    assert made("client.state_changed", state="active").subject == "e" * 20


def test_what_services_are_not_told_of_is_none():
    assert made("application.submitted", application=REF) is None


def test_every_kind_says_what_it_is_in_both_languages():
    for subject, kind in KINDS.items():
        assert type_of(subject).isascii()
        assert kind.said_en.isascii()
        assert not kind.said_zh.isascii()
        assert "用户" not in kind.said_zh
