"""Issuing: the intent is committed before the seal, and a crash anywhere leaves one certificate."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from certstore.certificates import Status
from certstore.errors import ConflictError, MissingGlyphError, UnavailableError
from certstore.identifiers import CertificateIdentifier
from issuance.application import State
from issuance.issue import TRY_AGAIN_AFTER, IssuanceDesk
from issuance.tables import HELD_UP, ApplicationBook
from tests.residents import (
    ADDRESS_CHANGE,
    PEOPLE,
    REGISTRATION,
    approved,
    resident,
    submitted,
    vouchers,
)

WHO = "chen_yiming"


class CrashError(Exception):
    """The process dies here."""


class Falling:
    """Wraps something real; the named call dies once, before or after it took effect."""

    def __init__(self, inner, call, when):
        self._inner, self._call, self._when = inner, call, when

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if name != self._call:
            return found

        def fall(*args, **kwargs):
            self._call = ""
            if self._when == "after":
                found(*args, **kwargs)
            raise CrashError

        return fall


class FallingArchive:
    """A real archive whose n-th writing transaction dies: undone, or right after its commit."""

    def __init__(self, archive, number, when):
        self._archive, self._number, self._when = archive, number, when
        self.database = archive.database

    def reading(self):
        return self._archive.reading()

    def writing(self):
        self._number -= 1
        return self._archive.writing() if self._number else _Dying(self._archive, self._when)


class _Dying:
    def __init__(self, archive, when):
        self._transaction, self._when = archive.writing(), when

    def __enter__(self):
        return self._transaction.__enter__()

    def __exit__(self, kind, error, trace):
        if kind is not None:
            return self._transaction.__exit__(kind, error, trace)
        if self._when == "before":
            died = CrashError()
            self._transaction.__exit__(CrashError, died, None)
            raise died
        self._transaction.__exit__(None, None, None)
        raise CrashError


def falling(desk: IssuanceDesk, step: str, when: str) -> IssuanceDesk:
    """The desk, dying at one step."""
    match step:
        case "intent":
            return replace(desk, archive=FallingArchive(desk.archive, 1, when))
        case "completion":
            return replace(desk, archive=FallingArchive(desk.archive, 2, when))
        case "seal":
            return replace(desk, sealer=Falling(desk.sealer, "seal", when))
        case _:
            return replace(desk, objects=Falling(desk.objects, step, when))


def count(house, table, where="1=1", **values):
    with house.archive.reading() as books:
        query = text(f"SELECT count(*) FROM {table} WHERE {where}")
        return books.connection.execute(query, values).scalar_one()


def give_up(ref, error):
    raise error


def assert_issued_once(house, key, number_of_leaves=1, letters=0):
    """One sealed certificate, one leaf, one notice, nothing reserved, files that can be read."""
    issued = [c for c in vouchers(house, key) if c.status is Status.VALID]
    assert len(issued) == 1
    assert count(house, "certificates", "state IN ('reserved', 'void')") == 0
    assert count(house, "usage", "kind = 'issue'") == number_of_leaves + letters
    assert count(house, "ledger_leaves") == count(house, "usage")
    assert count(house, "notices", "kind = 'certificate_ready'") == number_of_leaves
    assert count(house, "outbox", "subject = 'certificate.issued'") == number_of_leaves + letters
    assert {f.role for f in issued[0].files} == {"photo", "document", "code", "credential"}
    for file in issued[0].files:
        assert len(house.objects.get(file.sha256)) == file.size
    return issued[0]


def test_the_intent_is_committed_before_anything_is_signed(house):
    application = approved(house, WHO)
    seen = []

    class Looking:
        """A real sealer; before it seals, another connection looks at the register."""

        def __getattr__(self, name):
            return getattr(house.sealer, name)

        def seal(self, certificate, photo, now):
            engine = create_engine(house.settings.database)
            with engine.connect() as other:
                row = "SELECT identifier, state FROM certificates WHERE ref = :ref"
                seen.append(other.execute(text(row), {"ref": certificate.ref}).one())
            engine.dispose()
            assert count(house, "usage", "kind = 'issue'") == 0
            return house.sealer.seal(certificate, photo, now)

    desk = replace(house.issuance_desk, sealer=Looking())
    issued = desk.issue(application.ref)
    assert seen == [(issued.identifier, "reserved")]
    assert_issued_once(house, WHO)


def test_files_are_stored_before_the_certificate_is_completed(house):
    application = approved(house, WHO)

    class Watching:
        def __getattr__(self, name):
            return getattr(house.objects, name)

        def put_many(self, items):
            assert count(house, "certificates", "state = 'reserved'") == 1
            assert count(house, "certificates", "state = 'sealed'") == 0
            assert items[0].startswith(b"%PDF-")
            return house.objects.put_many(items)

    replace(house.issuance_desk, objects=Watching()).issue(application.ref)
    assert_issued_once(house, WHO)


STEPS = ("intent", "get", "seal", "put_many", "completion")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step_leaves_one_certificate_when_the_worker_finishes(house, step, when):
    application = approved(house, WHO)
    with pytest.raises(CrashError):
        falling(house.issuance_desk, step, when).issue(application.ref)
    reserved = "SELECT identifier FROM certificates WHERE identifier IS NOT NULL"
    with house.archive.reading() as books:
        before = books.connection.execute(text(reserved)).scalars().all()
    assert len(before) == (0 if (step, when) == ("intent", "before") else 1)
    for _ in range(2):
        house.issuance_desk.finish(give_up)
        house.issuance_desk.issue(application.ref)
    issued = assert_issued_once(house, WHO)
    assert before in ([], [issued.identifier])  # the number that was reserved, and no other
    done = house.apply_desk.get(resident(WHO), application.ref)
    assert (done.state, done.certificate_ref) == (State.ISSUED, issued.ref)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_after_a_crash_the_former_version_is_superseded_once(house, step, when):
    submitted(house, "lin_xiaohe")
    (first,) = vouchers(house, "lin_xiaohe")
    application = approved(house, "lin_xiaohe", matter=ADDRESS_CHANGE, home="moves_to")
    with pytest.raises(CrashError):
        falling(house.issuance_desk, step, when).issue(application.ref)
    house.issuance_desk.finish(give_up)
    issued = assert_issued_once(house, "lin_xiaohe", 2, letters=1)
    assert (issued.version, issued.previous_ref) == (2, first.ref)
    assert [c.status for c in vouchers(house, "lin_xiaohe")] == [Status.VALID, Status.SUPERSEDED]
    assert count(house, "outbox", "subject = 'certificate.superseded'") == 1


def test_issuing_twice_gives_the_same_certificate(house):
    application = approved(house, WHO)
    desk = house.issuance_desk
    assert desk.issue(application.ref).ref == desk.issue(application.ref).ref
    assert_issued_once(house, WHO)


def test_a_second_hand_that_sealed_the_same_draft_gets_the_first_ones_certificate(house):
    application = approved(house, WHO)

    class Overtaken:
        """While this sealer seals, another process issues the same application."""

        def __getattr__(self, name):
            return getattr(house.sealer, name)

        def seal(self, certificate, photo, now):
            house.issuance_desk.issue(application.ref)
            return house.sealer.seal(certificate, photo, now)

    issued = replace(house.issuance_desk, sealer=Overtaken()).issue(application.ref)
    assert assert_issued_once(house, WHO).ref == issued.ref


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_only_what_is_approved_is_issued(house, state):
    if state == "draft":
        application = house.apply_desk.begin(resident(WHO), REGISTRATION)
    else:
        application = submitted(house, "shen_xiaozhou")
    with pytest.raises(ConflictError, match="not approved"):
        house.issuance_desk.issue(application.ref)
    assert count(house, "certificates", "identifier IS NOT NULL") == 0


# -- a name no font can draw -----------------------------------------------------------------

NO_FONT = "\U0002ceff"  # in extension F, and in no font of ours


def with_undrawable_name(house):
    """Somebody approved whose name no installed font draws."""
    application = approved(house, WHO)
    name = f"陈{NO_FONT}"
    with house.archive.writing() as books:
        change = text("UPDATE people SET name = :name WHERE id = :id")
        books.connection.execute(change, {"name": name, "id": application.person_id})
    return application, resident(WHO, name)


class NoSigner:
    """A signer that must not be asked."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        assert name != "sign", "something was signed"
        return getattr(self._inner, name)


