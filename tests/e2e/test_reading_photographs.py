"""`certstore bench reading`: photographed codes are read, by the server and in a real Chromium."""

import io
import json

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from certstore.clock import SystemClock
from certstore.service.bench_originals import originals
from certstore.service.bench_reading import MODULES, as_json, as_table, bench_reading
from certstore.service.photographed import KINDS, Shot, photograph

pytestmark = pytest.mark.browser


def test_photographs_of_every_kind_are_read_on_both_sides():
    said = []
    bench = bench_reading(1, say=said.append)
    if bench.browser is None:
        pytest.skip("chromium is missing: apt install chromium")
    assert len(bench.rows) == len(KINDS) * len(MODULES)
    assert bench.server >= 0.95  # one photograph a line: what is promised is for many
    assert bench.browser >= 0.95
    assert bench.plain <= bench.server
    assert json.loads(as_json(bench))["worst_server"] == bench.worst_server
    assert f"{len(bench.rows)} photographs; from 2.5 px a module on:" in as_table(bench)
    assert f"{next(iter(KINDS))} …" in said


def test_a_photograph_has_the_pixels_a_module_that_it_says():
    shown = originals(SystemClock().now(), 1)
    assert [one.name for one in shown] == ["voucher", "permit", "telephone"]
    for original in shown:
        picture = photograph(original, Shot(module=5.0, angle=30), np.random.default_rng(1))
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
        place = next(s.position for s in found if s.text == original.text)
        sides = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        first, second = sides[:2]
        side = np.hypot(first.x - second.x, first.y - second.y)
        assert side / original.modules == pytest.approx(5.0, rel=0.04)
