"""The servers the tests start are real, answer, and are gone afterwards."""

import socket
from urllib.parse import urlsplit

import pytest
import sqlalchemy

from tests.servers import free_ports, nats, postgres, s3

pytestmark = pytest.mark.servers


def test_each_call_gives_a_fresh_database_on_one_real_postgresql():
    with postgres() as one, postgres() as two:
        assert one != two
        for url in (one, two):
            engine = sqlalchemy.create_engine(url)
            with engine.begin() as connection:
                connection.execute(sqlalchemy.text("create table mine (id integer)"))
                version = connection.execute(sqlalchemy.text("select version()")).scalar_one()
            engine.dispose()
            assert version.startswith("PostgreSQL 1")
    engine = sqlalchemy.create_engine(one)
    with pytest.raises(sqlalchemy.exc.OperationalError):
        engine.connect()
    engine.dispose()


@pytest.mark.parametrize("start", [s3, nats])
def test_a_server_listens_on_loopback_and_is_gone_afterwards_even_if_the_test_fails(start):
    seen = {}

    def a_failing_test():
        with start() as server:
            seen["port"] = urlsplit(getattr(server, "endpoint", None) or server.url).port
            seen["log"] = server.process.log
            socket.create_connection(("127.0.0.1", seen["port"]), 5).close()
            raise KeyError("the test failed")

    with pytest.raises(KeyError):
        a_failing_test()
    with pytest.raises(OSError):  # noqa: PT011 - which error a closed port gives is the system's
        socket.create_connection(("127.0.0.1", seen["port"]), 5)
    assert seen["log"].exists()


def test_free_ports_are_different_ports():
    assert len(set(free_ports(20))) == 20
