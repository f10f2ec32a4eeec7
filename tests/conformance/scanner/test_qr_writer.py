"""The codes that browsers draw: module for module as another library's, and read by a third."""

import json
import shutil
import subprocess
from functools import cache

import numpy as np
import pytest
import qrcode
import zxingcpp
from qrcode.util import BIT_LIMIT_TABLE, MODE_ALPHA_NUM, QRData

from certstore.codes import base45
from tests.conformance.scanner.test_same_verdicts import MODULES

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LEVEL, MASK = qrcode.constants.ERROR_CORRECT_M, 2
VERSIONS = range(1, 21)
SCRIPT = """
const { symbolOf } = await import(process.argv[1]);
const drawn = JSON.parse(process.argv[2]).map((text) => {
  try {
    const { modules, size } = symbolOf(text);
    return [size, [...modules].join('')];
  } catch (error) {
    return error instanceof RangeError ? 'refused' : String(error);
  }
});
process.stdout.write(JSON.stringify(drawn));
"""


def most(version):
    """How many signs of the alphabet a version holds at level M."""
    bits = BIT_LIMIT_TABLE[LEVEL][version] - 4 - (9 if version < 10 else 11)
    return bits // 11 * 2 + (bits % 11 >= 6)


def text_of(length, version):
    """Every sign in turn, beginning elsewhere in each version."""
    return "".join(ALPHABET[(7 * i + i // 45 + version) % 45] for i in range(length))


LENGTHS = {v: sorted({1 if v == 1 else most(v - 1) + 1, most(v) - 1, most(v)}) for v in VERSIONS}
TEXTS = [text_of(length, v) for v in VERSIONS for length in LENGTHS[v]]
NONCES = [f"RPN1:{base45.encode(bytes((n,)) * 16)}" for n in (0, 1, 127, 255)]
REFUSED = ["a", "\u212a", "\uff21", "A\n", "A" * (most(20) + 1)]


@cache
def drawn():
    """What the module draws of every text, or why it refuses."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: apt install nodejs")
    module = (MODULES.parent / "qr_writer.js").as_uri()
    done = subprocess.run(
        [node, "--input-type=module", "-e", SCRIPT, module, json.dumps(TEXTS + NONCES + REFUSED)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def test_every_version_is_drawn_as_qrcode_draws_it():
    for text, (size, modules) in zip(TEXTS + NONCES, drawn(), strict=False):
        symbol = qrcode.QRCode(error_correction=LEVEL, mask_pattern=MASK, border=0)
        symbol.add_data(QRData(text, mode=MODE_ALPHA_NUM))
        symbol.make(fit=True)
        expected = "".join("1" if black else "0" for row in symbol.get_matrix() for black in row)
        assert (size, modules) == (symbol.modules_count, expected), text
    assert {size for size, _ in drawn()[: len(TEXTS)]} == {4 * v + 17 for v in VERSIONS}


def test_every_symbol_is_read_by_zxing():
    for text, (size, modules) in zip(TEXTS + NONCES, drawn(), strict=False):
        black = np.frombuffer(modules.encode(), np.uint8).reshape(size, size) == ord("1")
        picture = np.pad(np.where(black, 0, 255).astype(np.uint8), 4, constant_values=255)
        (found,) = zxingcpp.read_barcodes(picture.repeat(3, axis=0).repeat(3, axis=1))
        assert found.text == text


def test_what_fits_no_symbol_is_refused():
    assert drawn()[-len(REFUSED) :] == ["refused"] * len(REFUSED)
