"""The authorities of the invented city that hand in records, and what each may hand in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceAuthority:
    """An authority: the word for it, its credit code, its names, the types it hands in."""

    word: str
    uscc: str
    name_zh: str
    name_en: str
    types: tuple[str, ...]


SOURCES = (
    SourceAuthority(
        "police",
        "11310000MB0T00015W",
        "示范市公安局",
        "Demonstration City Public Security Bureau",
        ("id_photo", "household_register", "birth_certificate"),
    ),
    SourceAuthority(
        "housing",
        "11310000MB0T00023P",
        "示范市房屋管理局",
        "Demonstration City Housing Administration",
        ("lease_filing", "lease_contract"),
    ),
    SourceAuthority(
        "natural_resources",
        "11310000MB0T00031J",
        "示范市规划和自然资源局",
        "Demonstration City Planning and Natural Resources Bureau",
        ("property_certificate",),
    ),
    SourceAuthority(
        "human_resources",
        "11310000MB0T0004XA",
        "示范市人力资源和社会保障局",
        "Demonstration City Human Resources and Social Security Bureau",
        ("social_insurance",),
    ),
    SourceAuthority(
        "education",
        "11310000MB0T00058A",
        "示范市教育局",
        "Demonstration City Education Bureau",
        ("enrolment",),
    ),
    SourceAuthority(
        "employer",
        "91310000MADM00078M",
        "示范市远帆物流有限公司",
        "Yuanfan Logistics of Demonstration City",
        ("dormitory_certificate",),
    ),
)
SOURCE_OF_TYPE = {word: source for source in SOURCES for word in source.types}
EMPLOYER = next(source for source in SOURCES if source.word == "employer")
