"""The page of clerks whose agency has no system of its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from certstore.pages.counter_views import (
    CaseRow,
    Choice,
    FoundRow,
    GivenView,
    PullView,
    Typed,
)
from certstore.web.shell import Signed
from tests.e2e.pages.people import NOW, Sample

CLERK = Signed("罗经办", "clerk")
_OFFICE = "示范市人力资源和社会保障局"


def counter() -> Iterator[Sample]:
    """The question, what exists, the values, a refusal, and a case number."""
    empty = PullView(
        office=_OFFICE,
        clerk="罗经办 S03",
        rooms=("pull", "source"),
        purposes=(
            ("flexible-employment-2026", "灵活就业人员参保登记"),
            ("pension-2026", "养老待遇资格认证"),
        ),
    )
    page, path = "certstore/pull.html", "/pull"
    yield Sample("pull", page, empty, path, CLERK, wide=True)
    typed = Typed(
        purpose="flexible-employment-2026",
        case_no="CB-2026-00391",
        name="林晓禾",
        id_number="340199199804060284",
    )
    wrong = replace(typed, errors={"case_no": "missing", "person_number": "malformed"}, case_no="")
    yield Sample("pull-error", page, replace(empty, typed=wrong), path, CLERK, wide=True)
    found = replace(empty, typed=typed, found=_found())
    yield Sample("pull-found", page, found, path, CLERK, wide=True)
    unchosen = replace(found, nothing_chosen="a" * 20)
    yield Sample("pull-none-chosen", page, unchosen, path, CLERK, wide=True)
    yield Sample("pull-nothing", page, replace(found, found=()), path, CLERK, wide=True)
    refused = replace(empty, typed=typed, refused="consent-required")
    yield Sample("pull-refused", page, refused, path, CLERK, wide=True)
    yield from _case(empty)
    yield Sample("pull-given", "certstore/pull_given.html", _given(), path, CLERK, wide=True)


def _found() -> tuple[FoundRow, ...]:
    return (
        FoundRow(
            ref="a" * 20,
            type_code="residence_voucher",
            status="valid",
            under_dispute=True,
            issued_on=date(2026, 11, 20),
            choices=(
                Choice("name", "姓名"),
                Choice("residence_district", "居住地所在区"),
                Choice("valid_until", "有效期至"),
            ),
        ),
        FoundRow(
            ref="b" * 20,
            type_code="household_register",
            status="expired",
            under_dispute=False,
            issued_on=date(1999, 1, 28),
            choices=(),
        ),
    )


def _case(empty: PullView) -> Iterator[Sample]:
    rows = tuple(
        CaseRow(
            at=NOW - timedelta(minutes=n),
            kind=kind,
            type_code=type_code,
            fields=fields,
            refused=refused,
            operator="S03",
            decision_id=decision,
            leaf_index=4711 - n,
        )
        for n, (kind, type_code, fields, refused, decision) in enumerate(
            [
                ("pull", "residence_voucher", ("姓名", "有效期至"), False, ""),
                ("pull", "residence_voucher", (), True, ""),
                ("decision", "", (), False, "k3v9" * 5),
                ("look", "", (), False, ""),
            ]
        )
    )
    shown = replace(empty, looked_up="CB-2026-00391", of_case=rows)
    page, path = "certstore/pull.html", "/pull/case"
    yield Sample("pull-case", page, shown, path, CLERK, wide=True)
    yield Sample("pull-case-none", page, replace(shown, of_case=()), path, CLERK, wide=True)


def _given() -> GivenView:
    return GivenView(
        office=_OFFICE,
        clerk="罗经办 S03",
        rooms=("pull", "source"),
        type_code="residence_voucher",
        status="valid",
        under_dispute=False,
        values=(("姓名", "林晓禾"), ("居住地所在区", "海港区")),
        withheld=("有效期至",),
        case_no="CB-2026-00391",
        delete_by=date(2027, 5, 21),
        leaf_index=4711,
        receipt="eyJhbGciOiJFUzI1NiJ9." + "a1B2" * 60 + ".c3D4",
    )
