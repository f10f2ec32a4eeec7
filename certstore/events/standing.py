"""Whether a service may be told: the action `subscribe` in its token, a purpose that has it."""

from certstore.callers import Service
from certstore.errors import PurposeError
from certstore.tables.books import Books

ACTION = "subscribe"
# A purpose that has used up its quota pulls nothing more, and must hear of what it pulled.
_ACTIVE = frozenset({"active", "over_quota"})


def judge_subscriber(service: Service) -> PurposeError | None:
    """Why a service may not ask about events; None if its token names the action."""
    if ACTION in service.actions:
        return None
    return PurposeError(
        f"the token was not asked for with the action {ACTION}",
        where="actions",
        remedy="get a token that names it in authorization_details, if the purpose has it",
        cause="action_not_granted",
    )


def may_be_told(books: Books, client_id: str) -> bool:
    """Whether a client is active and one of its purposes is, that may subscribe."""
    client = books.sharing.client(client_id)
    if client is None or client.state != "active":
        return False
    purposes = books.sharing.purposes_of(client_id)
    return any(one.state in _ACTIVE and ACTION in one.actions for one in purposes)
