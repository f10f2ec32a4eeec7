"""The page of service points."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from certstore.reception import desk
from certstore.web.answers import dress_of, page
from issuance.matters.cards.pages.card_pages import service_points_view
from issuance.matters.cards.points.points import PointsDesk

router = APIRouter(include_in_schema=False)


@router.get("/service-points")
def every(
    request: Request,
    points: Annotated[PointsDesk, desk(PointsDesk)],
    district: Annotated[str, Query(max_length=20)] = "",
    service: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Every point by district; the page sorts them by distance, and tells nobody from where."""
    view = service_points_view(points, district, service, dress_of(request).lang)
    return page(request, "issuance/service_points.html", view)
