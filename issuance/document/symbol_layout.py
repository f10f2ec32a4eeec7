"""What ISO/IEC 18004 fixes for a QR symbol of one version at level M with one mask."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Modules = npt.NDArray[np.uint8]

# Version -> ((number of blocks, data codewords in each), …), parity codewords a block (table 9).
_BLOCKS: Final = {
    1: (((1, 16),), 10),
    2: (((1, 28),), 16),
    3: (((1, 44),), 26),
    4: (((2, 32),), 18),
    5: (((2, 43),), 24),
    6: (((4, 27),), 16),
    7: (((4, 31),), 18),
    8: (((2, 38), (2, 39)), 22),
    9: (((3, 36), (2, 37)), 22),
    10: (((4, 43), (1, 44)), 26),
    11: (((1, 50), (4, 51)), 30),
    12: (((6, 36), (2, 37)), 22),
    13: (((8, 37), (1, 38)), 22),
    14: (((4, 40), (5, 41)), 24),
    15: (((5, 41), (5, 42)), 24),
}
# Centres of the alignment patterns (annex E).
_ALIGNMENT: Final = {
    1: (),
    2: (6, 18),
    3: (6, 22),
    4: (6, 26),
    5: (6, 30),
    6: (6, 34),
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
    11: (6, 30, 54),
    12: (6, 32, 58),
    13: (6, 34, 62),
    14: (6, 26, 46, 66),
    15: (6, 26, 48, 70),
}
_LEVEL_M = 0b00
_TIMING = 6  # the row and the column of the timing patterns
_VERSION_INFORMATION_FROM = 7
LONG_COUNT_FROM = 10  # from this version the count of characters is written in more bits
VERSIONS: Final = tuple(_BLOCKS)


@dataclass(frozen=True)
class SymbolLayout:
    """Where every bit of a symbol goes.

    `base` holds the fixed patterns and the mask over data bits of 0; `places` are flat indices
    into it, one for each codeword bit in order; `mask` is the mask at those places.
    """

    size: int
    block_lengths: tuple[int, ...]  # data codewords of each block
    parity: int  # parity codewords of each block
    base: Modules
    places: npt.NDArray[np.intp]
    mask: Modules


def symbol_layout(version: int, mask: int) -> SymbolLayout:
    """Work out the layout of a version (1 to 15) at level M with a mask (0 to 7)."""
    size = 17 + 4 * version
    groups, parity = _BLOCKS[version]
    lengths = tuple(data for count, data in groups for _ in range(count))
    matrix = np.zeros((size, size), np.uint8)
    taken = np.zeros((size, size), bool)
    _draw_finders(matrix, taken)
    _draw_alignment(matrix, taken, _ALIGNMENT[version])
    _draw_timing(matrix, taken)
    _draw_format(matrix, taken, mask)
    if version >= _VERSION_INFORMATION_FROM:
        _draw_version(matrix, taken, version)
    pattern = _mask_pattern(size, mask)
    matrix[~taken] = pattern[~taken]
    places = _zigzag(taken)[: 8 * (sum(lengths) + parity * len(lengths))]
    flat = matrix.reshape(-1)
    return SymbolLayout(size, lengths, parity, flat, places, pattern.reshape(-1)[places])


def _draw_finders(matrix: Modules, taken: npt.NDArray[np.bool_]) -> None:
    finder = np.ones((7, 7), np.uint8)
    finder[1:6, 1:6] = 0
    finder[2:5, 2:5] = 1
    for rows, columns, corner in (
        (slice(0, 7), slice(0, 7), (slice(0, 8), slice(0, 8))),
        (slice(0, 7), slice(-7, None), (slice(0, 8), slice(-8, None))),
        (slice(-7, None), slice(0, 7), (slice(-8, None), slice(0, 8))),
    ):
        matrix[rows, columns] = finder
        taken[corner] = True


def _draw_alignment(
    matrix: Modules, taken: npt.NDArray[np.bool_], centres: tuple[int, ...]
) -> None:
    for row in centres:
        for column in centres:
            if taken[row, column]:
                continue  # a finder is there
            area = (slice(row - 2, row + 3), slice(column - 2, column + 3))
            matrix[area] = 1
            matrix[row - 1 : row + 2, column - 1 : column + 2] = 0
            matrix[row, column] = 1
            taken[area] = True


def _draw_timing(matrix: Modules, taken: npt.NDArray[np.bool_]) -> None:
    size = len(matrix)
    for at in range(8, size - 8):
        matrix[_TIMING, at] = matrix[at, _TIMING] = 1 - at % 2
        taken[_TIMING, at] = taken[at, _TIMING] = True


def _draw_format(matrix: Modules, taken: npt.NDArray[np.bool_], mask: int) -> None:
    """Level and mask, twice, with their BCH (15,5) check bits (annex C)."""
    size = len(matrix)
    data = _LEVEL_M << 3 | mask
    bits = (data << 10 | _remainder(data << 10, 0b10100110111)) ^ 0b101010000010010
    columns = [0, 1, 2, 3, 4, 5, 7, 8, 8, 8, 8, 8, 8, 8, 8]
    rows = [8, 8, 8, 8, 8, 8, 8, 8, 7, 5, 4, 3, 2, 1, 0]
    second_rows = [*range(size - 1, size - 8, -1), *[8] * 8]
    second_columns = [*[8] * 7, *range(size - 8, size)]
    for index in range(15):
        bit = bits >> (14 - index) & 1
        for row, column in (
            (rows[index], columns[index]),
            (second_rows[index], second_columns[index]),
        ):
            matrix[row, column] = bit
            taken[row, column] = True
    matrix[size - 8, 8] = 1
    taken[size - 8, 8] = True


def _draw_version(matrix: Modules, taken: npt.NDArray[np.bool_], version: int) -> None:
    """The version, twice, with its Golay (18,6) check bits (annex D)."""
    size = len(matrix)
    bits = version << 12 | _remainder(version << 12, 0b1111100100101)
    for index in range(18):
        row, column = index // 3, size - 11 + index % 3
        matrix[row, column] = matrix[column, row] = bits >> index & 1
        taken[row, column] = taken[column, row] = True


def _remainder(value: int, generator: int) -> int:
    while value.bit_length() >= generator.bit_length():
        value ^= generator << (value.bit_length() - generator.bit_length())
    return value


def _mask_pattern(size: int, mask: int) -> Modules:
    """Table 10: 1 where the mask turns a module."""
    i, j = np.indices((size, size))
    condition = (
        (i + j) % 2,
        i % 2,
        j % 3,
        (i + j) % 3,
        (i // 2 + j // 3) % 2,
        i * j % 2 + i * j % 3,
        (i * j % 2 + i * j % 3) % 2,
        ((i + j) % 2 + i * j % 3) % 2,
    )[mask]
    pattern: Modules = np.where(condition == 0, 1, 0).astype(np.uint8)
    return pattern


def _zigzag(taken: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Free places in the order of the codeword bits: pairs of columns, from the right, §7.7.3."""
    size = len(taken)
    order = []
    pairs = [column for column in range(size - 1, 0, -2) if column > _TIMING]
    pairs += range(_TIMING - 1, 0, -2)
    for index, right in enumerate(pairs):
        rows = range(size) if index % 2 else range(size - 1, -1, -1)
        order += [
            row * size + column
            for row in rows
            for column in (right, right - 1)
            if not taken[row, column]
        ]
    return np.array(order, np.intp)
