"""Whether what an approval leads to can still be issued, by what the drafters will go by."""

from datetime import date
from typing import Final, Literal

from certstore.tables.books import Books
from issuance.application import Application, Matter
from issuance.grounds import PERMIT
from issuance.voucher_draft import SUPERSEDABLE, in_force, to_replace

Fault = Literal["", "registration_ended", "overtaken"]
_CHANGES: Final = frozenset({Matter.ADDRESS_CHANGE, Matter.REGISTRATION_RENEWAL})
_OF_PERMITS: Final = frozenset({Matter.RESIDENCE_PERMIT, Matter.ENDORSEMENT, Matter.REISSUE})


def not_issuable(books: Books, application: Application, today: date) -> Fault:
    """Why no certificate could be drafted for it today; empty where one can, or none is asked for.

    The registration it is about has run out, or a permit was issued, or ended, meanwhile.
    """
    holder = application.applicant
    on_file = books.register.held_by(holder.id_type, holder.id_number)
    if application.matter in _CHANGES:
        return "" if to_replace(application, on_file, today) else "registration_ended"
    if application.matter not in _OF_PERMITS:
        return ""
    if in_force(on_file, today) is None:
        return "registration_ended"
    stands = any(c.type_code == PERMIT and c.sealed and c.status in SUPERSEDABLE for c in on_file)
    return "overtaken" if stands is (application.matter is Matter.RESIDENCE_PERMIT) else ""
