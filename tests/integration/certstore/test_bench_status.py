"""`certstore bench status` measures what it says, on a small city."""

import json

from certstore.service.bench_status import as_json, as_table, bench_status


def test_the_lists_of_a_small_city_are_built_and_one_change_is_published():
    said = []
    bench = bench_status([5000], say=said.append)
    city = bench.cities[0]
    assert (city.certificates, city.lists) == (5000, 1)
    assert city.set_entries == 50 + 9  # one in a hundred, and the nine changes that were measured
    assert 0 < city.cwt_bytes < city.jwt_bytes < 2000
    assert 0 < city.update_ms <= city.slowest_update_ms
    assert bench.kept
    assert said == ["5,000 certificates …"]
    assert json.loads(as_json(bench))["cities"][0]["lists"] == 1
    assert "promised: 200,000 bytes, 5 s: kept" in as_table(bench)
