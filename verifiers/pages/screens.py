"""Verdicts that need words of their own: the same verdict, but something else is to be done."""

from collections.abc import Collection
from typing import Final

# verdict and reason, and the screen they get: `verdict.<screen>.word` and so on. With script,
# verdict_view.js holds the same, and knows besides whether the verifier asked for a nonce.
_SCREENS: Final = {
    ("revoked", "DEVICE_SIGNED_OUT"): "phone_signed_out",
    ("malformed", "STATUS_ADDRESS"): "status_address",
    ("malformed", "NUMBER_NOT_GOOD"): "number_not_good",
    ("replayed", "NONCE_NOT_OURS"): "shown_to_another",
}
_WITH_PHOTO: Final = frozenset({"residence_voucher", "residence_permit"})  # printed on the document


def screen_of(verdict: str, reasons: Collection[str], passed: Collection[str]) -> tuple[str, str]:
    """The screen's name and the reason it tells; the verdict and nothing for most.

    `passed` are the names of the checks that went well: a telephone that was signed out is told
    of in place of the certificate only where the certificate itself stands.
    """
    for (judged, reason), screen in _SCREENS.items():
        if judged == verdict and reason in reasons:
            stands = screen != "phone_signed_out" or "status" in passed
            return (screen, reason) if stands else (verdict, "")
    return verdict, ""


def face_of(fields: Collection[str], type_word: str, *, has_photo: bool) -> str:
    """Where the photo to compare with is: here, with the holder (theirs), or nowhere (none)."""
    if has_photo:
        return "here"
    if "photo_digest" in fields or "photo" in fields:
        return "theirs"
    document = "disclosure" not in fields
    return "theirs" if document and type_word in _WITH_PHOTO else "none"
