"""People who are told outside the inbox, by real channels to servers of the tests' own."""

import re
from contextlib import contextmanager

from certstore.callers import Resident
from certstore.messages.groups import GROUPS
from certstore.service.gateway_channel import GatewayChannel
from certstore.service.smtp_channel import SmtpChannel
from tests import gateways
from tests.gateways import SECRET, Gateway
from tests.mail_server import MailServer
from tests.sealed import LIN

PHONE, MAIL = "13800138000", "lin@example.com"


@contextmanager
def connected(house, *, patience=5.0):
    """The house with a gateway for short messages and a mail server, both ours."""
    gateway, mail = Gateway(house.clock), MailServer().up()
    with gateways.serving(gateway) as url:
        sms = GatewayChannel(url, SECRET, house.clock, patience)
        house.__dict__["message_channels"] = {
            "sms": sms,
            "email": smtp(house, mail),
        }
        house.__dict__["message_secrets"] = {"sms": SECRET}
        house.__dict__.pop("report_desk", None)  # made at the start, with other secrets
        house.gateway, house.mail = gateway, mail
        yield house
        sms.close()
        mail.down()


def smtp(house, server, **changes):
    """A channel to this mail server."""
    said = {"host": server.host, "port": server.port, "time_out_s": 5.0, "whole_s": 10.0}
    return SmtpChannel(sender="notice@certs.example", clock=house.clock, **{**said, **changes})


def code_in(house, channel):
    """The last code that was sent there."""
    if channel == "sms":
        text = list(house.gateway.sent.values())[-1]["text"]
    else:
        text = house.mail.mails()[-1].get_content()
    return re.search(r"(?<![0-9])[0-9]{6}(?![0-9])", text)[0]


def confirmed(house, me, channel="sms", address=PHONE, lang="zh"):
    """A contact of somebody's, confirmed by the code; what was sent for it is forgotten."""
    assert house.contact_desk.add(me, channel, address, lang) == "sent"
    code = code_in(house, channel)
    assert house.contact_desk.confirm(me, channel, code) == "confirmed"
    house.gateway.sent.clear()
    house.gateway.calls.clear()
    house.mail.taken.clear()
    house.mail.commands.clear()


def in_bulk(house, holders, lang="zh"):
    """Confirmed contacts by text message of many people, past the codes."""
    now = house.clock.now()
    with house.archive.writing() as books:
        for number, holder in enumerate(holders):
            ref = f"contact{number:013d}"
            sealed = house.contact_keeper.seal(ref, f"+86139{number:08d}", "000000")
            person = books.people.known(holder).id
            books.contacts.add(
                ref=ref, person_id=person, channel="sms", lang=lang, groups=list(GROUPS),
                switched_on=True, made_at=now, key_id=sealed.key_id,
                wrapped_key=sealed.wrapped_key, address=sealed.address,
            )  # fmt: skip
            (contact,) = books.contacts.of(person)
            books.contacts.change(contact.id, confirmed_at=now)


def told(house, holder=LIN, kind="certificate_ready", occasion="1", **facts):
    """A notice in somebody's inbox."""
    said = {"matter": "residence_registration", "application_ref": "r" * 20, **facts}
    with house.archive.writing() as books:
        person = books.people.known(holder).id
        books.inbox.add(person, kind, f"{occasion}:{person}", said, house.clock.now())


def send(house, channel="sms", most=50):
    """Spread, and send what may go: how each turn ended."""
    house.sending_desk.spread()
    ended = []
    while len(ended) < most and (turn := house.sending_desk.turn(channel)) != "nothing":
        ended.append(turn)
        if turn == "down":
            break
    return ended


def states(house):
    """The states of all messages, in order."""
    with house.archive.reading() as books:
        query = "SELECT state FROM messages ORDER BY id"
        return [row[0] for row in books.connection.exec_driver_sql(query)]


def inbox(house, me: Resident):
    """The kinds of somebody's notices, newest first."""
    return [notice.kind for notice in house.holdings_desk.notices(me)]
