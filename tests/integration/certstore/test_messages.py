"""Messages outside the inbox, on both databases: nothing lost, nothing twice, and no flood."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.certificates import Holder
from certstore.clock import MovedClock
from certstore.erasure import erase_person
from certstore.errors import NotFoundError
from certstore.safekeeping import add_storage_key
from certstore.service.gateway_channel import GatewayChannel
from certstore.service.kept_channel import FOLDER
from certstore.service.passphrase import passphrase
from certstore.service.worker import Worker
from tests.contacts import (
    MAIL,
    PHONE,
    code_in,
    confirmed,
    connected,
    in_bulk,
    inbox,
    send,
    smtp,
    states,
    told,
)
from tests.gateways import SECRET
from tests.sealed import LIN, ZHOU, resident

ME = resident(LIN)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def post(house):
    with connected(house) as opened:
        yield opened


class Stopped(BaseException):
    """The process ends here."""


def broken_off(house, channel, moment):
    """The channel as it is, until the process ends: before anything leaves, or after it left."""
    real = house.message_channels[channel]

    class Ends:
        repeatable = real.repeatable

        def send(self, outgoing, leaving):
            if moment == "before":
                raise Stopped
            real.send(outgoing, leaving)
            raise Stopped

    house.message_channels[channel] = Ends()
    let_go = house.sending_desk.archive
    with pytest.raises(Stopped):
        house.sending_desk.turn(channel)
    # What a process does on its way out, one that is killed does not.
    with let_go.writing() as books:
        again = "UPDATE message_contacts SET claim = 'gone', rest_until = NULL, failures = 0"
        books.connection.exec_driver_sql(again)
        if house.database.is_sqlite:
            held = "UPDATE message_contacts SET claimed_until = '2026-11-25 02:03:00.000000'"
        else:
            held = "UPDATE message_contacts SET claimed_until = '2026-11-25 02:03:00+00'"
        books.connection.exec_driver_sql(held)
    house.message_channels[channel] = real


# -- adding and confirming -----------------------------------------------------------------


def test_an_address_is_used_once_its_code_was_entered_and_not_before(post):
    desk = post.contact_desk
    assert desk.add(ME, "sms", " 138 0013 8000 ", "zh") == "sent"
    (to, text) = post.gateway.texts[0]
    assert to == "+8613800138000"
    told(post)
    assert send(post) == []
    (mine,) = desk.mine(ME)
    assert (mine.shown, mine.confirmed) == ("138****00", False)
    assert code_in(post, "sms") in text
    assert desk.confirm(ME, "sms", code_in(post, "sms")) == "confirmed"
    told(post, occasion="2")
    assert send(post) == ["sent"]
    assert len(post.gateway.sent) == 2


def test_five_wrong_codes_or_ten_minutes_and_the_code_is_void(post):
    desk = post.contact_desk
    desk.add(ME, "sms", PHONE, "zh")
    right = code_in(post, "sms")
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    assert [desk.confirm(ME, "sms", wrong) for _ in range(5)] == [*["wrong"] * 4, "over"]
    assert desk.confirm(ME, "sms", right) == "over"
    assert desk.send_again(ME, "sms") == "sent"
    post.clock.skip(timedelta(minutes=10))
    assert desk.confirm(ME, "sms", code_in(post, "sms")) == "over"
    desk.send_again(ME, "sms")
    fullwidth = code_in(post, "sms").translate({ord(str(n)): 0xFF10 + n for n in range(10)})
    assert desk.confirm(ME, "sms", f" {fullwidth} ") == "confirmed"


def test_codes_are_rationed_also_for_who_removes_the_address_and_adds_it_again(post):
    desk = post.contact_desk
    ended = []
    for _ in range(7):
        ended.append(desk.add(ME, "sms", PHONE, "zh"))
        desk.remove(ME, "sms")
    assert ended == [*["sent"] * 5, "too_often", "too_often"]
    assert desk.add(resident(ZHOU), "sms", PHONE, "zh") == "too_often"  # nor others for them
    assert desk.add(resident(ZHOU), "sms", "13900139000", "zh") == "sent"
    post.clock.skip(HOUR + timedelta(minutes=1))
    assert [desk.add(ME, "sms", PHONE, "zh") for _ in range(6)] == [*["sent"] * 5, "too_often"]
    post.clock.skip(HOUR + timedelta(minutes=1))
    assert desk.add(ME, "sms", PHONE, "zh") == "too_often"  # ten a day
    assert len(post.gateway.sent) == 11


def test_who_tries_codes_at_once_has_five_tries_all_the_same(post):
    post.contact_desk.add(ME, "sms", PHONE, "zh")
    right = int(code_in(post, "sms"))
    guesses = [f"{(right + 1 + n) % 10**6:06d}" for n in range(12)]
    with ThreadPoolExecutor(6) as pool:
        ended = list(pool.map(lambda said: post.contact_desk.confirm(ME, "sms", said), guesses))
    assert ended.count("wrong") == 4
    assert ended.count("over") == 8


def test_neither_address_nor_code_can_be_read_in_the_database(post):
    post.contact_desk.add(ME, "email", MAIL, "en")
    code = code_in(post, "email")
    with post.archive.reading() as books:
        (row,) = books.connection.exec_driver_sql("SELECT * FROM message_contacts")
    said = b"|".join(str(v).encode() if not isinstance(v, bytes) else v for v in row)
    assert MAIL.encode() not in said
    assert code.encode() not in said


def test_what_cannot_be_an_address_is_said_and_sent_nowhere(post):
    for channel, text in (
        ("sms", "12345"), ("sms", "+1 202 555 0100"), ("email", "lin"), ("email", "a@b"),
        ("email", "a b@example.com"), ("email", "x@example.com\r\nBcc: y@example.com"),
        ("email", "lin@example.com,zhou@example.com"), ("email", "<lin@example.com>"),
    ):  # fmt: skip
        assert post.contact_desk.add(ME, channel, text, "zh") == "malformed", text
    assert (post.gateway.calls, post.mail.commands) == ([], [])
    with pytest.raises(NotFoundError):
        post.contact_desk.add(ME, "mini_program", "account_1", "zh")


def test_where_the_gateway_is_down_that_is_said_and_nothing_is_confirmed(post):
    post.gateway.wrong = {"status": 503}
    assert post.contact_desk.add(ME, "sms", PHONE, "zh") == "not_sent"
    post.gateway.wrong = {"status": 422, "body": b'{"fault":"address"}'}
    assert post.contact_desk.send_again(ME, "sms") == "refused"
    post.gateway.wrong = {}
    assert post.contact_desk.send_again(ME, "sms") == "sent"


# -- what is told --------------------------------------------------------------------------


def test_a_notice_goes_once_and_says_nothing_of_the_person(post):
    confirmed(post, ME)
    confirmed(post, ME, "email", MAIL, "en")
    told(post, address="示范市海港区长乐路88弄6号502室")
    assert send(post) == ["sent"]
    assert send(post, "email") == ["sent"]
    assert send(post) == send(post, "email") == []
    ((_, text),) = post.gateway.texts
    (mail,) = post.mail.mails()
    assert "居住登记" in text
    assert "Residence registration" in mail.get_content()
    for said in (text, mail.get_content(), str(mail["Subject"])):
        for hidden in (LIN.name, LIN.id_number, "长乐路"):
            assert hidden not in said
    assert f"{post.settings.public_url}/n/" in text
    assert states(post) == ["sent", "sent"]


def test_several_that_wait_for_one_address_go_as_one(post):
    confirmed(post, ME)
    for n in range(4):
        told(post, occasion=str(n))
    assert send(post) == ["sent"]
    ((_, text),) = post.gateway.texts
    assert "还有 3 条" in text
    assert f"{post.settings.public_url}/notices" in text
    assert states(post) == ["sent"] * 4


def test_only_what_was_chosen_is_told_and_only_where_it_is_switched_on(post):
    confirmed(post, ME)
    post.contact_desk.choose(ME, "sms", {"dates"}, "zh", switched_on=True)
    told(post)
    told(post, kind="relied_on", occasion="2")
    assert send(post) == []
    told(post, kind="draft_ending", occasion="3", on="2026-11-30")
    assert send(post) == ["sent"]
    told(post, kind="draft_ending", occasion="4", on="2026-11-30")
    post.sending_desk.spread()
    post.contact_desk.choose(ME, "sms", {"dates"}, "zh", switched_on=False)
    assert send(post) == []
    assert states(post) == ["sent", "dropped"]
    post.contact_desk.choose(ME, "sms", {"dates"}, "zh", switched_on=True)
    assert send(post) == []  # what waited when it was switched off is not caught up with
    assert len(inbox(post, ME)) == 4


def test_what_was_in_the_inbox_before_an_address_was_confirmed_is_not_sent_there(post):
    told(post)
    post.sending_desk.spread()
    confirmed(post, ME)
    assert send(post) == []


def test_quiet_hours_hold_notices_back_and_no_codes(post):
    confirmed(post, ME)
    post.clock.skip(timedelta(hours=11, minutes=30))  # 21:30 in China
    told(post)
    assert send(post) == []
    assert post.contact_desk.add(ME, "email", MAIL, "zh") == "sent"
    post.clock.skip(timedelta(hours=10))
    assert send(post) == []
    post.clock.skip(timedelta(minutes=35))  # 08:05
    assert send(post) == ["sent"]


def test_after_ten_days_of_standstill_there_is_no_flood(post):
    """A thousand people, each with old notices: what is old stays in the inbox alone."""
    people = [Holder(f"人{n}", "414", f"P{n:07d}") for n in range(1000)]
    in_bulk(post, people)
    now = post.clock.now()
    with post.archive.writing() as books:
        rows = [books.people.known(holder).id for holder in people]
        for n, row in enumerate(rows):
            books.inbox.add(row, "in_review", f"old:{n}", {}, now)
            books.inbox.add(row, "refused", f"older:{n}", {}, now)
    post.clock.skip(10 * DAY)
    with post.archive.writing() as books:
        for n, row in enumerate(rows):
            for k in range(3):
                books.inbox.add(row, "certificate_ready", f"{n}:{k}", {}, post.clock.now())
    assert post.sending_desk.spread() == 5000
    assert send(post, most=2000) == ["sent"] * 60  # a minute's worth
    post.clock.skip(timedelta(seconds=61))
    assert send(post, most=2000) == ["sent"] * 60
    addresses = [to for to, _ in post.gateway.texts]
    assert len(set(addresses)) == len(addresses) == 120
    assert all("还有 2 条" in text for _, text in post.gateway.texts)


def test_what_waited_for_three_days_is_given_up_and_stays_in_the_inbox(post):
    confirmed(post, ME)
    told(post)
    post.sending_desk.spread()
    post.clock.skip(3 * DAY + HOUR)
    post.sending_desk.forget()
    assert send(post) == []
    assert states(post) == ["failed"]
    assert inbox(post, ME) == ["certificate_ready"]


# -- what goes wrong -----------------------------------------------------------------------


def test_a_dead_mail_server_loses_nothing_and_is_asked_less_and_less(post):
    confirmed(post, ME, "email", MAIL)
    post.mail.down()
    told(post)
    assert send(post, "email") == ["down"]
    asked = 0
    for _ in range(12 * 60):
        post.clock.skip(timedelta(minutes=1))
        asked += len(send(post, "email"))
    assert 6 <= asked <= 10
    post.mail.up()
    post.clock.skip(timedelta(hours=20))
    assert send(post, "email") == ["sent"]
    assert len(post.mail.mails()) == 1


def test_when_the_server_is_back_all_who_waited_for_it_are_told_at_once(post):
    confirmed(post, ME, "email", MAIL)
    zhou = resident(ZHOU)
    confirmed(post, zhou, "email", "zhou@example.com")
    told(post)
    post.mail.down()
    for _ in range(9):
        send(post, "email")
        post.clock.skip(timedelta(minutes=30))
    post.mail.up()
    told(post, ZHOU)  # of whom nothing waited yet
    assert send(post, "email") == ["sent", "sent"]
    assert len(post.mail.mails()) == 2


def test_an_address_that_bounces_is_sent_nothing_more_and_its_owner_reads_so(post):
    confirmed(post, ME, "email", MAIL)
    post.mail.answers = {"RCPT": b"550 5.1.1 no such mailbox\r\n"}
    told(post)
    assert send(post, "email") == ["not_sent"]
    told(post, occasion="2")
    assert send(post, "email") == []
    assert states(post) == ["failed"]
    assert inbox(post, ME) == ["certificate_ready", "contact_failing", "certificate_ready"]
    (mine,) = post.contact_desk.mine(ME)
    assert (mine.failing, mine.confirmed) == (True, True)
    post.mail.answers = {}
    assert post.contact_desk.send_again(ME, "email") == "sent"
    assert post.contact_desk.confirm(ME, "email", code_in(post, "email")) == "confirmed"
    told(post, occasion="3")
    assert send(post, "email") == ["sent"]


def test_a_late_answer_is_asked_for_again_under_the_same_key_and_sent_once(post):
    confirmed(post, ME)
    patient = post.message_channels["sms"]
    post.message_channels["sms"] = impatient = GatewayChannel(patient._url, SECRET, post.clock, 0.3)
    post.gateway.wrong = {"late": 1.0, "once": True}
    told(post)
    assert send(post) == ["not_sent"]
    assert states(post) == ["sending"]
    impatient.close()
    post.message_channels["sms"] = patient
    told(post, occasion="2")  # goes on its own: what went under a key stays as it is
    post.clock.skip(timedelta(minutes=1))
    assert send(post) == ["sent", "sent"]
    assert len(post.gateway.calls) == 3
    assert len(set(post.gateway.calls)) == len(post.gateway.sent) == 2
    assert states(post) == ["sent", "sent"]


def test_a_line_that_broke_after_a_mail_was_handed_over_sends_no_second_one(post):
    confirmed(post, ME, "email", MAIL)
    post.mail.drop = "end"
    told(post)
    assert send(post, "email") == ["not_sent"]
    post.mail.drop = ""
    for _ in range(30):
        post.clock.skip(timedelta(hours=3))
        assert send(post, "email") == []
    assert states(post) == ["unclear"]
    assert len(post.mail.taken) == 1


def test_a_line_that_broke_before_that_sends_it_again(post):
    confirmed(post, ME, "email", MAIL)
    post.mail.drop = "rcpt"
    told(post)
    assert send(post, "email") == ["not_sent"]
    post.mail.drop = ""
    post.clock.skip(timedelta(minutes=2))
    assert send(post, "email") == ["sent"]
    assert len(post.mail.taken) == 1


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_crash_before_anything_left_sends_it_once_afterwards(post, channel):
    confirmed(post, ME, channel, PHONE if channel == "sms" else MAIL)
    told(post)
    post.sending_desk.spread()
    broken_off(post, channel, "before")
    assert send(post, channel) == []  # the claim of who crashed holds for a while
    post.clock.skip(timedelta(minutes=4))
    assert send(post, channel) == ["sent"]
    assert len(post.gateway.sent) + len(post.mail.taken) == 1


@pytest.mark.parametrize(("channel", "ended"), [("sms", ["sent"]), ("email", [])])
def test_a_crash_after_it_left_sends_nothing_twice(post, channel, ended):
    confirmed(post, ME, channel, PHONE if channel == "sms" else MAIL)
    told(post)
    post.sending_desk.spread()
    broken_off(post, channel, "after")
    post.clock.skip(timedelta(minutes=4))
    assert send(post, channel) == ended
    assert len(post.gateway.sent) + len(post.mail.taken) == 1
    assert states(post) == ["sent" if ended else "unclear"]


def test_a_key_the_gateway_may_have_forgotten_is_not_used_again(post):
    confirmed(post, ME)
    post.gateway.wrong = {"cut": True}
    told(post)
    assert send(post) == ["not_sent"]
    post.gateway.wrong = {}
    post.gateway.sent.clear()  # as if a day had passed there
    post.clock.skip(timedelta(hours=25))
    assert send(post) == []
    assert states(post) == ["unclear"]
    assert post.gateway.sent == {}


def test_workers_at_once_send_each_message_once(post):
    people = [Holder(f"人{n}", "414", f"P{n:07d}") for n in range(12)]
    in_bulk(post, people)
    for holder in people:
        told(post, holder)
        told(post, holder, occasion="2")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send(post), range(4)))
    send(post)
    assert len(post.gateway.calls) == len(post.gateway.sent) == 12
    assert states(post) == ["sent"] * 24


def test_a_worker_that_was_too_slow_sends_nothing_once_another_took_over(post):
    confirmed(post, ME)
    told(post)
    post.sending_desk.spread()
    slow = post.sending_desk._claimed("sms")
    post.clock.skip(timedelta(minutes=4))
    assert send(post) == ["sent"]
    assert post.sending_desk._sent(post.message_channels["sms"], slow) == "not_sent"
    assert len(post.gateway.calls) == 1


def test_a_clock_that_ran_ahead_and_was_set_right_holds_nothing_up(post):
    confirmed(post, ME)
    post.gateway.wrong = {"status": 503}
    post.clock.skip(5 * DAY)
    told(post)
    assert send(post) == ["not_sent"]
    with post.archive.writing() as books:
        books.messages.claim("sms", post.clock.now() + HOUR)  # held, as by one who crashed
    post.gateway.wrong = {}
    post.clock.skip(-5 * DAY)
    assert send(post) == ["sent"]
    assert len(post.gateway.sent) == 1


def test_a_fault_of_ours_keeps_nobody_else_waiting(post, monkeypatch):
    confirmed(post, ME)
    confirmed(post, resident(ZHOU), "sms", "13900139000")
    told(post)
    told(post, ZHOU)
    real, broken = post.contact_keeper.address, []

    def address(contact):
        if not broken:
            broken.append(contact)
            raise RuntimeError("no such thing was thought of")
        return real(contact)

    monkeypatch.setattr(type(post.contact_keeper), "address", lambda _self, c: address(c))
    post.sending_desk.spread()
    with pytest.raises(RuntimeError):
        post.sending_desk.turn("sms")
    assert send(post) == ["sent"]
    post.clock.skip(timedelta(minutes=2))
    assert send(post) == ["sent"]
    assert len(post.gateway.sent) == 2


# -- the house -----------------------------------------------------------------------------


def test_the_worker_spreads_and_sends(post):
    confirmed(post, ME)
    told(post)
    worker = Worker(post)
    worker.once()
    worker.stop()
    assert len(post.gateway.sent) == 1


def test_in_a_demonstration_what_would_leave_can_be_read_on_the_machine(house):
    assert house.contact_desk.offered == ("email", "sms", "mini_program")
    assert house.contact_desk.add(ME, "sms", PHONE, "zh") == "sent"
    written = (house.settings.data_dir / FOLDER / "sms.jsonl").read_text("utf-8")
    assert written.count("\n") == 1
    assert "+8613800138000" in written
    assert house.named_channels == ()


def test_erasing_somebody_forgets_where_they_were_told_and_the_copy_names_it(post):
    confirmed(post, ME)
    told(post)
    send(post)
    with post.archive.writing() as books:
        lin = books.people.known(LIN)
        (held,) = post.contacts_held(books, lin)
        assert held["address"] == "+8613800138000"
        assert [m["state"] for m in held["messages"]] == ["sent"]
        erase_person(books, post.settings.ledger_origin, lin, post.clock.now())
        assert post.contacts_held(books, lin) == []
    assert states(post) == []
    assert post.contact_desk.mine(ME) == []


def test_addresses_come_under_the_newest_storage_key_and_need_no_older_one(post):
    confirmed(post, ME)
    former = post.safe.newest
    add_storage_key(post.settings.keys_folder, passphrase(post.settings))
    post.__dict__.pop("safe")
    assert post.safe.newest != former
    post.contact_desk.wrap_anew()
    newest = post.safe.newest
    post.__dict__["safe"] = replace(post.safe, keys={newest: post.safe.keys[newest]})
    told(post)
    assert send(post) == ["sent"]
    assert post.gateway.texts[0][0] == "+8613800138000"


def test_an_address_nobody_confirmed_is_forgotten_after_a_day(post):
    post.contact_desk.add(ME, "sms", PHONE, "zh")
    post.clock.skip(DAY + HOUR)
    post.sending_desk.forget()
    assert post.contact_desk.mine(ME) == []


def test_a_slow_mail_server_is_left_after_the_time_that_was_set(post):
    post.mail.down()
    post.mail.drips = True
    post.mail.up()
    post.message_channels["email"] = smtp(post, post.mail, whole_s=0.5)
    assert post.contact_desk.add(ME, "email", MAIL, "zh") == "not_sent"
    assert isinstance(post.clock, MovedClock)
