"""Every page in every state, with people of the invented city; shown by showcase.py."""

from tests.e2e.pages.application_samples import checks, progress
from tests.e2e.pages.asking_samples import asking_wallets
from tests.e2e.pages.card_samples import cards
from tests.e2e.pages.citizen_samples import citizens
from tests.e2e.pages.clerk_samples import clerks
from tests.e2e.pages.consent_samples import consents
from tests.e2e.pages.counter_samples import counter
from tests.e2e.pages.desk_samples import desk
from tests.e2e.pages.desk_work_samples import desk_work
from tests.e2e.pages.document_samples import documents
from tests.e2e.pages.ending_samples import endings
from tests.e2e.pages.entrance_samples import entrance
from tests.e2e.pages.figure_samples import figures
from tests.e2e.pages.form_samples import forms
from tests.e2e.pages.guide_samples import guides
from tests.e2e.pages.hold_samples import holds
from tests.e2e.pages.intake_samples import intake
from tests.e2e.pages.joint_samples import joint
from tests.e2e.pages.lease_samples import leases
from tests.e2e.pages.matter_samples import versions
from tests.e2e.pages.onboarding_samples import onboarding
from tests.e2e.pages.people import Sample
from tests.e2e.pages.photo_samples import photos
from tests.e2e.pages.presenting_samples import presenting
from tests.e2e.pages.question_samples import questions
from tests.e2e.pages.reminder_samples import reminders
from tests.e2e.pages.scan_samples import scans
from tests.e2e.pages.scanner_samples import scanner_samples
from tests.e2e.pages.store_samples import certificates, homes, usage
from tests.e2e.pages.upload_samples import uploads
from tests.e2e.pages.wallet_samples import wallets


def every_sample() -> list[Sample]:
    """All of them."""
    store = [*homes(), *certificates(), *usage(), *forms(), *entrance()]
    store += [*consents(), *citizens(), *presenting(), *reminders()]
    asked = [*questions(), *photos(), *checks(), *progress(), *uploads(), *joint(), *endings()]
    behind = [*clerks(), *counter(), *onboarding(), *versions()]
    verified = [*scans(), *documents(), *asking_wallets(), *scanner_samples()]
    behind = [*desk(), *desk_work(), *figures(), *intake(), *behind]
    return [
        *store,
        *guides(),
        *holds(),
        *asked,
        *behind,
        *verified,
        *wallets(),
        *cards(),
        *leases(),
    ]
