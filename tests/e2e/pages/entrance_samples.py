"""The pages around signing in, the inbox, settings, problems."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

from certstore.pages.entrance_views import (
    DemonstrationPerson,
    DevelopmentIdentityView,
    DevelopmentRequestView,
    EnterView,
    EntryOverView,
    Notice,
    NoticesView,
    NoticeWord,
    SignedOutView,
    SignInView,
    SignOutView,
)
from certstore.pages.views import ProblemView, Reason, SettingsView
from tests.e2e.pages.people import NOW, REF, RESIDENT, Sample

_ENDED = (("residence_permit", ""),)
_GOING_ON = (("residence_registration", "何雨桐"), ("residence_registration", "何雨泽"))
_WHY = "经查户籍登记，两人没有亲属关系。"


def entrance() -> Iterator[Sample]:
    """Signing in and out, the inbox, settings, problems."""
    sign_in = SignInView(start_href="/sign-in/start", provider="示范市统一身份认证")
    yield Sample("sign-in", "certstore/sign_in.html", sign_in, "/sign-in", None)
    expired = replace(sign_in, why="expired", development=True)
    yield Sample("sign-in-expired", "certstore/sign_in.html", expired, "/sign-in", None)
    for why in ("kept", "needed", "stopped", "failed"):
        asked = replace(sign_in, why=why)
        yield Sample(f"sign-in-{why}", "certstore/sign_in.html", asked, "/sign-in", None)
    enter = EnterView(host="示范市民 App", name="林晓禾", back="democity://home")
    yield Sample("enter-unsure", "certstore/enter.html", enter, "/enter", None)
    other = replace(enter, instead_of="沈小舟")
    yield Sample("enter-instead", "certstore/enter.html", other, "/enter", RESIDENT)
    page = "certstore/enter_over.html"
    for over_view in (EntryOverView(why="over"), EntryOverView(why="strange", host=enter.host)):
        yield Sample(f"enter-{over_view.why}", page, over_view, "/enter", None)
        known = replace(over_view, host=enter.host, back=enter.back)
        yield Sample(f"enter-{over_view.why}-host", page, known, "/enter", None)
    yield Sample("sign-out", "certstore/sign_out.html", SignOutView(), "/sign-out", RESIDENT)
    yield Sample("signed-out", "certstore/signed_out.html", SignedOutView(), "/sign-out", None)
    people = (
        DemonstrationPerson(id="lin", name="林晓禾", role="resident", note="配偶承租，照片在库"),
        DemonstrationPerson(id="rare", name="赵𬭎", role="resident", note="名字里有生僻字"),
        DemonstrationPerson(id="gao", name="高敏", role="officer", note="梧桐派出所"),
    )
    identity = DevelopmentIdentityView(
        action="/development-identity", people=people, hidden=(("state", "x"),)
    )
    page = "certstore/development_identity.html"
    yield Sample("development-identity", page, identity, "/development-identity", None)
    nobody = replace(identity, nobody_chosen=True)
    yield Sample("development-identity-error", page, nobody, "/development-identity", None)
    lost = DevelopmentRequestView(("state", "nonce"))
    page = "certstore/development_request.html"
    yield Sample("development-request", page, lost, "/development-identity", None)
    notices = NoticesView(
        tuple(
            Notice(
                kind=kind,
                at=NOW - timedelta(hours=5 * i),
                matter="residence_registration",
                href=f"/applications/{REF}" if i % 2 == 0 else None,
                unread=i < 2,
                agency="示范市公积金中心" if kind.startswith("consent") else "",
                title="租房提取公积金" if kind.startswith("consent") else "",
                reason=_WHY if kind.endswith(("revoked", "upheld")) else None,
                ended=_ENDED if kind in {"rest_of_joint", "predecessor_ended"} else (),
                going_on=_GOING_ON if kind == "rest_of_joint" else (),
                channel="sms" if kind == "contact_failing" else "",
            )
            for i, kind in enumerate(get_args(NoticeWord))
        )
    )
    yield Sample("notices", "certstore/notices.html", notices, "/notices")
    yield Sample("notices-empty", "certstore/notices.html", NoticesView(), "/notices")
    for name, who in (("settings", "林晓禾"), ("settings-nobody", None)):
        signed = RESIDENT if who else None
        view = SettingsView(person_name=who)
        yield Sample(name, "certstore/settings.html", view, "/settings", signed)
    for kind in (
        "not_found", "signed_out", "forbidden", "refused", "conflict", "not_begun", "moved_on",
        "malformed", "too_many", "unavailable", "our_failure",
        "wrong_host", "other_method",
    ):  # fmt: skip
        problem = ProblemView(kind=kind, code="not-found", reference="7f3a")
        yield Sample(f"problem-{kind}", "certstore/problem.html", problem, "/x", None)
    why = ProblemView(
        kind="refused",
        code="NO_RECORD",
        reference="7f3a",
        reason=Reason("CERT_EXPIRED", {"date": date(2026, 5, 11)}),
        href=f"/applications/{REF}/check",
        office="梧桐社区事务受理中心",
        telephone="12345",
    )
    yield Sample("problem-with-reason", "certstore/problem.html", why, "/x")
    moved = ProblemView(
        kind="moved_on", code="conflict", reference="7f3a", href=f"/applications/{REF}"
    )
    yield Sample("problem-moved-on-where", "certstore/problem.html", moved, "/x")
    too_early = ProblemView(
        kind="not_begun",
        code="conflict",
        reference="7f3a",
        reason=Reason("RENEWS_LATER"),
        on=date(2027, 5, 11),
        href="/certificates",
    )
    yield Sample("problem-too-early", "certstore/problem.html", too_early, "/x")
