"""Certificate identifiers (GB/T 36904) and their check character, with the traps of the field."""

import string
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36 as independent_mod_37_36

from certstore.check_characters import typed
from certstore.errors import ConflictError, MalformedError
from certstore.identifiers import CertificateIdentifier, mod_37_36

ROOT = "1.2.156.3005.2."
PUBLISHED = [
    ROOT + "11100000000013338W011.11430000006122244L.20230000403.001.U",
    ROOT + "11100000MB03271699022.340100.000000016.001.9",
    ROOT + "11100000000013338W009.11330105002500287C.2025052201.002.0",
]
OURS = ROOT + "11310000MB0T00015WT01.11310000MB0T00015W.SH20260000000001.001.W"
ALPHABET_36 = string.digits + string.ascii_uppercase
alphabet_36 = st.text(alphabet=ALPHABET_36, min_size=1, max_size=60)


def cause_of(error: pytest.ExceptionInfo[MalformedError]) -> object:
    return error.value.facts["cause"]


@pytest.mark.parametrize("text", [*PUBLISHED, OURS])
def test_published_identifiers_are_read_and_written_back(text):
    identifier = CertificateIdentifier.parse(text)
    assert str(identifier) == identifier.value == text
    assert identifier.check == text[-1]


def test_an_identifier_is_read_into_its_parts():
    read = CertificateIdentifier.parse(PUBLISHED[2])
    assert (read.type_code, read.authority) == ("11100000000013338W009", "11330105002500287C")
    assert (read.serial, read.version) == ("2025052201", 2)


def test_a_second_version_found_in_public_checks_too():
    second = ROOT + "11100000000013338W011.11430000006122244L.20230000403.002.S"
    assert CertificateIdentifier.parse(PUBLISHED[0]).next_version().value == second


def test_the_public_interface_example_ending_in_m_is_refused_and_computes_d():
    example = "11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001"
    assert mod_37_36(example.replace(".", "")) == "D"
    with pytest.raises(MalformedError) as refused:
        CertificateIdentifier.parse(f"{ROOT}{example}.M")
    assert cause_of(refused) == "wrong_check_character"
    assert CertificateIdentifier.parse(f"{ROOT}{example}.D").check == "D"


@pytest.mark.parametrize("text", [*PUBLISHED, OURS])
def test_the_copied_table_that_counts_letters_from_eleven_gives_other_characters(text):
    product = 36
    for character in text.removeprefix(ROOT)[:-2].replace(".", ""):
        value = int(character) if character.isdigit() else ord(character) - ord("A") + 11
        product = (product + value) % 36 or 36
        product = product * 2 % 37
    wrong = ALPHABET_36[(37 - product) % 36]
    assert wrong != text[-1]
    with pytest.raises(MalformedError):
        CertificateIdentifier.parse(text[:-1] + wrong)


def test_a_six_digit_authority_is_read_on_import_and_refused_as_our_own():
    assert CertificateIdentifier.parse(PUBLISHED[1]).authority == "340100"
    with pytest.raises(MalformedError):
        CertificateIdentifier.parse(PUBLISHED[1], strict=True)
    with pytest.raises(MalformedError):
        CertificateIdentifier.build("11310000MB0T00015WT01", "340100", "1", 1)
    with pytest.raises(MalformedError):
        CertificateIdentifier.parse(PUBLISHED[1]).next_version()


@pytest.mark.parametrize("text", [PUBLISHED[0], PUBLISHED[2], OURS])
def test_identifiers_of_well_formed_authorities_pass_the_strict_reading(text):
    assert CertificateIdentifier.parse(text, strict=True).value == text


@pytest.mark.parametrize(
    ("type_code", "authority"),
    [
        ("11310000MB0T00015XT01", "11310000MB0T00015W"),
        ("11310000MB0T00015WT01", "11310000MB0T00015X"),
    ],
)
def test_only_the_strict_reading_asks_for_well_formed_authorities(type_code, authority):
    check = mod_37_36(f"{type_code}{authority}1001")
    text = f"{ROOT}{type_code}.{authority}.1.001.{check}"
    assert CertificateIdentifier.parse(text).value == text
    with pytest.raises(MalformedError):
        CertificateIdentifier.parse(text, strict=True)


