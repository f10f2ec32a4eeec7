"""The draft a question belongs to; what was submitted is asked nothing more."""

from certstore.callers import Resident
from certstore.errors import ConflictError
from issuance.application import Application, State
from issuance.apply import ApplyDesk


def the_draft(applying: ApplyDesk, me: Resident, ref: str) -> Application:
    """This resident's draft; ConflictError once it was submitted, NotFoundError if another's."""
    application = applying.get(me, ref)
    if application.state is not State.DRAFT:
        raise ConflictError(
            "the application is no draft any more; its answers are fixed",
            where=ref,
            remedy="look at its progress",
            cause="DRAFT_NO_MORE",
            see=f"/applications/{ref}",
        )
    return application
