import io
import re
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields as sig_fields

from certstore.certificates import StatusEntry
from certstore.keys import Purpose
from certstore.status_list import read_status_list
from certstore.tokens import canonical_json
from certstore.trust import KeyState
from issuance.document.press import Row
from tests.unit.certstore.codes.sealed_house import (
    ENTRY,
    HOUR,
    NOW,
    OTHER_USCC,
    SERIAL,
    claims_of,
    data_of,
    house,
    strangers,
)
from tests.unit.verifiers.scanning.hostile_files import HOSTILE
from tests.unit.verifiers.scanning.signed_document import (
    FIELDS,
    attachment,
    credential,
    document,
    genuine,
    identifier,
)
from verifiers.scanning.account import Finding
from verifiers.scanning.document import MAX_BYTES, judge_document
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.status import HeldLists
from verifiers.scanning.verdict import ScanResult, Verdict

TRUST = house().trust()


def judge(pdf: bytes, **facts) -> ScanResult:
    lists = HeldLists([read_status_list(house().status_cwt(), TRUST)])
    given = {"trust": TRUST, "root_certificate": house().root, "statuses": lists, "now": NOW}
    return judge_document(pdf, **{"opener": OpenedHere(), **given, **facts})


def expect(result: ScanResult, verdict: Verdict, *reasons: str) -> None:
    assert (result.verdict, set(reasons) - set(result.reasons)) == (verdict, set())


def not_shown(result: ScanResult, verdict: Verdict, *reasons: str) -> None:
    expect(result, verdict, *reasons)
    assert result.fields == {}


def updated(pdf: bytes, change) -> bytes:
    """The file with an incremental update appended, as an editor would."""
    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    writer.write(out)
    return out.getvalue()


