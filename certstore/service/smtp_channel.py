"""Mail by SMTP (RFC 5321): one message to one address, over a line that is secured or our own.

What matters is the moment at which a mail may have left: the end of its data. Whatever goes wrong
before was surely not sent; what breaks after is unclear, and never sent a second time.
"""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final, Literal, NoReturn

from certstore.clock import Clock
from certstore.errors import MalformedError
from certstore.messages.addresses import parse_address
from certstore.messages.channels import (
    Fault,
    Outgoing,
    RefusedForGoodError,
    TryLaterError,
    UnclearError,
)
from certstore.service.addresses import LOOPBACK_HOSTS

TIME_OUT_S: Final = 15.0  # of each answer
WHOLE_S: Final = 60.0  # of everything, also for a server that drips
_PERMANENT: Final = range(500, 600)
_OF_OURSELVES: Final = frozenset({500, 501, 502, 503, 504, 530, 534, 535, 538})
_GO_ON: Final = 354
_NO_SUCH_MAILBOX: Final = frozenset({550, 551, 553})
_ENHANCED = re.compile(rb"5\.([0-9]{1,3})\.([0-9]{1,3})\b")
_DISABLED, _FULL = (2, 1), (2, 2)
_SENDERS_FAULT: Final = frozenset({(1, 7), (1, 8)})
_OK: Final = range(200, 300)
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpChannel:
    """Sends mail by one server."""

    host: str
    port: int
    sender: str
    clock: Clock
    tls: Literal["starttls", "implicit"] = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    time_out_s: float = TIME_OUT_S
    whole_s: float = WHOLE_S
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @property
    def repeatable(self) -> bool:
        """A mail that goes twice arrives twice."""
        return False

    def send(self, outgoing: Outgoing, leaving: Callable[[], None]) -> str:
        """Send a mail; its Message-ID."""
        name, data = self._written(outgoing)
        with self._line() as line:
            try:
                self._introduced(line)
                code, _ = line.docmd(f"MAIL FROM:<{self.sender}>")
                if code not in _OK:  # it is us whom it refuses, and nobody's address
                    raise TryLaterError(f"the mail server answers {code}", reached=True)
                code, why = line.docmd(f"RCPT TO:<{outgoing.to}>")
                if code not in _OK:
                    _refuse_recipient(code, why)
                code, _ = line.docmd("DATA")
                if code != _GO_ON:
                    _refuse(code, "message")
                leaving()
            except (OSError, smtplib.SMTPException) as error:
                raise TryLaterError("the mail server broke off", reached=True) from error
            self._handed(line, data)
        return name

    def _written(self, outgoing: Outgoing) -> tuple[str, bytes]:
        """The mail as it goes over the line; what cannot be written will never be sent."""
        to = _recipient(outgoing.to)
        name = f"<{outgoing.key}@{self.sender.rpartition('@')[2]}>"
        try:
            return name, self._mail(outgoing, to, name)
        except (ValueError, MessageError) as error:  # the library's: a line break in a header
            raise RefusedForGoodError("the mail cannot be written", "message") from error

    def _mail(self, outgoing: Outgoing, to: Address, name: str) -> bytes:
        """No automatic answer comes back (RFC 3834), and under one key it has one Message-ID."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = self.sender, to, outgoing.subject
        mail["Date"], mail["Message-ID"] = self.clock.now(), name
        mail["Auto-Submitted"], mail["Content-Language"] = "auto-generated", outgoing.lang
        mail.set_content(outgoing.text, cte="base64")
        return _DOT.sub(b"..", mail.as_bytes())

    @contextmanager
    def _line(self) -> Iterator[smtplib.SMTP]:
        """An open line that is cut when the whole takes too long."""
        watch = _Watch(self.whole_s)
        try:
            line = self._opened(watch)
            try:
                yield line
            finally:
                with suppress(OSError, smtplib.SMTPException):
                    line.close()
        finally:
            watch.cancel()

    def _opened(self, watch: "_Watch") -> smtplib.SMTP:
        own, said = self.sender.rpartition("@")[2], {"timeout": self.time_out_s}
        try:
            if self.tls == "implicit":
                return _SecureLine(watch, self.host, self.port, own, context=self.context, **said)
            return _Line(watch, self.host, self.port, own, **said)
        except (OSError, smtplib.SMTPException) as error:
            raise TryLaterError("the mail server does not answer", reached=False) from error

    def _introduced(self, line: smtplib.SMTP) -> None:
        """Say who we are, secure the line, sign in; a line that cannot be secured is not used."""
        line.ehlo_or_helo_if_needed()
        if self.tls == "starttls" and line.has_extn("starttls"):
            line.starttls(context=self.context)
            line.ehlo()
        elif self.tls == "starttls" and self.host not in LOOPBACK_HOSTS:
            raise TryLaterError("the mail server secures no line", reached=False)
        if self.user:
            line.login(self.user, self.password)

    def _handed(self, line: smtplib.SMTP, data: bytes) -> None:
        try:
            line.send(data + b"\r\n.\r\n" if not data.endswith(b"\r\n") else data + b".\r\n")
            code, _ = line.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise UnclearError("the line broke while the mail was handed over") from error
        if code not in _OK:
            _refuse(code, "message")
        with suppress(OSError, smtplib.SMTPException):
            line.quit()


def _recipient(address: str) -> Address:
    """The address as it stands in the header; refused where the header would say another one.

    What is kept was read strictly, by the rules of its day: it is read once more by today's.
    """
    try:
        read, to = parse_address("email", address), Address(addr_spec=address)
    except (MalformedError, ValueError, MessageError) as error:
        raise RefusedForGoodError("there is no such address", "address") from error
    if not read == address == to.addr_spec:
        raise RefusedForGoodError("the header would name another address", "address")
    return to


def _refuse_recipient(code: int, why: bytes) -> NoReturn:
    """Whether the address is at fault: by the enhanced code (RFC 3463), else by the code alone.

    A mailbox that is full takes mail another day; a policy against us says nothing of it.
    """
    found = _ENHANCED.match(why)
    detail = (int(found[1]), int(found[2])) if found else None
    if detail == _FULL:
        raise TryLaterError("the mailbox is full", reached=True)
    if detail is None:
        _refuse(code, "address" if code in _NO_SUCH_MAILBOX else "message")
    of_address = detail[0] == 1 and detail not in _SENDERS_FAULT
    _refuse(code, "address" if of_address or detail == _DISABLED else "message")


def _refuse(code: int, fault: Fault) -> NoReturn:
    """What an answer other than yes means (RFC 5321, 4.2.1): for good, or later."""
    if code in _PERMANENT and code not in _OF_OURSELVES:
        raise RefusedForGoodError(f"the mail server refuses with {code}", fault)
    raise TryLaterError(f"the mail server answers {code}", reached=True)


class _Watch:
    """Ends a line that takes too long: whoever reads from it finds it closed."""

    def __init__(self, seconds: float) -> None:
        """The time begins now."""
        self._line: smtplib.SMTP | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def over(self, line: smtplib.SMTP) -> None:
        """Watch over this line; it need not be open yet."""
        self._line = line

    def cancel(self) -> None:
        """It ended in time."""
        self._timer.cancel()

    def _cut(self) -> None:
        opened = self._line.sock if self._line is not None else None
        if opened is not None:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


class _Line(smtplib.SMTP):
    """Watched from the first greeting on, which the library reads as it connects."""

    def __init__(self, watch: _Watch, *said: Any, **more: Any) -> None:  # noqa: ANN401 - the library's
        watch.over(self)
        super().__init__(*said, **more)


class _SecureLine(smtplib.SMTP_SSL):
    """The same, secured before the first word."""

    def __init__(self, watch: _Watch, *said: Any, **more: Any) -> None:  # noqa: ANN401 - the library's
        watch.over(self)
        super().__init__(*said, **more)