def test_our_own_identifiers_are_built_with_their_check_and_followed_by_the_next_version():
    built = CertificateIdentifier.build(
        "11310000MB0T00015WT01", "11310000MB0T00015W", "SH20260000000001", 1
    )
    assert built.value == OURS
    assert built.next_version().value == OURS.replace(".001.W", ".002.U")


def test_after_version_999_there_is_no_next_one():
    last = CertificateIdentifier.build("11310000MB0T00015WT01", "11310000MB0T00015W", "1", 999)
    with pytest.raises(ConflictError):
        last.next_version()


@pytest.mark.parametrize(
    ("serial", "version"), [("", 1), ("A" * 33, 1), ("a", 1), ("1.2", 1), ("1", 0), ("1", 1000)]
)
def test_an_identifier_that_could_not_be_read_back_is_not_built(serial, version):
    with pytest.raises(MalformedError):
        CertificateIdentifier.build("11310000MB0T00015WT01", "11310000MB0T00015W", serial, version)


@pytest.mark.parametrize(
    "text",
    [
        OURS.removeprefix("1."),
        OURS.replace("3005.2", "3005.3"),
        OURS.replace(".", ""),
        OURS.replace(".001.", ".01."),
        OURS.replace(".001.", ".000."),
        OURS + "0",
        OURS.replace("1.2.156", "1x2x156"),
        OURS.replace("SH2026", "SH\uff12026"),
        "1" * 100,
    ],
)
def test_what_is_not_shaped_like_an_identifier_is_refused(text):
    with pytest.raises(MalformedError):
        CertificateIdentifier.parse(text)


def test_version_000_is_refused_even_with_a_right_check_character():
    check = mod_37_36("11310000MB0T00015WT0111310000MB0T00015W1000")
    with pytest.raises(MalformedError) as refused:
        CertificateIdentifier.parse(f"{ROOT}11310000MB0T00015WT01.11310000MB0T00015W.1.000.{check}")
    assert cause_of(refused) == "wrong_shape"


@given(alphabet_36)
def test_mod_37_36_agrees_with_an_independent_reader(text):
    assert mod_37_36(text) == independent_mod_37_36.calc_check_digit(text)


@given(alphabet_36, st.data())
def test_mod_37_36_finds_every_single_wrong_character(text, data):
    position = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(ALPHABET_36))
    wrong = text[:position] + other + text[position + 1 :]
    assert (mod_37_36(wrong) == mod_37_36(text)) == (wrong == text)


@given(alphabet_36.filter(lambda text: len(text) > 1), st.data())
def test_mod_37_36_misses_a_swap_of_neighbours_only_if_their_values_are_successive(text, data):
    at = data.draw(st.integers(0, len(text) - 2))
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    apart = abs(ALPHABET_36.index(text[at]) - ALPHABET_36.index(text[at + 1]))
    if mod_37_36(swapped) == mod_37_36(text):
        assert apart in {0, 1, 35}


def test_mod_37_36_finds_629_of_630_swaps_of_neighbours_after_any_beginning():
    for first in ALPHABET_36:
        missed = [
            a + b
            for a, b in combinations(ALPHABET_36, 2)
            if mod_37_36(first + a + b) == mod_37_36(first + b + a)
        ]
        assert len(missed) == 1


def test_every_single_wrong_character_in_a_whole_identifier_is_found():
    for at in range(len(ROOT), len(OURS)):
        for other in ALPHABET_36.replace(OURS[at], ""):
            with pytest.raises(MalformedError):
                CertificateIdentifier.parse(OURS[:at] + other + OURS[at + 1 :])


def test_a_character_outside_the_alphabet_has_no_check_character():
    with pytest.raises(MalformedError):
        mod_37_36("AB-1")


def test_a_long_s_does_not_become_a_capital_s():
    with pytest.raises(MalformedError):
        typed("\u017fH2026", "serial")
