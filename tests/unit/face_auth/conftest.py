from collections.abc import Iterator

import pytest

from tests.unit.face_auth.office import Office, open_office


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.close()
