"""Code symbols on pages."""

import base64
import re

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from certstore.errors import MalformedError
from certstore.web.symbol import Symbol, symbol_path


def drawn(symbol: Symbol) -> set[tuple[int, int]]:
    """The black modules a path covers, without the quiet zone."""
    return {
        (int(x) + i - 4, int(y) - 4)
        for x, y, run in re.findall(r"M([0-9]+) ([0-9]+)h([0-9]+)v1h-[0-9]+z", symbol_path(symbol))
        for i in range(int(run))
    }


def black(symbol: Symbol) -> set[tuple[int, int]]:
    return {(x, y) for y, row in enumerate(symbol.rows) for x, m in enumerate(row) if m == "1"}


@given(
    st.integers(1, 25).flatmap(
        lambda n: st.lists(st.text("01", min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_the_path_covers_the_black_modules_and_no_others(rows):
    symbol = Symbol(tuple(rows))
    assert drawn(symbol) == black(symbol)


@given(
    st.integers(1, 25).flatmap(
        lambda n: st.lists(st.text("01", min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_packed_modules_are_the_rows_eight_to_a_byte(rows):
    symbol = Symbol(tuple(rows))
    bits = "".join(f"{byte:08b}" for byte in base64.b64decode(symbol.packed()))
    assert bits[: symbol.size**2] == "".join(rows)
    assert set(bits[symbol.size**2 :]) <= {"0"}


def test_a_symbol_of_an_independent_encoder_is_taken_over():
    made = segno.make("RPD1:ABC", version=2, error="m")
    symbol = Symbol.of(list(made.matrix))
    assert symbol.size == 25
    assert len(black(symbol)) == sum(map(sum, made.matrix))


@pytest.mark.parametrize("rows", [(), ("01",), ("0x", "01"), ("1" * 178,) * 178])
def test_what_is_no_square_of_modules_is_refused(rows):
    with pytest.raises(MalformedError):
        Symbol(rows)
