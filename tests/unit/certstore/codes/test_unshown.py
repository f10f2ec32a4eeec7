"""The table of characters that no code may hold, and that both scanners have the same."""

import sys
import unicodedata
from importlib.resources import files

import pytest

from certstore.codes import make_unshown
from certstore.codes.meaning import text_faults
from certstore.codes.unshown import shows, unshown_in

TEXT = (files("certstore.codes") / "unshown.txt").read_text()
SCRIPT = (files("certstore.web") / "static" / "scanner" / "unshown.js").read_text()


def test_browsers_have_the_same_table():
    assert make_unshown.as_script(TEXT.strip()) == SCRIPT


@pytest.mark.skipif(
    unicodedata.unidata_version != make_unshown.UNICODE, reason="needs the tables of Unicode 14"
)
def test_the_table_is_what_its_script_makes():
    assert make_unshown.packed() + "\n" == TEXT
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    refused = {c for c in every if make_unshown.refused(ord(c))}
    assert set(unshown_in(every)) == refused


SHOWN = (
    *(
        "陈一鸣",
        "Renée",
        "𬭎䶮㛃",
        "\u9fff",
        "\ue000",
        "葛\U000e0100",
        "\U00031350",
        "\U0003f000",
        " ",
    ),
)
UNSHOWN = (
    *("\x00", "\x1f", "\x7f", "\xad", "\u0378", "\u200b", "\u2028", "\u202e", "\ufeff", "\uffff"),
    *("\u0cf3", "\U00013439", "\U000105d2", "\U00010efd", "\U0002fa1e", "\U0002fffe"),
    *("\ud800", "\udfff", "\U000e0001", "\U0010ffff"),
)


@pytest.mark.parametrize("text", SHOWN)
def test_what_shows(text):
    assert shows(text)
    assert "TEXT_UNSHOWABLE" not in text_faults(text)


@pytest.mark.parametrize("character", UNSHOWN)
def test_what_no_code_may_hold_whatever_stands_beside_it(character):
    assert not shows(f"陈{character}一鸣")
    assert text_faults(f"e\u0301{character}一") == ["TEXT_UNSHOWABLE"]
