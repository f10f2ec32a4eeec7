"""A mail server for tests: real sockets on loopback, honest, hostile or dead as it is told."""

import email
import email.policy
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from tests.servers import free_ports


@dataclass
class MailServer:
    """Speaks SMTP; `answers` are said in place of its own, by command, `drop` is where it hangs up.

    `drop` is a command, "middle" (of its data) or "end" (after its end, without an answer).
    """

    host: str = "127.0.0.1"
    port: int = field(default_factory=lambda: free_ports(1)[0])
    answers: dict = field(default_factory=dict)
    drop: str = ""
    tls: object = None
    offers_tls: bool = False
    drips: bool = False
    commands: list = field(default_factory=list)
    taken: list = field(default_factory=list)  # (recipient, raw data)
    _listening: socket.socket | None = None

    def up(self):
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listening.bind((self.host, self.port))
        self._listening.listen(64)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()
        return self

    def down(self):
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None

    def mails(self):
        """What was taken, as a reader of mail parses it."""
        parse = email.message_from_bytes
        return [parse(raw, policy=email.policy.default) for _, raw in self.taken]

    def _accept(self, listening):
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with suppress(OSError, ValueError), connection:
            self._talk(connection)

    def _talk(self, connection):
        if self.drips:
            gone = threading.Event()
            while not gone.wait(0.05):
                connection.sendall(b"2")
        connection.sendall(self.answers.get("connect", b"220 mail.example ready\r\n"))
        self._converse(connection)

    def _converse(self, connection):
        reader, recipient = connection.makefile("rb"), ""
        while line := reader.readline():
            command = line.strip().decode("latin-1")
            self.commands.append(command)
            word = command.partition(" ")[0].upper().partition(":")[0]
            if self.drop == word.lower():
                return
            if word == "STARTTLS":
                connection.sendall(b"220 go\r\n")
                reader.close()
                with self.tls.wrap_socket(connection, server_side=True) as secured:
                    self._converse(secured)
                return
            if word == "RCPT":
                recipient = command.partition("<")[2].partition(">")[0]
            if word == "DATA" and "DATA" not in self.answers:
                connection.sendall(b"354 go on\r\n")
                raw = self._data(reader)
                if raw is None:
                    return
                if "." not in self.answers:
                    self.taken.append((recipient, raw))
                if self.drop == "end":
                    return
                connection.sendall(self.answers.get(".", b"250 taken\r\n"))
                continue
            usual = b"250-mail.example\r\n250 STARTTLS\r\n" if self.offers_tls else b"250 OK\r\n"
            connection.sendall(self.answers.get(word, usual if word == "EHLO" else b"250 OK\r\n"))
            if word == "QUIT":
                return

    def _data(self, reader):
        lines = []
        for line in reader:
            if self.drop == "middle":
                return None
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b".") if line.startswith(b".") else line)
        return None
