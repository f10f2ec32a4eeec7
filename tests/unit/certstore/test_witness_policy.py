"""Policies and cosignatures: who must have cosigned, and whose word it is."""

import itertools

import pytest

from certstore.cosignature import cosignatures, read_witness_key
from certstore.errors import MalformedError
from certstore.signed_note import Note
from certstore.witness_policy import WitnessPolicy
from tests.witnesses import Key, log, witness

LOG = log(size=3)
X, Y, Z = (witness(f"witness.example/{name}") for name in "xyz")
LINES = "".join(f"witness {name} {key.vkey}\n" for name, key in zip("XYZ", (X, Y, Z), strict=True))
BODY = LOG.body()


def note(*lines):
    return Note.parse(LOG.note() + "".join(lines))


def policy(rest, lines=LINES):
    return WitnessPolicy.parse(f"log {LOG.key.vkey} https://log.example\n{lines}{rest}".encode())


def holds(rest, *cosigners):
    read = policy(rest)
    found = read.cosigned(note(*(key.cosigns(BODY, 5) for key in cosigners)))
    return read.satisfied_by(found)


@pytest.mark.parametrize(
    ("rest", "cosigners", "enough"),
    [
        ("quorum none", (), True),
        ("quorum X", (X,), True),
        ("quorum X", (Y, Z), False),
        ("group G 2 X Y Z\nquorum G", (X, Z), True),
        ("group G 2 X Y Z\nquorum G", (Z,), False),
        ("group G any X Y\nquorum G", (Y,), True),
        ("group G any X Y\nquorum G", (Z,), False),
        ("group G all X Y Z\nquorum G", (X, Y), False),
        ("group G any X Y\ngroup H all G Z\nquorum H", (Y, Z), True),
        ("group G any X Y\ngroup H all G Z\nquorum H", (X, Y), False),
    ],
)
def test_a_quorum_is_what_the_policy_says(rest, cosigners, enough):
    assert holds(rest, *cosigners) is enough


def test_one_witness_that_cosigns_twice_counts_once_and_its_latest_word():
    read = policy("group G 2 X Y Z\nquorum G")
    found = read.cosigned(note(X.cosigns(BODY, 5), X.cosigns(BODY, 9), X.cosigns(BODY, 7)))
    assert [(c.witness.name, c.at) for c in found] == [("witness.example/x", 9)]
    assert not read.satisfied_by(found)


def test_comments_tabs_and_empty_lines_are_passed_over():
    read = policy("  # 注\n\n \t quorum\tX \n")
    assert read.quorum == "X"
    assert [log.line() for log in read.logs] == [LOG.key.vkey]


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("", "one quorum line"),
        ("quorum X\nquorum X", "one quorum line"),
        ("quorum", "one quorum line"),
        ("quorum W", "defined above"),
        ("quorum G\ngroup G any X", "defined above"),
        ("group G any W\nquorum G", "defined above"),
        ("group G any X X\nquorum G", "member once"),
        ("group G any X\ngroup H any X\nquorum H", "member once"),
        ("group G any none\nquorum G", "defined above"),
        ("group G 3 X Y\nquorum G", "larger than the group"),
        ("group G 0 X\nquorum G", "all, any or a number"),
        ("group G -1 X\nquorum G", "all, any or a number"),
        ("group G some X\nquorum G", "all, any or a number"),
        ("group G any\nquorum G", "group <name>"),
        ("group X any Y\nquorum X", "given twice"),
        ("group none any Y\nquorum none", "given twice"),
        ("witness W\nquorum W", "witness <name>"),
        (f"witness W {X.vkey}\nquorum W", "key stands in two lines"),
        (f"witness X {witness('w').vkey}\nquorum X", "given twice"),
        (f"witness W {Key('w').vkey}\nquorum W", "Ed25519 of the kind"),
        (f"log {LOG.key.vkey}\nquorum X", "key stands in two lines"),
        (f"log {X.vkey}\nquorum X", "Ed25519 of the kind"),
        ("log\nquorum X", "log <vkey>"),
        ("quorums X", "a line begins with"),
        ("quorum X\r\n", "control character"),
        ("quorum X\x00", "control character"),
        ("#" * 70_000, "at most 65536"),
    ],
    ids=itertools.count(),  # keys are made anew in each process, and are no names for tests
)
def test_a_policy_that_cannot_be_is_refused_for_its_own_reason(rest, words):
    with pytest.raises(MalformedError) as refused:
        policy(rest)
    assert words in refused.value.detail
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (X.line(bytes(8) + bytes(64)), "is wrong"),
        (X.cosigns(LOG.body(2), 5), "is wrong"),
        (X.line((6).to_bytes(8, "big") + X.private.sign(BODY.encode())), "is wrong"),
        (X.line(bytes(64)), "another length"),
        (X.line((2**63).to_bytes(8, "big") + bytes(64)), "time cannot be"),
    ],
    ids=itertools.count(),  # keys are made anew in each process, and are no names for tests
)
def test_a_line_in_a_witness_s_name_that_is_not_its_word_spoils_the_note(line, words):
    with pytest.raises(MalformedError) as refused:
        policy("quorum X").cosigned(note(line, X.cosigns(BODY, 5)))
    assert words in refused.value.detail


def test_lines_of_strangers_are_passed_over():
    namesake = witness(X.name)  # the same name, another key
    asked = [read_witness_key(X.vkey)]
    assert cosignatures(note(namesake.cosigns(BODY, 5), Y.line(b"x")), asked) == []
