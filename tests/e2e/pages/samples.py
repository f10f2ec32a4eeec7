"""Every page in every state, with people of the invented city; shown by showcase.py."""

from tests.e2e.pages.application_samples import checks, progress
from tests.e2e.pages.citizen_samples import citizens
from tests.e2e.pages.clerk_samples import clerks
from tests.e2e.pages.consent_samples import consents
from tests.e2e.pages.counter_samples import counter
from tests.e2e.pages.desk_samples import desk
from tests.e2e.pages.entrance_samples import entrance
from tests.e2e.pages.form_samples import forms
from tests.e2e.pages.matter_samples import versions
from tests.e2e.pages.onboarding_samples import onboarding
from tests.e2e.pages.people import Sample
from tests.e2e.pages.photo_samples import photos
from tests.e2e.pages.question_samples import questions
from tests.e2e.pages.scan_samples import scans
from tests.e2e.pages.store_samples import certificates, homes, usage
from tests.e2e.pages.upload_samples import uploads


def every_sample() -> list[Sample]:
    """All of them."""
    store = [*homes(), *certificates(), *usage(), *forms(), *entrance()]
    store += [*consents(), *citizens()]
    asked = [*questions(), *photos(), *checks(), *progress(), *uploads()]
    behind = [*clerks(), *counter(), *onboarding(), *versions()]
    return [*store, *asked, *desk(), *behind, *scans()]
