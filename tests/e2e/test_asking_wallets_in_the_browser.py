"""A verifier's page and a wallet: the code is read off the screen, the outcome comes by itself."""

import io

import httpx
import pytest
import zxingcpp
from PIL import Image

from certstore.service.serving import free_port, serving
from tests.house import house_in
from tests.sealed import LIN, voucher
from tests.showing_wallet import SHOWN, Wallet, answered, fetched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    port = free_port()
    built = house_in(tmp_path_factory.mktemp("shown"), public_url=f"http://127.0.0.1:{port}")
    with serving(built, "127.0.0.1", port):
        yield built
    built.close()


@pytest.fixture
def http(house):
    with httpx.Client(base_url=house.settings.public_url) as client:
        yield client


def show(http, wallet, link):
    request = fetched(http, link)
    said = {
        "vp_token": {"residence": [wallet.present(request, SHOWN["minimal"])]},
        "state": request["state"],
    }
    return answered(http, request, said).json()


def test_a_wallet_on_another_telephone(house, http, page):
    page.goto(f"{house.settings.public_url}/scan/wallet")
    page.check("input[value=minimal]")
    page.fill("input[name=verifier]", "望江酒店前台")
    page.click("button[value=other]")
    picture = page.locator(".codebox svg").screenshot()
    link = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))[0].text
    assert show(http, Wallet.holding(house, voucher(house)), link) == {}
    page.wait_for_selector(".verdict.valid", timeout=20_000)  # nobody pressed anything
    assert LIN.name in page.inner_text("main")
    page.reload()
    assert "这次已经结束" in page.inner_text("h1")


def test_a_wallet_on_this_device(house, http, page):
    page.goto(f"{house.settings.public_url}/scan/wallet")
    page.check("input[value=minimal]")
    page.click("button[value=same]")
    link = page.get_attribute('a[href^="openid4vp:"]', "href")
    back = show(http, Wallet.holding(house, voucher(house)), link)["redirect_uri"]
    page.goto(back)
    page.click("#look button")
    assert LIN.name in page.inner_text("main")
