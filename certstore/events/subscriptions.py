"""Webhooks as their owners keep them: made, listed, tested, given a new secret, delivered again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certstore.callers import Service
from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.events.destination import Bounds, parse_destination
from certstore.events.kinds import ping, types
from certstore.events.outcomes import FAILING_AFTER
from certstore.events.secrets import FORMER_SECRET_FOR, SecretKeeper, former_until
from certstore.events.signing import shown
from certstore.events.spreading import delivery
from certstore.events.standing import judge_subscriber
from certstore.tables.books import Archive, Books
from certstore.tables.webhook_rows import Delivery, State, Subscription

MOST: Final = 10
"""Webhooks a client may have."""
_PAGE_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionDesk:
    """Keeps webhooks, each for the client whose it is; another's is as absent as none."""

    archive: Archive
    clock: Clock
    secrets: SecretKeeper
    bounds: Bounds
    source: str

    def subscribe(
        self, service: Service, url: str, wanted: Sequence[str], description: str
    ) -> dict[str, Any]:
        """Make a webhook; its secret is in this answer and in no later one."""
        _admit(service)
        place = parse_destination(url, self.bounds)
        strange = sorted(set(wanted) - set(types()))
        if strange:
            raise MalformedError(
                "there are no events of these types: " + ", ".join(strange),
                where="types",
                remedy="/.well-known/certstore-configuration lists them; none named: all",
                paths=strange,
            )
        ref, now = reference(), self.clock.now()
        secret, sealed = self.secrets.make(ref)
        made = Subscription(
            ref=ref,
            client=service.client_id,
            url=place.url,
            types=sorted(set(wanted)),
            description=description,
            created_at=now,
            key_id=sealed.key_id,
            wrapped_key=sealed.wrapped_key,
            secret=sealed.secret,
        )
        with self.archive.writing() as books:
            books.sharing.client_to_change(service.client_id)  # one at a time, so that ten are ten
            _judge_number(len(books.webhooks.of_client(service.client_id)))
            books.webhooks.add(made)
            return {**told(books, made, now), "secret": shown(secret)}

    def listed(self, service: Service) -> list[dict[str, Any]]:
        """Every webhook of the client, and how it goes."""
        _admit(service)
        return self.overview(service.client_id)

    def overview(self, client: str) -> list[dict[str, Any]]:
        """Every webhook of a client, and how it goes: for whoever has been let in already."""
        now = self.clock.now()
        with self.archive.reading() as books:
            return [told(books, each, now) for each in books.webhooks.of_client(client)]

    def one(self, service: Service, ref: str) -> dict[str, Any]:
        """One webhook, and how it goes."""
        _admit(service)
        with self.archive.reading() as books:
            return told(books, _found(books, service, ref), self.clock.now())

    def remove(self, service: Service, ref: str) -> None:
        """Forget a webhook, what waits for it, and its dead letters."""
        _admit(service)
        with self.archive.writing() as books:
            books.webhooks.remove(_found(books, service, ref, to_change=True).ref)

    def test(self, service: Service, ref: str) -> dict[str, Any]:
        """Queue a ping; how it went is found among the deliveries."""
        _admit(service)
        now = self.clock.now()
        with self.archive.writing() as books:
            found = _found(books, service, ref, to_change=True)
            if found.disabled is not None:
                raise ConflictError(
                    "the webhook is switched off", where=ref, remedy="resume it first"
                )
            queued = delivery(ref, ping(reference(), ref, now, self.source), now)
            books.webhooks.deliver(queued)
            books.webhooks.change(ref, rest_until=None)
        return as_json(queued)

    def rotate_secret(self, service: Service, ref: str) -> dict[str, Any]:
        """A new secret; what is sent in the next 24 hours is signed with the former one, too.

        Raises ConflictError while it is: the promise to who knows the former one is kept.
        """
        _admit(service)
        now = self.clock.now()
        with self.archive.writing() as books:
            found = _found(books, service, ref, to_change=True)
            _judge_former(former_until(found, now), ref)
            secret, sealed = self.secrets.anew(found)
            until = now + FORMER_SECRET_FOR
            books.webhooks.change(
                ref, secret=sealed, former_secret=found.secret, former_until=until
            )
            return {**told(books, _found(books, service, ref), now), "secret": shown(secret)}

    def resume(self, service: Service, ref: str) -> dict[str, Any]:
        """Switch a webhook on again, or have a failing one tried at once."""
        _admit(service)
        now = self.clock.now()
        with self.archive.writing() as books:
            _found(books, service, ref, to_change=True)
            books.webhooks.change(ref, disabled=None, rest_until=None, failures=0)
            books.webhooks.hurry(ref, now)
            return told(books, _found(books, service, ref), now)

    def deliver_again(self, service: Service, ref: str, since: datetime) -> int:
        """Queue anew what ended since a moment, delivered or dead; how many events that is."""
        _admit(service)
        with self.archive.writing() as books:
            _found(books, service, ref, to_change=True)
            return books.webhooks.again_since(ref, since, self.clock.now())

    def redeliver(self, service: Service, delivery_ref: str) -> dict[str, Any]:
        """Queue one delivery anew, under the same event; nothing changes for one that waits."""
        _admit(service)
        with self.archive.writing() as books:
            _delivery(books, service, delivery_ref)
            books.webhooks.again(delivery_ref, self.clock.now())
            return as_json(_delivery(books, service, delivery_ref))

    def deliveries(
        self,
        service: Service,
        state: State | None,
        subscription: str | None,
        after: str,
        limit: int,
    ) -> dict[str, Any]:
        """The client's deliveries in their order; `next` is the last one's, to go on after."""
        _admit(service)
        many = min(limit, _PAGE_MOST)
        with self.archive.reading() as books:
            if after:
                _delivery(books, service, after)
            found = books.webhooks.listed(service.client_id, state, subscription, after, many)
        return {
            "deliveries": [as_json(each) for each in found],
            "next": found[-1].ref if found else after or None,
        }

    def wrap_anew(self) -> int:
        """Bring keys under the newest storage key, so that a former one can be destroyed."""
        newest = self.secrets.open_safe().newest
        with self.archive.reading() as books:
            found = books.webhooks.wrapped_by_others(newest)
        for each in found:
            with self.archive.writing() as books:
                anew = self.secrets.wrap_anew(each)
                if anew is not None:
                    books.webhooks.change(each.ref, key_id=anew.key_id, wrapped_key=anew.sealed)
        return len(found)


