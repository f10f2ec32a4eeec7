import json

import pytest

from certstore.clock import SystemClock
from certstore.errors import UnavailableError
from certstore.service.bench_scan import _stand, as_json, as_table, bench_scan


def test_the_benchmark_measures_ours_the_limit_and_another_on_the_same_codes():
    bench = bench_scan(0.05)
    assert bench.scans >= 3 * 64
    assert bench.bare_verifies_per_cpu_second > bench.scans_per_cpu_second > 0
    assert 0 < bench.ratio_to_bare_verify < 1
    assert bench.cwt_per_cpu_second > 0
    assert {
        "scans_per_cpu_second",
        "bare_verifies_per_cpu_second",
        "ratio_to_bare_verify",
    } <= json.loads(as_json(bench)).keys()
    assert "limit: bare ECDSA" in as_table(bench)


def test_a_code_of_the_benchmark_that_is_not_good_ends_it():
    stand = _stand(SystemClock().now())
    stand.scan(stand.codes[0])
    with pytest.raises(UnavailableError):
        stand.scan(stand.codes[0][:-3])
