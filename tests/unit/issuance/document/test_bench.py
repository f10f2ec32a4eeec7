import json

from certstore.clock import SystemClock
from certstore.service.bench_issue import as_json, as_table, bench_issue, contents
from certstore.service.bench_naive import NaivePipeline
from certstore.service.bench_people import certified_key
from issuance.document.fontset import FontSet


def test_the_benchmark_measures_both_pipelines_on_the_same_contents() -> None:
    bench = bench_issue(0.05)
    assert bench.certificates >= 3
    assert bench.certificates_per_cpu_second > bench.naive_per_cpu_second > 0
    assert bench.mean_document_bytes > 50_000
    assert {
        "certificates_per_cpu_second",
        "naive_per_cpu_second",
        "ratio_to_naive",
        "peak_memory_mb",
    } <= json.loads(as_json(bench)).keys()
    assert "typst + qrcode + pyHanko" in as_table(bench)


def test_the_naive_pipeline_makes_a_different_document_for_each_person(tmp_path) -> None:
    import pypdfium2  # noqa: PLC0415 - only here

    moment = SystemClock().now()
    people = contents(moment)
    with NaivePipeline(FontSet.bundled().regular.parent, *certified_key(moment)) as pipeline:
        for _ in range(2):
            content = next(people)
            document = pypdfium2.PdfDocument(pipeline.issue(content))
            text = document[0].get_textpage().get_text_range()
            assert content.rows[0].value in text
            assert content.serial in text
            document.close()


def test_without_the_naive_pipeline_its_figures_are_zero() -> None:
    bench = bench_issue(0.01, naive=False)
    assert bench.naive_per_cpu_second == bench.ratio_to_naive == 0
