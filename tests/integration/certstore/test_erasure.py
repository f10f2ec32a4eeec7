"""Erasing a person: what goes, what is kept and why; a table that nobody thought of fails here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.callers import caller_as_json
from certstore.certificates import Holder
from certstore.consent.bodies import ConsentRequestIn
from certstore.disputes.desk import Filing
from certstore.earlier_verification import EarlierVerification
from certstore.entrustment.code_desk import CodeWanted
from certstore.entrustment.terms import Wanted
from certstore.erasure import erase_person
from certstore.errors import ConsentRequiredError, IdempotencyConflictError, NotFoundError
from certstore.idempotency.desk import Answer, KeyedRequest
from certstore.keys import KeySigner, Purpose, generate
from certstore.ledger_monitor import look_through
from certstore.presenting.choices import MINIMAL
from certstore.tables.documents import DocumentLink
from certstore.tables.entries import EntryRow
from certstore.tables.metadata import metadata
from certstore.tables.sessions import SessionRow
from certstore.tables.wallets import WalletCopy, WalletGrant, WalletRequest
from tests import consents as fund
from tests.consents import request_body
from tests.integration.certstore.test_devices import enrolment
from tests.sealed import LIN, ZHOU, handed_in, resident, voucher
from verifiers.asking.desk import Question

ERASED = {
    "consent_requests", "consents", "device_challenges", "device_codes", "devices",
    "contact_codes", "dispute_steps", "disputes", "document_links", "entries",
    "earlier_verifications", "entrustments", "guardianships", "idempotency_keys", "more_scans",
    "message_contacts", "messages", "notices", "questions", "reuse_decisions", "sessions", "usage",
    "use_codes",
    "verifier_requests", "wallet_copies", "wallet_grants", "wallet_offers", "wallet_requests",
}  # fmt: skip
RECORDS = {
    "the register": (
        *("people", "certificates", "certificate_holders", "photo_checks", "stamped_documents"),
        "holds",
    ),
    "case files": (
        *("applications", "application_events", "uploads", "upload_pieces", "letter_findings"),
        *("letter_uses", "reopened_decisions", "face_transactions", "face_results"),
        *(
            "proposed_decisions",
            "ratings",
            "joint_applications",
            "counter_visits",
            "counter_checks",
        ),
        *("leases", "lease_parties", "lease_steps"),
    ),
    "cards": (
        *("card_orders", "card_steps", "card_files", "card_file_lines", "card_reports"),
        *("card_shipments", "card_tracking"),
    ),
    "issuing authorities' orders": ("issue_orders", "issued_records", "issue_batches"),
}
"""Kept as long as the law on records wants it."""
ENDS_BY_ITSELF = {
    "off_line_showings", "pull_jobs", "pull_job_items", "kept_forms", "presentations",
    "sandbox_verifications", "told_scans", "wallet_questions",
}  # fmt: skip
"""Sealed or told by nothing whose it is, and gone within a day."""
SAYS_NOBODY = {
    "awaited_endorsements",
    "batch_refusals", "batches", "bulk_approvals", "bulk_cases", "card_watch", "case_claims",
    "clients", "conformance", "event_deliveries", "event_feeds", "event_subscriptions",
    "issuing_authorities", "joint_tests", "lease_places", "ledger_checkpoints",
    "ledger_cosignatures", "ledger_leaves", "ledger_nodes", "matter_owners", "matter_proposals",
    "matters",
    "onboarding_changes", "onboarding_history", "organisations", "outbox", "overdue_days",
    "peer_trust_lists",
    "purpose_dossiers", "purposes", "quota_counts", "refused_calls", "return_addresses",
    "revoked_tokens", "serial_numbers", "sign_ins", "signed_out_devices", "source_health",
    "message_attempts", "raised_cards", "raised_cases",
    "reminder_days", "source_standings", "stamping",
    "status_lists", "told_ends", "told_events", "used_identifiers", "witnessed_logs",
    "wrong_numbers", "wrong_use_codes",
}  # fmt: skip
KEPT = {name for names in RECORDS.values() for name in names}
CHILD = Holder("林小禾", "111", "340199201904060281")


def test_of_every_table_somebody_has_said_what_erasing_does_with_it():
    """A new table stands in none of the four lists: decide, and write docs/erasure.md."""
    lists = (ERASED, KEPT, ENDS_BY_ITSELF, SAYS_NOBODY)
    said = [name for names in lists for name in names]
    assert sorted(said) == sorted(metadata.tables)


def test_no_table_that_says_nobody_points_to_a_person_or_has_room_for_a_number():
    for name in SAYS_NOBODY | ENDS_BY_ITSELF:
        table = metadata.tables[name]
        assert not [c.name for c in table.c if "people" in _points_to(c)], name
        assert not {c.name for c in table.c} & {"id_number", "agent_number", "caller"}, name


@pytest.fixture
def gone(house):
    """A house in which Lin did everything one can do, and was erased."""
    fund.enrol_fund(house)
    lease, held = handed_in(house), voucher(house)
    _lived(house, lease, held)
    before = rows_about(house, LIN, sorted(ERASED))
    counted = _how_many(house, "more_scans")
    house.messages = _how_many(house, "messages")
    with house.archive.writing() as books:
        lin = books.people.known(LIN)
        house.erased = erase_person(books, house.settings.ledger_origin, lin, house.clock.now())
    house.before, house.lease, house.held, house.counted = before, lease, held, counted
    return house


def _lived(house, lease, held):
    me, now = resident(), house.clock.now()
    ref = _consent(house)
    house.consent_desk.give(me, ref, ("id_photo:photo",), "zh")
    house.given = ref
    house.sharing_desk.pull(fund.service(), fund.pull_request(lease.ref, ref))
    pulled = next(e for e in house.holdings_desk.usage(me) if e.kind == "pull")
    house.question_desk.ask(me, pulled, f"{LIN.name}没办过这件事")
    house.dispute_desk.file(me, Filing(lease.ref, "address", "长乐路89弄"))
    house.entrustment_desk.entrust(me, _to(ZHOU, held.ref))
    zhous = voucher(house, ZHOU)
    house.entrusted = house.entrustment_desk.entrust(resident(ZHOU), _to(LIN, zhous.ref))
    house.entrustment_desk.accept(me, house.entrusted.ref)
    house.use_code_desk.make_as_agent(me, house.entrusted.ref, CodeWanted("代办", ("name",)))
    house.use_code_desk.make(me, held.ref, CodeWanted("租房", ("name",)))
    with house.archive.writing() as books:
        lin, child = books.people.known(LIN), books.people.known(CHILD)
        books.guardianships.prove(lin.id, child.id, now, officer="1047")
        books.usage.count_more(pulled.ref, now)
        row = SessionRow(caller_as_json(me), "csrf", now, now + timedelta(minutes=30))
        books.sessions.open("secret", row)
        handed_over = EntryRow("city-app", caller_as_json(me), "/applications")
        assert books.entries.add("once", "ticket", handed_over, (now, now + timedelta(minutes=15)))
        earlier = EarlierVerification("cn_bank", "high", now, ("id_card",))
        books.earlier.replace(me.account, LIN, (earlier,))
    house.childs = _consent(house, CHILD)
    house.consent_desk.refuse(me, house.childs)
    _linked(house, held)
    _in_wallets(house, me, held)
    _on_a_phone(house, me, held)
    _told_elsewhere(house, me)
    house.idempotency_desk.answer(KEYED, lambda: Answer(200, LIN.name.encode()))
    house.own_data_desk.export(replace(me, verified_at=now)).close()


def _on_a_phone(house, me, held):
    """A phone with a code, one that is about to be enrolled, and an answer not collected yet."""
    signer = KeySigner(Purpose.CODE, generate("ES256"))
    device = house.device_desk.enrol(me, enrolment(house, signer))
    house.device_desk.give_code(me, device.ref, held.ref, MINIMAL)
    house.device_desk.challenge(me)
    asked = house.ask_desk.ask(Question(verifier="酒店", place="前台", why="入住", choice=MINIMAL))
    house.ask_desk.agree(me, asked.request.ref, held.ref)
    house.kid = signer.kid


def _told_elsewhere(house, me):
    """An address with a code on its way, and one that is used and was told of everything."""
    house.contact_desk.add(me, "sms", "13800138000", "zh")
    house.contact_desk.add(me, "email", "lin@example.com", "zh")
    with house.archive.writing() as books:
        lin = books.people.known(LIN).id
        mail, _ = books.contacts.of(lin)
        books.contacts.change(mail.id, confirmed_at=house.clock.now())
    house.sending_desk.spread()
    assert house.sending_desk.turn("email") == "sent"


def _linked(house, held):
    """A link to a copy that was made for a pull and not fetched yet."""
    link = DocumentLink(
        token_hash="a" * 64, client_id=fund.FUND, purpose_id=fund.RENT, certificate_ref=held.ref,
        usage_ref="u" * 20, sha256="b" * 64, media_type="application/pdf", size=4,
        sealed=LIN.name.encode(), expires_at=house.clock.now() + timedelta(seconds=60),
    )  # fmt: skip
    with house.archive.writing() as books:
        books.documents.add(link)


def _in_wallets(house, me, held):
    """A wallet that asked by itself, was let, and has a copy; and an offer that nobody took."""
    house.wallet_offer_desk.make(me, held.ref)
    now, minute = house.clock.now(), timedelta(minutes=1)
    asked = WalletRequest(
        ref="r" * 20, uri_digest="a" * 64, client_id="wallet", redirect_uri="x:/y", state=None,
        code_challenge="c" * 43, type_code=held.type_code, offer_ref=None, jkt=None,
        expires_at=now + minute, begun_at=now,
    )  # fmt: skip
    with house.archive.writing() as books:
        books.wallets.add_request(asked)
    house.wallet_request_desk.agree(me, asked.ref, held.ref)
    with house.archive.writing() as books:
        about = {"person_id": books.people.known(LIN).id, "certificate_ref": held.ref}
        books.wallets.add_grant(
            WalletGrant(
                **about, token_digest="b" * 64, source_ref=asked.ref, client_id="wallet",
                jkt="j" * 43, expires_at=now + minute,
            )
        )  # fmt: skip
        books.wallets.add_copy(
            WalletCopy(
                **about, ref="w" * 20, grant_id=1, client_id="wallet", notification_digest=None,
                key_thumbprints=["t" * 43], made_at=now,
            )
        )  # fmt: skip


KEYED = KeyedRequest("a-client", "k-1", "d" * 64)


def _consent(house, holder=LIN):
    body = ConsentRequestIn(**request_body(subject={"id_number": holder.id_number}))
    return house.consent_request_desk.ask(fund.service(), body.asking())["ref"]


def _to(agent, ref):
    return Wanted(
        certificate_ref=ref, to="person", agent_name=agent.name, agent_number=agent.id_number,
        matter="代办", from_day="2026-11-25", to_day="2026-12-25",
    )  # fmt: skip


def rows_about(house, holder, names):
    """Of these tables, the rows that point to a person or hold their name or number in any form."""
    found = {}
    with house.archive.reading() as books:
        person = books.people.find(holder.id_type, holder.id_number)
        for name in names:
            table = metadata.tables[name]
            pointing = [
                c.name
                for c in table.c
                for key in c.foreign_keys
                if key.column.table.name == "people"
            ]
            for row in books.connection.execute(table.select()).mappings():
                said = " ".join(str(_text(value)) for value in row.values())
                if any(row[c] == person.id for c in pointing) or any(
                    word in said for word in (holder.id_number, holder.name)
                ):
                    found.setdefault(name, []).append(dict(row))
    return found


def _how_many(house, name):
    with house.archive.reading() as books:
        return len(books.connection.execute(metadata.tables[name].select()).all())


def _points_to(column):
    return {key.column.table.name for key in column.foreign_keys}


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def test_nothing_that_is_to_go_says_anything_of_the_person_any_more(gone):
    plainly = ERASED - {
        "consents",
        "device_codes",
        "dispute_steps",
        "document_links",
        "earlier_verifications",
    }
    # There was much; what counts scans beside an entry names nobody by itself, nor does a message.
    by_others = {"idempotency_keys", "reuse_decisions", "more_scans", "messages"}
    assert set(gone.before) >= plainly - by_others
    assert gone.counted == 1
    assert gone.messages > 1
    left = rows_about(gone, LIN, sorted(metadata.tables.keys() - KEPT))
    assert gone.erased == 7  # a pull, and six acts of their own
    # Who acted for somebody stands by name on that one's own list, and in its proof.
    assert {row["record"]["operator"] for row in left.pop("usage")} == {LIN.name}
    assert left == {}
    with gone.archive.reading() as books:
        of_others = {"consent_requests", "entrustments", "notices", "use_codes", "usage"}
        for name in sorted(ERASED - of_others):
            rows = books.connection.execute(metadata.tables[name].select()).mappings().all()
            assert [row for row in rows if name != "idempotency_keys" or row["body"]] == [], name


def test_what_stays_of_others_is_theirs_and_holds(gone):
    (given,) = gone.entrustment_desk.given(resident(ZHOU))
    assert (given.agent, given.ended_by) == (None, "agent")
    assert [code.person_id == code.made_by for code in gone.use_code_desk.mine(resident(ZHOU))] == [
        True
    ]
    assert gone.consent_request_desk.standing(fund.service(), gone.childs)["status"] == "refused"
    kinds = {entry.kind for entry in gone.holdings_desk.usage(resident(CHILD))}
    assert kinds == {"own_act"}


def test_nothing_is_given_on_what_was_erased(gone):
    with pytest.raises(ConsentRequiredError):
        gone.sharing_desk.pull(fund.service(), fund.pull_request(gone.lease.ref, gone.given))
    with pytest.raises(NotFoundError):
        gone.consent_request_desk.standing(fund.service(), gone.given)
    with gone.archive.reading() as books:
        assert not books.register.get(gone.lease.ref).under_dispute
    with pytest.raises(IdempotencyConflictError, match="not kept any more"):
        gone.idempotency_desk.answer(KEYED, lambda: Answer(200, b"done again"))


def test_the_ledger_stands_and_says_how_many_were_erased(gone):
    gone.ledger_desk.checkpoint()
    report = look_through(gone.archive, gone.ledger_desk.vkey())
    assert (report.sound, report.erased) == (True, gone.erased)
