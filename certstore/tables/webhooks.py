"""Webhooks: where clients want to be told, and what waits to be delivered there.

Promises: a subscription is worked on by one worker at a time, until its lease ends; of one
subject's events the oldest that waits goes first.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from certstore.chance import reference
from certstore.tables.metadata import insert_once
from certstore.tables.webhook_rows import (
    Claimed,
    Counted,
    Delivery,
    State,
    Subscription,
    deliveries,
    delivery_of,
    subscription_of,
    subscriptions,
)


class WebhookBook:
    """Subscriptions and deliveries, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- subscriptions ---------------------------------------------------------------------

    def add(self, subscription: Subscription) -> None:
        """Keep a new subscription."""
        values = {
            name: getattr(subscription, name) for name in Subscription.__dataclass_fields__
        } | {"types": list(subscription.types)}
        self._connection.execute(subscriptions.insert().values(**values))

    def of_client(self, client: str) -> list[Subscription]:
        """A client's subscriptions, oldest first."""
        query = (
            select(subscriptions)
            .where(subscriptions.c.client == client)
            .order_by(subscriptions.c.created_at, subscriptions.c.ref)
        )
        return [subscription_of(row) for row in self._connection.execute(query)]

    def get(self, ref: str, client: str, *, to_change: bool = False) -> Subscription | None:
        """A client's subscription; with `to_change`, its row is held until we commit."""
        query = select(subscriptions).where(
            subscriptions.c.ref == ref, subscriptions.c.client == client
        )
        if to_change:
            query = query.with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else subscription_of(row)

    def change(self, ref: str, **values: Any) -> None:  # noqa: ANN401 - columns of several types
        """Set columns of a subscription."""
        self._connection.execute(
            subscriptions.update().where(subscriptions.c.ref == ref).values(**values)
        )

    def remove(self, ref: str) -> None:
        """Forget a subscription and all its deliveries."""
        self._connection.execute(deliveries.delete().where(deliveries.c.subscription == ref))
        self._connection.execute(subscriptions.delete().where(subscriptions.c.ref == ref))

    def wrapped_by_others(self, key_id: str, limit: int = 100) -> list[Subscription]:
        """Subscriptions whose data key another storage key wraps."""
        query = select(subscriptions).where(subscriptions.c.key_id != key_id).limit(limit)
        return [subscription_of(row) for row in self._connection.execute(query)]

    # -- work ------------------------------------------------------------------------------

    def anything_due(self, now: datetime, *, failing: bool) -> bool:
        """Whether there is a subscription to claim; a look that holds nothing."""
        free = _free(now, failing=failing).limit(1)
        return self._connection.execute(free).one_or_none() is not None

    def claim(self, now: datetime, until: datetime, limit: int, *, failing: bool) -> list[Claimed]:
        """Take up to `limit` subscriptions for which something is due, until a moment."""
        s = subscriptions.c
        free = _free(now, failing=failing).order_by(s.rest_until, s.ref).limit(limit)
        chosen = free.with_for_update(skip_locked=True)
        claim = reference()
        statement = (
            subscriptions.update()
            .where(s.ref.in_(chosen))
            .values(claim=claim, claimed_until=until)
            .returning(*subscriptions.c)
        )
        rows = self._connection.execute(statement).all()
        return [Claimed(claim, subscription_of(row)) for row in rows]

    def held(self, claimed: Claimed, *, to_change: bool) -> Subscription | None:
        """The subscription as it stands; None if the claim was lost, or it was switched off."""
        query = select(subscriptions).where(
            subscriptions.c.ref == claimed.subscription.ref,
            subscriptions.c.claim == claimed.claim,
            subscriptions.c.disabled.is_(None),
        )
        if to_change:
            query = query.with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else subscription_of(row)

    def let_go(self, claimed: Claimed) -> None:
        """Give a claim back; nothing happens if it was lost."""
        self._connection.execute(
            subscriptions.update()
            .where(
                subscriptions.c.ref == claimed.subscription.ref,
                subscriptions.c.claim == claimed.claim,
            )
            .values(claim=None, claimed_until=None)
        )

    def due(self, ref: str, now: datetime, limit: int, *, own_only: bool) -> list[Delivery]:
        """What may go now: of each subject the oldest that waits; urgent ones first."""
        query = _due(now).where(deliveries.c.subscription == ref)
        if own_only:
            query = query.where(deliveries.c.own)
        query = query.order_by(deliveries.c.urgent.desc(), deliveries.c.next_at, deliveries.c.id)
        return [delivery_of(row) for row in self._connection.execute(query.limit(limit))]

    def hurry(self, ref: str, now: datetime) -> None:
        """Make due at once what waits for its next attempt: the endpoint answers again."""
        d = deliveries.c
        self._connection.execute(
            deliveries.update()
            .where(d.subscription == ref, d.state == "waiting", d.next_at > now)
            .values(next_at=now)
        )

    # -- deliveries ------------------------------------------------------------------------

    def deliver(self, delivery: Delivery) -> None:
        """Queue a delivery, once for each event and subscription.

        Where an urgent one waits behind others of its subject, these become urgent, too.
        """
        values = {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__}
        values["event"] = dict(delivery.event)
        if not insert_once(self._connection, deliveries, values) or not delivery.urgent:
            return
        d = deliveries.c
        self._connection.execute(
            deliveries.update()
            .where(
                d.subscription == delivery.subscription,
                d.subject == delivery.subject,
                d.state == "waiting",
            )
            .values(urgent=True)
        )

    def note(self, ref: str, **values: Any) -> None:  # noqa: ANN401 - columns of several types
        """Set columns of a delivery."""
        self._connection.execute(
            deliveries.update().where(deliveries.c.ref == ref).values(**values)
        )

    def of_delivery(self, ref: str, client: str) -> Delivery | None:
        """One delivery of a client."""
        query = _of_client(client).where(deliveries.c.ref == ref)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else delivery_of(row)

    def listed(
        self, client: str, state: State | None, subscription: str | None, after: str, limit: int
    ) -> list[Delivery]:
        """A client's deliveries in the order they were queued, after the one named."""
        query = _of_client(client)
        if state is not None:
            query = query.where(deliveries.c.state == state)
        if subscription is not None:
            query = query.where(deliveries.c.subscription == subscription)
        if after:
            named = select(deliveries.c.id).where(deliveries.c.ref == after).scalar_subquery()
            query = query.where(deliveries.c.id > named)
        rows = self._connection.execute(query.order_by(deliveries.c.id).limit(limit))
        return [delivery_of(row) for row in rows]

    def again(self, ref: str, now: datetime) -> None:
        """Queue one delivery anew, under the same event."""
        self._again(deliveries.c.ref == ref, now)

    def again_since(self, subscription: str, since: datetime, now: datetime) -> int:
        """Queue anew what ended for a subscription since a moment; how many there are."""
        d = deliveries.c
        return self._again((d.subscription == subscription) & (d.waiting_since >= since), now)

    def _again(self, where: Any, now: datetime) -> int:  # noqa: ANN401 - a SQLAlchemy clause
        anew = {"state": "waiting", "attempts": 0, "ended_at": None}
        statement = (
            deliveries.update()
            .where(where, deliveries.c.state != "waiting")
            .values(**anew, waiting_since=now, next_at=now)
        )
        return self._connection.execute(statement).rowcount

    def counted(self, subscription: str) -> Counted:
        """How many wait and how many are dead, and since when the oldest waits."""
        d = deliveries.c
        query = (
            select(d.state, func.count().label("number"), func.min(d.waiting_since).label("oldest"))
            .where(d.subscription == subscription, d.state != "delivered")
            .group_by(d.state)
        )
        found = {row.state: row for row in self._connection.execute(query)}
        waiting, dead = found.get("waiting"), found.get("dead")
        return Counted(
            waiting.number if waiting else 0,
            dead.number if dead else 0,
            waiting.oldest if waiting else None,
        )

    def bury(self, since: datetime, now: datetime) -> int:
        """Give up what has waited since before a moment, whatever its subscription's state."""
        d = deliveries.c
        statement = (
            deliveries.update()
            .where(d.state == "waiting", d.waiting_since < since)
            .values(state="dead", ended_at=now)
        )
        return self._connection.execute(statement).rowcount

    def forget(self, before: datetime) -> None:
        """Drop deliveries that ended before a moment."""
        self._connection.execute(deliveries.delete().where(deliveries.c.ended_at < before))


def _free(now: datetime, *, failing: bool) -> Select[Any]:
    """References of subscriptions nobody works on, for which something may go now."""
    s = subscriptions.c
    return select(s.ref).where(
        s.disabled.is_(None),
        s.failing_since.is_not(None) if failing else s.failing_since.is_(None),
        s.rest_until.is_(None) | (s.rest_until <= now),
        s.claimed_until.is_(None) | (s.claimed_until < now),
        _due(now).where(deliveries.c.subscription == s.ref).exists(),
    )


def _due(now: datetime) -> Select[Any]:
    """Waiting deliveries whose time has come and that none of their subject waits before."""
    earlier = deliveries.alias("earlier")
    held_back = (
        select(earlier.c.id)
        .where(
            earlier.c.subscription == deliveries.c.subscription,
            earlier.c.subject == deliveries.c.subject,
            earlier.c.state == "waiting",
            earlier.c.id < deliveries.c.id,
        )
        .exists()
    )
    d = deliveries.c
    return select(deliveries).where(d.state == "waiting", d.next_at <= now, ~held_back)


def _of_client(client: str) -> Select[Any]:
    joined = deliveries.join(subscriptions)
    return select(deliveries).select_from(joined).where(subscriptions.c.client == client)
