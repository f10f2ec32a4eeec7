"""Where the enciphered parts of uploads lie: sealed before they leave, opened when asked for."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from certstore.errors import NotFoundError
from certstore.objects import ObjectStore
from certstore.safekeeping import DataKey, Safe, Wrapped
from issuance.upload import Part, Upload
from verifiers.materials.handed_in import Cleaned


@dataclass(frozen=True, slots=True)
class UploadShelf:
    """Seals and opens what is handed in; the object store never sees a byte of it in plain."""

    objects: ObjectStore
    safe: Safe

    def begin(self, upload: Upload) -> tuple[DataKey, Wrapped]:
        """A key for an upload that begins."""
        return self.safe.new_key(upload.key_context)

    def seal_piece(self, upload: Upload, piece: bytes) -> bytes:
        """The next piece of an upload on its way, enciphered for its place."""
        return self._key(upload).seal(piece, upload.context(f"piece-{upload.received}"))

    def assemble(self, upload: Upload, pieces: Sequence[tuple[int, bytes]]) -> bytes:
        """The whole file in memory; DigestMismatchError if a piece was changed or moved."""
        key = self._key(upload)
        return b"".join(key.open(sealed, upload.context(f"piece-{at}")) for at, sealed in pieces)

    def keep(self, upload: Upload, cleaned: Cleaned) -> tuple[Part, ...]:
        """Put the cleaned file away, enciphered; durable when this returns."""
        plain: dict[str, bytes] = {}
        for number, page in enumerate(cleaned.pages, start=1):
            plain[f"page-{number}"] = page.picture
            plain[f"thumbnail-{number}"] = page.thumbnail
        if cleaned.document:
            plain["document"] = cleaned.document
        key = self._key(upload)
        sealed = [key.seal(data, upload.context(name)) for name, data in plain.items()]
        digests = self.objects.put_many(sealed)
        return tuple(Part(name, digest) for name, digest in zip(plain, digests, strict=True))

    def open(self, upload: Upload, name: str) -> bytes:
        """One part in plain; NotFoundError if there is none of this name.

        All of it is checked before any of it is given out: that is why it is not streamed from
        the store. A part has at most some ten megabytes.
        """
        part = upload.has(name)
        if part is None:
            raise NotFoundError("the upload has no such part", where=name)
        return self._key(upload).open(self.objects.get(part.digest), upload.context(name))

    def _key(self, upload: Upload) -> DataKey:
        if upload.wrapped is None:
            raise NotFoundError("there is no such upload", where=upload.ref)
        return self.safe.open_key(upload.wrapped, upload.key_context)


def sha256_of(data: bytes) -> str:
    """The digest kept of a file as it came: lower-case hex."""
    return hashlib.sha256(data).hexdigest()
