"""How well a paper can be read: what is told before it is handed in, measured on a made-up set."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.unit.verifiers.materials.paper_pictures import PAPERS, WAYS, photograph, said_of
from verifiers.materials.handed_in_legibility import measure
from verifiers.materials.handed_in_profile import read_profile

DOCUMENT = Path(__file__).parents[4] / "docs" / "uploads.md"
SIGHT = read_profile().sight
EXPECTED = {
    "lying well": "–",
    "aslant": "–",
    "grainy": "–",
    "on a light desk": "–",
    "scanned": "–",
    "compressed hard": "–",
    "blurred 2 px": "–",
    "blurred 4 px": "BLURRED",
    "blurred 6 px": "refused: PICTURE_UNREADABLE",
    "blurred 12 px": "refused: PICTURE_UNREADABLE",
    "shaken 8 px": "–",
    "shaken 24 px": "BLURRED",
    "glare, small": "GLARE",
    "glare, large": "GLARE",
    "dim": "DARK",
    "dark": "refused: PICTURE_DARK",
    "cut on the left": "EDGE_CUT",
    "cut at the bottom": "EDGE_CUT",
    "too near": "EDGE_CUT",
    "coarse": "COARSE",
    "tiny": "refused: PICTURE_TOO_SMALL",
    "another side, blank": "refused: PICTURE_BLANK",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_photographed_lease_gets_the_advice_it_deserves(way):
    assert said_of(photograph("lease", way)) == EXPECTED[way]


def rows():
    """The table of docs/uploads.md: way -> {paper: what was said}."""
    lines = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| ")]
    head = next(n for n, line in enumerate(lines) if line.startswith("| photographed"))
    papers = [cell.strip() for cell in lines[head].strip("|").split("|")][1:]
    found = {}
    for line in lines[head + 1 :]:
        way, *said = (cell.strip() for cell in line.strip("|").split("|"))
        if way in WAYS:
            found[way] = dict(zip(papers, said, strict=True))
    return found


def test_the_table_of_the_document_has_every_way_and_paper():
    assert set(rows()) == set(WAYS)
    assert all(set(said) == set(PAPERS) for said in rows().values())


@pytest.mark.parametrize("way", ["lying well", "blurred 4 px", "glare, small", "too near"])
@pytest.mark.parametrize("paper", PAPERS)
def test_the_table_of_the_document_is_what_the_code_says(paper, way):
    assert said_of(photograph(paper, way)) == rows()[way][paper]


def test_nothing_good_is_refused_and_nothing_useless_is_taken():
    for way, said in rows().items():
        bad = re.search(r"6 px|12 px|dark|tiny|blank", way)
        assert all(bool(bad) == s.startswith("refused") for s in said.values()), way


def test_a_picture_of_nothing_does_not_divide_by_zero():
    for tone in (0, 128, 255):
        flat = np.full((700, 1000, 3), tone, dtype=np.float32)
        found = measure(flat, 1000, SIGHT)
        assert (found.sharpness, found.structured) == (0.0, 0.0)
    tiny = measure(np.zeros((1, 1, 3), dtype=np.float32), 1, SIGHT)
    assert tiny.structured == 0.0
