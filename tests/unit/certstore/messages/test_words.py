"""What messages say, where they may go, and when: every kind, both languages, hostile addresses."""

from datetime import UTC, date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certstore.clock import MovedClock
from certstore.errors import MalformedError
from certstore.messages.addresses import masked_address, parse_address
from certstore.messages.groups import GROUP_OF, INBOX_ONLY
from certstore.messages.quiet import QuietHours
from certstore.messages.words import Addressed, Composer, fits_one_sms
from certstore.tables.notices import Notice, NoticeKind
from tests.house import TODAY

URL = "https://residence.example.gov.cn"
COMPOSER = Composer(URL, MovedClock(TODAY))
HIDDEN = {
    "matter": "rent_withdrawal", "matter_zh": "租房提取公积金", "matter_en": "Rent withdrawal",
    "agency_zh": "示范市公积金中心", "agency_en": "Provident Fund", "reason": "与林晓禾不符",
    "number": "JZ-2611-000001", "type": "residence_permit", "last_day": "2026-12-25",
}  # fmt: skip
each_kind = pytest.mark.parametrize("kind", sorted(GROUP_OF))
each_lang = pytest.mark.parametrize("lang", ["zh", "en"])


def notice(kind, n=0, **facts):
    return Notice(f"{n:020d}", kind, facts or HIDDEN, TODAY + timedelta(minutes=n))


def message(channel, lang, *notices):
    return COMPOSER.told(Addressed("k" * 20, channel, "to", lang), notices)


def test_every_kind_is_told_outside_or_said_to_stay_in_the_inbox():
    assert GROUP_OF.keys() | INBOX_ONLY == set(get_args(NoticeKind))


@each_lang
@each_kind
def test_nothing_is_said_that_names_somebody(kind, lang):
    for channel in ("email", "sms", "mini_program"):
        said = message(channel, lang, notice(kind))
        for hidden in ("公积金", "Provident", "林晓禾", "2611", "rent"):
            assert hidden not in said.text
        assert "{" not in said.text
        assert said.text.strip()


@each_lang
@each_kind
def test_a_short_message_is_one_and_says_where_to_read(kind, lang):
    for facts in (HIDDEN, {"matter": "residence_registration"}):
        for others in (0, 1, 120):
            notices = [notice(kind, n, **facts) for n in range(others + 1)]
            said = message("sms", lang, *notices).text
            assert fits_one_sms(said), said
            assert URL in said


def test_the_same_notices_are_the_same_message_in_any_order():
    notices = [notice(kind, n) for n, kind in enumerate(("asked", "refused", "in_review"))]
    for channel in ("email", "sms", "mini_program"):
        assert message(channel, "zh", *notices) == message(channel, "zh", *reversed(notices))


def test_the_most_urgent_is_said_first_and_the_others_are_counted():
    found = [notice("asked", n, matter="residence_registration") for n in range(7)]
    newest = notice("endorsement_due", 9, type="residence_permit", last_day="2026-12-25")
    said = message("email", "en", *found, newest).text
    assert said.splitlines()[0].startswith(
        "Demonstration City residence permit: have it endorsed by 25 December, within 30 days;"
    )
    assert "and 3 more" in said
    assert f"{URL}/notices" in said
    assert f"{URL}/reminders" in said


def reminder(kind, left, n=0):
    """Of a certificate with so many days left when it is written."""
    last = TODAY.date() + timedelta(days=left)
    return notice(kind, n, type="residence_permit", last_day=last.isoformat())


@each_lang
@pytest.mark.parametrize("channel", ["email", "sms", "mini_program"])
@pytest.mark.parametrize("kind", ["registration_ending", "endorsement_due"])
def test_each_stage_says_how_near_the_day_is(kind, channel, lang):
    stages = [message(channel, lang, reminder(kind, left)).text for left in (30, 7, 0)]
    assert len(set(stages)) == 3
    for text, said in zip(stages, ("30", "7", "今天" if lang == "zh" else "oday"), strict=True):
        assert said in text


@each_lang
def test_what_is_over_is_not_said_to_come(lang):
    for n, kind in enumerate(("registration_ended", "endorsement_overdue")):
        said = message("sms", lang, reminder(kind, -1, n)).text
        assert not any(word in said for word in ("快到", "还有", "coming up", "in -"))
        assert any(word in said for word in ("到期", "逾期", "ended", "overdue"))


