"""The files of a record that is handed in: a safe path or the bytes, always with a digest."""

import base64
import binascii
import hashlib
import re

from certstore.batch_fields import FaultCode, Fields
from certstore.batch_types import RecordFile

MAX_FILE_BYTES = 180_000  # inside a line; files beside the batch have their own limits
_MEDIA_TYPES = ("image/jpeg", "image/png", "application/pdf")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SEGMENT = "[0-9A-Za-z_-][0-9A-Za-z._-]{0,99}"
_PATH = re.compile(rf"(?:{_SEGMENT}/){{0,8}}{_SEGMENT}")


def read_files(fields: Fields, *, one_photo: bool) -> tuple[RecordFile, ...]:
    """Read the files; `one_photo` asks for exactly one, a JPEG."""
    entries = fields.objects("files", 0, 20)
    files = tuple(_file(entry) for entry in entries)
    photos = [f for f in files if f.media_type == "image/jpeg"]
    if one_photo and (len(files), len(photos)) != (1, 1):
        fields.note(FaultCode.BAD_FILE, "files", "an ID photo has exactly one file, image/jpeg")
    return files


def _file(fields: Fields) -> RecordFile:
    by_path = "path" in fields.values
    fields.exactly(("media_type", "sha256", "path" if by_path else "base64"))
    media_type, sha256 = fields.word("media_type", _MEDIA_TYPES), fields.text("sha256", 64)
    if not _DIGEST.fullmatch(sha256):
        fields.note(FaultCode.BAD_DIGEST, "sha256", "is not 64 small hexadecimal digits")
    if not by_path:
        return RecordFile(media_type, sha256, None, _inline(fields, sha256))
    path = fields.text("path")
    if not _PATH.fullmatch(path):  # no root, no dots in front, no way up, no backslash, no drive
        fields.note(FaultCode.UNSAFE_PATH, "path", "is not a plain relative path")
    return RecordFile(media_type, sha256, path, None)


def _inline(fields: Fields, sha256: str) -> bytes:
    try:
        content = base64.b64decode(
            fields.text("base64", 4 * MAX_FILE_BYTES // 3 + 4), validate=True
        )
    except (binascii.Error, ValueError):
        fields.note(FaultCode.BAD_FILE, "base64", "is not base64")
        return b""
    if not 0 < len(content) <= MAX_FILE_BYTES:
        fields.note(FaultCode.BAD_FILE, "base64", f"is not 1 to {MAX_FILE_BYTES} bytes")
    if hashlib.sha256(content).hexdigest() != sha256:
        fields.note(FaultCode.BAD_DIGEST, "sha256", "is not the digest of the bytes beside it")
    return content
