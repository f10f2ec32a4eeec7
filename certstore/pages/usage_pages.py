"""From recorded accesses to the views of "who looked": mapping only, no IO."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, cast

from certstore.catalogue import catalogue
from certstore.clock import local_date
from certstore.ledger import InclusionProof
from certstore.offices import office_name
from certstore.pages.usage_views import (
    Filter,
    Ground,
    ProofView,
    UsageDay,
    UsageEntry,
    UsageView,
)
from certstore.tables.usage import UsageEntry as Recorded
from certstore.web.dress import Lang
from certstore.web.texts import Texts

_GROUNDS: Mapping[str, Ground] = {
    "statutory_duty": "law",
    "vital": "law",
    "court_order": "law",
    "consent": "consent",
    "presented": "shown",
    "application": "own",
}
_KINDS = {
    "pull": "pull",
    "look": "pull",
    "scan": "scan",
    "review": "review",
    "issue": "reuse",
    "relative": "relative",
}


def usage_view(found: Sequence[Recorded], chosen: str, lang: Lang) -> UsageView:
    """The accesses by day, of all grounds or the one chosen."""
    entries = [entry_view(entry, lang) for entry in found]
    present = {entry.ground for entry in entries}
    counts: list[tuple[Filter, int]] = [("all", len(entries))]
    counts += [(g, sum(e.ground == g for e in entries)) for g in ("law", "consent", "shown", "own")]
    kept = [e for e in entries if chosen in {"all", e.ground} or chosen not in present]
    days = groupby(kept, key=lambda entry: local_date(entry.at))
    return UsageView(
        days=tuple(UsageDay(day, tuple(of_day)) for day, of_day in days),
        counts=tuple((name, n) for name, n in counts if n or name == "all"),
        chosen=cast("Filter", chosen) if chosen in present else "all",
    )


def entry_view(entry: Recorded, lang: Lang) -> UsageEntry:
    """One access in the reader's language."""
    record = entry.record
    return UsageEntry(
        ref=entry.ref,
        kind=_KINDS[entry.kind],  # type: ignore[arg-type]  # the table's words are the view's
        at=entry.at,
        ground=_GROUNDS.get(str(record.get("ground", "")), "own"),
        who=_who(record, lang),
        matter=_matter(record, lang),
        given=_labels(record, record.get("fields", ()), lang),
        withheld=_labels(
            record, [*record.get("refused_fields", ()), *record.get("other_fields", ())], lang
        ),
        operator=record.get("operator"),
        legal_basis=record.get("legal_basis", {}).get("ref"),
    )


def proof_view(
    entry: UsageEntry, proof: InclusionProof, made_at: datetime, log_name: str, ref: str
) -> ProofView:
    """Where an access stands in the ledger, and whether the path leads to the root."""
    return ProofView(
        entry=entry,
        checked="good" if proof.holds() else "bad",
        leaf_hash=proof.leaf_hash,
        leaf_index=proof.leaf_index,
        tree_size=proof.tree_size,
        root=proof.root,
        audit_path=proof.audit_path,
        checkpoint_at=made_at,
        log_name=log_name,
        download_href=f"/usage/{ref}/proof.json",
    )


def _who(record: Mapping[str, Any], lang: Lang) -> str:
    if record.get("purpose") == "verify":
        return str(record.get("claimed_by", ""))
    agency = str(record.get("agency", ""))
    english = record.get("agency_en")
    if lang == "en" and english:
        return str(english)
    return office_name(agency, lang) if agency else ""


def _matter(record: Mapping[str, Any], lang: Lang) -> str:
    if record.get("purpose") == "verify":
        return str(record.get("certificate", ""))
    code = str(record.get("matter", ""))
    texts = _texts(lang)
    known = f"matter.{code}.name"
    return str(record.get(f"matter_{lang}") or (texts(known) if texts.has(known) else code))


def _labels(record: Mapping[str, Any], paths: Sequence[str], lang: Lang) -> tuple[str, ...]:
    kind = catalogue().get(str(record.get("certificate", "")))
    labels = []
    for path in paths:
        field = kind.field(path) if kind else None
        if field is None:
            labels.append(_PLAIN.get(path, {}).get(lang, path))
        else:
            labels.append(field.label_zh if lang == "zh" else field.label_en)
    return tuple(dict.fromkeys(labels))


@cache
def _texts(lang: Lang) -> Texts:
    return Texts(lang)


_PLAIN: Mapping[str, Mapping[str, str]] = {
    "name": {"zh": "姓名", "en": "Name"},
    "sex": {"zh": "性别", "en": "Sex"},
    "status": {"zh": "是否有效", "en": "Whether it is valid"},
    "photo": {"zh": "照片", "en": "Photo"},
    "photo_digest": {"zh": "照片", "en": "Photo"},
    "id_number": {"zh": "公民身份号码", "en": "Identity number"},
    "id_number_masked": {"zh": "遮住中间的号码", "en": "Masked number"},
    "residence_address": {"zh": "居住地址", "en": "Residence address"},
}
