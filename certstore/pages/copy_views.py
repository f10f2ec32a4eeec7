"""What the page for taking a certificate along shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """`certstore/copy.html`, GET and POST /certificates/{ref}/download.

    The form: `csrf`, `cause`, `days`. The answer to a good one is the file.
    """

    ref: str
    type_code: str
    days: tuple[int, ...]
    cause: str = ""
    chosen: str = "30"
    for_wallets: bool = False  # may be put into the reader's own wallet
    errors: Mapping[str, str] = field(default_factory=dict)  # a code of `error.<field>.` by field
