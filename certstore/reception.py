"""How a route gets its desk, and who is asking.

A desk owns its transactions: what a method promises is committed before it returns, so an
answer can never be sent for a commit that failed afterwards (docs/adr/0001).
"""

from typing import Any, Protocol, TypeVar

from fastapi import Depends, Request

from certstore.callers import Caller
from certstore.errors import ForbiddenError, TooLargeError, UnauthenticatedError
from certstore.sign_in import SignInDesk

D = TypeVar("D")


class House(Protocol):
    """What certstore/service/wiring.py builds."""

    def find(self, kind: type[D]) -> D:
        """Return the desk of this kind."""
        ...


def cookie(request: Request, name: str) -> str:
    """A secret cookie's name: bound to the host by https, plain on loopback http alone."""
    return f"__Host-{name}" if request.app.state.secure else name


def session_cookie(request: Request) -> str:
    """The session cookie's name."""
    return cookie(request, "session")


def recognise(request: Request) -> None:
    """Find out whose session a request brings; one that ended is as none."""
    request.state.session = request.state.caller = None
    secret = request.cookies.get(session_cookie(request))
    if secret:
        house: House = request.app.state.house
        session = house.find(SignInDesk).session(secret)
        if session is not None:
            request.state.session, request.state.caller = session, session.caller


def address_of(request: Request) -> str:
    """Who calls, as the door has found out: an address, of IPv6 its network of 64 bits."""
    found: str = request.state.address
    return found


def desk(kind: type[D]) -> Any:  # noqa: ANN401 - FastAPI's marker takes the parameter's own type
    """Mark a route's parameter as a desk."""

    def find(request: Request) -> D:
        house: House = request.app.state.house
        return house.find(kind)

    return Depends(find)


def signed_in(kind: type[D]) -> Any:  # noqa: ANN401 - as above
    """Mark a route's parameter as the caller, who must be of this kind (Resident, Officer)."""

    def caller(request: Request) -> D:
        found: Caller | None = request.state.caller
        if found is not None and not isinstance(found, kind):
            raise ForbiddenError(
                "this is for somebody else than who is signed in",
                remedy="sign out, and in again as whom it is for",
            )
        if not isinstance(found, kind):
            raise UnauthenticatedError(
                "nobody is signed in who may do this", remedy="sign in and try again"
            )
        return found

    return Depends(caller)


async def whole_body(request: Request, most: int, remedy: str) -> bytes:
    """The request's body; TooLargeError as soon as it is longer than `most` bytes."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise TooLargeError(f"a body has at most {most} bytes", where="body", remedy=remedy)
    return body
