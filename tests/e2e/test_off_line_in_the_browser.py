"""Presenting on a phone, on line and with the network off, in a real browser."""

import io
import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from certstore.clock import SystemClock
from certstore.codes import base45
from certstore.presenting.signed_out import SignedOutDevices
from certstore.service.serving import free_port, serving
from certstore.status_list import read_status_list
from tests.e2e.pages.showcase import until
from tests.house import house_in
from tests.sealed import LIN, voucher
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import HeldLists

pytestmark = pytest.mark.browser
PHOTO = Path(__file__).parents[2] / "certstore/service/demo_city/batches/photos/zp000001-1.jpg"
CODE = "document.querySelector('#code svg')"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The real service at the machine's own time, and Lin's voucher in it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    house = house_in(tmp_path_factory.mktemp("phone"), clock=SystemClock(), public_url=url)
    house.ref = voucher(house).ref
    with serving(house, "127.0.0.1", port):
        yield house
    house.close()


@pytest.fixture
def signed_in(page, service):
    """Lin's phone; her certificate has a photo's digest alone, so its picture is not asked for."""
    page.route("**/photo", lambda route: route.fulfill(path=PHOTO, content_type="image/jpeg"))
    page.goto(f"{service.settings.public_url}/sign-in")
    with page.expect_navigation():
        page.click("main a.button")
    page.check('input[value="lin_xiaohe"]')
    with page.expect_navigation():
        page.click("main button")
    return page


def read(page):
    """What an independent reader reads from the screen."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator("#code").screenshot())))
    return found[0].text if found else ""


def prepare(page, service, name="我的手机"):
    """Get an off-line code ready, by typing and pressing alone."""
    page.goto(f"{service.settings.public_url}/show")
    page.wait_for_selector("#add:not([hidden])")
    if page.locator("#naming").is_visible():
        page.fill("#name", name)
    page.click("#add button")
    page.wait_for_selector("#code svg")


def judged(service, text, held, **facts):
    """By the scanner's own code, off line."""
    trust, lists, devices = held
    return judge_code(
        text, trust=trust, statuses=lists, now=SystemClock().now(), devices=devices, **facts
    )


def held(service):
    """What a verifier fetched while on line."""
    trust = service.trust
    jwt = service.status_desk.current(1).jwt or ""
    devices = SignedOutDevices.parse(service.device_desk.signed_out_list(), trust)
    return trust, HeldLists([read_status_list(jwt.encode(), trust)]), devices


def test_a_scanned_code_is_taken_away_told_and_renewed(signed_in, service):
    page = signed_in
    page.goto(f"{service.settings.public_url}/certificates/{service.ref}/present")
    first = read(page)
    assert service.scan_desk.judge(first, "望江酒店").result.verdict.value == "valid"
    page.wait_for_selector("#scanned:not([hidden])")
    assert re.search(r"已被核验一次（?[0-9]{2}:[0-9]{2}", page.inner_text("#scanned"))
    assert page.locator("#code svg").count() == 0
    page.click("#again")
    page.wait_for_selector("#code svg")
    assert read(page) != first
    page.click("#unread summary")
    page.click("#ask-number")
    until(page, "document.getElementById('digits').textContent.length === 11")
    number = page.inner_text("#digits")
    assert service.scan_desk.judge(number).result.verdict.value == "valid"
    page.goto(f"{service.settings.public_url}/usage")
    assert "望江酒店" in page.inner_text("main")


class OnePicture:
    """A store of objects that holds one portrait, under every digest."""

    def get(self, _digest):
        return PHOTO.read_bytes()


def test_with_the_network_off_the_phone_shows_and_answers_a_verifiers_code(signed_in, service):
    page = signed_in
    object.__setattr__(service.device_desk, "objects", OnePicture())
    prepare(page, service)
    mine = held(service)
    until(page, "navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto(f"{service.settings.public_url}/show")
    page.wait_for_selector("#code svg")
    result = judged(service, read(page), mine)
    assert (result.verdict.value, result.reasons) == ("valid", ("replay_not_checked",))
    assert result.fields["name"] == LIN.name
    assert "id_number" in result.fields
    # The verifier's scanner has no photo here: the holder's own screen has it, and a masked name.
    assert page.locator("#holder").text_content() == "林*（已隐藏）禾"
    assert LIN.name not in page.content()
    until(page, "document.getElementById('portrait').naturalWidth > 0")
    nonce = bytes(range(16))
    page.click("#high summary")
    page.fill("#nonce", f"RPN1:{base45.encode(nonce)}")
    page.click("#type button")
    page.wait_for_selector("#bound:not([hidden])")
    until(page, f"{CODE} !== null")
    page.wait_for_timeout(300)  # the code is drawn anew
    text = read(page)
    assert judged(service, text, mine, nonce=nonce).verdict.value == "valid"
    assert judged(service, text, mine).verdict.value == "replayed"
    assert judged(service, text, mine, nonce=bytes(16)).verdict.value == "replayed"
    page.context.set_offline(False)
    page.complaints.clear()  # the browser writes every failed fetch into its console


def test_a_phone_signed_out_elsewhere_shows_nothing_once_it_is_on_line(signed_in, service):
    page = signed_in
    prepare(page, service)
    text = read(page)
    page.goto(f"{service.settings.public_url}/settings/devices")
    with page.expect_navigation():
        page.locator("article button").first.click()
    assert "已退出" in page.inner_text("main")
    told = judged(service, text, held(service))
    assert (told.verdict.value, told.reasons[0]) == ("revoked", "DEVICE_SIGNED_OUT")
    assert service.scan_desk.judge(text).result.verdict.value == "revoked"
    page.goto(f"{service.settings.public_url}/show")
    page.wait_for_selector("#empty:not([hidden])")
    until(page, "document.getElementById('add').hidden === false")
    assert page.locator("#code svg").count() == 0


def test_signing_out_of_the_account_takes_the_codes_off_the_phone(signed_in, service):
    page = signed_in
    prepare(page, service)
    page.goto(f"{service.settings.public_url}/settings")
    with page.expect_navigation():
        page.locator('form[action="/sign-out"] button').click()
    page.wait_for_timeout(300)  # the codes are dropped
    page.goto(f"{service.settings.public_url}/show")
    page.wait_for_selector("#enter:not([hidden])")
    assert page.locator("#code svg").count() == 0


def test_the_key_cannot_be_taken_out(signed_in, service):
    page = signed_in
    prepare(page, service)
    said = page.evaluate(
        """async () => {
          const opening = indexedDB.open('certstore-show');
          const db = await new Promise((ok) => { opening.onsuccess = () => ok(opening.result); });
          const get = db.transaction('device').objectStore('device').get('mine');
          const { keys } = await new Promise((ok) => { get.onsuccess = () => ok(get.result); });
          db.close();
          const taken = crypto.subtle.exportKey('jwk', keys.privateKey);
          return taken.then(() => 'taken', () => 'refused');
        }"""
    )
    assert said == "refused"