def test_a_missing_glyph_is_refused_before_anything_is_signed_or_reserved(house):
    application, me = with_undrawable_name(house)
    sealer = replace(
        house.sealer,
        code_signer=NoSigner(house.sealer.code_signer),
        credential_signer=NoSigner(house.sealer.credential_signer),
    )
    with pytest.raises(MissingGlyphError, match=r"U\+2CEFF") as refused:
        replace(house.issuance_desk, sealer=sealer).issue(application.ref)
    assert (refused.value.where, "font" in refused.value.remedy) == ("name", True)
    assert count(house, "certificates", "identifier IS NOT NULL") == 0
    assert count(house, "serial_numbers", "type_code <> 'application'") == 0
    assert house.apply_desk.get(me, application.ref).state is State.APPROVED


def test_a_draft_reserved_when_the_font_was_there_is_not_signed_without_it(house):
    application = approved(house, WHO)
    with pytest.raises(CrashError):
        falling(house.issuance_desk, "seal", "before").issue(application.ref)
    with house.archive.reading() as books:
        ref = house.apply_desk.get(resident(WHO), application.ref).certificate_ref
        draft = books.register.reserved(ref)
        photo = house.objects.get(draft.file("photo").sha256)
    undrawable = replace(draft, fields={**draft.fields, "name": NO_FONT})
    sealer = replace(house.sealer, code_signer=NoSigner(house.sealer.code_signer))
    with pytest.raises(MissingGlyphError):
        sealer.seal(undrawable, photo, house.clock.now())


