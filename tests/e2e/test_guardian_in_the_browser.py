"""A father registers his daughter in a real browser, from signing in to showing her voucher."""

import pytest

from tests.e2e.test_in_the_browser import base as base
from tests.e2e.test_in_the_browser import go_on, look, pass_face, press, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("lang", "done"), [("zh", "办好了"), ("en", "Done")])
def test_a_father_registers_his_daughter_on_a_telephone(chromium, base, lang, done):
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, reduced_motion="reduce", locale="zh-CN"
    )
    page = context.new_page()
    page.goto(f"{base}/settings?lang={lang}")
    sign_in(page, base, "he_zhiyuan")
    page.goto(f"{base}/apply/residence-registration")
    look(page)
    if lang == "zh":  # in the other language she is registered already
        _register(page)
        assert done in page.inner_text("h1")
        press(page, 'a[href$="/present"]')
        look(page)
    page.goto(f"{base}/certificates")
    look(page)
    words = {"zh": "何雨桐 · 由您监护", "en": "何雨桐 · in your care"}[lang]
    assert words in page.inner_text("main")
    press(page, 'a[href$="/present"]')
    look(page)
    assert page.locator("#code svg").count() == 1
    for path in ("/usage", "/applications", "/notices", "/windows"):
        page.goto(f"{base}{path}")
        look(page)
    context.close()


def _register(page):
    press(page, 'a[href$="/child"]')
    look(page)
    go_on(page)  # nothing typed: everything that is missing is named
    assert page.locator("#problem li").count() == 4
    page.fill("input[name=child_name]", "何雨桐")
    page.fill("input[name=child_id_number]", "340199201903210241")
    page.select_option("select[name=guardian_relation]", "parent")
    page.check("input[name=consented]")
    go_on(page)
    assert "何雨桐" in page.inner_text("main")
    page.check('input[value="here"]')
    go_on(page)
    pass_face(page)
    assert "什么都不用交" in page.inner_text("h1").replace("\n", "")
    go_on(page)
