"""Every kind of notice that is written has its words, its sign and its place on the page."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

import certstore
from certstore.disputes.telling import Kind as StepKind
from certstore.pages.entrance_views import NoticeWord
from certstore.pages.holdings_pages import _NOTICE_KINDS, notice_lines
from certstore.tables.notices import Notice, NoticeKind
from certstore.web.texts import load
from issuance.matters.endorsement.reminding import EndorsementReminders
from issuance.matters.endorsement.rules import load_rules
from issuance.matters.lease.records import LeaseNotice
from issuance.notices import _JUDGED
from issuance.reminders.half_years import HalfYearReminders
from issuance.reminders.registrations import RegistrationReminders

ROOT = Path(certstore.__file__).parents[1]
PACKAGES = ("certstore", "face_auth", "issuance", "verifiers")
REMINDERS = (
    RegistrationReminders(),
    HalfYearReminders(lambda _day: 6, "示范市"),
    EndorsementReminders(load_rules()),
)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def written_kinds():
    """The kinds that stand in the calls of `inbox.add`, and those that are looked up for one."""
    handed_on = {"_JUDGED[outcome]": _JUDGED.values(), "kind": get_args(StepKind)}
    handed_on["lease_kind"] = get_args(LeaseNotice)
    handed_on["due.kind"] = [kind for source in REMINDERS for kind in source.kinds]
    found = set()
    for path in (p for package in PACKAGES for p in (ROOT / package).rglob("*.py")):
        source = path.read_text("utf-8")
        if "inbox.add(" not in source:
            continue
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("inbox.add"):
                kind = call.args[1]
                if isinstance(kind, ast.Constant):
                    found.add(kind.value)
                else:
                    assert ast.unparse(kind) in handed_on, path
                    found.update(handed_on[ast.unparse(kind)])
    return found


def test_every_kind_that_is_written_is_known_to_the_page():
    assert written_kinds() == set(get_args(NoticeKind)) == set(_NOTICE_KINDS)


def test_every_word_of_the_page_has_a_sign_and_a_sentence_in_both_languages():
    page = (ROOT / "certstore" / "pages" / "notices.html").read_text("utf-8")
    for word in get_args(NoticeWord):
        assert f'"{word}": "' in page
        for lang in ("zh", "en"):
            assert f"notices.kind.{word}" in load(lang)


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_no_notice_is_left_out(kind):
    facts = {"matter": "residence_registration", "reason": "没有亲属关系", "application_ref": "r"}
    (line,) = notice_lines([Notice("n", kind, facts, NOW)])
    of_issuers = {"given", "replaced", "suspended", "restored", "partly_restored", "withdrawn"}
    to_usage = {"relied_on", "use_code_used"}
    to_list = {"entrusted", "entrustment_answered", "entrustment_ended"}
    elsewhere = {
        "endorsement_due": "/certificates/None/endorsement",
        "registration_ending": "/apply/registration-renewal",
        "registration_ended": "/apply/residence-registration",
        "permit_possible": "/apply/residence-permit",
        "contact_failing": "/reminders",
    }
    wanted = "/usage" if kind in to_usage else elsewhere.get(kind, "/applications/r")
    assert line.href == ("/entrustments" if kind in to_list else wanted)
    shown = kind in {
        *("letter_revoked", "certificate_revoked", "certificate_upheld", "correction_rejected"),
        *of_issuers,
    }
    assert line.reason == ("没有亲属关系" if shown else None)


@pytest.mark.parametrize(
    ("fact", "path"), [("usage_ref", "/usage/u"), ("dispute_ref", "/corrections/u")]
)
def test_a_notice_leads_to_what_it_is_about(fact, path):
    (line,) = notice_lines([Notice("n", "correction_step", {"matter": "m", fact: "u"}, NOW)])
    assert line.href == path


def test_a_kind_of_a_later_version_is_shown_as_news_and_not_dropped():
    (line,) = notice_lines([Notice("n", "of_tomorrow", {"matter": "address_change"}, NOW)])
    assert (line.kind, line.href, line.reason) == ("news", None, None)