@each_lang
def test_what_presses_most_leads_whatever_is_newest(lang):
    ends_soon, ends_later = reminder("registration_ending", 3), reminder("endorsement_due", 30, 5)
    possible, over = notice("permit_possible", 9), reminder("endorsement_overdue", 0, 1)
    asked = notice("asked", 7, matter="residence_registration")
    done = notice("certificate_ready", 8, matter="residence_registration")
    ranks = [over, ends_soon, ends_later, asked, possible, done]
    for first in range(len(ranks) - 1):
        for channel in ("email", "mini_program"):
            alone = message(channel, lang, ranks[first]).text.splitlines()[0]
            together = message(channel, lang, *reversed(ranks[first:])).text
            assert together.startswith(alone)
    said = message("sms", lang, *reversed(ranks[1:])).text
    assert ("还有 3 天" if lang == "zh" else "3 days") in said


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a" * 160, True), ("a" * 161, False), ("字" * 70, True), ("字" * 71, False),
     ("𬭎" * 35, True),
     ("𬭎" * 36, False), ("a" * 70 + "’", False)],
)  # fmt: skip
def test_the_length_of_a_short_message_is_counted_as_networks_do(text, fits):
    assert fits_one_sms(text) is fits


@pytest.mark.parametrize(
    ("channel", "text", "read"),
    [
        ("sms", "13800138000", "+8613800138000"),
        ("sms", "+86 138-0013-8000", "+8613800138000"),
        ("sms", "１３８００１３８０００", "+8613800138000"),  # noqa: RUF001 - as phones type them
        ("email", " Lin.Xiao+id@Example.COM ", "Lin.Xiao+id@example.com"),
        ("mini_program", "oX_9-abc", "oX_9-abc"),
    ],
)
def test_an_address_is_kept_in_one_spelling(channel, text, read):
    assert parse_address(channel, text) == read


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "a@", "@example.com", "a@example", "a..b@example.com", ".a@example.com",
        "a@-example.com", "a@example.com.", "a@[127.0.0.1]", '"a b"@example.com', "a@b@c.de",
        "a\n@example.com", "林@example.com", "a@例子.中国", "a@example.com>",
        "x" * 65 + "@example.com", "a\x00@example.com", "a@exam\x00ple.com", "a\x7f@example.com",
        "=?utf-8?q??=@evil.example", "=?utf-8?q?a=0D=0ABcc=3Ax?=@evil.example",
        "=?utf-8?q?victim=40bank.example=2C?=@evil.example", "a.=?utf-8?q?b?=@evil.example",
        "a@" + "b." * 130 + "com",
    ],
)  # fmt: skip
def test_what_is_no_mail_address_is_refused(text):
    with pytest.raises(MalformedError):
        parse_address("email", text)


@given(st.text(max_size=300))
def test_whatever_is_taken_for_a_mail_address_can_stand_in_a_command(text):
    try:
        read = parse_address("email", text)
    except MalformedError:
        return
    assert read.isascii()
    assert read.isprintable()
    assert not set(read) & set(' <>,;:\\"()[]')
    assert read.count("@") == 1


_ATOMS = st.text("abz09!#$%&'*+/=?^_`{|}~-.", min_size=1, max_size=64)


@given(_ATOMS)
@example("=?utf-8?b?YQpCY2M6IHg=?=")
@example("x=?utf-8?q?a=40b=2C?=")
@example("{" * 64)
def test_whatever_is_taken_for_a_mail_address_is_the_one_that_the_header_names(local):
    try:
        read = parse_address("email", f"{local}@{'a' * 60}.{'b' * 60}.example")
    except MalformedError:
        return
    mail = EmailMessage(policy=SMTP)
    mail["To"] = Address(addr_spec=read)
    assert mail.as_bytes() == f"To: {read}\r\n\r\n".encode()
    assert [each.addr_spec for each in mail["To"].addresses] == [read]


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [("email", "linxiao@example.com", "li***@example.com"), ("email", "li@e.cn", "l***@e.cn"),
     ("sms", "+8613800138000", "138****00"), ("mini_program", "oX9abcdef", "oX9****ef")],
)  # fmt: skip
def test_a_page_shows_enough_of_an_address_to_know_ones_own(channel, address, shown):
    assert masked_address(channel, address) == shown


@pytest.mark.parametrize(
    ("span", "hour", "minute", "quiet"),
    [
        ("21:00-08:00", 20, 59, False), ("21:00-08:00", 21, 0, True), ("21:00-08:00", 0, 0, True),
        ("21:00-08:00", 7, 59, True), ("21:00-08:00", 8, 0, False), ("12:00-14:00", 13, 0, True),
        ("12:00-14:00", 14, 0, False), ("08:00-08:00", 8, 0, False),
    ],
)  # fmt: skip
def test_quiet_hours_are_chinas(span, hour, minute, quiet):
    day = date(2026, 11, 25)
    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)
    assert QuietHours.parse(span).hold(at) is quiet


@pytest.mark.parametrize("text", ["", "21-8", "24:00-08:00", "21:00-08:60", "21:00 - 08:00"])
def test_other_hours_are_refused_at_the_start(text):
    with pytest.raises(MalformedError):
        QuietHours.parse(text)
