"""Which photo goes with what was shown: of a telephone's code, for its first scan."""

from certstore.certificates import Certificate, File
from certstore.codes.profiles import Profile
from certstore.presenting.choices import SHOWS_PERSON
from verifiers.scanning.verdict import ScanResult, Verdict

_ON_TELEPHONE = (Profile.ON_LINE.prefix, Profile.OFF_LINE.prefix)


def photo_shown(code: str, result: ScanResult, asked: Certificate | None) -> File | None:
    """The photo of the certificate that was asked about, if this scan may have it; else None.

    A showing that names nobody comes without a face. Who holds a print or a copy of the document
    has the picture on it and gets none from here (docs/adr/0010, 0042).
    """
    named = result.fields.get("disclosure") in SHOWS_PERSON
    if not (code.startswith(_ON_TELEPHONE) and named and result.verdict is Verdict.VALID):
        return None
    photo = asked.file("photo") if asked is not None else None
    # The one the code names: a message made yesterday may be of an older photo.
    digest = result.fields.get("photo_digest")
    return photo if photo is not None and bytes.fromhex(photo.sha256)[:16] == digest else None
