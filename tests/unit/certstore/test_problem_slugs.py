"""Every problem slug of the table can really be answered: raised somewhere, and told as agreed."""

import ast
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from certstore import errors
from certstore.service.app import create_app
from certstore.service.problems import STATUS
from tests.house import house_in

ROOT = Path(__file__).parents[3]
KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.CertstoreError)
]
TOLD = [kind for kind in KINDS if kind is not errors.CertstoreError]


def raised():
    """The names of everything that is called in the packages: an error must be made to be told."""
    called = set()
    for package in ("certstore", "face_auth", "issuance", "verifiers"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    called.add(getattr(node.func, "id", getattr(node.func, "attr", "")))
    return called


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    house = house_in(tmp_path_factory.mktemp("slugs"))
    app = create_app(house)

    @app.get("/v1/told/{name}")
    def tell(name: str) -> None:
        raise getattr(errors, name)("what went wrong", where="where", remedy="what to do")

    yield TestClient(app, base_url=house.settings.public_url, raise_server_exceptions=False)
    house.close()


def test_no_error_is_there_that_nothing_raises():
    assert {kind.__name__ for kind in TOLD} - raised() == set()


def test_no_status_is_there_for_an_error_that_is_not():
    assert set(STATUS) <= set(KINDS)


@pytest.mark.parametrize("kind", TOLD, ids=[kind.code for kind in TOLD])
def test_each_is_told_with_its_slug_and_status(client, kind):
    status = next(STATUS[known] for known in kind.__mro__ if known in STATUS)
    answer = client.get(f"/v1/told/{kind.__name__}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["type"] == f"urn:certstore:problem:{kind.code}"
    assert (said["detail"], said["where"], said["remedy"]) == (
        "what went wrong",
        "where",
        "what to do",
    )
