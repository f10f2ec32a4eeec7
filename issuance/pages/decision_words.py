"""What an applicant reads of an officer's decision: the one function for them and for the preview.

The officer's preview is made of the same words as the applicant's page, so that nobody is sent
anything that was not seen before it was sent.
"""

from dataclasses import replace

from certstore.pages.views import Reason
from issuance.application import Application, State
from issuance.pages.progress_views import ProgressView
from issuance.refusals.reasons import UNLISTED, Refusal


def reads_of_refusal(kept: str) -> tuple[tuple[Reason, ...], str | None]:
    """Every reason, and the sentence, of a refusal; `kept` is an application's reason.

    A reason of the list has a sentence of its own, which takes no values; one that is not of the
    list is what the officer wrote.
    """
    refusal = Refusal.kept(kept)
    listed = tuple(Reason(f"REFUSED_{code}") for code in refusal.codes if code != UNLISTED)
    return listed, refusal.sentence or None


def as_decided(view: ProgressView, application: Application) -> ProgressView:
    """The applicant's page with the words that the officer saw before sending."""
    if application.state is not State.REFUSED:
        return view
    reasons, sentence = reads_of_refusal(application.reason)
    return replace(view, reasons=reasons, sentence=sentence)
