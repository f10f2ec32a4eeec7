"""HTTP of events: the feed, webhooks and their deliveries, and what machines read about us."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from certstore.authorization.routes import Pulling
from certstore.events.bodies import AgainIn, SubscriptionIn
from certstore.events.discovery import DiscoveryDesk
from certstore.events.feed import LONGEST_WAIT_S, PAGE_MOST, FeedDesk
from certstore.events.subscriptions import SubscriptionDesk
from certstore.reception import desk
from certstore.tables.webhook_rows import State

router = APIRouter(tags=["events"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Feed = Annotated[FeedDesk, desk(FeedDesk)]
Webhooks = Annotated[SubscriptionDesk, desk(SubscriptionDesk)]
_LOOK_EVERY_S = 1.0
_MAX_AGE_S = 300


@router.get("/v1/events", summary="Read what happened")
async def events(
    caller: Pulling,
    feed: Feed,
    response: Response,
    after: Annotated[str | None, Query(pattern="^[0-9]{1,15}$")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MOST)] = 100,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_S, description="seconds")] = 0,
) -> dict[str, Any]:
    """Thin CloudEvents in order, each at least once; `next` is the cursor to go on after.

    With `wait`, an empty page is held back until something happens, or so many seconds.
    """
    response.headers["Cache-Control"] = "no-store"
    cursor = None if after is None else int(after)
    with feed.waiting.seat(caller.client_id) as seated:
        looks = int(wait / _LOOK_EVERY_S) if seated else 0
        page = await run_in_threadpool(feed.read, caller, cursor, limit)
        while not page["events"] and looks:
            looks -= 1
            await asyncio.sleep(_LOOK_EVERY_S)
            page = await run_in_threadpool(feed.read, caller, cursor, limit)
    return page


@router.get("/v1/events/health", summary="How one's feed and webhooks are")
def health(caller: Pulling, feed: Feed, webhooks: Webhooks, response: Response) -> dict[str, Any]:
    """Where the feed begins and ends; of each webhook how it goes, what waits, what is dead."""
    response.headers["Cache-Control"] = "no-store"
    return {"feed": feed.health(caller), "subscriptions": webhooks.listed(caller)}


@router.post("/v1/subscriptions", summary="Make a webhook", status_code=201)
def subscribe(
    body: SubscriptionIn, caller: Pulling, webhooks: Webhooks, response: Response
) -> dict[str, Any]:
    """The answer holds the secret, this once; what is sent is signed with it."""
    made = webhooks.subscribe(caller, body.url, body.types, body.description)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"/v1/subscriptions/{made['ref']}"
    return made


@router.get("/v1/subscriptions", summary="One's webhooks")
def subscriptions(caller: Pulling, webhooks: Webhooks) -> dict[str, Any]:
    """Every webhook, and how it goes."""
    return {"subscriptions": webhooks.listed(caller)}


@router.get("/v1/subscriptions/{ref}", summary="One webhook")
def subscription(ref: Ref, caller: Pulling, webhooks: Webhooks) -> dict[str, Any]:
    """A webhook, and how it goes."""
    return webhooks.one(caller, ref)


@router.delete("/v1/subscriptions/{ref}", summary="Forget a webhook", status_code=204)
def unsubscribe(ref: Ref, caller: Pulling, webhooks: Webhooks) -> Response:
    """With all that waits for it; the feed stays."""
    webhooks.remove(caller, ref)
    return Response(status_code=204)


@router.post("/v1/subscriptions/{ref}:test", summary="Send a ping", status_code=202)
def send_ping(ref: Ref, caller: Pulling, webhooks: Webhooks) -> dict[str, Any]:
    """Queued; the deliveries tell how it went."""
    return webhooks.test(caller, ref)


@router.post("/v1/subscriptions/{ref}:rotate-secret", summary="Get a new secret")
def rotate(ref: Ref, caller: Pulling, webhooks: Webhooks, response: Response) -> dict[str, Any]:
    """For 24 hours the former one signs beside it: two signatures in the header.

    Until then there is no other new one.
    """
    response.headers["Cache-Control"] = "no-store"
    return webhooks.rotate_secret(caller, ref)


@router.post("/v1/subscriptions/{ref}:resume", summary="Switch a webhook on again")
def resume(ref: Ref, caller: Pulling, webhooks: Webhooks) -> dict[str, Any]:
    """What waits is tried at once; dead letters are not (see redeliver)."""
    return webhooks.resume(caller, ref)


@router.post(
    "/v1/subscriptions/{ref}:redeliver", summary="Have deliveries made again", status_code=202
)
def deliver_again(ref: Ref, body: AgainIn, caller: Pulling, webhooks: Webhooks) -> dict[str, Any]:
    """All that ended since a moment, delivered or dead, in its order."""
    return {"queued": webhooks.deliver_again(caller, ref, body.since)}


@router.get("/v1/deliveries", summary="What was delivered, what waits, what is dead")
def deliveries(
    caller: Pulling,
    webhooks: Webhooks,
    state: State | None = None,
    subscription: Annotated[str | None, Query(pattern="^[0-9a-z]{20}$")] = None,
    after: Annotated[str, Query(pattern="^([0-9a-z]{20})?$")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
) -> dict[str, Any]:
    """In the order they were queued; `next` to go on after."""
    return webhooks.deliveries(caller, state, subscription, after, limit)


@router.post("/v1/deliveries/{ref}:redeliver", summary="Have one made again", status_code=202)
def redeliver(ref: Ref, caller: Pulling, webhooks: Webhooks) -> dict[str, Any]:
    """The same event under the same identifier."""
    return webhooks.redeliver(caller, ref)


@router.get("/.well-known/certstore-configuration", summary="What this service offers")
def configuration(
    request: Request,
    discovery: Annotated[DiscoveryDesk, desk(DiscoveryDesk)],
    response: Response,
) -> dict[str, Any]:
    """Endpoints, event types, certificate types, formats and limits; public."""
    response.headers["Cache-Control"] = f"public, max-age={_MAX_AGE_S}"
    return discovery.configuration(request.app.openapi()["paths"])
