"""The page of messages outside the inbox, in every state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from certstore.messages.groups import GROUPS
from certstore.pages.reminder_views import ChannelView, RemindersView
from tests.e2e.pages.people import NOW, Sample


def reminders() -> Iterator[Sample]:
    """Nothing yet, a code on its way, everything in use, and what went wrong."""
    page, at = "certstore/reminders.html", "/reminders"
    none = tuple(ChannelView(channel=each) for each in ("email", "sms", "mini_program"))
    until = NOW + timedelta(minutes=10)
    mail = ChannelView(
        channel="email", stage="in_use", shown="li***@example.com", groups=frozenset(GROUPS)
    )
    waiting = ChannelView(
        channel="sms",
        stage="unconfirmed",
        shown="138****00",
        code="open",
        code_until=until,
        lang="en",
    )
    off = replace(mail, channel="mini_program", shown="oX9****ef", switched_on=False)
    unsent = replace(waiting, code="none", code_until=None)
    over = replace(unsent, code="over")
    wrong = (replace(none[0], typed="lin@"), waiting, off)
    for name, view in {
        "reminders-none": RemindersView(
            channels=(replace(none[0], kept=True), *none[1:]), quiet=("21:00", "08:00")
        ),
        "reminders-code": RemindersView(channels=(none[0], waiting), done="code_sent"),
        "reminders-in-use": RemindersView(channels=(mail, waiting, off), done="confirmed"),
        "reminders-chosen": RemindersView(channels=(mail,), done="chosen"),
        "reminders-removed": RemindersView(channels=none, done="removed"),
        "reminders-failing": RemindersView(channels=(replace(mail, failing=True), unsent)),
        "reminders-wrong": RemindersView(
            channels=wrong, errors={"to_email": "malformed", "code_sms": "wrong"}
        ),
        "reminders-over": RemindersView(
            channels=(wrong[0], over), errors={"to_email": "refused"}, problem="over", about="sms"
        ),
        "reminders-expired": RemindersView(channels=(replace(over, kept=True),)),
        "reminders-failing-expired": RemindersView(
            channels=(replace(mail, failing=True, code="over"),), problem="refused", about="email"
        ),
        "reminders-often": RemindersView(channels=none, problem="too_often", about="sms"),
        "reminders-not-sent": RemindersView(channels=(unsent,), problem="not_sent", about="sms"),
        "reminders-unclear": RemindersView(channels=(waiting,), problem="unclear", about="sms"),
        "reminders-confirmed": RemindersView(channels=(mail,), problem="confirmed", about="email"),
        "reminders-known": RemindersView(channels=(mail,), problem="known", about="email"),
    }.items():
        yield Sample(name, page, view, at)
