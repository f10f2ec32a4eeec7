"""The desks of organisations' clerks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from certstore.pages.clerk_views import BatchRow, DisputedRow, RefusedLine, SourceView
from certstore.web.shell import Signed
from issuance.dormitory import Lodger
from issuance.pages.dormitory_views import DormitoryView, IssuedRow
from issuance.pages.stats_views import MaterialBar, MatterBars, StatsView
from tests.e2e.pages.citizen_samples import correction_rows
from tests.e2e.pages.people import HOUSING, NOW, Sample

CLERK = Signed("许经办", "clerk")


def clerks() -> Iterator[Sample]:
    """A source's account, and an employer's dormitory certificates."""
    refused = (
        RefusedLine(17, "BAD_ID_NUMBER", "holders[0].id_number: the check character is wrong"),
        RefusedLine(203, "BAD_FILE", "files: missing, or not what their sha256 says"),
    )
    full = SourceView(
        room="source",
        rooms=("source",),
        office=HOUSING,
        clerk="许经办 F07",
        batches=(
            BatchRow(sha256="5a" * 32, received_at=NOW, accepted=57, known=1, refusals=refused),
            BatchRow(
                sha256="c4" * 32,
                received_at=NOW - timedelta(days=30),
                accepted=1204,
                known=0,
                refusals=(),
            ),
        ),
        disputed=(
            DisputedRow(
                record_id="LF-2026-000117",
                type_code="lease_filing",
                since=date(2026, 11, 2),
                due=date(2026, 11, 16),
                overdue=True,
            ),
            DisputedRow(
                record_id="LF-2026-000398",
                type_code="lease_filing",
                since=date(2026, 11, 20),
                due=date(2026, 12, 4),
                overdue=False,
            ),
        ),
    )
    page = "certstore/source.html"
    yield Sample("source", page, full, "/source", CLERK, wide=True)
    asked = replace(full, corrections=correction_rows())
    yield Sample("source-corrections", page, asked, "/source", CLERK, wide=True)
    empty = replace(full, batches=(), disputed=())
    yield Sample("source-empty", page, empty, "/source", CLERK, wide=True)
    yield from _dormitory()
    yield from _stats()


def _dormitory() -> Iterator[Sample]:
    issued = tuple(
        IssuedRow(
            ref=str(n) * 20,
            name=name,
            id_number="310199199201010018",
            address=f"示范市海港区滨海路18号3号楼40{n}室",
            valid_to=date(2027, 10, 31) if n else None,
            status=status,
        )
        for n, (name, status) in enumerate(
            [("阿依古丽·买买提", "valid"), ("唐宁", "cancelled"), ("何清", "expired")]
        )
    )
    empty = DormitoryView(
        room="dormitory",
        rooms=("dormitory", "source"),
        office="示范市远帆物流有限公司",
        clerk="钱经办 Y01",
        districts=("海港区", "梧桐区"),
        issued=(),
    )
    page, path = "issuance/dormitory.html", "/dormitory"
    yield Sample("dormitory-empty", page, empty, path, CLERK, wide=True)
    done = replace(empty, issued=issued, done="issued")
    yield Sample("dormitory", page, done, path, CLERK, wide=True)
    typed = Lodger("吴国强", "31019919920101001?", "海港区", "滨海路", "2026-11-01", "")
    wrong = {"lodger_id_number": "malformed", "address": "malformed", "valid_to": "missing"}
    mistaken = replace(empty, issued=issued, lodger=typed, errors=wrong)
    yield Sample("dormitory-error", page, mistaken, path, CLERK, wide=True)


def _stats() -> Iterator[Sample]:
    bars = (
        MaterialBar(material="identity", due=336, without_upload=336, per_cent="100.0", reasons=()),
        MaterialBar(
            material="dwelling",
            due=336,
            without_upload=255,
            per_cent="75.9",
            reasons=(("CERT_SUSPENDED_LOSS", 27), ("CERT_REVOKED", 18), ("NO_RECORD", 8)),
        ),
    )
    matter = MatterBars(
        matter="residence_registration", due=672, without_upload=591, per_cent="87.9", bars=bars
    )
    view = StatsView(
        operator="郑运维 A01",
        of="city",
        choices=("applications", "city"),
        days=90,
        applications=336,
        due=672,
        without_upload=591,
        per_cent="87.9",
        matters=(matter,),
        counted_at=NOW,
    )
    operator = Signed("郑运维", "operator")
    page, path = "issuance/stats.html", "/console/stats"
    yield Sample("stats", page, view, path, operator, wide=True)
    nothing = replace(view, of="applications", matters=(), due=0, applications=0)
    yield Sample("stats-empty", page, nothing, path, operator, wide=True)
    counting = replace(nothing, of="city", state="counting")
    yield Sample("stats-counting", page, counting, path, operator, wide=True)
    real = replace(view, of="applications", choices=("applications",), hides_small=True)
    yield Sample("stats-real", page, real, path, operator, wide=True)