def test_what_is_held_up_is_shown_to_officers_and_tried_again_later(house):
    application, _ = with_undrawable_name(house)
    given_up = []
    finish = house.issuance_desk.finish
    assert finish(lambda ref, error: given_up.append((ref, error.code))) == 0
    assert given_up == [(application.ref, "invalid-request")]
    assert [a.ref for a, _ in house.review_desk.queue()] == [application.ref]
    assert finish(give_up) == 0  # not every two seconds
    with house.archive.writing() as books:
        steps = [step for _, _, step in ApplicationBook(books.connection).events(application.ref)]
        assert steps.count(HELD_UP) == 1
        change = text("UPDATE people SET name = :name WHERE id = :id")
        values = {"name": PEOPLE[WHO]["name"], "id": application.person_id}
        books.connection.execute(change, values)  # what was in the way is gone
    house.clock.skip(TRY_AGAIN_AFTER + timedelta(seconds=1))
    assert finish(give_up) == 1
    assert house.review_desk.queue() == []
    assert_issued_once(house, WHO)


def test_one_that_fails_does_not_hold_up_the_others(house):
    with_undrawable_name(house)
    other = approved(house, "wang_yan")
    assert house.issuance_desk.finish(lambda ref, error: None) == 1
    assert house.apply_desk.get(resident("wang_yan"), other.ref).state is State.ISSUED


def test_one_that_fails_for_no_known_reason_does_not_hold_up_the_others(house, caplog):
    first, second = approved(house, WHO), approved(house, "wang_yan")
    desk = falling(house.issuance_desk, "seal", "before")  # dies at the first, once
    given_up = []
    assert desk.finish(lambda ref, error: given_up.append(ref)) == 1
    assert given_up == [first.ref]
    assert "cannot be issued" in caplog.text
    assert house.apply_desk.get(resident("wang_yan"), second.ref).state is State.ISSUED


# -- a store that is down --------------------------------------------------------------------


class Down:
    """An object store that does not answer."""

    def __getattr__(self, name):
        raise UnavailableError("the object store does not answer")


def test_with_the_store_down_an_application_is_recorded_and_finished_later(house):
    down = replace(house.issuance_desk, objects=Down())
    application = approved(house, WHO)
    assert down.attempt(application.ref) is False
    assert house.apply_desk.get(resident(WHO), application.ref).state is State.APPROVED
    assert down.finish(lambda ref, error: None) == 0
    assert house.review_desk.queue() == []  # nothing is wrong with the application
    assert house.issuance_desk.finish(give_up) == 1  # at once, not after ten minutes
    assert_issued_once(house, WHO)


# -- what is written on it -------------------------------------------------------------------


def test_a_change_of_address_is_the_next_version_of_the_same_voucher(house):
    submitted(house, "lin_xiaohe")
    (first,) = vouchers(house, "lin_xiaohe")
    house.clock.skip(timedelta(days=40))
    before = house.status_desk.current(first.status_entry.list_number)
    submitted(house, "lin_xiaohe", ADDRESS_CHANGE, "moves_to")
    second, old = vouchers(house, "lin_xiaohe")
    assert (second.number, second.version, old.status) == (first.number, 2, Status.SUPERSEDED)
    identifier = CertificateIdentifier.parse(second.identifier, strict=True)
    assert identifier.value == second.identifier
    assert second.identifier != first.identifier
    kept = ("registered_on", "valid_until", "name", "id_number")
    assert {f: second.fields[f] for f in kept} == {f: first.fields[f] for f in kept}
    assert second.validity == first.validity
    assert second.fields["residence_address"] == "示范市海港区长乐路88弄6号502室"
    assert second.fields["residence_district"] == "海港区"
    assert second.issued_on > first.issued_on
    after = house.status_desk.current(first.status_entry.list_number)
    assert after.jwt != before.jwt


def test_the_photo_printed_is_the_one_that_was_judged(house):
    application = approved(house, WHO)
    judged = application.decision["decision"]["materials"]["photo"]["satisfied_by"]["record_id"]
    with house.archive.writing() as books:
        photo = books.register.get(judged)
        later = replace(
            photo,
            ref="2" * 20,
            record_id="later",
            issued_on=photo.issued_on + timedelta(days=30),
            files=(replace(photo.files[0], sha256="0" * 64),),
        )
        assert books.register.hand_in(later)
    issued = house.issuance_desk.issue(application.ref)
    assert issued.file("photo") == photo.file("photo")
