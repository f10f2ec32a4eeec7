"""What the scanner page fetches, gets and tells: lists, its worker, receipts, scans off line."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import event
from typer.testing import CliRunner

from certstore.clock import unix
from certstore.codes.claims import CodeClaims
from certstore.codes.profiles import open_code, seal_for_holder, show_code
from certstore.errors import CertstoreError
from certstore.keys import KeySigner, Purpose, generate
from certstore.presentation import minimal_claims
from certstore.service.cli import main
from certstore.tokens import sign_compact
from tests.residents import Browser, resident, submitted, vouchers
from verifiers.scanning.receipts import TYP, ScanReceipt
from verifiers.scanning.told_scans import MOST_OF_ONE_CODE
from verifiers.scanning.verdict import Verdict

WHO, ME = "chen_yiming", resident("chen_yiming")
PERSONAL = ("陈一鸣", "340199199803140119", "长乐路")


@pytest.fixture
def voucher(house):
    submitted(house, WHO)
    return vouchers(house, WHO)[0]


@pytest.fixture
def scanner(house):
    return Browser(house, None)


def scans(house):
    return [u for u in house.holdings_desk.usage(ME) if u.kind == "scan"]


def presented(house, voucher):
    return house.presentation_desk.present(ME, voucher.ref)


def verdict(scanner, code, **more):
    answer = scanner.http.post("/v1/verify/code", json={"code": code, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


# -- what it holds -----------------------------------------------------------------------------


def test_every_status_list_of_the_city_is_named_for_who_holds_them_all(house, scanner):
    answer = scanner.http.get("/.well-known/certstore-status-lists")
    assert answer.json() == {"status_lists": house.status_desk.uris()}
    assert answer.json()["status_lists"][0].endswith("/status-lists/1")
    known = {"If-None-Match": answer.headers["etag"]}
    assert scanner.http.get(answer.url, headers=known).status_code == 304


def test_the_worker_keeps_both_languages_and_every_file_they_load(scanner):
    answer = scanner.http.get("/scan-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    said = dict(re.findall(r"^const (\w+) = (.*);$", answer.text, re.MULTILINE)[:3])
    pages, files = json.loads(said["PAGES"]), json.loads(said["FILES"])
    assert {"/scan?lang=zh", "/scan?lang=en", "/scan/history?lang=zh"} < set(pages)
    for url in (*pages, *files):
        assert scanner.http.get(url).status_code == 200, url
    for name in ("scan_joined", "scan_history", "code_reader", "zxing_reader"):
        assert any(name in file for file in files), name
    assert scanner.http.get("/scan-worker.js").text == answer.text  # no new version without a cause


def test_the_page_pins_the_root_and_allows_one_worker(house, scanner):
    answer = scanner.http.get("/scan")
    assert re.search(r'data-root="[A-Za-z0-9+/=]{100,}"', answer.text)
    assert "trusted-types scanner-worker" in answer.headers["content-security-policy"]
    for lang in ("zh", "en"):
        manifest = scanner.http.get(f"/scan/{lang}.webmanifest").json()
        assert manifest["scope"] == "/scan"
        for icon in manifest["icons"]:
            assert scanner.http.get(icon["src"]).content.startswith(b"\x89PNG")
    assert scanner.http.get("/scan/xx.webmanifest").status_code in {404, 422}


# -- receipts ----------------------------------------------------------------------------------


def test_an_on_line_scan_gives_a_receipt_that_names_nobody(house, voucher, scanner):
    code = presented(house, voucher).code_text
    jws = verdict(scanner, code, verifier="望江酒店")["receipt"]
    receipt = ScanReceipt.read(jws, house.trust, house.clock.now())
    assert (receipt.verdict, receipt.verifier) == (Verdict.VALID, "望江酒店")
    assert receipt.issuer == house.settings.public_url
    assert receipt.is_of(code)
    assert not receipt.is_of(presented(house, voucher).code_text)
    assert not [word for word in PERSONAL if word in json.dumps(_claims(jws), ensure_ascii=False)]
    assert voucher.number not in json.dumps(_claims(jws))
    again = verdict(scanner, code)["receipt"]
    assert ScanReceipt.read(again, house.trust, house.clock.now()).verdict is Verdict.REPLAYED


def _claims(jws):
    from certstore import base64url  # noqa: PLC0415 - only here

    return json.loads(base64url.decode(jws.split(".")[1]))


def test_what_no_authority_signed_gets_no_receipt(scanner):
    for text in ("RP1:ABC", "hello", "RP1:" + "0" * 3000):
        assert verdict(scanner, text)["receipt"] is None


def test_a_receipt_that_is_not_ours_does_not_hold(house, voucher, scanner):
    good = _claims(verdict(scanner, presented(house, voucher).code_text)["receipt"])
    for purpose, change in (
        (Purpose.STATUS, {}),
        (Purpose.RECEIPT, {"verdict": "excellent"}),
        (Purpose.RECEIPT, {"code_sha256": "x"}),
        (Purpose.RECEIPT, {"iat": "1"}),
        (Purpose.RECEIPT, {"iat": 4_000_000_000}),
        (Purpose.RECEIPT, {"iat": 1}),
        (Purpose.RECEIPT, {"name": "陈一鸣"}),
        (Purpose.RECEIPT, {"verifier": ""}),
    ):
        jws = sign_compact({**good, **change}, typ=TYP, signer=house.keys.signer(purpose))
        with pytest.raises(CertstoreError):
            ScanReceipt.read(jws, house.trust, house.clock.now())


def test_the_command_judges_receipts(house, voucher, scanner, tmp_path):
    code = presented(house, voucher).code_text
    files = {
        "receipt": verdict(scanner, code)["receipt"],
        "root": house.keys.root_pem().decode(),
        "trust": house.trust_jws,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    base = ["verify-receipt", str(tmp_path / "receipt")]
    held = ["--root", str(tmp_path / "root"), "--trust", str(tmp_path / "trust")]
    good = CliRunner().invoke(main, [*base, *held, "--code", code, "--json"])
    # The house's clock may be ahead of the machine's: then the receipt is of the future.
    assert good.exit_code in {0, 1}
    if good.exit_code == 0:
        assert json.loads(good.stdout)["verdict"] == "valid"
        assert CliRunner().invoke(main, [*base, *held, "--code", "RP1:X"]).exit_code == 1
    (tmp_path / "receipt").write_text(files["receipt"][:-4] + "AAAA")
    assert CliRunner().invoke(main, [*base, *held]).exit_code == 1
    (tmp_path / "trust").write_text("x")
    assert CliRunner().invoke(main, [*base, *held]).exit_code == 2


# -- a nonce that was asked for ---------------------------------------------------------------


def test_a_nonce_the_verifier_asked_for_is_held_against_the_holder_s(house, voucher, scanner):
    now, holder = house.clock.now(), KeySigner(Purpose.PRESENTATION, generate("ES256"))
    claims = minimal_claims(voucher, now, unix(now) + 3600, b"8 bytes!")
    given = {name: getattr(claims, name) for name in CodeClaims.__slots__}
    inner = seal_for_holder(
        CodeClaims(**{**given, "holder_key": holder.public_key}), house.keys.signer(Purpose.CODE)
    )
    nonce = bytes(range(16))
    code = show_code(inner, holder, issued_at=unix(now), nonce=nonce)
    assert verdict(scanner, code, nonce=nonce.hex())["verdict"] == "valid"
    for other in (None, bytes(16).hex()):
        assert verdict(scanner, code, nonce=other)["verdict"] == "replayed"
    for wrong in ("", "0g", "00", "A" * 32, "0" * 66):
        answer = scanner.http.post("/v1/verify/code", json={"code": code, "nonce": wrong})
        assert answer.status_code == 422, wrong


# -- scans off line, told of afterwards -------------------------------------------------------


def told(scanner, *entries):
    return scanner.http.post("/v1/verify/log", json={"scans": list(entries)})


def entry(house, code, **changes):
    at = unix(house.clock.now())
    cti = CodeClaims.decode(open_code(code).issued.payload).cti.hex()
    said = {"cti": cti, "verdict": "valid", "scanned_at": at, "place": "望江酒店"}
    return said | changes


def test_a_scan_off_line_told_of_later_is_in_the_holder_s_list_once(house, voucher, scanner):
    made = entry(house, presented(house, voucher).code_text)
    house.clock.skip(timedelta(hours=2))
    for _ in range(2):
        answer = told(scanner, made, made)
        assert (answer.status_code, answer.json()) == (200, {"taken": 2})
    (scan,) = scans(house)
    assert scan.record["claimed_by"] == "望江酒店"
    assert scan.record["scanned_at"].startswith("2026-")
    assert "name" in scan.record["fields"]


def test_what_cannot_have_been_is_taken_and_tells_nobody_anything(house, voucher, scanner):
    code = presented(house, voucher).code_text
    now = unix(house.clock.now())
    for change in (
        {"cti": "0" * 16},
        {"scanned_at": now - 3600},
        {"scanned_at": now + 3600},
        {"scanned_at": now + 91},
    ):
        answer = told(scanner, entry(house, code, **change))
        assert (answer.status_code, answer.json()) == (200, {"taken": 1})
    assert scans(house) == []


def test_who_saw_a_code_once_cannot_fill_its_holder_s_list(house, voucher, scanner):
    code = presented(house, voucher).code_text
    many = [entry(house, code, place=f"door {n}") for n in range(20)]
    assert told(scanner, *many).json() == {"taken": 20}
    assert len(scans(house)) == MOST_OF_ONE_CODE


def test_what_is_told_is_read_strictly(scanner):
    good = {"cti": "0" * 16, "verdict": "valid", "scanned_at": 1, "place": ""}
    assert told(scanner, good).status_code == 200
    for change in (
        {"cti": "x"},
        {"cti": "0" * 17},
        {"cti": "A" * 16},
        {"verdict": "excellent"},
        {"scanned_at": -1},
        {"scanned_at": 10**15},
        {"scanned_at": "yesterday"},
        {"place": "\u202e"},
        {"place": "x" * 101},
        {"code": "RP1:X"},
    ):
        assert told(scanner, {**good, **change}).status_code == 422, change
    assert told(scanner).status_code == 422
    assert told(scanner, *[good] * 101).status_code == 422


def test_scanning_a_dead_code_again_and_again_does_not_fill_its_holder_s_list(
    house, voucher, scanner
):
    code = presented(house, voucher).code_text
    assert verdict(scanner, code)["verdict"] == "valid"
    for n in range(20):
        assert verdict(scanner, code, verifier=f"door {n}")["verdict"] == "replayed"
    house.clock.skip(timedelta(hours=1))
    assert verdict(scanner, code, verifier="an hour later")["verdict"] == "expired"
    assert len(scans(house)) == 1 + MOST_OF_ONE_CODE


def test_a_receipt_of_nine_digits_is_of_these_digits(house, voucher, scanner):
    made = presented(house, voucher)
    number = house.presentation_desk.number(ME, voucher.ref, made.cti)
    said = verdict(scanner, f"{number[:3]} {number[3:6]} {number[6:]}")
    receipt = ScanReceipt.read(said["receipt"], house.trust_file(), house.clock.now())
    assert receipt.is_of(number)


def test_telling_of_codes_nobody_knows_writes_nothing(house, scanner):
    writes = []
    event.listen(house.archive.database.engine, "begin", writes.append)
    said = {"verdict": "valid", "scanned_at": 1, "place": ""}
    many = [{"cti": f"{n:016x}", **said} for n in range(99)]
    assert told(scanner, *many).json() == {"taken": 99}
    assert len(writes) < 10
