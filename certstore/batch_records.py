"""One record of a batch (归集), read strictly: exact members, closed words, checked numbers.

What is *not* checked here: that a file is what its digest says (who fetches it does that),
that the record's moment does not lie in the future, and whether the source may be believed.
"""

import re
from datetime import date

from certstore.batch_claims import read_claims, read_credit_code, read_person
from certstore.batch_columns import from_columns, has_columns
from certstore.batch_fields import NO_DAY, NO_MOMENT, FaultCode, Faults, Fields, LineRefusal
from certstore.batch_files import read_files
from certstore.batch_types import Record, RecordStatus, type_rules
from certstore.certificates import Holder
from certstore.clock import local_date
from certstore.errors import MalformedError
from certstore.tokens import parse_json_strict

MAX_LINE_BYTES = 262_144  # a photo inside a line is some 80 kB of base64
_MAX_DEPTH = 6
_LAST_VERSION = 999_999
_RECORD_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]{0,63}")
_REQUIRED = (
    *("record_id", "version", "type", "holders", "issuer_uscc", "number", "issued_on"),
    *("valid_from", "valid_to", "status", "claims", "source_time"),
)
_OPTIONAL = ("files", "under_dispute")


def parse_record(line: bytes, *, number: int = 1) -> Record | LineRefusal:
    """Read one line of a batch; a refusal names its line `number` and every fault found."""
    faults = Faults()
    members = _members(line, faults)
    if members is None:
        return faults.refusal(number)
    if has_columns(members):
        titles = {rule.title_zh: word for word, rule in type_rules().items()}
        members = from_columns(members, titles, faults)
    fields = Fields(members, "", faults)
    fields.exactly(_REQUIRED, _OPTIONAL)
    record = _record(fields, number)
    _check_order(fields, record)
    return faults.refusal(number) if faults.noted else record


def _members(line: bytes, faults: Faults) -> dict[str, object] | None:
    if len(line) > MAX_LINE_BYTES:
        faults.note(FaultCode.LINE_TOO_LONG, "", f"a line has at most {MAX_LINE_BYTES} bytes")
        return None
    if not line.strip():
        faults.note(FaultCode.BLANK_LINE, "", "the line holds nothing")
        return None
    try:
        value = parse_json_strict(line, max_bytes=MAX_LINE_BYTES, max_depth=_MAX_DEPTH)
    except MalformedError as error:
        twice = error.facts.get("cause") == "duplicate"
        code = FaultCode.DUPLICATE_MEMBER if twice else FaultCode.NOT_JSON
        faults.note(code, "", error.detail)
        return None
    if not isinstance(value, dict):
        faults.note(FaultCode.NOT_JSON, "", "the line is no JSON object")
        return None
    return value


def _record(fields: Fields, line: int) -> Record:
    """Read every member, whatever was wrong with one before: blanks stand in for bad values."""
    kind = fields.word("type", type_rules())
    rule = type_rules().get(kind)
    issued_on = fields.day("issued_on")
    return Record(
        line=line,
        record_id=_record_id(fields),
        version=fields.whole("version", 1, _LAST_VERSION),
        type=kind,
        holders=_holders(fields.objects("holders", 1, 20), issued_on),
        issuer_uscc=read_credit_code(fields, "issuer_uscc"),
        number=fields.text("number", 100),
        issued_on=issued_on,
        valid_from=fields.day("valid_from"),
        valid_to=fields.day_or_none("valid_to"),
        status=RecordStatus(fields.word("status", tuple(RecordStatus)) or RecordStatus.VALID),
        under_dispute=fields.flag("under_dispute"),
        claims=read_claims(fields.inner("claims"), rule, issued_on) if rule else {},
        files=read_files(fields, one_photo=rule is not None and rule.one_photo),
        source_time=fields.moment("source_time"),
    )


def _record_id(fields: Fields) -> str:
    text = fields.text("record_id")
    if "record_id" in fields.values and not _RECORD_ID.fullmatch(text):
        fields.note(FaultCode.BAD_TEXT, "record_id", "is not 1 to 64 of letters, digits and ._:-")
    return text


def _check_order(fields: Fields, record: Record) -> None:
    valid_from, valid_to = record.valid_from, record.valid_to
    if valid_to is not None and NO_DAY not in (valid_from, valid_to) and valid_to < valid_from:
        fields.note(FaultCode.DATES_OUT_OF_ORDER, "valid_to", "lies before valid_from")
    if record.source_time > NO_MOMENT and record.issued_on > local_date(record.source_time):
        fields.note(FaultCode.DATES_OUT_OF_ORDER, "issued_on", "lies after source_time")


def _holders(people: list[Fields], issued_on: date) -> tuple[Holder, ...]:
    for person in people:
        person.exactly(("name", "id_type", "id_number"))
    return tuple(read_person(person, issued_on) for person in people)
