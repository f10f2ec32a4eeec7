"""Service points in a browser: sorted by where the phone is, and nobody is told where that is."""

import pytest

from tests.e2e.pages.showcase import until

pytestmark = pytest.mark.browser
HERE = {"latitude": 30.4688, "longitude": 124.0515}  # beside the point at the ferry


@pytest.fixture
def points(page, shared_showcase):
    sample = shared_showcase.samples["service-points"]
    page.goto(f"{shared_showcase.origin}{sample.path}?sample=service-points")
    until(page, "!document.getElementById('near').hidden")
    return page


def test_points_are_sorted_by_distance_and_the_position_stays_in_the_page(points):
    points.context.grant_permissions(["geolocation"])
    points.context.set_geolocation(HERE)
    asked = []
    points.on("request", lambda request: asked.append(request.url))
    points.locator("#near button").click()
    until(points, "document.querySelector('#near [role=status]').textContent !== ''")
    rows = points.locator("#points li[data-latitude]")
    assert rows.count() == 12
    assert "望江区渡口受理点" in rows.first.inner_text()
    assert "约 0 米" in rows.first.inner_text()
    assert "公里" in rows.last.inner_text()
    assert asked == []


def test_who_does_not_say_where_they_are_finds_the_points_by_district(points):
    points.context.clear_permissions()
    points.locator("#near button").click()
    until(points, "document.querySelector('#near [role=status]').textContent !== ''")
    assert points.locator("#points h2").count() == 4
