"""Who asked, for what and on what ground: what the person concerned reads of an access."""

from typing import Any

from certstore.callers import Service
from certstore.errors import CertstoreError
from certstore.sharing.grants import Operator


def who_asks(
    service: Service, case_no: str, operator: Operator, refusal: CertstoreError | None
) -> dict[str, Any]:
    """The beginning of every record of a service's access; `refused` says why nothing was given."""
    said = {
        "agency": service.agency,
        "agency_uscc": service.agency_uscc,
        "client": service.client_id,
        "purpose": service.purpose_id,
        "agency_en": service.agency_en,
        "matter": service.matter_code,
        "matter_zh": service.title_zh,
        "matter_en": service.title_en,
        "case_no": case_no,
        "operator": operator.number,
        "ground": service.legal_basis.get("kind", ""),
        "legal_basis": dict(service.legal_basis),
    }
    if operator.terminal is not None:
        said["terminal"] = operator.terminal
    return said if refusal is None else {**said, "refused": refusal.code}
