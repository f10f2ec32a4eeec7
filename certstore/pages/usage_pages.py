"""From recorded accesses to the views of "who looked": mapping only, no IO."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any, cast, get_args

from certstore.catalogue import catalogue
from certstore.clock import local_date
from certstore.holdings import ClosedCase
from certstore.ledger_proof import AccessProof, Judged
from certstore.offices import office_name
from certstore.own_acts import Act
from certstore.pages.path_labels import path_label
from certstore.pages.usage_views import (
    Filter,
    Ground,
    ProofView,
    QuestionLine,
    Refused,
    UsageDay,
    UsageEntry,
    UsageView,
)
from certstore.questions.judging import agency_client, state_of
from certstore.tables.questions import Question
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
    "verify": "pull",
    "decision": "decision",
    "scan": "scan",
    "review": "review",
    "issue": "reuse",
    "status": "reuse",
    "relative": "relative",
    "own_act": "own_act",
}
_OWN_ACTS = frozenset(get_args(Act))
_GUARDIANS = {"present": "guardian", "download": "guardian_copy", "look": "guardian_look"}
_NO_CASES: Mapping[str, ClosedCase] = {}
_NO_WARDS: Mapping[int, str] = {}
_NONE_ASKED: Mapping[str, QuestionLine] = {}


def usage_view(
    found: Sequence[Recorded],
    chosen: str,
    lang: Lang,
    closed: Mapping[str, ClosedCase] = _NO_CASES,
    wards: Mapping[int, str] = _NO_WARDS,
    asked: Mapping[str, QuestionLine] = _NONE_ASKED,
) -> UsageView:
    """The accesses by day, of all grounds or the one chosen; `closed` cases by reference.

    `wards` are the names of children in the reader's care, by their rows; `asked` are the reader's
    latest questions, by access.
    """
    entries = [
        replace(
            entry_view(entry, lang, closed, asked.get(entry.ref)),
            ward=wards.get(entry.person_id or 0),
        )
        for entry in found
    ]
    present = {_filed(entry) for entry in entries}
    counts: list[tuple[Filter, int]] = [("all", len(entries))]
    filters: tuple[Filter, ...] = ("law", "consent", "shown", "own", "other", "refused")
    counts += [(f, sum(_filed(e) == f for e in entries)) for f in filters]
    kept = [e for e in entries if chosen in {"all", _filed(e)} or chosen not in present]
    days = groupby(kept, key=lambda entry: local_date(entry.at))
    return UsageView(
        days=tuple(UsageDay(day, tuple(of_day)) for day, of_day in days),
        counts=tuple((name, n) for name, n in counts if n or name == "all"),
        chosen=next((f for f in present if f == chosen), "all"),
    )


def _filed(entry: UsageEntry) -> Filter:
    """What an access is found under: its ground, or that nothing was given."""
    return "refused" if entry.refused else entry.ground


def entry_view(
    entry: Recorded,
    lang: Lang,
    closed: Mapping[str, ClosedCase] = _NO_CASES,
    question: QuestionLine | None = None,
) -> UsageEntry:
    """One access in the reader's language."""
    record = entry.record
    others = entry.kind == "relative"
    case = closed.get(entry.case_ref or "") if others else None
    return UsageEntry(
        ref=entry.ref,
        kind=_kind(entry),  # type: ignore[arg-type]  # the table's words are the view's
        at=entry.at,
        ground="other" if others else _GROUNDS.get(str(record.get("ground", "")), "own"),
        who=(case.applicant if case else "") if others else _who(record, lang),
        matter=_matter(record, lang),
        given=() if "compared" in record else _labels(record, record.get("fields", ()), lang),
        answers=_answers(record, lang),
        withheld=_labels(
            record, [*record.get("refused_fields", ()), *record.get("other_fields", ())], lang
        ),
        refused=_refused(record),
        asked=_labels(record, record.get("asked") or record.get("refused_fields", ()), lang),
        record_type=str(record.get("certificate", "")) if others else "",
        case_number=case.number if case else "",
        scanned_at=_scanned_at(record),
        again=record.get("verdict") == "replayed",
        more_scans=entry.more_scans,
        guardian=_guardian(record, case),
        operator=record.get("operator"),
        legal_basis=record.get("legal_basis", {}).get("ref"),
        holders_word=record.get("holders_word", ""),
        question=question,
        question_href=_question_href(entry, question),
    )


