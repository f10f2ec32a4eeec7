import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.codes import strict_cbor
from certstore.errors import MalformedError

whole = st.integers(-(2**64), 2**64 - 1)
leaves = whole | st.binary(max_size=12) | st.text(max_size=8) | st.booleans() | st.none()
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(whole | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
).filter(lambda value: _depth(value) <= strict_cbor.MAX_DEPTH)


def _depth(value):
    if isinstance(value, dict):
        return 1 + max((_depth(inner) for inner in value.values()), default=0)
    return 1 + max((_depth(i) for i in value), default=0) if isinstance(value, list) else 0


@settings(deadline=None)
@given(values)
def test_values_come_back_and_an_independent_reader_agrees(value):
    data = strict_cbor.encode(value)
    assert strict_cbor.decode(data) == value
    assert cbor2.loads(data) == value


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_whatever_is_read_has_that_one_spelling(data):
    try:
        value = strict_cbor.decode(data)
    except MalformedError:
        return
    assert strict_cbor.encode(value) == data


def test_maps_are_written_in_the_order_of_their_encoded_keys():
    encoded = strict_cbor.encode({-70001: 0, 65535: 0, 1: 0, -1: 0, 24: 0, "a": 0})
    assert encoded == bytes.fromhex("a6010018180019ffff0020003a0001117000616100")


HOSTILE = {
    "nothing": "",
    "two values": "0000",
    "trailing byte": "a000",
    "one as one byte": "1801",
    "23 as one byte": "1817",
    "one as two bytes": "190001",
    "255 as two bytes": "1900ff",
    "one as four bytes": "1a00000001",
    "65535 as four bytes": "1a0000ffff",
    "one as eight bytes": "1b0000000000000001",
    "minus one as one byte": "3800",
    "length of a string spelled long": "580141",
    "length of a text spelled long": "780161",
    "length of an array spelled long": "980100",
    "length of a map spelled long": "b8010000",
    "cut integer": "19ff",
    "cut integer of eight": "1bffffff",
    "cut bytes": "43ffff",
    "cut text": "6361",
    "cut array": "8200",
    "cut map": "a100",
    "map without its value": "a2000001",
    "huge bytes": "5b7fffffffffffffff",
    "huge array": "9b7fffffffffffffff",
    "huge map": "bb7fffffffffffffff",
    "array longer than what remains": "9a0001000000",
    "reserved 28": "1c",
    "reserved 29": "1d",
    "reserved 30": "1e",
    "indefinite bytes": "5f4100ff",
    "indefinite text": "7f6161ff",
    "indefinite array": "9f00ff",
    "indefinite map": "bf0000ff",
    "break alone": "ff",
    "half float": "f93c00",
    "single float": "fa3f800000",
    "double float": "fb3ff0000000000000",
    "NaN": "f97e00",
    "NaN as a key": "a1f97e0000",
    "undefined": "f7",
    "simple 0": "e0",
    "simple 32": "f820",
    "true spelled as simple 21": "f815",
    "simple 16": "f0",
    "keys twice": "a200000001",
    "text keys twice": "a2616100616101",
    "keys unsorted": "a201000000",
    "negative before positive": "a220000000",
    "longer key before shorter": "a218180000 00".replace(" ", ""),
    "true as a key": "a1f500",
    "null as a key": "a1f600",
    "bytes as a key": "a1410000",
    "array as a key": "a1800000"[:6],
    "map as a key": "a1a000",
    "tag 0 (date)": "c06161",
    "tag 2 (bignum)": "c24100",
    "tag 18 inside": "d28440a04040",
    "tag 28 (shared)": "d81c80",
    "tag 29 (reference)": "d81d00",
    "tag 30 (rational)": "d81e820102",
    "tag 35 (regular expression)": "d8236161",
    "tag 55799 (self-described)": "d9d9f700",
    "tag 256 (string references)": "d9010080",
    "not UTF-8": "61ff",
    "overlong UTF-8": "62c080",
    "encoded surrogate": "63eda080",
    "cut UTF-8": "61e9",
    "seven arrays": "81" * 7 + "00",
    "seven maps": "a100" * 7 + "00",
    "hundred arrays": "81" * 100 + "00",
    "many arrays": "81" * 3000,
    "many maps": "a100" * 3000,
}


@pytest.mark.parametrize("spelled", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_spelling_is_refused(spelled):
    with pytest.raises(MalformedError) as refusal:
        strict_cbor.decode(bytes.fromhex(spelled))
    assert refusal.value.facts["cause"] == "cbor"


def test_six_levels_are_read():
    assert strict_cbor.decode(bytes.fromhex("81" * 6 + "00")) == [[[[[[0]]]]]]


@pytest.mark.parametrize(
    "value", [1.5, 2**64, -(2**64) - 1, {1.0: 1}, {b"a": 1}, {True: 1}, {None: 1}, object()]
)
def test_what_codes_have_no_place_for_is_not_written(value):
    with pytest.raises(TypeError):
        strict_cbor.encode(value)
