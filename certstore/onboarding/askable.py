"""What a purpose can be applied for of each type: fields, questions, the photo, or only existence.

A question is answered by yes or no and gives no value; the photo is a file and no field; of a type
that is asked for without any of them, a service learns that one exists and how it stands.
"""

from collections.abc import Sequence
from typing import Final

from certstore.catalogue import CertificateType, catalogue
from certstore.sharing.forms import PHOTO
from certstore.sharing.predicates import GRANTED_BY

EXISTS: Final = "exists"
"""How lists call that only existence and status are asked for; it stands in no purpose."""
_ADDRESSES: Final = ("residence_address", "address")
_KINSHIP: Final = frozenset({"birth_certificate", "household_register"})
_WITH_PHOTO: Final = frozenset({"voucher", "permit"})  # layouts
_PHOTOS: Final = frozenset({"id_photo"})


def questions_of(kind: CertificateType) -> tuple[str, ...]:
    """The yes-or-no questions that a certificate of this type can answer.

    Some are put by a service itself, the others by the conditions of its matter (docs/matters.md).
    """
    located = any(kind.field(name) is not None for name in _ADDRESSES)
    at_once = (name for name in GRANTED_BY if located or name != "address_equals")
    in_matters = (
        *(("district_is",) if located else ()),
        *(("parent_is",) if kind.code in _KINSHIP else ()),
        "held_since",
    )
    return (*at_once, *in_matters)


def has_photo(kind: CertificateType) -> bool:
    """Whether certificates of this type show a photo."""
    return kind.layout in _WITH_PHOTO or kind.code in _PHOTOS


def paths_of(kind: CertificateType) -> Sequence[str]:
    """Every path that can be granted of a type."""
    photo = (PHOTO,) if has_photo(kind) else ()
    return (*(field.name for field in kind.fields), *questions_of(kind), *photo)


def every_path() -> frozenset[str]:
    """Every path of every type in the catalogue, as "type.path"."""
    return frozenset(
        f"{kind.code}.{path}" for kind in catalogue().values() for path in paths_of(kind)
    )


def every_type() -> frozenset[str]:
    """The code of every type in the catalogue."""
    return frozenset(catalogue())
