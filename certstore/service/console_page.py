"""The operator's console: volumes and times, how much nobody had to hand in.

`certstore stats` prints the same.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from certstore.callers import Operator
from certstore.reception import desk, signed_in
from certstore.service.city_count import CityCount
from certstore.service.wiring import House
from certstore.web.answers import page, see_other
from issuance.pages.figure_tables import reuse_csv, volumes_csv
from issuance.pages.stats_views import stats_view, stats_without_figures
from issuance.pages.volumes_views import Grades, shown, volumes_view
from issuance.ratings.desk import RatingDesk
from issuance.small_cells import without_small_cells
from issuance.statistics import StatisticsDesk
from issuance.volumes.desk import ASK_FOR, MOST_DAYS, VolumeDesk, moments_of
from issuance.volumes.figures import Volumes

router = APIRouter(prefix="/console", include_in_schema=False)
Me = Annotated[Operator, signed_in(Operator)]
Counting = Annotated[VolumeDesk, desk(VolumeDesk)]
Ratings = Annotated[RatingDesk, desk(RatingDesk)]
_DAYS, _MONTH = 90, 30


def counted_days(
    counting: Counting, days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = _MONTH
) -> int:
    """Over how many days: those that are counted, and no others (422)."""
    if not counting.counts(days):
        wrong = {"type": "value_error", "loc": ("query", "days"), "msg": ASK_FOR}
        raise RequestValidationError([wrong])
    return days


Days = Annotated[int, Depends(counted_days)]


@router.get("/stats")
def stats(
    request: Request,
    me: Me,
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


@router.get("/stats.csv")
def stats_table(
    request: Request,
    me: Me,  # noqa: ARG001 - any operator
    statistics: Annotated[StatisticsDesk, desk(StatisticsDesk)],
    of: Annotated[str, Query(max_length=20)] = "applications",
) -> Response:
    """The same for spreadsheets; of the city it is the page that counts, and says how far it is."""
    house: House = request.app.state.house
    if of == "city" and house.demonstration:
        count: CityCount = request.app.state.city_count
        found = count.now().figures
        if found is None:
            return see_other("/console/stats?of=city")
    else:
        found = statistics.reuse(_DAYS)
    if not house.demonstration:
        found = without_small_cells(found)
    return _as_file("stats.csv", reuse_csv(found, hides_small=not house.demonstration))


@router.get("/volumes")
def volumes(request: Request, me: Me, counting: Counting, ratings: Ratings, days: Days) -> Response:
    """How much came in, how fast it was answered, who pulled and scanned."""
    house: House = request.app.state.house
    found = counting.volumes(days)
    view = volumes_view(
        f"{me.name} {me.number}",
        found,
        _grades(ratings, found),
        days=days,
        demonstration=house.demonstration,
    )
    return page(request, "issuance/volumes.html", view)


@router.get("/volumes.csv")
def volumes_table(
    request: Request,
    me: Me,  # noqa: ARG001 - any operator
    counting: Counting,
    ratings: Ratings,
    days: Days,
) -> Response:
    """The same for spreadsheets, UTF-8 with the mark that they look for."""
    house: House = request.app.state.house
    counted = counting.volumes(days)
    grades = _grades(ratings, counted)
    found, grades = shown(counted, grades, demonstration=house.demonstration)
    return _as_file("volumes.csv", volumes_csv(found, grades))


def _as_file(name: str, table: str) -> Response:
    return Response(
        table.encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _grades(ratings: RatingDesk, found: Volumes) -> Grades:
    """Of the same whole days as the figures beside them."""
    return ratings.counted(*moments_of(found))
