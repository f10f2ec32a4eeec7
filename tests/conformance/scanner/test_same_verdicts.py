"""The scanner page's JavaScript says byte for byte what the Python scanner says, of every code."""

import json
import shutil
import subprocess
import sys
from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.scanner.make_code_corpus import corpus
from verifiers.scanning.verdict import Verdict

HERE = Path(__file__).parent
MODULES = Path(str(files("certstore.web") / "static" / "scanner"))
# What only the register can tell, on line: a list says `revoked` or `suspended` of these.
TOLD_ON_LINE = {Verdict.SUPERSEDED, Verdict.LOST}
REASONS = {
    "ALREADY_SHOWN", "CODE_EXPIRED", "CODE_NOT_YET_VALID", "CODE_TOO_LONG", "DATES_OUT_OF_ORDER",
    "DEVICES_NOT_CHECKED", "DEVICE_SIGNED_OUT",
    "HEADER_WRONG", "HOLDER_SIGNATURE_WRONG", "ISSUER_MISMATCH", "KEY_OUT_OF_TIME", "KEY_REVOKED",
    "KEY_UNKNOWN", "LIFETIME_WRONG", "NONCE_NOT_OURS", "NOT_BASE45", "NOT_OUR_CODE",
    "NOT_STRICT_CBOR", "PAYLOAD_WRONG", "PHOTO_NOT_WEBP", "PHOTO_TOO_LARGE", "PROFILE_MISMATCH",
    "SEX_UNKNOWN", "SHOWING_NOT_YET_VALID", "SHOWING_TOO_OLD", "SIGNATURE_WRONG",
    "STATUS_INDEX_UNKNOWN", "STATUS_INVALID", "STATUS_LIST_MISSING", "STATUS_LIST_STALE",
    "STATUS_SUSPENDED", "TEXT_BLANK_EDGE", "TEXT_NOT_NFC", "TEXT_UNSHOWABLE", "TRUST_LIST_STALE",
    "UNDER_DISPUTE", "replay_not_checked",
}  # fmt: skip


def canonical(answers: Any) -> bytes:
    return json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def differing(asked: dict[str, Any], answers: list[Any]) -> list[str]:
    """The names of the cases that were answered otherwise."""
    return [
        case["name"]
        for case, said in zip(asked["cases"], answers, strict=True)
        if canonical(case["expected"]) != canonical(said)
    ]


def test_the_corpus_holds_every_verdict_and_reason_a_scanner_off_line_can_give():
    answers = [said for case in corpus()["cases"] for said in case["expected"]]
    assert len(corpus()["cases"]) >= 150
    assert {said["verdict"] for said in answers} == set(Verdict) - TOLD_ON_LINE
    assert {reason for said in answers for reason in said["reasons"]} >= REASONS
    names = [case["name"] for case in corpus()["cases"]]
    assert len(names) == len(set(names))


def test_the_comparison_notices_one_changed_verdict_reason_check_or_field():
    good = [case["expected"] for case in corpus()["cases"]]
    assert differing(corpus(), good) == []
    name = corpus()["cases"][0]["name"]
    for change in (
        {"verdict": "tampered"},
        {"reasons": ["X"]},
        {"checks": good[0][0]["checks"][:-1]},
        {"fields": {**good[0][0]["fields"], "name": "陈一明"}},
    ):
        changed = deepcopy(good)
        changed[0][0] |= change
        assert differing(corpus(), changed) == [name]


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is missing: apt install nodejs")
    return found


def ask_node(node: str, asked: dict[str, Any], folder: Path = HERE) -> list[Any]:
    done = subprocess.run(
        [node, str(folder / "judge_corpus.mjs")],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    answers: list[Any] = json.loads(done.stdout)
    return answers


def test_node_says_the_same(node):
    assert differing(corpus(), ask_node(node, corpus())) == []


@pytest.mark.parametrize(
    ("module", "check", "instead", "case"),
    [
        (
            "judge.js",
            "findings.verdicts.includes('malformed') ? {} :",
            "",
            "meaning: bidi override",
        ),
        ("judge.js", "age > SHOWING_LIFETIME_S + LEEWAY", "age > 60", "off line at +46 s"),
        ("status_list.js", "now <= list.until + LEEWAY", "true", "status past_edge"),
        ("judge.js", "else if (listed) ", "else if (!listed) ", "devices listed"),
        ("public_keys.js", "% P === 0n", "% P !== 5n", "holder's key: off the curve"),
    ],
)
def test_a_scanner_that_lacks_a_check_is_found_out(node, tmp_path, module, check, instead, case):
    here = tmp_path / "tests" / "conformance" / "scanner"
    modules = tmp_path / "certstore" / "web" / "static" / "scanner"
    shutil.copytree(HERE, here, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(MODULES, modules)
    text = (modules / module).read_text(encoding="utf-8")
    assert text.count(check) == 1
    (modules / module).write_text(text.replace(check, instead), encoding="utf-8")
    one = {**corpus(), "cases": [c for c in corpus()["cases"] if c["name"] == case]}
    assert differing(one, ask_node(node, one, here)) == [case]


def test_the_corpus_is_written_without_the_tools_of_tests():
    # docs/scanner.md tells strangers to, and their set-up has what the service needs alone.
    code = "import sys; sys.modules |= dict.fromkeys(('pytest', 'cbor2', 'cwt', 'hypothesis'))"
    script = f"{code}; import tests.conformance.scanner.make_code_corpus"
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.browser
def test_chromium_says_the_same(chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.route("https://scanner.example/**", serve)
    page.goto("https://scanner.example/")
    answers = page.evaluate(
        "async (corpus) => (await import('/judge_corpus.mjs'))"
        ".judgeCorpus(corpus, (name) => import(`/${name}.js`))",
        corpus(),
    )
    context.close()
    assert differing(corpus(), answers) == []


def serve(route: Any) -> None:
    """The modules as they stand in the package, at a secure origin that exists nowhere."""
    name = route.request.url.rpartition("/")[2]
    path = (HERE if name.endswith(".mjs") else MODULES) / name
    if not name:
        route.fulfill(content_type="text/html", body="<!doctype html><title>scanner</title>")
    elif path.is_file():
        route.fulfill(content_type="text/javascript", body=path.read_text(encoding="utf-8"))
    else:
        route.fulfill(status=404)
