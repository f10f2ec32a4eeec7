"""Uploads over real connections that are cut, doubled and resumed, against a real server."""

import hashlib
import http.client
import json
import socket
import struct
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest

from certstore.callers import Officer, caller_as_json
from certstore.chance import token
from certstore.clock import SystemClock
from certstore.service.serving import free_port, serving
from certstore.tables.sessions import SessionRow
from issuance.upload import LARGEST_APPEND, PIECE, UploadState
from tests.house import house_in
from tests.integration.test_issuing import at_once
from tests.residents import resident, settle
from tests.unit.issuance.uploading import LIN, PAPER, asked, document, good
from tests.unit.verifiers.materials.hostile_files import heic

CSRF = "token-of-this-session"
PARTIAL = "application/partial-upload"


class Client:
    """Somebody's script: speaks HTTP over sockets of its own, and may cut them."""

    def __init__(self, house, port, caller) -> None:
        self.port, self.secret, now = port, token(), house.clock.now()
        row = SessionRow(caller_as_json(caller), CSRF, now, now.replace(year=now.year + 1))
        with house.archive.writing() as books:
            books.sessions.open(self.secret, row)

    def headers(self, **more):
        return {
            "Host": f"127.0.0.1:{self.port}",
            "Origin": f"http://127.0.0.1:{self.port}",
            "Cookie": f"session={self.secret}",
            "X-CSRF-Token": CSRF,
            "Accept": "application/json",
            **more,
        }

    def ask(self, method, path, body=None, **headers):
        """One whole request; (status, headers, body as JSON or None)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection):
            connection.request(method, path, body, self.headers(**headers))
            answer = connection.getresponse()
            data = answer.read()
        said = json.loads(data) if data and "json" in answer.headers["content-type"] else None
        return answer.status, answer.headers, said

    def begin(self, ref, data, **headers):
        """Begin an upload; its path."""
        path = f"/v1/applications/{ref}/materials/dwelling/uploads?document={PAPER}"
        length = {"Upload-Length": str(len(data)), "Upload-Complete": "?0"}
        status, answered, _ = self.ask("POST", path, **{**length, **headers})
        assert status == 201
        assert answered["Upload-Offset"] == "0"
        return answered["Location"]

    def offset(self, path):
        status, headers, _ = self.ask("HEAD", path)
        assert status == 204
        return int(headers["Upload-Offset"])

    def send(self, path, offset, body):
        told = {"Content-Type": PARTIAL, "Upload-Offset": str(offset)}
        return self.ask("PATCH", path, body, **told)

    @contextmanager
    def sending(self, path, offset, body, announced, *, hard=False):
        """Announce so many bytes and send fewer; gone at the end of the block.

        `hard` as when a network is lost: the other side sees a reset, and no end.
        """
        told = {"Content-Type": PARTIAL, "Upload-Offset": str(offset)}
        told = self.headers(**told, **{"Content-Length": str(announced)})
        lines = [f"PATCH {path} HTTP/1.1", *(f"{n}: {v}" for n, v in told.items()), "", ""]
        with socket.create_connection(("127.0.0.1", self.port), 30) as connection:
            connection.sendall("\r\n".join(lines).encode() + body)
            yield connection
            if hard:
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def resume(self, path, data):
        """Go on as our page does: ask for the offset, send, and heed a better one."""
        offset = self.offset(path)
        for _ in range(50):
            status, headers, said = self.send(path, offset, data[offset:])
            if status == 200:
                return said
            assert status == 409
            offset = int(headers["Upload-Offset"])
        raise AssertionError("it never came to an end")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    port = free_port()
    folder = tmp_path_factory.mktemp("resumable")
    house = house_in(folder, clock=SystemClock(), public_url=f"http://127.0.0.1:{port}")
    settle(house)
    with serving(house, "127.0.0.1", port):
        yield house, port
    house.close()
    assert not any(t.name == "web" for t in threading.enumerate())


@pytest.fixture
def lin(served):
    return Client(*served, LIN)


@pytest.fixture(scope="module")
def draft(served):
    return asked(served[0])


@pytest.fixture
def ref(served, draft):
    """One draft for all tests, with nothing handed in: only so many may be begun."""
    yield draft.ref
    desk = served[0].upload_desk
    for upload in desk.asked(LIN, draft.ref, "dwelling").uploads:
        desk.drop(LIN, upload.ref)


def large() -> bytes:
    """A good picture with as much behind its end as telephones append, two and a half pieces."""
    film = struct.pack(">I", 24) + b"ftypmp42" + b"\x00" * 12
    tail = film + bytes(range(256)) * ((5 * PIECE // 2 - len(good())) // 256)
    return good() + tail


def waited_for(lin, path, least):
    """The offset once the server has noticed the cut: each question takes a round trip."""
    for _ in range(2000):
        offset = lin.offset(path)
        if offset >= least:
            return offset
    raise AssertionError(f"still at {offset}, not {least}")


def test_an_upload_that_was_cut_goes_on_where_it_stopped(lin, ref):
    data = large()
    digest = b64encode(hashlib.sha256(data).digest()).decode()
    path = lin.begin(ref, data, **{"Repr-Digest": f"sha-256=:{digest}:"})
    for offset in (0, PIECE):
        with lin.sending(path, offset, data[offset : offset + PIECE + 1000], len(data) - offset):
            waited_for(lin, path, offset + PIECE)
        assert offset + PIECE <= lin.offset(path) <= offset + PIECE + 1000
        if lin.offset(path) != offset + PIECE:  # the beginning of the next piece came along
            break
    said = lin.resume(path, data)
    assert (said["state"], said["pages"], said["reasons"]) == ("kept", 1, [])
    assert said["received"] == len(data)


def test_a_network_that_is_lost_costs_what_was_not_read_and_nothing_else(lin, ref):
    data = large()
    path = lin.begin(ref, data)
    for _ in range(4):
        offset = lin.offset(path)
        with lin.sending(path, offset, data[offset : offset + PIECE // 3], len(data), hard=True):
            pass
    said = lin.resume(path, data)
    assert (said["state"], said["received"]) == ("kept", len(data))


def test_an_answer_that_was_lost_is_given_again(lin, ref):
    data = document()
    path = lin.begin(ref, data)
    first = lin.send(path, 0, data)
    again = lin.send(path, len(data), b"")
    assert (first[0], again[0]) == (200, 200)
    assert first[2] == again[2] == lin.ask("GET", path)[2]


def test_all_bytes_there_and_the_connection_gone_before_the_verdict(served, lin, ref):
    house, _ = served
    upload = house.upload_desk.progress(LIN, lin.begin(ref, good()).rpartition("/")[2])
    house.upload_desk.append(LIN, upload.ref, 0, good())
    path = f"/v1/uploads/{upload.ref}"
    status, headers, _ = lin.ask("HEAD", path)
    assert (headers["Upload-Complete"], headers["Upload-Offset"]) == ("?0", str(len(good())))
    status, _, said = lin.send(path, len(good()), b"")
    assert (status, said["state"]) == (200, "kept")


@pytest.mark.parametrize("wrong", [1, 999, 10**9])
def test_another_offset_is_answered_with_the_right_one(lin, ref, wrong):
    path = lin.begin(ref, good())
    assert lin.send(path, 0, good()[:1000])[0] == 204
    status, headers, said = lin.send(path, wrong, b"more")
    assert (status, headers["Upload-Offset"]) == (409, "1000")
    assert said["type"].endswith("#mismatching-upload-offset")
    assert (said["expected-offset"], said["provided-offset"]) == (1000, wrong)


def test_of_two_that_send_at_once_one_wins_and_the_file_is_whole(lin, ref):
    data = large()
    path = lin.begin(ref, data)
    sent = at_once(lambda _: lin.send(path, 0, data), hands=4)
    statuses = sorted(answer[0] for answer in sent)
    assert statuses.count(200) >= 1  # the winner, or whoever asked when it was complete
    assert set(statuses) <= {200, 409}
    final = lin.ask("GET", path)[2]
    assert (final["state"], final["received"]) == ("kept", len(data))


def test_a_connection_thought_dead_cannot_spoil_the_one_that_took_over(lin, ref):
    data = large()
    path = lin.begin(ref, data)
    with lin.sending(path, 0, data[:PIECE], len(data)) as old:
        waited_for(lin, path, PIECE)
        status, _, said = lin.send(path, PIECE, data[PIECE:])  # a new connection takes over
        assert (status, said["state"]) == (200, "kept")
        old.sendall(data[PIECE : 2 * PIECE])
        assert old.recv(4096).startswith(b"HTTP/1.1 409")
    assert lin.ask("GET", path)[2]["received"] == len(data)


def test_a_request_carries_so_much_and_no_more(lin, ref):
    data = b"\xff" * (LARGEST_APPEND + 3 * PIECE)
    path = lin.begin(ref, data)
    assert lin.send(path, 0, data)[0] == 413
    offset = lin.offset(path)
    assert LARGEST_APPEND - PIECE <= offset <= LARGEST_APPEND + PIECE
    status, _, said = lin.send(path, offset, data[offset:])
    assert (status, said["state"], said["reasons"]) == (200, "refused", ["FILE_UNKNOWN"])


def test_more_than_was_announced_is_refused(lin, ref):
    path = lin.begin(ref, good())
    assert lin.send(path, 0, good() + b"x")[0] == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "1e3"}, 400),
        ({"Upload-Length": "0"}, 400),
        ({"Upload-Length": "10000001"}, 413),
        ({"Upload-Length": "99999999999999999999999"}, 422),
    ],
)
def test_a_length_that_is_none_begins_nothing(lin, ref, headers, status):
    path = f"/v1/applications/{ref}/materials/dwelling/uploads?document={PAPER}"
    assert lin.ask("POST", path, **headers)[0] == status


def test_a_request_without_token_or_from_elsewhere_is_refused(lin, ref):
    path = lin.begin(ref, good())
    for wrong in (
        {"X-CSRF-Token": "another"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        told = {"Content-Type": PARTIAL, "Upload-Offset": "0", **wrong}
        assert lin.ask("PATCH", path, b"x", **told)[0] == 403
        assert lin.ask("DELETE", path, **wrong)[0] == 403
        assert lin.ask("POST", f"{path}/accept", **wrong)[0] == 403
        begin = f"/v1/applications/{ref}/materials/dwelling/uploads?document={PAPER}"
        assert lin.ask("POST", begin, **{"Upload-Length": "10", **wrong})[0] == 403
    assert lin.offset(path) == 0


def test_another_person_an_officer_and_nobody_get_nothing(served, lin, ref):
    path = lin.begin(ref, good())
    chen = Client(*served, resident("chen_yiming"))
    officer = Client(*served, Officer("高民警", "1047", "梧桐派出所"))
    for method in ("HEAD", "GET", "DELETE"):
        assert chen.ask(method, path)[0] == chen.ask(method, "/v1/uploads/" + "2" * 20)[0] == 404
        assert officer.ask(method, path)[0] == 403
        assert lin.ask(method, path, Cookie="session=none")[0] == 401
    assert chen.send(path, 0, b"x")[0] == 404
    begin = f"/v1/applications/{ref}/materials/dwelling/uploads?document={PAPER}"
    assert chen.ask("POST", begin, **{"Upload-Length": "10"})[0] == 404
    assert lin.offset(path) == 0


def test_a_refusal_and_an_advice_come_as_codes_and_accepting_as_a_request(served, lin, ref):
    path = lin.begin(ref, heic())
    assert lin.send(path, 0, heic())[2]["reasons"] == ["FILE_HEIC"]
    from tests.unit.issuance.uploading import glaring  # noqa: PLC0415 - slow to draw

    path = lin.begin(ref, glaring())
    said = lin.send(path, 0, glaring())[2]
    assert (said["state"], said["advice"]) == ("doubtful", ["GLARE"])
    status, _, accepted = lin.ask("POST", f"{path}/accept")
    assert (status, accepted["state"]) == (200, "kept")
    assert lin.ask("DELETE", path)[0] == 204
    assert lin.ask("HEAD", path)[0] == 404


def test_bytes_of_another_media_type_are_refused(lin, ref):
    path = lin.begin(ref, good())
    told = {"Content-Type": "application/octet-stream", "Upload-Offset": "0"}
    assert lin.ask("PATCH", path, b"x", **told)[0] == 400
    assert lin.ask("PATCH", path, b"x", **{"Content-Type": PARTIAL})[0] == 400


def test_ten_people_upload_at_once_and_everybody_gets_their_own(served):
    house, port = served
    people = ["wang_yan", "zhang_hong", "li_yan", "shen_xiaozhou"]

    def hand_in(key):
        ref = asked(house, key).ref
        client = Client(house, port, resident(key))
        path = client.begin(ref, good())
        half = len(good()) // 2
        with client.sending(path, 0, good()[:half], len(good())):
            pass
        said = client.resume(path, good())
        return said["state"], house.upload_desk.progress(resident(key), said["ref"]).sha256

    with ThreadPoolExecutor(len(people)) as pool:
        found = list(pool.map(hand_in, people))
    assert found == [(UploadState.KEPT, hashlib.sha256(good()).hexdigest())] * len(people)
