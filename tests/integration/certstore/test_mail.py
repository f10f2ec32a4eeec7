"""Mail over a real line: what was surely not sent, what may have been, and what never will be."""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from certstore.clock import MovedClock
from certstore.messages.channels import (
    Outgoing,
    RefusedForGoodError,
    TryLaterError,
    UnclearError,
)
from certstore.service.smtp_channel import SmtpChannel
from tests.house import TODAY
from tests.mail_server import MailServer

MESSAGE = Outgoing(
    key="k7m2x9qd4wzr5t8vbn3c",
    to="lin@example.com",
    lang="zh",
    subject="居住证办事：有新消息",
    text="办好了\n.\n..两点\n" + "很长的一行" * 300,
)


@pytest.fixture
def server():
    opened = MailServer().up()
    yield opened
    opened.down()


def channel(server, **changes):
    said = {"host": server.host, "port": server.port, "time_out_s": 3.0, "whole_s": 6.0}
    return SmtpChannel(
        sender="notice@certs.example", clock=MovedClock(TODAY), **{**said, **changes}
    )


class Leaving:
    """Counts how often something was about to leave."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1


def sent(server, message=MESSAGE, **changes):
    """Whether it had been about to leave when this error came."""
    leaving = Leaving()
    channel(server, **changes).send(message, leaving)
    return leaving.times


def test_a_mail_arrives_whole_and_says_that_nobody_need_answer(server):
    assert sent(server) == 1
    (mail,) = server.mails()
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == MESSAGE.text
    assert mail["Subject"] == MESSAGE.subject
    assert (mail["To"], mail["From"]) == (MESSAGE.to, "notice@certs.example")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{MESSAGE.key}@certs.example>"
    assert mail["Date"].datetime.replace(microsecond=0) == TODAY
    assert server.taken[0][0] == MESSAGE.to
    assert max(len(line) for line in server.taken[0][1].splitlines()) < 200


@pytest.mark.parametrize("hostile", ["有新消息\r\nBcc: zhou@example.com", "a\nb", "a\rb"])
def test_no_header_can_be_slipped_in(server, hostile):
    message = Outgoing(key="k" * 20, to=MESSAGE.to, lang="zh", subject=hostile, text="x")
    with pytest.raises(RefusedForGoodError) as refused:
        channel(server).send(message, Leaving())
    assert refused.value.fault == "message"
    assert (server.taken, server.commands) == ([], [])


@pytest.mark.parametrize(
    "kept",
    [
        "=?utf-8?q??=@evil.example",
        "=?utf-8?q?a=0D=0ABcc=3Ax?=@evil.example",
        "=?utf-8?q?victim=40bank.example=2C?=@evil.example",
        "=?nosuch?q?a?=@evil.example",
        "lin@example.com, zhou@example.com",
        "lin@example.com>\r\nRCPT TO:<zhou@example.com",
        "lin\x00@example.com",
        "lin@EXAMPLE.com",
        "",
    ],
)
def test_an_address_that_was_kept_by_older_rules_is_refused_before_anybody_is_asked(server, kept):
    leaving = Leaving()
    with pytest.raises(RefusedForGoodError) as refused:
        channel(server).send(replace(MESSAGE, to=kept), leaving)
    assert refused.value.fault == "address"
    assert (leaving.times, server.commands) == (0, [])


@pytest.mark.parametrize(
    ("answers", "error", "said"),
    [
        ({"RCPT": b"550 no such user\r\n"}, RefusedForGoodError, "address"),
        ({"RCPT": b"550 5.1.1 unknown\r\n"}, RefusedForGoodError, "address"),
        ({"RCPT": b"550 5.2.1 disabled\r\n"}, RefusedForGoodError, "address"),
        ({"RCPT": b"554 5.7.1 we do not like you\r\n"}, RefusedForGoodError, "message"),
        ({"RCPT": b"550 5.7.1 relay denied\r\n"}, RefusedForGoodError, "message"),
        ({"RCPT": b"550 5.1.8 bad sender\r\n"}, RefusedForGoodError, "message"),
        ({"RCPT": b"552 5.2.2 mailbox full\r\n"}, TryLaterError, True),
        ({"RCPT": b"450 4.2.1 greylisted\r\n"}, TryLaterError, True),
        ({"MAIL": b"553 sender unknown\r\n"}, TryLaterError, True),
        ({"MAIL": b"451 later\r\n"}, TryLaterError, True),
        ({"DATA": b"554 no\r\n"}, RefusedForGoodError, "message"),
        ({"DATA": b"452 no room\r\n"}, TryLaterError, True),
        ({".": b"554 spam\r\n"}, RefusedForGoodError, "message"),
        ({".": b"451 try again\r\n"}, TryLaterError, True),
        ({"connect": b"554 go away\r\n"}, TryLaterError, False),
        ({"connect": b"\x00\xff\r\n"}, TryLaterError, False),
    ],
)
def test_what_a_server_answers_is_read_as_the_standard_means_it(server, answers, error, said):
    server.answers = answers
    with pytest.raises(error) as raised:
        sent(server)
    known = getattr(raised.value, "fault", None) or getattr(raised.value, "reached", None)
    assert known == said
    assert server.taken == []


@pytest.mark.parametrize("drop", ["ehlo", "mail", "rcpt", "data"])
def test_a_line_that_breaks_before_the_mail_was_handed_over_sent_nothing(server, drop):
    server.drop = drop
    with pytest.raises(TryLaterError):
        sent(server)
    assert server.taken == []


@pytest.mark.parametrize(("drop", "taken"), [("middle", 0), ("end", 1)])
def test_a_line_that_breaks_afterwards_leaves_it_unclear(server, drop, taken):
    server.drop, leaving = drop, Leaving()
    with pytest.raises(UnclearError):
        channel(server).send(MESSAGE, leaving)
    assert (leaving.times, len(server.taken)) == (1, taken)


def test_a_server_that_is_dead_or_drips_is_left_in_time(server):
    server.drips = True
    with pytest.raises(TryLaterError):
        sent(server, whole_s=0.4)
    server.down()
    with pytest.raises(TryLaterError) as raised:
        sent(server)
    assert raised.value.reached is False


def test_a_line_that_cannot_be_secured_is_not_used_beyond_this_machine():
    server = MailServer(host="127.0.0.2").up()
    with pytest.raises(TryLaterError):
        sent(server, user="u", password="secret")
    server.down()
    assert not any(word.startswith(("AUTH", "MAIL")) for word in server.commands)


def _pair(name, folder):
    """A key and a certificate it signed itself, for this name."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)  # noqa: TID251 - TLS goes by the machine's clock
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "pair.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(plain + made.public_bytes(Encoding.PEM))
    return file


@pytest.mark.parametrize(("name", "arrives"), [("localhost", True), ("another.example", False)])
def test_a_secured_line_is_the_named_servers_and_no_others(server, tmp_path, name, arrives):
    pair = _pair(name, tmp_path)
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(pair)
    server.offers_tls = True
    trusting = ssl.create_default_context(cafile=pair)
    if arrives:
        assert sent(server, host="localhost", context=trusting) == 1
        assert "STARTTLS" in server.commands
        return
    with pytest.raises(TryLaterError):
        sent(server, host="localhost", context=trusting)
    assert server.taken == []
