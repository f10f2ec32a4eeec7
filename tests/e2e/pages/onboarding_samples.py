"""The portal of agencies' developers, and the operators' pages about agencies."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from certstore.callers import Operator
from certstore.onboarding.approval import Waiting
from certstore.onboarding.file import ClientFile, PurposeFile, Used
from certstore.onboarding.terms import Terms, TypedClient, TypedTerms
from certstore.pages.console_views import agencies_view, client_page, purpose_page
from certstore.pages.onboarding_views import (
    ClientFormView,
    DeveloperHomeView,
    PurposeFormView,
    client_card,
    purpose_view,
)
from certstore.pages.portal_views import (
    CallsView,
    DebugView,
    DocsView,
    KeyRow,
    KeysView,
    Portal,
    TriedStep,
    TryView,
)
from certstore.pages.purpose_matrix import offered
from certstore.tables.onboarding import Change, Dossier, Moved
from certstore.tables.refused_calls import RefusedCall
from certstore.tables.sharing import Client, Purpose
from certstore.web.shell import Signed
from tests.e2e.pages.people import NOW, TODAY, Sample

HAN = Signed("韩开发", "developer")
ZHENG = Signed("郑运维", "operator")
OPERATOR, SECOND = Operator("郑运维", "A01"), Operator("孟运维", "A02")
PORTAL = Portal(room="purposes", developer="韩开发 D01", office="示范市教育局", sandbox=True)
SCHOOL = Client(
    client_id="school-enrolment",
    agency="示范市教育局",
    agency_en="Demonstration City Education Bureau",
    agency_uscc="11310000MB0T00058A",
    keys=[{"kid": "5f0c2d7be1a94c36", "kty": "EC", "crv": "P-256"}],
    state="active",
    agency_key=b"",
)
ENROLMENT = Purpose(
    purpose_id="school_enrolment-h7k2m9p4",
    client_id="school-enrolment",
    matter_code="school_enrolment",
    title_zh="义务教育入学报名",
    title_en="School enrolment",
    legal_basis={"kind": "statutory_duty", "ref": "义务教育法第十二条"},
    fields={"residence_voucher": ["name", "residence_district", "valid_until"]},
    state="active",
    quota_day=5000,
    quota_month=60000,
)
DOSSIER = Dossier(
    "招生办 010-0000 0000",
    "核对孩子是否住在学区里，只看区，不看门牌",
    {
        "residence_voucher.id_number": "用单位内编号",
        "residence_voucher.residence_address": "只需到区",
    },
)


def step(act: str, before: str, after: str, who: str, reason: str = "") -> Moved:
    """One line of a history."""
    return Moved(
        kind="purpose",
        subject=ENROLMENT.purpose_id,
        client_id="school-enrolment",
        act=act,
        before=before,
        after=after,
        who=who,
        at=NOW - timedelta(days=9),
        reason=reason,
    )


HISTORY = (
    step("exhaust", "active", "over_quota", "system", "day"),
    step("activate", "approved", "active", "system"),
    step("approve", "submitted", "approved", "operator A01 + operator A02"),
    step("submit", "draft", "submitted", "developer 11310000MB0T00058A D01"),
    step("refuse", "submitted", "draft", "operator A01", "请写明只到区"),
)
FILE = PurposeFile(
    client=SCHOOL,
    purpose=ENROLMENT,
    dossier=DOSSIER,
    used=Used(4214, 30114),
    waiting=None,
    history=HISTORY,
    passed={},
)
CHANGE = Change(
    ref="k7m2p9q4r6s8t3v5w7x2",
    kind="purpose",
    subject=ENROLMENT.purpose_id,
    client_id="school-enrolment",
    act="approve",
    terms=None,
    not_given={},
    reason="",
    asked_by="developer 11310000MB0T00058A D01",
    asked_number="D01",
    asked_at=NOW,
)
# With a photo, a question, and a type of which only the existence is asked.
RISKY = replace(
    ENROLMENT,
    fields={"residence_voucher": ["name", "photo", "age_over"], "lease_filing": []},
)
REASON = "报名当天要核对到场的是不是监护人本人，姓名和号码看不出来"
CALLS = tuple(
    RefusedCall(
        client_id="school-enrolment",
        day=TODAY,
        call=call,
        slug=slug,
        cause=cause,
        place=place,
        fields=fields,
        last_at=NOW,
        last_reference="7f3ak2m9",
        times=times,
    )
    for call, slug, cause, place, fields, times in (
        ("POST /oauth2/token", "invalid-token", "aud_mismatch", "client_assertion", (), 3),
        (
            "POST /v1/certificates/{ref}:pull",
            *("field-not-granted", "", "fields"),
            ("id_number", "residence_address"),
            12,
        ),
        ("POST /v1/evidence:search", "internal", "a_new_one", "", (), 1),
    )
)


def onboarding() -> Iterator[Sample]:
    """Every page of the portal and of the operators' part."""
    yield from _home()
    yield from _purposes()
    yield from _forms()
    yield from _workbench()
    yield from _console()


