"""The page of messages outside the inbox, and where the links of messages lead."""

from dataclasses import replace
from typing import Annotated, Final, cast, get_args

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.errors import NotFoundError
from certstore.holdings import HoldingsDesk
from certstore.messages.channels import CHANNELS
from certstore.messages.contact_desk import Added, ContactDesk
from certstore.pages.holdings_pages import notice_lines
from certstore.pages.reminder_views import Done, Problem, RemindersView, channel_views
from certstore.reception import desk, signed_in
from certstore.tables.message_rows import ChannelName
from certstore.web.answers import check_form, dress_of, page, see_other
from certstore.web.dress import Lang

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Contacts = Annotated[ContactDesk, desk(ContactDesk)]
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Typed = Annotated[str, Form(max_length=300)]
Short = Annotated[str, Form(max_length=20)]
Names = Annotated[list[str], Form(max_length=20)]
_FORM: Final = [Depends(check_form)]
_OF_THE_FIELD: Final = ("malformed", "refused")


def channel_named(channel: str) -> ChannelName:
    """The channel of an address; NotFoundError for any other word."""
    if channel not in CHANNELS:
        raise NotFoundError("there is no such channel", where="channel")
    return channel


Named = Annotated[ChannelName, Depends(channel_named)]


@router.get("/reminders")
def reminders(
    request: Request,
    me: Me,
    contacts: Contacts,
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Where I am told besides the inbox."""
    said = cast("Done", done) if done in get_args(Done) else None
    return page(request, "certstore/reminders.html", _view(request, me, contacts, done=said))


@router.post("/reminders/{channel}", dependencies=_FORM)
def add(
    channel: Named, request: Request, me: Me, contacts: Contacts, address: Typed = ""
) -> Response:
    """Add an address; a code is sent there."""
    added = contacts.add(me, channel, address, dress_of(request).lang)
    return _after_code(request, me, contacts, (channel, added, address))


@router.post("/reminders/{channel}/code", dependencies=_FORM)
def send_again(channel: Named, request: Request, me: Me, contacts: Contacts) -> Response:
    """Send another code."""
    added = contacts.send_again(me, channel)
    return _after_code(request, me, contacts, (channel, added, ""))


@router.post("/reminders/{channel}/confirm", dependencies=_FORM)
def confirm(
    channel: Named, request: Request, me: Me, contacts: Contacts, code: Short = ""
) -> Response:
    """Confirm an address with the code that came there."""
    ended = contacts.confirm(me, channel, code)
    if ended == "confirmed":
        return see_other("/reminders?done=confirmed")
    view = _view(request, me, contacts)
    if ended == "over":  # there is no field any more
        return _again(request, replace(view, problem="over", about=channel))
    return _again(request, replace(view, errors={f"code_{channel}": ended}))


@router.post("/reminders/{channel}/choose", dependencies=_FORM)
def choose(
    channel: Named,
    me: Me,
    contacts: Contacts,
    on: Short = "",
    lang: Short = "",
    group: Names = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """What is told there, in which language, and whether at all."""
    said: Lang = "en" if lang == "en" else "zh"
    contacts.choose(me, channel, group, said, switched_on=on == "yes")
    return see_other("/reminders?done=chosen")


@router.post("/reminders/{channel}/remove", dependencies=_FORM)
def remove(channel: Named, me: Me, contacts: Contacts) -> Response:
    """Forget an address."""
    contacts.remove(me, channel)
    return see_other("/reminders?done=removed")


@router.get("/n")
def newest() -> Response:
    """The inbox, for links that must be short."""
    return see_other("/notices")


@router.get("/n/{ref}")
def notice(
    ref: Ref,
    request: Request,
    me: Me,
    holdings: Annotated[HoldingsDesk, desk(HoldingsDesk)],
) -> Response:
    """Where one of my notices leads; another's, and one that leads nowhere, to my inbox."""
    found = holdings.notice(me, ref)
    lines = notice_lines([found], dress_of(request).lang) if found else ()
    return see_other((lines[0].href if lines else None) or "/notices")


def _after_code(
    request: Request, me: Resident, contacts: ContactDesk, done: tuple[ChannelName, Added, str]
) -> Response:
    channel, added, typed = done
    if added == "sent":
        return see_other("/reminders?done=code_sent")
    view = _view(request, me, contacts)
    in_use = any(c.channel == channel and c.stage == "in_use" for c in view.channels)
    if added in _OF_THE_FIELD and not in_use:
        view = replace(view, errors={f"to_{channel}": added})
    else:
        view = replace(view, problem=cast("Problem", added), about=channel)
    shown = (replace(c, typed=typed) if c.channel == channel else c for c in view.channels)
    return _again(request, replace(view, channels=tuple(shown)))


def _view(
    request: Request,
    me: Resident,
    contacts: ContactDesk,
    *,
    done: Done | None = None,
) -> RemindersView:
    return RemindersView(
        channels=channel_views(
            contacts.offered, contacts.mine(me), request.app.state.kept_channels
        ),
        done=done,
        quiet=contacts.quiet.shown,
    )


def _again(request: Request, view: RemindersView) -> Response:
    return page(request, "certstore/reminders.html", view, 422)
