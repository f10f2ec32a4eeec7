"""What the sandbox face provider's page shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxView:
    """`face_auth/sandbox.html`, the sandbox provider's page; POST `action` ends the transaction.

    Form fields: `csrf`, `transaction`, `outcome` (pass | fail_light | fail_person | risk).
    """

    action: str
    transaction: str
    name: str  # masked when shown
    id_number: str  # masked when shown
    matter: str  # matter code
    return_href: str  # giving up: back without a result
