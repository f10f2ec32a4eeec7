"""The pages of the store: home, certificates, presenting, who looked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from certstore.pages.certificate_views import CertificateView
from certstore.pages.usage_views import ProofView, UsageDay, UsageEntry, UsageView
from certstore.pages.views import (
    CertificateCard,
    CertificatesView,
    FormerVersion,
    HomeView,
    KeptRecord,
    NextCard,
    Presentable,
    PresentView,
    Ready,
)
from tests.e2e.pages.people import (
    HOUSING,
    NOW,
    PORTRAIT,
    REF,
    RESIDENT,
    TODAY,
    VOUCHER,
    Sample,
    symbol,
)


def homes() -> Iterator[Sample]:
    """The home page, one sample a kind of next card."""
    ready = (Ready("identity"), Ready("dwelling", HOUSING), Ready("photo", "示范市公安局"))
    cards = (
        NextCard(kind="signed_out", href="/sign-in"),
        NextCard(kind="first_visit", href="/apply/residence-registration"),
        NextCard(
            kind="eligible",
            matter="residence_permit",
            href="/apply/residence-permit",
            tasks=("commitment", "face"),
            ready=ready,
            minutes=3,
        ),
        NextCard(kind="nothing_to_hand_in", ready=ready, href="/apply/residence-registration"),
        NextCard(kind="not_yet", matter="residence_permit", on=date(2026, 12, 31), days=35),
        NextCard(kind="draft", on=date(2026, 12, 20), href=f"/applications/{REF}/dwelling"),
        NextCard(kind="needs_you", href=f"/applications/{REF}"),
        NextCard(kind="waiting", on=date(2026, 11, 27), href=f"/applications/{REF}"),
        NextCard(kind="waiting", href=f"/applications/{REF}"),  # for another, or for its applicant
        NextCard(kind="result", type_code="residence_voucher", href="/certificates"),
        NextCard(kind="endorsement_due", on=date(2026, 12, 20), href="/apply/endorsement"),
        NextCard(kind="endorsement_overdue", on=date(2026, 11, 21), href="/apply/endorsement"),
        NextCard(
            kind="renewal_due",
            matter="registration_renewal",
            on=date(2026, 12, 12),
            href="/apply/registration-renewal",
        ),
        NextCard(
            kind="present", type_code="residence_voucher", href=f"/certificates/{REF}/present"
        ),
        NextCard(kind="counting_failed", href="/apply/residence-registration"),
        NextCard(kind="lost", type_code="residence_voucher", href=f"/certificates/{REF}/loss"),
        NextCard(kind="held", type_code="residence_permit", href="/certificates"),
    )
    for card in cards:
        signed = card.kind != "signed_out"
        view = HomeView(
            next=card,
            given_name="晓禾" if signed else None,
            presentable=(
                (Presentable(ref=REF, type_code="residence_voucher", valid_to=date(2027, 5, 17)),)
                if card.kind in {"eligible", "not_yet", "waiting"}
                else ()
            ),
            matters=("residence_registration", "address_change") if signed else (),
            permit_from=date(2027, 5, 18) if card.kind == "present" else None,
            permit_now=False,
            looks=6,
            notices=1,
        )
        undated = "-undated" if card.kind == "waiting" and card.on is None else ""
        yield Sample(
            f"home-{card.kind}{undated}",
            "certstore/home.html",
            view,
            "/",
            RESIDENT if signed else None,
        )


def certificates() -> Iterator[Sample]:
    """Certificates, and presenting one."""
    permit = replace(VOUCHER, ref="p" * 20, type_code="residence_permit")
    lost = replace(VOUCHER, status="suspended_loss", remedy_href="/loss")
    full = CertificatesView(
        cards=(permit, VOUCHER),
        kept=(
            KeptRecord(
                ref=REF,
                type_code="lease_filing",
                status="valid",
                office=HOUSING,
                valid_to=date(2027, 5, 11),
            ),
            KeptRecord(ref=REF, type_code="id_photo", status="valid", office="示范市公安局"),
            KeptRecord(
                ref=REF,
                type_code="social_insurance",
                status="valid",
                office="人力资源和社会保障局",
                under_dispute=True,
            ),
            KeptRecord(
                ref=REF, type_code="property_certificate", status="cancelled", office="自然资源局"
            ),
        ),
        former=(
            FormerVersion(
                ref="v" * 20,
                type_code="residence_voucher",
                version=1,
                status="superseded",
                ended_at=NOW - timedelta(days=4),
            ),
        ),
    )
    yield Sample("certificates", "certstore/certificates.html", full, "/certificates")
    for card in (lost, replace(VOUCHER, status="expired"), replace(VOUCHER, under_dispute=True)):
        name = f"certificates-{card.status}{'-dispute' if card.under_dispute else ''}"
        view = CertificatesView(cards=(card,))
        yield Sample(name, "certstore/certificates.html", view, "/certificates")
    yield Sample(
        "certificates-empty", "certstore/certificates.html", CertificatesView(), "/certificates"
    )
    yield from _one(permit, lost)
    shown = PresentView(
        ref=REF,
        type_code="residence_voucher",
        status="valid",
        name="林晓禾",
        id_number="310199199003070020",
        now=NOW,
        photo_href=PORTRAIT,
        code=symbol(),
        expires_at=NOW + timedelta(seconds=60),
    )
    path = f"/certificates/{REF}/present"
    yield Sample("present", "certstore/present.html", shown, path)
    levels = replace(
        shown,
        levels=("photo", "residence", "full"),
        reveal_href=f"/certificates/{REF}/reveal",
    )
    yield Sample("present-levels", "certstore/present.html", levels, path)
    gone = replace(shown, status="superseded", code=None, expires_at=None)
    yield Sample("present-superseded", "certstore/present.html", gone, path)


def _one(permit: CertificateCard, lost: CertificateCard) -> Iterator[Sample]:
    """The page of one certificate."""
    view = CertificateView(
        card=replace(VOUCHER, wallet=True),
        standing="current",
        number="SF20260000000017",
        version=2,
        office="示范市公安局",
        valid_from=date(2026, 5, 26),
    )
    past = replace(VOUCHER, status="superseded", ward="林小禾")
    lease = replace(VOUCHER, type_code="lease_filing", valid_to=None, number=None, lets=True)
    for name, one in {
        "voucher": view,
        "permit": replace(view, card=permit),
        "lost": replace(view, card=lost),
        "expired": replace(view, card=replace(VOUCHER, status="expired")),
        "former": replace(view, card=past, standing="former"),
        "kept": replace(view, card=lease, standing="kept", number="", office=HOUSING),
        "held": replace(view, card=replace(permit, status="suspended", held=True)),
        "disputed": replace(view, card=replace(VOUCHER, under_dispute=True)),
    }.items():
        path = f"/certificates/{REF}"
        yield Sample(f"certificate-{name}", "certstore/certificate.html", one, path)


ENTRY = UsageEntry(
    ref="u" * 20,
    kind="pull",
    at=datetime(2026, 11, 26, 1, 20, tzinfo=UTC),
    ground="law",
    who="梧桐区第二小学",
    matter="小学入学报名",
    given=("是否有效", "居住地所在区", "有效期至"),
    withheld=("详细住址", "证件号码", "照片"),
    operator="招生平台，工号尾号 07",
    legal_basis="《示范市居住证管理办法》第 12 条",
    delete_by=date(2027, 8, 31),
    question_href="/usage/" + "u" * 20 + "/question",
)


def usage() -> Iterator[Sample]:
    """Who looked, and the proof of one look."""
    scan = UsageEntry(
        ref="s" * 20,
        kind="scan",
        at=datetime(2026, 11, 26, 2, 41, tzinfo=UTC),
        ground="shown",
        who="",
        matter="residence_voucher",
        given=("姓名", "照片"),
        more_scans=17,
    )
    review = replace(ENTRY, ref="r" * 20, kind="review", who="梧桐派出所", matter="您的居住登记")
    relative = UsageEntry(
        ref="q" * 20,
        kind="relative",
        at=ENTRY.at,
        ground="other",
        who="",
        matter="居住登记",
        given=("坐落", "权利人"),
        record_type="property_certificate",
    )
    closed = replace(relative, ref="k" * 20, who="林晓禾", case_number="SF-2611-000001")
    looked_up = replace(relative, ref="u" * 20, record_type="", given=())
    refused = replace(
        ENTRY,
        ref="f" * 20,
        given=(),
        withheld=(),
        asked=("姓名", "公民身份号码"),
        refused="field-not-granted",
    )
    postponed = replace(ENTRY, ref="o" * 20, kind="postponed", who="", matter="")
    consent = replace(ENTRY, ref="c" * 20, ground="consent", who="市公积金中心", matter="租房提取")
    view = UsageView(
        days=(
            UsageDay(TODAY, (ENTRY, scan)),
            UsageDay(date(2026, 11, 23), (review, consent)),
            UsageDay(date(2026, 11, 19), (relative, looked_up, postponed, closed, refused)),
        ),
        counts=(("all", 8), ("law", 4), ("consent", 1), ("shown", 1), ("own", 1), ("other", 2)),
    )
    page = "certstore/usage.html"
    yield Sample("usage", page, view, "/usage")
    yield Sample("usage-empty", page, UsageView(), "/usage")
    yield Sample("usage-unreadable", page, UsageView(readable=False), "/usage")
    proof = ProofView(
        entry=ENTRY,
        checked="good",
        leaf_hash="5f" * 32,
        leaf_index=41,
        tree_size=128,
        root="a3" * 32,
        audit_path=("1c" * 32, "9e" * 32, "07" * 32),
        checkpoint_at=NOW,
        log_name="certstore.example/ledger",
        download_href=f"/usage/{ENTRY.ref}/proof.json",
    )
    path = f"/usage/{ENTRY.ref}"
    page = "certstore/usage_proof.html"
    yield Sample("proof", page, proof, path)
    yield Sample("proof-bad", page, replace(proof, checked="bad"), path)
    yield Sample(
        "proof-waiting",
        page,
        ProofView(entry=ENTRY, checked=None, leaf_hash="5f" * 32, due=NOW + timedelta(minutes=1)),
        path,
    )
