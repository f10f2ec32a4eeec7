"""What a stranger hands to the witness, and the list of logs: each refused for its own reason."""

import itertools

import pytest

from certstore.errors import MalformedError
from certstore.signed_note import Note
from certstore.witness import Submission, read_logs
from tests.witnesses import Key, b64, log, witness

OURS = log(size=5)
BODY = OURS.body()
SOUND = OURS.submission(2)
SIGNED = OURS.key.signs(BODY)


def with_note(note):
    return f"old 0\n\n{note}".encode()


def with_body(body):
    return with_note(f"{body}\n{OURS.key.signs(body)}")


def test_a_submission_is_read_as_it_was_written():
    read = Submission.parse(SOUND)
    assert (read.old, len(read.proof), read.checkpoint.size) == (2, 2, 5)
    assert read.written() == SOUND


HOSTILE = {
    "nothing": (b"", "no empty line"),
    "one line": (b"old 0\n", "no empty line"),
    "no checkpoint": (b"old 0\n\n", "without signatures"),
    "too long": (b"old 0\n\n" + b"x" * 70_000, "at most 65536 bytes"),
    "no text": (b"\xff" + SOUND, "not UTF-8"),
    "no old": (SOUND.replace(b"old 2", b"size 2"), "begins with `old`"),
    "old with zeroes": (SOUND.replace(b"old 2", b"old 02"), "begins with `old`"),
    "old below zero": (SOUND.replace(b"old 2", b"old -2"), "begins with `old`"),
    "old with a sign": (SOUND.replace(b"old 2", b"old +2"), "begins with `old`"),
    "old full width": (SOUND.replace(b"old 2", "old \uff12".encode()), "begins with `old`"),
    "old of 20 figures": (SOUND.replace(b"old 2", b"old " + b"9" * 20), "begins with `old`"),
    "old with a tab": (SOUND.replace(b"old 2", b"old\t2"), "begins with `old`"),
    "old with a return": (SOUND.replace(b"old 2\n", b"old 2\r\n"), "begins with `old`"),
    "64 lines of proof": (
        b"old 2\n" + f"{b64(bytes(32))}\n".encode() * 64 + b"\n" + OURS.note().encode(),
        "at most 63 lines",
    ),
    "a short hash": (f"old 2\n{b64(bytes(31))}\n\n{OURS.note()}".encode(), "32 bytes in base64"),
    "a hash in another alphabet": (
        f"old 2\n{'_' * 43}=\n\n{OURS.note()}".encode(),
        "32 bytes in base64",
    ),
    "a hash in another spelling": (
        f"old 2\n{'A' * 42}B=\n\n{OURS.note()}".encode(),
        "not canonical",
    ),
    "a note without signatures": (with_note(BODY), "without signatures"),
    "a note that does not end": (with_note(OURS.note()[:-1]), "does not end"),
    "a signature that is none": (with_note(f"{BODY}\n- x y\n"), "no signature"),
    "a name with a plus": (with_note(f"{BODY}\n— a+b AAAAAAA=\n"), "no signature"),
    "a name with a space": (with_note(f"{BODY}\n— a\u2003b AAAAAAA=\n"), "no signature"),
    "a signature of 4 bytes": (with_note(f"{BODY}\n— a {b64(bytes(4))}\n"), "too short"),
    "damaged base64": (with_note(f"{BODY}\n— a AAAAA\n"), "damaged base64"),
    "66 signatures": (with_note(f"{BODY}\n{SIGNED * 66}"), "more than 65"),
    "a control character": (with_body(BODY.replace("log", "l\x07og")), "control character"),
    "a note of 33,000": (with_body(BODY + "x" * 33_000 + "\n"), "longer than"),
    "an empty extension": (with_body(BODY + "\nmore\n"), "one is missing or empty"),
    "no root": (with_body("log.example/one\n5\n"), "one is missing or empty"),
    "no origin": (with_body("\n5\n" + b64(bytes(32)) + "\n"), "one is missing or empty"),
    "a size with zeroes": (with_body(BODY.replace("\n5\n", "\n05\n")), "tree size"),
    "a size beyond 63 bits": (with_body(BODY.replace("\n5\n", f"\n{2**63}\n")), "tree size"),
    "a root of 31 bytes": (with_body(f"log.example/one\n5\n{b64(bytes(31))}\n"), "32 bytes"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_submission_is_refused_for_its_own_reason(case):
    data, words = HOSTILE[case]
    with pytest.raises(MalformedError) as refused:
        Submission.parse(data)
    assert words in refused.value.detail


@pytest.mark.parametrize("count", [15, 64])
def test_a_note_has_room_for_every_witness_of_a_policy(count):
    """c2sp.org/signed-note: verifiers MUST accept at least up to 16 signatures."""
    cosigned = "".join(witness(f"{n}".rjust(255, "w")).cosigns(BODY, n) for n in range(count))
    assert len(Note.parse(OURS.note() + cosigned).signatures) == count + 1


ONE, TWO = Key("log.example/one"), Key("log.example/two")


def test_logs_are_listed_by_vkey_and_origin():
    listed = f"# who\n\n {ONE.vkey} \n{TWO.vkey} log.example/one\n{Key('x').vkey} 一 log\r\n"
    read = read_logs(listed.encode())
    assert [key.line() for key in read["log.example/one"]] == [ONE.vkey, TWO.vkey]
    assert set(read) == {"log.example/one", "一 log"}
    assert read_logs(b"") == {}


@pytest.mark.parametrize(
    ("listed", "words", "where"),
    [
        (b"\xff", "not UTF-8", "WITNESS_LOGS"),
        (b"\nx+y+z", "base64", "line 2"),
        (b"log.example/one", "Ed25519", "line 1"),
        (witness("w").vkey.encode(), "Ed25519", "line 1"),
        (ONE.vkey.replace("one", "two").encode(), "hash does not fit", "line 1"),
        (f"{ONE.vkey}\n{ONE.vkey} else".encode(), "two lines", "line 2"),
        (f"{ONE.vkey} {'x' * 256}".encode(), "at most 255", "line 1"),
        (f"{ONE.vkey} a\x1bb".encode(), "at most 255", "line 1"),
    ],
    ids=itertools.count(),  # keys are made anew in each process, and are no names for tests
)
def test_a_list_of_logs_that_cannot_be_is_refused_by_its_line(listed, words, where):
    with pytest.raises(MalformedError) as refused:
        read_logs(listed)
    assert words in refused.value.detail
    assert where in refused.value.where