def resaved(pdf: bytes, **options) -> bytes:
    """The file written anew by a program that knows nothing of signatures."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, **options)
    return out.getvalue()


def contents_at(pdf: bytes) -> tuple[int, int]:
    _, before, after, _ = byte_range(pdf)
    return before, after


def byte_range(pdf: bytes) -> list[int]:
    return [int(n) for n in re.search(rb"/ByteRange\s*\[([^]]*)\]", pdf).group(1).split()]


def test_a_genuine_document_is_valid_and_its_data_is_shown():
    result = judge(genuine())
    assert (result.verdict, result.reasons) == (Verdict.VALID, ())
    assert all(check.passed for check in result.checks)
    assert result.fields == {
        "identifier": identifier(),
        "number": SERIAL,
        "type_code": "11310000MB0T00015WT01",
        **FIELDS,
    }


@pytest.mark.parametrize(
    ("value", "verdict"), [(1, Verdict.REVOKED), (2, Verdict.SUSPENDED), (3, Verdict.VALID)]
)
def test_a_documents_status_is_asked(value, verdict):
    lists = HeldLists([read_status_list(house().status_cwt({ENTRY.index: value}), TRUST)])
    result = judge(genuine(), statuses=lists)
    assert result.verdict is verdict
    assert result.fields["number"] == SERIAL
    assert judge(genuine(), statuses=HeldLists([])).verdict is Verdict.STALE_LIST


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a PDF",
        b"\n%PDF-1.7",
        b"%PDF-1.7\n" + bytes(MAX_BYTES),
        b"%PDF-1.7\nnothing follows",
        genuine()[: len(genuine()) // 2],
        genuine()[:-200],
    ],
)
def test_what_cannot_be_read_is_malformed(data):
    not_shown(judge(data), Verdict.MALFORMED, "DOCUMENT_UNREADABLE")


class NeverAsked:
    """An opener that must not be asked for what a document says."""

    def open_document(self, _pdf):
        raise AssertionError

    open_picture = open_document


class Describing(NeverAsked):
    """One that may be asked what became of a file, and is never told what it says."""

    def compare(self, _pdf, _signed):
        return NothingShown("FILE_UNREADABLE")

    draw = compare

    def look(self, _pdf):
        return NothingShown("FILE_UNREADABLE")


def test_the_data_of_a_document_that_is_not_byte_for_byte_ours_is_never_read():
    before, after = contents_at(genuine())
    others = [
        *(data for data in HOSTILE.values() if data.startswith(b"%PDF")),
        document(strangers()),
        resaved(genuine()),
        updated(genuine(), new_object),
        genuine()[:before] + genuine()[before:after].upper() + genuine()[after:],
        bytes((*genuine()[:900], genuine()[900] ^ 1, *genuine()[901:])),
    ]
    for pdf in others:
        result = judge(pdf, opener=Describing())
        assert result.verdict is not Verdict.VALID
        assert result.document.finding is not Finding.GENUINE


@pytest.mark.parametrize("reason", [FILE_TOO_COSTLY, "FILE_UNREADABLE"])
def test_a_document_that_cannot_be_opened_is_malformed(reason):
    class Unable(NeverAsked):
        def open_document(self, _pdf):
            return NothingShown(reason)

    not_shown(judge(genuine(), opener=Unable()), Verdict.MALFORMED, reason)


def test_a_document_whose_pages_cannot_be_read_is_not_valid():
    class Blind(NeverAsked):
        def open_document(self, pdf):
            return replace(OpenedHere().open_document(pdf), pages=None)

    expect(judge(genuine(), opener=Blind()), Verdict.TAMPERED, "PRINTED_TEXT_DIFFERS")
    assert "CODE_MISSING" in judge(genuine(), opener=Blind()).reasons


def test_an_unsigned_document_is_not_verifiable_with_advice():
    blank = pikepdf.new()
    blank.add_blank_page()
    out = io.BytesIO()
    blank.save(out)
    not_shown(
        judge(out.getvalue()), Verdict.MALFORMED, "NOT_SIGNED", "NOT_VERIFIABLE", "SCAN_ITS_CODE"
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"linearize": True},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"qdf": True},
    ],
)
def test_a_resaved_copy_is_not_called_forged(options):
    result = judge(resaved(genuine(), **options))
    not_shown(result, Verdict.MALFORMED, "NOT_VERIFIABLE", "SCAN_ITS_CODE")


def test_a_changed_byte_anywhere_in_the_signed_part_is_not_valid():
    pdf = genuine()
    before, after = contents_at(pdf)
    for at in (20, before // 3, before // 2, after + 40):
        changed = bytearray(pdf)
        changed[at] ^= 1
        assert judge(bytes(changed)).verdict in (Verdict.TAMPERED, Verdict.MALFORMED)


def test_a_changed_picture_is_tampered():
    pdf = genuine()
    at = pdf.index(b"\xff\xd8\xff") + 5000
    changed = bytes((*pdf[:at], pdf[at] ^ 0x55, *pdf[at + 1 :]))
    not_shown(judge(changed), Verdict.TAMPERED, "CHANGED_AFTER_SIGNING")


@pytest.mark.parametrize("garbage", [b"\n", b"\x00", b"%%EOF\n", b" " * 100, b"garbage\n" * 20])
def test_bytes_behind_the_end_are_not_valid(garbage):
    assert judge(genuine() + garbage).verdict in (Verdict.TAMPERED, Verdict.MALFORMED)


def test_garbage_in_the_padding_is_tampered_although_the_signature_verifies():
    pdf = bytearray(genuine())
    _, after = contents_at(pdf)
    pdf[after - 9 : after - 1] = b"DEADBEEF"
    not_shown(judge(bytes(pdf)), Verdict.TAMPERED, "PADDING_NOT_EMPTY")


def new_title(writer) -> None:
    writer.set_info(
        writer.add_object(
            generic.DictionaryObject(
                {generic.pdf_name("/Title"): generic.pdf_string("another title")}
            )
        )
    )


def new_object(writer) -> None:
    writer.add_object(generic.pdf_string("hidden"))


def new_page_content(writer) -> None:
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    stream = generic.StreamObject(stream_data=b"BT /F1 30 Tf (forged) Tj ET")
    page[generic.pdf_name("/Contents")] = writer.add_object(stream)
    writer.mark_update(page.container_ref or writer.root["/Pages"]["/Kids"].raw_get(0).reference)


def new_security_store(writer) -> None:
    writer.root[generic.pdf_name("/DSS")] = writer.add_object(generic.DictionaryObject())
    writer.update_root()


def new_annotation(writer) -> None:
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(n) for n in (100, 100, 300, 300)]
            ),
            generic.pdf_name("/Contents"): generic.pdf_string("another name"),
        }
    )
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])


def new_field(writer) -> None:
    spec = sig_fields.SigFieldSpec("second", on_page=0, box=(10, 10, 60, 60))
    sig_fields.append_signature_field(writer, spec)


def without_attachment(writer) -> None:
    del writer.root["/Names"]
    writer.update_root()


@pytest.mark.parametrize(
    "change",
    [
        new_title,
        new_object,
        new_page_content,
        new_security_store,
        new_annotation,
        new_field,
        without_attachment,
    ],
)
def test_every_incremental_update_is_tampered(change):
    changed = updated(genuine(), change)
    assert changed.startswith(genuine())
    not_shown(judge(changed), Verdict.TAMPERED, "CHANGED_AFTER_SIGNING")


def test_a_document_signed_by_strangers_is_of_an_unknown_issuer():
    foreign = document(strangers())
    not_shown(judge(foreign), Verdict.UNKNOWN_ISSUER, "SIGNER_UNKNOWN")


def test_a_document_signed_by_a_listed_key_of_another_purpose_is_of_an_unknown_issuer():
    listed = house().key(Purpose.DOCUMENT, purpose=Purpose.CODE)
    others = [house().key(p) for p in (Purpose.CREDENTIAL, Purpose.STATUS)]
    result = judge(genuine(), trust=house().trust([listed, *others]))
    not_shown(result, Verdict.UNKNOWN_ISSUER, "SIGNER_UNKNOWN")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": KeyState.REVOKED}, "KEY_REVOKED"),
        ({"valid_from": NOW + HOUR}, "KEY_OUT_OF_TIME"),
        ({"valid_to": NOW - HOUR}, "KEY_OUT_OF_TIME"),
    ],
)
def test_a_document_key_counts_only_in_its_time(changes, reason):
    others = [house().key(p) for p in (Purpose.CODE, Purpose.CREDENTIAL, Purpose.STATUS)]
    trust = house().trust([house().key(Purpose.DOCUMENT, **changes), *others])
    not_shown(judge(genuine(), trust=trust), Verdict.UNKNOWN_ISSUER, reason)


def test_a_document_whose_chain_does_not_lead_to_the_pinned_root_is_not_trusted():
    result = judge(genuine(), root_certificate=strangers().root)
    not_shown(result, Verdict.UNKNOWN_ISSUER, "CHAIN_NOT_TRUSTED")


def test_a_document_is_judged_long_after_its_keys_certificate_has_ended():
    later = NOW + timedelta(days=3000)
    lists = HeldLists([read_status_list(house().status_cwt({ENTRY.index: 1}), TRUST)])
    expect(judge(genuine(), now=later, statuses=lists), Verdict.REVOKED, "CODE_EXPIRED")


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"not json",
        attachment(house(), extra=1),
        attachment(house(), fields=[]),
        attachment(house(), fields={"name": 5}),
        attachment(house(), identifier="1.2.3"),
        attachment(house(), identifier=identifier()[:-1] + "0"),
        attachment(house(), credential="x"),
        attachment(house(), credential=credential(strangers())),
        attachment(house(), credential=credential(house()).replace("~", "~x~", 1)),
        attachment(house()).replace(b'"type":', b'"type":"x","type":'),
    ],
)
def test_a_signed_document_with_an_unsound_attachment_is_not_believed(content):
    not_shown(judge(document(house(), attachment=content)), Verdict.TAMPERED, "ATTACHMENT_WRONG")


def test_attachment_and_credential_must_agree():
    other = credential(house(), claims_disclosable={**FIELDS, "name": "陈二鸣"})
    expect(
        judge(document(house(), attachment=attachment(house(), credential=other))),
        Verdict.TAMPERED,
        "CREDENTIAL_DIFFERS",
    )
    elsewhere = credential(house(), claims_always={"identifier": "another"})
    expect(
        judge(document(house(), attachment=attachment(house(), credential=elsewhere))),
        Verdict.TAMPERED,
        "CREDENTIAL_DIFFERS",
    )


def test_a_credential_of_another_authority_does_not_belong_to_the_document():
    keys = [house().key(p) for p in (Purpose.DOCUMENT, Purpose.CODE, Purpose.STATUS)]
    foreign = house().key(Purpose.CREDENTIAL, authority_uscc=OTHER_USCC)
    result = judge(genuine(), trust=house().trust([*keys, foreign]))
    expect(result, Verdict.TAMPERED, "CREDENTIAL_DIFFERS")


def test_the_printed_text_must_say_what_the_attachment_says():
    other_name = (
        Row("name", "姓名", "Name", "陈二鸣"),
        Row("valid_until", "有效期至", "Valid until", "2027 年 11 月 21 日"),
    )
    expect(judge(document(house(), rows=other_name)), Verdict.TAMPERED, "PRINTED_TEXT_DIFFERS")
    expect(judge(document(house(), serial="SF1")), Verdict.TAMPERED, "PRINTED_TEXT_DIFFERS")
    later = (Row("name", "姓名", "Name", "陈一鸣"), Row("v", "至", "To", "2037 年 11 月 21 日"))
    result = judge(document(house(), rows=later, valid_to=None))
    expect(result, Verdict.TAMPERED, "PRINTED_TEXT_DIFFERS")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "陈二鸣"},
        {"number": "SF20260000000002"},
        {"type_code": "11310000MB0T00015WT02"},
        {"valid_to": data_of().valid_to + timedelta(days=365)},
        {"valid_to": None},
    ],
)
def test_the_printed_code_must_say_what_the_attachment_says(changes):
    code = house().printed(claims_of(data=data_of(**changes)))
    result = judge(document(house(), code_text=code))
    expect(result, Verdict.TAMPERED, "CODE_DIFFERS")


def test_code_and_credential_must_name_one_place_in_the_status_lists():
    code = house().printed(claims_of(status=StatusEntry(4, 78)))
    expect(judge(document(house(), code_text=code)), Verdict.TAMPERED, "STATUS_PLACE_DIFFERS")
    strange = credential(house(), status={"uri": "x"})
    result = judge(document(house(), attachment=attachment(house(), credential=strange)))
    expect(result, Verdict.TAMPERED, "STATUS_PLACE_DIFFERS")


def test_a_document_that_carries_a_strangers_code_is_not_valid():
    result = judge(document(house(), code_text=strangers().printed()))
    expect(result, Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN")


def test_a_document_without_a_readable_code_is_not_valid():
    result = judge(document(house(), code_text="https://certs.example/" + "x" * 300))
    expect(result, Verdict.MALFORMED, "CODE_MISSING")


def test_two_different_codes_on_a_document_are_not_chosen_from():
    result = judge(document(house(), url_code_text="RP1:0123456789"))
    expect(result, Verdict.MALFORMED, "SEVERAL_CODES")


def test_a_contents_hole_larger_than_its_string_is_not_verifiable():
    # The hole must hold the /Contents string and nothing else (signature wrapping).
    pdf = genuine()
    before, after = contents_at(pdf)
    wrapped = pdf[: after - 1] + b"><00" + pdf[after - 1 :]
    assert judge(wrapped).verdict in (Verdict.MALFORMED, Verdict.TAMPERED)
    assert before < after


def test_the_attachment_cannot_be_a_bomb():
    fields = {**FIELDS, "note": "0" * 250_000}
    content = canonical_json(
        {
            "identifier": identifier(),
            "type": "x",
            "fields": fields,
            "credential": credential(house()),
        }
    )
    assert len(content) < 256 << 10
    expect(judge(document(house(), attachment=content)), Verdict.TAMPERED, "CODE_DIFFERS")
