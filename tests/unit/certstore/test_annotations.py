"""The four annotations of a copy: read as strictly as they are written."""

from datetime import UTC, datetime, timedelta

import pytest

from certstore.annotations import Annotation, end_of_copy, spelled
from certstore.errors import MalformedError

MADE = datetime(2026, 11, 22, 4, 0, 0, tzinfo=UTC)
GOOD = Annotation(
    cause="入学报名", made_by="示范市教育局", made_at=MADE, good_until=end_of_copy(MADE, 30)
)


def test_what_is_written_is_read_back():
    assert Annotation.parse(GOOD.as_json()) == GOOD
    assert spelled(GOOD.good_until) == "2026年12月22日 23:59"


@pytest.mark.parametrize(
    "changes",
    [
        {"JZJZZSY": ""},
        {"JZJZZSY": 1},
        {"JZJZZZ": "局\u202e"},
        {"JZJZZZ": "局" * 201},
        {"JZJZZSJ": "2026-11-22"},
        {"JZJZZSJ": "2026-11-22T12:00:00"},
        {"JZJZZSJ": "2026-11-22T04:00:00+00:00"},  # another spelling of the same
        {"JZJZZSJ": "2026-11-22T12:00:00.5+08:00"},
        {"JZJYXQJZSJ": "2026-11-22T12:00:00+08:00"},  # ends as it begins
        {"JZJYXQJZSJ": "2027-11-22T12:00:00+08:00"},  # longer than half a year
        {"JZJYXQJZSJ": None},
        {"more": "x"},
    ],
)
def test_an_annotation_that_is_none_is_refused(changes):
    with pytest.raises(MalformedError):
        Annotation.parse({**GOOD.as_json(), **changes})


@pytest.mark.parametrize("data", [None, [], "x", {}])
def test_nothing_else_is_an_annotation(data):
    with pytest.raises(MalformedError):
        Annotation.parse(data)


@pytest.mark.parametrize("days", [1, 30, 180])
def test_every_end_that_may_be_chosen_may_be_read(days):
    for hour in (0, 15, 16, 23):
        made = MADE.replace(hour=hour)
        until = end_of_copy(made, days)
        assert until - made <= timedelta(days=days + 1)
        Annotation.parse(
            Annotation(cause="x", made_by="y", made_at=made, good_until=until).as_json()
        )
