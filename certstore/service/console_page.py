"""The operator's console: how much nobody had to hand in (`certstore stats` prints the same)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from certstore.callers import Operator
from certstore.reception import desk, signed_in
from certstore.service.city_count import CityCount
from certstore.service.wiring import House
from certstore.web.answers import page
from issuance.pages.stats_views import stats_view, stats_without_figures
from issuance.statistics import StatisticsDesk

router = APIRouter(prefix="/console", include_in_schema=False)
_DAYS = 90


@router.get("/stats")
def stats(
    request: Request,
    me: Annotated[Operator, signed_in(Operator)],
    statistics: Annotated[StatisticsDesk, desk(StatisticsDesk)],
    of: Annotated[str, Query(max_length=20)] = "applications",
) -> Response:
    """Of the applications of the last 90 days, or of the whole demonstration city."""
    house: House = request.app.state.house
    operator = f"{me.name} {me.number}"
    if of == "city" and house.demonstration:
        count: CityCount = request.app.state.city_count
        counted = count.now()
        if counted.figures is None:
            view = stats_without_figures(operator, counted.state, days=_DAYS)
        else:
            view = stats_view(
                operator,
                counted.figures,
                of="city",
                days=_DAYS,
                demonstration=True,
                counted_at=counted.begun_at,
            )
    else:
        view = stats_view(
            operator,
            statistics.reuse(_DAYS),
            of="applications",
            days=_DAYS,
            demonstration=house.demonstration,
        )
    return page(request, "issuance/stats.html", view)
