"""The operator's console: how much nobody had to hand in (`certstore stats` prints the same)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from certstore.callers import Operator
from certstore.reception import desk, signed_in
from certstore.service.city_figures import kept_city_figures
from certstore.service.wiring import House
from certstore.web.answers import page
from issuance.pages.stats_views import Of, stats_view
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
    city = kept_city_figures(house)
    choices: tuple[Of, ...] = ("applications",) if city is None else ("applications", "city")
    chosen: Of = "city" if of in choices and of == "city" else "applications"
    counted_at = None
    if chosen == "city" and city is not None:
        found, counted_at = city
    else:
        found = statistics.reuse(_DAYS)
    view = stats_view(
        f"{me.name} {me.number}",
        found,
        of=chosen,
        choices=choices,
        days=_DAYS,
        counted_at=counted_at,
    )
    return page(request, "issuance/stats.html", view)
