"""The API's description is whole: every call says what it takes, answers and refuses."""

import json

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from jsonschema_rs import Draft202012Validator

from certstore.problem_answers import MEDIA_TYPE, SLUGS, problems
from certstore.service.app import create_app
from certstore.service.described_answers import REQUESTS
from tests.house import house_in
from verifiers.matters.matter import AgencyMatter


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    house = house_in(tmp_path_factory.mktemp("described"))
    yield create_app(house)
    house.close()


@pytest.fixture(scope="module")
def spec(app):
    return app.openapi()


def operations(spec):
    return [
        (f"{method.upper()} {path}", operation)
        for path, found in spec["paths"].items()
        for method, operation in found.items()
    ]


def lacking(spec):
    """Everything that a call's description lacks, by call."""
    for call, operation in operations(spec):
        for member in ("summary", "description", "tags", "security"):
            if member not in operation or (member != "security" and not operation[member]):
                yield f"{call}: no {member}"
        yield from (f"{call}: {what}" for what in lacking_answers(operation["responses"]))
        body = operation.get("requestBody")
        if body is not None:
            for kind, content in body["content"].items():
                if "schema" not in content:
                    yield f"{call}: no schema of a body, {kind}"
                if "example" not in json.dumps(_resolved(spec, content)):
                    yield f"{call}: no example of a body, {kind}"


def lacking_answers(answers):
    if not any(status.startswith("2") for status in answers):
        yield "no good answer"
    for status, answer in answers.items():
        if not answer.get("description"):
            yield f"{status} has no description"
        yield from lacking_contents(status, answer)
    for needed in ("400", "422", "429", "500", "503"):
        if needed not in answers:
            yield f"{needed} is not told"


def lacking_contents(status, answer):
    for kind, content in answer.get("content", {}).items():
        if status >= "400" and kind == MEDIA_TYPE:
            if not answer.get("x-problems") or not content.get("examples"):
                yield f"{status} names no problem"
        elif not content.get("schema"):
            yield f"{status} {kind} has no schema"
        elif status < "300" and not _has_example(content):
            yield f"{status} {kind} has no example"


def _has_example(content):
    schema = content["schema"]
    return "$ref" in schema or "example" in json.dumps(content) or schema.get("format") == "binary"


def _resolved(spec, content):
    """A body's content with the models it refers to."""
    names = json.dumps(content)
    models = spec["components"]["schemas"]
    seen: set[str] = set()
    while True:
        new = {n for n in models if f'/{n}"' in names} - seen
        if not new:
            return names
        seen |= new
        names += json.dumps([models[n] for n in new])


def test_every_call_is_described_to_the_end(spec):
    assert list(lacking(spec)) == []


def test_the_examples_of_good_answers_stand_in_the_models_or_beside_them(spec):
    for call, operation in operations(spec):
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                if status < "300" and "$ref" in content["schema"]:
                    name = content["schema"]["$ref"].rpartition("/")[2]
                    model = spec["components"]["schemas"][name]
                    assert "example" in model or "example" in content, (call, name)


def test_who_may_call_is_said(spec):
    assert set(spec["components"]["securitySchemes"]) == {"service", "session"}
    said = {call: [*operation["security"]] for call, operation in operations(spec)}
    assert said["POST /v1/certificates/{ref}:pull"] == [{"service": []}]
    assert said["POST /v1/evidence:search"] == [{"service": []}]
    assert said["POST /v1/certificates"] == [{"service": []}]
    assert said["POST /v1/reuse-decisions"] == [{}, {"service": []}]  # with a token or without
    assert said["GET /v1/me/usage"] == [{"session": []}]
    assert said["GET /v1/catalog/cert-types"] == []
    assert spec["servers"][0]["url"]
    assert {t for _, o in operations(spec) for t in o["tags"]} == {t["name"] for t in spec["tags"]}
    assert all(not tag["description"].startswith("Calls of") for tag in spec["tags"])


def test_whoever_must_say_who_they_are_is_told_what_is_answered_otherwise(spec):
    for call, operation in operations(spec):
        if operation["security"]:
            named = operation["responses"]["401"]["x-problems"]
            assert "unauthenticated" in named, call
            if {"service": []} in operation["security"]:
                assert {"invalid-token", "invalid-dpop-proof"} <= set(named), call


def test_every_example_of_a_body_would_be_taken(app):
    """By the model that reads it, not by the schema alone: validators count, too."""
    read = {("PUT", "/v1/matters/{code}"): lambda sent: AgencyMatter.read(json.loads(sent))}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.body_field is not None:
            model = route.body_field.field_info.annotation
            for method in route.methods:
                call = (method, str(context.path or route.path))
                read[call] = getattr(model, "model_validate_json", None)
    for call, example in REQUESTS.items():
        if call != ("POST", "/v1/verify/document"):  # a form with a file
            read[call](json.dumps(example))


def test_every_example_of_an_answer_is_as_its_schema_says(spec):
    held = 0
    for call, operation in operations(spec):
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                given = [each["value"] for each in content.get("examples", {}).values()]
                given += [content["example"]] if "example" in content else []
                schema = {**content["schema"], "components": spec["components"]}
                for example in given:
                    wrong = list(Draft202012Validator(schema).iter_errors(example))
                    assert not wrong, (call, status, wrong[0].message)
                    held += 1
    assert held > 500


def test_no_problem_is_named_that_is_not_on_the_list(spec):
    for call, operation in operations(spec):
        for answer in operation["responses"].values():
            assert set(answer.get("x-problems", ())) <= set(SLUGS), call
    with pytest.raises(KeyError):
        problems("no-such-slug")
