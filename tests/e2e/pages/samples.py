"""Every page in every state, with people of the invented city; shown by showcase.py."""

from tests.e2e.pages.application_samples import checks, progress
from tests.e2e.pages.clerk_samples import clerks
from tests.e2e.pages.desk_samples import desk
from tests.e2e.pages.entrance_samples import entrance
from tests.e2e.pages.people import Sample
from tests.e2e.pages.question_samples import questions
from tests.e2e.pages.scan_samples import scans
from tests.e2e.pages.store_samples import certificates, homes, usage


def every_sample() -> list[Sample]:
    """All of them."""
    store = [*homes(), *certificates(), *usage(), *entrance()]
    return [*store, *questions(), *checks(), *progress(), *desk(), *clerks(), *scans()]
