"""The closed lists of words that facts and decisions about materials are written in."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Matter(StrEnum):
    """What a person applies for (事项)."""

    REGISTRATION = "residence_registration"
    PERMIT = "residence_permit"
    ADDRESS_CHANGE = "address_change"
    ENDORSEMENT = "endorsement"
    REISSUE = "reissue"
    CANCELLATION = "cancellation"


class Material(StrEnum):
    """What a matter wants to see proven (材料)."""

    IDENTITY = "identity"
    PHOTO = "photo"
    DWELLING = "dwelling"
    KINSHIP = "kinship"
    GUARDIANSHIP = "guardianship"
    HALF_YEAR = "half_year"
    BASIS = "basis"


class Outcome(StrEnum):
    """What became of a material."""

    SATISFIED = "satisfied"
    BY_COMMITMENT = "satisfied_by_commitment"
    CHOOSE_ONE = "choose_one"
    MUST_UPLOAD = "must_upload"
    NOT_APPLICABLE = "not_applicable"
    OFFICER_REVIEW = "officer_review"  # nothing is asked; a person looks
    BLOCKED = "blocked"
    SOURCE_DOWN = "unknown_source_down"  # nothing is asked; we look again


class Reason(StrEnum):
    """Why a record or a result on hand did not serve, in the order of nearness to serving."""

    ADDRESS_UNSURE = "ADDRESS_UNSURE"
    PHOTO_QUALITY = "PHOTO_QUALITY"
    NOT_YET_ELIGIBLE = "NOT_YET_ELIGIBLE"
    NOT_YET_VALID = "NOT_YET_VALID"
    UNDER_DISPUTE = "UNDER_DISPUTE"
    CERT_EXPIRED = "CERT_EXPIRED"
    FACE_TOO_OLD = "FACE_TOO_OLD"
    PHOTO_TOO_OLD = "PHOTO_TOO_OLD"
    TOO_OLD = "TOO_OLD"
    CERT_SUSPENDED_LOSS = "CERT_SUSPENDED_LOSS"
    CERT_REVOKED = "CERT_REVOKED"
    FACE_LOW_ASSURANCE = "FACE_LOW_ASSURANCE"
    FACE_NOT_PASSED = "FACE_NOT_PASSED"
    ADDRESS_MISMATCH = "ADDRESS_MISMATCH"
    NAME_MISMATCH = "NAME_MISMATCH"
    HOLDER_NOT_SUBJECT = "HOLDER_NOT_SUBJECT"
    GUARDIANSHIP_UNPROVEN = "GUARDIANSHIP_UNPROVEN"
    NO_RECORD = "NO_RECORD"
    CONSENT_REQUIRED = "CONSENT_REQUIRED"
    PURPOSE_NOT_ALLOWED = "PURPOSE_NOT_ALLOWED"
    SOURCE_UNAVAILABLE = "SOURCE_UNAVAILABLE"


NEARNESS: Mapping[Reason, int] = MappingProxyType({word: n for n, word in enumerate(Reason)})


class RecordType(StrEnum):
    """What kind of paper a record on file stands for."""

    PROPERTY = "property_certificate"
    LEASE_FILING = "lease_filing"
    LEASE_CONTRACT = "lease_contract"
    PHOTO = "id_photo"
    BIRTH = "birth_certificate"
    DORMITORY = "dormitory_certificate"
    INSURANCE = "social_insurance"
    ENROLMENT = "enrolment"
    HOUSEHOLD = "household_register"
    VOUCHER = "residence_voucher"
    PERMIT = "residence_permit"
    LETTER = "commitment_letter"


class RecordStatus(StrEnum):
    """What has become of a record, as its source says it."""

    VALID = "valid"
    EXPIRED = "expired"
    LOST = "suspended_loss"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Dwelling(StrEnum):
    """By what right somebody lives at an address."""

    OWN = "own"
    RENT = "rent"
    DORMITORY = "dormitory"


class Occupier(StrEnum):
    """Whose home it is."""

    SELF = "self"
    RELATIVE = "relative"


class Relation(StrEnum):
    """A near relative of Civil Code 1045, seen from the applicant."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"


class ComparisonSource(StrEnum):
    """What a face was compared with."""

    POLICE = "police_photo_base"
    POPULATION = "population_base"
    UPLOADED = "uploaded_photo"


class PhotoQuality(StrEnum):
    """What the photo check said."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    MANUAL_REVIEW = "manual_review"
    RETAKE = "retake"


class Source(StrEnum):
    """An authority that records are asked from."""

    POLICE = "police"
    NATURAL_RESOURCES = "natural_resources"
    HOUSING = "housing"
    HUMAN_RESOURCES = "human_resources"
    EDUCATION = "education"


# A dormitory certificate and a letter are made here: nobody else can be down.
SOURCE_OF: Mapping[RecordType, Source] = MappingProxyType(
    {
        RecordType.PHOTO: Source.POLICE,
        RecordType.VOUCHER: Source.POLICE,
        RecordType.PERMIT: Source.POLICE,
        RecordType.BIRTH: Source.POLICE,
        RecordType.HOUSEHOLD: Source.POLICE,
        RecordType.PROPERTY: Source.NATURAL_RESOURCES,
        RecordType.LEASE_FILING: Source.HOUSING,
        RecordType.LEASE_CONTRACT: Source.HOUSING,
        RecordType.INSURANCE: Source.HUMAN_RESOURCES,
        RecordType.ENROLMENT: Source.EDUCATION,
    }
)
