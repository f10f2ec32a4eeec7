"""How an answer is described by an example of it: media type, and the schema it stands for."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

# Members whose own members are names of fields, materials and the like: any are allowed.
_MAPS: Final = frozenset(
    {"fields", "origins", "materials", "answers", "data", "matter", "endpoints"}
    | {"requests_a_minute"}
)
_PLAIN: Final[Mapping[type, str]] = {bool: "boolean", int: "integer", str: "string"}
_OPTIONAL: Final = frozenset({"agency", "purpose", "client_id"})
# Members that may be null, and what they are where they are not.
_NULLABLE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("decided_at", "withdrawn_at", "used_at", "ended_at", "next_at"), "string"),
    **dict.fromkeys(("former_secret_until", "disabled_for", "oldest_waiting"), "string"),
    **dict.fromkeys(("last_success", "last_failure", "last_failure_for"), "string"),
    **dict.fromkeys(("failing_since", "last_outcome", "next", "ward"), "string"),
    **dict.fromkeys(("reported_at", "lifted_at", "lifted_by", "overdue_since"), "string"),
    **dict.fromkeys(("years_go_on_until", "becomes_valid_to"), "string"),
    **dict.fromkeys(("answered", "next_after", "party"), "integer"),
    **dict.fromkeys(("signed_at", "due_on", "lease_rules", "notice", "day"), "string"),
}


def schema_of(example: object, name: str = "") -> dict[str, Any]:
    """The JSON schema that an example stands for: its members are required, others allowed.

    Of a list, what every item has is required; what some have is described.
    """
    match example:
        case bool() | int() | str() | None:
            return _of_plain(example, name)
        case [dict(), *_]:
            return {"type": "array", "items": _of_objects(example)}
        case list():
            return {"type": "array", "items": schema_of(example[0]) if example else {}}
        case dict() if name in _MAPS:
            return {"type": "object", "additionalProperties": True}
        case dict():
            return _of_objects([example])
        case _:
            return {}


def _of_plain(example: int | str | None, name: str) -> dict[str, Any]:
    if name in _NULLABLE:
        return {"type": [_NULLABLE[name], "null"]}
    return {} if example is None else {"type": _PLAIN[type(example)]}


def _of_objects(examples: Sequence[Any]) -> dict[str, Any]:
    members = {key: value for each in reversed(examples) for key, value in each.items()}
    always = [key for key in members if all(key in each for each in examples)]
    return {
        "type": "object",
        "properties": {key: schema_of(value, key) for key, value in members.items()},
        "required": [key for key in always if key not in _OPTIONAL],
    }


def in_json(example: Any, said: str = "Done") -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """An answer of this shape."""
    content = {"schema": schema_of(example), "example": example}
    return {"description": said, "content": {"application/json": content}}


def in_json_as(examples: Mapping[str, Any], said: str = "Done") -> dict[str, Any]:
    """An answer of one of several shapes, each example under what it is of."""
    content = {
        "schema": _of_objects(list(examples.values())),
        "examples": {name: {"value": example} for name, example in examples.items()},
    }
    return {"description": said, "content": {"application/json": content}}


def in_text(example: str, *media_types: str, said: str = "Done") -> dict[str, Any]:
    """An answer that is a text."""
    content = {"schema": {"type": "string"}, "example": example}
    return {"description": said, "content": dict.fromkeys(media_types, content)}


def a_file(media_type: str, said: str) -> dict[str, Any]:
    """An answer that is a file of bytes."""
    content = {"schema": {"type": "string", "format": "binary"}}
    return {"description": said, "content": {media_type: content}}
