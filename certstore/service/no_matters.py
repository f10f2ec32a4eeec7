"""The house without the workflows of the matters: the issuing core, and all that stands on it."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter

from certstore.callers import Clerk, Resident
from certstore.own_data.gathering import Section
from certstore.service.deadlines import Deadline
from certstore.service.wallet_room import WalletRoom

TopFloor = WalletRoom
DESKS: Mapping[type, str] = {}
API: tuple[APIRouter, ...] = ()
PAGES: tuple[APIRouter, ...] = ()
PLACES: tuple[str, ...] = ()
SECTIONS: Mapping[str, Section] = {}


def jobs_of(_house: WalletRoom) -> tuple[Callable[[], object], ...]:
    """Nothing."""
    return ()


def deadline_of(_house: WalletRoom, _resident: Resident) -> Deadline | None:
    """None."""
    return None


def rooms_beside(_clerk: Clerk) -> tuple[str, ...]:
    """None."""
    return ()
