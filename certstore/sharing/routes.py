"""HTTP of what services ask for: search and pull."""

import base64
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from certstore.authorization.resource_gate import ResourceGate
from certstore.authorization.routes import Admitted, Pulling, Searching, challenged
from certstore.idempotency.routes import Once
from certstore.reception import desk
from certstore.sharing.bodies import JobIn, PullIn, SearchIn, VerifyIn
from certstore.sharing.desk import SharingDesk
from certstore.sharing.form_desk import FormDesk
from certstore.sharing.job_desk import JobDesk
from certstore.sharing.verify_desk import VerifyDesk

router = APIRouter()
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Secret = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{43}$", description="as `document.url` has it")]
Jobs = Annotated[JobDesk, desk(JobDesk)]
Sharing = Annotated[SharingDesk, desk(SharingDesk)]


@router.post("/v1/evidence:search", tags=["sharing"], summary="Find references, no content")
def search(body: SearchIn, caller: Searching, sharing: Sharing) -> dict[str, Any]:
    """References and status of what a person holds, of granted types only."""
    return sharing.search(caller, body.request())


@router.post("/v1/certificates/{ref}:pull", tags=["sharing"], summary="Pull granted fields")
def pull(
    ref: Ref,
    body: PullIn,
    opened: Admitted,
    sharing: Sharing,
    gate: Annotated[ResourceGate, desk(ResourceGate)],
) -> dict[str, Any]:
    """Exactly the fields named; one outside the grant refuses the whole pull, by name."""
    with challenged(gate.mint.issuer):
        return sharing.pull(opened.service, body.request(ref), admission=opened)


@router.post("/v1/certificates/{ref}:verify", tags=["sharing"], summary="Ask yes or no")
def verify(
    ref: Ref, body: VerifyIn, caller: Pulling, verifying: Annotated[VerifyDesk, desk(VerifyDesk)]
) -> dict[str, Any]:
    """Yes, no or unknown to each question, and no content; recorded like a pull."""
    return verifying.answer(caller, body.question(ref))


@router.get(
    "/v1/documents/{token}",
    tags=["sharing"],
    summary="Fetch a document by its link, once",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "The document"}},
)
def document(
    token: Secret, caller: Pulling, forms: Annotated[FormDesk, desk(FormDesk)]
) -> Response:
    """The document that a pull linked: once, within 60 seconds, with a token of that purpose."""
    link, content = forms.fetch(caller, token)
    headers = {
        "Content-Disposition": 'attachment; filename="certificate.pdf"',
        "Cache-Control": "no-store",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(link.sha256)).decode()}:",
    }
    return Response(content, media_type=link.media_type, headers=headers)


@router.post("/v1/pull-jobs", tags=["sharing"], status_code=202, summary="Pull many, later")
def take_job(body: JobIn, caller: Pulling, jobs: Jobs, once: Once) -> Response:
    """Up to 1,000 pulls: taken in at once, done in the background, kept for 24 hours."""
    answer = once.answer(caller, body, lambda: (202, jobs.take(caller, body.requests())))
    answer.headers["Location"] = f"/v1/pull-jobs/{json.loads(bytes(answer.body))['ref']}"
    return answer


@router.get("/v1/pull-jobs/{ref}", tags=["sharing"], summary="Progress and answers of a job")
def job(
    ref: Ref,
    caller: Pulling,
    jobs: Jobs,
    after: Annotated[int, Query(ge=-1, le=1000, description="behind this position")] = -1,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> dict[str, Any]:
    """How far it is, and its answers in order; `next_after` leads to the next page."""
    return jobs.progress(caller, ref, after, limit)
