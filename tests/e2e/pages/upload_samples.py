"""Handing in a paper, and what the officer sees of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from certstore.pages.views import Reason
from issuance.pages.desk_views import DeskCaseView, DeskFile, Judgement, Whose
from issuance.pages.upload_views import FileView, Interrupted, Paper, UploadView
from tests.e2e.pages.application_samples import MATERIALS
from tests.e2e.pages.people import NOW, OFFICER, PORTRAIT, REF, Sample
from verifiers.materials.handed_in_profile import read_profile

SHEETS = ((PORTRAIT, PORTRAIT), (PORTRAIT, PORTRAIT))


def uploads() -> Iterator[Sample]:
    """Handing in a paper, in every state."""
    asked = UploadView(
        ref=REF,
        matter="residence_registration",
        material="dwelling",
        papers=(Paper(code="property_certificate_upload", pages=2),),
        reasons=(Reason("NO_RECORD"),),
        sight=_sight(),
        back_href=f"/applications/{REF}/check",
    )
    choice = replace(
        asked,
        material="guardianship",
        reasons=(Reason("GUARDIANSHIP_UNPROVEN"),),
        papers=(
            Paper(code="birth_certificate_upload", pages=1),
            Paper(code="guardianship_document_upload", pages=1),
        ),
    )
    one = FileView(ref="f1", paper="property_certificate_upload", pages=1, sheets=SHEETS[:1])
    two = replace(one, ref="f2", pages=2, sheets=SHEETS, advice=("GLARE",))
    doubt = replace(one, ref="f3", doubtful=True, advice=("BLURRED", "EDGE_CUT"))
    short = (Paper(code="property_certificate_upload", pages=2, missing=1),)
    cut = Interrupted(ref="f4", paper="property_certificate_upload", percent=43, length=10)
    page = "issuance/upload.html"
    for name, view in (
        ("upload", asked),
        ("upload-identity", replace(asked, material="identity", papers=_card(), reasons=())),
        ("upload-choice", choice),
        ("upload-given", replace(asked, files=(one, two))),
        ("upload-page-missing", replace(asked, files=(one,), papers=short)),
        ("upload-doubtful", replace(asked, files=(doubt,))),
        ("upload-refused", replace(asked, refused=("FILE_HEIC",))),
        ("upload-refused-twice", replace(asked, refused=("PDF_SCRIPT", "PDF_FORM"))),
        ("upload-interrupted", replace(asked, interrupted=cut)),
        ("upload-full", replace(asked, files=(one, two), full=True)),
        ("upload-error", replace(choice, errors={"document": "missing", "file": "missing"})),
    ):
        yield Sample(name, page, view, view.path)
    yield _case()


def _card() -> tuple[Paper, ...]:
    return (Paper(code="id_card_upload", pages=2),)


def _sight() -> str:
    return json.dumps(read_profile().sight.as_json())


def _case() -> Sample:
    """A case with two files of one paper, one page short."""
    paper = "property_certificate_upload"
    picture = DeskFile(paper=paper, pages=SHEETS[:1], advice=("GLARE", "COARSE"), usual_pages=4)
    document = DeskFile(
        paper=paper, pages=SHEETS, document="/desk/uploads/d", usual_pages=4, missing=1
    )
    judged = Judgement(
        kind="upload",
        material="dwelling",
        reasons=(Reason("NO_RECORD"),),
        files=(picture, document),
        said="示范市海港区青石路 12 号 3 楼 302 室（周敏）",
        whose=(
            Whose("applicant", "林晓禾", "310199199003070020"),
            Whose("relative", "周敏", "310199197109230625"),
        ),
    )
    view = DeskCaseView(
        office="梧桐派出所",
        officer=OFFICER.name,
        queue=(),
        ref="1" * 20,
        case_number="SF-2611-0519-3",
        matter="residence_registration",
        name="林晓禾",
        submitted_at=NOW - timedelta(days=1),
        due=date(2026, 11, 27),
        judgements=(judged,),
        checked=MATERIALS[:2],
        may_ask=(),
        may_refuse_for=("ADDRESS_MISMATCH", "OTHER"),
    )
    path = "/desk/cases/" + "1" * 20
    return Sample("desk-case-upload", "issuance/desk_case.html", view, path, OFFICER, wide=True)
