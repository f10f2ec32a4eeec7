"""The help pages: what a question gets in each outcome, and the guide to each matter."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from certstore.clock import MovedClock
from certstore.service.guide_figures import MatterFigures
from issuance.guides.desk import GuideDesk
from issuance.guides.question import Question
from issuance.matters.endorsement.rules import load_rules as endorsing
from issuance.pages.guide_views import AskedView, GuideView, HelpView
from tests.e2e.pages.people import RESIDENT, Sample
from verifiers.materials.rules import load_rules

DESK = GuideDesk(
    rules=load_rules(),
    clock=MovedClock(datetime(2026, 11, 26, 2, 0, tzinfo=UTC)),
    sources=(MatterFigures(rules=endorsing(), lease_open_days=15).on,),
)
HELP = HelpView(often=DESK.often(), guides=DESK.guides())


def guides() -> Iterator[Sample]:
    """The search box empty, with each outcome, with an error; guides."""
    page = "issuance/help.html"
    yield Sample("help", page, HELP, "/help")
    yield Sample("help-signed-out", page, HELP, "/help", None)
    for name, typed in (
        ("answer", "居住证丢了怎么办"),
        ("perhaps", "登记到期了"),
        ("none", "怎么办护照"),
        ("english", "I lost my permit"),
        ("freed", "310199199003070020 的居住证丢了"),
        ("markup", "<b>护照</b> & {{ 7 * 7 }}"),
    ):
        view = replace(HELP, asked=asked(typed))
        yield Sample(f"help-{name}", page, view, "/help")
    for cause in ("too_long", "controls"):
        yield Sample(f"help-{cause}", page, replace(HELP, errors={"q": cause}), "/help")
    for guide in DESK.guides():
        view = GuideView(guide=guide, passages=DESK.belonging_to(guide))
        yield Sample(f"guide-{guide.ref}", "issuance/guide.html", view, guide.path, RESIDENT)


def asked(typed: str) -> AskedView:
    """A question and what it gets today."""
    question = Question.read(typed)
    answered = DESK.answer(question)
    return AskedView(
        text=question.text,
        freed=question.freed,
        lang=DESK.language_of(question),
        outcome=answered.outcome,
        passages=answered.passages,
    )
