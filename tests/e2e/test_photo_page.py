"""The photo page in a real browser: the camera, a file, what is said, what is handed in."""

from importlib.resources import files

import pytest

from certstore.clock import SystemClock
from certstore.service.demo_city.dice import Dice
from certstore.service.demo_city.portrait import portrait_jpeg
from certstore.service.demo_city.portrait_looks import looks_of
from certstore.service.serving import free_port, serving
from tests.e2e.pages.showcase import until
from tests.e2e.test_in_the_browser import answer, look, press, sign_in
from tests.house import house_in

pytestmark = pytest.mark.browser
SNAPSHOT = files("certstore.service").joinpath("bench_pictures", "collins.png")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("photos")
    house = house_in(folder, city=True, clock=SystemClock(), public_url=url, photo_level="face")
    with serving(house, "127.0.0.1", port):
        yield url
    house.close()


@pytest.fixture
def at_photo(page, base):
    """The photo page of a draft whose questions are answered."""
    sign_in(page, base, "chen_yiming")
    page.goto(f"{base}/apply/residence-registration")
    if page.locator("main form").count():
        answer(page, "own", "self", "海港区", "长乐路88弄6号1203室")
    else:
        press(page, "main a.button")
    draft = page.url.split("/applications/")[1].split("/")[0]
    page.goto(f"{base}/applications/{draft}/photo")
    return page


def choose(page, tmp_path, name, content):
    picture = tmp_path / name
    picture.write_bytes(content)
    page.set_input_files("input[type=file]", picture)
    press(page, "#photo button[type=submit]")


def told_of_refusal(page):
    """The console says of a page that answers 422 that it does, and nothing else."""
    assert all("422" in said for said in page.complaints)
    page.complaints.clear()


def drawn() -> bytes:
    dice = Dice("photo page")
    return portrait_jpeg(looks_of(female=True, age=30, dice=dice), dice)


def test_the_camera_gives_hints_and_its_snapshot_is_judged_by_the_server(at_photo):
    page = at_photo
    look(page)
    assert "机器看不出来" in page.inner_text("main")
    page.click("#start")
    until(page, "() => document.getElementById('hint').textContent !== ''")
    assert page.is_visible("#shutter")
    box = page.locator("#shutter").bounding_box()
    assert min(box["width"], box["height"]) >= 64
    look(page)
    press(page, "#shutter")  # the browser's test picture: no face, no white wall
    assert "这张用不了" in page.inner_text('[role="alert"]')
    assert "背景不是白色" in page.inner_text('[role="alert"]')
    look(page)
    told_of_refusal(page)


def test_a_file_becomes_a_photo_that_is_shown_confirmed_and_handed_in(at_photo, base, tmp_path):
    page = at_photo
    choose(page, tmp_path, "me.png", SNAPSHOT.read_bytes())
    look(page)
    said = page.inner_text("main")
    assert page.locator("main img.portrait").count() == 2  # before and after
    assert "背景换成白色" in said
    assert "是否本人" in said
    press(page, 'form[action$="/keep"] button')
    look(page)
    assert "照片收到了" in page.inner_text("h1")
    press(page, "main a.button.wide")
    assert page.url.endswith("/check")
    assert "工作人员来看" in page.inner_text("main")
    page.goto(page.url.replace("/check", "/photo"))
    press(page, 'form[action$="/drop"] button')
    assert "拍一张证件照" in page.inner_text("h1")


def test_a_sound_photo_stays_as_it_is_and_a_picture_of_nothing_is_refused(at_photo, tmp_path):
    page = at_photo
    choose(page, tmp_path, "mine.jpg", drawn())
    assert page.locator("main img.portrait").count() == 1
    assert "机器没看出问题" in page.inner_text("main")
    press(page, 'form[action$="/drop"] button')
    choose(page, tmp_path, "other.heic", b"\x00\x00\x00\x18ftypheic" + bytes(200))
    assert "HEIC" in page.inner_text('[role="alert"]')
    page.goto(page.url)
    press(page, "#photo button[type=submit]")  # nothing chosen
    assert "请拍一张，或选一个文件" in page.inner_text("main")
    told_of_refusal(page)
