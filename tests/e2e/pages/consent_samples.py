"""The pages of consent: asked, with ticks, too young, answered, over; and the list."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from certstore.pages.consent_views import (
    ConsentLine,
    ConsentsView,
    ConsentView,
    GivenView,
    Line,
    Tick,
)
from tests.e2e.pages.people import NOW, ODD_ADDRESS, REF, Sample

_FUND, _RENT = "示范市公积金中心", "租房提取公积金"
_LEASE = "住房租赁合同登记备案通知书"
_PAGE = "certstore/consent.html"
_AT = f"/consents/{REF}"
_ASKED = ConsentView(
    ref=REF,
    word="asking",
    agency=_FUND,
    matter=_RENT,
    case_no="GJJ-2026-0311",
    asked_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
    lines=(
        Line(label="是否有效", of=_LEASE, question="valid_on"),
        Line(label="坐落", of=_LEASE, value=ODD_ADDRESS),
        Line(label="公民身份号码", of="居住登记凭证", value="310199199003070020", number=True),
        Line(label="居住地所在区", of="居住登记凭证", on_file=False),
        Line(label="权利人", of="不动产权证书"),
    ),
    ticks=(
        Tick(
            key="lease_filing:number",
            line=Line(label="备案编号", of=_LEASE, value="BA0000022026"),
            changes="给了不用再填编号；不给要自己填",
        ),
        Tick(
            key="id_photo:photo",
            line=Line(label="照片", of="证件照"),
            scope="photo",
        ),
        Tick(key="id_photo:face", line=Line(label="人脸核验结果", of="证件照"), scope="face"),
    ),
    not_given=("姓名", "详细住址", "拍摄日期"),
    otherwise="不同意也能办：带上租赁备案通知书到公积金窗口即可。",
)
_GIVEN = (
    GivenView(
        ref="2" * 20,
        scope="data",
        labels=(f"{_LEASE} · 坐落", f"{_LEASE} · 是否有效"),
        standing="in_force",
        times=3,
        used=1,
        given_at=NOW,
        ends_at=NOW + timedelta(days=30),
    ),
    GivenView(
        ref="3" * 20,
        scope="photo",
        labels=("证件照 · 照片",),
        standing="withdrawn",
        times=1,
        used=0,
        given_at=NOW,
        ends_at=NOW + timedelta(days=30),
        withdrawn_at=NOW + timedelta(hours=1),
    ),
)


def consents() -> Iterator[Sample]:
    """Every state of a request, and the list."""
    yield Sample("consent", _PAGE, _ASKED, _AT)
    yield Sample("consent-nothing-chosen", _PAGE, _only_ticks("nothing_chosen"), _AT)
    ward = replace(_ASKED, ward="林一禾", ticks=())
    yield Sample("consent-ward", _PAGE, ward, _AT)
    yield Sample("consent-only-guardian", _PAGE, replace(_ASKED, only_guardian=True), _AT)
    given = replace(_ASKED, word="in_force", given=_GIVEN, return_href=f"{_AT}/return")
    yield Sample("consent-given", _PAGE, given, _AT)
    for standing in ("used_up", "ended", "withdrawn"):
        over = tuple(replace(g, standing=standing) for g in _GIVEN)
        yield Sample(f"consent-{standing}", _PAGE, replace(_ASKED, word=standing, given=over), _AT)
    for word in ("refused", "expired"):
        yield Sample(f"consent-{word}", _PAGE, replace(_ASKED, word=word), _AT)
    yield Sample("consents", "certstore/consents.html", _listed(), "/consents")
    yield Sample("consents-none", "certstore/consents.html", ConsentsView(), "/consents")


def _only_ticks(problem: str) -> ConsentView:
    return replace(_ASKED, lines=(), problem=problem)


def _listed() -> ConsentsView:
    line = ConsentLine(ref=REF, agency=_FUND, matter=_RENT, word="asking", at=NOW)
    over = ("refused", "expired", "used_up", "ended", "withdrawn")
    return ConsentsView(
        asking=(line, replace(line, ward="林一禾")),
        in_force=(replace(line, word="in_force", withdraw=True),),
        over=tuple(replace(line, word=word) for word in over),
    )
