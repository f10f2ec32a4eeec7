from dataclasses import replace
from datetime import datetime
from io import BytesIO

import pytest
from PIL import Image

from certstore.errors import CertstoreError, MalformedError, TooLargeError
from issuance.document.content import Row, check_content
from issuance.document.portrait import judge_portrait
from tests.conformance.document.voucher_examples import content, portrait, rows


def changed_name(name: str):
    return content(rows=rows(name))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_baseline_and_a_progressive_photo_are_accepted(progressive: bool) -> None:
    judge_portrait(portrait(progressive=progressive))


def grey() -> bytes:
    out = BytesIO()
    Image.new("L", (358, 441), 255).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("jpeg", "complaint"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "not a JPEG"),
        (portrait()[:-2], "cut short"),
        (portrait()[:300] + b"\xff\xd9", "cut short"),
        (portrait()[:2] + b"\xff\xd9", "cut short"),
        (portrait()[:2] + b"\x00" + portrait()[2:], "between its segments"),
        (portrait(size=(300, 400)), "300 × 400 pixels"),
        (grey(), "not in colour"),
        (portrait().replace(b"\xff\xc0", b"\xff\xc9", 1), "coding"),
    ],
)
def test_a_photo_of_another_kind_is_refused(jpeg: bytes, complaint: str) -> None:
    with pytest.raises(MalformedError, match=complaint) as caught:
        judge_portrait(jpeg)
    assert caught.value.where == "photo_jpeg"


def test_an_oversized_photo_is_refused() -> None:
    with pytest.raises(TooLargeError, match="60000"):
        judge_portrait(portrait() + bytes(60_000))


@pytest.mark.parametrize(
    "name", ["林\u202e夏", "林\u200b夏", "林\n夏", "林\x7f", "林\u2066", "\ue000", "\ufeff林"]
)
def test_invisible_and_reordering_characters_are_refused(name: str) -> None:
    with pytest.raises(MalformedError, match=r"U\+[0-9A-F]{4}") as caught:
        check_content(changed_name(name))
    assert caught.value.where == "name"
    assert "林" not in caught.value.detail


@pytest.mark.parametrize("name", ["林知夏", "欧阳𬭎䶮㛃", "阿依古丽·买买提", "O'Brien Müller"])
def test_ordinary_names_are_accepted(name: str) -> None:
    check_content(changed_name(name))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"rows": ()}, "rows"),
        ({"rows": tuple(Row(f"k{n}", "甲", "A", "乙") for n in range(15))}, "rows"),
        ({"rows": (Row("name", "姓名", "Name", ""),)}, "name"),
        ({"rows": (Row("name", "姓名", "Na\u202eme", "林"),)}, "name.label_en"),
        ({"serial": ""}, "serial"),
        ({"title": "凭" * 401}, "title"),
        ({"issued_at": datetime(2026, 11, 22)}, "issued_at"),  # noqa: DTZ001 - what is refused
        ({"attachment": bytes(256 * 1024 + 1)}, "attachment"),
        ({"code_text": "RP1:居"}, "code_text"),
        ({"url_code_text": "https://例"}, "url_code_text"),
    ],
)
def test_content_that_cannot_be_printed_is_refused_by_field(changes: dict, where: str) -> None:
    with pytest.raises(CertstoreError) as caught:
        check_content(replace(content(), **changes))
    assert caught.value.where == where
