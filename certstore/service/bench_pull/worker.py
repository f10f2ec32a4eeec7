"""The asked sides of the benchmark, each a process of its own: the real worker, and a bare one."""

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import orjson
import psycopg
import uvicorn
from starlette.types import Receive, Scope, Send

from certstore.errors import UnavailableError
from certstore.service.serving import configuration, leave_alone, uvicorn_options
from certstore.service.settings import Settings
from certstore.service.wiring import House

_START_S = 60


class Asked:
    """A process that answers at a port, and says how much CPU time it has used."""

    def __init__(self, line: Connection) -> None:
        """Talk over this line."""
        self._line = line

    def cpu_seconds(self) -> float:
        """CPU time of the process so far, user and system."""
        self._line.send("cpu")
        if not self._line.poll(_START_S):
            raise UnavailableError("the worker of the benchmark does not answer")
        return float(self._line.recv())


@contextmanager
def worker(settings: dict[str, Any], port: int, *, bare: bool) -> Iterator[Asked]:
    """Run one while the block runs: the real application, or a bare pull without any check."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    target = _serve_bare if bare else _serve
    process = context.Process(target=target, args=(settings, port, there), daemon=True)
    process.start()
    try:
        if not here.poll(_START_S):
            raise UnavailableError("a worker of the benchmark did not start")
        here.recv()
        yield Asked(here)
    finally:
        here.close()
        process.join(timeout=10)
        if process.is_alive():
            process.terminate()


def _serve(settings: dict[str, Any], port: int, line: Connection) -> None:
    house = House(Settings(**settings))
    house.prepare()
    config = configuration(house, "127.0.0.1", port)
    leave_alone()
    _run(uvicorn.Server(config), line)


def _serve_bare(settings: dict[str, Any], port: int, line: Connection) -> None:
    config = uvicorn.Config(
        BarePull(Settings(**settings).database), host="127.0.0.1", port=port, **uvicorn_options()
    )
    _run(uvicorn.Server(config), line)


def _run(server: uvicorn.Server, line: Connection) -> None:
    """Serve until the line is closed; answer each question on it with the CPU time."""

    def answer() -> None:
        while not server.started:
            time.sleep(0.02)
        line.send("ready")
        try:
            while line.recv():
                line.send(time.process_time())
        except EOFError:
            server.should_exit = True

    threading.Thread(target=answer, daemon=True).start()
    server.run()


class BarePull:
    """The least a pull can be: the body read, one row looked up by the bare driver, three fields.

    No token, no proof, no grant, no record.
    """

    def __init__(self, database: str) -> None:
        """Look rows up in this database."""
        self._find = _sqlite(database) if database.startswith("sqlite") else _postgres(database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        wanted = orjson.loads(body)["fields"]
        fields = self._find(scope["path"][17:37])
        said = orjson.dumps({"fields": {name: fields[name] for name in wanted}})
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(said)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})


def _sqlite(database: str) -> Any:  # noqa: ANN401 - a function from a reference to its fields
    connection = sqlite3.connect(
        database.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
    )
    query = "SELECT fields FROM certificates WHERE ref = ?"
    return lambda ref: orjson.loads(connection.execute(query, (ref,)).fetchone()[0])


def _postgres(database: str) -> Any:  # noqa: ANN401 - as above
    connection = psycopg.connect(
        database.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
    )
    query = "SELECT fields FROM certificates WHERE ref = %s"

    def find(ref: str) -> dict[str, str]:
        row = connection.execute(query, (ref,)).fetchone()
        return dict(row[0]) if row else {}

    return find