def told(books: Books, found: Subscription, now: datetime) -> dict[str, Any]:
    """A webhook and how it goes, as its owner is told; never its secret."""
    counted = books.webhooks.counted(found.ref)
    return {
        "ref": found.ref,
        "url": found.url,
        "types": list(found.types),
        "description": found.description,
        "created_at": found.created_at.isoformat(),
        "former_secret_until": _said(former_until(found, now)),
        "health": {
            "state": state_of(found, now),
            "disabled_for": found.disabled,
            "last_success": _said(found.last_success),
            "failing_since": _said(found.failing_since),
            "last_failure": _said(found.last_failure),
            "last_failure_for": found.last_why,
            "waiting": counted.waiting,
            "oldest_waiting": _said(counted.oldest_waiting),
            "dead": counted.dead,
        },
    }


def state_of(subscription: Subscription, now: datetime) -> str:
    """active, failing (for five minutes or longer), or disabled."""
    if subscription.disabled is not None:
        return "disabled"
    since = subscription.failing_since
    return "failing" if since is not None and now - since >= FAILING_AFTER else "active"


def as_json(found: Delivery) -> dict[str, Any]:
    """A delivery as its owner is told."""
    return {
        "ref": found.ref,
        "subscription": found.subscription,
        "event_id": found.event_id,
        "type": found.type,
        "subject": found.subject,
        "state": found.state,
        "waiting_since": found.waiting_since.isoformat(),
        "attempts": found.attempts,
        "next_at": _said(found.next_at if found.state == "waiting" else None),
        "ended_at": _said(found.ended_at),
        "last_outcome": found.why,
        "answered": found.answered,
    }


def _admit(service: Service) -> None:
    refusal = judge_subscriber(service)
    if refusal is not None:
        raise refusal


def _judge_number(there: int) -> None:
    if there >= MOST:
        raise ConflictError(
            f"a client has at most {MOST} webhooks",
            where="subscriptions",
            remedy="remove one that is not needed any more",
            cause="too_many",
            limit=MOST,
        )


def _judge_former(until: datetime | None, ref: str) -> None:
    if until is not None:
        raise ConflictError(
            f"the secret before this one signs until {until.isoformat()}",
            where=ref,
            remedy="wait until then; or make another webhook, and then remove this one",
            cause="former_secret_signs",
        )


def _found(books: Books, service: Service, ref: str, *, to_change: bool = False) -> Subscription:
    found = books.webhooks.get(ref, service.client_id, to_change=to_change)
    if found is None:
        raise NotFoundError("there is no such webhook", where=ref)
    return found


def _delivery(books: Books, service: Service, ref: str) -> Delivery:
    found = books.webhooks.of_delivery(ref, service.client_id)
    if found is None:
        raise NotFoundError("there is no such delivery", where=ref)
    return found


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
