"""What everybody may read of matters: mapping, no IO."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from certstore.offices import office_name
from certstore.tables.matters import RegisteredMatter
from verifiers.materials import sentences
from verifiers.materials.rules import RuleBook
from verifiers.materials.vocabulary import Matter
from verifiers.matters.case import residence_titles


def catalogue_entry(registered: RegisteredMatter) -> dict[str, Any]:
    """A registered matter in a line."""
    document = registered.document
    return {
        "code": registered.code,
        "title_zh": document["title_zh"],
        "title_en": document["title_en"],
        "agency_uscc": registered.agency_uscc,
        "agency_zh": office_name(registered.agency_uscc, "zh"),
        "agency_en": office_name(registered.agency_uscc, "en"),
        "rule_version": f"{registered.code}/{registered.version}",
        "effective_from": registered.effective_from.isoformat(),
        "approval": registered.approval,
    }


def one_matter(versions: Sequence[RegisteredMatter], today: date) -> dict[str, Any]:
    """A registered matter whole, as in force on a day, with a list of its versions."""
    begun = [v for v in versions if v.effective_from <= today] or list(versions[:1])
    shown = begun[-1]
    return {
        **catalogue_entry(shown),
        "matter": dict(shown.document),
        "versions": [
            {
                "version": each.version,
                "effective_from": each.effective_from.isoformat(),
                "registered_at": each.registered_at.isoformat(),
                "approval": each.approval,
            }
            for each in versions
        ],
    }


def residence_entries(rules: RuleBook, today: date) -> list[dict[str, Any]]:
    """This service's own matters, by the rules of a day."""
    found = rules.in_force(today)
    entries = []
    for matter in Matter:
        title_zh, title_en = residence_titles(matter)
        entries.append(
            {
                "code": matter.value,
                "title_zh": title_zh,
                "title_en": title_en,
                "rule_version": found.version,
                "materials": [
                    {
                        "code": material.value,
                        "title_zh": sentences.title(material).zh,
                        "title_en": sentences.title(material).en,
                    }
                    for material in found.matters[matter].materials
                ],
            }
        )
    return entries
