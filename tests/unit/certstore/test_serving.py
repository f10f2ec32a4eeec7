"""The socket the demonstration listens on: small answers leave at once."""

import socket

from certstore.service.serving import _listen


def test_it_says_that_it_speaks_tcp_so_that_no_answer_waits_for_an_acknowledgement():
    """asyncio sets TCP_NODELAY on accepted sockets only where the listening one names TCP."""
    with _listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