def question_line(question: Question, today: date) -> QuestionLine:
    """A question as it is shown at its access."""
    return QuestionLine(
        state=state_of(question, today),
        due=question.due,
        note=question.note,
        answer=question.answer,
        answered_at=question.answered_at,
    )


def latest_lines(asked: Sequence[Question], today: date) -> Mapping[str, QuestionLine]:
    """The latest question of each access, by access; `asked` has the latest first."""
    return {q.usage_ref: question_line(q, today) for q in reversed(asked)}


def _question_href(entry: Recorded, question: QuestionLine | None) -> str | None:
    if agency_client(entry) is None or (question and question.state != "answered"):
        return None
    return f"/usage/{entry.ref}/question"


def proof_view(
    entry: UsageEntry, proof: AccessProof, judged: Judged, made_at: datetime, log_name: str
) -> ProofView:
    """Where an access stands in the ledger, and what our own verifier found."""
    return ProofView(
        entry=entry,
        checked="good" if judged.good else "bad",
        leaf_hash=proof.leaf_hash,
        leaf_index=proof.leaf_index,
        tree_size=proof.tree_size,
        root=proof.root,
        audit_path=proof.audit_path,
        checkpoint_at=made_at,
        log_name=log_name,
        download_href=f"/usage/{entry.ref}/proof.json",
    )


def _refused(record: Mapping[str, Any]) -> Refused | None:
    """Why nothing was given; older records say it by the fields they list as refused."""
    said = record.get("refused") or ("field-not-granted" if record.get("refused_fields") else "")
    return cast("Refused", said) if said in get_args(Refused) else None


def _who(record: Mapping[str, Any], lang: Lang) -> str:
    if record.get("purpose") == "verify":
        return str(record.get("claimed_by", ""))
    agency = str(record.get("agency", ""))
    named = record.get(f"agency_{lang}")
    if named:
        return str(named)
    return office_name(agency, lang) if agency else ""


def _scanned_at(record: Mapping[str, Any]) -> datetime | None:
    said = record.get("scanned_at")
    return datetime.fromisoformat(said) if isinstance(said, str) else None


def _guardian(record: Mapping[str, Any], case: ClosedCase | None) -> str:
    """The guardian who acted: on the child's own list at once, on a relative's as the case is."""
    if record.get("actor") == "guardian":
        return str(record.get("operator", ""))
    return case.guardian if case else ""


def _kind(entry: Recorded) -> str:
    if entry.kind == "guardian":
        return _GUARDIANS.get(str(entry.record.get("purpose")), "guardian")
    return _KINDS.get(entry.kind, "pull")  # of a later version: who asked is said all the same


def _matter(record: Mapping[str, Any], lang: Lang) -> str:
    if record.get("client") == "holder" and record.get("purpose") in _OWN_ACTS:
        return str(record["purpose"])
    if record.get("purpose") in {"verify", "present", "download", "look"}:
        return str(record.get("certificate", ""))
    code = str(record.get("matter") or record.get("purpose", ""))
    texts = _texts(lang)
    known = f"matter.{code}.name"
    return str(record.get(f"matter_{lang}") or (texts(known) if texts.has(known) else code))


def _labels(record: Mapping[str, Any], paths: Sequence[str], lang: Lang) -> tuple[str, ...]:
    kind = catalogue().get(str(record.get("certificate", "")))
    labels = []
    for path in paths:
        field = kind.field(path) if kind else None
        if field is None:
            named = _PLAIN.get(path)
            labels.append(named[lang] if named else path_label("", path, lang))
        else:
            labels.append(field.label_zh if lang == "zh" else field.label_en)
    return tuple(dict.fromkeys(labels))


