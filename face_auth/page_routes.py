"""The sandbox provider's page: the person chooses how the verification is to end."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from certstore.reception import desk
from face_auth.acceptance import FaceDesk
from face_auth.pages.views import SandboxView
from face_auth.sandbox import Behaviour, SandboxProvider

Render = Callable[[Request, str, object], Response]
_SEE_OTHER = 303


def sandbox_pages(render: Render, check_form: Callable[..., Any]) -> APIRouter:
    """The routes of the sandbox's page.

    `render(request, template, view)` makes a page; `check_form` is a FastAPI dependency that
    refuses a form from elsewhere (token and origin). To be mounted beside demonstration keys only.
    """
    router = APIRouter(prefix="/sandbox/face", tags=["sandbox"], include_in_schema=False)

    @router.get("/{txn}")
    def show(
        txn: str, request: Request, sandbox: Annotated[SandboxProvider, desk(SandboxProvider)]
    ) -> Response:
        """Show whom the sandbox was asked to verify; one that has ended leads back."""
        found = sandbox.find(txn)
        if found.request is None:
            return RedirectResponse(found.return_to, _SEE_OTHER)
        view = SandboxView(
            action=request.url.path,
            transaction=txn,
            name=found.request.holder.name,
            id_number=found.request.holder.id_number,
            matter=found.request.matter,
            return_href=found.return_to,
        )
        return render(request, "face_auth/sandbox.html", view)

    @router.post("/{txn}", dependencies=[Depends(check_form)])
    def end(
        txn: str,
        outcome: Annotated[Behaviour, Form()],
        sandbox: Annotated[SandboxProvider, desk(SandboxProvider)],
        face: Annotated[FaceDesk, desk(FaceDesk)],
    ) -> Response:
        """Sign what was chosen, hand it in like any provider's result, and lead back."""
        ending = sandbox.end(txn, outcome)
        if ending.token is not None:
            face.accept(ending.token)  # how it was judged, the page it leads back to asks the desk
        return RedirectResponse(ending.return_to, _SEE_OTHER)

    return router
