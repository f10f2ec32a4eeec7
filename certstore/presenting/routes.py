"""What verifiers off line hold beside the status lists: which phones were signed out."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from certstore.presenting.devices import DeviceDesk
from certstore.reception import desk
from certstore.routes import published

router = APIRouter()


@router.get(
    "/.well-known/certstore-signed-out-devices", tags=["trust"], summary="Phones signed out"
)
def signed_out(request: Request, devices: Annotated[DeviceDesk, desk(DeviceDesk)]) -> Response:
    """Key ids whose off-line codes (`RPH1:`) are refused; compact JWS by a status key."""
    return published(request, devices.signed_out_list().encode(), "application/jwt")