def label_of(path: str, kind: str, lang: Lang) -> str:
    """What a field of a type, or a question about it, is called."""
    (label,) = _labels({"certificate": kind}, [path], lang)
    return label


def _answers(record: Mapping[str, Any], lang: Lang) -> tuple[str, ...]:
    """What a decision compared, with each answer, in the reader's language."""
    texts = _texts(lang)
    return tuple(
        str(
            texts(
                "wording.compared",
                type=texts(f"type.{each['type']}"),
                question=label_of(each["question"], each["type"], lang),
                answer=texts(f"wording.answer.{each['answer']}"),
            )
        )
        for each in record.get("compared", ())
    )


@cache
def _texts(lang: Lang) -> Texts:
    return Texts(lang)


_PLAIN: Mapping[str, Mapping[str, str]] = {
    "name": {"zh": "姓名", "en": "Name"},
    "everything": {"zh": "全部资料", "en": "Everything"},
    "whole": {"zh": "整份记录", "en": "The whole record"},
    "handed_in.identity": {"zh": "您交的身份证照片", "en": "Your identity card, as handed in"},
    "handed_in.photo": {"zh": "您交的照片", "en": "Your photo, as handed in"},
    "handed_in.dwelling": {"zh": "您交的居住证明", "en": "Your proof of dwelling, as handed in"},
    "handed_in.kinship": {"zh": "您交的亲属关系证明", "en": "Your proof of kinship, as handed in"},
    "handed_in.guardianship": {
        "zh": "您交的监护证明",
        "en": "Your proof of guardianship, as handed in",
    },
    "handed_in.half_year": {"zh": "您交的居住满半年证明", "en": "Your proof of half a year"},
    "handed_in.basis": {"zh": "您交的就业或就读证明", "en": "Your proof of work or study"},
    "sex": {"zh": "性别", "en": "Sex"},
    "status": {"zh": "是否有效", "en": "Whether it is valid"},
    "photo": {"zh": "照片", "en": "Photo"},
    "applications": {"zh": "您的办件清单", "en": "The list of your applications"},
    "refusal_reasons": {"zh": "没有通过的理由", "en": "The reasons of a refusal"},
    "document": {"zh": "签发的文件（PDF）", "en": "The signed file (PDF)"},
    "annotated_copy": {"zh": "加注件（PDF）", "en": "Annotated copy (PDF)"},
    "credential": {"zh": "电子凭证（可验证）", "en": "Credential (verifiable)"},
    "district_is": {"zh": "在不在某个区", "en": "Lies in a district"},
    "parent_is": {"zh": "某人是不是父亲或母亲", "en": "Somebody is a parent"},
    "held_since": {"zh": "登记或生效满没满一段时间", "en": "Held for a length of time"},
    "photo_digest": {"zh": "照片的校验码", "en": "Checksum of the photo"},
    "number": {"zh": "凭证编号", "en": "Certificate number"},
    "identifier": {"zh": "凭证标识", "en": "Certificate identifier"},
    "type_code": {"zh": "凭证种类", "en": "Type of certificate"},
    "issued_on": {"zh": "签发日期", "en": "Issued on"},
    "valid_to": {"zh": "有效期至", "en": "Valid until"},
    "authority": {"zh": "签发机关", "en": "Issued by"},
    "endorsed_on": {"zh": "签注日期", "en": "Endorsed on"},
    "ethnicity": {"zh": "民族", "en": "Ethnicity"},
    "birth_date": {"zh": "出生日期", "en": "Date of birth"},
    "household_address": {"zh": "户籍地址", "en": "Household address"},
    "id_number": {"zh": "公民身份号码", "en": "Identity number"},
    "id_number_masked": {"zh": "遮住中间的号码", "en": "Masked number"},
    "residence_district": {"zh": "居住地所在区", "en": "District of residence"},
    "residence_address": {"zh": "居住地址", "en": "Residence address"},
}
