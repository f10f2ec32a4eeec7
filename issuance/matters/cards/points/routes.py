"""HTTP of service points: the list, and the nearest first."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from certstore.reception import desk
from issuance.matters.cards.points.points import PointsDesk, Position, Service, ServicePoint

router = APIRouter(prefix="/v1", tags=["cards"])
Points = Annotated[PointsDesk, desk(PointsDesk)]


class HoursOut(BaseModel):
    """From when to when on which days, China's time."""

    days: str
    opens: str
    closes: str


class PointOut(BaseModel):
    """One service point."""

    code: str
    district: str
    name_zh: str
    name_en: str
    address_zh: str
    address_en: str
    latitude: float
    longitude: float
    services: list[str]
    hours: list[HoursOut]

    @classmethod
    def said(cls, point: ServicePoint) -> dict[str, Any]:
        """What everybody may know of a point."""
        return {
            "code": point.code,
            "district": point.district,
            "name_zh": point.name["zh"],
            "name_en": point.name["en"],
            "address_zh": point.address["zh"],
            "address_en": point.address["en"],
            "latitude": point.at.latitude,
            "longitude": point.at.longitude,
            "services": list(point.services),
            "hours": [HoursOut(days=h.days, opens=h.from_, closes=h.to) for h in point.hours],
        }


class NearPointOut(PointOut):
    """One service point, and how far away it is."""

    distance_m: int


class NearIn(BaseModel):
    """A position as the phone gives it (WGS 84); used for this answer and kept nowhere."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"latitude": 30.52, "longitude": 124.06}},
    )
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    service: Service | None = None


@router.get("/service-points", summary="Service points")
def every(
    points: Points,
    district: Annotated[str, Query(max_length=20)] = "",
    service: Service | None = None,
) -> list[PointOut]:
    """District by district; narrowed down to one district or service where asked."""
    return [PointOut(**PointOut.said(p)) for p in points.by_district(district, service or "")]


@router.post("/service-points:nearest", summary="Service points, nearest first")
def nearest(body: NearIn, points: Points) -> list[NearPointOut]:
    """By the great circle, in metres; the position is sent in the body and kept nowhere."""
    here = Position(body.latitude, body.longitude)
    return [
        NearPointOut(**PointOut.said(p), distance_m=metres)
        for p, metres in points.nearest(here, body.service or "")
    ]
