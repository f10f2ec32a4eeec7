"""Nobody else's number leaves in a copy of one's own data, however it is written."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.check_characters import mod_11_2
from certstore.own_data.others_numbers import Numbers, numbers_named, without_others
from tests.sealed import LIN

OTHER = "340199197109230625"
OLD = "340199710923062"


def wide(text):
    """With the digits that are as broad as a Chinese character."""
    return text.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})


MINE = Numbers.of([LIN.id_number], ["E12345678", "H0123456789", "K1"])


def hidden(text):
    return without_others(text, MINE)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (OTHER, "340199********0625"),
        (f"亲属{OTHER}。", "亲属340199********0625。"),
        ("34019919710923062x", "340199********062x"),
        (wide(OTHER), wide("340199********0625")),
        ("340199 19710923 0625", "340199 ******** 0625"),
        ("340199-1971-0923-0625", "340199-****-****-0625"),
        ("340199\u200b19710923\u30000625", "340199\u200b********\u30000625"),
        ("340199 / 19710923 / 0625", "340199 / ******** / 0625"),
        (f"ID{OTHER}", "ID340199********0625"),
        (f"a{OTHER}", "a340199********0625"),
        (f"spouse_{OTHER}", "spouse_340199********0625"),
        (OLD, "340199******062"),
        ("旧证 340199 710923 062", "旧证 340199 ****** 062"),
        ("911156199502031239", "911156********1239"),  # a permanent residence card
        ("护照 E12345678", "护照 E******78"),
        ("e 1234-5678", "e ****-**78"),
        ("H0123456789, 回乡证", "H********89, 回乡证"),
        (f"{OTHER}、{LIN.id_number}", f"340199********0625、{LIN.id_number}"),
    ],
)
def test_a_number_is_hidden_in_every_spelling(said, shown):
    assert hidden(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        LIN.id_number,
        f"{LIN.id_number[:6]} {LIN.id_number[6:14]} {LIN.id_number[14:]}",
        LIN.id_number[:6] + LIN.id_number[8:17],  # one's own old number
        "5f" + OTHER + "aa" * 22,  # 64 characters of a digest
        "2026-11-25T02:00:00.216553+00:00",
        "2026-11-25 02:00, 2026-12-25 03:30",
        "13800138000 13900139000",
        "1.2.156.3005.2.11310000MB0T00058A.0123456789.001.6",
        "示范市海港区长乐路88弄6号502室",
        "E1234567",  # another passport's number, and of nobody known
        "K1",  # too short to be told from a word
        "123456789012345",  # fifteen digits, and no day of birth
    ],
)
def test_what_is_nobodys_number_or_ones_own_stays(said):
    assert hidden(said) == said


def test_members_whole_numbers_and_lists_are_looked_at():
    said = {
        OTHER: [int(OTHER), True, None, 3, 2.5, date(2026, 11, 25), (LIN.id_number,)],
        OTHER[:10] + "3" + OTHER[11:]: 1,
        7: "seven",
    }
    assert without_others(said, MINE) == {
        "340199********0625": [
            "340199********0625", True, None, 3, 2.5, "2026-11-25", [LIN.id_number]
        ],
        "340199********0625*": 1,
        "7": "seven",
    }  # fmt: skip


def test_every_number_said_by_name_is_known():
    said = {
        "members": [{"name": "周敏", "id_number": OTHER}, {"passport_number": "E12345678"}],
        "fields": [{"name": "signer_id_number", "value": "H0123456789"}],
        "number": "BA0000012026",
    }
    assert set(numbers_named([said])) == {OTHER, "E12345678", "H0123456789"}


# -- any number, any spelling --------------------------------------------------------------

_DIGITS = ("0123456789", wide("0123456789"), "٠١٢٣٤٥٦٧٨٩", "⓪①②③④⑤⑥⑦⑧⑨")
_GAPS = ("", "", "", " ", "-", "\u3000", "\u200d", "—", " - ", ".", "\t")
_AROUND = st.text(alphabet="的住址：，。\"'(){}[] \n亲属号", max_size=8)


@st.composite
def numbers(draw):
    day = draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
    first = f"{draw(st.sampled_from(['11', '34', '65', '81']))}0199{day:%Y%m%d}"
    first += f"{draw(st.integers(0, 999)):03d}"
    return first + mod_11_2(first)


@st.composite
def spelled(draw, number):
    found = ""
    for character in number:
        digits = draw(st.sampled_from(_DIGITS))
        said = digits[int(character)] if character.isdigit() else draw(st.sampled_from("Xx\uff58"))
        found += (draw(st.sampled_from(_GAPS)) if found else "") + said
    return found


def _plain(text):
    folded = "".join(
        c if (d := unicodedata.digit(c, None)) is None else str(d)
        for c in unicodedata.normalize("NFKC", text)
    )
    return "".join(c for c in folded.upper() if c.isascii() and c.isalnum())


@settings(max_examples=60, deadline=None)
@given(st.data(), numbers(), _AROUND, _AROUND)
def test_no_spelling_of_anothers_number_gets_through(data, number, before, after):
    said = before + data.draw(spelled(number)) + after
    mine = Numbers.of(["110101199003071233"], [])
    shown = without_others({"note": [said]}, mine)["note"][0]
    assert number not in _plain(shown)
    assert len(shown) == len(said)
    assert without_others(said, Numbers.of([number], [])) == said
