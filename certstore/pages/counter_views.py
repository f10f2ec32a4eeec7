"""What a clerk of an agency without a system sees at `/pull`: the question, what exists, values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from certstore.callers import Clerk
from certstore.cases.desk import CaseAccess
from certstore.catalogue import catalogue
from certstore.tables.sharing import Purpose
from certstore.web.dress import Lang

Rooms = tuple[str, ...]
# Why nothing was given; any other cause is said as `other`.
Refused = Literal[
    "certificate-revoked",
    "not-found",
    "subject-mismatch",
    "field-not-granted",
    "consent-required",
    "consent-withdrawn",
    "under-dispute",
    "quota-exceeded",
    "other",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed, and what is wrong with it by field."""

    purpose: str = ""
    case_no: str = ""
    name: str = ""
    id_number: str = ""
    use_code: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that may be chosen."""

    path: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A certificate that exists: reference and status, and what of it may be chosen."""

    ref: str
    type_code: str
    status: str
    under_dispute: bool
    issued_on: date
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One access under a case number; no value and no name."""

    at: datetime
    kind: str
    type_code: str
    fields: tuple[str, ...]
    refused: bool
    operator: str
    decision_id: str
    leaf_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PullView:
    """`certstore/pull.html`, GET and POST /pull, POST /pull/case.

    `found` is None before anybody was asked about; empty where there is nothing, or nothing under
    that name. `of_case` is None before a case number was looked up.
    """

    room: str = "pull"
    rooms: Rooms = ("pull",)
    office: str
    clerk: str
    purposes: tuple[tuple[str, str], ...]
    typed: Typed = Typed()
    found: tuple[FoundRow, ...] | None = None
    refused: Refused | None = None
    nothing_chosen: str = ""  # the reference at which no field was chosen
    looked_up: str = ""
    of_case: tuple[CaseRow, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenView:
    """`certstore/pull_given.html`, POST /pull/{ref}: the values, once."""

    room: str = "pull"
    rooms: Rooms = ("pull",)
    office: str
    clerk: str
    type_code: str
    status: str
    under_dispute: bool
    values: tuple[tuple[str, str], ...]
    withheld: tuple[str, ...]
    case_no: str
    delete_by: date
    leaf_index: int
    receipt: str


def pull_view(
    clerk: Clerk, purposes: Sequence[Purpose], rooms: Rooms, lang: Lang, office: str
) -> PullView:
    """The empty form."""
    titles = [(p.purpose_id, p.title_zh if lang == "zh" else p.title_en) for p in purposes]
    return PullView(
        rooms=rooms,
        office=office,
        clerk=f"{clerk.name} {clerk.number}",
        purposes=tuple(titles),
        typed=Typed(purpose=titles[0][0] if len(titles) == 1 else ""),
    )


def with_found(
    view: PullView,
    typed: Typed,
    evidence: Sequence[Mapping[str, Any]],
    granted: Mapping[str, Sequence[str]],
    lang: Lang,
) -> PullView:
    """What exists, each with the fields that the purpose covers; none is chosen beforehand."""
    rows = tuple(
        FoundRow(
            ref=each["ref"],
            type_code=each["type"],
            status=each["status"],
            under_dispute=each["under_dispute"],
            issued_on=date.fromisoformat(each["issued_on"]),
            choices=tuple(
                Choice(path, field_label(each["type"], path, lang))
                for path in granted.get(each["type"], ())
            ),
        )
        for each in evidence
    )
    return replace(view, typed=typed, found=rows)


def with_case(view: PullView, case_no: str, accesses: Sequence[CaseAccess], lang: Lang) -> PullView:
    """What was done under a case number."""
    rows = tuple(
        CaseRow(
            at=access.at,
            kind=access.kind,
            type_code=access.cert_type or "",
            fields=tuple(field_label(access.cert_type or "", p, lang) for p in access.fields),
            refused=access.refused is not None,
            operator=access.operator,
            decision_id=access.decision_id or "",
            leaf_index=access.leaf_index,
        )
        for access in accesses
    )
    return replace(view, looked_up=case_no, of_case=rows)


def given_view(view: PullView, given: Mapping[str, Any], case_no: str, lang: Lang) -> GivenView:
    """The values of a pull as they are shown."""
    kind = str(given["type"])
    return GivenView(
        rooms=view.rooms,
        office=view.office,
        clerk=view.clerk,
        type_code=kind,
        status=given["status"],
        under_dispute=given["under_dispute"],
        values=tuple(
            (field_label(kind, path, lang), _shown(value))
            for path, value in given["fields"].items()
        ),
        withheld=tuple(field_label(kind, each["path"], lang) for each in given["withheld"]),
        case_no=case_no,
        delete_by=date.fromisoformat(given["freshness"]["delete_by"]),
        leaf_index=given["ledger"]["leaf_index"],
        receipt=given["receipt"],
    )


def field_label(cert_type: str, path: str, lang: Lang) -> str:
    """What a field is called; a path nobody named is shown as it is."""
    kind = catalogue().get(cert_type)
    known = kind.field(path) if kind else None
    if known is None:
        return path
    return known.label_zh if lang == "zh" else known.label_en


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
