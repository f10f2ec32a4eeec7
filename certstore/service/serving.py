"""Runs the web application: in the foreground, or in a thread beside the demonstration."""

import gc
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from certstore.errors import UnavailableError
from certstore.service.app import create_app
from certstore.service.wiring import House

_START_S = 30
_OBJECTS_OF_A_BATCH = 10_000


def serve(house: House, host: str, port: int) -> None:
    """Serve until interrupted."""
    config = configuration(house, host, port)
    leave_alone()
    uvicorn.Server(config).run()


def leave_alone() -> None:
    """Have the collector of garbage pass over what was built and stays.

    It would look at all of it again and again, for a tenth of a second each time. Nor does it look
    in the middle of a batch of pulls, whose objects all live until its end.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_OF_A_BATCH, *gc.get_threshold()[1:])


def configuration(house: House, host: str, port: int) -> uvicorn.Config:
    """How one worker serves the application."""
    return uvicorn.Config(create_app(house), host=host, port=port, **uvicorn_options())


def uvicorn_options() -> dict[str, Any]:
    """What holds for every server of ours."""
    return {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,  # the doorkeeper reads them, from the proxies the settings name
    }


@contextmanager
def serving(house: House, host: str, port: int) -> Iterator[None]:
    """Serve in the background while the block runs."""
    config = configuration(house, host, port)
    server = uvicorn.Server(config)
    listening = _listen(host, port)
    thread = threading.Thread(target=server.run, args=([listening],), name="web", daemon=True)
    thread.start()
    try:
        _wait(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=15)
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    # TCP by name: asyncio sends small answers at once (TCP_NODELAY) on sockets that say so only,
    # and an answer that waits for the visitor's acknowledgement comes 40 ms late.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise UnavailableError(
            f"port {port} on {host} is taken",
            where=f"{host}:{port}",
            remedy="stop what uses it, or give another with --port",
        ) from error
    return found


def free_port() -> int:
    """A port nobody uses just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    pause = threading.Event()
    for _ in range(_START_S * 50):
        if server.started:
            return
        if not thread.is_alive():
            break
        pause.wait(0.02)
    raise UnavailableError("the web server did not start", remedy="see the lines above")