def _sample(name: str, template: str, view: object, path: str, who: Signed = HAN) -> Sample:
    return Sample(name, f"certstore/{template}.html", view, path, who, wide=True)


def _home() -> Iterator[Sample]:
    states = ("draft", "submitted", "approved", "active", "over_quota", "suspended", "retired")
    purposes = [
        replace(ENROLMENT, purpose_id=f"school_enrolment-{state}", state=state) for state in states
    ]
    file = ClientFile(
        client=SCHOOL,
        purposes=purposes,
        used={p.purpose_id: Used(4214, 30114) for p in purposes},
        waiting=None,
        history=(),
    )
    card = client_card(file, "zh")
    waits = replace(card, client_id="transfer", state="submitted", waits=True, keys=0, purposes=())
    waits = replace(waits, acts=("withdraw",))
    view = DeveloperHomeView(portal=PORTAL, clients=(card, waits))
    path = "/developers"
    yield _sample("developers", "developer_home", view, path)
    real = replace(PORTAL, sandbox=False, sandbox_url="https://sandbox.certstore.example")
    empty = DeveloperHomeView(portal=real, clients=())
    yield _sample("developers-empty", "developer_home", empty, path)


def _purposes() -> Iterator[Sample]:
    path, page = f"/developers/purposes/{ENROLMENT.purpose_id}", "developer_purpose"
    yield _sample("developer-purpose", page, purpose_view(PORTAL, FILE, CALLS, "zh"), path)
    passed = {"search": NOW, "replay": NOW, "field": NOW}
    trial = replace(
        FILE, purpose=replace(ENROLMENT, state="approved", quota_month=None), passed=passed
    )
    view = purpose_view(PORTAL, trial, (), "zh", "no_receipt")
    yield _sample("developer-purpose-trial", page, view, path)
    real = replace(PORTAL, sandbox=False)
    yield _sample("developer-purpose-real", page, purpose_view(real, trial, (), "zh"), path)
    waiting = replace(
        FILE, purpose=replace(ENROLMENT, state="submitted"), waiting=CHANGE, history=()
    )
    view = purpose_view(PORTAL, waiting, (), "zh", "submitted")
    yield _sample("developer-purpose-waiting", page, view, path)
    draft = replace(
        FILE,
        purpose=replace(RISKY, state="draft"),
        dossier=replace(DOSSIER, not_given={}, photo_reason=REASON),
        history=(),
    )
    view = purpose_view(PORTAL, draft, (), "zh", "draft")
    yield _sample("developer-purpose-draft", page, view, path)
    more = replace(FILE.terms, fields={**FILE.terms.fields, "enrolment": ()}, photo_reason="")
    wider = replace(FILE, waiting=replace(CHANGE, act="change", terms=more.as_json()))
    yield _sample("developer-purpose-wider", page, purpose_view(PORTAL, wider, (), "zh"), path)


def _forms() -> Iterator[Sample]:
    path, page = "/developers/clients/new", "developer_client"
    yield _sample("developer-client", page, ClientFormView(portal=PORTAL), path)
    wrong = ClientFormView(
        portal=PORTAL,
        typed=TypedClient(client_id="School", agency="教育局"),
        errors={"client_id": "malformed", "agency_en": "missing"},
    )
    yield _sample("developer-client-error", page, wrong, path)
    path, page = "/developers/purposes/new", "developer_purpose_form"
    view = PurposeFormView(
        portal=PORTAL,
        action=path,
        purpose_id=None,
        in_force=False,
        clients=("school-enrolment",),
        types=offered((), "zh"),
        typed=TypedTerms(),
    )
    yield _sample("developer-apply", page, view, path)
    names = ("client_id", "title_zh", "matter_code", "basis_kind", "basis_ref", "justification")
    errors = dict.fromkeys((*names, "field", "action", "quota_day", "contact"), "missing")
    yield _sample("developer-apply-error", page, replace(view, errors=errors), path)
    chosen = ("residence_voucher.name", "residence_voucher.photo", "residence_voucher.age_over")
    risky = replace(
        view,
        types=offered(chosen, "zh", ("lease_filing", "residence_voucher")),
        errors={"existence": "both", "photo_reason": "missing"},
    )
    yield _sample("developer-apply-photo", page, risky, path)
    edited = replace(
        view,
        action=f"/developers/purposes/{ENROLMENT.purpose_id}/edit",
        purpose_id=ENROLMENT.purpose_id,
        in_force=True,
    )
    yield _sample("developer-change", page, edited, edited.action)


