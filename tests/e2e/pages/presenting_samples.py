"""Presenting: what to show, off line, my devices, and being asked the other way round."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import segno

from certstore.pages.presenting_views import DeviceRow, DevicesView, ShowView
from certstore.pages.views import PresentView
from certstore.web.symbol import Symbol
from tests.e2e.pages.people import NOW, PORTRAIT, REF, Sample, symbol
from tests.e2e.pages.scan_samples import OF_AGE
from verifiers.pages.asking_views import AnswerChoice, AnswerView, AskedView, AskView
from verifiers.pages.views import ScanResult

URL = f"https://certs.example/s/{REF}"
ASKED_URL = f"https://certs.example/asked/{REF}"
LEVELS = ("photo", "residence", "age", "full")
SEES = ("姓名", "性别", "遮住中间的号码", "凭证种类", "签发日期", "有效期至", "照片", "是否有效")
PATH = f"/certificates/{REF}/present"


def small(text: str) -> Symbol:
    """A small symbol."""
    return Symbol.of(list(segno.make(text, error="m", micro=False).matrix))


def presenting() -> Iterator[Sample]:
    """All of them."""
    yield from _showing()
    yield Sample("show", "certstore/show.html", ShowView(), "/show", None)
    row = DeviceRow(
        ref=REF,
        name="我的手机",
        made_at=NOW - timedelta(days=3),
        used_at=NOW,
        shows=(
            ("residence_voucher", ""),
            ("residence_voucher", "林小满"),
            ("residence_permit", ""),
        ),
    )
    old = replace(row, ref="d" * 20, name="旧手机" * 20, shows=())
    page, path = "certstore/devices.html", "/settings/devices"
    yield Sample("devices", page, DevicesView(devices=(row, old), signed_out=True), path)
    yield Sample("devices-none", page, DevicesView(), path)
    yield from _asking()
    yield from _answering()


def _showing() -> Iterator[Sample]:
    page = "certstore/present.html"
    shown = PresentView(
        ref=REF,
        type_code="residence_voucher",
        status="valid",
        name="林晓禾",
        id_number="310199199003070020",
        now=NOW,
        photo_href=PORTRAIT,
        code=symbol(),
        expires_at=NOW + timedelta(seconds=60),
        levels=LEVELS,
        ages=(14, 16, 18),
        sees=SEES,
        sees_not=("居住地址", "公民身份号码"),
        reveal_href=f"/certificates/{REF}/reveal",
        url=URL,
        url_code=small(URL),
    )
    yield Sample("present-photo", page, shown, PATH)
    age = replace(shown, level="age", age=18, sees=("已满 18 岁", "凭证种类", "是否有效"))
    yield Sample("present-age", page, age, PATH)
    ended = {"code": None, "expires_at": None}
    yield Sample("present-too-young", page, replace(age, age=60, cannot="age", **ended), PATH)
    lost = replace(shown, level="residence", cannot="district", **ended)
    yield Sample("present-no-district", page, lost, PATH)
    confirm = replace(shown, level="full", confirm=("name", "id_number"), **ended)
    yield Sample("present-confirm", page, confirm, PATH)


def _asking() -> Iterator[Sample]:
    page, path = "verifiers/ask.html", "/scan/ask"
    yield Sample("ask", page, AskView(), path, None)
    errors = {"verifier": "missing", "place": "missing", "why": "missing", "profile": "missing"}
    yield Sample("ask-error", page, AskView(errors=errors), path, None)
    waits = AskedView(
        ref=REF,
        secret="s" * 43,
        url=ASKED_URL,
        code=small(ASKED_URL),
        expires_at=NOW + timedelta(minutes=5),
        verifier="望江酒店",
    )
    page = "verifiers/asked.html"
    yield Sample("asked", page, waits, path, None)
    yield Sample("asked-waiting", page, replace(waits, waiting=True), path, None)
    yield Sample("asked-over", page, AskedView(over=True), path, None)
    result = ScanResult(verdict="valid", fields=OF_AGE, checked_at=NOW)
    yield Sample("asked-result", page, AskedView(result=result), path, None)


def _answering() -> Iterator[Sample]:
    page, path = "verifiers/answer.html", f"/asked/{REF}"
    choice = AnswerChoice(
        ref=REF, type_code="residence_voucher", ward="", sees=SEES, sees_not=("居住地址",)
    )
    asked = AnswerView(
        ref=REF,
        verifier="望江酒店",
        place="前台",
        why="办理入住登记",
        expires_at=NOW + timedelta(minutes=4),
        choices=(choice,),
    )
    yield Sample("answer", page, asked, path)
    childs = replace(choice, ref="c" * 20, ward="林小满")
    several = replace(asked, agency="示范市教育局", level="age", age=18, choices=(choice, childs))
    yield Sample("answer-several", page, replace(several, error="missing"), path)
    yield Sample("answer-nothing", page, replace(asked, level="residence", choices=()), path)
    for ended in ("yes", "no", "over", "answered", "gone"):
        yield Sample(f"answer-{ended}", page, AnswerView(ended=ended), path)
