from collections.abc import Iterator

import pytest

from tests.unit.face_auth.adapters.loopback import Loopback, loopback


@pytest.fixture
def provider() -> Iterator[Loopback]:
    with loopback(lambda _: {}) as running:
        yield running