def _workbench() -> Iterator[Sample]:
    at = {room: replace(PORTAL, room=room) for room in ("keys", "calls", "debug", "try", "docs")}
    row = KeyRow("5f0c2d7be1a94c36", "P-256")
    two = (row, KeyRow("91d3ee07aa5b4f20", "Ed25519"))
    keys = KeysView(
        portal=at["keys"],
        clients=(("school-enrolment", two), ("transfer", (row,)), ("new-one", ())),
        said="added",
    )
    yield _sample("developer-keys", "developer_keys", keys, "/developers/keys")
    wrong = replace(keys, said="", errors={"jwk": "private"})
    yield _sample("developer-keys-error", "developer_keys", wrong, "/developers/keys")
    calls = CallsView(portal=at["calls"], calls=CALLS)
    yield _sample("developer-calls", "developer_calls", calls, "/developers/calls")
    none = replace(calls, calls=())
    yield _sample("developer-calls-none", "developer_calls", none, "/developers/calls")
    steps: tuple[dict[str, object], ...] = (
        {"step": "form", "outcome": "passed"},
        {"step": "signature", "outcome": "passed"},
        {
            "step": "audience",
            "outcome": "failed",
            "cause": "aud_mismatch",
            "detail": "the audience is not this server alone",
            "expected": "https://certstore.example",
            "remedy": "mend the assertion",
        },
        {"step": "details", "outcome": "skipped", "detail": "no authorization_details were sent"},
        {"step": "grant", "outcome": "not_reached"},
    )
    debug = DebugView(portal=at["debug"], outcome="would_refuse", steps=steps)
    yield _sample("developer-debug", "developer_debug", debug, "/developers/debug")
    blank = DebugView(portal=at["debug"], errors={"assertion": "missing"})
    yield _sample("developer-debug-error", "developer_debug", blank, "/developers/debug")
    asked = '{\n  "call": "POST /oauth2/token",\n  "purpose_id": "school_enrolment-h7k2m9p4"\n}'
    told = '{\n  "token_type": "DPoP",\n  "expires_in": 300\n}'
    no = '{\n  "type": "urn:certstore:problem:field-not-granted",\n  "paths": ["id_number"]\n}'
    tried = TryView(
        portal=at["try"],
        purposes=((ENROLMENT.purpose_id, "义务教育入学报名"),),
        people=(("lin_xiaohe", "林晓禾"), ("zhou_min", "周敏")),
        chosen=(ENROLMENT.purpose_id, "lin_xiaohe"),
        steps=(TriedStep("token", True, asked, told), TriedStep("pull", False, asked, no)),
    )
    yield _sample("developer-try", "developer_try", tried, "/developers/try")
    lacking = replace(tried, steps=(), chosen=("", ""), errors={"purpose": "missing"})
    yield _sample("developer-try-error", "developer_try", lacking, "/developers/try")
    none_yet = replace(tried, steps=(), purposes=())
    yield _sample("developer-try-none", "developer_try", none_yet, "/developers/try")
    docs = DocsView(portal=at["docs"], issuer="https://certstore.example")
    yield _sample("developer-docs", "developer_docs", docs, "/developers/docs")


def _console() -> Iterator[Sample]:
    half = replace(
        CHANGE,
        first_by="operator A01",
        first_number="A01",
        first_at=NOW,
        not_given={"residence_voucher.valid_until": "入学不看有效期"},
    )
    wider = replace(FILE.terms, quota_day=8000, fields=_more(FILE.terms))
    change = replace(CHANGE, act="change", terms=wider.as_json())
    names = ("义务教育入学报名", "School enrolment", SCHOOL.agency, SCHOOL.agency_en)
    waiting = [Waiting(each, *names) for each in (CHANGE, half, change)]
    client = ClientFile(
        client=SCHOOL,
        purposes=[ENROLMENT],
        used={ENROLMENT.purpose_id: Used(4214, 30114)},
        waiting=None,
        history=(),
    )
    path = "/console/agencies"
    full = agencies_view(OPERATOR, waiting, [client], "zh")
    yield _sample("agencies", "console_agencies", full, path, ZHENG)
    none = agencies_view(OPERATOR, [], [client], "zh")
    yield _sample("agencies-none", "console_agencies", none, path, ZHENG)
    handed_in = replace(FILE, purpose=replace(ENROLMENT, state="submitted"))
    risky = replace(
        handed_in,
        purpose=replace(RISKY, state="submitted"),
        dossier=replace(DOSSIER, not_given={}, photo_reason=REASON),
        waiting=CHANGE,
    )
    trial = replace(FILE, purpose=replace(RISKY, state="approved"), passed={"search": NOW})
    for name, file, me in (
        ("photo", risky, OPERATOR),
        ("applicant", replace(risky, waiting=replace(CHANGE, asked_number="A01")), OPERATOR),
        ("trial", trial, OPERATOR),
        ("first", replace(handed_in, waiting=CHANGE), OPERATOR),
        ("own", replace(handed_in, waiting=half), OPERATOR),
        ("second", replace(handed_in, waiting=half), SECOND),
        ("wider", replace(FILE, waiting=change), OPERATOR),
        ("in-force", FILE, OPERATOR),
    ):
        view = purpose_page(me, file, "zh", sandbox=True)
        at = f"{path}/purpose/{ENROLMENT.purpose_id}"
        yield _sample(f"agency-purpose-{name}", "console_agency", view, at, ZHENG)
    view = client_page(OPERATOR, client, "zh")
    yield _sample("agency-client", "console_agency", view, f"{path}/client/x", ZHENG)


def _more(terms: Terms) -> dict[str, tuple[str, ...]]:
    return {kind: (*paths, "residence_address") for kind, paths in terms.fields.items()}
